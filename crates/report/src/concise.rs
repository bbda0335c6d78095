//! `-o concise`: one line a finding, `path:line:col: severity[rule] message (fingerprint8)`.

use crate::style::Styles;
use crate::{Context, text};
use bartizan_model::{Finding, Location, Report};
use std::io::{self, Write};

/// One line a finding; waived ones only with `-v`.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let styles = Styles::of(context);
    for finding in report
        .findings
        .iter()
        .filter(|finding| context.verbose > 0 || !finding.is_waived())
    {
        let severity = styles.severity(finding.severity);
        writeln!(
            out,
            "{}: {severity}{}[{}]{severity:#} {} ({}){}{}",
            place(finding),
            finding.severity,
            text::line(&finding.rule),
            text::line(&finding.message),
            short_fingerprint(finding),
            finding.primary().map(origin).unwrap_or_default(),
            if finding.is_waived() { " waived" } else { "" },
        )?;
    }
    Ok(())
}

/// The first location, or the asset where there is none.
pub(crate) fn place(finding: &Finding) -> String {
    finding
        .primary()
        .map_or_else(|| text::line(finding.asset.as_str()), place_of)
}

/// `path:line:col`.
pub(crate) fn place_of(location: &Location) -> String {
    format!(
        "{}:{}:{}",
        text::line(&location.path),
        location.line,
        location.column
    )
}

/// The commit and the layer that hold the bytes, where history or an image was scanned.
pub(crate) fn origin(location: &Location) -> String {
    let commit = location
        .commit
        .as_deref()
        .map(|id| format!(" in commit {}", text::line(&short(id, 12))));
    let layer = location
        .layer
        .as_deref()
        .map(|id| format!(" in layer {}", text::line(&short(id, 19))));
    commit.unwrap_or_default() + &layer.unwrap_or_default()
}

/// The first eight digits of the fingerprint.
pub(crate) fn short_fingerprint(finding: &Finding) -> String {
    short(finding.fingerprint.as_str(), 8)
}

/// The first `count` characters.
pub(crate) fn short(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}
