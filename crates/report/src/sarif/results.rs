//! Results of a SARIF run: one a finding, waived ones with their suppression.

use super::fixes::{description, fixes};
use super::rules::{Rules, level};
use super::{ROOT, insert};
use crate::{code_points, text};
use bartizan_model::{Finding, Location, Snippet, Waiver, WaiverOrigin};
use serde_json::{Value, json};

/// One result.
pub(super) fn result(finding: &Finding, rules: &Rules<'_>) -> Value {
    let taxa: Vec<Value> = finding.cwe.iter().filter_map(|cwe| rules.weakness(cwe)).collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(&finding.message) },
        "locations": finding.primary().map(|location| json!([primary(finding, location)])).unwrap_or_else(|| json!([])),
        "partialFingerprints": { "bartizan/v1": finding.fingerprint },
        "taxa": taxa,
        "suppressions": finding.waiver.iter().map(suppression).collect::<Vec<_>>(),
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "asset": finding.asset,
            "ids": finding.ids,
            "controls": finding.controls,
        },
    });
    if let Some(index) = rules.index(&finding.rule) {
        insert(&mut result, "ruleIndex", json!(index));
    }
    let related = related(finding);
    if !related.is_empty() {
        insert(&mut result, "relatedLocations", json!(related));
    }
    if let Some(flow) = code_flow(finding) {
        insert(&mut result, "codeFlows", json!([flow]));
    }
    match (fixes(finding), &finding.fix, result.get_mut("properties")) {
        (Some(fixes), ..) => insert(&mut result, "fixes", fixes),
        (None, Some(fix), Some(properties)) => insert(properties, "fix", json!(description(fix))),
        _ => {}
    }
    for (key, at) in [("first_seen", finding.first_seen), ("due", finding.due)] {
        if let (Some(at), Some(properties)) = (at, result.get_mut("properties")) {
            insert(properties, key, json!(at));
        }
    }
    result
}

/// Message text without the link syntax of SARIF: `](` would begin a link, and a hostile name could hold one (§3.11.6).
fn message(given: &str) -> String {
    let text = text::lines(given);
    if text.contains("](") {
        text.replace('[', "\\[").replace(']', "\\]")
    } else {
        text
    }
}

fn primary(finding: &Finding, location: &Location) -> Value {
    let mut region = lines(location);
    if let Some((start, end)) = code_points::columns(finding) {
        insert(&mut region, "startColumn", json!(start));
        if let Some(end) = end {
            insert(&mut region, "endColumn", json!(end));
        }
    }
    let mut physical = json!({ "artifactLocation": artifact(&location.path) });
    if let Some(snippet) = &finding.snippet {
        if let Some((_, line)) = code_points::highlighted_line(snippet, location.line) {
            insert(&mut region, "snippet", json!({ "text": line }));
        }
        if let Some(around) = context_region(snippet) {
            insert(&mut physical, "contextRegion", around);
        }
    }
    insert(&mut physical, "region", region);
    with_origin(json!({ "physicalLocation": physical }), location)
}

/// The shown lines, when they are more than the one marked.
fn context_region(snippet: &Snippet) -> Option<Value> {
    let count = u32::try_from(snippet.lines.len())
        .ok()
        .filter(|count| *count > 1)?;
    Some(json!({
        "startLine": snippet.first_line.max(1),
        "endLine": snippet.first_line.max(1).saturating_add(count - 1),
        "snippet": { "text": snippet.lines.join("\n") },
    }))
}

/// Further locations, then the steps of the reasoning that have a place.
fn related(finding: &Finding) -> Vec<Value> {
    let further = finding
        .locations
        .iter()
        .skip(1)
        .map(|location| (location, "also here"));
    let steps = finding
        .evidence
        .iter()
        .filter_map(|step| Some((step.location.as_ref()?, step.message.as_str())));
    let numbered = further.chain(steps).enumerate();
    numbered
        .map(|(id, (location, text))| {
            let mut related = place(location);
            insert(&mut related, "id", json!(id + 1));
            insert(&mut related, "message", json!({ "text": message(text) }));
            related
        })
        .collect()
}

