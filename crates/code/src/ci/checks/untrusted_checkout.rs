//! `ci/untrusted-checkout`: code of a stranger runs with the project's secrets.

use super::{Rule, Subject, shown};
use crate::ci::expression::{expressions, names};
use crate::ci::github::{Exposure, Job, Workflow};
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::ops::Range;

rule! {
    /// A workflow that anybody can start with the project's token and secrets (`pull_request_target`, `workflow_run`, `issue_comment`) takes the
    /// code of the pull request. What it does with it next, install, build, test, lint by a configuration, runs what the stranger wrote: the secrets and
    /// the repository are theirs.
    ///
    /// Where the token of the job may write nothing and the job names no secret, it is reported as medium: there is still the cache, and what later runs
    /// take from it.
    UntrustedCheckout {
        id: "ci/untrusted-checkout",
        title: "Code of a stranger with the project's secrets",
        severity: High,
        confidence: High,
        cwe: ["CWE-94", "CWE-829"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SI-7")],
        remediation: "Build and test in a workflow on `pull_request`, which has no secrets. What needs secrets (a comment, a label) goes into a second workflow \
            that takes only data of the first and runs none of its code. Where a person lets it run (an environment with reviewers), \
            check out the commit that was looked at, not the branch.",
        references: [
            "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
            "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UntrustedCheckout::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    for (job, at, what) in checkouts(workflow) {
        let is_weak = !may_harm(workflow, job);
        out.finding(
            Found {
                message: format!(
                    "{} takes the code of a stranger, and anybody can start it",
                    shown(&what)
                ),
                key: format!("{} {what}", job.id),
                fix: "build strangers' code on `pull_request`, without secrets".to_owned(),
                severity: is_weak.then_some(Severity::Medium),
                ..Found::default()
            },
            &at,
        );
    }
}

/// Where a workflow that anybody starts with secrets takes the code of a stranger.
pub(super) fn checkouts<'w, 'n>(workflow: &'w Workflow<'n>) -> Vec<(&'w Job<'n>, Range<usize>, String)> {
    if workflow.exposure() != Exposure::Privileged {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (job, step) in workflow.steps() {
        if step.is("actions/checkout") {
            for key in ["ref", "repository"] {
                let value = step.with(key).and_then(|node| Some((node, node.text()?)));
                if let Some((node, text)) = value.filter(|(_, text)| is_head(text)) {
                    found.push((job, node.span.range(), format!("`{key}: {text}`")));
                    break;
                }
            }
        }
        let Some(run) = &step.run else { continue };
        for command in every(&run.pipelines).into_iter().flat_map(|one| &one.commands) {
            let words: Vec<&str> = command.run().iter().map(|word| word.text.as_str()).collect();
            let takes = match words.as_slice() {
                [program, "pr", "checkout", ..] => program.ends_with("gh"),
                [
                    program,
                    "checkout" | "fetch" | "pull" | "switch" | "merge" | "clone",
                    rest @ ..,
                ] => {
                    program.ends_with("git")
                        && rest.iter().any(|word| {
                            is_head(word) || word.contains("refs/pull/") || word.starts_with("pull/")
                        })
                }
                _ => false,
            };
            if takes {
                found.push((job, run.place(command.span()), format!("`{}`", words.join(" "))));
            }
        }
    }
    found
}

/// Whether a reference is that of a pull request, or of what started another workflow.
fn is_head(text: &str) -> bool {
    if text.contains("refs/pull/") {
        return true;
    }
    let all = expressions(text);
    let named = all.iter().flat_map(|(_, expression)| names(expression));
    named.into_iter().any(|path| {
        path == "github.head_ref"
            || (path.starts_with("github.event.pull_request.head")
                || path == "github.event.pull_request.merge_commit_sha")
            || path.starts_with("github.event.workflow_run.head")
            || path.starts_with("github.event.workflow_run.pull_requests")
            || (path.starts_with("steps.") || path.starts_with("needs."))
                && [
                    ".head_ref",
                    ".head_sha",
                    ".head-ref",
                    ".head-sha",
                    ".pr_head_sha",
                    ".pr_ref",
                ]
                .iter()
                .any(|end| path.ends_with(end))
    })
}

/// Whether what runs in a job can do harm with what it is given.
fn may_harm(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    let writes = match workflow.permissions(job) {
        None => true,
        Some(node) => {
            node.text() == Some("write-all")
                || node
                    .entries()
                    .iter()
                    .any(|entry| entry.value.text() == Some("write"))
        }
    };
    let text = workflow.text.get(job.node.span.range()).unwrap_or_default();
    let environment = workflow
        .root
        .get("env")
        .and_then(|env| workflow.text.get(env.span.range()));
    let names_secret = |text: &str| {
        text.replace("secrets.GITHUB_TOKEN", "").contains("secrets.")
            || text.contains("secrets[")
            || text.contains("secrets:")
    };
    writes || names_secret(text) || environment.is_some_and(names_secret)
}
