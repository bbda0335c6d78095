//! `deploy/rbac/wildcard`.

use crate::rbac::judge::{Broken, View};
use bartizan_engine::rule;
use bartizan_model::Severity;

rule! {
    /// A rule has `*` for verbs and for resources, in the core group or in all groups. It holds for every kind that the group has now and will have,
    /// subresources included: secrets, tokens of accounts, `pods/exec`; and in all groups `bind` and `escalate`. What it allows grows with every
    /// version and every operator that is installed, and nobody has decided on it. Medium in a ClusterRole, low in a Role. A group of one's own
    /// (`example.com`, every resource) is left alone: it is what an operator is for.
    Wildcard {
        id: "deploy/rbac/wildcard",
        title: "Rule that allows everything on every resource",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("CIS-Kubernetes-1.12", "5.1.3"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Name the resources and the verbs. The audit log tells which are used: `kubectl auth can-i --list` says what is allowed, `bartizan rbac DIR --subject WHO` by which rule.",
        references: [
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources",
        ],
    }
}

/// Rules that allow everything on every resource, unless a way to the cluster that is reported begins with them.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for (path, role) in view.roles() {
        for (index, rule) in role.rules.iter().enumerate() {
            let all = |list: &[String], more: &str| list.iter().any(|one| one == "*" || one == more);
            let is_wild = all(&rule.verbs, "*") && all(&rule.resources, "*") && all(&rule.groups, "");
            if !is_wild || !rule.names.is_empty() || view.is_reported(role, index) {
                continue;
            }
            let severity = if role.namespace.is_some() {
                Severity::Low
            } else {
                Severity::Medium
            };
            out.push(Broken {
                message: format!(
                    "{}: rule {} allows every verb on every resource",
                    role.title(),
                    index + 1
                ),
                key: format!("{} {index}", role.title()),
                fix: "name the resources and the verbs".to_owned(),
                severity: Some(severity),
                ..Broken::at(&Wildcard::ABOUT, Some(path), rule.place)
            });
        }
    }
}
