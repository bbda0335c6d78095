//! What findings weigh when time passes: the sums from which security debt follows, and how long remediation took.
//!
//! In: what a finding was and is. Out: what is added to sums. A finding that is open past its day counts from that day until it is closed.
//! Where it became due in the past only now, because it was found to be graver or a waiver ended, it counts from now on: days that are
//! over keep the debt that they had.

use super::tally::clock_of;
use bartizan_ledger::debt;
use bartizan_store::graph::{ClosingRow, DayRow, DueRow, FindingRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;

/// Collects what is added, to write it at once.
#[derive(Debug, Default)]
pub(super) struct Burden {
    /// By thing, day and severity.
    dues: BTreeMap<(i64, i64, i64), DueRow>,
    /// By day, severity and class.
    closings: BTreeMap<(i64, i64, i64), i64>,
    /// By day and severity.
    kept: BTreeMap<(i64, i64), (i64, i64)>,
}

impl Burden {
    /// At this time, in milliseconds since 1970, a finding was this before, and is that now.
    pub(super) fn change(&mut self, at: i64, before: Option<&FindingRow>, after: &FindingRow) {
        if let Some(before) = before {
            self.add(at, before, -1);
            if before.status != Status::Fixed && after.status == Status::Fixed {
                self.close(at, before, after);
            }
        }
        self.add(at, after, 1);
    }

    /// So many more findings like this one are open.
    fn add(&mut self, at: i64, row: &FindingRow, more: i64) {
        let Some(due) = row.due.filter(|_| row.status == Status::Open) else {
            return;
        };
        let seconds = due.div_euclid(1_000) * more;
        for asset in [0, row.asset] {
            let entry = self.due(asset, due.div_euclid(DAY), row.severity);
            entry.open += more;
            entry.open_due += seconds;
            if due < at {
                entry.passed -= more;
                entry.passed_due -= seconds;
                let entry = self.due(asset, at.div_euclid(DAY), row.severity);
                entry.ended -= more;
                entry.ended_due -= seconds;
            }
        }
    }

    fn due(&mut self, asset: i64, day: i64, severity: i64) -> &mut DueRow {
        self.dues.entry((asset, day, severity)).or_insert(DueRow {
            asset,
            day,
            severity,
            ..DueRow::default()
        })
    }

    fn close(&mut self, at: i64, before: &FindingRow, after: &FindingRow) {
        let day = at.div_euclid(DAY);
        let class = debt::class(at.saturating_sub(before.opened).max(0));
        *self.closings.entry((day, before.severity, class)).or_default() += 1;
        if let Some(is_kept) = clock_of(after).is_kept(&clock_of(before)) {
            let (promised, kept) = self.kept.entry((day, before.severity)).or_default();
            *promised += 1;
            *kept += i64::from(is_kept);
        }
    }

    /// Writes what was collected.
    pub(super) fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        let is_something = |row: &DueRow| {
            let nothing = DueRow {
                asset: row.asset,
                day: row.day,
                severity: row.severity,
                ..DueRow::default()
            };
            *row != nothing
        };
        let dues: Vec<DueRow> = self.dues.into_values().filter(is_something).collect();
        session.add_to_dues(&dues)?;
        let closings: Vec<ClosingRow> = self
            .closings
            .into_iter()
            .map(|((day, severity, class), findings)| ClosingRow {
                day,
                severity,
                class,
                findings,
            })
            .collect();
        session.add_to_closings(&closings)?;
        let days: Vec<DayRow> = self
            .kept
            .into_iter()
            .map(|((day, severity), (promised, kept))| DayRow {
                day,
                severity,
                promised,
                kept,
                ..DayRow::default()
            })
            .collect();
        session.add_to_days(&days)
    }
}
