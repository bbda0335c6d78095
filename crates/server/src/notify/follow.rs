//! Following the ledger and the time, into the outbox.
//!
//! One transaction reads how far one came, what happened since and what became due since, and writes what is to be sent and how far one
//! is now. Whoever dies in it has done nothing; of two replicas the second one waits and finds nothing left. What is told is told once for a
//! finding and a day that is due, whatever else happens to it.

use super::Notifier;
use super::channel::Event;
use super::line::Line;
use super::notice::{About, Fix, Notice, Payload, Waiver};
use crate::api::shown::time;
use bartizan_model::encoding::hex;
use bartizan_store::graph::{AssetRow, FindingRow, RemedyRow};
use bartizan_store::notify::{Cursor, IssueRow, Place};
use bartizan_store::{Session, Store, StoreError, Tenant};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Findings that are looked at in one transaction.
const BATCH: i64 = 500;
/// Transactions of one call at most; what is left is done the next time.
const ROUNDS: usize = 20;
const HOUR: i64 = 3_600_000;
/// Severity number of what is critical.
const CRITICAL: i64 = 4;

/// How long before something is told: the part `notices` of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Hours before a finding is due, 0 to 8760.
    pub breach_soon_hours: u16,
    /// Hours before a waiver ends, 0 to 8760.
    pub waiver_ending_hours: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            breach_soon_hours: 8,
            waiver_ending_hours: 72,
        }
    }
}

impl Rules {
    /// Name of the part of the policy.
    pub const NAME: &'static str = "notices";

    /// What a policy says.
    ///
    /// # Errors
    /// When it is none of this kind.
    pub fn read(json: &str) -> Result<Self, String> {
        let rules: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if rules.breach_soon_hours > 8_760 || rules.waiver_ending_hours > 8_760 {
            return Err("hours are 0 to 8760".to_owned());
        }
        Ok(rules)
    }

    fn of(session: &mut Session<'_>) -> Result<Self, StoreError> {
        let policy = session.policy(Self::NAME)?;
        Ok(policy.and_then(|text| Self::read(&text).ok()).unwrap_or_default())
    }

    fn soon(self, at: i64) -> i64 {
        at.saturating_add(i64::from(self.breach_soon_hours) * HOUR)
    }

    fn ending(self, at: i64) -> i64 {
        at.saturating_add(i64::from(self.waiver_ending_hours) * HOUR)
    }
}

/// From where following starts where nobody followed yet: what was before is told to nobody.
fn beginning(session: &mut Session<'_>, at: i64) -> Result<Cursor, StoreError> {
    let rules = Rules::of(session)?;
    Ok(Cursor {
        log: (session.log_size()?, -1),
        due: (at, i64::MAX),
        soon: (rules.soon(at), i64::MAX),
        waiver: (rules.ending(at), i64::MAX),
    })
}

/// Starts to follow: a channel was made or let send where none did. What happened until now is told to nobody.
///
/// # Errors
/// Those of the engine.
pub(crate) fn start(session: &mut Session<'_>, at: i64) -> Result<(), StoreError> {
    let beginning = beginning(session, at)?;
    session.hold_cursor(beginning)?;
    session.set_cursor(beginning)
}

/// Holds back everybody else who puts something into the outbox; [`Session::hold_log`] is to come first where both are held.
///
/// # Errors
/// Those of the engine.
pub(crate) fn hold(session: &mut Session<'_>, at: i64) -> Result<(), StoreError> {
    let beginning = beginning(session, at)?;
    session.hold_cursor(beginning).map(|_| ())
}

/// Puts into the outbox what is to be told of what happened until `at`, in milliseconds since 1970. Out comes how many notices there were.
///
/// # Errors
/// Those of the engine; what was done before stays done.
pub(crate) fn follow(
    store: &Store,
    notifier: &Notifier,
    tenant: &Tenant,
    at: i64,
) -> Result<u64, StoreError> {
    let mut told = 0;
    for _ in 0..ROUNDS {
        if !store.read(tenant.id, |session| is_behind(session, at))? {
            break;
        }
        told += store.write(tenant.id, |session| {
            // How many messages there were is read behind whoever counted them.
            hold(session, at)?;
            let step = Step::begin(session, notifier, &tenant.name, at)?;
            step.run(session)
        })?;
    }
    Ok(told)
}

