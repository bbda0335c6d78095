//! Findings that tests ask after: their numbers from counts, and some of them by name.

use super::gather::{Things, Told, time};
use crate::ingest::bearing::{class_of, kind_of};
use bartizan_ledger::compliance::{CountedFindings, FindingTotals, totals};
use bartizan_model::compliance::{AssetKind, AutomaticTest, FindingState, Requirement, Shown};
use bartizan_model::encoding::hex;
use bartizan_model::{Fingerprint, Severity};
use bartizan_store::graph::{FindingRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000;
/// Findings that are named for a test at most: as many as an assessment lists.
const NAMED: usize = 50;

const SEVERITIES: [Severity; 5] = [
    Severity::Info,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

fn severity_of(number: i64) -> Severity {
    usize::try_from(number)
        .ok()
        .and_then(|at| SEVERITIES.get(at).copied())
        .unwrap_or(Severity::Info)
}

fn number_of(severity: Severity) -> i64 {
    let at = SEVERITIES.iter().position(|known| *known == severity);
    at.and_then(|at| i64::try_from(at).ok()).unwrap_or(0)
}

/// What was found of the things in scope.
pub(super) struct Found<'a> {
    tests: &'a [AutomaticTest],
    things: &'a Things,
    is_narrowed: bool,
    now: i64,
    counted: Vec<CountedFindings>,
    pub(super) totals: BTreeMap<String, FindingTotals>,
}

impl<'a> Found<'a> {
    /// Counts. `ids` are the numbers of the things, unless they are all there are; `now` is in milliseconds since 1970.
    pub(super) fn of(
        session: &mut Session<'_>,
        (tests, things): (&'a [AutomaticTest], &'a Things),
        (ids, now): (Option<&[i64]>, i64),
    ) -> Result<Self, StoreError> {
        let mut found = Self {
            tests,
            things,
            is_narrowed: ids.is_some(),
            // What an assessment knows of times are seconds.
            now: now.div_euclid(1_000) * 1_000,
            counted: Vec::new(),
            totals: BTreeMap::new(),
        };
        if tests.iter().all(|test| test.requires.rules().is_empty()) {
            return Ok(found);
        }
        found.count(session, ids)?;
        for test in tests {
            let mut counted = found.counted.clone();
            if matches!(test.requires, Requirement::Objectives { .. }) {
                let late = session.late_counts(found.since(test))?;
                counted.extend(late.into_iter().filter_map(|(asset, rule, count)| {
                    let mut row = nothing(things.get(&asset)?.1, rule, Severity::Info);
                    row.closed_late = unsigned(count);
                    Some(row)
                }));
            }
            found.totals.insert(test.id.clone(), totals(test, &counted));
        }
        Ok(found)
    }

    fn count(&mut self, session: &mut Session<'_>, ids: Option<&[i64]>) -> Result<(), StoreError> {
        let today = self.now.div_euclid(DAY);
        let mut counted: BTreeMap<(AssetKind, String, Severity), CountedFindings> = BTreeMap::new();
        let mut row = |kind: AssetKind, rule: String, severity: i64, add: &dyn Fn(&mut CountedFindings)| {
            let severity = severity_of(severity);
            let row = counted
                .entry((kind, rule.clone(), severity))
                .or_insert_with(|| nothing(kind, rule, severity));
            add(row);
        };
        for sum in session.finding_sums(ids, today)? {
            let Some(kind) = kind_of(sum.class) else { continue };
            let (findings, overdue) = (unsigned(sum.findings), unsigned(sum.overdue));
            row(kind, sum.rule, sum.severity, &|row| {
                if sum.status == Status::Open.number() {
                    row.open += findings;
                    row.overdue += overdue;
                } else if sum.status == Status::Waived.number() {
                    row.waived += findings;
                } else {
                    row.fixed += findings;
                }
            });
        }
        // Those of today, of whom the day alone says nothing.
        let is_asked = |test: &AutomaticTest| matches!(test.requires, Requirement::Objectives { .. });
        if self.tests.iter().any(is_asked) {
            for (asset, rule, severity, count) in session.due_between(today * DAY, self.now)? {
                if let Some((_, kind)) = self.things.get(&asset) {
                    row(*kind, rule, severity, &|row| row.overdue += unsigned(count));
                }
            }
        }
        self.counted = counted.into_values().collect();
        Ok(())
    }

    /// From when on findings that were closed late count for a test.
    fn since(&self, test: &AutomaticTest) -> i64 {
        self.now - i64::from(test.within_days) * DAY + 1_000
    }

    /// Some of the findings that speak against each test, the gravest first, each with the last statement that has it.
    pub(super) fn named(&self, session: &mut Session<'_>) -> Result<Vec<Told>, StoreError> {
        let mut rows: BTreeMap<i64, FindingRow> = BTreeMap::new();
        for test in self.tests {
            let found = match &test.requires {
                Requirement::Findings { at_least, .. } => self.gravest(session, test, *at_least)?,
                Requirement::Objectives { .. } => {
                    let mut rows = self.of_test(session.overdue_findings(self.now)?, test);
                    rows.extend(self.of_test(session.late_findings(self.since(test))?, test));
                    rows
                }
                Requirement::Statement { .. } | Requirement::Ledger | Requirement::SignIns(_) => Vec::new(),
            };
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
        let mut named = Vec::with_capacity(rows.len());
        for row in rows.into_values() {
            named.extend(self.told(session, row)?);
        }
        Ok(named)
    }

    /// Of these findings those that a test asks after, as many as are listed.
    fn of_test(&self, mut rows: Vec<FindingRow>, test: &AutomaticTest) -> Vec<FindingRow> {
        rows.retain(|row| {
            let kind = self.things.get(&row.asset).map(|(_, kind)| *kind);
            let is_over = kind.is_some_and(|kind| test.over == AssetKind::System || test.over == kind);
            is_over && test.requires.looks_for(&row.rule)
        });
        rows.truncate(NAMED);
        rows
    }

    fn gravest(
        &self,
        session: &mut Session<'_>,
        test: &AutomaticTest,
        at_least: Severity,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let mut rows = Vec::new();
        for severity in SEVERITIES
            .into_iter()
            .rev()
            .filter(|severity| *severity >= at_least)
        {
            let rules: BTreeSet<(AssetKind, &str)> = self
                .counted
                .iter()
                .filter(|row| row.open > 0 && row.severity == severity && test.requires.looks_for(&row.rule))
                .filter(|row| test.over == AssetKind::System || test.over == row.kind)
                .map(|row| (row.kind, row.rule.as_str()))
                .collect();
            for (kind, rule) in rules {
                for asset in self.having(session, (kind, severity), rule)? {
                    if rows.len() >= NAMED {
                        return Ok(rows);
                    }
                    let which = (rule, number_of(severity));
                    let left = i64::try_from(NAMED - rows.len()).unwrap_or(0);
                    rows.extend(session.open_of_asset(asset, which, left)?);
                }
            }
        }
        Ok(rows)
    }

    /// Things in scope that have such findings, enough of them to list.
    fn having(
        &self,
        session: &mut Session<'_>,
        (kind, severity): (AssetKind, Severity),
        rule: &str,
    ) -> Result<Vec<i64>, StoreError> {
        // Of narrowed things it is not known how many others come before them.
        let most = if self.is_narrowed { i64::MAX } else { NAMED as i64 };
        let which = (class_of(Some(kind)), number_of(severity));
        let mut assets = session.assets_with_open(which, rule, most)?;
        assets.retain(|asset| self.things.contains_key(asset));
        Ok(assets)
    }

    fn told(&self, session: &mut Session<'_>, row: FindingRow) -> Result<Option<Told>, StoreError> {
        let Some((asset, _)) = self.things.get(&row.asset) else {
            return Ok(None);
        };
        let (Some(fingerprint), Some(seq)) = (
            Fingerprint::parse(&hex(&row.fingerprint)),
            session.last_sight(row.id)?,
        ) else {
            return Ok(None);
        };
        let state = match (row.status, row.closed) {
            (Status::Open, _) => FindingState::Open,
            (Status::Fixed, Some(closed)) => FindingState::Fixed(time(closed)),
            _ => return Ok(None),
        };
        Ok(Some(Told {
            asset: asset.clone(),
            at: row.last_seen,
            seq,
            shows: Shown::Finding {
                fingerprint,
                rule: row.rule,
                severity: severity_of(row.severity),
                title: row.message,
                state,
                due: row.due.map(time),
            },
        }))
    }
}

const fn nothing(kind: AssetKind, rule: String, severity: Severity) -> CountedFindings {
    CountedFindings {
        kind,
        rule,
        severity,
        open: 0,
        overdue: 0,
        waived: 0,
        fixed: 0,
        closed_late: 0,
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
