//! What policies in Rego may and may not do, on policies of our own.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use bartizan_policy::rego::forms::{Constraint, Inventory, Rules, Template};
use bartizan_policy::rego::test::Outcome;
use bartizan_policy::rego::{Dialect, Rego, Surroundings};
use bartizan_policy::{Cause, Decide, Decision, Limits};
use proptest::prelude::*;
use serde_json::{Value, json};

fn small() -> Limits {
    Limits {
        steps: 200_000,
        made_bytes: 4 << 20,
        ..Limits::default()
    }
}

fn loaded(text: &str) -> Rego {
    let mut rego = Rego::new(small(), Surroundings::default()).unwrap();
    rego.add_module("policy.rego", text, Dialect::Either).unwrap();
    rego
}

fn answer(body: &str) -> Result<Option<Value>, Cause> {
    loaded(&format!("package p\n{body}\n")).query("data.p.x", &json!({}))
}

#[test]
fn a_policy_that_denies_gives_its_message() {
    let rego = loaded(
        "package main\ndeny contains msg if { input.kind == \"Pod\"; msg := \"no pods\" }\nwarn contains \"old\" if input.old",
    );
    let rules = Rules {
        rego: &rego,
        package: "data.main",
    };
    let Decision::Deny { reasons, warnings } = rules.decide(&json!({ "kind": "Pod", "old": true })) else {
        panic!("it must deny");
    };
    assert_eq!(reasons[0].message, "no pods");
    assert_eq!(warnings[0].message, "old");
    assert!(matches!(
        rules.decide(&json!({ "kind": "Node" })),
        Decision::Allow { .. }
    ));
}

#[test]
fn a_subset_of_nothing_does_not_bring_the_engine_down() {
    assert_eq!(answer("x := object.subset([1, 2], [])"), Ok(Some(json!(true))));
}

#[test]
fn a_comprehension_over_a_large_product_ends_at_the_limit_of_steps() {
    let product = answer("n := numbers.range(1, 2000)\nx := count([1 | n[_]; n[_]; n[_]])");
    assert!(
        matches!(product, Err(Cause::Limit { what: "steps", .. })),
        "{product:?}"
    );
}

#[test]
fn two_runs_end_at_the_same_step() {
    let text = "n := numbers.range(1, 150)\nx := count([1 | n[_]; n[_]])";
    assert_eq!(answer(text), answer(text));
}

#[test]
fn texts_that_double_end_at_the_limit_of_bytes() {
    let mut body = "a0 := \"0123456789\"\n".to_owned();
    for index in 1..40 {
        body.push_str(&format!("a{index} := concat(\"\", [a{0}, a{0}])\n", index - 1));
    }
    body.push_str("x := count(a39)");
    assert!(matches!(answer(&body), Err(Cause::Limit { .. })));
}

#[test]
fn a_range_of_billions_is_not_made() {
    assert!(matches!(
        answer("x := numbers.range(1, 9000000000)"),
        Err(Cause::Limit { .. })
    ));
}

#[test]
fn a_network_of_billions_is_not_written_out() {
    assert!(matches!(
        answer("x := net.cidr_expand(\"10.0.0.0/2\")"),
        Err(Cause::Limit { .. })
    ));
}

#[test]
fn a_policy_of_brackets_alone_is_refused() {
    let mut rego = Rego::new(small(), Surroundings::default()).unwrap();
    let deep = format!("package p\nx := {}1{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(matches!(
        rego.add_module("deep.rego", &deep, Dialect::V1),
        Err(Cause::Limit { .. })
    ));
}

#[test]
fn an_input_too_deep_is_refused() {
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!([deep]);
    }
    let rego = loaded("package p\nx := 1");
    assert!(matches!(rego.query("data.p.x", &deep), Err(Cause::Limit { .. })));
    // Taken apart from without, as dropping it whole would go as deep.
    while let Value::Array(mut inner) = deep {
        deep = inner.pop().unwrap_or(Value::Null);
    }
}

#[test]
fn who_asks_the_time_where_none_is_given_learns_that_it_is_not_known() {
    assert!(matches!(
        answer("x := time.now_ns() > 0"),
        Err(Cause::NotKnown(_))
    ));
}

