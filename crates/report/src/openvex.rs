//! `-o openvex`: what is known of vulnerabilities in the components, as an OpenVEX 0.2 document,
//! <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! In: a report. Out: one statement for each finding about a package that carries the id of a vulnerability. Waivers that name a
//! justification become `not_affected`, those of a VEX document that says `fixed` become `fixed`; everything else is `affected`, with
//! what is to be done. A report without such findings makes a document without statements.

use crate::bill;
use crate::json::{Each, write_pretty};
use bartizan_model::{Finding, Report, Waiver, WaiverOrigin};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

type EachOf<'a> = Each<'a, Finding, Box<dyn Fn(&Finding) -> Option<Value> + 'a>>;

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'a str,
    timestamp: String,
    version: u32,
    tooling: String,
    statements: EachOf<'a>,
}

/// Writes the document.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tool = &report.tool;
    let document = Document {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:uuid:{}", bill::uuid(report, "openvex")),
        author: &tool.name,
        timestamp: report.started.to_string(),
        version: 1,
        tooling: format!("{} {}", tool.name, tool.version),
        statements: Each(&report.findings, Box::new(statement)),
    };
    write_pretty(&document, out)
}

/// The statement of a finding; none where it is not about a vulnerability of a package.
fn statement(finding: &Finding) -> Option<Value> {
    let purl = finding.asset.as_str();
    let (id, others) = finding.ids.split_first()?;
    if !purl.starts_with("pkg:") {
        return None;
    }
    let mut statement = json!({
        "vulnerability": { "name": id, "aliases": others },
        "products": [{ "@id": purl, "identifiers": { "purl": purl } }],
    });
    let Value::Object(fields) = &mut statement else {
        return None;
    };
    if let Some(first) = finding.first_seen {
        fields.insert("timestamp".into(), json!(first));
    }
    let (status, said) = match &finding.waiver {
        Some(Waiver {
            origin: WaiverOrigin::Vex { fixed: true, .. },
            reason,
            ..
        }) => ("fixed", ("status_notes", reason.clone())),
        Some(waiver) if is_not_affected(waiver) => {
            ("not_affected", ("impact_statement", waiver.reason.clone()))
        }
        Some(waiver) => ("affected", ("action_statement", accepted(waiver))),
        None => ("affected", ("action_statement", action(finding))),
    };
    fields.insert("status".into(), json!(status));
    fields.insert(said.0.into(), json!(said.1));
    if let (Some(justification), "not_affected") = (justification(finding), status) {
        fields.insert("justification".into(), json!(justification));
    }
    Some(statement)
}

/// Whether a waiver says that the vulnerability cannot be exploited, and not only that the risk is accepted.
pub(crate) fn is_not_affected(waiver: &Waiver) -> bool {
    waiver.vex.is_some() || matches!(waiver.origin, WaiverOrigin::Vex { fixed: false, .. })
}

fn justification(finding: &Finding) -> Option<&str> {
    finding.waiver.as_ref()?.vex.as_deref()
}

fn action(finding: &Finding) -> String {
    finding
        .fix
        .as_ref()
        .map_or_else(|| "no fix is known".to_owned(), |fix| fix.description.clone())
}

/// A risk that somebody accepted is still there.
pub(crate) fn accepted(waiver: &Waiver) -> String {
    let until = waiver
        .until
        .map(|day| format!(" until {day}"))
        .unwrap_or_default();
    format!("accepted{until}: {}", waiver.reason)
}
