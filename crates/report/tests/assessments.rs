//! Assessments in every format: valid, the same twice, and harmless whatever stands in them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

use bartizan_content::controls;
use bartizan_ledger::compliance::{Evidence, assess, framework, keys};
use bartizan_model::compliance::{
    Assessment, AssetKind, Attestation, ControlStatus, EvidenceFact, FindingState, Requirement, Scope,
    ScopeItem, Shown,
};
use bartizan_model::{AssetId, CheckStatus, Control, FingerprintBuilder, Severity, Timestamp};
use bartizan_report::{AssessmentFormat, render_assessment, render_standing};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;

const NOW: i64 = 1_790_000_000;

fn at(hours_ago: i64) -> Timestamp {
    Timestamp::from_unix_seconds(NOW - hours_ago * 3_600)
}

fn digest(seed: &str) -> String {
    let half = FingerprintBuilder::new(seed).finish();
    format!("sha256:{half}{half}")
}

/// A system with an image and a repository, evidence of some age, a few findings and an attestation. `name` stands wherever a name may.
fn assessment(key: &str, name: &str) -> Assessment {
    let (image, repository) = (format!("image:{name}"), format!("repo:{name}"));
    let item = |asset: &str, kind| ScopeItem {
        asset: AssetId::from_text(asset),
        kind,
    };
    let scope = Scope {
        system: format!("harbour {name}"),
        assets: vec![
            item(&repository, AssetKind::Repository),
            item(&image, AssetKind::Image),
        ],
    };
    let fact = |asset: &str, hours: i64, shows| EvidenceFact {
        asset: AssetId::from_text(asset),
        at: at(hours),
        by: format!("ci {name}"),
        digest: digest(&format!("{asset}{hours}")),
        shows,
    };
    let mut facts = Vec::new();
    for test in controls::tests() {
        for check in test.requires.checks() {
            for asset in [&image, &repository] {
                // The inventory of the repository was not made.
                let status = if check == "supply/inventory" && asset == &repository {
                    CheckStatus::Skipped {
                        reason: format!("asked to {name}"),
                    }
                } else {
                    CheckStatus::Ran
                };
                facts.push(fact(
                    asset,
                    30,
                    Shown::CheckRun {
                        check: check.clone(),
                        status,
                        narrowed: Vec::new(),
                    },
                ));
            }
        }
        if let Requirement::Statement { types } = &test.requires {
            facts.push(fact(
                &image,
                50,
                Shown::Statement {
                    predicate_type: types[0].clone(),
                },
            ));
        }
    }
    let rules = [
        ("image/root-user", Severity::Medium),
        ("leak/aws-key-pair", Severity::Critical),
    ];
    for (rule, severity) in rules {
        facts.push(fact(
            &image,
            30,
            Shown::Finding {
                fingerprint: FingerprintBuilder::new(rule).finish(),
                rule: rule.into(),
                severity,
                title: format!("found in {name}"),
                state: if rule.starts_with("leak/") {
                    FindingState::Waived
                } else {
                    FindingState::Open
                },
                due: Some(at(-200)),
            },
        ));
    }
    facts.push(fact(
        "control-plane:",
        3,
        Shown::Ledger {
            entries: 1_204,
            is_intact: true,
        },
    ));
    facts.push(fact(
        "control-plane:",
        2,
        Shown::SignIn {
            identity: format!("ada {name}"),
            is_person: true,
            second_factor: Some(true),
            granted: true,
        },
    ));
    let attestations: Vec<Attestation> = ["AC-1", "AU-9", "CM-8"]
        .iter()
        .map(|id| Attestation {
            control: Control {
                framework: "NIST-800-53-r5".into(),
                id: (*id).into(),
            },
            statement: format!("we review this each quarter {name}"),
            by: format!("grace@acme.example {name}"),
            at: at(400),
            expires: at(-4_000),
            digest: digest(id),
        })
        .collect();
    let evidence = Evidence {
        facts: &facts,
        totals: None,
        attestations: &attestations,
    };
    assess(
        &framework(key).unwrap(),
        controls::tests(),
        &scope,
        evidence,
        at(0),
    )
}

