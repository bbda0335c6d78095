//! `deploy/rbac/cluster-admin`.

use crate::rbac::Subject;
use crate::rbac::judge::{Broken, View};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// A binding refers to `cluster-admin`, or to another role that allows everything: in a ClusterRoleBinding the whole cluster, in a RoleBinding
    /// everything in the namespace, its quotas and policies included. For people somebody must have it, so this is low: know who, and that the way
    /// to it is narrow. Accounts of workloads that have it are `deploy/rbac/takes-cluster`.
    ClusterAdmin {
        id: "deploy/rbac/cluster-admin",
        title: "Binding to cluster-admin",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("CIS-Kubernetes-1.12", "5.1.1"), ("CIS-Kubernetes-1.12", "5.1.7"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Bind `admin`, `edit` or `view` in the namespaces of a team, and keep `cluster-admin` for a group that is entered for a while, with a second factor. Grant nothing to `system:masters`: it cannot be taken back.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
        ],
    }
}

/// Bindings to roles that allow everything, but those that are reported as ways to take the cluster.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    let mut seen = BTreeSet::new();
    for subject in &view.subjects {
        for grant in view.own(subject).filter(|grant| grant.rule.is_everything()) {
            let reported = grant.namespace().is_none() && matches!(subject, Subject::Account { .. });
            let broad = subject.is_everybody() || subject.is_anonymous();
            let binding = grant.binding.title();
            if reported || broad || !seen.insert((*subject, binding.clone())) {
                continue;
            }
            let where_ = match grant.namespace() {
                Some(namespace) => format!("in the namespace {namespace}"),
                None => "in the cluster".to_owned(),
            };
            out.push(Broken {
                message: format!(
                    "{binding} lets {subject} do everything {where_} ({})",
                    grant.binding.role_title()
                ),
                key: format!("{binding} {subject}"),
                fix: "bind `admin` or less in the namespaces of the team".to_owned(),
                evidence: view.rules(&[grant]),
                ..Broken::at(&ClusterAdmin::ABOUT, grant.binding_path, grant.subject_place)
            });
        }
    }
}
