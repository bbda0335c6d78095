//! The last line of every scan, for standard error.

use crate::style::Styles;
use crate::{Context, text};
use bartizan_model::{CheckRun, CheckStatus, Finding, Report, Severity, Stats, Verdict};
use std::collections::BTreeMap;

/// Reasons named in the last line; `-v` lists every skipped thing before it.
const MAX_REASONS: usize = 3;

/// Columns of the reasons for a verdict: a path may be very long.
const MAX_WHY: usize = 600;

/// Findings counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Not waived.
    pub(crate) open: u64,
    /// Waived.
    pub(crate) waived: u64,
    by_severity: BTreeMap<Severity, u64>,
}

impl Totals {
    pub(crate) fn of(report: &Report) -> Self {
        let mut totals = Self::default();
        for finding in &report.findings {
            if finding.is_waived() {
                totals.waived += 1;
            } else {
                totals.open += 1;
                *totals.by_severity.entry(finding.severity).or_default() += 1;
            }
        }
        totals
    }

    /// Findings that are not waived by severity, highest first, zeros included.
    pub(crate) fn by_severity(&self) -> impl Iterator<Item = (Severity, u64)> + '_ {
        Severity::ALL
            .into_iter()
            .rev()
            .map(|severity| (severity, self.by_severity.get(&severity).copied().unwrap_or(0)))
    }

    /// `3 findings: 1 critical, 2 high`.
    pub(crate) fn describe(&self) -> String {
        let counts: Vec<String> = self
            .by_severity()
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{} {severity}", text::grouped(count)))
            .collect();
        match self.open {
            0 => "no findings".to_owned(),
            open => format!("{}: {}", text::counted(open, "finding"), counts.join(", ")),
        }
    }
}

/// What standard error says when all is done: with `-v` one line for everything that was skipped or did not run
/// whole, then always one line with the verdict, the totals, what was waived and what the baseline knows, what ran, what was skipped and why, and
/// the time. No line end at the end.
#[must_use]
pub fn summary(report: &Report, context: &Context<'_>) -> String {
    let mut lines = Vec::new();
    if context.verbose > 0 && !context.quiet {
        lines.extend(
            report
                .checks
                .iter()
                .filter(|check| check.status != CheckStatus::Ran)
                .map(describe_check),
        );
        lines.extend(report.skipped.iter().map(|skipped| {
            let required = if skipped.required {
                " (a required check wanted it)"
            } else {
                ""
            };
            format!(
                "not looked at: {}: {}{required}",
                text::line(&skipped.path),
                text::line(&skipped.reason)
            )
        }));
    }
    let totals = Totals::of(report);
    let mut parts = vec![
        describe_verdict(&report.verdict, Styles::of(context)),
        totals.describe(),
    ];
    if totals.waived > 0 {
        parts.push(format!("{} waived", text::grouped(totals.waived)));
    }
    parts.extend(describe_known(&report.stats));
    parts.extend(describe_overdue(report));
    parts.push(describe_checks(&report.checks));
    parts.push(describe_stats(&report.stats));
    if !report.skipped.is_empty() {
        let reasons = report.skipped.iter().map(|skipped| skipped.reason.as_str());
        let count = text::grouped(report.skipped.len() as u64);
        parts.push(format!("{count} not looked at: {}", grouped_reasons(reasons)));
    }
    lines.push(parts.join("; "));
    lines.join("\n")
}

/// `2 overdue`: findings whose time was over when the scan began.
fn describe_overdue(report: &Report) -> Option<String> {
    let is_overdue = |finding: &&Finding| finding.due.is_some_and(|due| due < report.started);
    match report.findings.iter().filter(is_overdue).count() as u64 {
        0 => None,
        count => Some(format!("{} overdue", text::grouped(count))),
    }
}

fn describe_verdict(verdict: &Verdict, styles: Styles) -> String {
    let (style, why) = match verdict {
        Verdict::Allow => (styles.good(), String::new()),
        Verdict::Deny { reasons } => (styles.severity(Severity::High), first_reasons(reasons)),
        Verdict::Unknown { cause } => (styles.severity(Severity::Medium), cause.clone()),
    };
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(" ({})", text::fit(&text::line(&why), MAX_WHY))
    };
    format!("{style}{}{style:#}{why}", verdict.as_str())
}

