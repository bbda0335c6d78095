//! `ci/unsound-condition`: a condition that holds when it should not.

use super::{Rule, Subject, shown};
use crate::ci::expression::expressions;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A condition does not decide what it seems to. `if: ${{ a }} && b` is text that is not empty, which is true whatever `a` and `b` are; so is an
    /// expression in a block (`|`) with a line break behind it. `contains('refs/heads/main refs/heads/dev', github.ref)` holds for every part of that
    /// text, as `refs/heads/mai`: whoever names a branch passes it.
    UnsoundCondition {
        id: "ci/unsound-condition",
        title: "Condition holds when it should not",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "AC-3")],
        remediation: "- write the whole condition as one expression: `if: a && b`, or `${{ a && b }}`, in a block with `>-`\n\
            - compare with whole values: `contains(fromJSON('[\"refs/heads/main\"]'), github.ref)`, or `==`",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/expressions",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UnsoundCondition::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let jobs = workflow.jobs.iter().map(|job| job.node);
    let steps = workflow.steps().map(|(_, step)| step.node);
    for node in jobs.chain(steps).filter_map(|node| node.get("if")) {
        let Some(text) = node.text() else { continue };
        let message = if is_always_true(text) {
            "is text that is not empty, which is always true"
        } else if holds_for_parts(text) {
            "holds for every part of the text that it looks in"
        } else {
            continue;
        };
        out.finding(
            Found {
                message: format!("`{}` {message}", shown(text)),
                key: text.trim().to_owned(),
                fix: "write one expression that compares whole values".to_owned(),
                ..Found::default()
            },
            &node.span.range(),
        );
    }
}

/// Whether something stands beside an expression, a line break included.
fn is_always_true(text: &str) -> bool {
    let all = expressions(text);
    let inside: usize = all.iter().map(|(range, _)| range.len()).sum();
    !all.is_empty() && (all.len() > 1 || text.len() != inside)
}

/// Whether it looks for a value within a literal.
fn holds_for_parts(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("contains(").any(|(at, call)| {
        let rest = lower.get(at + call.len()..).unwrap_or_default().trim_start();
        let Some(rest) = rest.strip_prefix('\'') else {
            return false;
        };
        let Some((_, behind)) = rest.split_once('\'') else {
            return false;
        };
        let value = behind.trim_start().strip_prefix(',').map(str::trim_start);
        value.is_some_and(|value| {
            [
                "github.ref",
                "github.head_ref",
                "github.base_ref",
                "github.actor",
                "github.event",
                "github.triggering_actor",
            ]
            .iter()
            .any(|path| value.starts_with(path))
        })
    })
}
