//! Policies of every form, asked together, and as a check of manifests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use bartizan_policy::cel::kyverno_rules;
use bartizan_policy::rego::Surroundings;
use bartizan_policy::{Bundle, Cause, Decision, Files, Limits, request, suite};
use serde_json::{Value, json};

fn load(modules: &[(&str, &str)], documents: &[Value]) -> (Bundle, Vec<(String, Cause)>) {
    let mut files = Files::default();
    for (path, text) in modules {
        files.module(path, (*text).to_owned());
    }
    for document in documents {
        files.document("policies.yaml", document.clone());
    }
    files.load(Limits::default(), Surroundings::default())
}

fn template() -> Value {
    json!({
        "apiVersion": "templates.gatekeeper.sh/v1", "kind": "ConstraintTemplate", "metadata": { "name": "owned" },
        "spec": {
            "crd": { "spec": { "names": { "kind": "Owned" } } },
            "targets": [{ "target": "admission.k8s.gatekeeper.sh",
                "rego": "package owned\nviolation[{\"msg\": msg}] { not input.review.object.metadata.labels.owner; msg := \"nobody owns it\" }" }],
        },
    })
}

fn constraint() -> Value {
    json!({
        "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "Owned", "metadata": { "name": "all-owned" },
        "spec": { "match": { "kinds": [{ "apiGroups": [""], "kinds": ["Pod"] }] } },
    })
}

fn kyverno() -> Value {
    json!({
        "apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": { "name": "tagged" },
        "spec": {
            "validationFailureAction": "Enforce",
            "rules": [{
                "name": "tag",
                "match": { "any": [{ "resources": { "kinds": ["Pod"] } }] },
                "validate": { "cel": { "expressions": [{
                    "expression": "object.spec.containers.all(c, c.image.contains(':'))", "message": "an image has no tag" }] } },
            }],
        },
    })
}

fn pod(image: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": { "containers": [{ "name": "a", "image": image }] } })
}

fn deployment(image: &str) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "d" },
        "spec": { "template": { "spec": pod(image)["spec"] } } })
}

#[test]
fn each_form_has_its_say_about_an_object() {
    let module =
        "package main\n\nimport rego.v1\n\ndeny contains \"no pods here\" if input.kind == \"Pod\"\n";
    let (bundle, refused) = load(&[("main.rego", module)], &[template(), constraint(), kyverno()]);
    assert_eq!(refused, []);
    let names: Vec<String> = bundle.policies().into_iter().map(|about| about.name).collect();
    assert_eq!(names, ["all-owned", "main", "tagged"]);
    let said: Vec<String> = bundle
        .judge(&pod("nginx"), &[])
        .into_iter()
        .map(|said| said.policy)
        .collect();
    assert_eq!(said, ["main", "all-owned", "tagged"]);
    let said = bundle.judge(&deployment("nginx:1"), &[]);
    assert_eq!(said, []);
}

#[test]
fn what_cannot_be_loaded_is_named_and_the_rest_is_loaded() {
    let patterns = json!({
        "apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": { "name": "old" },
        "spec": { "rules": [{ "name": "x", "match": {}, "validate": { "pattern": {} } }] },
    });
    let (bundle, refused) = load(
        &[("broken.rego", "package x\nnope {{{")],
        &[constraint(), patterns, kyverno()],
    );
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert_eq!(bundle.policies().len(), 1);
}

#[test]
fn a_rule_about_pods_is_about_what_makes_pods() {
    let rules = kyverno_rules(&kyverno()).unwrap();
    let judged = |object: &Value| rules[0].judged(&request(object)).unwrap();
    assert!(matches!(
        judged(&deployment("nginx")),
        Some(Decision::Deny { .. })
    ));
    assert!(matches!(
        judged(&deployment("nginx:1")),
        Some(Decision::Allow { .. })
    ));
    let cron = json!({ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "c" },
        "spec": { "jobTemplate": { "spec": { "template": { "spec": pod("nginx")["spec"] } } } } });
    assert!(matches!(judged(&cron), Some(Decision::Deny { .. })));
    assert_eq!(
        judged(&json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "s" } })),
        None
    );
}

