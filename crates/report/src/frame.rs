//! One finding as a frame in the manner of rustc: header, source lines with the span marked, and notes.

use crate::code_points::{byte_range, highlighted_line};
use crate::concise::{origin, place, place_of};
use crate::style::Styles;
use crate::{Context, text};
use annotate_snippets::{AnnotationKind, Group, Level, Snippet};
use bartizan_model::{Confidence, Finding, Waiver, WaiverOrigin};
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

/// Columns that a frame needs beside the marked text: line number, bar, and what is left of the text around it.
const AROUND: usize = 24;
/// Columns that marked text has on however narrow a terminal.
const NARROWEST: usize = 24;
/// Characters of its end that are shown where its middle is left out.
const TAIL: usize = 4;

/// Further locations shown without `-v`.
const MAX_PLACES: usize = 5;

/// How much of a rule's manual goes with the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explain {
    /// Why it matters and how to mend it.
    Full,
    /// Where to read that: the rule was explained above, with the same fix unless this finding has its own.
    Again {
        /// Whether the finding has a fix of its own.
        with_fix: bool,
    },
    /// Nothing.
    No,
}

/// Writes the frame of `finding`.
pub(crate) fn write(
    finding: &Finding,
    explain: Explain,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let styles = Styles::of(context);
    let (severity, strong, marks) = (styles.severity(finding.severity), styles.strong(), styles.frame());
    let picture = Picture::of(finding, context.columns());
    let gutter = picture.as_ref().map_or(0, |picture| picture.gutter);
    writeln!(
        out,
        "{severity}{}[{}]{severity:#}{strong}: {}{strong:#}",
        finding.severity,
        text::line(&finding.rule),
        text::line(&finding.title),
    )?;
    let origin = finding.primary().map(origin).unwrap_or_default();
    writeln!(
        out,
        "{:gutter$}{marks}-->{marks:#} {}{origin}",
        "",
        place(finding)
    )?;

    let message = text::line(&finding.message);
    let mut notes = Notes::new(context.columns().saturating_sub(gutter + 3));
    let mut group = Group::with_level(Level::ERROR);
    match &picture {
        Some(picture) => {
            let fits = gutter + 4 + picture.end + text::width(&message) <= context.columns();
            let mark = AnnotationKind::Primary
                .span(picture.span.clone())
                .label(fits.then(|| message.clone()));
            group = group.element(
                Snippet::source(picture.source.as_str())
                    .line_start(picture.first_line)
                    .fold(false)
                    .annotation(mark),
            );
            if !fits {
                notes.add("what", &message);
            }
        }
        None => notes.add("what", &message),
    }
    if !context.quiet {
        explain_finding(finding, explain, context, &mut notes);
    }
    for (name, body) in notes.notes {
        let level = if name == "fix" { Level::HELP } else { Level::NOTE };
        group = group.element(level.with_name(name).message(body));
    }
    if group.is_empty() {
        return writeln!(out);
    }
    let frame = styles
        .renderer(finding.severity, context.columns())
        .render(&[group]);
    for line in frame.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}

/// The source lines of a finding, made harmless.
struct Picture {
    source: String,
    first_line: usize,
    span: std::ops::Range<usize>,
    /// Columns before the end of the marked text.
    end: usize,
    /// Digits of the highest line number.
    gutter: usize,
}

impl Picture {
    fn of(finding: &Finding, columns: usize) -> Option<Self> {
        let snippet = finding.snippet.as_ref()?;
        let (index, _) = highlighted_line(snippet, finding.primary()?.line)?;
        let first_line = usize::try_from(snippet.first_line).ok()?;
        let mut picture = Self {
            source: String::new(),
            first_line,
            span: 0..0,
            end: 0,
            gutter: 0,
        };
        for (number, line) in snippet.lines.iter().enumerate() {
            let line = text::source_line(line);
            if number > 0 {
                picture.source.push('\n');
            }
            if number == index {
                let (line, range) = narrowed(&line, byte_range(&line, snippet.highlight), columns);
                let tabs = line.matches('\t').count();
                picture.end = text::width(line.get(..range.end).unwrap_or("")) + 4 * tabs;
                picture.span = picture.source.len() + range.start..picture.source.len() + range.end;
                picture.source.push_str(&line);
            } else {
                picture.source.push_str(&line);
            }
        }
        picture.gutter = (first_line + snippet.lines.len().saturating_sub(1))
            .to_string()
            .len();
        Some(picture)
    }
}

