//! `ci/environment-write`: what outsiders write becomes variables of later steps.

use super::{Rule, Subject, shown};
use crate::ci::expression::expressions;
use crate::ci::github::{Exposure, Job, Step, Workflow};
use crate::ci::taint::{Origin, origin, shell_variables, variable};
use bartizan_document::shell::{Command, every};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A script writes what outsiders decide into `$GITHUB_ENV` or `$GITHUB_PATH`. A line break in it begins another variable, and `NODE_OPTIONS`,
    /// `LD_PRELOAD` or a directory on the path is then code in every later step. A file of a stranger's run that is written there as a whole is the
    /// same.
    ///
    /// Where anybody can start the workflow with secrets it is reported as high, else as medium.
    EnvironmentWrite {
        id: "ci/environment-write",
        title: "What outsiders write becomes variables",
        severity: High,
        confidence: Medium,
        cwe: ["CWE-94"],
        controls: [("NIST-800-53-r5", "SI-10")],
        remediation: "Write it to `$GITHUB_OUTPUT`, with a delimiter that cannot be guessed, or check its form first (a number, a name without line breaks).",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &EnvironmentWrite::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    for (job, step) in workflow.steps() {
        let Some(run) = &step.run else { continue };
        for pipeline in every(&run.pipelines) {
            let writes = pipeline.commands.last().is_some_and(writes_environment);
            let Some(command) = pipeline.commands.first().filter(|_| writes) else {
                continue;
            };
            let from_run = workflow.trigger("workflow_run").is_some()
                && (command.program() == "cat"
                    || command
                        .words
                        .iter()
                        .any(|word| !word.inner.is_empty() && word.text.contains("cat ")));
            if !from_run && !is_outsiders(command, workflow, job, step) {
                continue;
            }
            let is_privileged = workflow.exposure() == Exposure::Privileged;
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            out.finding(
                Found {
                    message: format!(
                        "`{}` sets variables of later steps to what outsiders write",
                        shown(&words.join(" "))
                    ),
                    key: words.join(" "),
                    fix: "check its form first, or write it to `$GITHUB_OUTPUT`".to_owned(),
                    severity: (!is_privileged).then_some(Severity::Medium),
                    ..Found::default()
                },
                &run.place(command.span()),
            );
        }
    }
}

fn writes_environment(command: &Command) -> bool {
    let is_file = |text: &str| {
        let upper = text.to_ascii_uppercase();
        upper.contains("GITHUB_ENV") || upper.contains("GITHUB_PATH") || upper.contains("GITHUB.ENV")
    };
    command
        .redirects
        .iter()
        .any(|one| one.operator.contains('>') && is_file(&one.target.text))
        || (command.program() == "tee" && command.words.iter().any(|word| is_file(&word.text)))
}

fn is_outsiders<'n>(command: &Command, workflow: &Workflow<'n>, job: &Job<'n>, step: &Step<'n>) -> bool {
    let is = |origin: Origin| matches!(origin, Origin::Outsider(_));
    command.words.iter().any(|word| {
        let all = expressions(&word.text);
        let direct = all
            .iter()
            .any(|(_, expression)| is(origin(expression, workflow, job, Some(step))));
        let by_variable = shell_variables(&word.text)
            .iter()
            .any(|name| is(variable(name, workflow, job, step)));
        direct || by_variable
    })
}