fn empty(key: &str) -> Assessment {
    let scope = Scope {
        system: String::new(),
        assets: Vec::new(),
    };
    let evidence = Evidence {
        facts: &[],
        totals: None,
        attestations: &[],
    };
    assess(
        &framework(key).unwrap(),
        controls::tests(),
        &scope,
        evidence,
        at(0),
    )
}

const HOSTILE: &str = "</style><script>alert(1)</script>\"'&\n\u{1b}[31m\u{202e}=cmd|' /C calc'!A1,{{ insert: param, x }} [a](javascript:b)";

fn all() -> Vec<(String, Assessment)> {
    let mut all: Vec<(String, Assessment)> = keys()
        .into_iter()
        .map(|key| (key.to_owned(), assessment(key, "sha256:0123")))
        .collect();
    all.push(("hostile".into(), assessment("nist:low", HOSTILE)));
    all.push(("empty".into(), empty("hipaa")));
    all
}

fn rendered(format: AssessmentFormat, assessment: &Assessment) -> String {
    let mut bytes = Vec::new();
    render_assessment(format, assessment, "0.1.0", &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn oscal(assessment: &Assessment) -> Value {
    serde_json::from_str(&rendered(AssessmentFormat::Oscal, assessment)).unwrap()
}

fn assert_valid(schema: &str, name: &str) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut wrong = oscal(&empty("hipaa"));
    wrong["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "manual".into();
    assert!(!validator.is_valid(&wrong), "{name}: the schema refuses nothing");
    for (what, assessment) in all() {
        let document = oscal(&assessment);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .take(5)
            .map(|error| format!("{}: {error:.300}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}, {what}: {}", errors.join("\n"));
    }
}

#[test]
fn oscal_assessment_results_follow_the_published_schema() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../content/schema/third-party/oscal-complete-1.2.3.json");
    assert_valid(&std::fs::read_to_string(file).unwrap(), "1.2.3");
    match std::env::var_os("BARTIZAN_TEST_OSCAL_SCHEMA") {
        Some(file) => assert_valid(&std::fs::read_to_string(file).unwrap(), "given"),
        None => println!("skipped: BARTIZAN_TEST_OSCAL_SCHEMA names no schema of assessment results"),
    }
}

fn standing(assessment: &Assessment, gaps_only: bool) -> String {
    let mut bytes = Vec::new();
    render_standing(assessment, gaps_only, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_said_to_people_steers_no_terminal() {
    let text = standing(&assessment("nist:low", HOSTILE), false);
    assert!(text.contains("alert(1)"));
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']));
    // A line of text is a line: what was scanned begins none of its own.
    assert!(
        !text
            .lines()
            .any(|line| line.starts_with('=') || line.starts_with('['))
    );
}

#[test]
fn gaps_are_every_control_but_those_that_are_satisfied_or_attested() {
    let assessment = assessment("nist:low", "sha256:0123");
    let (all, gaps) = (standing(&assessment, false), standing(&assessment, true));
    for control in &assessment.controls {
        let begins = |text: &str| {
            text.lines().any(|line| {
                line.starts_with("  ") && line.split_whitespace().any(|word| word == control.control.id)
            })
        };
        assert!(begins(&all), "{}", control.control.id);
        let is_done = control.status == ControlStatus::Satisfied
            || control.is_attested() && control.status == ControlStatus::Manual;
        assert_eq!(begins(&gaps), !is_done, "{}", control.control.id);
    }
}

#[test]
fn every_reference_within_oscal_leads_somewhere_and_every_identity_is_given_once() {
    fn walk<'a>(value: &'a Value, given: &mut Vec<&'a str>, asked: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match (name.as_str(), value.as_str()) {
                        ("uuid", Some(text)) => given.push(text),
                        ("href", Some(text)) => asked.extend(text.strip_prefix('#')),
                        (name, Some(text)) if name.ends_with("-uuid") => {
                            asked.insert(text);
                        }
                        _ => walk(value, given, asked),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, given, asked)),
            _ => {}
        }
    }
    for (name, assessment) in all() {
        let document = oscal(&assessment);
        let (mut given, mut asked) = (Vec::new(), BTreeSet::new());
        walk(&document, &mut given, &mut asked);
        let unique: HashSet<&str> = given.iter().copied().collect();
        assert_eq!(unique.len(), given.len(), "{name}");
        for one in asked {
            assert!(unique.contains(one), "{name}: {one}");
        }
    }
}

