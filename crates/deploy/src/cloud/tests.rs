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

/// What the check reports of files, read as in a scan.
fn scanned(files: &[(&str, &[u8])]) -> bartizan_engine::Reported {
    bartizan_engine::rule::scan(&TerraformCheck::new(Enabled::default(), false), files)
}

#[test]
fn a_plan_beside_its_configuration_decides_and_points_to_the_line_that_is_wrong() {
    let main =
        "variable \"open\" {}\nresource \"aws_db_instance\" \"a\" {\n  publicly_accessible = var.open\n}\n";
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}},
  "resource_changes": [{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance",
    "change": {"actions": ["create"], "after": {"publicly_accessible": true}}}]}"#;
    let reported = scanned(&[
        ("live/main.tf", main.as_bytes()),
        ("live/plan.json", plan.as_bytes()),
    ]);
    let found: Vec<_> = reported
        .findings
        .iter()
        .filter(|one| one.rule == "deploy/aws-rds-public")
        .collect();
    assert_eq!(found.len(), 1);
    let place = found[0].primary().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("live/main.tf", 3));
    let last = found[0].evidence.last().unwrap().location.as_ref().unwrap();
    assert_eq!((last.path.as_str(), last.line), ("live/plan.json", 2));
    let undecided = |one: &bartizan_model::Finding| one.rule == "deploy/undecided";
    assert!(!reported.findings.iter().any(undecided), "the plan decides it");
    let alone = scanned(&[("live/main.tf", main.as_bytes())]);
    assert!(alone.findings.iter().any(undecided));
}

#[test]
fn rules_judge_json_as_they_judge_terraforms_own_syntax() {
    let text = r#"{"resource": {
  "aws_security_group": {"a": {
    "ingress": {"protocol": "tcp", "from_port": 22, "to_port": 22,
      "cidr_blocks": ["0.0.0.0/0"]}}},
  "google_compute_instance": {"b": {"metadata": {"serial-port-enable": "TRUE"}}},
  "aws_instance": {"c": {"root_block_device": {"encrypted": true}, "metadata_options": {"http_tokens": "required"}}}
}}"#;
    let reported = scanned(&[("main.tf.json", text.as_bytes())]);
    assert_eq!(reported.errors, Vec::<String>::new());
    let line = |rule: &str| {
        let mut found = reported.findings.iter();
        found
            .find(|one| one.rule == rule)
            .map(|one| one.primary().unwrap().line)
    };
    assert_eq!(line("deploy/aws-security-group-ssh"), Some(4));
    assert_eq!(line("deploy/gcp-compute-serial-port"), Some(5));
    assert_eq!(line("deploy/aws-ec2-volume-default"), None);
    assert_eq!(line("deploy/aws-ec2-metadata-default"), None);
}

#[test]
fn what_is_left_out_is_judged_by_the_versions_that_all_modules_and_the_lock_admit() {
    let module = "resource \"aws_redshift_cluster\" \"c\" {}\n";
    let main = |version: &str| {
        format!(
            "terraform {{\n required_providers {{\n  aws = \"{version}\"\n }}\n}}\nmodule \"m\" {{\n source = \"./mod\"\n}}\n"
        )
    };
    let lock = "provider \"registry.terraform.io/hashicorp/aws\" {\n version = \"5.9.0\"\n}\n";
    for (version, lock, fires, decided) in [
        ("~> 5.0", "", true, true),
        (">= 6.0", "", false, true),
        (">= 5.0", "", false, false),
        (">= 5.0", lock, true, true),
    ] {
        let main = main(version);
        let reported = scanned(&[
            ("live/main.tf", main.as_bytes()),
            ("live/mod/main.tf", module.as_bytes()),
            ("live/.terraform.lock.hcl", lock.as_bytes()),
        ]);
        let has = |rule: &str| reported.findings.iter().any(|one| one.rule == rule);
        assert_eq!(has("deploy/aws-redshift-public"), fires, "{version} {lock}");
        assert_eq!(!has("deploy/undecided"), decided, "{version} {lock}");
    }
}

#[test]
fn a_policy_is_judged_where_it_is_read_from_a_file_and_templates_that_are_no_text_are_left_alone() {
    let main = "resource \"aws_s3_bucket_policy\" \"p\" {\n bucket = \"b\"\n policy = file(\"${path.module}/policy.json\")\n}\nresource \"aws_sns_topic_policy\" \"t\" {\n arn = \"a\"\n policy = templatefile(\"policy.json.tpl\", { who = \"*\" })\n}\nresource \"aws_sqs_queue_policy\" \"q\" {\n queue_url = \"u\"\n policy = file(\"broken.tpl\")\n}\n";
    let policy = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let template = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "${who}"}, "Action": "sns:Publish", "Resource": "*"}]}"#;
    let reported = scanned(&[
        ("a/main.tf", main.as_bytes()),
        ("a/policy.json", policy.as_bytes()),
        ("a/policy.json.tpl", template.as_bytes()),
        ("a/broken.tpl", b"\xff\xfe"),
    ]);
    assert_eq!(reported.errors, Vec::<String>::new());
    let has = |rule: &str| reported.findings.iter().any(|one| one.rule == rule);
    assert!(has("deploy/aws-s3-public-policy") && has("deploy/aws-sns-public-policy"));
    assert!(!has("deploy/aws-sqs-public-policy") && has("deploy/undecided"));
    let only = scanned(&[
        ("a/policy.json", policy.as_bytes()),
        ("chart/_helpers.tpl", b"{{ define }}"),
    ]);
    assert!(only.findings.is_empty() && only.errors.is_empty());
}
