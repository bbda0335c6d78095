//! `deploy/compose/host-namespace`: a container in a namespace of the machine.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A container shares a namespace of the machine: its network (everything that listens on the machine's loopback, and no policy between),
    /// its processes (their environment and memory), its shared memory, its users, host name or control groups. Each takes away a wall that
    /// a flaw in the program would have to get over. Host name, users and control groups are reported as low.
    HostNamespace {
        id: "deploy/compose/host-namespace",
        title: "Container in a namespace of the machine",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-653"],
        controls: [("NIST-800-53-r5", "SC-39"), ("NIST-800-53-r5", "SC-7")],
        remediation: "Remove it. For the network publish the ports that are needed; for processes and memory share with the one container that \
            needs it (`pid: service:NAME`).",
        references: ["https://github.com/compose-spec/compose-spec/blob/main/05-services.md#network_mode"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &HostNamespace::ABOUT,
    judge,
};

const KEYS: [(&str, &str, bool); 7] = [
    ("network_mode", "the network", true),
    ("net", "the network", true),
    ("pid", "the processes", true),
    ("ipc", "the shared memory", true),
    ("uts", "the host name", false),
    ("userns_mode", "the users", false),
    ("cgroup", "the control groups", false),
];

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        for (key, what, is_medium) in KEYS {
            let Some(node) = service.own(key) else { continue };
            if service.text(node, doubts).as_deref() == Some("host") {
                out.finding(
                    Found {
                        message: format!("`{}` has {what} of the machine", service.name.escape_debug()),
                        key: format!("{} {key}", service.name),
                        fix: format!("remove `{key}: host`"),
                        severity: (!is_medium).then_some(Severity::Low),
                        ..Found::default()
                    },
                    &node.span.range(),
                );
            }
        }
    }
}
