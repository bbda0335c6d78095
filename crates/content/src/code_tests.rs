//! What makes a rule file valid.

use super::*;

const RULE: &str = "
id: code/python-example
title: Example
languages: [python]
severity: high
confidence: high
cwe: [78]
controls: { OWASP-Top10-2021: [A03] }
message: runs what it is told
manual: What it means.
secure: Do not.
references: ['https://docs.example.com']
flow: { sources: [request], sinks: [command] }
examples: { fire: ['run(x)  # fires'], quiet: ['run(1)'] }
";

#[test]
fn a_rule_needs_its_texts_one_subject_and_marked_examples() {
    assert!(complete(RULE).is_ok());
    for (from, to) in [
        ("code/python-example", "code/java-example"),
        ("code/python-example", "code/python-Example"),
        ("languages: [python]", "languages: [cobol]"),
        ("cwe: [78]", "cwe: []"),
        ("{ OWASP-Top10-2021: [A03] }", "{}"),
        ("secure: Do not.", "secure: ''"),
        ("# fires", ""),
        ("'run(1)'", "'run(1)  # fires'"),
        ("flow: {", "pattern: run($X)\nflow: {"),
        ("flow: { sources: [request], sinks: [command] }", ""),
        ("sinks: [command]", "sinks: [command], values: x"),
        ("sinks: [command]", "sinks: []"),
        ("flow: {", "fix: stop()\nflow: {"),
        ("title:", "colour: red\ntitle:"),
    ] {
        assert!(complete(&RULE.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn a_rule_of_your_own_needs_no_more_than_what_it_is_called_and_looks_for() {
    let least =
        "id: code/python-example\ntitle: Example\nlanguages: [python]\nseverity: low\npattern: print(...)\n";
    let rule = read(least).unwrap();
    assert_eq!(
        (rule.confidence, rule.message.as_str()),
        (Confidence::Medium, "Example")
    );
    assert_eq!(rule.manual, "Example");
    assert!(
        rule.controls().is_empty() && rule.references.is_empty() && rule.examples == CodeExamples::default()
    );
    for field in ["id", "title", "languages", "severity", "pattern"] {
        let lines = least.lines().filter(|line| !line.starts_with(field));
        assert!(read(&lines.collect::<Vec<_>>().join("\n")).is_err(), "{field}");
    }
    // What comes with the program has more, each part of which is demanded.
    for part in [
        "cwe",
        "controls",
        "message",
        "manual",
        "secure",
        "references",
        "examples",
    ] {
        let lines = RULE.lines().filter(|line| !line.starts_with(part));
        let rule = lines.collect::<Vec<_>>().join("\n");
        assert!(read(&rule).is_ok(), "{part}");
        assert!(complete(&rule).is_err(), "{part}");
    }
}

#[test]
fn an_item_of_patterns_is_exactly_one_condition() {
    let with = |items: &str| read(&RULE.replace("flow: { sources: [request], sinks: [command] }", items));
    let rule = with(
        "patterns:\n  - pattern: run($X)\n  - pattern-not: run(1)\n  - metavariable-regex: { metavariable: $X, regex: '[a-z]+' }",
    );
    assert_eq!(rule.map(|rule| rule.patterns.map_or(0, |all| all.len())), Ok(3));
    assert!(with("patterns:\n  - { pattern: run($X), pattern-not: run(1) }").is_err());
    assert!(with("patterns:\n  - pattern-sometimes: run($X)").is_err());
    assert!(with("patterns:\n  - pattern-regex: '('").is_err());
    let deep = format!("patterns: {}{}", "[{patterns: ".repeat(40), "}]".repeat(40));
    assert!(with(&deep).is_err());
}

#[test]
fn lines_are_marked_by_the_comment_they_end_with() {
    let code = "a # fires\nb // fires\n<c /> {/* fires */}\nfires\n'fires'\nd // it fires not";
    assert_eq!(marked_lines(code), [1, 2, 3]);
}
