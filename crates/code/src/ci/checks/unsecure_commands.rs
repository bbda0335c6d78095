//! `ci/unsecure-commands`: whatever is printed may set variables.

use super::{Rule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// `ACTIONS_ALLOW_UNSECURE_COMMANDS` lets `::set-env` and `::add-path` in the output of any step set variables and the path of the steps behind it.
    /// Whoever gets text into that output, a test's name, a message of a commit, a server's answer, decides which programs run next.
    UnsecureCommands {
        id: "ci/unsecure-commands",
        title: "Output of steps may set variables",
        severity: High,
        confidence: High,
        cwe: ["CWE-94"],
        controls: [("NIST-800-53-r5", "CM-7")],
        remediation: "Remove it, and write to the files that are meant for it: `echo \"NAME=value\" >> \"$GITHUB_ENV\"`.",
        references: ["https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnsecureCommands::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let jobs = workflow.jobs.iter().map(|job| job.node);
    let steps = workflow.steps().map(|(_, step)| step.node);
    let holders = std::iter::once(workflow.root).chain(jobs).chain(steps);
    for entry in holders.filter_map(|node| node.get("env")?.entry("ACTIONS_ALLOW_UNSECURE_COMMANDS")) {
        if is_on(&entry.value) {
            out.finding(
                Found {
                    message: "what steps print may set variables and the path of those behind them"
                        .to_owned(),
                    key: "ACTIONS_ALLOW_UNSECURE_COMMANDS".to_owned(),
                    fix: "remove it, and write to `$GITHUB_ENV`".to_owned(),
                    ..Found::default()
                },
                &entry.key_span.range(),
            );
        }
    }
}

fn is_on(value: &Node) -> bool {
    value.bool() == Some(true) || value.text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