/// Whether there is something to look at, and somebody to tell; asked without holding anybody up.
fn is_behind(session: &mut Session<'_>, at: i64) -> Result<bool, StoreError> {
    if !session.channels()?.iter().any(|channel| channel.enabled) {
        return Ok(false);
    }
    let Some(cursor) = session.cursor()? else {
        return Ok(true);
    };
    let rules = Rules::of(session)?;
    Ok(session.log_size()? > cursor.log.0
        || !due(session, cursor.due, at, 1)?.is_empty()
        || !due(session, cursor.soon, rules.soon(at), 1)?.is_empty()
        || !session
            .ending_waivers(cursor.waiver, rules.ending(at), 1)?
            .is_empty())
}

/// Open findings that become due behind `from` and until `until`, in order, at most `limit`.
fn due(
    session: &mut Session<'_>,
    from: Place,
    until: i64,
    limit: i64,
) -> Result<Vec<FindingRow>, StoreError> {
    session.due_findings((from.0, until.saturating_add(1)), 0, Some(from), limit)
}

/// One transaction.
struct Step<'n> {
    notifier: &'n Notifier,
    tenant: &'n str,
    at: i64,
    lines: Vec<Line>,
    assets: HashMap<i64, Option<AssetRow>>,
    remedies: HashMap<i64, Option<RemedyRow>>,
    told: u64,
}

