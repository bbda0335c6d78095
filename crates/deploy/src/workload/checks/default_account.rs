//! `deploy/workload/default-account`: a credential that nobody asked for.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::{Node, Span};
use bartizan_engine::rule;

rule! {
    /// A pod that names no service account runs as `default` of its namespace, and a token of that account lies in every container
    /// unless the pod says `automountServiceAccountToken: false`. A program that does not speak to the API server has no use for it;
    /// whoever takes the program over has, as soon as anybody binds a role to `default`. A pod with an account of its own is taken to
    /// need it.
    DefaultAccount {
        id: "deploy/workload/default-account",
        title: "Pod carries a token of the default service account",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-250"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.1.5"),
            ("CIS-Kubernetes-1.12", "5.1.6"),
            ("NIST-800-53-r5", "AC-6"),
            ("PCI-DSS-4.0.1", "7.2.5"),
            ("NSA-CISA-Kubernetes-1.2", "Kubernetes Pod security"),
        ],
        remediation: "Set `automountServiceAccountToken: false`, or name an account that has the rights the program needs.",
        references: [
            "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &DefaultAccount::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(pod) = subject.pod else { return };
    let text = |key: &str| pod.spec.text_of(key).filter(|name| !name.is_empty());
    let account = text("serviceAccountName").or_else(|| text("serviceAccount"));
    let mounts = pod.spec.get("automountServiceAccountToken").and_then(Node::bool);
    if mounts == Some(false) || account.is_some_and(|name| name != "default") {
        return;
    }
    let at: Span = pod
        .spec
        .get("automountServiceAccountToken")
        .map_or_else(|| subject.object.place(), |node| node.span);
    judged.one(
        "carries a token of the account `default`: it names no account, and does not switch the token off",
        at,
    );
}
