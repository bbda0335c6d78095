//! `deploy/compose/unconfined`: the confinement of a container is taken away.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `security_opt` takes a container's confinement away: the filter of system calls (`seccomp=unconfined`), AppArmor, the labels of SELinux,
    /// or the hiding of the kernel's files (`systempaths=unconfined`). A flaw of the kernel that the filter keeps out of reach is then in reach.
    /// `no-new-privileges:false`, which is the default, is reported as low.
    Unconfined {
        id: "deploy/compose/unconfined",
        title: "Container without its confinement",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "SC-39"), ("NIST-800-53-r5", "CM-7")],
        remediation: "Remove it. Where one system call is missing, use a profile that adds that: `seccomp=./profile.json`.",
        references: ["https://docs.docker.com/engine/security/seccomp/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &Unconfined::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        for (written, at) in service.texts("security_opt", doubts) {
            let Some((option, value)) = written.split_once([':', '=']) else {
                continue;
            };
            let severity = match (option, value) {
                ("seccomp" | "apparmor" | "systempaths", "unconfined") | ("label", "disable") => None,
                ("no-new-privileges", "false") => Some(Severity::Low),
                _ => continue,
            };
            out.finding(
                Found {
                    message: format!(
                        "`{}` has `{}`",
                        service.name.escape_debug(),
                        written.escape_debug()
                    ),
                    key: format!("{} {option}", service.name),
                    fix: "remove it".to_owned(),
                    severity,
                    ..Found::default()
                },
                &at,
            );
        }
    }
}
