//! Rows of the graph as the interface shows them.

use bartizan_model::Timestamp;
use bartizan_model::encoding::hex;
use bartizan_store::graph::{AssetRow, EventRow, FindingRow, RemedyRow};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;

/// Milliseconds since 1970 as RFC 3339.
pub(crate) fn time(at: i64) -> String {
    Timestamp::from_unix_seconds(at.div_euclid(1_000)).to_string()
}

/// Words of severities, by number.
pub(crate) const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];
/// Words of decisions, by number.
pub(crate) const DECISIONS: [&str; 4] = ["defer", "scheduled", "out-of-cycle", "immediate"];

pub(crate) fn word(words: &[&str], number: i64) -> String {
    usize::try_from(number)
        .ok()
        .and_then(|number| words.get(number))
        .map_or_else(String::new, |word| (*word).to_owned())
}

pub(crate) fn number(words: &[&str], word: &str) -> Option<i64> {
    words
        .iter()
        .position(|known| *known == word)
        .and_then(|at| i64::try_from(at).ok())
}

/// The things that rows are about, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Things(HashMap<i64, (String, Option<String>)>);

impl Things {
    /// Those with these numbers.
    pub(super) fn of(
        session: &mut Session<'_>,
        ids: impl IntoIterator<Item = i64>,
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<i64> = ids.into_iter().collect();
        let rows = session.assets_of(&ids.into_iter().collect::<Vec<_>>())?;
        Ok(Self(
            rows.into_iter()
                .map(|row| (row.id, (row.key, row.owner)))
                .collect(),
        ))
    }

    /// The identity of one of them.
    pub(super) fn key(&self, id: i64) -> String {
        self.0.get(&id).map(|(key, _)| key.clone()).unwrap_or_default()
    }

    /// Who answers for one of them.
    pub(super) fn owner(&self, id: i64) -> Option<String> {
        self.0.get(&id).and_then(|(_, owner)| owner.clone())
    }
}

/// A problem of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Finding {
    /// Its number.
    pub id: i64,
    /// The thing that has it.
    pub asset: String,
    /// Its identity within the thing.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// critical, high, medium, low or info.
    pub severity: String,
    /// high, medium or low.
    pub confidence: String,
    /// What kind of problem it is.
    pub title: String,
    /// What was found.
    pub message: String,
    /// The first place, `path:line`; empty where there is none.
    pub place: String,
    /// open, fixed or waived.
    pub status: String,
    /// When to act: immediate, out-of-cycle, scheduled or defer.
    pub decision: String,
    /// Number of the fix that closes it.
    pub fix: i64,
    /// RFC 3339.
    pub first_seen: String,
    /// RFC 3339.
    pub last_seen: String,
    /// Since when it is open without a break; RFC 3339.
    pub opened: String,
    /// When it was fixed or waived; RFC 3339.
    pub closed: Option<String>,
    /// By when it must be closed; RFC 3339.
    pub due: Option<String>,
    /// Who does the fix that closes it, or else answers for the thing.
    pub owner: Option<String>,
    /// Until when it is waived; RFC 3339.
    pub waived_until: Option<String>,
}

impl Finding {
    pub(super) fn of(row: FindingRow, asset: String, owner: Option<String>) -> Self {
        let fingerprint = hex(&row.fingerprint);
        Self {
            id: row.id,
            asset,
            fingerprint,
            rule: row.rule,
            severity: word(&SEVERITIES, row.severity),
            confidence: word(&["low", "medium", "high"], row.confidence),
            title: row.title,
            message: row.message,
            place: row.place,
            status: row.status.as_str().to_owned(),
            decision: word(&DECISIONS, row.decision),
            fix: row.remedy,
            first_seen: time(row.first_seen),
            last_seen: time(row.last_seen),
            opened: time(row.opened),
            closed: row.closed.map(time),
            due: row.due.map(time),
            owner,
            waived_until: row.waived_until.map(time),
        }
    }
}

/// One thing to do on one thing, with what it closes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Fix {
    /// Its number.
    pub id: i64,
    /// Where to do it.
    pub asset: String,
    /// What to do.
    pub what: String,
    /// What is the same to do on other things.
    pub change: String,
    /// The upgrade that it is: the component, the versions from and to, the way to the component.
    pub upgrade: Option<serde_json::Value>,
    /// Who does it.
    pub owner: Option<String>,
    /// Open findings that it closes.
    pub findings: i64,
    /// The most urgent decision among them.
    pub decision: String,
    /// The gravest severity among them.
    pub severity: String,
    /// The first day that is due; RFC 3339.
    pub due: Option<String>,
}

impl Fix {
    pub(super) fn of(row: RemedyRow, asset: String) -> Self {
        Self {
            id: row.id,
            asset,
            what: row.what,
            change: row.change,
            upgrade: row
                .upgrade
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok()),
            owner: row.owner,
            findings: row.totals.findings,
            decision: word(&DECISIONS, row.totals.decision),
            severity: word(&SEVERITIES, row.totals.severity),
            due: row.totals.due.map(time),
        }
    }
}

/// A thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Asset {
    /// Its number.
    pub id: i64,
    /// Its identity, `scheme:rest`.
    pub key: String,
    /// The scheme.
    pub kind: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What is known of it.
    pub labels: BTreeMap<String, String>,
    /// RFC 3339.
    pub first_seen: String,
    /// RFC 3339.
    pub last_seen: String,
}

impl From<AssetRow> for Asset {
    fn from(row: AssetRow) -> Self {
        Self {
            id: row.id,
            key: row.key,
            kind: row.kind,
            owner: row.owner,
            labels: serde_json::from_str(&row.labels).unwrap_or_default(),
            first_seen: time(row.first_seen),
            last_seen: time(row.last_seen),
        }
    }
}

/// Something that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Event {
    /// opened, fixed, reopened, waived, resumed or due.
    pub kind: String,
    /// RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// More about it.
    pub note: String,
    /// The statement that it comes from: its place in the log.
    pub statement: i64,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            kind: row.kind,
            at: time(row.at),
            by: row.by,
            note: row.note,
            statement: row.seq,
        }
    }
}
