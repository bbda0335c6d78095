//! `deploy/pod-security/host-ports`: ports of the node.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// `hostPort` opens a port on the address of the node itself. Whoever reaches the node reaches the container, past Services and
    /// Ingress and what they log and limit; whether a network policy holds there depends on the network plug-in. It also keeps two
    /// such pods from running on one node.
    HostPorts {
        id: "deploy/pod-security/host-ports",
        title: "Container takes a port of the node",
        severity: Low,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7")],
        remediation: "Take `hostPort` away and put a Service before the pods. Where the port of every node is meant, a Service of type NodePort says so in one place.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &HostPorts::ABOUT,
    id: "hostPorts",
    reason: "hostPort",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut ports = BTreeSet::new();
    let mut fields = Vec::new();
    for (container, at) in view.containers() {
        let before = fields.len();
        for port in view.items(&at, &["ports"]) {
            if let Some((number, at)) = view.int(&port, &["hostPort"]).filter(|(number, _)| *number != 0) {
                // Ordered as text, as the API server does.
                ports.insert(number.to_string());
                fields.push(view.field(&at));
            }
        }
        if fields.len() > before {
            names.push(container.name());
        }
    }
    let ports: Vec<String> = ports.into_iter().collect();
    let uses = if names.len() == 1 { "uses" } else { "use" };
    let word = if ports.len() == 1 { "hostPort" } else { "hostPorts" };
    let detail = format!("{} {uses} {word} {}", containers(&names), ports.join(", "));
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}