/// The first reasons and how many more there are: the totals and the findings say the rest.
pub(crate) fn first_reasons(reasons: &[String]) -> String {
    let named: Vec<&str> = reasons.iter().take(MAX_REASONS).map(String::as_str).collect();
    let more = reasons.len().saturating_sub(MAX_REASONS);
    let more = if more == 0 {
        String::new()
    } else {
        format!(", and {}", text::counted(more as u64, "more reason"))
    };
    format!("{}{more}", named.join(", "))
}

/// `3 of 4 checks ran, deploy skipped (offline)`.
pub(crate) fn describe_checks(checks: &[CheckRun]) -> String {
    let is_idle = |check: &&CheckRun| matches!(check.status, CheckStatus::NotApplicable { .. });
    let idle = checks.iter().filter(is_idle).count() as u64;
    let told = describe_runs(checks, idle);
    match idle {
        0 => told,
        idle => format!("{told}, {idle} not applicable"),
    }
}

/// The checks that had something to judge: all but `idle` ones.
fn describe_runs(checks: &[CheckRun], idle: u64) -> String {
    let complete = checks.iter().filter(|check| check.status.is_complete()).count() as u64;
    let (ran, all) = (complete - idle, checks.len() as u64 - idle);
    if ran == all {
        return if all == 0 {
            "no check ran".to_owned()
        } else {
            format!("{} ran", text::counted(all, "check"))
        };
    }
    let broken: Vec<String> = checks
        .iter()
        .filter(|check| !check.status.is_complete())
        .map(describe_check)
        .collect();
    let more = broken.len().saturating_sub(MAX_REASONS);
    let more = if more == 0 {
        String::new()
    } else {
        format!(", and {more} more")
    };
    let named: Vec<String> = broken.into_iter().take(MAX_REASONS).collect();
    format!(
        "{ran} of {} ran, {}{more}",
        text::counted(all, "check"),
        named.join(", ")
    )
}

/// `check leak failed (…)`.
fn describe_check(check: &CheckRun) -> String {
    let (word, why) = match &check.status {
        CheckStatus::Ran => ("ran", String::new()),
        CheckStatus::Partial { errors } => {
            ("ran in part", grouped_reasons(errors.iter().map(String::as_str)))
        }
        CheckStatus::Skipped { reason } => ("skipped", reason.clone()),
        CheckStatus::NotApplicable { reason } => ("not applicable", reason.clone()),
        CheckStatus::Failed { error } => ("failed", error.clone()),
    };
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(" ({})", text::line(&why))
    };
    format!("{} {word}{why}", text::line(&check.check))
}

/// `permission denied (2), larger than the limit (1)`: the commonest reasons, with how often each occurs.
fn grouped_reasons<'a>(reasons: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    let mut ranked: Vec<(&str, u64)> = counts.into_iter().collect();
    ranked.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let rest: u64 = ranked.iter().skip(MAX_REASONS).map(|(_, count)| count).sum();
    let mut named: Vec<String> = ranked
        .iter()
        .take(MAX_REASONS)
        .map(|(reason, count)| {
            let times = if *count > 1 {
                format!(" ({})", text::grouped(*count))
            } else {
                String::new()
            };
            format!("{}{times}", text::fit(&text::line(reason), 120))
        })
        .collect();
    if rest > 0 {
        named.push(format!("{} more (-v lists them)", text::grouped(rest)));
    }
    named.join(", ")
}

/// `3 known by the baseline`, when some are.
pub(crate) fn describe_known(stats: &Stats) -> Option<String> {
    (stats.known > 0).then(|| format!("{} known by the baseline", text::grouped(stats.known)))
}

/// `312 files, 4.1 MB in 0.42 s, 120 from the cache`.
pub(crate) fn describe_stats(stats: &Stats) -> String {
    let cached = if stats.cached == 0 {
        String::new()
    } else {
        format!(", {} from the cache", text::grouped(stats.cached))
    };
    format!(
        "{}, {} in {:.2} s{cached}",
        text::counted(stats.files, "file"),
        bytes(stats.bytes),
        stats.seconds.max(0.0)
    )
}

/// Bytes in decimal units: `512 B`, `4.1 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    match UNITS.into_iter().find(|(size, _)| count >= *size) {
        None => format!("{count} B"),
        Some((size, unit)) => {
            let tenths = u128::from(count) * 10 / u128::from(size);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
    }
}
