//! `-o gitlab`: a GitLab security report, schema 15.1.4,
//! <https://gitlab.com/gitlab-org/security-products/security-report-schemas>.
//!
//! GitLab takes a report as the artifact of one scan type. The type follows from which checks ran, never from what they
//! found, so that one pipeline always writes the same type: `secret_detection` when only leaks were looked for (the
//! artifact `reports:secret_detection`), else `sast` (the artifact `reports:sast`), which holds every finding in files.
//! Waived findings are left out, as GitLab would open them again; the scan's messages say how many.

use crate::json::{Each, write_pretty};
use crate::sarif::ended;
use crate::summary::describe_known;
use crate::{Context, frame, text};
use bartizan_model::{CheckStatus, Finding, FingerprintBuilder, Report, Severity, Timestamp, Verdict};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Version of the schema the report follows.
const VERSION: &str = "15.1.4";

/// The two scan types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scan {
    SecretDetection,
    Sast,
}

impl Scan {
    /// By the checks that were not skipped, or by the findings where no check says.
    fn of(report: &Report) -> Self {
        let is_leak = |id: &str| {
            ["leak/", "waiver/", "scan/"]
                .iter()
                .any(|family| id.starts_with(family))
                || id == "leak"
        };
        let mut active = report
            .checks
            .iter()
            .filter(|check| {
                let is_idle = |status: &CheckStatus| {
                    matches!(
                        status,
                        CheckStatus::Skipped { .. } | CheckStatus::NotApplicable { .. }
                    )
                };
                !is_idle(&check.status)
            })
            .peekable();
        let only_leaks = match active.peek() {
            Some(_) => active.all(|check| is_leak(&check.check)),
            None => report.findings.iter().all(|finding| is_leak(&finding.rule)),
        };
        if only_leaks {
            Self::SecretDetection
        } else {
            Self::Sast
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::SecretDetection => "secret_detection",
            Self::Sast => "sast",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::SecretDetection => "secret-detection-report-format.json",
            Self::Sast => "sast-report-format.json",
        }
    }
}

/// One report.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(
        &Document {
            report,
            context,
            scan: Scan::of(report),
        },
        out,
    )
}

struct Document<'a> {
    report: &'a Report,
    context: &'a Context<'a>,
    scan: Scan,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let base = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw";
        let ids = RefCell::new(BTreeMap::new());
        let vulnerability = |finding: &Finding| {
            (!finding.is_waived())
                .then(|| self.vulnerability(finding, &unique_id(finding, &mut ids.borrow_mut())))
        };
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("version", VERSION)?;
        map.serialize_entry(
            "schema",
            &format!("{base}/v{VERSION}/dist/{}", self.scan.schema()),
        )?;
        map.serialize_entry("scan", &self.scan())?;
        map.serialize_entry("vulnerabilities", &Each(&self.report.findings, vulnerability))?;
        map.end()
    }
}

impl Document<'_> {
    fn scan(&self) -> Value {
        let tool = &self.report.tool;
        let scanner = json!({
            "id": tool.name, "name": "Bartizan", "version": tool.version, "vendor": { "name": "Bartizan" },
        });
        // A report that is not complete must not read as a clean one.
        let is_complete = !matches!(self.report.verdict, Verdict::Unknown { .. });
        json!({
            "analyzer": scanner,
            "scanner": scanner,
            "type": self.scan.as_str(),
            "status": if is_complete { "success" } else { "failure" },
            "start_time": without_zone(self.report.started),
            "end_time": without_zone(ended(self.report)),
            "messages": messages(self.report),
        })
    }

    fn vulnerability(&self, finding: &Finding, id: &str) -> Value {
        let name = text::line(&finding.title);
        let why = frame::why(finding, self.context);
        let description = format!(
            "{}\n\n{why}\n\nHow sure: {}.",
            text::lines(&finding.message),
            frame::sure(finding)
        );
        let solution = finding
            .fix
            .as_ref()
            .map(|fix| fix.description.clone())
            .or_else(|| {
                self.context
                    .rules
                    .get(&finding.rule)
                    .map(|rule| text::plain(&rule.remediation))
            });
        let mut vulnerability = json!({
            "id": id,
            "name": shorten(&name, 255),
            "description": shorten(&text::lines(&description), 1_048_576),
            "severity": severity(finding.severity),
            "identifiers": identifiers(finding),
            "location": self.location(finding),
            "tracking": tracking(finding),
        });
        if let (Some(solution), Value::Object(map)) = (solution, &mut vulnerability) {
            map.insert(
                "solution".to_owned(),
                json!(shorten(&text::lines(&solution), 7_000)),
            );
        }
        vulnerability
    }

    fn location(&self, finding: &Finding) -> Value {
        let mut place = match finding.primary() {
            Some(at) => json!({ "file": at.path, "start_line": at.line, "end_line": at.end_line }),
            None => json!({ "file": finding.asset }),
        };
        if let (Scan::SecretDetection, Value::Object(map)) = (self.scan, &mut place) {
            let found = finding.primary().and_then(|at| at.commit.as_deref());
            // The schema requires a commit; seven zeros are what GitLab's own analyser writes where there is none.
            let sha = found
                .or(self.report.target.commit.as_deref())
                .filter(|sha| !sha.is_empty())
                .unwrap_or("0000000");
            map.insert("commit".to_owned(), json!({ "sha": sha }));
        }
        place
    }
}

