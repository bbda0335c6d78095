//! `deploy/encryption/secrets-in-plaintext`: an encryption configuration that encrypts nothing.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::{Node, Span};
use bartizan_engine::rule;

rule! {
    /// The API server encrypts with the first provider of the first entry that names a resource; the others are only for reading what
    /// was written before. With `identity` first, which stands there while encryption is being introduced or taken back, everything is
    /// still written as it is, although the file says `aescbc` or `kms` further down. An entry that does not name `secrets` leaves them
    /// as they are as well, and so does one that stands behind an earlier entry with a wildcard.
    SecretsInPlaintext {
        id: "deploy/encryption/secrets-in-plaintext",
        title: "Encryption configuration leaves Secrets unencrypted",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-311"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.28"),
            ("NIST-800-53-r5", "SC-28"),
            ("PCI-DSS-4.0.1", "3.5.1"),
            ("HIPAA-Security-Rule", "164.312(a)(2)(iv)"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Put `kms` (or `secretbox`) first among the providers for `secrets` and `identity` last, and write every Secret anew.",
        references: [
            "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#understanding-the-encryption-at-rest-configuration",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &SecretsInPlaintext::ABOUT,
    run,
};

/// Whether an object is an encryption configuration, of today or of before 1.13.
pub(super) fn is_configuration(subject: &Subject<'_>) -> bool {
    subject.is("apiserver.config.k8s.io", "EncryptionConfiguration")
        || (subject.object.kind == "EncryptionConfig" && subject.object.api_version == "v1")
}

/// The first entry that is about Secrets.
pub(super) fn entry_of_secrets<'o>(subject: &Subject<'o>) -> Option<&'o Node> {
    let entries = subject.object.root.items_of("resources").iter();
    let mut entries = entries.filter(|entry| {
        let resources = entry.items_of("resources").iter().filter_map(Node::text);
        resources
            .into_iter()
            .any(|resource| matches!(resource, "secrets" | "*." | "*.*"))
    });
    entries.next()
}

/// Name, settings and place of the provider that an entry writes with.
pub(super) fn writer(entry: &Node) -> Option<(&str, &Node, Span)> {
    let provider = entry.items_of("providers").first()?.entries().first()?;
    Some((&provider.key, &provider.value, provider.key_span))
}

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !is_configuration(subject) {
        return;
    }
    let kind = subject
        .object
        .root
        .get("kind")
        .map_or_else(|| subject.object.place(), |kind| kind.span);
    let Some(entry) = entry_of_secrets(subject) else {
        judged.one("encrypts no Secrets: none of its entries names them", kind);
        return;
    };
    match writer(entry) {
        Some(("identity", _, at)) => {
            let later = entry.items_of("providers").len() > 1;
            let what = if later {
                "writes Secrets as they are: `identity` is the first provider, and the others only read"
            } else {
                "writes Secrets as they are: `identity` is the only provider"
            };
            judged.one(what, at);
        }
        Some(_) => {}
        None => judged.undecided(
            "the entry for `secrets` has no provider that can be read",
            entry.span,
        ),
    }
}
