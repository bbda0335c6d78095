//! `image/setuid-file`: a program runs with the rights of its owner, whoever starts it.

use super::{Facts, ImageCheck, advice, info};
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};
use bartizan_source::image::NodeKind;

const SET_USER: u32 = 0o4000;
const SET_GROUP: u32 = 0o2000;
const EXECUTE: u32 = 0o111;

/// Looks for set-user-id and set-group-id programs.
pub(super) struct SetuidFile;

impl ImageCheck for SetuidFile {
    fn rule(&self) -> RuleInfo {
        info(
            "image/setuid-file",
            "Set-user-id program in an image",
            (Severity::Low, Confidence::High),
            &["CWE-269"],
            [
                "The program runs with the rights of its owner or group, whoever starts it. A service in a container hardly ever \
                 needs one, and a flaw in one makes whoever took over the service root in the container. The programs that \
                 distributions bring are well kept and still come from a time of many users on one machine.",
                "1. Remove the package, or take the bit away in the Dockerfile: `RUN chmod a-s FILE`.\n\
                 2. Set `allowPrivilegeEscalation: false` where it is deployed (`--security-opt no-new-privileges` with Docker): \
                 the bit then has no effect.",
            ],
            &["https://www.kernel.org/doc/html/latest/userspace-api/no_new_privs.html"],
        )
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let programs = facts.tree.iter().filter(|(_, node)| {
            let special = node.mode & (SET_USER | SET_GROUP) != 0;
            node.kind == NodeKind::File && special && node.mode & EXECUTE != 0
        });
        let found = programs.map(|(path, node)| {
            let who = if node.mode & SET_USER == 0 {
                format!("group {}", node.group)
            } else if node.owner == 0 {
                "root".to_owned()
            } else {
                format!("user {}", node.owner)
            };
            let message = format!(
                "whoever starts it runs it as {who} (mode {:04o}){}",
                node.mode,
                facts.brought(node)
            );
            let mut finding = facts.finding(&self.rule(), &path, message, facts.place(&path, node));
            finding.fix = Some(advice(format!("take the bit away: `RUN chmod a-s /{path}`")));
            finding
        });
        found.collect()
    }
}
