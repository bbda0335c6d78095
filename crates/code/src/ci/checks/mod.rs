//! What is wrong with a file of continuous integration. One file a rule, listed in [`ALL`]; `<id>.md` beside it is its test.

mod artifact_poisoning;
mod cache_poisoning;
mod debug_trace;
mod environment_write;
mod excessive_permissions;
mod persisted_credentials;
mod piped_script;
mod privileged_trigger;
mod script_injection;
mod secret_printed;
mod secrets_passed_on;
mod self_hosted_runner;
mod spoofable_actor;
mod undecided;
mod unencrypted_daemon;
mod unpinned_action;
mod unpinned_image;
mod unsecure_commands;
mod unsound_condition;
mod untrusted_checkout;
mod unverified_include;
mod update_cooldown;
mod update_execution;

use super::dependabot::Dependabot;
use super::github::{Script, Workflow};
use super::gitlab::Pipeline;
use bartizan_document::Node;
use bartizan_engine::rule::{About, Report};
use std::ops::Range;

/// A file of continuous integration.
pub(super) enum Subject<'n> {
    /// A workflow or action of GitHub.
    Github(Workflow<'n>),
    /// A pipeline of GitLab.
    Gitlab(Pipeline<'n>),
    /// A configuration of Dependabot.
    Dependabot(Dependabot<'n>),
}

/// One rule.
pub(super) struct Rule {
    pub(super) about: &'static About,
    pub(super) judge: fn(&Subject<'_>, &mut Report<'_>),
}

/// Every rule, ordered by id.
pub(super) static ALL: &[Rule] = &[
    artifact_poisoning::RULE,
    cache_poisoning::RULE,
    debug_trace::RULE,
    environment_write::RULE,
    excessive_permissions::RULE,
    persisted_credentials::RULE,
    piped_script::RULE,
    privileged_trigger::RULE,
    script_injection::RULE,
    secret_printed::RULE,
    secrets_passed_on::RULE,
    self_hosted_runner::RULE,
    spoofable_actor::RULE,
    undecided::RULE,
    unencrypted_daemon::RULE,
    unpinned_action::RULE,
    unpinned_image::RULE,
    unsecure_commands::RULE,
    unsound_condition::RULE,
    untrusted_checkout::RULE,
    unverified_include::RULE,
    update_cooldown::RULE,
    update_execution::RULE,
];

/// What is known of every rule, ordered by id.
pub(super) fn all() -> Vec<&'static About> {
    ALL.iter().map(|rule| rule.about).collect()
}

impl Subject<'_> {
    /// Every script with the name of its job.
    pub(super) fn scripts(&self) -> Vec<(&str, &Script)> {
        match self {
            Self::Github(workflow) => workflow
                .steps()
                .filter_map(|(job, step)| Some((job.id, step.run.as_ref()?)))
                .collect(),
            Self::Gitlab(pipeline) => pipeline
                .jobs
                .iter()
                .flat_map(|job| job.scripts.iter().map(|script| (job.name, script)))
                .collect(),
            Self::Dependabot(_) => Vec::new(),
        }
    }
}

/// Text that is fit to be shown.
pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    let cut: String = text.chars().take(100).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{more}", cut.escape_debug())
}

/// An address without user and query, fit to be shown.
pub(super) fn shown_address(url: &str) -> String {
    let bare = url.split('?').next().unwrap_or_default();
    match bare.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            let path = rest.get(host.len()..).unwrap_or_default();
            let host = host.rsplit('@').next().unwrap_or(host);
            shown(&format!("{scheme}://{host}{path}"))
        }
        None => shown(bare),
    }
}

/// Every text below a node with its place, down to a depth.
pub(super) fn texts<'n>(node: &'n Node, depth: usize, out: &mut Vec<(&'n str, Range<usize>)>) {
    if depth > 12 {
        return;
    }
    if let Some(text) = node.text() {
        out.push((text, node.span.range()));
    }
    node.items().iter().for_each(|item| texts(item, depth + 1, out));
    node.entries()
        .iter()
        .for_each(|entry| texts(&entry.value, depth + 1, out));
}
