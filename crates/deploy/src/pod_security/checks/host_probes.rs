//! `deploy/pod-security/host-probes`: the kubelet is sent elsewhere.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers, quoted};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// The kubelet runs the probes and HTTP hooks of a container from the node's own network. With a `host` in them it asks whatever
    /// address the manifest says: the node's loopback, the metadata service of the cloud, a machine inside the network that pods do
    /// not reach. Whether the answer was good shows in the pod's readiness, so that whoever may create pods can feel the network out
    /// from the node. Checked from version 1.34 on.
    HostProbes {
        id: "deploy/pod-security/host-probes",
        title: "Probe or hook sends the kubelet to another host",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-918"],
        controls: [("NIST-800-53-r5", "SC-7")],
        remediation: "Take `host` away: the kubelet then asks the pod itself. A name that the program needs in the request goes into `httpHeaders` as `Host`.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &HostProbes::ABOUT,
    id: "hostProbesAndHostLifecycle",
    reason: "probe or lifecycle host",
    level: Level::Baseline,
    replaces: None,
    since: &[(34, run)],
};

const HANDLERS: [&[&str]; 5] = [
    &["livenessProbe"],
    &["readinessProbe"],
    &["startupProbe"],
    &["lifecycle", "postStart"],
    &["lifecycle", "preStop"],
];

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut hosts = BTreeSet::new();
    let mut fields = Vec::new();
    for (container, at) in view.containers() {
        let before = fields.len();
        for handler in HANDLERS {
            for action in ["httpGet", "tcpSocket"] {
                let way: Vec<&str> = handler.iter().copied().chain([action, "host"]).collect();
                if let Some((host, at)) = view.text(&at, &way).filter(|(host, _)| !host.is_empty()) {
                    hosts.insert(host);
                    fields.push(view.field(&at));
                }
            }
        }
        if fields.len() > before {
            names.push(container.name());
        }
    }
    let uses = if names.len() == 1 { "uses" } else { "use" };
    let word = if hosts.len() == 1 { "host" } else { "hosts" };
    let detail = format!(
        "{} {uses} probe or lifecycle {word} {}",
        containers(&names),
        quoted(hosts)
    );
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}
