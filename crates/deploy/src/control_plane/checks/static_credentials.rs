//! `deploy/control-plane/static-credentials`: passwords of a cluster in a file.

use super::{FlagRule, Invocation, Program, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// `--token-auth-file` and, in old versions, `--basic-auth-file` name a file with tokens or passwords of users. They stand there
    /// in clear, never end, and cannot be taken back before the API server is started again. Whoever reads that file once, or a backup
    /// of it, is every user in it for as long as the cluster stands. Tokens of OpenID Connect, client certificates with short lives and
    /// tokens of service accounts do not have that flaw.
    StaticCredentials {
        id: "deploy/control-plane/static-credentials",
        title: "API server takes tokens or passwords from a file",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-522"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.2"),
            ("NIST-800-53-r5", "IA-5"),
            ("PCI-DSS-4.0.1", "8.6.2"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Take the flag away, and let users sign in by OpenID Connect (`--oidc-issuer-url` or `--authentication-config`).",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &StaticCredentials::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    for name in ["token-auth-file", "basic-auth-file"] {
        if let Some(flag) = written(one, name).filter(|flag| !flag.value.is_empty()) {
            judged.keyed(
                name,
                None,
                format!("takes static credentials from `{}`: `--{name}`", flag.value),
                flag.at,
            );
        }
    }
}
