//! `-o sarif`: SARIF 2.1.0, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! Columns are characters (`unicodeCodePoints`). Ours are bytes, so a column is given only where the snippet allows it
//! to be converted; elsewhere the region is whole lines, which SARIF defines as the meaning of a missing column.

mod fixes;
mod results;
mod rules;

use crate::json::{Each, write_pretty};
use crate::{Context, text};
use bartizan_model::{CheckRun, CheckStatus, Report, Skipped, Target, Timestamp};
use rules::Rules;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The base that result paths are relative to: the root of what was scanned.
const ROOT: &str = "%SRCROOT%";

/// Notifications of the scan's own health: id and meaning.
const NOTIFICATIONS: [(&str, &str); 5] = [
    ("scan/skipped", "Something was not looked at, or not fully."),
    (
        "scan/check-partial",
        "A check failed on a part of what it wanted.",
    ),
    ("scan/check-skipped", "A check did not run."),
    ("scan/check-failed", "A check broke."),
    (
        "scan/baseline",
        "Findings were left out because the baseline knows them.",
    ),
];

/// One log with one run.
pub(crate) fn render(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::of(report, context);
    write_pretty(
        &Log {
            run: [Run { report, rules }],
        },
        out,
    )
}

struct Log<'a> {
    run: [Run<'a>; 1],
}

impl Serialize for Log<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("$schema", "https://json.schemastore.org/sarif-2.1.0.json")?;
        map.serialize_entry("version", "2.1.0")?;
        map.serialize_entry("runs", &self.run)?;
        map.end()
    }
}

struct Run<'a> {
    report: &'a Report,
    rules: Rules<'a>,
}

impl Serialize for Run<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.report;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("tool", &self.tool())?;
        map.serialize_entry("invocations", &[invocation(report)])?;
        if let Some(taxonomy) = self.rules.taxonomy() {
            map.serialize_entry("taxonomies", &[taxonomy])?;
        }
        map.serialize_entry(
            "originalUriBaseIds",
            &json!({ ROOT: { "description": { "text": "The root of what was scanned." } } }),
        )?;
        if let Some(provenance) = provenance(&report.target) {
            map.serialize_entry("versionControlProvenance", &[provenance])?;
        }
        map.serialize_entry("columnKind", "unicodeCodePoints")?;
        let result = |finding: &_| Some(results::result(finding, &self.rules));
        map.serialize_entry("results", &Each(&report.findings, result))?;
        map.serialize_entry("properties", &properties(report))?;
        map.end()
    }
}

impl Run<'_> {
    fn tool(&self) -> Value {
        let notifications: Vec<Value> = NOTIFICATIONS
            .iter()
            .map(|(id, meaning)| json!({ "id": id, "shortDescription": { "text": meaning } }))
            .collect();
        let mut driver = json!({
            "name": self.report.tool.name,
            "version": self.report.tool.version,
            "semanticVersion": self.report.tool.version,
            "rules": self.rules.descriptors(),
            "notifications": notifications,
        });
        if self.rules.taxonomy().is_some() {
            insert(
                &mut driver,
                "supportedTaxonomies",
                json!([{ "name": "CWE", "index": 0 }]),
            );
        }
        json!({ "driver": driver })
    }
}

/// The revision that was scanned (§3.23). SARIF requires the address of the repository: without one there is nothing.
fn provenance(target: &Target) -> Option<Value> {
    let mut provenance = json!({ "repositoryUri": target.repository.as_ref()? });
    if let Some(commit) = &target.commit {
        insert(&mut provenance, "revisionId", json!(commit));
    }
    if let Some(branch) = &target.branch {
        insert(&mut provenance, "branch", json!(text::lines(branch)));
    }
    // What git holds has paths from the root of the repository; a directory may be any part of a work tree.
    if target.kind.starts_with("git-") {
        insert(&mut provenance, "mappedTo", json!({ "uriBaseId": ROOT }));
    }
    Some(provenance)
}

/// What a run says besides: the verdict, the totals and the target.
fn properties(report: &Report) -> Value {
    json!({
        "verdict": report.verdict,
        "target": report.target,
        "stats": report.stats,
        "rulesDigest": report.tool.rules_digest,
        "checks": report.checks,
    })
}

fn invocation(report: &Report) -> Value {
    let mut notifications: Vec<Value> = report.checks.iter().filter_map(check_notification).collect();
    notifications.extend(report.skipped.iter().map(skip_notification));
    notifications.extend(crate::summary::describe_known(&report.stats).map(|text| {
        json!({ "descriptor": { "id": "scan/baseline" }, "level": "note", "message": { "text": text } })
    }));
    let is_broken = report
        .checks
        .iter()
        .any(|check| matches!(check.status, CheckStatus::Failed { .. }));
    let exit_code = report.verdict.exit_code();
    json!({
        "executionSuccessful": !is_broken && exit_code != 4,
        "exitCode": exit_code,
        "exitCodeDescription": report.verdict.as_str(),
        "startTimeUtc": report.started,
        "endTimeUtc": ended(report),
        "toolExecutionNotifications": notifications,
    })
}

/// When the scan ended, to the second.
pub(crate) fn ended(report: &Report) -> Timestamp {
    let seconds = report.stats.seconds.clamp(0.0, 1e9).ceil();
    // Lossless: clamped to whole seconds below 2^30.
    #[allow(clippy::cast_possible_truncation, reason = "clamped above")]
    Timestamp::from_unix_seconds(report.started.unix_seconds().saturating_add(seconds as i64))
}

fn check_notification(check: &CheckRun) -> Option<Value> {
    let (id, why) = match &check.status {
        CheckStatus::Ran | CheckStatus::NotApplicable { .. } => return None,
        CheckStatus::Partial { errors } => ("scan/check-partial", errors.join("\n")),
        CheckStatus::Skipped { reason } => ("scan/check-skipped", reason.clone()),
        CheckStatus::Failed { error } => ("scan/check-failed", error.clone()),
    };
    Some(json!({
        "descriptor": { "id": id },
        "level": if check.required { "error" } else { "warning" },
        "message": { "text": format!("{}: {}", check.check, text::lines(&why)) },
    }))
}

fn skip_notification(skipped: &Skipped) -> Value {
    json!({
        "descriptor": { "id": "scan/skipped" },
        "level": if skipped.required { "error" } else { "warning" },
        "message": { "text": text::lines(&skipped.reason) },
        "locations": [{ "physicalLocation": { "artifactLocation": results::artifact(&skipped.path) } }],
    })
}

/// Sets `key` of an object.
fn insert(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}