impl<'n> Step<'n> {
    fn begin(
        session: &mut Session<'_>,
        notifier: &'n Notifier,
        tenant: &'n str,
        at: i64,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            notifier,
            tenant,
            at,
            lines: session.channels()?.into_iter().filter_map(Line::of).collect(),
            assets: HashMap::new(),
            remedies: HashMap::new(),
            told: 0,
        })
    }

    fn run(mut self, session: &mut Session<'_>) -> Result<u64, StoreError> {
        let beginning = beginning(session, self.at)?;
        let mut cursor = session.hold_cursor(beginning)?;
        let rules = Rules::of(session)?;
        if self.log(session, &mut cursor)? {
            self.close_issues(session)?;
            self.due(session, &mut cursor)?;
            self.soon(session, &mut cursor, rules)?;
            self.waivers(session, &mut cursor, rules)?;
        }
        session.set_cursor(cursor)?;
        for line in &mut self.lines {
            line.write(session, self.at)?;
        }
        Ok(self.told)
    }

    /// What happened to findings; out comes whether it was all of it.
    fn log(&mut self, session: &mut Session<'_>, cursor: &mut Cursor) -> Result<bool, StoreError> {
        let size = session.log_size()?;
        let horizon = cursor.due.0.max(cursor.soon.0);
        let changed = session.changed_findings(cursor.log, size, horizon, BATCH)?;
        let is_all = is_short(changed.len());
        let next = match changed.last() {
            Some(last) if !is_all => (last.seq, last.finding.id),
            _ => (size, -1),
        };
        for change in changed {
            let finding = change.finding;
            if finding.severity == CRITICAL && change.kind != "resumed" {
                self.tell(session, Event::NewCritical, &finding, finding.opened)?;
            }
            let Some(due) = finding.due else { continue };
            // What becomes due later is found by the time.
            let place = (due, finding.id);
            if place <= cursor.due {
                self.tell(session, Event::Breach, &finding, due)?;
            } else if place <= cursor.soon && due > self.at && change.kind != "opened" {
                self.tell(session, Event::BreachSoon, &finding, due)?;
            }
        }
        cursor.log = next;
        Ok(is_all)
    }

    fn due(&mut self, session: &mut Session<'_>, cursor: &mut Cursor) -> Result<(), StoreError> {
        let rows = due(session, cursor.due, self.at, BATCH)?;
        let last = rows.last().and_then(|row| Some((row.due?, row.id)));
        cursor.due = passed(cursor.due, last, is_short(rows.len()), self.at);
        for row in rows {
            let due = row.due.unwrap_or_default();
            self.tell(session, Event::Breach, &row, due)?;
        }
        Ok(())
    }

    fn soon(
        &mut self,
        session: &mut Session<'_>,
        cursor: &mut Cursor,
        rules: Rules,
    ) -> Result<(), StoreError> {
        let until = rules.soon(self.at);
        let rows = due(session, cursor.soon, until, BATCH)?;
        let last = rows.last().and_then(|row| Some((row.due?, row.id)));
        cursor.soon = passed(cursor.soon, last, is_short(rows.len()), until);
        for row in rows {
            let due = row.due.unwrap_or_default();
            // What is over already is told as such.
            if due > self.at {
                self.tell(session, Event::BreachSoon, &row, due)?;
            }
        }
        Ok(())
    }

    fn waivers(
        &mut self,
        session: &mut Session<'_>,
        cursor: &mut Cursor,
        rules: Rules,
    ) -> Result<(), StoreError> {
        let until = rules.ending(self.at);
        let rows = session.ending_waivers(cursor.waiver, until, BATCH)?;
        let last = rows.last().map(|row| (row.until, row.finding.id));
        cursor.waiver = passed(cursor.waiver, last, is_short(rows.len()), until);
        for row in rows {
            if row.until <= self.at {
                continue;
            }
            // One waiver may cover many findings: it is told once, with the first of them.
            let subject = format!("waiver:{}", hex(&Sha256::digest(row.waiver.as_bytes())));
            if session.tell_once(Event::WaiverEnding.as_str(), &subject, row.until, self.at)? {
                let waiver = waiver_of(&row.waiver, row.until);
                self.spread(
                    session,
                    Event::WaiverEnding,
                    &row.finding,
                    (&subject, row.until),
                    Some(waiver),
                )?;
            }
        }
        Ok(())
    }

    fn tell(
        &mut self,
        session: &mut Session<'_>,
        event: Event,
        finding: &FindingRow,
        moment: i64,
    ) -> Result<(), StoreError> {
        let subject = format!("finding:{}", finding.id);
        if session.tell_once(event.as_str(), &subject, moment, self.at)? {
            self.spread(session, event, finding, (&subject, moment), None)?;
        }
        Ok(())
    }

    /// Hands a notice to every channel that is for it.
    fn spread(
        &mut self,
        session: &mut Session<'_>,
        event: Event,
        finding: &FindingRow,
        (subject, moment): (&str, i64),
        waiver: Option<Waiver>,
    ) -> Result<(), StoreError> {
        self.told += 1;
        let asset = match self.assets.get(&finding.asset) {
            Some(known) => known.clone(),
            None => {
                let found = session.asset_by_id(finding.asset)?;
                self.assets.insert(finding.asset, found.clone());
                found
            }
        };
        let Some(asset) = asset else { return Ok(()) };
        let remedy = match self.remedies.get(&finding.remedy) {
            Some(known) => known.clone(),
            None => {
                let found = session.remedy(finding.remedy)?;
                self.remedies.insert(finding.remedy, found.clone());
                found
            }
        };
        let link = self.notifier.link(&format!("finding/{}", finding.id));
        let notice = Notice {
            event,
            at: time(self.at),
            tenant: self.tenant.to_owned(),
            finding: About::of(finding, &asset, remedy.as_ref(), link),
            fix: Fix {
                id: finding.remedy,
                what: remedy.map(|remedy| remedy.what).unwrap_or_default(),
            },
            waiver,
        };
        let key = format!("{}:{subject}:{moment}", event.as_str());
        for line in &mut self.lines {
            if !line.is_for(&notice, finding.severity, &asset) {
                continue;
            }
            if line.settings.target.is_tracker() {
                line.open_issue(session, finding, self.at)?;
            } else {
                line.message(session, &key, &notice, self.at)?;
            }
        }
        Ok(())
    }

    /// Issues whose fix has nothing left to close.
    fn close_issues(&mut self, session: &mut Session<'_>) -> Result<(), StoreError> {
        if !self.lines.iter().any(|line| line.settings.target.is_tracker()) {
            return Ok(());
        }
        let size = session.log_size()?;
        for issue in session.issues_to_close()? {
            let Some(line) = self.lines.iter_mut().find(|line| line.row.id == issue.channel) else {
                continue;
            };
            let key = format!("close:{}:{size}", issue.remedy);
            line.issue(session, &key, &Payload::IssueClose, issue.remedy, self.at)?;
            session.set_issue(&IssueRow {
                is_open: false,
                ..issue
            })?;
        }
        Ok(())
    }
}

/// Whether a batch that has so many was all there is.
fn is_short(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count < BATCH)
}

/// Up to where it was looked at, after a batch: to its last one, or to the end of what was asked for. Never back, should the clock have gone back.
fn passed(before: Place, last: Option<Place>, is_all: bool, until: i64) -> Place {
    match last {
        Some(last) if !is_all => last,
        _ => before.max((until, i64::MAX)),
    }
}

/// A waiver as it is kept with a finding: one that was granted here, or one that came with a report.
fn waiver_of(kept: &str, until: i64) -> Waiver {
    #[derive(Deserialize, Default)]
    struct Kept {
        #[serde(default)]
        reason: String,
        #[serde(default)]
        owner: Option<String>,
    }
    let kept: Kept = serde_json::from_str(kept).unwrap_or_default();
    Waiver {
        reason: kept.reason,
        owner: kept.owner,
        until: time(until),
    }
}