/// The line with the middle of its marked text left out where that alone would not fit on the terminal, and where the
/// marked text then stands. The renderer cuts the rest of a line, but never what is marked.
fn narrowed(line: &str, marked: Range<usize>, columns: usize) -> (Cow<'_, str>, Range<usize>) {
    let room = columns.saturating_sub(AROUND).max(NARROWEST);
    let parts = (
        line.get(..marked.start),
        line.get(marked.clone()),
        line.get(marked.end..),
    );
    let (Some(before), Some(text), Some(after)) = parts else {
        return (Cow::Borrowed(line), marked);
    };
    if text::width(text) <= room {
        return (Cow::Borrowed(line), marked);
    }
    let head = text::fit(text, room - TAIL);
    let from = text.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    let shown = format!("{head}{}", text.get(from..).unwrap_or_default());
    let end = marked.start + shown.len();
    (Cow::Owned(format!("{before}{shown}{after}")), marked.start..end)
}

/// Named notes, wrapped to the room there is.
struct Notes {
    room: usize,
    notes: Vec<(&'static str, String)>,
}

impl Notes {
    const fn new(room: usize) -> Self {
        Self {
            room,
            notes: Vec::new(),
        }
    }

    /// Adds a note; `body` may have several lines. Text that comes from outside is made harmless here.
    fn add(&mut self, name: &'static str, body: &str) {
        let room = self.room.saturating_sub(name.len() + 2).max(24);
        let body = text::wrap(text::lines(body).trim(), room);
        if !body.is_empty() {
            self.notes.push((name, body));
        }
    }
}

fn explain_finding(finding: &Finding, explain: Explain, context: &Context<'_>, notes: &mut Notes) {
    let more = format!("bartizan explain {}", finding.rule);
    if explain == Explain::Full {
        notes.add("why", &why(finding, context));
    }
    notes.add("sure", &sure(finding));
    for step in &finding.evidence {
        if let Some(location) = &step.location {
            notes.add("step", &format!("{} ({})", step.message, place_of(location)));
        }
    }
    add_places(finding, context, notes);
    if matches!(explain, Explain::Full | Explain::Again { with_fix: true }) {
        notes.add("fix", &fix(finding, explain, context));
    }
    if let Some(waiver) = &finding.waiver {
        notes.add("waived", &describe_waiver(waiver));
    }
    if let Some(priority) = &finding.priority {
        notes.add(
            "act",
            &format!("{}: {}", priority.decision, priority.reasons.join("; ")),
        );
    }
    if let Some(due) = due(finding, context) {
        notes.add("due", &due);
    }
    if context.verbose > 0 {
        notes.add("id", finding.fingerprint.as_str());
    }
    match explain {
        Explain::Full => notes.add("more", &more),
        Explain::Again { .. } => notes.add("more", &format!("as explained above, or {more}")),
        Explain::No => {}
    }
}

/// Seconds for which a finding is new.
const NEW: i64 = 3_600;

/// How much time is left for a finding that was seen before; none for new ones, which were seen within [`NEW`].
fn due(finding: &Finding, context: &Context<'_>) -> Option<String> {
    let (now, due, first) = (context.now?, finding.due?, finding.first_seen?);
    if now.unix_seconds() - first.unix_seconds() < NEW {
        return None;
    }
    let left = due.unix_seconds() - now.unix_seconds();
    let time = match left.unsigned_abs() / 3_600 {
        hours @ 0..48 => text::counted(hours, "hour"),
        hours => text::counted(hours / 24, "day"),
    };
    let when = if left < 0 {
        format!("overdue for {time}")
    } else {
        format!("in {time}")
    };
    Some(format!("{when}, {} (first seen {})", due.date(), first.date()))
}

/// Why it matters: the manual in short, then weaknesses, advisories and controls.
pub(crate) fn why(finding: &Finding, context: &Context<'_>) -> String {
    let manual = context
        .rule(finding)
        .map(|rule| text::first_paragraph(&rule.manual))
        .unwrap_or_default();
    let references = references(finding);
    match (manual.is_empty(), references.is_empty()) {
        (true, _) => references,
        (false, true) => manual,
        (false, false) => format!("{manual} ({references})"),
    }
}

/// Controls that a frame names; formats for machines carry all of them.
const MOST_CONTROLS: usize = 5;

/// `CWE-798, CVE-…, OWASP-ASVS-5.0 13.3.1`.
pub(crate) fn references(finding: &Finding) -> String {
    let controls = finding
        .controls
        .iter()
        .take(MOST_CONTROLS)
        .map(|control| format!("{} {}", control.framework, control.id));
    let more = match finding.controls.len().saturating_sub(MOST_CONTROLS) {
        0 => None,
        1 => Some("and 1 more control".to_owned()),
        more => Some(format!("and {more} more controls")),
    };
    let all: Vec<String> = finding
        .cwe
        .iter()
        .chain(&finding.ids)
        .cloned()
        .chain(controls)
        .chain(more)
        .collect();
    all.join(", ")
}

/// Confidence, with the reasons the check gave or else what the level means.
pub(crate) fn sure(finding: &Finding) -> String {
    let given: Vec<&str> = finding
        .evidence
        .iter()
        .filter(|step| step.location.is_none())
        .map(|step| step.message.trim_end_matches('.'))
        .collect();
    let meaning = match finding.confidence {
        Confidence::High => "proven by structure",
        Confidence::Medium => "more likely true than not",
        Confidence::Low => "a hint, to look at when there is time",
    };
    let reason = if given.is_empty() {
        meaning.to_owned()
    } else {
        given.join("; ")
    };
    format!("{} confidence: {reason}", finding.confidence)
}

/// How to mend it: what the check proposes, else what the rule's manual says.
fn fix(finding: &Finding, explain: Explain, context: &Context<'_>) -> String {
    let Some(fix) = &finding.fix else {
        return context
            .rule(finding)
            .map(|rule| text::plain(&rule.remediation))
            .unwrap_or_default();
    };
    let first = fix.description.lines().next().unwrap_or_default();
    let mut body = text::plain(if explain == Explain::Full {
        &fix.description
    } else {
        first
    });
    for edit in fix.edits.iter().take(MAX_PLACES) {
        body.push_str(&format!(
            "\n{} becomes `{}`",
            place_of(&edit.location),
            text::line(&edit.replacement)
        ));
    }
    body
}

fn add_places(finding: &Finding, context: &Context<'_>, notes: &mut Notes) {
    let further = finding.locations.get(1..).unwrap_or_default();
    let shown = if context.verbose > 0 {
        further.len()
    } else {
        MAX_PLACES
    };
    let mut places: Vec<String> = further
        .iter()
        .take(shown)
        .map(|location| place_of(location) + &origin(location))
        .collect();
    if further.len() > shown {
        places.push(format!("and {} more (-v lists them)", further.len() - shown));
    }
    notes.add("also at", &places.join("\n"));
}

/// Who accepted the risk, why, until when, and where that is written.
pub(crate) fn describe_waiver(waiver: &Waiver) -> String {
    let until = waiver
        .until
        .map(|day| format!(" until {day}"))
        .unwrap_or_default();
    let owner = waiver
        .owner
        .as_deref()
        .map(|owner| format!(", {owner}"))
        .unwrap_or_default();
    let place = match &waiver.origin {
        WaiverOrigin::Inline { path, line } => format!("{path}:{line}"),
        WaiverOrigin::File { path, entry } => format!("{path}, entry {entry}"),
        WaiverOrigin::Vex { path, statement, .. } => format!("{path}, statement {statement}"),
    };
    format!("{}{until}{owner} ({place})", waiver.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marked_text_that_is_too_wide_loses_its_middle() {
        let line = format!("key = {}; // end", "0123456789".repeat(12));
        let (shown, marked) = narrowed(&line, 6..126, 100);
        assert_eq!(&shown[..16], "key = 0123456789");
        assert_eq!(&shown[marked.end - 7..], "…6789; // end");
        assert_eq!(text::width(&shown[marked]), 76);
        assert_eq!(narrowed(&line, 6..26, 100), (Cow::Borrowed(line.as_str()), 6..26));
    }

    proptest! {
        #[test]
        fn what_is_around_the_marked_text_stays(
            before in "\\PC{0,40}", text in "\\PC{0,200}", after in "\\PC{0,40}", columns in 0usize..300,
        ) {
            let line = format!("{before}{text}{after}");
            let (shown, marked) = narrowed(&line, before.len()..before.len() + text.len(), columns);
            prop_assert_eq!(&shown[..marked.start], before);
            prop_assert_eq!(&shown[marked.end..], after);
        }
    }
}
