//! `--group-by fix`: what there is to do, in the order of the report, instead of what was found.

use crate::style::Styles;
use crate::{Context, concise, text};
use bartizan_model::{Finding, Fingerprint, Remedy, Report, Severity};
use std::collections::HashMap;
use std::io::{self, Write};

/// Ids and places that are named without `-v`.
const FEW: usize = 4;

/// A few lines for each thing to do.
pub(crate) fn pretty(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = by_fingerprint(report);
    let styles = Styles::of(context);
    let (strong, faint) = (styles.strong(), styles.faint());
    if report.remedies.is_empty() {
        return Ok(());
    }
    let heading = format!(
        "{} to do, closing {}; most urgent first",
        text::counted(report.remedies.len() as u64, "thing"),
        text::counted(closed(report), "finding")
    );
    writeln!(out, "{strong}{heading}{strong:#}\n")?;
    let width = report.remedies.len().to_string().len();
    for (at, remedy) in report.remedies.iter().enumerate() {
        let parts = Parts::of(remedy, &findings);
        let style = styles.severity(remedy.severity);
        let label = remedy
            .decision
            .map_or(remedy.severity.as_str(), |decision| decision.as_str());
        writeln!(
            out,
            "{:>width$}. {style}{label}{style:#}: {strong}{}{strong:#}",
            at + 1,
            text::line(&remedy.description),
        )?;
        let mut lines = vec![parts.counts()];
        if !context.quiet {
            lines.extend(parts.reasons());
            lines.extend(parts.ids(context.verbose > 0));
            lines.extend(parts.places(context.verbose > 0));
        }
        let room = context.columns().saturating_sub(width + 2).max(24);
        for line in lines {
            for line in text::wrap(&line, room).lines() {
                writeln!(out, "{:indent$}{faint}{line}{faint:#}", "", indent = width + 2)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// One line for each thing to do.
pub(crate) fn concise(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = by_fingerprint(report);
    let styles = Styles::of(context);
    for remedy in &report.remedies {
        let parts = Parts::of(remedy, &findings);
        let style = styles.severity(remedy.severity);
        let label = remedy
            .decision
            .map_or(remedy.severity.as_str(), |decision| decision.as_str());
        writeln!(
            out,
            "{}: {style}{label}{style:#} {} ({})",
            parts.first_place(),
            text::line(&remedy.description),
            parts.counts(),
        )?;
    }
    Ok(())
}

fn by_fingerprint(report: &Report) -> HashMap<&Fingerprint, &Finding> {
    let findings = report.findings.iter();
    findings.map(|finding| (&finding.fingerprint, finding)).collect()
}

fn closed(report: &Report) -> u64 {
    let closes = report.remedies.iter().map(|remedy| remedy.closes.len());
    closes.sum::<usize>() as u64
}

/// A remedy with its findings.
struct Parts<'a> {
    closes: Vec<&'a Finding>,
    leaves: Vec<&'a Finding>,
}

impl<'a> Parts<'a> {
    fn of(remedy: &Remedy, findings: &HashMap<&Fingerprint, &'a Finding>) -> Self {
        let of = |prints: &[Fingerprint]| {
            prints
                .iter()
                .filter_map(|print| findings.get(print).copied())
                .collect()
        };
        Self {
            closes: of(&remedy.closes),
            leaves: of(&remedy.leaves),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Finding> + '_ {
        self.closes.iter().chain(&self.leaves).copied()
    }

    /// `closes 3 findings: 1 critical, 2 high; 1 stays`.
    fn counts(&self) -> String {
        let by_severity = |findings: &[&Finding]| {
            let counts = Severity::ALL.into_iter().rev().filter_map(|severity| {
                let count = findings
                    .iter()
                    .filter(|finding| finding.severity == severity)
                    .count();
                (count > 0).then(|| format!("{} {severity}", text::grouped(count as u64)))
            });
            counts.collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if !self.closes.is_empty() {
            let count = text::counted(self.closes.len() as u64, "finding");
            parts.push(format!("closes {count}: {}", by_severity(&self.closes)));
        }
        if !self.leaves.is_empty() {
            let count = text::counted(self.leaves.len() as u64, "finding");
            parts.push(format!("leaves {count}: {}", by_severity(&self.leaves)));
        }
        parts.join("; ")
    }

    /// The reasons of the most urgent finding.
    fn reasons(&self) -> Option<String> {
        let weight = |finding: &&Finding| {
            let decision = finding.priority.as_ref().map(|priority| priority.decision);
            (decision, finding.severity)
        };
        let reasons = &self.all().max_by_key(weight)?.priority.as_ref()?.reasons;
        Some(text::line(&reasons.join("; ")))
    }

    fn ids(&self, all: bool) -> Option<String> {
        let mut findings: Vec<&Finding> = self.all().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        named(
            findings
                .iter()
                .filter_map(|finding| finding.ids.first())
                .map(|id| text::line(id)),
            all,
        )
    }

    fn places(&self, all: bool) -> Option<String> {
        named(self.all().map(concise::place), all).map(|places| format!("in {places}"))
    }

    fn first_place(&self) -> String {
        self.all().next().map(concise::place).unwrap_or_default()
    }
}

/// The first few different names, and how many more there are.
fn named(names: impl Iterator<Item = String>, all: bool) -> Option<String> {
    let mut different: Vec<String> = Vec::new();
    for name in names {
        if !different.contains(&name) {
            different.push(name);
        }
    }
    let most = if all { different.len() } else { FEW };
    let more = different.len().saturating_sub(most);
    different.truncate(most);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {} more", text::grouped(more as u64))
    };
    (!different.is_empty()).then(|| format!("{}{more}", different.join(", ")))
}
