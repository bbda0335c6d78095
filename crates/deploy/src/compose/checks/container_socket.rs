//! `deploy/compose/container-socket`: the container may make others.

use super::{Rule, is_socket};
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A container has the socket of the container engine. Whoever speaks to it makes a container with every right and the machine's disk in
    /// it, so that a flaw in the program is root on the machine. `:ro` changes nothing: it is about the file, not about what is said through it.
    ContainerSocket {
        id: "deploy/compose/container-socket",
        title: "Socket of the container engine in a container",
        severity: High,
        confidence: High,
        cwe: ["CWE-250", "CWE-269"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Remove the mount. What only looks (a proxy that finds its targets, monitoring) gets a filtering proxy of the socket, or the engine's \
            own metrics. Builds run without the engine: BuildKit rootless, Buildah.",
        references: ["https://docs.docker.com/engine/security/#docker-daemon-attack-surface"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &ContainerSocket::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        for mount in service.binds(doubts) {
            if is_socket(&mount.source) || is_socket(&mount.target) {
                out.finding(
                    Found {
                        message: format!(
                            "`{}` has `{}`, by which it can become root of the machine",
                            service.name.escape_debug(),
                            mount.source.escape_debug()
                        ),
                        key: service.name.to_owned(),
                        fix: "remove the mount, or put a filtering proxy before the socket".to_owned(),
                        ..Found::default()
                    },
                    &mount.at,
                );
            }
        }
    }
}
