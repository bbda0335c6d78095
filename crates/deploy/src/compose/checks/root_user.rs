//! `deploy/compose/root-user`: a service is made to run as root.

use super::Rule;
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A service says `user: root`, or user 0, whatever the image says. A flaw in the program is then a flaw in everything that root may do in the
    /// container.
    ///
    /// Where a service says nothing, the image decides; `deploy/dockerfile/root-user` and `image/root-user` judge that.
    RootUser {
        id: "deploy/compose/root-user",
        title: "Service is made to run as root",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Name a user without rights: `user: \"10001:10001\"`, and give the volumes to it.",
        references: ["https://github.com/compose-spec/compose-spec/blob/main/05-services.md#user"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &RootUser::ABOUT,
    judge,
};

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        let Some(node) = service.own("user") else { continue };
        let Some(user) = service.text(node, doubts) else {
            continue;
        };
        let name = user.split(':').next().unwrap_or_default();
        if name == "root" || name.parse::<u64>() == Ok(0) {
            out.finding(
                Found {
                    message: format!(
                        "`{}` runs as root, whatever its image says",
                        service.name.escape_debug()
                    ),
                    key: service.name.to_owned(),
                    fix: "name a user without rights".to_owned(),
                    ..Found::default()
                },
                &node.span.range(),
            );
        }
    }
}
