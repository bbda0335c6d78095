//! `ci/persisted-credentials`: the token lies beside the code.

use super::{Rule, Subject};
use crate::ci::github::{Job, Step};
use bartizan_document::edit::{self, Edit, New};
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity, key_of, named};
use std::ops::Range;

rule! {
    /// `actions/checkout` leaves the token of the job where git finds it, for every later step: each action, test and install script can read it there. It
    /// goes with the directory where that is packed, into an artifact or an image; an artifact of the whole directory is reported as medium.
    /// Said once a file, for all of its jobs.
    ///
    /// Not reported for a job that pushes. `bartizan fix` says `persist-credentials: false` where no later step of the job runs git against the
    /// server and nothing but well-known actions follows.
    PersistedCredentials {
        id: "ci/persisted-credentials",
        title: "Token of the job is left beside the code",
        severity: Low,
        confidence: High,
        cwe: ["CWE-522"],
        controls: [("OWASP-ASVS-5.0", "13.3.2"), ("NIST-800-53-r5", "AC-6")],
        remediation: "```yaml\n- uses: actions/checkout@…\n  with:\n    persist-credentials: false\n```",
        references: ["https://github.com/actions/checkout#usage"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &PersistedCredentials::ABOUT,
    judge,
};

/// Owners whose actions do not use the token that checkout leaves.
const KNOWN: [&str; 8] = [
    "actions/setup-",
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "dtolnay/rust-toolchain",
    "swatinem/rust-cache",
    "docker/",
    "astral-sh/setup-uv",
];

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let mut jobs: Vec<&str> = Vec::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut edits: Option<Vec<Edit>> = Some(Vec::new());
    let mut packed = false;
    for job in &workflow.jobs {
        let kept: Vec<&Step<'_>> = job
            .steps
            .iter()
            .filter(|step| step.is("actions/checkout") && keeps(step))
            .collect();
        if kept.is_empty() || talks_to_server(job, &["push"]) {
            continue;
        }
        jobs.push(job.id);
        packed |= job.steps.iter().any(packs_everything);
        places.extend(
            kept.iter()
                .filter_map(|step| Some(step.uses.as_ref()?.at.clone())),
        );
        let of_job = edits_of(workflow.text, job, &kept);
        edits = edits.zip(of_job).map(|(mut all, more)| {
            all.extend(more);
            all
        });
    }
    let who = if workflow.is_action {
        "the caller".to_owned()
    } else {
        named(jobs.iter().copied())
    };
    out.findings(
        Found {
            message: format!(
                "the token of {who} stays beside the code{}",
                if packed {
                    ", and goes into an artifact with it"
                } else {
                    ""
                }
            ),
            key: key_of(jobs.iter().copied()),
            fix: "say `persist-credentials: false`".to_owned(),
            edits: edits.unwrap_or_default(),
            severity: packed.then_some(Severity::Medium),
            ..Found::default()
        },
        &places,
    );
}

/// The edits of a job's checkouts; none where something in it may need the token.
fn edits_of(text: &str, job: &Job<'_>, kept: &[&Step<'_>]) -> Option<Vec<Edit>> {
    let asks = [
        "fetch",
        "pull",
        "clone",
        "submodule",
        "ls-remote",
        "lfs",
        "remote",
    ];
    if talks_to_server(job, &asks) || !only_known(job) {
        return None;
    }
    let way = ["with", "persist-credentials"];
    let edits = kept
        .iter()
        .map(|step| edit::set(text, step.node, &way, New::scalar("false")));
    edits.collect()
}

fn keeps(step: &Step<'_>) -> bool {
    step.with("persist-credentials")
        .is_none_or(|node| node.bool() != Some(false) && node.text() != Some("false"))
}

/// Whether a script of a job runs one of these commands of git, or a program that does so for it.
fn talks_to_server(job: &Job<'_>, verbs: &[&str]) -> bool {
    job.steps.iter().filter_map(|step| step.run.as_ref()).any(|run| {
        let pipelines = every(&run.pipelines);
        let mut commands = pipelines.iter().flat_map(|one| &one.commands);
        commands.any(|command| {
            let mut words = command.run().iter().skip(1);
            command.program() == "git" && words.any(|word| verbs.contains(&word.text.as_str()))
        }) || (run.pipelines.is_empty()
            && verbs
                .iter()
                .any(|verb| run.excerpt.text().contains(&format!("git {verb}"))))
    })
}

/// Whether nothing but scripts and well-known actions is used.
fn only_known(job: &Job<'_>) -> bool {
    job.steps
        .iter()
        .filter_map(|step| step.uses.as_ref())
        .all(|uses| {
            let name = uses.name();
            name == "actions/checkout" || KNOWN.iter().any(|known| name.starts_with(known))
        })
}

/// Whether a step makes an artifact of the whole directory.
fn packs_everything(step: &Step<'_>) -> bool {
    let path = step.with("path").and_then(|node| node.text()).unwrap_or_default();
    let whole = path.lines().any(|line| {
        matches!(
            line.trim(),
            "." | "./" | "*" | "./*" | "${{ github.workspace }}" | "**" | "./**"
        )
    });
    step.is("actions/upload-artifact") && whole
}
