//! Fixes of a SARIF result (§3.55): only where the edits are known to the character, because tools apply them.
//!
//! Our columns are bytes and SARIF's are characters. An edit that begins and ends between lines needs no conversion; any
//! other is converted with the finding's snippet, and where that does not show the line the fix is left out: its
//! description is then in the result's properties, as it is for a fix without edits.

use super::results::artifact;
use crate::text;
use bartizan_model::{Finding, Fix, Location, Snippet, TextEdit};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The fixes of a finding, or nothing.
pub(super) fn fixes(finding: &Finding) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    if fix.edits.is_empty() {
        return None;
    }
    let mut changes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        // All of the edits or none: half a fix is a new fault.
        let replacement = replacement(edit, finding)?;
        changes.entry(&edit.location.path).or_default().push(replacement);
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }))
        .collect();
    Some(json!([{ "description": { "text": description(fix) }, "artifactChanges": changes }]))
}

/// What to do, for people.
pub(super) fn description(fix: &Fix) -> String {
    text::lines(&fix.description)
}

fn replacement(edit: &TextEdit, finding: &Finding) -> Option<Value> {
    let at = &edit.location;
    let region = json!({
        "startLine": at.line,
        "startColumn": column(at, at.line, at.column, finding)?,
        "endLine": at.end_line,
        "endColumn": column(at, at.end_line, at.end_column, finding)?,
    });
    Some(json!({ "deletedRegion": region, "insertedContent": { "text": edit.replacement } }))
}

/// The column in characters of the byte column of a line.
fn column(at: &Location, line: u32, bytes: u32, finding: &Finding) -> Option<u32> {
    if line == 0 || bytes <= 1 {
        return (line > 0 && bytes == 1).then_some(1);
    }
    let is_shown = finding.primary().is_some_and(|primary| primary.path == at.path);
    let text = finding.snippet.as_ref().filter(|_| is_shown)?;
    let before = line_of(text, line)?.get(..usize::try_from(bytes - 1).ok()?)?;
    // A line that was cut on the left says nothing of columns.
    let is_whole = !before.starts_with('…');
    is_whole.then(|| u32::try_from(before.chars().count()).ok()?.checked_add(1))?
}

fn line_of(snippet: &Snippet, line: u32) -> Option<&str> {
    let index = usize::try_from(line.checked_sub(snippet.first_line)?).ok()?;
    snippet.lines.get(index).map(String::as_str)
}