/// The steps as a flow, where there are at least two with a place.
fn code_flow(finding: &Finding) -> Option<Value> {
    let steps: Vec<Value> = finding
        .evidence
        .iter()
        .filter_map(|step| {
            let mut place = place(step.location.as_ref()?);
            insert(&mut place, "message", json!({ "text": message(&step.message) }));
            Some(json!({ "location": place }))
        })
        .collect();
    (steps.len() > 1).then(|| json!({ "threadFlows": [{ "locations": steps }] }))
}

/// A location by whole lines: without its source line, a column in bytes cannot be turned into one in characters.
fn place(location: &Location) -> Value {
    let physical = json!({ "artifactLocation": artifact(&location.path), "region": lines(location) });
    with_origin(json!({ "physicalLocation": physical }), location)
}

fn lines(location: &Location) -> Value {
    let first = location.line.max(1);
    json!({ "startLine": first, "endLine": location.end_line.max(first) })
}

fn with_origin(mut place: Value, location: &Location) -> Value {
    let mut properties = json!({});
    if let Some(commit) = &location.commit {
        insert(&mut properties, "commit", json!(commit));
    }
    if let Some(layer) = &location.layer {
        insert(&mut properties, "layer", json!(layer));
    }
    if properties.as_object().is_some_and(|map| !map.is_empty()) {
        insert(&mut place, "properties", properties);
    }
    place
}

/// A path below the root of the scan as a URI reference (RFC 3986).
pub(super) fn artifact(path: &str) -> Value {
    json!({ "uri": uri_path(path), "uriBaseId": ROOT })
}

/// Percent-encodes everything but the unreserved characters, `/` and a few marks that a path may hold. `:` is encoded, so
/// that no first segment reads as a scheme, and so is a leading `/`, so that the reference stays below its base.
fn uri_path(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for (at, byte) in path.bytes().enumerate() {
        let is_plain =
            byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte) || (byte == b'/' && at > 0);
        if is_plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn suppression(waiver: &Waiver) -> Value {
    let owner = waiver
        .owner
        .as_deref()
        .map(|owner| format!(" ({owner})"))
        .unwrap_or_default();
    let until = waiver
        .until
        .map(|day| format!(", until {day}"))
        .unwrap_or_default();
    let justification = text::lines(&format!("{}{owner}{until}", waiver.reason));
    let mut suppression = json!({
        "status": "accepted",
        "justification": justification,
        "properties": { "waiver": waiver },
    });
    match &waiver.origin {
        WaiverOrigin::Inline { path, line } => {
            insert(&mut suppression, "kind", json!("inSource"));
            let physical =
                json!({ "artifactLocation": artifact(path), "region": { "startLine": (*line).max(1) } });
            insert(
                &mut suppression,
                "location",
                json!({ "physicalLocation": physical }),
            );
        }
        WaiverOrigin::File { .. } | WaiverOrigin::Vex { .. } => {
            insert(&mut suppression, "kind", json!("external"))
        }
    }
    suppression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_relative_reference_whatever_it_holds() {
        assert_eq!(uri_path("src/a b.py"), "src/a%20b.py");
        assert_eq!(uri_path("c:/é#?%"), "c%3A/%C3%A9%23%3F%25");
        assert_eq!(uri_path("//evil.example/x"), "%2F/evil.example/x");
        assert_eq!(uri_path("lib.zip!/m.txt"), "lib.zip!/m.txt");
    }

    #[test]
    fn a_message_cannot_hold_a_link() {
        assert_eq!(
            message("see [x](https://evil.example)"),
            "see \\[x\\](https://evil.example)"
        );
        assert_eq!(message("a[0] = b[1]"), "a[0] = b[1]");
    }
}
