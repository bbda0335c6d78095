//! `deploy/encryption/key-beside-data`: Secrets encrypted by a key that lies beside them.

use super::secrets_in_plaintext::{entry_of_secrets, is_configuration, writer};
use crate::kube::rule::{Judged, ObjectRule, Subject, is_open};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// `aescbc`, `aesgcm` and `secretbox` take their key from the configuration itself, a file on the control plane: whoever has that
    /// disk, or the repository that the file is kept in, reads what the key was meant to hide. Nothing changes that key by itself, and
    /// under `aesgcm` it must be changed after some 200,000 writes. A `kms` provider keeps the key in a service that logs its use;
    /// its first version is deprecated and switched off from 1.29 on.
    KeyBesideData {
        id: "deploy/encryption/key-beside-data",
        title: "Key that encrypts Secrets lies in the configuration",
        severity: Low,
        confidence: High,
        cwe: ["CWE-522"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.28"),
            ("NIST-800-53-r5", "SC-12"),
            ("PCI-DSS-4.0.1", "3.7.4"),
            ("HIPAA-Security-Rule", "164.312(a)(2)(iv)"),
        ],
        remediation: "Use a provider `kms` with `apiVersion: v2`; where that cannot be, keep the file out of repositories and change its keys on a schedule.",
        references: [
            "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers",
            "https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &KeyBesideData::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !is_configuration(subject) {
        return;
    }
    let Some((name, settings, at)) = entry_of_secrets(subject).and_then(writer) else {
        return;
    };
    match name {
        "kms" if settings.text_of("apiVersion") != Some("v2") => {
            judged.one(
                "encrypts Secrets by version 1 of `kms`, which is switched off from 1.29 on",
                at,
            );
        }
        "aescbc" | "aesgcm" | "secretbox" => {
            let is_here = settings
                .items_of("keys")
                .iter()
                .any(|key| key.text_of("secret").is_some_and(is_key));
            if is_here {
                judged.rated(
                    Severity::Medium,
                    format!("holds the key that encrypts Secrets (`{name}`) in clear"),
                    at,
                );
            } else {
                judged.one(
                    format!("encrypts Secrets by a key that lies in the configuration (`{name}`)"),
                    at,
                );
            }
        }
        _ => {}
    }
}

/// Whether a text may be a key of 16 bytes or more in base64, and no mark that something else fills in.
fn is_key(text: &str) -> bool {
    let is_base64 = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'));
    text.len() >= 22 && is_base64 && !is_open(text)
}
