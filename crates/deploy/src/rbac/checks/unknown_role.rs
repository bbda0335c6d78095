//! `deploy/rbac/unknown-role`.

use crate::rbac::judge::{Broken, View};
use bartizan_engine::rule;

rule! {
    /// A binding refers to a role that no manifest has and that does not come with every cluster. What it grants is not known, so nothing that is said
    /// of its subjects is whole. Where the role does not exist in the cluster either, whoever may later make a role of this name decides what these
    /// subjects may do.
    UnknownRole {
        id: "deploy/rbac/unknown-role",
        title: "Binding to a role that was not read",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1188"],
        controls: [("CIS-Kubernetes-1.12", "5.1.1"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Scan the manifests of the role together with this one, or correct the name in `roleRef`; a binding to a role that is gone is to be deleted.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review",
        ],
    }
}

/// Bindings to roles that are not known.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for (path, binding) in view.dangling() {
        let title = binding.title();
        out.push(Broken {
            message: format!(
                "{title} refers to {}, which no manifest has and no cluster brings: what it grants is not known",
                binding.role_title()
            ),
            key: title,
            fix: format!("scan {} too, or correct `roleRef`", binding.role_title()),
            ..Broken::at(&UnknownRole::ABOUT, Some(path), binding.role_place)
        });
    }
}
