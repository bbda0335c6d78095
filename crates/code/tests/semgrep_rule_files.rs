//! Rule files of Semgrep: what is read, what does not run and why, and what rules find.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string
)]

use bartizan_code::sast::pattern::Regexes;
use bartizan_code::sast::semgrep::{Rule, RuleFile, read};
use bartizan_code::sast::{File, run};
use bartizan_syntax::Language;

fn rules(body: &str) -> RuleFile {
    let head = "rules:\n  - id: r\n    message: m\n    severity: ERROR\n    languages: [python]\n";
    read(&format!("{head}{body}")).expect("a rule file")
}

/// The lines in which the one rule of a body finds something.
fn lines(body: &str, path: &str, source: &str) -> Vec<usize> {
    let file = rules(body);
    assert!(file.refused.is_empty(), "{:?}", file.refused);
    let all: Vec<&Rule> = file.rules.iter().collect();
    let code = File::new(path, source, Some(Language::Python));
    let outcomes = run(&all, &code, &Regexes::default());
    let hits = &outcomes.first().expect("an outcome a rule").hits;
    let line = |at: u32| source.get(..at as usize).unwrap_or("").matches('\n').count() + 1;
    hits.iter().map(|hit| line(hit.span.start)).collect()
}

fn reason(body: &str) -> String {
    let file = rules(body);
    assert!(file.rules.is_empty(), "the rule does not run");
    file.refused.first().expect("it is said").reason.clone()
}

#[test]
fn a_rule_with_an_unknown_operator_does_not_run_and_says_so() {
    let body = "    patterns:\n      - pattern: f()\n      - metavariable-name: {metavariable: $X}\n";
    assert!(reason(body).contains("metavariable-name"));
}

#[test]
fn a_rule_with_an_unknown_option_does_not_run_and_says_so() {
    assert!(reason("    pattern: f()\n    options: {as_you_like: true}\n").contains("as_you_like"));
}

#[test]
fn a_rule_with_an_unknown_key_of_a_condition_does_not_run() {
    let body = "    patterns:\n      - pattern: f($X)\n      - metavariable-regex: {metavariable: $X, regex: a, invert: true}\n";
    assert!(reason(body).contains("invert"));
}

#[test]
fn a_rule_of_another_mode_or_language_does_not_run() {
    assert!(reason("    mode: join\n    pattern: f()\n").contains("join"));
    let file =
        read("rules: [{id: g, message: m, severity: INFO, languages: [generic], pattern: a}]").unwrap();
    assert!(
        file.refused
            .first()
            .is_some_and(|one| one.reason.contains("generic"))
    );
}

#[test]
fn a_pattern_that_is_no_code_is_a_reason_not_to_run() {
    assert!(reason("    pattern: 'f((('\n").contains("no python code"));
}

#[test]
fn what_is_no_list_of_rules_is_an_error() {
    assert!(read("hello: world").is_err());
    assert!(read("rules: {").is_err());
    assert!(read("").is_err());
}

#[test]
fn exclusions_are_of_the_same_place_and_of_what_is_around() {
    let body = "    patterns:\n      - pattern: f($X)\n      - pattern-not: f(\"safe\")\n      - pattern-not-inside: |\n          with guard():\n            ...\n";
    let source = "f(a)\nf(\"safe\")\nwith guard():\n    f(b)\n";
    assert_eq!(lines(body, "a.py", source), [1]);
}

#[test]
fn conditions_judge_what_metavariables_stand_for() {
    let body = "    patterns:\n      - pattern: f($N, $NAME)\n      - metavariable-comparison: {comparison: '$N < 2 ** 11 and not $N == 7'}\n      - metavariable-regex: {metavariable: $NAME, regex: '[a-z]+_key$'}\n";
    let source = "SIZE = 1024\nf(SIZE, my_key)\nf(4096, my_key)\nf(7, my_key)\nf(1, other)\n";
    assert_eq!(lines(body, "a.py", source), [2]);
}

#[test]
fn a_metavariable_in_focus_is_the_place_that_is_reported() {
    let body = "    patterns:\n      - pattern: |\n          def $F(..., $P=[], ...):\n            ...\n      - focus-metavariable: $P\n";
    assert_eq!(
        lines(body, "a.py", "def f(\n    a,\n    b=[],\n):\n    pass\n"),
        [3]
    );
}

#[test]
fn a_pattern_within_a_metavariable_is_looked_for_in_it_alone() {
    let body = "    patterns:\n      - pattern: f($X)\n      - metavariable-pattern:\n          metavariable: $X\n          patterns:\n            - pattern-not: '\"...\"'\n            - pattern: $A + $B\n";
    assert_eq!(lines(body, "a.py", "f(a + b)\nf(c)\nf(\"s\")\n"), [1]);
}

#[test]
fn paths_that_are_excluded_are_not_looked_at() {
    let body = "    pattern: f()\n    paths: {exclude: [tests], include: ['*.py']}\n";
    assert_eq!(lines(body, "src/a.py", "f()\n"), [1]);
    assert!(lines(body, "src/tests/a.py", "f()\n").is_empty());
}

#[test]
fn data_is_followed_from_sources_to_sinks_unless_it_is_made_harmless() {
    let body = "    mode: taint\n    pattern-sources:\n      - pattern: source()\n    pattern-sinks:\n      - pattern: sink(...)\n    pattern-sanitizers:\n      - pattern: clean(...)\n";
    let source =
        "def f():\n    a = source()\n    b = a + \"x\"\n    sink(b)\n    sink(clean(a))\n    sink(\"c\")\n";
    assert_eq!(lines(body, "a.py", source), [4]);
}

#[test]
fn labels_say_which_data_a_sink_is_about() {
    let body = "    mode: taint\n    pattern-sources:\n      - {pattern: one(), label: ONE}\n      - {pattern: two(), label: TWO}\n    pattern-sinks:\n      - {pattern: sink(...), requires: ONE and not TWO}\n";
    let source = "a = one()\nb = two()\nsink(a)\nsink(b)\nsink(a + b)\n";
    assert_eq!(lines(body, "a.py", source), [3]);
}

#[test]
fn formulas_nested_too_deeply_are_refused() {
    let mut body = String::from("    patterns:\n");
    let mut indent = 6;
    for _ in 0..60 {
        body.push_str(&format!("{:indent$}- patterns:\n", ""));
        indent += 4;
    }
    body.push_str(&format!("{:indent$}- pattern: f()\n", ""));
    assert!(reason(&body).contains("deep"));
}
