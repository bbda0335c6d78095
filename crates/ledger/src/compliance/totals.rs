//! How many findings a test asks after, from counts instead of findings.
//!
//! In: how many findings there are of each kind of thing, rule and severity. Out: the numbers that [`super::Evidence::totals`] takes, so
//! that a million findings are judged by some hundred counts. A property test holds them against those of facts.

use bartizan_model::Severity;
use bartizan_model::compliance::{AssetKind, AutomaticTest, Requirement};

/// Findings of things in scope that have kind, rule and severity in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFindings {
    /// Kind of the things: repository, image or host.
    pub kind: AssetKind,
    /// The rule.
    pub rule: String,
    /// The severity.
    pub severity: Severity,
    /// Open ones.
    pub open: u64,
    /// Of these, the ones whose day is over.
    pub overdue: u64,
    /// Those that a waiver accepts.
    pub waived: u64,
    /// Those that are gone.
    pub fixed: u64,
    /// Of these, the ones that were closed past their day, and within the days that count.
    pub closed_late: u64,
}

/// Numbers of findings that a test asks after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingTotals {
    /// Those that speak against it: open, or open past their day where the test asks for that.
    pub against: u64,
    /// Those that a waiver accepts.
    pub waived: u64,
    /// Those that are gone.
    pub fixed: u64,
    /// Those that were closed past their day within the days that count; 0 where the test does not ask for that.
    pub closed_late: u64,
}

/// The numbers for one test.
#[must_use]
pub fn totals(test: &AutomaticTest, counted: &[CountedFindings]) -> FindingTotals {
    let (at_least, by_day) = match &test.requires {
        Requirement::Findings { at_least, .. } => (*at_least, false),
        Requirement::Objectives { .. } => (Severity::Info, true),
        Requirement::Statement { .. } | Requirement::Ledger | Requirement::SignIns(_) => {
            return FindingTotals::default();
        }
    };
    let mut totals = FindingTotals::default();
    for row in counted {
        let is_over = test.over == AssetKind::System || test.over == row.kind;
        if !is_over || row.severity < at_least || !test.requires.looks_for(&row.rule) {
            continue;
        }
        totals.against += if by_day { row.overdue } else { row.open };
        totals.waived += row.waived;
        totals.fixed += row.fixed;
        totals.closed_late += if by_day { row.closed_late } else { 0 };
    }
    totals
}
