//! `deploy/workload/no-memory-limit`: a container that may use up its node.

use super::{named, places};
use crate::kube::Role;
use crate::kube::rule::{Broken, Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// Memory that a container takes without a limit is taken from every other pod of its node. A leak, or a request made large on
    /// purpose, then ends not that container but whatever the kernel picks, and at last the kubelet. A limit for the whole pod
    /// (`spec.resources`) counts for its containers. A LimitRange of the namespace may fill the limit in, and tells nothing to who reads
    /// the manifest alone.
    NoMemoryLimit {
        id: "deploy/workload/no-memory-limit",
        title: "Container has no limit of memory",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-770"],
        controls: [
            ("NIST-800-53-r5", "SC-5"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Set `resources.limits.memory` to what the program needs at most.",
        references: [
            "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &NoMemoryLimit::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(pod) = subject.pod else { return };
    let has_limit = |node: &Node| {
        node.at(&["resources", "limits", "memory"])
            .is_some_and(|limit| !limit.is_null())
    };
    if has_limit(pod.spec) {
        return;
    }
    let containers = pod
        .containers()
        .filter(|one| one.role == Role::Main && !has_limit(one.node));
    let open: Vec<_> = containers.collect();
    if !open.is_empty() {
        judged.broken.push(Broken {
            what: format!("sets no limit of memory for {}", named(&open)),
            at: places(&open),
            ..Broken::default()
        });
    }
}
