use super::TerraformCheck;
use super::judge::{Judgement, judge};
use crate::terraform::{File, load};
use bartizan_content::CloudRule;
use bartizan_content::builtin::cloud_rules;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, Fact, Sink};
use std::collections::BTreeSet;

/// How many findings and doubts a rule has of a text.
fn outcome(rule: &CloudRule, text: &str) -> (usize, usize, Vec<String>) {
    let loaded = load(&[File {
        path: "main.tf",
        text,
    }]);
    assert_eq!(loaded.problems, [], "{}: {text}", rule.id);
    assert!(!loaded.resources.is_empty(), "{}: {text}", rule.id);
    let Judgement { broken, doubts } = judge(std::iter::once(rule), &loaded.resources);
    let reasons = doubts.iter().map(|doubt| doubt.reason.text.to_string());
    (broken.len(), doubts.len(), reasons.collect())
}

#[test]
fn every_rule_fires_and_passes_and_doubts_where_its_examples_say() {
    let mut wrong = Vec::new();
    for rule in cloud_rules() {
        let mut hold = |text: &str, kind: &str, is_right: fn(usize, usize) -> bool| {
            let (broken, doubts, reasons) = outcome(rule, text);
            if !is_right(broken, doubts) {
                wrong.push(format!(
                    "{} {kind}: {broken} findings, {reasons:?}\n{text}",
                    rule.id
                ));
            }
        };
        for text in &rule.examples.fire {
            hold(text, "fire", |broken, _| broken > 0);
        }
        for text in &rule.examples.quiet {
            hold(text, "quiet", |broken, doubts| broken == 0 && doubts == 0);
        }
        for text in &rule.examples.unknown {
            hold(text, "unknown", |broken, doubts| broken == 0 && doubts > 0);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_condition_of_every_rule_is_an_expression_and_its_id_is_its_own() {
    let mut ids = BTreeSet::new();
    for rule in cloud_rules() {
        assert!(hcl_edit::parser::parse_expr(&rule.fail).is_ok(), "{}", rule.id);
        assert!(ids.insert(&rule.id), "{}", rule.id);
        assert!(
            rule.references.iter().all(|one| one.starts_with("https://")),
            "{}",
            rule.id
        );
    }
    assert!(!ids.is_empty());
}

fn finish(files: &[(&str, &str)]) -> bartizan_engine::Reported {
    let facts: Vec<Fact> = files
        .iter()
        .map(|(path, text)| Fact {
            path: (*path).to_owned(),
            data: (*text).to_owned(),
        })
        .collect();
    let mut sink = Sink::default();
    TerraformCheck::new(Enabled::default(), false)
        .finish(&facts, &mut sink)
        .unwrap();
    sink.into_reported()
}

#[test]
fn a_finding_in_a_module_shows_the_call_and_then_the_resource() {
    let reported = finish(&[
        (
            "live/main.tf",
            "module \"db\" {\n  source = \"../db\"\n  open   = true\n}\n",
        ),
        (
            "db/main.tf",
            "variable \"open\" {}\nresource \"aws_db_instance\" \"this\" {\n  publicly_accessible = var.open\n}\n",
        ),
    ]);
    let mut found = reported.findings.iter();
    let found = found.find(|one| one.rule == "deploy/aws-rds-public").unwrap();
    assert_eq!(
        (found.locations[0].path.as_str(), found.locations[0].line),
        ("db/main.tf", 3)
    );
    let steps = found.evidence.iter().filter_map(|step| step.location.as_ref());
    let paths: Vec<(&str, u32)> = steps.map(|at| (at.path.as_str(), at.line)).collect();
    assert_eq!(paths, [("live/main.tf", 1), ("db/main.tf", 2)]);
}

#[test]
fn what_is_undecided_is_said_once_a_file_with_the_reasons() {
    let text = "variable \"open\" {}\nresource \"aws_db_instance\" \"a\" {\n  publicly_accessible = var.open\n}\nresource \"aws_db_instance\" \"b\" {\n  publicly_accessible = var.open\n}\n";
    let reported = finish(&[("main.tf", text)]);
    let undecided: Vec<_> = reported
        .findings
        .iter()
        .filter(|one| one.rule == "deploy/undecided")
        .collect();
    assert_eq!(undecided.len(), 1);
    assert!(
        undecided[0]
            .evidence
            .iter()
            .any(|step| step.message == "`var.open` has no value (2)")
    );
    assert!(reported.errors.is_empty());
}

#[test]
fn a_file_that_is_no_hcl_is_an_error_and_others_are_judged() {
    let reported = finish(&[
        ("a/broken.tf", "resource {{{\n"),
        (
            "b/main.tf",
            "resource \"aws_db_instance\" \"a\" {\n  publicly_accessible = true\n}\n",
        ),
    ]);
    assert_eq!(reported.errors.len(), 1);
    assert!(
        reported
            .findings
            .iter()
            .any(|one| one.rule == "deploy/aws-rds-public")
    );
}

#[test]
fn instances_of_one_block_are_one_finding() {
    let text = "resource \"aws_db_instance\" \"a\" {\n  count = 3\n  publicly_accessible = true\n}\n";
    let reported = finish(&[("main.tf", text)]);
    let found = reported
        .findings
        .iter()
        .filter(|one| one.rule == "deploy/aws-rds-public");
    assert_eq!(found.count(), 1);
}
