//! Validating admission policies about requests.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail as tests do"
)]

use bartizan_policy::cel::ValidatingAdmissionPolicy;
use bartizan_policy::{Cause, Decide, Decision};
use serde_json::{Value, json};

fn policy(spec: &Value) -> ValidatingAdmissionPolicy {
    let mut whole = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "spec": {"matchConstraints": {"resourceRules": [
            {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["deployments"]},
        ]}},
    });
    for (key, value) in spec.as_object().unwrap() {
        whole["spec"][key] = value.clone();
    }
    ValidatingAdmissionPolicy::read(&whole).unwrap()
}

fn review(replicas: i64) -> Value {
    json!({"request": {
        "operation": "CREATE", "namespace": "shop", "name": "web",
        "resource": {"group": "apps", "version": "v1", "resource": "deployments"},
        "object": {"metadata": {"name": "web"}, "spec": {"replicas": replicas}},
        "oldObject": null,
    }})
}

fn messages(decision: &Decision) -> Vec<&str> {
    match decision {
        Decision::Deny { reasons, .. } => reasons.iter().map(|r| r.message.as_str()).collect(),
        other => panic!("not denied: {other:?}"),
    }
}

fn is_allowed(decision: &Decision) -> bool {
    matches!(decision, Decision::Allow { .. })
}

#[test]
fn a_validation_that_holds_allows_and_one_that_does_not_denies() {
    let policy = policy(&json!({"validations": [{"expression": "object.spec.replicas <= 5"}]}));
    assert!(is_allowed(&policy.decide(&review(5))));
    assert_eq!(
        messages(&policy.decide(&review(6))),
        ["failed expression: object.spec.replicas <= 5"]
    );
}

#[test]
fn a_message_is_computed_where_it_can_be_and_given_where_not() {
    let said = |expression: &str| {
        let policy = policy(&json!({"validations": [{
            "expression": "object.spec.replicas <= 5", "message": "too many", "messageExpression": expression,
        }]}));
        messages(&policy.decide(&review(9))).join(";")
    };
    assert_eq!(
        said("'at most 5, not ' + string(object.spec.replicas)"),
        "at most 5, not 9"
    );
    assert_eq!(said("object.nothing"), "too many");
    assert_eq!(said("'two\\nlines'"), "too many");
}

#[test]
fn variables_build_on_one_another() {
    let policy = policy(&json!({
        "variables": [
            {"name": "n", "expression": "object.spec.replicas"},
            {"name": "double", "expression": "variables.n * 2"},
        ],
        "validations": [{"expression": "variables.double < 10"}],
    }));
    assert!(is_allowed(&policy.decide(&review(4))));
    assert_eq!(messages(&policy.decide(&review(5))).len(), 1);
}

#[test]
fn a_variable_that_fails_matters_only_where_it_is_asked_for() {
    let with = |expression: &str| {
        policy(&json!({
            "variables": [{"name": "bad", "expression": "object.nothing"}, {"name": "badly", "expression": "true"}],
            "validations": [{"expression": expression}],
        }))
        .decide(&review(1))
    };
    assert!(is_allowed(&with("variables.badly")));
    assert_eq!(messages(&with("variables.bad == 1")).len(), 1);
}

#[test]
fn an_error_denies_unless_the_policy_says_to_ignore_it() {
    let validations = json!([{"expression": "object.spec.paused"}]);
    let closed = policy(&json!({"validations": validations}));
    let open = policy(&json!({"validations": validations, "failurePolicy": "Ignore"}));
    assert_eq!(messages(&closed.decide(&review(1))).len(), 1);
    assert!(is_allowed(&open.decide(&review(1))));
}

#[test]
fn what_this_engine_lacks_is_unknown_whatever_the_failure_policy() {
    for failure in ["Fail", "Ignore"] {
        let policy = policy(&json!({
            "failurePolicy": failure, "validations": [{"expression": "authorizer.path('/healthz').check('get').allowed()"}],
        }));
        assert!(
            matches!(policy.decide(&review(1)), Decision::Unknown(Cause::Failed(_))),
            "{failure}"
        );
    }
}

#[test]
fn one_reason_is_enough_beside_what_is_unknown() {
    let policy = policy(
        &json!({"validations": [{"expression": "authorizer.x"}, {"expression": "false", "message": "no"}]}),
    );
    assert_eq!(messages(&policy.decide(&review(1))), ["no"]);
}

