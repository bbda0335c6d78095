//! Every format with a published schema is validated against it, for ordinary, empty, incomplete and hostile reports.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod common;

use bartizan_model::{CheckStatus, Report, Severity, Verdict, WaiverOrigin};
use bartizan_report::Format;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn reports() -> Vec<(&'static str, Report)> {
    let mut history = common::ordinary();
    history.target.kind = "git-history".into();
    history.target.commit = Some("ab".repeat(20));
    for finding in &mut history.findings {
        finding.locations[0].commit = Some("ef".repeat(20));
        finding.ids = vec!["CVE-2027-0001".into()];
        finding.due = Some(history.started);
        finding.first_seen = Some(history.started);
        if let Some(waiver) = &mut finding.waiver {
            waiver.origin = WaiverOrigin::File {
                path: "bartizan.waivers.toml".into(),
                entry: 1,
            };
        }
    }
    let mut without_place = common::ordinary();
    for finding in &mut without_place.findings {
        finding.locations.clear();
        finding.snippet = None;
    }
    let mut fixable = common::ordinary();
    fixable.target.commit = Some("ab".repeat(20));
    fixable.target.repository = Some("ssh://git@git.example/acme/app.git".into());
    fixable.target.branch = Some("main".into());
    fixable.stats.known = 7;
    fixable.findings[0].fix = Some(common::fix(&[(12, 1, 12, 12), (13, 1, 14, 1)]));
    let mut stranger = common::ordinary();
    for finding in &mut stranger.findings {
        finding.rule = "code/sql-injection".into();
        finding.snippet = None;
    }
    stranger.checks = vec![common::ran("code/sql", 3)];
    let mut incomplete = common::inventory();
    incomplete.checks[0].status = CheckStatus::Partial {
        errors: vec!["yarn.lock: version 9 is not known".into()],
    };
    vec![
        ("ordinary", common::ordinary()),
        ("empty", common::empty()),
        ("unknown", common::unknown()),
        ("hostile", common::hostile()),
        ("history", history),
        ("without place", without_place),
        ("fixable", fixable),
        ("rules without a manual", stranger),
        ("inventory", common::inventory()),
        ("incomplete inventory", incomplete),
        ("remediable", common::remediable()),
        ("spoken of", common::spoken_of()),
    ]
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(path: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join(path)).expect(path);
    // The schema of SARIF holds one pattern with a stray bracket, which is no regular expression in Unicode mode.
    let text = text.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&text).expect(path);
    jsonschema::validator_for(&schema).expect(path)
}

fn assert_valid(validator: &jsonschema::Validator, document: &Value, name: &str) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
}

fn assert_all_valid(format: Format, path: &str) {
    let validator = schema(path);
    for (name, report) in reports() {
        let document: Value = serde_json::from_str(&common::rendered(format, &report)).expect(name);
        assert_valid(&validator, &document, name);
    }
}

#[test]
fn openvex_follows_the_published_schema_wherever_there_is_a_statement_to_make() {
    let validator = schema("content/schema/third-party/openvex-0.2.0.json");
    for (name, report) in reports() {
        let document: Value = serde_json::from_str(&common::rendered(Format::Openvex, &report)).expect(name);
        let about_packages = report
            .findings
            .iter()
            .filter(|finding| finding.asset.as_str().starts_with("pkg:"));
        let statements = document["statements"].as_array().expect(name);
        assert_eq!(statements.len(), about_packages.count(), "{name}");
        if !statements.is_empty() {
            assert_valid(&validator, &document, name);
        }
    }
}

#[test]
fn sarif_follows_the_schema_of_oasis() {
    assert_all_valid(Format::Sarif, "content/schema/third-party/sarif-2.1.0.json");
}

#[test]
fn gitlab_reports_follow_what_gitlab_publishes_for_15_1_4() {
    assert_all_valid(
        Format::Gitlab,
        "crates/report/tests/schemas/gitlab-security-report.json",
    );
}

/// GitLab's own schemas, which no package carries: the directory that `BARTIZAN_TEST_GITLAB_SCHEMAS` names holds
/// `secret-detection-report-format.json` and `sast-report-format.json` of any version 15, from `dist/` of
/// <https://gitlab.com/gitlab-org/security-products/security-report-schemas>.
#[test]
#[ignore = "needs GitLab's schemas in the directory BARTIZAN_TEST_GITLAB_SCHEMAS"]
fn gitlab_reports_follow_the_schemas_that_gitlab_itself_publishes() {
    let directory = std::env::var("BARTIZAN_TEST_GITLAB_SCHEMAS").expect("BARTIZAN_TEST_GITLAB_SCHEMAS");
    let read = |kind: &str| {
        let path = Path::new(&directory).join(format!("{kind}-report-format.json"));
        schema(path.to_str().expect("a path in UTF-8"))
    };
    let (secrets, sast) = (read("secret-detection"), read("sast"));
    let mut types = std::collections::BTreeSet::new();
    for (name, report) in reports() {
        let document: Value = serde_json::from_str(&common::rendered(Format::Gitlab, &report)).expect(name);
        let scan = document["scan"]["type"].as_str().expect(name).to_owned();
        assert_valid(if scan == "sast" { &sast } else { &secrets }, &document, name);
        types.insert(scan);
    }
    assert_eq!(
        types.len(),
        2,
        "both kinds of report were held against their schema"
    );
}

