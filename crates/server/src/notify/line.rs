//! One channel while others are told: what passes its filter, how much of it goes out now, and what waits.

use super::channel::Settings;
use super::notice::{Notice, Payload, Summary};
use crate::api::shown::{SEVERITIES, number};
use bartizan_store::graph::{AssetRow, FindingRow};
use bartizan_store::notify::{ChannelRow, Delivery, DeliveryStatus, IssueRow, NewDelivery};
use bartizan_store::{Session, StoreError};
use std::collections::BTreeMap;

/// A channel, and what is told through it now.
pub(super) struct Line {
    pub(super) row: ChannelRow,
    pub(super) settings: Settings,
    severity: i64,
    summary: Summary,
}

impl Line {
    /// A channel that sends; none where it does not, or nobody knows how.
    pub(super) fn of(row: ChannelRow) -> Option<Self> {
        let settings: Settings = serde_json::from_str(&row.settings).ok()?;
        row.enabled.then(|| Self {
            severity: number(&SEVERITIES, &settings.filter.severity).unwrap_or(0),
            row,
            settings,
            summary: Summary::default(),
        })
    }

    /// Whether a notice passes the filter.
    pub(super) fn is_for(&self, notice: &Notice, severity: i64, asset: &AssetRow) -> bool {
        let filter = &self.settings.filter;
        let has_labels = || {
            let labels: BTreeMap<String, String> = serde_json::from_str(&asset.labels).unwrap_or_default();
            filter
                .labels
                .iter()
                .all(|(name, value)| labels.get(name) == Some(value))
        };
        self.settings.events.contains(&notice.event)
            && severity >= self.severity
            && (filter.owner.is_empty() || notice.finding.owner.as_deref() == Some(filter.owner.as_str()))
            && (filter.labels.is_empty() || has_labels())
    }

    fn most(&self) -> i64 {
        i64::from(self.settings.pace.messages)
    }

    /// One message more: by itself while there is room in the interval, else in the summary at its end.
    pub(super) fn message(
        &mut self,
        session: &mut Session<'_>,
        key: &str,
        notice: &Notice,
        at: i64,
    ) -> Result<(), StoreError> {
        if at.saturating_sub(self.row.since) >= self.settings.pace.interval() {
            // The summary of the interval before is sent in this one.
            self.row.messages = i64::from(self.row.messages > self.most());
            self.row.since = at;
        }
        if self.row.messages < self.most() {
            self.row.messages += 1;
            let payload = Payload::Notice(Box::new(notice.clone()));
            self.put(session, key, &payload, (at, at), None)?;
        } else {
            self.row.messages = self.most() + 1;
            self.summary.add(notice.clone());
        }
        Ok(())
    }

    /// One request to a tracker more: what is too much for an interval waits for one of the next.
    pub(super) fn issue(
        &mut self,
        session: &mut Session<'_>,
        key: &str,
        payload: &Payload,
        remedy: i64,
        at: i64,
    ) -> Result<(), StoreError> {
        let interval = self.settings.pace.interval();
        let over = at.saturating_sub(self.row.since).max(0) / interval;
        if over > 0 {
            self.row.messages = (self.row.messages - over.saturating_mul(self.most())).max(0);
            self.row.since = if self.row.messages == 0 {
                at
            } else {
                self.row.since + over * interval
            };
        }
        let later = self.row.messages / self.most().max(1);
        let when = if later == 0 {
            at
        } else {
            self.row.since + later * interval
        };
        if self.put(session, key, payload, (at, when), Some(remedy))? {
            self.row.messages += 1;
        }
        Ok(())
    }

    /// There is to be an open issue for the fix of a finding.
    pub(super) fn open_issue(
        &mut self,
        session: &mut Session<'_>,
        finding: &FindingRow,
        at: i64,
    ) -> Result<(), StoreError> {
        let remedy = finding.remedy;
        let key = match session.issue(self.row.id, remedy)? {
            Some(issue) if issue.is_open => return Ok(()),
            Some(issue) => {
                session.set_issue(&IssueRow {
                    is_open: true,
                    ..issue
                })?;
                format!("reopen:{remedy}:{}", finding.opened)
            }
            None => format!("open:{remedy}"),
        };
        self.issue(session, &key, &Payload::IssueOpen, remedy, at)
    }

    fn put(
        &self,
        session: &mut Session<'_>,
        key: &str,
        payload: &Payload,
        (at, next_at): (i64, i64),
        remedy: Option<i64>,
    ) -> Result<bool, StoreError> {
        let added = session.add_delivery(&NewDelivery {
            channel: self.row.id,
            key: key.to_owned(),
            kind: payload.kind().to_owned(),
            next_at,
            created: at,
            remedy,
            payload: payload.json(),
        })?;
        Ok(added.is_some())
    }

    /// Writes the summary and the count.
    pub(super) fn write(&mut self, session: &mut Session<'_>, at: i64) -> Result<(), StoreError> {
        let summary = std::mem::take(&mut self.summary);
        if summary.total > 0 {
            let key = format!("summary:{}", self.row.since);
            let next_at = self.row.since.saturating_add(self.settings.pace.interval());
            match session.delivery_by_key(self.row.id, &key)? {
                Some(known) if is_untouched(&known) => {
                    let mut all = summary_of(&known);
                    all.merge(summary);
                    session.reword_delivery(known.id, &Payload::Summary(all).json())?;
                }
                // It is on its way already: what came up since follows it.
                Some(_) => {
                    let key = format!("{key}:{at}");
                    self.put(session, &key, &Payload::Summary(summary), (at, next_at), None)?;
                }
                None => {
                    self.put(session, &key, &Payload::Summary(summary), (at, next_at), None)?;
                }
            }
        }
        session.count_messages(self.row.id, self.row.since, self.row.messages)
    }
}

fn is_untouched(delivery: &Delivery) -> bool {
    delivery.status == DeliveryStatus::Waiting && delivery.attempts == 0
}

fn summary_of(delivery: &Delivery) -> Summary {
    match serde_json::from_str(&delivery.payload) {
        Ok(Payload::Summary(summary)) => summary,
        _ => Summary::default(),
    }
}
