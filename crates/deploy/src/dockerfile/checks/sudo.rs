//! `deploy/dockerfile/sudo`: a way to root for everybody in the container.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// The build lets a user become root without a password (`NOPASSWD`). The image then runs as a user in name alone: whatever takes the
    /// program over is root with one command.
    ///
    /// `sudo` as a command of a build is not reported: a build step runs as the `USER` before it, and what it leaves is what counts.
    Sudo {
        id: "deploy/dockerfile/sudo",
        title: "User may become root without a password",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250", "CWE-269"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Do what needs root before `USER`, and leave `sudo` out of the image.",
        references: ["https://docs.docker.com/build/building/best-practices/#user"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &Sudo::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    let build = judged.build;
    let Some(last) = build.last() else { return };
    for step in build.made(last) {
        for commands in step.commands(judged.text) {
            let pipelines = every(&commands.pipelines);
            let words = pipelines
                .iter()
                .flat_map(|one| &one.commands)
                .filter(|command| matches!(command.program(), "echo" | "printf" | "sed"))
                .flat_map(|command| &command.words);
            for word in words.filter(|word| word.text.contains("NOPASSWD")) {
                out.finding(
                    Found {
                        message: format!(
                            "`{}` makes root of whoever is that user",
                            word.text.escape_debug()
                        ),
                        key: word.text.clone(),
                        fix: "do what needs root before `USER`, and leave sudo out".to_owned(),
                        ..Found::default()
                    },
                    &commands.place(word.span),
                );
            }
        }
    }
}
