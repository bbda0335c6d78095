//! `-o pretty`: frames in the order of the report, then a ranked overview when there are many, then measures of quality where there are
//! any.
//!
//! A rule is explained in full the first time it occurs; later frames of it say where to read that.

use crate::frame::{self, Explain};
use crate::style::Styles;
use crate::{Context, concise, text};
use bartizan_model::{Confidence, Finding, Report, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// From this many frames on, the overview follows.
const MANY: usize = 8;
/// Rules the overview lists without `-v`.
const MAX_ROWS: usize = 20;

/// Frames and, where there are many, the overview.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| context.verbose > 0 || !finding.is_waived())
        .collect();
    let mut explained = BTreeMap::new();
    for finding in &shown {
        let fix = finding.fix.as_ref();
        let explain = match explained.get(finding.rule.as_str()) {
            _ if context.quiet => Explain::No,
            None => Explain::Full,
            Some(first) => Explain::Again {
                with_fix: fix.is_some() && *first != fix,
            },
        };
        explained.entry(finding.rule.as_str()).or_insert(fix);
        frame::write(finding, explain, context, out)?;
    }
    if shown.len() >= MANY {
        overview(&shown, context, out)?;
    }
    match &report.quality {
        Some(quality) if !context.quiet => crate::quality::write(quality, context, out),
        _ => Ok(()),
    }
}

/// Findings of one rule at one severity.
struct Row<'a> {
    count: u64,
    confidence: Confidence,
    first: &'a Finding,
}

/// One line a rule, the most urgent first.
fn overview(shown: &[&Finding], context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: BTreeMap<(Reverse<Severity>, &str), Row<'_>> = BTreeMap::new();
    for finding in shown {
        let row = rows
            .entry((Reverse(finding.severity), &finding.rule))
            .or_insert(Row {
                count: 0,
                confidence: finding.confidence,
                first: finding,
            });
        row.count += 1;
        row.confidence = row.confidence.max(finding.confidence);
    }
    let mut ranked: Vec<_> = rows.into_iter().collect();
    ranked.sort_by_key(|((severity, rule), row)| {
        (*severity, Reverse(row.confidence), Reverse(row.count), *rule)
    });
    let listed = if context.verbose > 0 {
        ranked.len()
    } else {
        MAX_ROWS
    };

    let styles = Styles::of(context);
    let (strong, faint) = (styles.strong(), styles.faint());
    let rule_width = ranked
        .iter()
        .take(listed)
        .map(|((_, rule), _)| text::width(rule))
        .max()
        .unwrap_or(0)
        .min(40);
    let heading = format!(
        "{} by rule, most urgent first",
        text::counted(shown.len() as u64, "finding")
    );
    writeln!(out, "{strong}{heading}{strong:#}")?;
    for ((severity, rule), row) in ranked.iter().take(listed) {
        let style = styles.severity(severity.0);
        let rule = text::line(rule);
        let rule = text::fit(&rule, rule_width);
        let room = context.columns().saturating_sub(22 + rule_width).max(16);
        let first = concise::place(row.first);
        let label = if row.count == 1 { "at" } else { "first at" };
        writeln!(
            out,
            "  {style}{:<8}{style:#} {:>6}  {rule}{:pad$}  {faint}{}{faint:#}",
            severity.0,
            text::grouped(row.count),
            "",
            text::fit(&format!("{label} {first}"), room),
            pad = rule_width.saturating_sub(text::width(&rule)),
        )?;
    }
    if ranked.len() > listed {
        writeln!(
            out,
            "  and {} (-v lists them)",
            text::counted((ranked.len() - listed) as u64, "more rule")
        )?;
    }
    writeln!(out)
}
