//! `deploy/compose/privileged`: a container that is the machine.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// `privileged: true` gives a container every capability and every device of the machine, and takes its confinement away. Whoever takes the
    /// program over mounts the machine's disk and is root there: it is no container in the sense of security.
    Privileged {
        id: "deploy/compose/privileged",
        title: "Privileged container",
        severity: High,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Remove it, and give what is really needed: a device (`devices:`), a capability (`cap_add:`).",
        references: ["https://github.com/compose-spec/compose-spec/blob/main/05-services.md#privileged"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &Privileged::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        let Some(node) = service.own("privileged") else {
            continue;
        };
        if service.text(node, doubts).as_deref() == Some("true") {
            out.finding(
                Found {
                    message: format!(
                        "`{}` has the rights of the machine that it runs on",
                        service.name.escape_debug()
                    ),
                    key: service.name.to_owned(),
                    fix: "remove `privileged`, and name the device or capability that is needed".to_owned(),
                    ..Found::default()
                },
                &node.span.range(),
            );
        }
    }
}
