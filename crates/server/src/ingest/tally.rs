//! What changes besides findings when findings change: numbers of remedies, days, and the history.

use super::burden::Burden;
use bartizan_ledger::clock::{Clock, State};
use bartizan_store::graph::{DayRow, EventRow, FindingRow, RemedyTotals, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000;

/// Collects what changes, to write it at once.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<(i64, i64, i64), i64>,
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
        }
        count(after, 1);
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
        for remedy in self.touched {
            let mut totals = RemedyTotals::default();
            for (decision, severity, findings) in session.remedy_counts(remedy)? {
                totals.findings += findings;
                totals.decision = totals.decision.max(decision);
                totals.severity = totals.severity.max(severity);
                totals.rank = totals.rank.max(rank(decision, severity));
            }
            if totals.findings > 0 {
                totals.rank = (totals.rank << 32) + totals.findings.min(i64::from(u32::MAX));
                totals.due = session.remedy_due(remedy)?;
            }
            session.set_remedy_totals(remedy, totals)?;
        }
        let days: Vec<DayRow> = self.days.into_values().collect();
        session.add_to_days(&days)?;
        self.burden.write(session)?;
        session.add_events(&self.events)
    }
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
