//! `ci/unpinned-action`: code of others that can become other code.

use super::{Rule, Subject, shown};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::collections::BTreeMap;
use std::ops::Range;

rule! {
    /// A workflow uses an action, or another workflow, by a tag or a branch. Whoever may push to that repository, or takes its account over, can move
    /// the name to other code, and every run from then on gives that code the token, the secrets and the files of the job. This has happened to
    /// widely used actions.
    ///
    /// A commit cannot be moved. Actions of GitHub itself (`actions/*`, `github/*`) are reported as low. An image in the place of an action
    /// (`docker://`) is held by its digest.
    UnpinnedAction {
        id: "ci/unpinned-action",
        title: "Action is not held by its commit",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-829", "CWE-1357"],
        controls: [("NIST-800-53-r5", "SI-7"), ("OWASP-ASVS-5.0", "15.2.4")],
        remediation: "Name the commit, and keep the version as a comment: `uses: owner/action@<40 digits> # v4.2.1`. Let Dependabot or Renovate raise it.",
        references: [
            "https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnpinnedAction::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let mut found: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    let called = workflow.jobs.iter().filter_map(super::super::github::Job::uses);
    let used = workflow.steps().filter_map(|(_, step)| step.uses.clone());
    for uses in called.chain(used) {
        if is_loose(uses.text) {
            found.entry(uses.text).or_default().push(uses.at);
        }
    }
    for (text, places) in found {
        let owner = text.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let is_platform = matches!(owner.as_str(), "actions" | "github");
        let reference = text.split_once('@').map_or("", |(_, reference)| reference);
        let moved = if text.starts_with("docker://") {
            "a tag"
        } else {
            kind(reference)
        };
        out.findings(
            Found {
                message: format!(
                    "`{}` is named by {moved}, which can be moved to other code",
                    shown(text)
                ),
                key: text.to_owned(),
                fix: "name the commit by its 40 digits, the version in a comment".to_owned(),
                severity: is_platform.then_some(Severity::Low),
                ..Found::default()
            },
            &places,
        );
    }
}

fn is_loose(text: &str) -> bool {
    if text.starts_with(['.', '/']) || text.contains("${{") {
        return false;
    }
    if let Some(image) = text.strip_prefix("docker://") {
        return !image.contains("@sha256:");
    }
    let Some((_, reference)) = text.split_once('@') else {
        return false;
    };
    let is_commit =
        matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    !is_commit
}

fn kind(reference: &str) -> &'static str {
    let is_branch = matches!(
        reference,
        "main" | "master" | "HEAD" | "develop" | "trunk" | "dev" | "edge" | "nightly"
    );
    if is_branch { "a branch" } else { "a tag or branch" }
}
