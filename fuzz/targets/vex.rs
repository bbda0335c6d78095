//! VEX documents come from anywhere: reading ends, and what a document says nothing about is left as it is.

#![no_main]

use bartizan_model::{AssetId, Confidence, Finding, FingerprintBuilder, Severity};
use bartizan_supply::vex::{apply, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = read(bytes) else { return };
    let mut finding = Finding::new(
        "supply/vulnerable-package",
        (Severity::High, Confidence::High),
        FingerprintBuilder::new("x").finish(),
        AssetId::from_text("pkg:npm/left@1.0.0"),
    );
    finding.ids = vec!["CVE-2027-1".to_owned()];
    let is_named = |id: &String| id == "CVE-2027-1";
    let speaks = document.statements.iter().any(|statement| statement.ids.iter().any(is_named));
    let before = finding.clone();
    let mut findings = [finding];
    let waived = apply(&[("x".to_owned(), document)], &mut findings, None, &[]);
    assert_eq!(waived == 1, findings[0].is_waived());
    assert!(speaks || findings[0] == before);
});
