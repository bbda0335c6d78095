//! `deploy/rbac/secrets`.

use crate::rbac::Power;
use crate::rbac::judge::{Broken, View, everywhere};
use bartizan_engine::rule;

rule! {
    /// A subject may `get`, `list` or `watch` secrets in every namespace. `list` and `watch` give their contents too. Secrets hold credentials of
    /// databases and providers, certificates with their keys, and tokens of accounts: whoever takes a pod with this account has them all, those of
    /// other tenants included. High for groups of everybody, medium for an account, low for people. Not reported beside `deploy/rbac/takes-cluster`.
    Secrets {
        id: "deploy/rbac/secrets",
        title: "Secrets of all namespaces can be read",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-522"],
        controls: [("CIS-Kubernetes-1.12", "5.1.2"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Bind in the namespaces whose secrets are needed (`RoleBinding`), or name the secrets (`resourceNames` with `get`). A controller that needs a kind of secrets everywhere, such as certificates, can mostly be told which namespaces to watch.",
        references: [
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
            "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
        ],
    }
}

/// Subjects that can, and do not take the cluster.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    everywhere(
        view,
        &Secrets::ABOUT,
        (&[Power::ReadSecrets], "read the secrets"),
        out,
    );
}