#[test]
fn statements_follow_the_in_toto_attestation_framework() {
    assert_all_valid(
        Format::Statement,
        "crates/report/tests/schemas/in-toto-test-result-statement.json",
    );
}

#[test]
fn json_follows_our_own_published_schema_and_reads_back_the_same() {
    assert_all_valid(Format::Json, "content/schema/report-v1.json");
    for (name, report) in reports() {
        let read: Report = serde_json::from_str(&common::rendered(Format::Json, &report)).expect(name);
        assert_eq!(read, report, "{name}");
    }
}

#[test]
fn the_report_inside_a_statement_follows_our_schema() {
    let validator = schema("content/schema/report-v1.json");
    for (name, report) in reports() {
        let statement: Value =
            serde_json::from_str(&common::rendered(Format::Statement, &report)).expect(name);
        assert_valid(
            &validator,
            &statement["predicate"]["https://bartizan.dev/report/v1"],
            name,
        );
    }
}

#[test]
fn the_schemas_refuse_what_they_should_refuse() {
    let mut sarif: Value =
        serde_json::from_str(&common::rendered(Format::Sarif, &common::ordinary())).unwrap();
    sarif["runs"][0]["results"][0]["level"] = "dreadful".into();
    assert!(!schema("content/schema/third-party/sarif-2.1.0.json").is_valid(&sarif));
    let mut gitlab: Value =
        serde_json::from_str(&common::rendered(Format::Gitlab, &common::ordinary())).unwrap();
    gitlab["vulnerabilities"][0]["location"]["commit"].take();
    assert!(!schema("crates/report/tests/schemas/gitlab-security-report.json").is_valid(&gitlab));
    let mut report: Value =
        serde_json::from_str(&common::rendered(Format::Json, &common::ordinary())).unwrap();
    report["findings"][0]["fingerprint"] = "ABC".into();
    assert!(!schema("content/schema/report-v1.json").is_valid(&report));
}

#[test]
fn junit_follows_the_schema_of_the_jenkins_plugin() {
    for (name, report) in reports() {
        assert_valid_xml(&common::rendered(Format::Junit, &report), name);
    }
    let mut many = common::empty();
    many.stats.seconds = 4_321.5;
    many.verdict = Verdict::Deny { reasons: vec![] };
    many.findings = (1..50)
        .map(|line| common::finding("leak/x", Severity::Low, "a", line))
        .collect();
    assert_valid_xml(&common::rendered(Format::Junit, &many), "many");
}

fn assert_valid_xml(document: &str, name: &str) {
    let schema = root().join("content/schema/third-party/junit-10.xsd");
    let mut child = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is needed: install the package libxml2-utils, or run scripts/setup.sh test");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(document.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{name}: {}\n{document}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn bills_of_materials_follow_the_published_schema_of_cyclonedx() {
    let validator = cyclonedx();
    for (name, report) in reports() {
        let bill: Value = serde_json::from_str(&common::rendered(Format::Cyclonedx, &report)).expect(name);
        assert_valid(&validator, &bill, name);
    }
    let mut bill: Value =
        serde_json::from_str(&common::rendered(Format::Cyclonedx, &common::inventory())).unwrap();
    bill["components"][0]["scope"] = "sometimes".into();
    assert!(
        !validator.is_valid(&bill),
        "the schema refuses what it should refuse"
    );
}

fn cyclonedx() -> jsonschema::Validator {
    let read = |name: &str| -> Value {
        let path = root().join("content/schema/third-party").join(name);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut registry = jsonschema::Registry::new();
    for name in ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"] {
        registry = registry
            .add(format!("http://cyclonedx.org/schema/{name}"), read(name))
            .unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .build(&read("bom-1.6.SNAPSHOT.schema.json"))
        .unwrap()
}

/// The specification of SPDX, and with it this schema, is under CC-BY-3.0, which is none of the licences that content of
/// this repository may have.
#[test]
fn bills_of_materials_follow_the_published_schema_of_spdx() {
    let Some(path) = std::env::var_os("BARTIZAN_TEST_SPDX_SCHEMA") else {
        println!("SKIPPED: BARTIZAN_TEST_SPDX_SCHEMA does not name schemas/spdx-schema.json of SPDX 2.3");
        return;
    };
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in reports() {
        let bill: Value = serde_json::from_str(&common::rendered(Format::Spdx, &report)).expect(name);
        assert_valid(&validator, &bill, name);
    }
    let mut bill: Value =
        serde_json::from_str(&common::rendered(Format::Spdx, &common::inventory())).unwrap();
    bill["packages"][0]["filesAnalyzed"] = "perhaps".into();
    assert!(
        !validator.is_valid(&bill),
        "the schema refuses what it should refuse"
    );
}
