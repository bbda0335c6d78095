//! `ci/spoofable-actor`: a robot is known by who acted last.

use super::{Rule, Subject};
use crate::ci::expression::names;
use crate::ci::github::Exposure;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A condition knows a robot by `github.actor`, which is who caused the last event, not who wrote the change. Somebody opens a pull request of a fork,
    /// lets Dependabot act on it, and the condition holds for their code.
    ///
    /// Where anybody can start the workflow with secrets it is medium, else low.
    SpoofableActor {
        id: "ci/spoofable-actor",
        title: "Robot is known by who acted last",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-345"],
        controls: [("NIST-800-53-r5", "AC-3")],
        remediation: "Ask who wrote it: `github.event.pull_request.user.login == 'dependabot[bot]'`, and that it is no fork: \
            `github.event.pull_request.head.repo.full_name == github.repository`.",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SpoofableActor::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let exposure = workflow.exposure();
    if exposure == Exposure::Inside {
        return;
    }
    let jobs = workflow.jobs.iter().map(|job| job.node);
    let steps = workflow.steps().map(|(_, step)| step.node);
    for node in jobs.chain(steps).filter_map(|node| node.get("if")) {
        let Some(text) = node.text().filter(|text| text.contains("[bot]")) else {
            continue;
        };
        let bare = text.trim().trim_start_matches("${{").trim_end_matches("}}");
        let asks = names(bare);
        let by_actor = asks.iter().any(|path| {
            matches!(
                path.as_str(),
                "github.actor" | "github.triggering_actor" | "github.event.sender.login"
            )
        });
        let by_author = asks
            .iter()
            .any(|path| path == "github.event.pull_request.user.login");
        if by_actor && !by_author && is_admitting(text) {
            out.finding(
                Found {
                    message: "`github.actor` is who acted last, not who wrote the change".to_owned(),
                    key: text.to_owned(),
                    fix: "ask `github.event.pull_request.user.login`".to_owned(),
                    severity: (exposure != Exposure::Privileged).then_some(Severity::Low),
                    ..Found::default()
                },
                &node.span.range(),
            );
        }
    }
}

/// Whether the condition lets the robot in; one that keeps it out (`!=`) is harmless.
fn is_admitting(text: &str) -> bool {
    text.contains("==") || text.contains("contains(")
}
