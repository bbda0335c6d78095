//! The forms in which others want to be told.

mod email;
mod github;
mod gitlab;
mod jira;
mod slack;
mod tracker;
mod web;
mod webhook;

use super::Notifier;
use super::channel::{Secrets, Target};
use super::notice::Payload;

/// One thing to send, once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    /// What it is known by; the same in each attempt.
    pub(super) id: &'a str,
    /// Now, in milliseconds since 1970.
    pub(super) at: i64,
    /// What is told.
    pub(super) payload: &'a Payload,
    /// Where to.
    pub(super) target: &'a Target,
    /// With what.
    pub(super) secrets: &'a Secrets,
}

/// Why something did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// For people: what happened, and what to do.
    pub(super) text: String,
    /// Whether the same again cannot help.
    pub(super) is_final: bool,
    /// How long the other side asks to wait, in milliseconds.
    pub(super) wait: Option<i64>,
    /// The status of the answer, where there was one.
    pub(super) status: Option<u16>,
}

impl Failure {
    pub(super) fn last(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_final: true,
            wait: None,
            status: None,
        }
    }

    pub(super) fn passing(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_final: false,
            wait: None,
            status: None,
        }
    }
}

/// What became of an attempt.
pub(super) type Outcome = Result<(), Failure>;

impl Notifier {
    /// Sends a message.
    pub(super) fn send(&self, letter: &Letter<'_>) -> Outcome {
        match letter.target {
            Target::Webhook { .. } => self.webhook(letter),
            Target::Slack { .. } => self.slack(letter),
            Target::Email { .. } => self.email(letter),
            Target::Github { .. } | Target::Gitlab { .. } | Target::Jira { .. } => {
                Err(Failure::last("a tracker gets issues, not messages"))
            }
        }
    }
}
