//! VEX documents: read, and applied to findings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use bartizan_model::{
    AssetId, Confidence, Finding, FingerprintBuilder, ImageIdentity, PackageUrl, Severity, WaiverOrigin,
};
use bartizan_supply::vex::{Document, Status, VexError, apply, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn openvex(statements: Value) -> Vec<u8> {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "urn:uuid:1",
        "author": "Harbour",
        "timestamp": "2027-01-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    })
    .to_string()
    .into_bytes()
}

fn not_affected(products: Value) -> Value {
    json!({
        "vulnerability": { "name": "CVE-2027-1", "aliases": ["GHSA-2222-3333-4444"] },
        "products": products,
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "only the server uses it",
    })
}

fn finding(purl: &str, id: &str) -> Finding {
    let mut finding = Finding::new(
        "supply/vulnerable-package",
        (Severity::High, Confidence::High),
        FingerprintBuilder::new("x").part(purl.as_bytes()).finish(),
        AssetId::from_text(purl),
    );
    finding.ids = vec![id.to_owned()];
    finding
}

fn purl(text: &str) -> PackageUrl {
    PackageUrl::parse(text).unwrap()
}

/// Applies one document to one finding.
fn applied(document: &[u8], finding: Finding, target: Option<&str>, components: &[&str]) -> Finding {
    let document: Document = read(document).unwrap();
    let mut findings = [finding];
    let image = target.map(|digest| ImageIdentity {
        digest: digest.to_owned(),
        names: vec!["registry.example/acme/harbour:1".to_owned()],
        platform: "linux/amd64".to_owned(),
        ..ImageIdentity::default()
    });
    let components: Vec<PackageUrl> = components.iter().map(|text| purl(text)).collect();
    let components: Vec<&PackageUrl> = components.iter().collect();
    let waived = apply(
        &[("a.json".to_owned(), document)],
        &mut findings,
        image.as_ref(),
        &components,
    );
    let [finding] = findings;
    assert_eq!(waived == 1, finding.is_waived());
    finding
}

#[test]
fn a_statement_waives_the_finding_that_it_is_about_by_any_of_its_ids() {
    let document = openvex(json!([not_affected(json!([{ "@id": "pkg:npm/left@1.0.0" }]))]));
    for id in ["CVE-2027-1", "GHSA-2222-3333-4444"] {
        let waiver = applied(&document, finding("pkg:npm/left@1.0.0", id), None, &[])
            .waiver
            .unwrap();
        assert_eq!(
            waiver.reason,
            "not affected: vulnerable_code_not_in_execute_path: only the server uses it"
        );
        assert_eq!(waiver.vex.as_deref(), Some("vulnerable_code_not_in_execute_path"));
        assert_eq!(waiver.owner.as_deref(), Some("Harbour"));
        let origin = WaiverOrigin::Vex {
            path: "a.json".to_owned(),
            statement: 1,
            fixed: false,
        };
        assert_eq!(waiver.origin, origin);
    }
    for (other, id) in [
        ("pkg:npm/left@1.0.1", "CVE-2027-1"),
        ("pkg:npm/right@1.0.0", "CVE-2027-1"),
        ("pkg:pypi/left@1.0.0", "CVE-2027-1"),
        ("pkg:npm/%40acme/left@1.0.0", "CVE-2027-1"),
        ("pkg:npm/left@1.0.0", "CVE-2027-2"),
    ] {
        assert!(
            !applied(&document, finding(other, id), None, &[]).is_waived(),
            "{other} {id}"
        );
    }
}

#[test]
fn a_product_without_a_version_means_every_version_and_qualifiers_narrow() {
    let waives = |product: &str, actual: &str| {
        let document = openvex(json!([not_affected(
            json!([{ "identifiers": { "purl": product } }])
        )]));
        applied(&document, finding(actual, "CVE-2027-1"), None, &[]).is_waived()
    };
    assert!(waives("pkg:npm/left", "pkg:npm/left@3"));
    assert!(waives("pkg:deb/debian/x@1", "pkg:deb/debian/x@1?arch=amd64"));
    assert!(waives(
        "pkg:deb/debian/x@1?arch=amd64",
        "pkg:deb/debian/x@1?arch=amd64&distro=debian-12"
    ));
    assert!(!waives(
        "pkg:deb/debian/x@1?arch=arm64",
        "pkg:deb/debian/x@1?arch=amd64"
    ));
    assert!(waives(
        "pkg:npm/left@1?repository_url=https://x.example",
        "pkg:npm/left@1"
    ));
}

#[test]
fn a_statement_about_parts_of_a_product_is_not_about_the_rest_nor_about_other_products() {
    let product = json!([{
        "@id": "pkg:oci/harbour@sha256:aa",
        "subcomponents": [{ "@id": "pkg:npm/left@1.0.0" }],
    }]);
    let document = openvex(json!([not_affected(product)]));
    let waives = |actual, target| applied(&document, finding(actual, "CVE-2027-1"), target, &[]).is_waived();
    assert!(waives("pkg:npm/left@1.0.0", None));
    assert!(waives("pkg:npm/left@1.0.0", Some("sha256:aa")));
    assert!(!waives("pkg:npm/left@1.0.0", Some("sha256:bb")));
    assert!(!waives("pkg:npm/right@1.0.0", Some("sha256:aa")));
    // The product itself as a whole.
    let document = openvex(json!([not_affected(
        json!([{ "@id": "pkg:oci/harbour@sha256:aa" }])
    )]));
    let left = finding("pkg:npm/left@1.0.0", "CVE-2027-1");
    assert!(applied(&document, left.clone(), Some("sha256:aa"), &[]).is_waived());
    assert!(!applied(&document, left, None, &[]).is_waived());
    // A name without a digest, with a tag, and of another image.
    for (product, is_it) in [
        ("pkg:oci/harbour", true),
        ("pkg:oci/harbour?tag=1", true),
        ("pkg:oci/harbour?tag=2", false),
        ("pkg:docker/harbour@1", true),
        ("pkg:oci/other", false),
        (
            "pkg:oci/harbour?repository_url=registry.example/acme/harbour",
            true,
        ),
        (
            "pkg:oci/harbour?repository_url=registry.example/other/harbour",
            false,
        ),
    ] {
        let document = openvex(json!([not_affected(json!([{ "@id": product }]))]));
        let left = finding("pkg:npm/left@1.0.0", "CVE-2027-1");
        assert_eq!(
            applied(&document, left, Some("sha256:aa"), &[]).is_waived(),
            is_it,
            "{product}"
        );
    }
}

#[test]
fn the_latest_statement_prevails_and_one_that_does_not_waive_is_evidence() {
    let product = json!([{ "@id": "pkg:npm/left@1.0.0" }]);
    let mut first = not_affected(product.clone());
    first["timestamp"] = json!("2027-01-05T00:00:00Z");
    let later = json!({
        "vulnerability": { "name": "CVE-2027-1" },
        "products": product,
        "status": "affected",
        "action_statement": "wait for 1.2",
        "timestamp": "2027-01-06T00:00:00Z",
    });
    let left = || finding("pkg:npm/left@1.0.0", "CVE-2027-1");
    for order in [json!([first, later]), json!([later, first])] {
        let finding = applied(&openvex(order), left(), None, &[]);
        assert!(!finding.is_waived());
        let last = &finding.evidence.last().unwrap().message;
        assert!(last.ends_with("says affected: wait for 1.2"), "{last}");
    }
    let mut fixed = later.clone();
    fixed["status"] = json!("fixed");
    fixed["timestamp"] = json!("2027-01-07T00:00:00Z");
    let finding = applied(&openvex(json!([later, fixed])), left(), None, &[]);
    let waiver = finding.waiver.unwrap();
    assert!(matches!(waiver.origin, WaiverOrigin::Vex { fixed: true, .. }));
    assert!(waiver.reason.starts_with("fixed"));
}

#[test]
fn cyclonedx_says_the_same_in_its_own_words() {
    let bom = |analysis: Value, reference: &str| {
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "metadata": { "timestamp": "2027-01-01T00:00:00Z", "supplier": { "name": "Harbour" } },
            "components": [{ "type": "library", "name": "x", "components": [
                { "type": "library", "bom-ref": "a", "name": "left", "purl": "pkg:npm/left@1.0.0" }
            ] }],
            "vulnerabilities": [
                { "id": "CVE-2027-1", "analysis": analysis, "affects": [{ "ref": reference }] },
                { "id": "CVE-2027-2", "affects": [{ "ref": reference }] },
            ],
        })
        .to_string()
        .into_bytes()
    };
    let left = || finding("pkg:npm/left@1.0.0", "CVE-2027-1");
    let said = json!({ "state": "not_affected", "justification": "code_not_reachable", "detail": "unused" });
    for reference in [
        "a",
        "pkg:npm/left@1.0.0",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/left@1.0.0",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Fleft%401.0.0",
    ] {
        let waiver = applied(&bom(said.clone(), reference), left(), None, &[])
            .waiver
            .unwrap();
        assert_eq!(
            waiver.vex.as_deref(),
            Some("vulnerable_code_not_in_execute_path"),
            "{reference}"
        );
        assert_eq!(waiver.owner.as_deref(), Some("Harbour"));
    }
    let states = [
        ("false_positive", Status::NotAffected),
        ("exploitable", Status::Affected),
        ("resolved", Status::Fixed),
        ("in_triage", Status::UnderInvestigation),
    ];
    for (state, status) in states {
        let document = read(&bom(json!({ "state": state }), "a")).unwrap();
        assert_eq!(document.statements.len(), 1, "what has no analysis says nothing");
        assert_eq!(document.statements[0].status, status);
    }
    let document = read(&bom(json!({ "state": "no_idea" }), "a")).unwrap();
    assert!(document.statements.is_empty() && document.problems[0].contains("no_idea"));
    let document = read(&bom(said, "nowhere")).unwrap();
    assert!(document.statements.is_empty() && document.problems[0].contains("nowhere"));
}

