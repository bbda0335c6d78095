//! `deploy/rbac/anonymous`.

use crate::rbac::judge::{Broken, View};
use bartizan_engine::rule;
use bartizan_model::Severity;

rule! {
    /// A binding names `system:anonymous` or `system:unauthenticated`: whoever reaches the API server, or a kubelet that asks it, may do what
    /// the role says without proving who they are. Such bindings are made to get past an error and stay; clusters were taken through them.
    /// High where the role is about resources, low where it only lets paths be read, such as those that tell the health of the server.
    Anonymous {
        id: "deploy/rbac/anonymous",
        title: "Grant to requests without credentials",
        severity: High,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [("CIS-Kubernetes-1.12", "5.1.1"), ("NIST-800-53-r5", "AC-3"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Take the subject out of the binding, and give whoever needs it an account: a ServiceAccount with a token that ends, or a client certificate. Better still, `--anonymous-auth=false` where no probe needs it.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles",
            "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
        ],
    }
}

/// Grants to requests without credentials.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for subject in view.subjects.iter().filter(|subject| subject.is_anonymous()) {
        if view.taken.contains_key(subject) {
            continue;
        }
        let own: Vec<_> = view.own(subject).collect();
        let resources = own.iter().find(|grant| !grant.rule.resources.is_empty());
        let Some(grant) = resources.or(own.first()) else {
            continue;
        };
        let severity = if resources.is_some() {
            Severity::High
        } else {
            Severity::Low
        };
        out.push(Broken {
            message: format!(
                "{subject}: whoever reaches the API server may do what {} says, by {}",
                grant.role.title(),
                grant.binding.title()
            ),
            key: subject.to_string(),
            fix: format!("take {subject} out of {}", grant.binding.title()),
            severity: Some(severity),
            evidence: view.rules(&own),
            ..Broken::at(&Anonymous::ABOUT, grant.binding_path, grant.subject_place)
        });
    }
}
