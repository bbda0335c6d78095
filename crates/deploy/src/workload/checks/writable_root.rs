//! `deploy/workload/writable-root`: a container that can change its own programs.

use super::{named, places};
use crate::kube::Role;
use crate::kube::rule::{Broken, Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// A program that was taken over writes: its tools, its changes to the program itself, what it wants to be run again. With
    /// `readOnlyRootFilesystem: true` it can write only to volumes that the manifest names, which can be looked at and are gone with the
    /// pod. Programs that need a place for temporary files get an `emptyDir`.
    WritableRoot {
        id: "deploy/workload/writable-root",
        title: "Container may write to its own file system",
        severity: Low,
        confidence: High,
        cwe: ["CWE-732"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.6.3"),
            ("NIST-800-53-r5", "CM-7"),
            ("NSA-CISA-Kubernetes-1.2", "Kubernetes Pod security"),
        ],
        remediation: "Set `securityContext.readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program writes.",
        references: [
            "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &WritableRoot::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(pod) = subject.pod else { return };
    // Windows has no such setting.
    if pod.spec.at(&["os", "name"]).and_then(Node::text) == Some("windows") {
        return;
    }
    let is_read_only = |node: &Node| {
        node.at(&["securityContext", "readOnlyRootFilesystem"])
            .and_then(Node::bool)
            == Some(true)
    };
    let open: Vec<_> = pod
        .containers()
        .filter(|one| one.role == Role::Main && !is_read_only(one.node))
        .collect();
    if !open.is_empty() {
        judged.broken.push(Broken {
            what: format!("lets {} write to the own file system", named(&open)),
            at: places(&open),
            ..Broken::default()
        });
    }
}