#[test]
fn a_function_that_is_not_there_is_unknown_and_not_allowed() {
    let rego = loaded("package main\ndeny contains \"x\" if nowhere.known(input)");
    let decision = Rules {
        rego: &rego,
        package: "data.main",
    }
    .decide(&json!({}));
    assert!(
        matches!(decision, Decision::Unknown(Cause::Failed(_))),
        "{decision:?}"
    );
}

#[test]
fn sprintf_writes_as_go_does() {
    let written = answer(
        r#"x := sprintf("%s %v %d %o %q %5d|%-4s| %.2f %v %d", ["a", ["b"], 7, 420, "c", 42, "d", 1.5, {"k": 1}])"#,
    );
    assert_eq!(
        written,
        Ok(Some(json!(
            "a [\"b\"] 7 644 \"c\"    42|d   | 1.50 {\"k\": 1} %!d(MISSING)"
        )))
    );
}

#[test]
fn networks_are_merged_and_compared() {
    let merged = answer(r#"x := net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"])"#);
    assert_eq!(merged, Ok(Some(json!(["192.0.128.0/23"]))));
    assert_eq!(
        answer(r#"x := net.cidr_contains("10.0.0.0/8", "10.1.2.3")"#),
        Ok(Some(json!(true)))
    );
    assert_eq!(
        answer(r#"x := net.cidr_intersects("10.0.0.0/8", "11.0.0.0/8")"#),
        Ok(Some(json!(false)))
    );
    assert_eq!(
        answer(r#"x := cidr.count_addresses("10.0.0.0/30")"#),
        Ok(Some(json!(4)))
    );
}

#[test]
fn commands_of_a_shell_script_are_told_apart() {
    let commands = answer(
        r#"x := sh.parse_commands("A=1 apt-get update && if true; then echo \"a;b\" $(id -u); fi # gone")"#,
    );
    assert_eq!(
        commands,
        Ok(Some(json!([
            ["apt-get", "update"],
            ["true"],
            ["echo", "\"a;b\"", "$(id -u)"],
            ["id", "-u"]
        ])))
    );
}

#[test]
fn what_opa_reads_and_the_engine_does_not_is_read() {
    let text = "package p\nimport rego.v1\ny := 1\nimport data.lib\nf(\"a\")\nx if {\n  f(\"a\")\n  y\n  (y + 1) == 2\n  lib.two == 2\n}\n";
    let mut rego = loaded(text);
    rego.add_data(&json!({ "lib": { "two": 2 } })).unwrap();
    assert_eq!(rego.query("data.p.x", &json!({})), Ok(Some(json!(true))));
    let mut old = Rego::new(small(), Surroundings::default()).unwrap();
    old.add_module(
        "old.rego",
        "package p\nx[y] {\n y := 1\n} {\n y := 2\n}",
        Dialect::V0,
    )
    .unwrap();
    assert_eq!(old.query("data.p.x", &json!({})), Ok(Some(json!([1, 2]))));
}

#[test]
fn a_constraint_speaks_only_of_what_it_matches() {
    let template = json!({ "spec": {
        "crd": { "spec": { "names": { "kind": "NoLatest" } } },
        "targets": [{ "rego": "package nolatest\nviolation[{\"msg\": msg}] {\n c := input.review.object.spec.containers[_]\n endswith(c.image, input.parameters.tag)\n msg := sprintf(\"%v is latest\", [c.name])\n}" }],
    } });
    let constraint = json!({ "kind": "NoLatest", "spec": {
        "match": { "kinds": [{ "apiGroups": [""], "kinds": ["Pod"] }], "excludedNamespaces": ["kube-*"] },
        "parameters": { "tag": ":latest" },
    } });
    let template = Template::new(&template, small(), Surroundings::default()).unwrap();
    let inventory = Inventory::default();
    let constraint = Constraint::new(&template, &constraint, &inventory).unwrap();
    let pod = |namespace: &str| {
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a", "namespace": namespace },
                "spec": { "containers": [{ "name": "c", "image": "d:latest" }] } })
    };
    assert!(matches!(
        constraint.decide(&bartizan_policy::request(&pod("shop"))),
        Decision::Deny { .. }
    ));
    assert!(matches!(
        constraint.decide(&bartizan_policy::request(&pod("kube-system"))),
        Decision::Allow { .. }
    ));
}

#[test]
fn tests_are_run_with_the_lines_that_they_reach() {
    let mut rego = loaded("package p\ndeny if input.bad\nother if {\n  input.never\n}\n");
    rego.add_module("p_test.rego", "package p_test\ntest_denies if data.p.deny with input as {\"bad\": true}\ntest_wrong if data.p.deny with input as {}\n", Dialect::V1)
        .unwrap();
    let tests = rego.tests();
    let mut seen = Vec::new();
    let coverage = rego
        .run_tests(&tests, true, |test, outcome| {
            seen.push((test.name.clone(), outcome.clone()))
        })
        .unwrap();
    assert_eq!(
        seen,
        [
            ("data.p_test.test_denies".to_owned(), Outcome::Passed),
            ("data.p_test.test_wrong".to_owned(), Outcome::Failed(Vec::new())),
        ]
    );
    let policy = coverage.iter().find(|file| file.path == "policy.rego").unwrap();
    assert!(policy.covered.contains(&2), "{policy:?}");
    assert!(policy.missed.contains(&4), "{policy:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let mut rego = Rego::new(small(), Surroundings::default()).unwrap();
        let refused = rego.add_module("any.rego", &format!("package p\n{text}"), Dialect::Either);
        prop_assert!(!matches!(refused, Err(Cause::Panicked(_))), "{refused:?}");
    }
}

fn tested(text: &str) -> Vec<(String, Outcome)> {
    let mut rego = Rego::new(Limits::default(), Surroundings::default()).unwrap();
    rego.add_module("t.rego", text, Dialect::V1).unwrap();
    let tests = rego.tests();
    let mut out = Vec::new();
    rego.run_tests(&tests, false, |test, outcome| {
        out.push((test.name.clone(), outcome.clone()))
    })
    .unwrap();
    out
}

#[test]
fn what_is_undefined_in_an_argument_of_a_negation_makes_the_body_undefined() {
    let text = "package a\nok(x) if x == 1\nby_call if not ok(input.x)\nby_order if not input.x > 1\nby_ref if not {1: 2}[input.x]\n\
                by_equal if not input.x == 1\nby_name if not input.x\n";
    let mut rego = Rego::new(Limits::default(), Surroundings::default()).unwrap();
    rego.add_module("a.rego", text, Dialect::V1).unwrap();
    let answer = rego.query("data.a", &serde_json::json!({})).unwrap().unwrap();
    let mut defined: Vec<&String> = answer.as_object().unwrap().keys().collect();
    defined.sort();
    assert_eq!(defined, ["by_equal", "by_name"]);
}

#[test]
fn cases_of_a_test_are_told_apart() {
    let text = "package a\ntest_size[name] if {\n\tsome name, tc in {\"one\": 1, \"two\": 2, \"three\": 3}\n\ttc < 3\n}\n";
    assert_eq!(
        tested(text),
        [(
            "data.a.test_size".to_owned(),
            Outcome::Failed(vec!["three".to_owned()])
        )]
    );
    let text = "package a\ntest_size[name] if {\n\tsome name, tc in {\"one\": 1, \"two\": 2}\n\ttc < 3\n}\n";
    assert_eq!(tested(text), [("data.a.test_size".to_owned(), Outcome::Passed)]);
}

#[test]
fn what_with_puts_there_may_name_rules_of_the_package() {
    let text = "package a\nknown := {\"a\"}\nmocked := {\"b\"}\nok if input.x in known\ninputs := {\"x\": \"b\"}\n\
                test_with if ok with input as inputs with known as mocked\ntest_without if not ok with input as inputs\n";
    assert!(
        tested(text)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Passed),
        "{:?}",
        tested(text)
    );
}

#[test]
fn names_of_a_value_are_bound_in_its_body() {
    let text = "package a\nsizes := {\"s\": 1, \"m\": 2}\nlargest := sizes[name] if {\n\tnames := [n | sizes[n] > 1]\n\tname := max(names)\n}\n\
                test_value if largest == 2\ntest_comprehension if [sizes[n] | n = \"s\"] == [1]\n";
    assert!(
        tested(text)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Passed),
        "{:?}",
        tested(text)
    );
}
