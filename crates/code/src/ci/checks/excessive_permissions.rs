//! `ci/excessive-permissions`: a token that may more than the job needs.

use super::{Rule, Subject, texts};
use crate::ci::github::{Job, Workflow};
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity, named};

rule! {
    /// The token of a workflow may write what its jobs do not write. Whatever a job runs, an action, a dependency's install script, a test of a
    /// pull request, has that token and can push commits, make releases or exchange packages with it.
    ///
    /// `write-all` is reported as medium. Rights to write for a whole workflow with several jobs, and jobs for which nothing is said, are low: without
    /// `permissions` the settings of the repository decide, which by the older default may write everything. Workflows that are only called have
    /// the rights of who calls them.
    ///
    /// `bartizan fix` says `permissions: contents: read` where every step is known to need no more.
    ExcessivePermissions {
        id: "ci/excessive-permissions",
        title: "Token that may more than is needed",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250", "CWE-269"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Say at the top `permissions: contents: read`, and give a job more where it needs it:\n\n```yaml\npermissions:\n  contents: read\njobs:\n  release:\n    \
            permissions:\n      contents: write\n```",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &ExcessivePermissions::ABOUT,
    judge,
};

/// Actions that need no more than to read the repository.
const READERS: [&str; 19] = [
    "actions/checkout",
    "actions/setup-node",
    "actions/setup-python",
    "actions/setup-go",
    "actions/setup-java",
    "actions/setup-dotnet",
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "dtolnay/rust-toolchain",
    "swatinem/rust-cache",
    "actions-rs/toolchain",
    "ruby/setup-ruby",
    "astral-sh/setup-uv",
    "pnpm/action-setup",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
    "taiki-e/install-action",
    "golangci/golangci-lint-action",
];

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    if workflow.is_action {
        return;
    }
    everything(workflow, out);
    let top = workflow.root.entry("permissions");
    let written: Vec<&str> = top
        .map_or(&[][..], |entry| entry.value.entries())
        .iter()
        .filter(|entry| entry.value.text() == Some("write"))
        .map(|entry| &*entry.key)
        .collect();
    if let Some(top) = top.filter(|_| !written.is_empty() && workflow.jobs.len() > 1) {
        out.finding(
            Found {
                message: format!("every job may write {}", named(written.iter().copied())),
                key: "workflow".to_owned(),
                fix: "give it to the jobs that need it, and the workflow `contents: read`".to_owned(),
                ..Found::default()
            },
            &top.key_span.range(),
        );
    }
    nothing_said(workflow, out);
}

fn everything(workflow: &Workflow<'_>, out: &mut Report<'_>) {
    let holders = std::iter::once(workflow.root).chain(workflow.jobs.iter().map(|job| job.node));
    for node in holders.filter_map(|node| node.get("permissions")) {
        if node.text() == Some("write-all") {
            out.finding(
                Found {
                    message: "the token may write everything".to_owned(),
                    key: "write-all".to_owned(),
                    fix: "say `contents: read`, and give jobs what they need".to_owned(),
                    severity: Some(Severity::Medium),
                    ..Found::default()
                },
                &node.span.range(),
            );
        }
    }
}

fn nothing_said(workflow: &Workflow<'_>, out: &mut Report<'_>) {
    let only_called = !workflow.triggers.is_empty()
        && workflow
            .triggers
            .iter()
            .all(|trigger| trigger.name == "workflow_call");
    if workflow.root.get("permissions").is_some() || only_called {
        return;
    }
    let without: Vec<&Job<'_>> = workflow
        .jobs
        .iter()
        .filter(|job| job.node.get("permissions").is_none())
        .collect();
    if without.is_empty() {
        return;
    }
    let places: Vec<_> = without.iter().map(|job| job.at.clone()).collect();
    let jobs = workflow.root.entry("jobs");
    let at_margin = jobs.map(|entry| entry.key_span.start as usize).filter(|at| {
        let before = workflow.text.get(..*at).unwrap_or_default();
        before.is_empty() || before.ends_with('\n')
    });
    let edits = at_margin.filter(|_| without.iter().all(|job| only_reads(workflow, job)));
    let edits = edits.map(|at| (at..at, "permissions:\n  contents: read\n\n".to_owned()));
    out.findings(
        Found {
            message: format!(
                "nothing is said of what the token of {} may, so the settings of the repository decide",
                named(without.iter().map(|job| job.id))
            ),
            key: "nothing".to_owned(),
            fix: "say `permissions: contents: read` at the top".to_owned(),
            edits: edits.into_iter().collect(),
            ..Found::default()
        },
        &places,
    );
}

/// Whether every step of a job is known to need no more than to read the repository.
fn only_reads(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    if job.uses().is_some() || workflow.text.contains('\r') {
        return false;
    }
    let mut all = Vec::new();
    texts(job.node, 0, &mut all);
    texts_of_env(workflow, &mut all);
    let names_token = all.iter().any(|(text, _)| {
        let lower = text.to_ascii_lowercase();
        lower.contains("github_token") || lower.contains("github.token") || lower.contains("gh_token")
    });
    !names_token
        && job.steps.iter().all(|step| match (&step.uses, &step.run) {
            (Some(uses), _) => READERS.contains(&uses.name().as_str()),
            (None, Some(run)) => {
                let pipelines = every(&run.pipelines);
                let mut commands = pipelines.iter().flat_map(|one| &one.commands);
                !run.pipelines.is_empty()
                    && !commands.any(|command| {
                        let second = command.run().get(1).map_or("", |word| word.text.as_str());
                        command.program() == "gh"
                            || (command.program() == "git" && matches!(second, "push" | "-c" | "-C"))
                    })
            }
            (None, None) => false,
        })
}

fn texts_of_env<'n>(workflow: &Workflow<'n>, all: &mut Vec<(&'n str, std::ops::Range<usize>)>) {
    if let Some(env) = workflow.root.get("env") {
        texts(env, 0, all);
    }
}
