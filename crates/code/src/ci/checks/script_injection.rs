//! `ci/script-injection`: what outsiders write becomes a part of a script.

use super::{Rule, Subject, shown};
use crate::ci::expression::expressions;
use crate::ci::github::{Exposure, Job, Script, Step, Workflow};
use crate::ci::gitlab::Pipeline;
use crate::ci::taint::{Origin, origin, shell_variables, variable};
use bartizan_document::shell::{Command, Word, every};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::ops::Range;

rule! {
    /// An expression puts text into a script before the script is read: `run: echo "${{ github.event.issue.title }}"`. An issue with the title
    /// `"; curl … | sh; "` is then a command, and it runs with the token, the secrets and the files of the job. The same happens to text that is
    /// given to `eval` or `sh -c`, and to scripts in the settings of actions (`github-script`).
    ///
    /// Where anybody can start the workflow with secrets (`pull_request_target`, `issue_comment`, `issues`, `workflow_run`) it is reported as high.
    /// With `pull_request` the token of a fork only reads and there are no secrets, and what `push` carries a person of the project took in: medium.
    /// What only those give who may start or call the workflow (`inputs`) is low.
    ///
    /// Followed are variables of `env`, outputs of steps and jobs as far as they are written in this file, and outputs of actions that are known to
    /// hold what outsiders write. A value in an environment variable that the script expands is safe: the shell does not read it as a command.
    ScriptInjection {
        id: "ci/script-injection",
        title: "What outsiders write becomes a part of a script",
        severity: High,
        confidence: High,
        cwe: ["CWE-94"],
        controls: [("NIST-800-53-r5", "SI-10"), ("OWASP-ASVS-5.0", "15.2.4")],
        remediation: "Give it to the script as a variable, in quotes:\n\n```yaml\n- run: echo \"$TITLE\"\n  env:\n    TITLE: ${{ github.event.issue.title }}\n```\n\n\
            In `github-script` read `context.payload` or `process.env`. Do not give it to `eval` or `sh -c`.",
        references: [
            "https://docs.github.com/en/actions/concepts/security/script-injections",
            "https://docs.gitlab.com/ci/variables/#use-variables-in-other-variables",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &ScriptInjection::ABOUT,
    judge,
};

/// Settings of actions that are run as a script.
const SCRIPTS: [(&str, &str); 8] = [
    ("actions/github-script", "script"),
    ("azure/cli", "inlinescript"),
    ("azure/powershell", "inlinescript"),
    ("appleboy/ssh-action", "script"),
    ("jannekem/run-python-script-action", "script"),
    ("cardinalby/js-eval-action", "expression"),
    ("nick-fields/retry", "command"),
    ("addnab/docker-run-action", "run"),
];

/// Variables of GitLab that hold what outsiders write: <https://docs.gitlab.com/ci/variables/predefined_variables/>.
const GITLAB: [&str; 14] = [
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_TITLE",
    "CI_COMMIT_DESCRIPTION",
    "CI_COMMIT_AUTHOR",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_TAG",
    "CI_COMMIT_TAG_MESSAGE",
    "CI_MERGE_REQUEST_TITLE",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
    "GITLAB_USER_NAME",
    "CI_MERGE_REQUEST_LABELS",
];

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    match subject {
        Subject::Github(workflow) => {
            for (job, step) in workflow.steps() {
                github(workflow, job, step, out);
            }
        }
        Subject::Gitlab(pipeline) => gitlab(pipeline, out),
        Subject::Dependabot(_) => {}
    }
}

fn github<'n>(workflow: &Workflow<'n>, job: &Job<'n>, step: &Step<'n>, out: &mut Report<'_>) {
    if let Some(run) = &step.run {
        templated(workflow, job, step, run, out);
        for (name, at) in evaluated(run) {
            let from = variable(&name, workflow, job, step);
            report(
                workflow,
                &from,
                &format!("`${name}` is read as commands"),
                &at,
                out,
            );
        }
    }
    for (action, key) in SCRIPTS {
        if let Some(script) = step.with(key).filter(|_| step.is(action)) {
            let script = Script::of_scalar(workflow.text, script, false);
            templated(workflow, job, step, &script, out);
        }
    }
}

fn templated<'n>(
    workflow: &Workflow<'n>,
    job: &Job<'n>,
    step: &Step<'n>,
    script: &Script,
    out: &mut Report<'_>,
) {
    for (range, expression) in expressions(script.excerpt.text()) {
        let from = origin(expression, workflow, job, Some(step));
        let what = format!("`${{{{ {} }}}}` becomes a part of a script", shown(expression));
        report(workflow, &from, &what, &script.excerpt.place(range), out);
    }
}

fn report(workflow: &Workflow<'_>, from: &Origin, what: &str, at: &Range<usize>, out: &mut Report<'_>) {
    let (who, severity) = match from {
        Origin::Safe | Origin::Unknown(_) => return,
        Origin::Caller(_) => ("whoever starts or calls this", Severity::Low),
        Origin::Outsider(_) if workflow.exposure() == Exposure::Privileged => ("anybody", Severity::High),
        Origin::Outsider(_) => ("people outside of the project", Severity::Medium),
    };
    out.finding(
        Found {
            message: format!("{what}, and {who} may write it"),
            key: what.to_owned(),
            fix: "give it to the script as a variable of `env`, and expand that in quotes".to_owned(),
            severity: Some(severity),
            ..Found::default()
        },
        at,
    );
}

/// Variables whose values a script reads as commands.
fn evaluated(script: &Script) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for command in every(&script.pipelines).into_iter().flat_map(|one| &one.commands) {
        for word in read_as_commands(command) {
            for name in shell_variables(&word.text) {
                found.push((name, script.place(word.span)));
            }
        }
    }
    found
}

/// The words of a command that it reads as commands.
fn read_as_commands(command: &Command) -> Vec<&Word> {
    let words = command.run();
    match command.program() {
        "eval" => words.iter().skip(1).collect(),
        "sh" | "bash" | "dash" | "zsh" | "ssh" => {
            let flag = words.iter().position(|word| {
                word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c')
            });
            flag.and_then(|flag| words.get(flag + 1)).into_iter().collect()
        }
        "python" | "python3" | "perl" | "ruby" | "node" => {
            let flag = words
                .iter()
                .position(|word| matches!(word.text.as_str(), "-c" | "-e"));
            flag.and_then(|flag| words.get(flag + 1)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn gitlab(pipeline: &Pipeline<'_>, out: &mut Report<'_>) {
    for script in pipeline.jobs.iter().flat_map(|job| &job.scripts) {
        for (name, at) in evaluated(script) {
            if !GITLAB.contains(&name.as_str()) {
                continue;
            }
            out.finding(
                Found {
                    message: format!(
                        "`${name}` is read as commands, and whoever proposes a change writes it"
                    ),
                    key: name.clone(),
                    fix: "do not give it to `eval` or `sh -c`; expand it in quotes".to_owned(),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}
