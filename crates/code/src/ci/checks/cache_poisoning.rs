//! `ci/cache-poisoning`: a release is built from what earlier runs left.

use super::{Rule, Subject};
use crate::ci::github::{Step, Workflow};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A workflow that makes a release restores a cache. Every run on the default branch may write that cache, with whatever token it has: one
    /// action or dependency that was taken over there leaves changed tools or built parts in it, and the release is made of them.
    ///
    /// Releases are workflows on `release` and on tags alone. What only restores and checks by digests (a cache of a package manager whose lock file
    /// holds digests) is at less risk than built parts.
    CachePoisoning {
        id: "ci/cache-poisoning",
        title: "Release is built from a cache",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-829", "CWE-345"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "Build releases without a cache: leave the step out, or `cache: false`.",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &CachePoisoning::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    if !is_release(workflow) {
        return;
    }
    for (job, step) in workflow.steps() {
        let Some(uses) = step.uses.as_ref().filter(|_| restores(step)) else {
            continue;
        };
        out.finding(
            Found {
                message: format!(
                    "`{}` restores what earlier runs left, and a release is made of it",
                    uses.name()
                ),
                key: format!("{} {}", job.id, uses.name()),
                fix: "build releases without a cache".to_owned(),
                ..Found::default()
            },
            &uses.at,
        );
    }
}

fn is_release(workflow: &Workflow<'_>) -> bool {
    let only_tags = workflow
        .trigger("push")
        .and_then(|trigger| trigger.node)
        .is_some_and(|push| push.get("tags").is_some() && push.get("branches").is_none());
    workflow.trigger("release").is_some() || only_tags
}

/// Whether a step restores a cache.
fn restores(step: &Step<'_>) -> bool {
    let Some(uses) = &step.uses else { return false };
    let set = |key: &str| {
        step.with(key).is_some_and(|node| {
            node.bool() != Some(false) && !node.is_null() && !matches!(node.text(), Some("" | "false"))
        })
    };
    match uses.name().as_str() {
        "actions/cache" => !uses.text.contains("/save@"),
        "swatinem/rust-cache"
        | "actions-rs/cache"
        | "mozilla-actions/sccache-action"
        | "hendrikmuhs/ccache-action"
        | "gradle/actions" => true,
        "actions/setup-node" | "actions/setup-python" | "actions/setup-java" | "actions/setup-dotnet" => {
            set("cache")
        }
        // Caches unless it is told not to.
        "actions/setup-go" => {
            step.with("cache").is_none_or(|node| node.bool() != Some(false))
                && !uses.reference().starts_with("v3")
        }
        "ruby/setup-ruby" => set("bundler-cache"),
        "astral-sh/setup-uv" => set("enable-cache"),
        "docker/build-push-action" => step
            .with("cache-from")
            .and_then(|node| node.text())
            .is_some_and(|text| text.contains("type=gha")),
        _ => false,
    }
}
