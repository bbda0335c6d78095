//! `-o statement`: an in-toto v1 Statement, <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>.
//!
//! The predicate is the standard test result (`https://in-toto.io/attestation/test-result/v0.1`), so that any verifier can
//! judge it; the whole report rides along in one extension field named by our own type URI (docs/adr/0004). The predicate of
//! an inventory is the bill of materials itself, of the predicate types that in-toto lists for CycloneDX and SPDX.

use crate::Format;
use crate::json::write_pretty;
use bartizan_model::{CheckStatus, Report, Target, Verdict};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

#[derive(Serialize)]
struct Statement<P> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Value>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: P,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'a> {
    result: &'static str,
    configuration: [Value; 1],
    passed_tests: Vec<String>,
    warned_tests: Vec<String>,
    failed_tests: Vec<String>,
    // The parsing rules ask that a field of one's own is named by a type URI.
    #[serde(rename = "https://bartizan.dev/report/v1")]
    report: &'a Report,
}

/// One statement. A target without a digest cannot be attested: that is an error, not a statement about nothing.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let subject = subjects(report)?;
    let (passed_tests, warned_tests, failed_tests) = tests(report);
    let configuration = [json!({
        "name": "rules",
        "uri": "https://bartizan.dev/rules",
        "annotations": { "digest": report.tool.rules_digest, "version": report.tool.version },
    })];
    let result = result(report);
    let predicate = Predicate {
        result,
        configuration,
        passed_tests,
        warned_tests,
        failed_tests,
        report,
    };
    write_pretty(
        &Statement {
            kind: STATEMENT_TYPE,
            subject,
            predicate_type: PREDICATE_TYPE,
            predicate,
        },
        out,
    )
}

/// One statement about the components of the target.
pub(crate) fn render_bill(form: Format, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let subject = subjects(report)?;
    match form {
        Format::Cyclonedx => write_pretty(
            &Statement {
                kind: STATEMENT_TYPE,
                subject,
                predicate_type: "https://cyclonedx.org/bom",
                predicate: crate::cyclonedx::document(report),
            },
            out,
        ),
        Format::Spdx => write_pretty(
            &Statement {
                kind: STATEMENT_TYPE,
                subject,
                predicate_type: "https://spdx.dev/Document",
                predicate: crate::spdx::document(report),
            },
            out,
        ),
        other => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("`{other}` is no bill of materials; cyclonedx and spdx are"),
        )),
    }
}

/// The subjects of a statement; an error where there are none.
fn subjects(report: &Report) -> io::Result<Vec<Value>> {
    let subject = digests(&report.target);
    if subject.is_empty() {
        let target = crate::text::line(&report.target.name);
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "an in-toto statement needs the digest of its subject, and `{target}` has none; use -o json instead"
            ),
        ));
    }
    Ok(subject)
}

/// The content by its digest and, where history was scanned, the commit. The commit of a work tree is an annotation only:
/// files may differ from it, and a subject is matched by its digest alone.
fn digests(target: &Target) -> Vec<Value> {
    let mut subjects = Vec::new();
    let is_history = matches!(target.kind.as_str(), "git-range" | "git-history");
    if let Some(digest) = &target.sha256 {
        let mut subject = json!({ "name": target.name, "digest": { "sha256": digest } });
        if let (Some(commit), false, Value::Object(map)) = (&target.commit, is_history, &mut subject) {
            map.insert("annotations".to_owned(), json!({ "commit": commit }));
        }
        subjects.push(subject);
    }
    if let (Some(commit), true) = (&target.commit, is_history) {
        subjects.push(json!({ "name": "commit", "digest": { "gitCommit": commit } }));
    }
    subjects
}

/// The predicate knows three results and no "unknown": what is not known to have passed has failed.
fn result(report: &Report) -> &'static str {
    let is_clean = report.findings.is_empty() && report.skipped.is_empty() && report.stats.known == 0;
    match report.verdict {
        Verdict::Deny { .. } | Verdict::Unknown { .. } => "FAILED",
        Verdict::Allow if is_clean && report.checks.iter().all(|check| check.status.is_complete()) => {
            "PASSED"
        }
        Verdict::Allow => "WARNED",
    }
}

/// Names of tests that passed, warned and failed: `check:ID` for every check and `rule:ID` for every rule with findings.
fn tests(report: &Report) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (mut passed, mut warned, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for check in &report.checks {
        let name = format!("check:{}", check.check);
        match (&check.status, check.required) {
            (CheckStatus::Ran, _) => passed.push(name),
            // It neither passed nor failed.
            (CheckStatus::NotApplicable { .. }, _) => {}
            (_, true) => failed.push(name),
            (_, false) => warned.push(name),
        }
    }
    let mut rules: BTreeMap<&str, bool> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry(&finding.rule).or_default() |= !finding.is_waived();
    }
    let is_denied = matches!(report.verdict, Verdict::Deny { .. });
    for (rule, is_open) in rules {
        let list = if is_open && is_denied {
            &mut failed
        } else {
            &mut warned
        };
        list.push(format!("rule:{rule}"));
    }
    (passed, warned, failed)
}
