//! `deploy/rbac/default-account`.

use crate::rbac::Subject;
use crate::rbac::judge::{Broken, View};
use bartizan_engine::rule;

rule! {
    /// A binding names the account `default` of a namespace. Every pod of the namespace that names no account runs as it and is given its token,
    /// those that come later included: what was meant for one program is granted to all of them. Not reported beside `deploy/rbac/takes-cluster`.
    DefaultAccount {
        id: "deploy/rbac/default-account",
        title: "Default service account has grants",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("CIS-Kubernetes-1.12", "5.1.5"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Make an account for the program that needs the grant, bind that, and name it in the pod (`serviceAccountName`). Set `automountServiceAccountToken: false` on the account `default`.",
        references: [
            "https://kubernetes.io/docs/concepts/security/service-accounts/",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#minimize-distribution-of-privileged-tokens",
        ],
    }
}

/// Accounts called `default` that bindings name.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for subject in &view.subjects {
        let is_default = matches!(subject, Subject::Account { name, .. } if name == "default");
        if !is_default || view.taken.contains_key(subject) {
            continue;
        }
        let own: Vec<_> = view.own(subject).collect();
        let Some(grant) = own.first() else { continue };
        out.push(Broken {
            message: format!(
                "{subject}, as which every pod runs that names no account, may do what {} says, by {}",
                grant.role.title(),
                grant.binding.title()
            ),
            key: subject.to_string(),
            fix: "bind an account of its own, and name it in the pod".to_owned(),
            evidence: view.rules(&own),
            ..Broken::at(&DefaultAccount::ABOUT, grant.binding_path, grant.subject_place)
        });
    }
}
