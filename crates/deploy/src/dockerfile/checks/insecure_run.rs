//! `deploy/dockerfile/insecure-run`: a step of the build outside of its sandbox.

use super::{Judged, Rule};
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A step asks to run without the builder's sandbox (`RUN --security=insecure`) or in the network of the build machine
    /// (`RUN --network=host`). In the first it has the rights of root over that machine's devices, in the second it reaches what listens on
    /// it and its metadata service: whatever the step fetches and runs has that too. The builder refuses both unless it was told to allow them.
    InsecureRun {
        id: "deploy/dockerfile/insecure-run",
        title: "Build step outside of the sandbox",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "SC-39"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Remove the flag. What needs privileges belongs on a machine of its own, not into the build of an image.",
        references: [
            "https://docs.docker.com/reference/dockerfile/#run---security",
            "https://docs.docker.com/reference/dockerfile/#run---network",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &InsecureRun::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    for instruction in &judged.file.instructions {
        let one = instruction.trigger.as_deref().unwrap_or(instruction);
        for flag in one.flags.iter().filter(|_| one.keyword == "RUN") {
            let (effect, severity) = match (flag.name.as_str(), flag.value.as_str()) {
                ("security", "insecure") => ("the step runs without the builder's sandbox", None),
                ("network", "host") => (
                    "the step is in the network of the build machine",
                    Some(Severity::Low),
                ),
                _ => continue,
            };
            out.finding(
                Found {
                    message: format!("`--{}={}`: {effect}", flag.name, flag.value),
                    key: format!("{} {}", flag.name, one.body.text()),
                    fix: "remove the flag".to_owned(),
                    severity,
                    ..Found::default()
                },
                &flag.at,
            );
        }
    }
}
