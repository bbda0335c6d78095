//! Statements made of random shapes, in which every text is a word of its own that shows up nowhere else.

use bartizan_ledger::statement::{ADVISORIES, CYCLONEDX, STATEMENT_TYPE, TEST_RESULT};
use bartizan_server::ingest::{self, Arrival, Trust};
use bartizan_server::secret;
use bartizan_store::{Store, TenantId};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What a tenant is told.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) reports: Vec<Vec<Found>>,
    pub(crate) verdict: u8,
    pub(crate) components: usize,
}

/// What is found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    severity: usize,
    is_fixable: bool,
    is_of_component: bool,
}

pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let found =
        (0..5_usize, any::<bool>(), any::<bool>()).prop_map(|(severity, is_fixable, is_of_component)| {
            Found {
                severity,
                is_fixable,
                is_of_component,
            }
        });
    let reports = proptest::collection::vec(proptest::collection::vec(found, 1..4), 1..4);
    (reports, 0..3_u8, 0..4_usize).prop_map(|(reports, verdict, components)| Shape {
        reports,
        verdict,
        components,
    })
}

/// Words of one tenant.
#[derive(Debug)]
pub(crate) struct Words {
    tag: String,
    given: u32,
    /// Identities of findings that were given.
    pub(crate) prints: Vec<String>,
}

impl Words {
    pub(crate) fn of(tenant: &str) -> Self {
        let random = bartizan_model::encoding::hex(&secret::random::<4>().unwrap());
        Self {
            tag: format!("{tenant}{random}"),
            given: 0,
            prints: Vec::new(),
        }
    }

    /// What every word begins with.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    pub(crate) fn word(&mut self) -> String {
        self.given += 1;
        format!("{}n{}n", self.tag, self.given)
    }

    fn print(&mut self) -> String {
        let print = bartizan_model::encoding::hex(&secret::random::<16>().unwrap());
        self.prints.push(print.clone());
        print
    }

    fn place(&mut self) -> Value {
        json!({ "path": self.word(), "line": 1, "column": 1, "end_line": 1, "end_column": 2 })
    }
}

const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];

/// A finding, and what closes it.
fn finding(words: &mut Words, found: &Found) -> (Value, Value) {
    let (print, severity) = (words.print(), SEVERITIES[found.severity]);
    let asset = if found.is_of_component {
        format!("pkg:npm/{}@1.0.0", words.word())
    } else {
        format!("file:{}", words.word())
    };
    let fix = found.is_fixable.then(|| json!({ "description": words.word() }));
    let finding = json!({
        "rule": words.word(), "check": words.word(), "severity": severity, "confidence": "high",
        "title": words.word(), "message": words.word(), "fingerprint": print, "asset": asset,
        "locations": [words.place()], "evidence": [{ "message": words.word() }],
        "cwe": [words.word()], "ids": [words.word()], "fix": fix, "waiver": null,
    });
    let remedy = json!({ "description": words.word(), "severity": severity, "closes": [print] });
    (finding, remedy)
}

fn statement(words: &mut Words, kind: &str, predicate: &Value) -> Value {
    let digest = bartizan_model::encoding::hex(&secret::random::<32>().unwrap());
    json!({
        "_type": STATEMENT_TYPE,
        "subject": [{ "name": words.word(), "digest": { "sha256": digest } }],
        "predicateType": kind,
        "predicate": predicate,
    })
}

/// The result of a scan.
pub(crate) fn report(words: &mut Words, shape: &Shape, found: &[Found]) -> Value {
    let (mut findings, mut remedies) = (Vec::new(), Vec::new());
    for found in found {
        let (finding, remedy) = finding(words, found);
        findings.push(finding);
        remedies.extend(found.is_fixable.then_some(remedy));
    }
    let verdict = match shape.verdict {
        0 => json!({ "decision": "allow" }),
        1 => json!({ "decision": "deny", "reasons": [words.word()] }),
        _ => json!({ "decision": "unknown", "cause": words.word() }),
    };
    let mut names: Vec<String> = (0..shape.components).map(|_| words.word()).collect();
    names.push("shared".to_owned());
    let mut components = Vec::new();
    for name in names {
        components.push(json!({
            "purl": format!("pkg:npm/{name}@1.0.0"), "name": name, "version": "1.0.0", "scope": "runtime",
            "ecosystem": "npm", "locations": [words.place()], "cataloger": words.word(),
        }));
    }
    let report = json!({
        "schema": "bartizan/report/v1",
        "tool": { "name": words.word(), "version": words.word(), "rules_digest": words.word() },
        "target": {
            "name": words.word(), "kind": "dir", "commit": words.word(), "branch": words.word(),
            "repository": format!("https://{}.example/{}", words.word(), words.word()),
        },
        "started": "2026-03-01T12:00:00Z",
        "verdict": verdict, "findings": findings, "remedies": remedies, "components": components,
        "checks": [
            { "check": words.word(), "status": "failed", "error": words.word(), "required": true, "files": 1, "findings": 0 },
            { "check": words.word(), "status": "ran", "required": true, "files": 1, "findings": 1 },
        ],
        "skipped": [{ "path": words.word(), "reason": words.word(), "required": false }],
        "stats": { "files": 1, "cached": 0, "bytes": 1, "seconds": 0.5 },
    });
    statement(
        words,
        TEST_RESULT,
        &json!({ "result": "FAILED", "https://bartizan.dev/report/v1": report }),
    )
}

/// A bill of materials.
fn bill(words: &mut Words) -> Value {
    let name = words.word();
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [{ "type": "library", "name": name, "version": "1.0.0", "purl": format!("pkg:npm/{name}@1.0.0") }],
    });
    statement(words, CYCLONEDX, &bill)
}

/// An advisory about a component that everybody has.
fn advisory(words: &mut Words) -> Value {
    let records = json!([{
        "id": words.word(), "modified": "2026-03-01T12:00:00Z", "summary": words.word(), "details": words.word(),
        "affected": [{
            "package": { "ecosystem": "npm", "name": "shared" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "1.0.1" }] }],
        }],
    }]);
    statement(words, ADVISORIES, &records)
}

/// Tells a tenant all of it; out comes how many findings were opened.
pub(crate) fn tell(
    store: &Store,
    tenant: TenantId,
    (by, at): (&str, i64),
    shape: &Shape,
    words: &mut Words,
) -> u64 {
    let mut statements: Vec<Value> = shape
        .reports
        .iter()
        .map(|found| report(words, shape, found))
        .collect();
    statements.push(bill(words));
    statements.push(advisory(words));
    let opened: Vec<u64> = statements
        .iter()
        .map(|statement| {
            let body = statement.to_string().into_bytes();
            let arrival = Arrival {
                body: &body,
                statement: &body,
                trust: Trust::Authenticated,
                by,
                at,
            };
            ingest::take(store, tenant, &arrival).unwrap().effect.opened
        })
        .collect();
    // The advisory speaks of what every report has.
    assert_eq!(opened.last(), Some(&(shape.reports.len() as u64)));
    opened.iter().sum()
}
