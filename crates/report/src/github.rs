//! `-o github`: workflow commands that become annotations,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.
//!
//! The runner reads commands from any line of output, so line ends, `%` and, in properties, `:` and `,` are encoded.

use crate::summary::describe_known;
use crate::{code_points, text};
use bartizan_model::{CheckStatus, Finding, Report, Severity, Verdict};
use std::io::{self, Write};

/// One command a finding that is not waived, then one for everything that was not looked at or did not run.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| !finding.is_waived()) {
        annotate(finding, out)?;
    }
    for check in &report.checks {
        let (word, why) = match &check.status {
            CheckStatus::Ran | CheckStatus::NotApplicable { .. } => continue,
            CheckStatus::Partial { errors } => ("ran in part", errors.join("\n")),
            CheckStatus::Skipped { reason } => ("was skipped", reason.clone()),
            CheckStatus::Failed { error } => ("failed", error.clone()),
        };
        command(
            level_of_gap(check.required),
            &[("title", format!("check {} {word}", check.check))],
            &why,
            out,
        )?;
    }
    for skipped in &report.skipped {
        let properties = [
            ("file", skipped.path.clone()),
            ("title", "not looked at".to_owned()),
        ];
        command(level_of_gap(skipped.required), &properties, &skipped.reason, out)?;
    }
    if let Some(known) = describe_known(&report.stats) {
        command("notice", &[("title", "baseline".to_owned())], &known, out)?;
    }
    match &report.verdict {
        Verdict::Allow => Ok(()),
        Verdict::Deny { reasons } => command(
            "error",
            &[("title", "bartizan: deny".to_owned())],
            &reasons.join("\n"),
            out,
        ),
        Verdict::Unknown { cause } => {
            command("error", &[("title", "bartizan: unknown".to_owned())], cause, out)
        }
    }
}

const fn level_of_gap(required: bool) -> &'static str {
    if required { "error" } else { "notice" }
}

fn annotate(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let level = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = finding.primary() {
        properties.push(("file", location.path.clone()));
        properties.push(("line", location.line.to_string()));
        properties.push(("endLine", location.end_line.to_string()));
        // Columns are characters here; a column is left out where it cannot be known in characters. The end is
        // inclusive, and the runner takes columns only for spans within one line.
        if let Some((start, Some(end))) = code_points::columns(finding) {
            properties.push(("col", start.to_string()));
            properties.push(("endColumn", end.saturating_sub(1).max(start).to_string()));
        }
    }
    properties.push((
        "title",
        format!("{}[{}]: {}", finding.severity, finding.rule, finding.title),
    ));
    let fix = finding
        .fix
        .as_ref()
        .map(|fix| format!("\nfix: {}", fix.description))
        .unwrap_or_default();
    let asset = if finding.primary().is_none() {
        format!("\nat: {}", finding.asset)
    } else {
        String::new()
    };
    let message = format!(
        "{}{asset}{fix}\nmore: bartizan explain {}",
        finding.message, finding.rule
    );
    command(level, &properties, &message, out)
}

fn command(level: &str, properties: &[(&str, String)], message: &str, out: &mut dyn Write) -> io::Result<()> {
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", encode_property(value)))
        .collect();
    writeln!(
        out,
        "::{level} {}::{}",
        properties.join(","),
        encode(&text::lines(message))
    )
}

fn encode(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn encode_property(value: &str) -> String {
    encode(&text::line(value)).replace(':', "%3A").replace(',', "%2C")
}
