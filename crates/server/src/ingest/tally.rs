//! What changes besides findings when findings change: numbers of remedies, days, and the history.

use super::bearing;
use super::burden::Burden;
use bartizan_ledger::clock::{Clock, State};
use bartizan_store::graph::{DayRow, EventRow, FindingRow, RemedyTotals, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const DAY: i64 = 86_400_000;

/// Collects what changes, to write it at once.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<(i64, i64, i64), i64>,
    bearing: bearing::Counts,
    touched: BTreeSet<i64>,
    days: BTreeMap<(i64, i64), DayRow>,
    events: Vec<EventRow>,
    at: i64,
    burden: Burden,
}

impl Tally {
    /// Of what happens at this time, in milliseconds since 1970.
    pub(super) fn at(at: i64) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }

    /// A finding was this before, and is that now.
    pub(super) fn change(&mut self, before: Option<&FindingRow>, after: &FindingRow) {
        let mut count = |row: &FindingRow, more: i64| {
            if row.status == Status::Open {
                *self
                    .counts
                    .entry((row.remedy, row.decision, row.severity))
                    .or_default() += more;
                self.touched.insert(row.remedy);
            }
        };
        if let Some(before) = before {
            count(before, -1);
            self.bearing.add(before, -1);
        }
        count(after, 1);
        self.bearing.add(after, 1);
        self.burden.change(self.at, before, after);
    }

    pub(super) fn day(&mut self, at: i64, severity: i64, add: impl FnOnce(&mut DayRow)) {
        let day = at.div_euclid(DAY);
        let row = self.days.entry((day, severity)).or_insert(DayRow {
            day,
            severity,
            ..DayRow::default()
        });
        add(row);
    }

    pub(super) fn event(&mut self, event: EventRow) {
        self.events.push(event);
    }

    /// Writes what was collected; the findings are to be written before.
    pub(super) fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        let counts: Vec<(i64, i64, i64, i64)> = self
            .counts
            .into_iter()
            .filter(|(_, more)| *more != 0)
            .map(|((remedy, decision, severity), more)| (remedy, decision, severity, more))
            .collect();
        session.add_to_remedies(&counts)?;
        session.add_to_open(&summed(&counts))?;
        let touched: Vec<i64> = self.touched.into_iter().collect();
        renew_totals(session, &touched)?;
        self.bearing.write(session)?;
        let days: Vec<DayRow> = self.days.into_values().collect();
        session.add_to_days(&days)?;
        self.burden.write(session)?;
        session.add_events(&self.events)
    }
}

/// The same numbers without the remedies: (decision, severity, how many more).
fn summed(counts: &[(i64, i64, i64, i64)]) -> Vec<(i64, i64, i64)> {
    let mut sums: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (_, decision, severity, more) in counts {
        *sums.entry((*decision, *severity)).or_default() += more;
    }
    sums.into_iter()
        .filter(|(_, more)| *more != 0)
        .map(|((decision, severity), more)| (decision, severity, more))
        .collect()
}

/// Brings the totals of remedies up to what is open of each.
fn renew_totals(session: &mut Session<'_>, remedies: &[i64]) -> Result<(), StoreError> {
    let mut totals: HashMap<i64, RemedyTotals> = HashMap::new();
    for (remedy, decision, severity, findings) in session.remedy_counts(remedies)? {
        let totals = totals.entry(remedy).or_default();
        totals.findings += findings;
        totals.decision = totals.decision.max(decision);
        totals.severity = totals.severity.max(severity);
        totals.rank = totals.rank.max(rank(decision, severity));
    }
    let dues: HashMap<i64, i64> = session.remedy_dues(remedies)?.into_iter().collect();
    let mut rows = session.remedies_by_id(remedies)?;
    let mut changes: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in &mut rows {
        let before = row.totals.findings;
        row.totals = totals.remove(&row.id).unwrap_or_default();
        let more = changes.entry(row.change.clone()).or_default();
        more.0 += i64::from(row.totals.findings > 0) - i64::from(before > 0);
        more.1 += row.totals.findings - before;
        if row.totals.findings > 0 {
            row.totals.rank = (row.totals.rank << 32) + row.totals.findings.min(i64::from(u32::MAX));
            row.totals.due = dues.get(&row.id).copied();
        }
    }
    session.set_remedies(&rows)?;
    let changes: Vec<(&str, i64, i64)> = changes
        .iter()
        .filter(|(_, more)| **more != (0, 0))
        .map(|(change, more)| (change.as_str(), more.0, more.1))
        .collect();
    session.add_to_changes(&changes)
}

/// What is to be done first has the highest: the decision counts before the severity. At least 1.
pub(super) const fn rank(decision: i64, severity: i64) -> i64 {
    decision * 5 + severity + 1
}

/// The clock of a finding.
pub(super) fn clock_of(row: &FindingRow) -> Clock {
    Clock {
        state: match row.status {
            Status::Open => State::Open,
            Status::Fixed => State::Fixed,
            Status::Waived => State::Waived,
        },
        opened: row.opened,
        stopped: row.closed,
        due: row.due,
        stood: row.stood,
    }
}

/// Keeps the clock of a finding.
pub(super) fn set_clock(row: &mut FindingRow, clock: &Clock) {
    row.status = match clock.state {
        State::Open => Status::Open,
        State::Fixed => Status::Fixed,
        State::Waived => Status::Waived,
    };
    row.opened = clock.opened;
    row.closed = clock.stopped;
    row.due = clock.due;
    row.stood = clock.stood;
}
