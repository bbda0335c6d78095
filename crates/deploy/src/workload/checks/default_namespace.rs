//! `deploy/workload/default-namespace`: what everybody shares.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_engine::rule;

rule! {
    /// Rights, quotas, network policies and levels of pod security are given by namespace. What runs in `default` shares all of them
    /// with whatever else was put there without thought, and cannot be given others. A manifest that names no namespace is not judged:
    /// whoever applies it decides.
    DefaultNamespace {
        id: "deploy/workload/default-namespace",
        title: "Workload runs in the namespace `default`",
        severity: Info,
        confidence: High,
        cwe: ["CWE-653"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.6.1"),
            ("CIS-Kubernetes-1.12", "5.6.4"),
            ("NIST-800-53-r5", "SC-39"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Give it a namespace of its own.",
        references: [
            "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &DefaultNamespace::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if subject.pod.is_none() || subject.object.namespace.as_deref() != Some("default") {
        return;
    }
    if let Some(node) = subject.at(&["metadata", "namespace"]) {
        judged.one("runs in the namespace `default`", node.span);
    }
}
