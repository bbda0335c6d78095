//! Statements to send.

use serde_json::{Value, json};

pub(crate) const BILL: &str = "https://cyclonedx.org/bom";
pub(crate) const SCAN: &str = "https://in-toto.io/attestation/test-result/v0.1";

pub(crate) fn statement(kind: &str, name: &str, predicate: &Value) -> Vec<u8> {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": name, "digest": { "sha256": "00".repeat(32) } }],
        "predicateType": kind,
        "predicate": predicate,
    })
    .to_string()
    .into_bytes()
}

/// Something small that no other number gives: a bill, a scan or an observation.
pub(crate) fn any(number: u64) -> Vec<u8> {
    match number % 3 {
        0 => bill(number, 3),
        1 => scan(&format!("repo:example.com/{}", number % 7), number, "high"),
        _ => statement(
            "https://example.com/observation/v1",
            "host:one",
            &json!({ "number": number }),
        ),
    }
}

/// A bill of so many components, some of which others share.
pub(crate) fn bill(number: u64, components: u64) -> Vec<u8> {
    let purl = |at: u64| format!("pkg:npm/part-{at}@1.0.{}", (number / 3 + at) % 5);
    let components: Vec<Value> = (0..components)
        .map(|at| json!({ "type": "library", "bom-ref": purl(at), "name": format!("part-{at}"), "purl": purl(at) }))
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": number,
        "components": components, "dependencies": [{ "ref": purl(0), "dependsOn": [purl(1)] }],
    });
    statement(BILL, &format!("image:example.com/{}", number % 7), &document)
}

/// A scan with one finding that is always there and one of its own.
pub(crate) fn scan(asset: &str, number: u64, severity: &str) -> Vec<u8> {
    let finding = |number: u64| {
        json!({
            "rule": "leak/token", "check": "leak/credentials", "severity": severity, "confidence": "high",
            "title": "A credential in source code", "message": format!("number {number}"),
            "fingerprint": format!("{number:032x}"), "asset": "file:a.py",
            "locations": [{ "path": "a.py", "line": 7, "column": 3, "end_line": 7, "end_column": 40 }],
            "evidence": [], "cwe": ["CWE-798"], "ids": [], "controls": [],
            "fix": { "description": "revoke it" }, "waiver": null,
            "snippet": { "first_line": 7, "lines": ["x"], "highlight": [0, 1] },
        })
    };
    let report = json!({
        "schema": "bartizan/report/v1", "tool": { "name": "bartizan", "version": "0", "rules_digest": "00".repeat(32) },
        "target": { "name": ".", "kind": "dir", "asset": asset, "branch": "main" },
        "started": "2026-11-25T10:00:00Z", "verdict": { "decision": "deny", "reasons": ["x"] },
        "findings": [finding(0), finding(number + 1)], "components": [],
        "checks": [{ "check": "leak/credentials", "status": "ran", "required": true, "files": 9, "findings": 2 }],
        "skipped": [], "stats": { "files": 9, "cached": 0, "bytes": 9, "seconds": 1.0 },
    });
    statement(
        SCAN,
        ".",
        &json!({ "result": "FAILED", "https://bartizan.dev/report/v1": report }),
    )
}

/// Text that no compression makes shorter.
pub(crate) fn noise(length: usize, mut state: u64) -> String {
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b' ' + (state >> 58) as u8 + 32)
    })
    .filter(|letter| *letter != '\\' && *letter != '\u{7f}')
    .take(length)
    .collect()
}