#[test]
fn statements_that_are_not_understood_are_told_and_say_nothing() {
    let product = json!([{ "@id": "pkg:npm/left@1.0.0" }]);
    for (statement, says) in [
        (
            json!({ "products": product, "status": "fixed" }),
            "no vulnerability",
        ),
        (
            json!({ "vulnerability": { "name": "CVE-1" }, "products": product, "status": "fine" }),
            "`fine`",
        ),
        (
            json!({ "vulnerability": { "name": "CVE-1" }, "products": product, "status": "not_affected" }),
            "neither a justification nor an impact_statement",
        ),
        (
            json!({ "vulnerability": { "name": "CVE-1" }, "status": "fixed" }),
            "no product",
        ),
        (
            json!({ "vulnerability": { "name": "CVE-1" }, "status": "fixed", "products": [{ "@id": "https://x.example" }] }),
            "is no package URL",
        ),
        (
            json!({ "vulnerability": { "name": "CVE-1" }, "status": "fixed",
                "products": [{ "@id": "pkg:npm/a", "subcomponents": [{ "@id": "left" }] }] }),
            "`left` is no package URL",
        ),
    ] {
        let document = read(&openvex(json!([statement]))).unwrap();
        assert!(document.statements.is_empty(), "{says}");
        assert!(
            document.problems.iter().any(|problem| problem.contains(says)),
            "{:?}",
            document.problems
        );
    }
    assert!(!read(&openvex(json!([]))).unwrap().problems.is_empty());
    assert!(matches!(read(b"{"), Err(VexError::NoJson(_))));
    for other in [
        "{}",
        "[]",
        "null",
        r#"{"bomFormat":"CycloneDX"}"#,
        r#"{"@context":"https://x.example"}"#,
    ] {
        assert_eq!(read(other.as_bytes()), Err(VexError::NoVex), "{other}");
    }
}

#[test]
fn the_older_form_with_plain_texts_is_read() {
    let document = openvex(json!([{
        "vulnerability": "CVE-2027-1",
        "products": ["pkg:npm/left@1.0.0"],
        "status": "not_affected",
        "justification": "component_not_present",
    }]));
    assert!(applied(&document, finding("pkg:npm/left@1.0.0", "CVE-2027-1"), None, &[]).is_waived());
}

proptest! {
    #[test]
    fn a_document_that_is_cut_is_an_error(end in 0_usize..400) {
        let whole = openvex(json!([not_affected(json!([{ "@id": "pkg:npm/left@1.0.0" }]))]));
        prop_assume!(end < whole.len());
        prop_assert!(read(&whole[..end]).is_err());
    }
}
