//! `deploy/pod-security/host-namespaces`: the node's processes, network or shared memory.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// With `hostPID` a container sees every process of the node, and with root inside it reads their memory and environment, the
    /// secrets of other pods among them. With `hostNetwork` it listens on the node's addresses, sees the node's traffic, reaches what
    /// listens on the node's loopback, and no network policy holds for it. With `hostIPC` it shares the memory that programs of the
    /// node use to talk to each other. Few programs need any of them: agents that watch or wire the node itself.
    ///
    /// `hostPID` is rated high, the others medium.
    HostNamespaces {
        id: "deploy/pod-security/host-namespaces",
        title: "Pod shares the node's processes, network or shared memory",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-653"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Take the field away. A program that only has to be reached from outside needs a Service, not the node's network.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &HostNamespaces::ABOUT,
    id: "hostNamespaces",
    reason: "host namespaces",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let mut details = Vec::new();
    let mut fields = Vec::new();
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if let Some((true, at)) = view.bool(&view.spec(), &[key]) {
            details.push(format!("{key}=true"));
            fields.push(view.field(&at));
        }
    }
    let severity = details
        .iter()
        .any(|detail| detail.starts_with("hostPID"))
        .then_some(Severity::High);
    (!details.is_empty()).then(|| Broken {
        detail: details.join(", "),
        fields,
        severity,
    })
}
