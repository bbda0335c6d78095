//! Numbers of remediation: burn-down, breaches, security debt and the time that remediation takes.
//!
//! In: sums of the store and an instant. Out: what screens and programs show. All of it follows from sums that change only when findings
//! change, so that it is the same after the graph was made again.

use crate::ingest::policy::in_force;
use bartizan_ledger::debt;
use bartizan_ledger::journey::Facts;
use bartizan_store::graph::{DayRow, DueRow};
use bartizan_store::{Session, StoreError};

pub(crate) const DAY: i64 = 86_400_000;
/// Days over which the time that remediation takes is counted.
pub(crate) const WINDOW: i64 = 90;

/// The end of a day: what is open, what of it is past its day, and the debt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct End {
    /// Days since 1970.
    pub(crate) day: i64,
    /// Open findings by severity.
    pub(crate) open: [i64; 5],
    /// Those past their day, by severity.
    pub(crate) breached: [i64; 5],
    /// Security debt in weighted days.
    pub(crate) debt: f64,
}

/// The time that remediation takes, of one severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// How many were fixed.
    pub(crate) fixed: i64,
    /// Milliseconds, on average; exact.
    pub(crate) mean: Option<i64>,
    /// Milliseconds, the median; exact to the hour up to ten days, to the day beyond.
    pub(crate) median: Option<i64>,
    /// How many of them had an objective.
    pub(crate) promised: i64,
    /// How many of these were fixed within it.
    pub(crate) kept: i64,
}

fn of(array: &mut [i64; 5], severity: i64) -> Option<&mut i64> {
    usize::try_from(severity).ok().and_then(|at| array.get_mut(at))
}

/// The ends of days from `first` to `last`; of the day of `now`, which is in milliseconds since 1970, how it is now.
pub(crate) fn ends(days: &[DayRow], dues: &[DueRow], (first, last): (i64, i64), now: i64) -> Vec<End> {
    let (mut open, mut count, mut due) = ([0; 5], [0; 5], [0; 5]);
    let (mut days, mut rows) = (days.iter().peekable(), dues.iter().peekable());
    let mut ends = Vec::new();
    let begins = days
        .peek()
        .map_or(first, |row| row.day)
        .min(rows.peek().map_or(first, |row| row.day))
        .min(first);
    for day in begins..=last {
        while let Some(row) = days.next_if(|row| row.day <= day) {
            if let Some(open) = of(&mut open, row.severity) {
                *open += row.opened - row.fixed - row.waived;
            }
        }
        while let Some(row) = rows.next_if(|row| row.day <= day) {
            if let Some(count) = of(&mut count, row.severity) {
                *count += row.open + row.passed - row.ended;
            }
            if let Some(due) = of(&mut due, row.severity) {
                *due += row.open_due + row.passed_due - row.ended_due;
            }
        }
        if day < first || (day + 1) * DAY > now {
            continue;
        }
        let at = (day + 1) * (DAY / 1_000);
        ends.push(End {
            day,
            open,
            breached: count,
            debt: (0..5)
                .zip(count.iter().zip(due))
                .map(|(severity, (count, due))| debt::of(severity, *count, due, at))
                .sum(),
        });
    }
    ends
}

/// How it is now: what of the open findings is past its day, by severity, and the debt.
pub(crate) fn now(session: &mut Session<'_>, at: i64) -> Result<([i64; 5], f64), StoreError> {
    let (mut breached, mut whole) = ([0; 5], 0.0);
    for row in session.breached(at)? {
        if let Some(count) = of(&mut breached, row.severity) {
            *count = row.findings;
        }
        whole += debt::of(row.severity, row.findings, row.due, at.div_euclid(1_000));
    }
    Ok((breached, whole))
}

/// The time that remediation took since a day, by severity.
pub(crate) fn taken(
    session: &mut Session<'_>,
    days: &[DayRow],
    since: i64,
) -> Result<[Taken; 5], StoreError> {
    let mut all = [Taken::default(); 5];
    let mut classes: [Vec<(i64, i64)>; 5] = Default::default();
    for row in session.closings(since)? {
        let own = usize::try_from(row.severity)
            .ok()
            .and_then(|at| classes.get_mut(at));
        if let Some(own) = own {
            own.push((row.class, row.findings));
        }
    }
    for ((severity, taken), classes) in (0..5).zip(&mut all).zip(&classes) {
        let mut spent = 0;
        for day in days
            .iter()
            .filter(|day| day.day >= since && day.severity == severity)
        {
            taken.fixed += day.fixed;
            taken.promised += day.promised;
            taken.kept += day.kept;
            spent += day.spent;
        }
        taken.mean = spent.checked_div(taken.fixed);
        taken.median = debt::median(classes);
    }
    Ok(all)
}

/// Security debt as people read it: whole weighted days.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a sum of days that is far below what 64 bits hold"
)]
fn whole(debt: f64) -> i64 {
    debt.round() as i64
}

/// What evidence says of the way that the tenant has come.
pub(crate) fn facts(session: &mut Session<'_>, at: i64) -> Result<Facts, StoreError> {
    let today = at.div_euclid(DAY);
    let counted = session.counted(at - 7 * DAY, at)?;
    let count = |name: &str| {
        counted
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(0, |(_, count)| *count)
    };
    let (breached, debt_now) = now(session, at)?;
    let days = session.days(today)?;
    let dues = session.dues()?;
    let before = today - 30;
    let was_known = days.first().is_some_and(|day| day.day <= before);
    let debt_before = ends(&days, &dues, (before, before), at)
        .first()
        .filter(|_| was_known)
        .map(|end| whole(end.debt));
    let taken = taken(session, &days, today - WINDOW + 1)?;
    let [.., high, critical] = breached;
    Ok(Facts {
        at,
        scanned: count("scanned"),
        owned: count("owned"),
        placed: count("placed"),
        sources: count("sources"),
        images: count("images"),
        billed: count("billed"),
        scopes: count("scopes"),
        allowed: count("allowed"),
        fresh: count("fresh"),
        repeated: count("repeated"),
        runs: count("runs"),
        ran: count("ran"),
        leak_ran: count("leak_ran"),
        advisories_ran: count("advisories_ran"),
        staged: count("staged"),
        leaks: count("leaks"),
        critical_breached: critical,
        breached: high + critical,
        waivers: count("waivers"),
        endless: count("endless"),
        provenance: count("provenance"),
        signed: count("signed"),
        deployed: count("deployed"),
        loaded: count("loaded"),
        policies: count("policies"),
        promised: taken.iter().map(|taken| taken.promised).sum(),
        kept: taken.iter().map(|taken| taken.kept).sum(),
        debt: whole(debt_now),
        debt_before,
        attested: count("attested"),
        critical_median: taken
            .last()
            .and_then(|taken| taken.median)
            .map(|spent| spent / 3_600_000),
    })
}

/// Severities with the time within which their findings are to be closed.
pub(crate) type Shown = [(&'static str, String); 4];

/// Objectives as people read them, and the calendar as policy data.
pub(crate) fn objectives(session: &mut Session<'_>) -> Result<(Shown, serde_json::Value), StoreError> {
    let (schedule, _) = in_force(session)?;
    let terms = schedule.terms;
    let shown = [
        ("critical", terms.critical.to_string()),
        ("high", terms.high.to_string()),
        ("medium", terms.medium.to_string()),
        ("low", terms.low.to_string()),
    ];
    Ok((
        shown,
        serde_json::to_value(&schedule.calendar).unwrap_or_default(),
    ))
}
