//! `deploy/pod-security/privileged`: a container that is the node.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers};
use bartizan_engine::rule;

rule! {
    /// `privileged: true` gives a container every capability, every device of the node, and neither seccomp nor AppArmor. Root in it
    /// is root on the node: it mounts the node's disks and reads what every other pod there keeps. Agents that wire the network or
    /// mount storage need it; nothing that answers requests does.
    Privileged {
        id: "deploy/pod-security/privileged",
        title: "Container is privileged",
        severity: High,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6"), ("PCI-DSS-4.0.1", "2.2.6")],
        remediation: "Take the field away. Where one power is needed, add that capability; where one device is needed, ask a device plug-in for it.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &Privileged::ABOUT,
    id: "privileged",
    reason: "privileged",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut fields = Vec::new();
    for (container, at) in view.containers() {
        if let Some((true, at)) = view.bool(&at, &["securityContext", "privileged"]) {
            names.push(container.name());
            fields.push(view.field(&at));
        }
    }
    let detail = format!(
        "{} must not set securityContext.privileged=true",
        containers(&names)
    );
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}
