//! `deploy/pod-security/sysctls`: settings of the kernel.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View};
use bartizan_engine::rule;

rule! {
    /// Settings of the kernel that a pod asks for may weaken what keeps pods apart, or hold for the whole node. Allowed are the few
    /// that hold within the pod's own namespaces and have been found safe; versions 1.27, 1.29, 1.32 and 1.37 each added some. Whether
    /// the node sets others at all depends on its kubelet.
    Sysctls {
        id: "deploy/pod-security/sysctls",
        title: "Pod changes settings of the kernel",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "CM-6"), ("NIST-800-53-r5", "CM-7")],
        remediation: "Take the setting away, or let the node's administrator set it for all.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &Sysctls::ABOUT,
    id: "sysctls",
    reason: "forbidden sysctls",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, at_0), (27, at_27), (29, at_29), (32, at_32), (37, at_37)],
};

/// What is safe, and since which version.
const SAFE: [(u16, &str); 14] = [
    (0, "kernel.shm_rmid_forced"),
    (0, "net.ipv4.ip_local_port_range"),
    (0, "net.ipv4.ip_unprivileged_port_start"),
    (0, "net.ipv4.tcp_syncookies"),
    (0, "net.ipv4.ping_group_range"),
    (27, "net.ipv4.ip_local_reserved_ports"),
    (29, "net.ipv4.tcp_keepalive_time"),
    (29, "net.ipv4.tcp_fin_timeout"),
    (29, "net.ipv4.tcp_keepalive_intvl"),
    (29, "net.ipv4.tcp_keepalive_probes"),
    (32, "net.ipv4.tcp_rmem"),
    (32, "net.ipv4.tcp_wmem"),
    (37, "net.ipv4.tcp_slow_start_after_idle"),
    (37, "net.ipv4.tcp_notsent_lowat"),
];

fn at_0(view: &View<'_>) -> Option<Broken> {
    run(view, 0)
}

fn at_27(view: &View<'_>) -> Option<Broken> {
    run(view, 27)
}

fn at_29(view: &View<'_>) -> Option<Broken> {
    run(view, 29)
}

fn at_32(view: &View<'_>) -> Option<Broken> {
    run(view, 32)
}

fn at_37(view: &View<'_>) -> Option<Broken> {
    run(view, 37)
}

fn run(view: &View<'_>, version: u16) -> Option<Broken> {
    let mut names = Vec::new();
    let mut fields = Vec::new();
    for item in view.items(&view.spec(), &["securityContext", "sysctls"]) {
        let Some((name, at)) = view.text(&item, &["name"]) else {
            continue;
        };
        if !SAFE
            .iter()
            .any(|(since, safe)| *since <= version && *safe == name)
        {
            names.push(name);
            fields.push(view.field(&at));
        }
    }
    (!names.is_empty()).then(|| Broken::new(names.join(", "), fields))
}
