//! OpenVEX 0.2, and the older form 0.0.1 where vulnerabilities and products are plain texts.
//! <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.

use super::{Document, Product, Statement, Status, list, number, text};
use bartizan_model::PackageUrl;
use serde_json::Value;

pub(super) fn is_one(value: &Value) -> bool {
    text(value, "@context").is_some_and(|context| context.starts_with("https://openvex.dev/ns"))
}

pub(super) fn read(document: &Value) -> Document {
    let mut read = Document::default();
    for (at, given) in list(document, "statements").iter().enumerate() {
        match statement(document, given, number(at), &mut read.problems) {
            Ok(statement) => read.statements.push(statement),
            Err(why) => read.problems.push(format!("statement {}: {why}", number(at))),
        }
    }
    if list(document, "statements").is_empty() {
        read.problems.push("it has no statements".to_owned());
    }
    read
}

fn statement(
    document: &Value,
    given: &Value,
    number: u32,
    problems: &mut Vec<String>,
) -> Result<Statement, String> {
    let ids = ids(given.get("vulnerability").unwrap_or(&Value::Null));
    if ids.is_empty() {
        return Err("it names no vulnerability".to_owned());
    }
    let status = match text(given, "status") {
        Some("not_affected") => Status::NotAffected,
        Some("affected") => Status::Affected,
        Some("fixed") => Status::Fixed,
        Some("under_investigation") => Status::UnderInvestigation,
        other => {
            return Err(format!(
                "its status is `{}`",
                other.unwrap_or_default().escape_debug()
            ));
        }
    };
    let justification = text(given, "justification");
    let impact = text(given, "impact_statement");
    if status == Status::NotAffected && justification.is_none() && impact.is_none() {
        return Err(
            "it says not_affected and gives neither a justification nor an impact_statement".to_owned(),
        );
    }
    let mut products = Vec::new();
    for product in list(given, "products") {
        match self::product(product) {
            Ok(product) => products.push(product),
            Err(why) => problems.push(format!("statement {number}: {why}")),
        }
    }
    if products.is_empty() {
        return Err("it names no product by a package URL".to_owned());
    }
    let time = text(given, "timestamp").or_else(|| text(document, "timestamp"));
    let notes = [
        impact,
        text(given, "action_statement"),
        text(given, "status_notes"),
    ];
    Ok(Statement {
        ids,
        products,
        status,
        justification: justification.map(str::to_owned),
        note: notes.into_iter().flatten().collect::<Vec<_>>().join("; "),
        since: time.and_then(|time| time.parse().ok()),
        author: text(given, "supplier")
            .or_else(|| text(document, "author"))
            .map(str::to_owned),
        number,
    })
}

fn ids(vulnerability: &Value) -> Vec<String> {
    if let Some(id) = vulnerability.as_str() {
        return vec![id.to_owned()];
    }
    let aliases = list(vulnerability, "aliases").iter().filter_map(Value::as_str);
    let ids = text(vulnerability, "name").into_iter().chain(aliases);
    ids.map(str::to_owned).collect()
}

fn product(value: &Value) -> Result<Product, String> {
    let id = component(value)?;
    let parts = list(value, "subcomponents");
    let parts: Result<Vec<PackageUrl>, String> = parts.iter().map(component).collect();
    // A statement about some parts must not become one about all of them.
    Ok(Product { id, parts: parts? })
}

fn component(value: &Value) -> Result<PackageUrl, String> {
    let identifiers = value.get("identifiers").unwrap_or(&Value::Null);
    let id = value
        .as_str()
        .or_else(|| text(identifiers, "purl"))
        .or_else(|| text(value, "@id"))
        .ok_or("a product without an identifier")?;
    PackageUrl::parse_lenient(id).map_err(|_| {
        format!(
            "the product `{}` is no package URL",
            id.chars().take(200).collect::<String>().escape_debug()
        )
    })
}
