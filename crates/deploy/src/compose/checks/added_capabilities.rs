//! `deploy/compose/added-capabilities`: rights of root that a container does not have by itself.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `cap_add` gives a container a part of the rights of root over the machine. With `SYS_ADMIN`, `SYS_MODULE`, `SYS_RAWIO`,
    /// `DAC_READ_SEARCH` or all of them there are published ways from the container to the machine; these are reported as high. `SYS_PTRACE`,
    /// `NET_ADMIN`, `BPF`, `SYS_TIME` and the like change what others on the machine rely on, and are medium.
    ///
    /// What containers have by default, and `NET_BIND_SERVICE`, is not reported.
    AddedCapabilities {
        id: "deploy/compose/added-capabilities",
        title: "Dangerous capability",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "CM-7")],
        remediation: "Drop all and add what is needed:\n\n```yaml\ncap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]\n```",
        references: ["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &AddedCapabilities::ABOUT,
    judge,
};

const TO_THE_MACHINE: [&str; 6] = [
    "ALL",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_RAWIO",
    "DAC_READ_SEARCH",
    "SYS_BOOT",
];
const OVER_OTHERS: [&str; 10] = [
    "SYS_PTRACE",
    "NET_ADMIN",
    "BPF",
    "PERFMON",
    "SYS_TIME",
    "SYSLOG",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "CHECKPOINT_RESTORE",
    "AUDIT_CONTROL",
];

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        for (written, at) in service.texts("cap_add", doubts) {
            let upper = written.to_ascii_uppercase();
            let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
            let severity = if TO_THE_MACHINE.contains(&name) {
                Severity::High
            } else if OVER_OTHERS.contains(&name) {
                Severity::Medium
            } else {
                continue;
            };
            out.finding(
                Found {
                    message: format!(
                        "`{}` has `{}`",
                        service.name.escape_debug(),
                        written.escape_debug()
                    ),
                    key: format!("{} {name}", service.name),
                    fix: "remove it, and add only what is needed".to_owned(),
                    severity: Some(severity),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}
