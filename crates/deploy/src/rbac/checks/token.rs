//! `deploy/rbac/token`.

use crate::rbac::judge::{Broken, View};
use crate::rbac::{Power, Subject};
use bartizan_engine::rule;

/// Powers that lead to others only together with more.
const LITTLE: [Power; 5] = [
    Power::ClaimVolumes,
    Power::CreateRequests,
    Power::CreateSecrets,
    Power::ChangeRoles,
    Power::WriteBindings,
];

rule! {
    /// Every container of a pod is given the token of its account unless the pod or the account says no, also those that never speak to the API
    /// server. This account has powers that lead to other accounts or to data of others, so a flaw in any of the containers gives them away. Not
    /// reported where the account can take the cluster, which `deploy/rbac/takes-cluster` says.
    Token {
        id: "deploy/rbac/token",
        title: "Pods are given the token of an account with powers",
        severity: Low,
        confidence: High,
        cwe: ["CWE-522"],
        controls: [("CIS-Kubernetes-1.12", "5.1.6"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Set `automountServiceAccountToken: false` in the pod and mount the token by a projected volume (`serviceAccountToken`) in the one container that needs it; where none does, take the grants away.",
        references: [
            "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#minimize-distribution-of-privileged-tokens",
        ],
    }
}

/// Workloads whose containers are all given the token of an account with powers.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for (path, workload) in view.workloads() {
        let subject = Subject::account(&workload.namespace, &workload.account);
        let expected = workload.namespace == "kube-system" || workload.account == "default";
        if expected || view.taken.contains_key(&subject) || !view.permissions.has_token(workload) {
            continue;
        }
        let powers = view.escalations.powers(&subject);
        let strong = powers.into_iter().filter(|held| held.grant.rule.names.is_empty());
        let Some(held) = strong.into_iter().find(|held| !LITTLE.contains(&held.power)) else {
            continue;
        };
        let title = format!("{} {}/{}", workload.kind, workload.namespace, workload.name);
        out.push(Broken {
            message: format!(
                "{title}: every container has the token of {subject}, which may {} ({} to {})",
                held.power.words(),
                held.grant.binding.title(),
                held.grant.role.title()
            ),
            key: title,
            fix: "mount the token in the one container that needs it, and say `automountServiceAccountToken: false`".to_owned(),
            evidence: view.rules(&[held.grant]),
            ..Broken::at(&Token::ABOUT, Some(path), workload.place)
        });
    }
}
