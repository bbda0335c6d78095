//! Bills of materials say what the inventory holds, the same for the same content, and what it does not hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use bartizan_model::{CheckStatus, Report, Timestamp};
use bartizan_report::{Format, render_bill_statement};
use serde_json::Value;
use std::collections::BTreeSet;

fn bill(format: Format, report: &Report) -> Value {
    serde_json::from_str(&common::rendered(format, report)).unwrap()
}

fn statement(form: Format, report: &Report) -> std::io::Result<Value> {
    let mut out = Vec::new();
    render_bill_statement(form, report, &mut out)?;
    Ok(serde_json::from_slice(&out).unwrap())
}

#[test]
fn two_runs_over_the_same_content_differ_in_the_time_alone() {
    let report = common::inventory();
    let mut later = common::inventory();
    later.started = Timestamp::from_unix_seconds(1_900_000_000);
    later.stats.seconds = 9.0;
    for format in [Format::Cyclonedx, Format::Spdx] {
        let earlier = common::rendered(format, &report);
        assert_eq!(earlier, common::rendered(format, &report));
        let moved = earlier.replace(&report.started.to_string(), &later.started.to_string());
        assert_eq!(moved, common::rendered(format, &later), "{format}");
    }
}

#[test]
fn the_serial_number_changes_with_the_content_and_is_a_uuid_of_version_8() {
    let report = common::inventory();
    let mut other = common::inventory();
    other.components[0].licenses = vec!["ISC".into()];
    let serial = |report| {
        bill(Format::Cyclonedx, report)["serialNumber"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let name = serial(&report);
    assert_ne!(name, serial(&other));
    let groups: Vec<&str> = name.strip_prefix("urn:uuid:").unwrap().split('-').collect();
    assert_eq!(
        groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
    assert!(
        groups[2].starts_with('8') && groups[3].starts_with(['8', '9', 'a', 'b']),
        "{name}"
    );
}

#[test]
fn every_dependency_of_cyclonedx_names_a_component_of_the_same_document() {
    let mut report = common::inventory();
    report.components.retain(|component| component.name != "leaf");
    let bill = bill(Format::Cyclonedx, &report);
    let mut known: BTreeSet<&str> = bill["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["bom-ref"].as_str().unwrap())
        .collect();
    known.insert("target");
    for one in bill["dependencies"].as_array().unwrap() {
        assert!(known.contains(one["ref"].as_str().unwrap()));
        for on in one["dependsOn"].as_array().unwrap() {
            assert!(known.contains(on.as_str().unwrap()), "{on}");
        }
    }
}

#[test]
fn licences_are_identifiers_expressions_or_names() {
    let cyclonedx = bill(Format::Cyclonedx, &common::inventory());
    let of = |name: &str| {
        let all = cyclonedx["components"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["licenses"].clone()
    };
    assert_eq!(of("app"), serde_json::json!([{ "license": { "id": "MIT" } }]));
    assert_eq!(
        of("leaf"),
        serde_json::json!([{ "expression": "Apache-2.0 OR MIT" }])
    );
    assert_eq!(
        of("tool"),
        serde_json::json!([{ "license": { "name": "SEE LICENSE IN LICENSE.txt" } }])
    );
    let spdx = bill(Format::Spdx, &common::inventory());
    let infos = spdx["hasExtractedLicensingInfos"].as_array().unwrap();
    assert_eq!(infos.len(), 1);
    let tool = spdx["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "tool")
        .unwrap();
    assert_eq!(tool["licenseDeclared"], infos[0]["licenseId"]);
}

#[test]
fn relationships_of_spdx_describe_the_target_and_tell_development_from_the_rest() {
    let spdx = bill(Format::Spdx, &common::inventory());
    let id = |name: &str| {
        let all = spdx["packages"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["SPDXID"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let relations: BTreeSet<String> = spdx["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one["spdxElementId"].as_str().unwrap(),
                one["relationshipType"].as_str().unwrap(),
                one["relatedSpdxElement"].as_str().unwrap()
            )
        })
        .collect();
    for expected in [
        "SPDXRef-DOCUMENT DESCRIBES SPDXRef-Target".to_owned(),
        format!("SPDXRef-Target DEPENDS_ON {}", id("@acme/app")),
        format!("{} DEV_DEPENDENCY_OF SPDXRef-Target", id("tool")),
        format!("{} DEPENDS_ON {}", id("tool"), id("leaf")),
        format!("SPDXRef-Target CONTAINS {}", id("libssl3")),
    ] {
        assert!(
            relations.contains(&expected),
            "{expected} is missing from {relations:#?}"
        );
    }
}

#[test]
fn an_inventory_that_missed_something_says_so_in_the_document() {
    let mut report = common::inventory();
    let complete = common::rendered(Format::Cyclonedx, &report) + &common::rendered(Format::Spdx, &report);
    assert!(!complete.contains("not complete") && !complete.contains("incomplete"));
    report.checks[0].status = CheckStatus::Partial {
        errors: vec!["yarn.lock: version 9".into()],
    };
    let cyclonedx = bill(Format::Cyclonedx, &report);
    assert_eq!(cyclonedx["compositions"][0]["aggregate"], "incomplete");
    assert_eq!(
        cyclonedx["metadata"]["properties"][0]["value"],
        "yarn.lock: version 9"
    );
    let comment = bill(Format::Spdx, &report)["creationInfo"]["comment"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(comment.contains("yarn.lock: version 9"), "{comment}");
}

#[test]
fn a_statement_carries_the_bill_under_the_predicate_type_of_its_form() {
    let report = common::inventory();
    for (form, kind) in [
        (Format::Cyclonedx, "https://cyclonedx.org/bom"),
        (Format::Spdx, "https://spdx.dev/Document"),
    ] {
        let statement = statement(form, &report).unwrap();
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(statement["predicateType"], kind);
        assert_eq!(statement["subject"][0]["digest"]["sha256"], "cd".repeat(32));
        assert_eq!(statement["predicate"], bill(form, &report));
    }
    let mut nameless = common::inventory();
    nameless.target.sha256 = None;
    assert!(statement(Format::Cyclonedx, &nameless).is_err());
    assert!(statement(Format::Sarif, &report).is_err());
}
