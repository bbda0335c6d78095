//! What is told, as it is kept in the outbox and as programs get it.

use super::channel::Event;
use crate::api::shown::{DECISIONS, SEVERITIES, time, word};
use bartizan_model::encoding::hex;
use bartizan_store::graph::{AssetRow, FindingRow, RemedyRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Notices that a summary holds; of the others only their number is told.
pub(super) const IN_SUMMARY: usize = 20;

/// One thing to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum Payload {
    /// Something happened.
    Notice(Box<Notice>),
    /// More happened than is told one by one.
    Summary(Summary),
    /// There is to be an issue for a fix, and it is to be open.
    IssueOpen,
    /// The issue for a fix is to be closed.
    IssueClose,
    /// Somebody tries whether anything arrives.
    Test {
        /// Who.
        by: String,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// What.
    pub(crate) event: Event,
    /// When it was seen; RFC 3339.
    pub(crate) at: String,
    /// In which tenant.
    pub(crate) tenant: String,
    /// The finding.
    pub(crate) finding: About,
    /// What closes it.
    pub(crate) fix: Fix,
    /// The waiver, where one ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waiver: Option<Waiver>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) id: i64,
    pub(crate) fingerprint: String,
    pub(crate) asset: String,
    pub(crate) rule: String,
    pub(crate) severity: String,
    pub(crate) decision: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) place: String,
    pub(crate) opened: String,
    pub(crate) due: Option<String>,
    pub(crate) owner: Option<String>,
    /// Where people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
}

/// What closes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fix {
    pub(crate) id: i64,
    pub(crate) what: String,
}

/// A waiver that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiver {
    pub(crate) reason: String,
    pub(crate) owner: Option<String>,
    pub(crate) until: String,
}

/// What happened within an interval besides what was told one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// In which tenant.
    pub(crate) tenant: String,
    /// How many notices it stands for.
    pub(crate) total: u64,
    /// How many of each event, and of each severity within.
    pub(crate) events: BTreeMap<Event, BTreeMap<String, u64>>,
    /// The first ones.
    pub(crate) first: Vec<Notice>,
}

impl Summary {
    pub(super) fn add(&mut self, notice: Notice) {
        self.tenant.clone_from(&notice.tenant);
        self.total += 1;
        *self
            .events
            .entry(notice.event)
            .or_default()
            .entry(notice.finding.severity.clone())
            .or_default() += 1;
        if self.first.len() < IN_SUMMARY {
            self.first.push(notice);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.tenant = other.tenant;
        self.total += other.total;
        for (event, severities) in other.events {
            for (severity, count) in severities {
                *self.events.entry(event).or_default().entry(severity).or_default() += count;
            }
        }
        let room = IN_SUMMARY.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }
}

impl About {
    pub(super) fn of(
        row: &FindingRow,
        asset: &AssetRow,
        remedy: Option<&RemedyRow>,
        link: Option<String>,
    ) -> Self {
        Self {
            id: row.id,
            fingerprint: hex(&row.fingerprint),
            asset: asset.key.clone(),
            rule: row.rule.clone(),
            severity: word(&SEVERITIES, row.severity),
            decision: word(&DECISIONS, row.decision),
            title: row.title.clone(),
            message: row.message.clone(),
            place: row.place.clone(),
            opened: time(row.opened),
            due: row.due.map(time),
            owner: remedy
                .and_then(|remedy| remedy.owner.clone())
                .or_else(|| asset.owner.clone()),
            link,
        }
    }
}

impl Payload {
    /// What it is called in the list of deliveries, and by programs that get it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Notice(notice) => notice.event.as_str(),
            Self::Summary(_) => "summary",
            Self::IssueOpen => "issue-open",
            Self::IssueClose => "issue-close",
            Self::Test { .. } => "test",
        }
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