#[test]
fn oscal_satisfies_no_control_that_is_manual_or_has_no_evidence() {
    for (name, assessment) in all() {
        let document = oscal(&assessment);
        let findings = document["assessment-results"]["results"][0]["findings"]
            .as_array()
            .unwrap();
        assert_eq!(findings.len(), assessment.controls.len(), "{name}");
        for (finding, control) in findings.iter().zip(&assessment.controls) {
            let satisfied = finding["target"]["status"]["state"] == "satisfied";
            assert_eq!(
                satisfied,
                control.status == ControlStatus::Satisfied,
                "{name}: {}",
                control.control.id
            );
        }
    }
}

#[test]
fn oscal_carries_the_digest_of_every_piece_of_evidence_that_is_listed() {
    let assessment = assessment("nist", "x");
    let text = rendered(AssessmentFormat::Oscal, &assessment);
    for evidence in assessment.tests.iter().flat_map(|test| &test.evidence) {
        let hex = evidence.digest.strip_prefix("sha256:").unwrap();
        assert!(text.contains(&format!("\"value\": \"{hex}\"")), "{hex}");
    }
}

#[test]
fn two_runs_write_the_same_bytes() {
    for format in AssessmentFormat::ALL {
        let one = assessment("fedramp:moderate", "x");
        assert_eq!(
            rendered(format, &one),
            rendered(format, &assessment("fedramp:moderate", "x")),
            "{format}"
        );
    }
}

#[test]
fn a_table_has_one_row_a_control_and_seventeen_cells_a_row() {
    for (name, assessment) in all() {
        let text = rendered(AssessmentFormat::Csv, &assessment);
        let rows = cells(&text);
        assert_eq!(rows.len(), assessment.controls.len() + 1, "{name}");
        assert!(rows.iter().all(|row| row.len() == 17), "{name}");
        assert_eq!(
            rows[1][1].trim_start_matches('\''),
            assessment.controls[0].control.id
        );
    }
}

/// Reads a table back as RFC 4180 has it.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted);
    rows
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    for (name, assessment) in all() {
        for cell in cells(&rendered(AssessmentFormat::Csv, &assessment)).concat() {
            assert!(
                !cell.trim_start().starts_with(['=', '+', '-', '@']),
                "{name}: {cell}"
            );
        }
    }
}

#[test]
fn the_page_has_no_script_and_shows_hostile_text_as_text() {
    let page = rendered(AssessmentFormat::Html, &assessment("nist:low", HOSTILE));
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for bad in [
        "<script",
        "javascript:b\"",
        "\u{1b}",
        "\u{202e}",
        " style=",
        " onload",
        "http-equiv=\"refresh\"",
        "<img",
        "src=",
    ] {
        let at = page.find(bad);
        assert!(
            at.is_none(),
            "{bad}: {}",
            &page[at.unwrap().saturating_sub(80)..at.unwrap() + 40]
        );
    }
    assert_eq!(page.matches("<style>").count(), page.matches("</style>").count());
}

#[test]
fn the_page_leads_from_each_control_to_its_tests() {
    let page = rendered(AssessmentFormat::Html, &assessment("pci", "x"));
    for target in page
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    assert!(page.contains("in our own words"));
}

#[test]
fn assessments_look_as_they_did() {
    let assessment = assessment("cis-docker", "sha256:0123");
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for format in [
            AssessmentFormat::Oscal,
            AssessmentFormat::Csv,
            AssessmentFormat::Html,
        ] {
            insta::assert_snapshot!(format!("assessment-{format}"), rendered(format, &assessment));
        }
    });
}

#[test]
fn a_word_that_names_no_format_is_answered_with_those_that_are() {
    assert_eq!("oscal".parse(), Ok(AssessmentFormat::Oscal));
    let error = "pdf".parse::<AssessmentFormat>().unwrap_err();
    assert!(error.to_string().contains("csv"));
}
