//! `deploy/rbac/takes-cluster`.

use crate::rbac::judge::{Broken, View, reach};
use crate::rbac::{Escalation, Subject};
use bartizan_engine::rule;
use bartizan_model::{Confidence, Severity};

rule! {
    /// What a subject is granted lets it become the administrator of the cluster: at once, or by steps that are each allowed: it creates pods
    /// that run as another account, reads or asks for tokens, acts as somebody else, binds or writes roles that it does not hold, runs programs
    /// in the pods of others, approves certificates, or changes what others create. The shortest way is the evidence, each step with the binding
    /// and the rule that allow it. Whoever takes a pod that has the token of such an account, by a flaw of the program in it, has the cluster.
    ///
    /// High for the account of a workload that was read, for accounts that pods run as by default and for groups of everybody; medium for other
    /// accounts, for those in `kube-system`, whoever may act there having the cluster anyway, and for people who were not given the cluster but
    /// can take it. People to whom `cluster-admin` is bound are `deploy/rbac/cluster-admin`; what comes with every cluster is not reported.
    ///
    /// Where a way leads through an account of the controllers in `kube-system`, confidence is medium: they have accounts of their own in most
    /// clusters, not in all.
    TakesCluster {
        id: "deploy/rbac/takes-cluster",
        title: "Subject that can take the cluster",
        severity: High,
        confidence: High,
        cwe: ["CWE-269"],
        controls: [("CIS-Kubernetes-1.12", "5.1.1"), ("CIS-Kubernetes-1.12", "5.1.4"), ("CIS-Kubernetes-1.12", "5.1.8"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Grant what the program needs and no more: name resources and verbs, and bind in a namespace (`RoleBinding`) what is needed in one. The evidence says which rule opens the first step; `bartizan rbac DIR --subject NAMESPACE/NAME --paths` shows the other ways.",
        references: [
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
        ],
    }
}

/// Subjects that can take the cluster.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    for (subject, way) in &view.taken {
        if is_given(subject, way) {
            continue;
        }
        let Some(first) = way.steps.first() else { continue };
        let Some(grant) = first.grants.first() else {
            continue;
        };
        let severity = severity(view, subject);
        let through_builtin = way
            .steps
            .iter()
            .skip(1)
            .flat_map(|step| &step.grants)
            .any(|grant| grant.binding_path.is_none());
        let steps = match way.steps.len() {
            1 => "at once".to_owned(),
            steps => format!("in {steps} steps"),
        };
        let runs = view.runs(subject);
        let runs = runs
            .map(|one| format!(", the account of {one},"))
            .unwrap_or_default();
        out.push(Broken {
            message: format!(
                "{subject}{runs} can take the cluster {steps}: it {} ({} to {})",
                first.way.words,
                grant.binding.title(),
                grant.role.title()
            ),
            key: subject.to_string(),
            fix: format!(
                "narrow rule {} of {}, or bind it in a namespace",
                grant.index + 1,
                grant.role.title()
            ),
            severity: Some(severity),
            confidence: through_builtin.then_some(Confidence::Medium),
            evidence: view.path(subject, way),
            ..Broken::at(&TakesCluster::ABOUT, grant.binding_path, grant.subject_place)
        });
    }
}

/// Whether it is a person, or a group of people, to whom the whole cluster was given in so many words.
fn is_given(subject: &Subject, way: &Escalation<'_>) -> bool {
    let is_everything = |grant: &crate::rbac::Grant<'_>| grant.rule.is_everything();
    let at_once = way.steps.len() == 1 && way.steps.iter().flat_map(|step| &step.grants).any(is_everything);
    at_once && !matches!(subject, Subject::Account { .. }) && reach(subject) == Severity::Low
}

fn severity(view: &View<'_>, subject: &Subject) -> Severity {
    match subject {
        Subject::Account { namespace, .. } if namespace == "kube-system" => Severity::Medium,
        Subject::Account { name, .. } if name == "default" || view.runs(subject).is_some() => Severity::High,
        _ => reach(subject).max(Severity::Medium),
    }
}
