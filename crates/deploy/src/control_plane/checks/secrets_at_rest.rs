//! `deploy/control-plane/secrets-at-rest`: what etcd's disk holds.

use super::{FlagRule, Invocation, Program, is_missing};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// Without `--encryption-provider-config` the API server stores Secrets in etcd as they are, in base64. Whoever gets at a disk, a
    /// snapshot or a backup of etcd has every password, key and token of the cluster, and the access controls of the API do not see it.
    /// The configuration itself is judged by `deploy/encryption/secrets-in-plaintext`.
    SecretsAtRest {
        id: "deploy/control-plane/secrets-at-rest",
        title: "API server stores Secrets without encryption",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-311"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.27"),
            ("NIST-800-53-r5", "SC-28"),
            ("PCI-DSS-4.0.1", "3.5.1"),
            ("HIPAA-Security-Rule", "164.312(a)(2)(iv)"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Write an EncryptionConfiguration whose first provider for `secrets` is `kms`, and name it by `--encryption-provider-config`.",
        references: [
            "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &SecretsAtRest::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if is_missing(one, "encryption-provider-config", judged)
        && is_missing(one, "experimental-encryption-provider-config", judged)
    {
        judged.one(
            "stores Secrets in etcd without encryption: no `--encryption-provider-config`",
            one.place,
        );
    }
}