#[test]
fn who_asks_is_not_known() {
    let mut policy = kyverno();
    policy["spec"]["rules"][0]["match"]["any"][0]["subjects"] = json!([{ "kind": "User", "name": "root" }]);
    let rules = kyverno_rules(&policy).unwrap();
    assert!(matches!(
        rules[0].judged(&request(&pod("nginx"))),
        Err(Cause::NotKnown(_))
    ));
}

#[test]
fn a_policy_of_kyverno_skips_what_its_conditions_leave_out() {
    let policy = json!({
        "apiVersion": "policies.kyverno.io/v1", "kind": "ValidatingPolicy", "metadata": { "name": "v" },
        "spec": {
            "matchConstraints": { "resourceRules": [{
                "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"] }] },
            "matchConditions": [{ "name": "labelled", "expression": "has(object.metadata.labels)" }],
            "validations": [{ "expression": "false", "messageExpression": "'no ' + object.kind" }],
        },
    });
    let rule = kyverno_rules(&policy).unwrap().remove(0);
    assert_eq!(rule.judged(&request(&pod("x"))), Ok(None));
    let mut labelled = pod("x");
    labelled["metadata"]["labels"] = json!({});
    let Ok(Some(Decision::Deny { reasons, .. })) = rule.judged(&request(&labelled)) else {
        panic!("it is denied");
    };
    assert_eq!(reasons[0].message, "no Pod");
}

#[test]
fn a_suite_of_gatekeeper_says_how_each_case_went() {
    let list = json!({ "tests": [{
        "name": "owned", "template": "template.yaml", "constraint": "constraint.yaml",
        "cases": [
            { "name": "bad", "object": "pod.yaml", "assertions": [{ "violations": 1, "message": "no.*owns" }] },
            { "name": "wrong", "object": "pod.yaml", "assertions": [{ "violations": "no" }] },
            { "name": "missing", "object": "nowhere.yaml", "assertions": [{ "violations": "no" }] },
            { "name": "left out", "skip": true, "object": "pod.yaml" },
        ],
    }] });
    let beside = |path: &str| match path {
        "template.yaml" => Ok(vec![template()]),
        "constraint.yaml" => Ok(vec![constraint()]),
        "pod.yaml" => Ok(vec![pod("a")]),
        other => Err(Cause::Unreadable(other.to_owned())),
    };
    let cases = suite::gatekeeper(&list, &beside, Limits::default(), Surroundings::default());
    assert_eq!(cases[0].outcome, suite::Outcome::Passed);
    assert_eq!(
        cases[1].outcome,
        suite::Outcome::Failed("no violations were expected, there were 1 of 1: nobody owns it".to_owned())
    );
    assert_eq!(
        cases[2].outcome,
        suite::Outcome::Unknown(Cause::Unreadable("nowhere.yaml".to_owned()))
    );
    assert_eq!(cases[3].outcome, suite::Outcome::Skipped);
}

#[test]
fn a_test_of_kyverno_says_how_each_resource_went_and_what_it_cannot_know() {
    let list = |more: &str| {
        let mut list = json!({
            "policies": ["policy.yaml"], "resources": ["pods.yaml"],
            "results": [
                { "policy": "tagged", "rule": "tag", "kind": "Pod", "resources": ["a"], "result": "fail" },
                { "policy": "tagged", "rule": "autogen-tag", "kind": "Deployment", "resources": ["d"], "result": "fail" },
            ],
        });
        if !more.is_empty() {
            list[more] = json!("more.yaml");
        }
        list
    };
    let beside = |path: &str| match path {
        "policy.yaml" => Ok(vec![kyverno()]),
        "pods.yaml" => Ok(vec![pod("nginx"), deployment("nginx:1")]),
        other => Err(Cause::Unreadable(other.to_owned())),
    };
    let cases = suite::kyverno(&list(""), &beside);
    assert_eq!(cases[0].outcome, suite::Outcome::Passed);
    assert_eq!(
        cases[1].outcome,
        suite::Outcome::Failed("fail was expected, pass came".to_owned())
    );
    let cases = suite::kyverno(&list("context"), &beside);
    assert!(matches!(
        cases[0].outcome,
        suite::Outcome::Unknown(Cause::NotKnown(_))
    ));
}