#[test]
fn a_condition_that_is_false_decides_beside_one_that_fails() {
    let with = |other: &str| {
        policy(&json!({
            "matchConditions": [{"name": "a", "expression": "object.nothing"}, {"name": "b", "expression": other}],
            "validations": [{"expression": "false"}],
        }))
        .decide(&review(1))
    };
    assert!(is_allowed(&with("false")));
    assert!(messages(&with("true"))[0].contains("object.nothing"));
}

#[test]
fn requests_about_other_things_are_allowed() {
    let policy = policy(&json!({"validations": [{"expression": "false"}]}));
    let changed = |path: &str, value: &str| {
        let mut review = review(1);
        *review.pointer_mut(path).unwrap() = json!(value);
        policy.decide(&review)
    };
    assert!(is_allowed(&changed("/request/operation", "DELETE")));
    assert!(is_allowed(&changed("/request/resource/resource", "daemonsets")));
    assert!(matches!(
        changed("/request/resource/version", "v1beta1"),
        Decision::Unknown(Cause::NotKnown(_))
    ));
}

#[test]
fn parameters_that_were_not_given_are_unknown() {
    let spec = json!({
        "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
        "validations": [{"expression": "object.spec.replicas <= int(params.data.most)"}],
    });
    assert!(matches!(
        policy(&spec).decide(&review(3)),
        Decision::Unknown(Cause::NotKnown(_))
    ));
    let given = policy(&spec).with_parameters(json!({"data": {"most": "2"}}));
    assert_eq!(messages(&given.decide(&review(3))).len(), 1);
    assert!(is_allowed(&given.decide(&review(2))));
}

#[test]
fn selectors_that_would_need_the_cluster_are_unknown() {
    let policy = policy(&json!({
        "matchConstraints": {"namespaceSelector": {"matchLabels": {"a": "b"}}}, "validations": [{"expression": "false"}],
    }));
    assert!(matches!(
        policy.decide(&review(1)),
        Decision::Unknown(Cause::NotKnown(_))
    ));
}

#[test]
fn an_input_that_is_too_deep_is_unknown() {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let mut review = review(1);
    review["request"]["object"] = deep;
    let policy = policy(&json!({"validations": [{"expression": "true"}]}));
    assert!(matches!(
        policy.decide(&review),
        Decision::Unknown(Cause::Limit { .. })
    ));
}

#[test]
fn what_is_no_policy_is_refused() {
    for whole in [
        json!({"kind": "Pod"}),
        json!({"kind": "ValidatingAdmissionPolicy", "spec": {"validations": [{"expression": "1 +"}]}}),
        json!({"kind": "ValidatingAdmissionPolicy", "spec": {"validations": [{}]}}),
        json!({"kind": "ValidatingAdmissionPolicy", "spec": {"validations": {"a": 1}}}),
    ] {
        assert!(
            matches!(ValidatingAdmissionPolicy::read(&whole), Err(Cause::Unreadable(_))),
            "{whole}"
        );
    }
}

#[test]
fn a_function_that_is_not_supported_is_unknown_though_failures_are_ignored() {
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": { "name": "p" },
        "spec": {
            "failurePolicy": "Ignore",
            "matchConstraints": { "resourceRules": [{
                "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"] }] },
            "validations": [{ "expression": "url(object.address).getHost() == 'x'" }],
        },
    });
    let policy = ValidatingAdmissionPolicy::read(&policy).unwrap();
    let object =
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "address": "https://y" });
    let decision = policy.decide(&bartizan_policy::request(&object));
    assert!(matches!(decision, Decision::Unknown(_)), "{decision:?}");
}

#[test]
fn an_error_of_the_expression_follows_the_failure_policy_and_a_variable_fails_only_who_asks_for_it() {
    let policy = |failure: &str, expression: &str| {
        let policy = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": { "name": "p" },
            "spec": {
                "failurePolicy": failure,
                "matchConstraints": { "resourceRules": [{
                    "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"] }] },
                "variables": [{ "name": "broken", "expression": "object.nothing" }],
                "validations": [{ "expression": expression }],
            },
        });
        let object = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" } });
        ValidatingAdmissionPolicy::read(&policy)
            .unwrap()
            .decide(&bartizan_policy::request(&object))
    };
    assert!(matches!(
        policy("Ignore", "variables.broken == 1"),
        Decision::Allow { .. }
    ));
    assert!(matches!(
        policy("Fail", "variables.broken == 1"),
        Decision::Deny { .. }
    ));
    assert!(matches!(
        policy("Fail", "object.kind == 'Pod' || variables.broken == 1"),
        Decision::Allow { .. }
    ));
}
