//! `vulnerabilities` of CycloneDX 1.4 to 1.6. What they affect is named by a reference within the document, by a BOM-Link to another
//! one, or by a package URL. <https://cyclonedx.org/docs/1.6/json/#vulnerabilities>.

use super::{Document, Product, Statement, Status, list, number, text};
use bartizan_model::PackageUrl;
use bartizan_model::encoding::percent_decoded;
use serde_json::Value;
use std::collections::HashMap;

/// Deepest nesting of components that is followed; serde_json bounds it anyway.
const DEEPEST: usize = 64;

pub(super) fn is_one(value: &Value) -> bool {
    text(value, "bomFormat") == Some("CycloneDX") && value.get("vulnerabilities").is_some()
}

pub(super) fn read(document: &Value) -> Document {
    let mut references = HashMap::new();
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    if let Some(root) = metadata.get("component") {
        add_references(root, DEEPEST, &mut references);
    }
    for component in list(document, "components") {
        add_references(component, DEEPEST, &mut references);
    }
    let mut read = Document::default();
    for (at, given) in list(document, "vulnerabilities").iter().enumerate() {
        match statement(metadata, given, number(at), &references, &mut read.problems) {
            Ok(statement) => read.statements.extend(statement),
            Err(why) => read.problems.push(format!("vulnerability {}: {why}", number(at))),
        }
    }
    read
}

/// Package URLs of components by their reference.
fn add_references<'v>(component: &'v Value, depth: usize, references: &mut HashMap<&'v str, PackageUrl>) {
    let purl = text(component, "purl").and_then(|purl| PackageUrl::parse_lenient(purl).ok());
    if let (Some(reference), Some(purl)) = (text(component, "bom-ref"), purl) {
        references.entry(reference).or_insert(purl);
    }
    if depth > 0 {
        for inner in list(component, "components") {
            add_references(inner, depth - 1, references);
        }
    }
}

/// What a vulnerability's analysis says; none where it has none.
fn statement(
    metadata: &Value,
    given: &Value,
    number: u32,
    references: &HashMap<&str, PackageUrl>,
    problems: &mut Vec<String>,
) -> Result<Option<Statement>, String> {
    let Some(analysis) = given.get("analysis") else {
        return Ok(None);
    };
    let others = list(given, "references")
        .iter()
        .filter_map(|other| text(other, "id"));
    let ids: Vec<String> = text(given, "id")
        .into_iter()
        .chain(others)
        .map(str::to_owned)
        .collect();
    if ids.is_empty() {
        return Err("it has no id".to_owned());
    }
    let status = match text(analysis, "state") {
        Some("not_affected" | "false_positive") => Status::NotAffected,
        Some("exploitable") => Status::Affected,
        Some("resolved" | "resolved_with_pedigree") => Status::Fixed,
        Some("in_triage") => Status::UnderInvestigation,
        other => {
            return Err(format!(
                "its state is `{}`",
                other.unwrap_or_default().escape_debug()
            ));
        }
    };
    let mut products = Vec::new();
    for affected in list(given, "affects") {
        match product(text(affected, "ref").unwrap_or_default(), references) {
            Some(id) => products.push(Product {
                id,
                parts: Vec::new(),
            }),
            None => problems.push(format!(
                "vulnerability {number}: what `{}` refers to has no package URL",
                text(affected, "ref")
                    .unwrap_or_default()
                    .chars()
                    .take(200)
                    .collect::<String>()
                    .escape_debug()
            )),
        }
    }
    if products.is_empty() {
        return Err("it affects nothing that has a package URL".to_owned());
    }
    let word = text(analysis, "justification");
    let response = list(analysis, "response").iter().filter_map(Value::as_str);
    let notes = text(analysis, "detail").into_iter().chain(word).chain(response);
    let time = ["lastUpdated", "firstIssued"]
        .into_iter()
        .find_map(|name| text(analysis, name));
    let time = time
        .or_else(|| text(given, "updated"))
        .or_else(|| text(metadata, "timestamp"));
    let authors = list(metadata, "authors")
        .first()
        .and_then(|author| text(author, "name"));
    let supplier = metadata
        .get("supplier")
        .and_then(|supplier| text(supplier, "name"));
    Ok(Some(Statement {
        ids,
        products,
        status,
        justification: word.and_then(justification).map(str::to_owned),
        note: notes.collect::<Vec<_>>().join("; "),
        since: time.and_then(|time| time.parse().ok()),
        author: authors.or(supplier).map(str::to_owned),
        number,
    }))
}

/// What a reference means: one of this document, a package URL, or the package URL at the end of a BOM-Link
/// (<https://cyclonedx.org/capabilities/bomlink/>).
fn product(reference: &str, references: &HashMap<&str, PackageUrl>) -> Option<PackageUrl> {
    if let Some(purl) = references.get(reference) {
        return Some(purl.clone());
    }
    let last = match reference.strip_prefix("urn:cdx:") {
        Some(link) => decoded(link.split_once('#')?.1)?,
        None => reference.to_owned(),
    };
    PackageUrl::parse_lenient(&last).ok()
}

/// Undoes the percent encoding of a BOM-Link's last part, which holds a reference as a whole.
fn decoded(text: &str) -> Option<String> {
    if !text.starts_with("pkg%3") {
        return Some(text.to_owned());
    }
    percent_decoded(text)
}

/// The justification of OpenVEX that means the same, where there is one.
fn justification(word: &str) -> Option<&'static str> {
    match word {
        "code_not_present" => Some("vulnerable_code_not_present"),
        "code_not_reachable" => Some("vulnerable_code_not_in_execute_path"),
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Some("inline_mitigations_already_exist"),
        _ => None,
    }
}