/// The fingerprint as a UUID. Findings that share a fingerprint get ids of their own, numbered in the report's order.
fn unique_id(finding: &Finding, seen: &mut BTreeMap<String, u32>) -> String {
    let fingerprint = finding.fingerprint.as_str();
    let count = seen.entry(fingerprint.to_owned()).or_default();
    *count += 1;
    let digits = match *count {
        1 => fingerprint.to_owned(),
        nth => {
            let again = FingerprintBuilder::new(&finding.rule)
                .part(fingerprint.as_bytes())
                .part(&nth.to_le_bytes());
            again.finish().to_string()
        }
    };
    let mut id = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

/// The rule first: the primary identifier decides what GitLab takes for the same kind of problem.
fn identifiers(finding: &Finding) -> Vec<Value> {
    let mut identifiers =
        vec![json!({ "type": "bartizan_rule", "name": finding.rule, "value": finding.rule })];
    for cwe in &finding.cwe {
        let number = cwe.trim_start_matches("CWE-");
        let mut identifier = json!({ "type": "cwe", "name": cwe, "value": number });
        if let (true, Value::Object(map)) = (number.bytes().all(|b| b.is_ascii_digit()), &mut identifier) {
            map.insert(
                "url".to_owned(),
                json!(format!("https://cwe.mitre.org/data/definitions/{number}.html")),
            );
        }
        if !number.is_empty() {
            identifiers.push(identifier);
        }
    }
    for id in finding.ids.iter().filter(|id| !id.is_empty()) {
        let kind = id.split('-').next().unwrap_or("advisory").to_lowercase();
        identifiers.push(json!({ "type": kind, "name": id, "value": id }));
    }
    identifiers
}

fn tracking(finding: &Finding) -> Value {
    let mut item = json!({
        "signatures": [{ "algorithm": "bartizan_v1", "value": finding.fingerprint }],
    });
    if let (Some(at), Value::Object(map)) = (finding.primary(), &mut item) {
        map.insert("file".to_owned(), json!(at.path));
        map.insert("start_line".to_owned(), json!(at.line));
        map.insert("end_line".to_owned(), json!(at.end_line));
    }
    json!({ "type": "source", "items": [item] })
}

fn messages(report: &Report) -> Vec<Value> {
    let message = |level: &str, text: &str| json!({ "level": level, "value": text::lines(text) });
    let level = |required: bool| if required { "fatal" } else { "warn" };
    let mut messages = Vec::new();
    for check in &report.checks {
        let why = match &check.status {
            CheckStatus::Ran | CheckStatus::NotApplicable { .. } => continue,
            CheckStatus::Partial { errors } => format!("ran in part: {}", errors.join("; ")),
            CheckStatus::Skipped { reason } => format!("skipped: {reason}"),
            CheckStatus::Failed { error } => format!("failed: {error}"),
        };
        messages.push(message(
            level(check.required),
            &format!("check {} {why}", check.check),
        ));
    }
    for skipped in &report.skipped {
        let text = format!("not looked at: {}: {}", skipped.path, skipped.reason);
        messages.push(message(level(skipped.required), &text));
    }
    let waived = report
        .findings
        .iter()
        .filter(|finding| finding.is_waived())
        .count();
    if waived > 0 {
        messages.push(message(
            "info",
            &format!("{} waived", text::counted(waived as u64, "finding")),
        ));
    }
    if let Some(known) = describe_known(&report.stats) {
        messages.push(message("info", &known));
    }
    let verdict = match &report.verdict {
        Verdict::Allow => ("info", "verdict: allow".to_owned()),
        Verdict::Deny { reasons } => ("info", format!("verdict: deny: {}", reasons.join("; "))),
        Verdict::Unknown { cause } => ("fatal", format!("verdict: unknown: {cause}")),
    };
    messages.push(message(verdict.0, &verdict.1));
    messages
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

fn without_zone(at: Timestamp) -> String {
    at.to_string().trim_end_matches('Z').to_owned()
}

/// At most `limit` characters.
fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit.saturating_sub(1)) {
        Some((at, _)) if text.chars().count() > limit => format!("{}…", text.get(..at).unwrap_or("")),
        _ => text.to_owned(),
    }
}
