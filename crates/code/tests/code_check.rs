//! The check of source code, over files that are judged together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_code::sast::{CodeCheck, OwnCode};
use bartizan_engine::rule::{Enabled, scan};
use bartizan_engine::{Check, Reported};
use bartizan_model::Finding;
use bartizan_source::{FileMeta, Interest};

fn judged(files: &[(&str, &str)]) -> Reported {
    judged_by(Enabled::default(), files)
}

fn judged_by(enabled: Enabled, files: &[(&str, &str)]) -> Reported {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    scan(&CodeCheck::new(enabled, OwnCode::default(), false), &files)
}

/// Where findings of a rule are, as `path:line`.
fn places(reported: &Reported, rule: &str) -> Vec<String> {
    let own = reported.findings.iter().filter(|one| one.rule == rule);
    own.map(|one| format!("{}:{}", one.locations[0].path, one.locations[0].line))
        .collect()
}

const VIEWS: &str = "from flask import Flask, request
from store import find

app = Flask(__name__)

@app.route('/ships')
def ships():
    return {'ships': find(request.args['name'])}
";
const STORE: &str = "import sqlite3

def find(name):
    connection = sqlite3.connect('harbour.db')
    cursor = connection.cursor()
    cursor.execute(\"SELECT * FROM ships WHERE name = '\" + name + \"'\")
    return cursor.fetchall()
";
const SAFE: &str = "import sqlite3

def find(name):
    connection = sqlite3.connect('harbour.db')
    cursor = connection.cursor()
    cursor.execute('SELECT * FROM ships WHERE name = ?', (name,))
    return cursor.fetchall()
";
const SQL: &str = "code/python-sql-injection";

fn the_way() -> Finding {
    let found = judged(&[("web/views.py", VIEWS), ("web/store.py", STORE)]).findings;
    found
        .into_iter()
        .find(|one| one.rule == SQL)
        .expect("the flow is found")
}

#[test]
fn data_is_followed_from_file_to_file_and_the_way_is_told() {
    let finding = the_way();
    assert_eq!(finding.locations[0].path, "web/store.py");
    assert_eq!(finding.locations[0].line, 6);
    let way: Vec<(&str, u32)> = finding
        .evidence
        .iter()
        .map(|step| step.location.as_ref().unwrap())
        .map(|place| (place.path.as_str(), place.line))
        .collect();
    assert_eq!(way.first(), Some(&("web/views.py", 8)), "{way:?}");
    assert_eq!(way.last(), Some(&("web/store.py", 6)), "{way:?}");
    assert!(way.contains(&("web/store.py", 3)), "{way:?}");
}

#[test]
fn a_query_with_parameters_is_no_finding() {
    let reported = judged(&[("web/views.py", VIEWS), ("web/store.py", SAFE)]);
    assert_eq!(places(&reported, SQL), [""; 0]);
    assert_eq!(reported.errors, [""; 0]);
}

#[test]
fn one_file_without_the_other_is_no_finding() {
    assert_eq!(places(&judged(&[("web/store.py", STORE)]), SQL), [""; 0]);
}

#[test]
fn the_order_of_files_and_lines_above_change_no_fingerprint() {
    let one = the_way().fingerprint;
    let moved = format!("# ours\n\n{STORE}");
    let other = judged(&[("web/store.py", &moved), ("web/views.py", VIEWS)]);
    let other = other.findings.iter().find(|one| one.rule == SQL).unwrap();
    assert_eq!(other.fingerprint, one);
    assert_eq!(other.locations[0].line, 8);
}

#[test]
fn a_rule_that_is_not_in_force_finds_nothing() {
    let only = Enabled::only(std::iter::once("code/python-command-injection".to_owned()).collect());
    assert_eq!(
        judged_by(only, &[("views.py", VIEWS), ("store.py", STORE)]).findings,
        []
    );
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_judged() {
    let broken = format!("{STORE}\n\ndef broken(:\n    ]]\n");
    let reported = judged(&[("views.py", VIEWS), ("store.py", &broken)]);
    assert_eq!(places(&reported, SQL), ["store.py:6"]);
    assert!(
        reported
            .errors
            .iter()
            .any(|error| error.contains("line 10") || error.contains("line 11")),
        "{:?}",
        reported.errors
    );
}

#[test]
fn what_is_nested_too_deeply_is_named_and_the_rest_is_judged() {
    let deep = format!("x = {}1{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let reported = judged(&[("deep.py", &deep), ("views.py", VIEWS), ("store.py", STORE)]);
    assert_eq!(places(&reported, SQL), ["store.py:6"]);
    let named = reported
        .errors
        .iter()
        .any(|error| error.contains("nested too deeply"));
    assert!(named, "{:?}", reported.errors);
}

#[test]
fn a_long_line_that_a_program_wrote_is_finished() {
    let line: String = (0..40_000)
        .map(|number| format!("f{number}=open(g{number}(a[{number}]))+b.c{number};"))
        .collect();
    let text = format!("import os\n{line}\n");
    let reported = judged(&[("made.py", &text), ("views.py", VIEWS), ("store.py", STORE)]);
    assert_eq!(places(&reported, SQL), ["store.py:6"]);
}

#[test]
fn bytes_that_are_no_text_are_an_error_of_their_file_alone() {
    let check = CodeCheck::new(Enabled::default(), OwnCode::default(), false);
    let reported = scan(
        &check,
        &[
            ("a.py", b"\xff\xfe"),
            ("views.py", VIEWS.as_bytes()),
            ("store.py", STORE.as_bytes()),
        ],
    );
    assert_eq!(places(&reported, SQL), ["store.py:6"]);
    assert!(
        reported
            .errors
            .iter()
            .any(|error| error.starts_with("a.py: it is no UTF-8")),
        "{:?}",
        reported.errors
    );
}

fn wants(check: &CodeCheck, path: &str) -> bool {
    let file = FileMeta {
        path: path.into(),
        size: 1,
        commit: None,
        author: None,
        layer: None,
    };
    matches!(check.wants(&file), Interest::Entire(_))
}

#[test]
fn squeezed_and_copied_files_and_those_of_other_languages_are_not_looked_at() {
    let check = CodeCheck::new(Enabled::default(), OwnCode::default(), false);
    for path in ["static/jquery.min.js", "vendor/example.com/a.go", "README.md"] {
        assert!(!wants(&check, path), "{path}");
    }
    for path in ["a.py", "src/application.properties"] {
        assert!(wants(&check, path), "{path}");
    }
}

#[test]
fn tests_are_looked_at_where_they_are_asked_for() {
    let check = CodeCheck::new(Enabled::default(), OwnCode::default(), false);
    assert!(!wants(&check, "src/test/java/ShipTest.java"));
    assert!(wants(&check.with_tests(), "src/test/java/ShipTest.java"));
}

#[test]
fn a_flaw_is_told_once_where_both_its_look_and_the_way_of_its_data_are_known() {
    let both = judged(&[("web/views.py", VIEWS), ("web/store.py", STORE)]);
    let rules: Vec<&str> = both.findings.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, [SQL]);
    assert_eq!(
        places(&judged(&[("web/store.py", STORE)]), "code/python-sql-formatted"),
        ["web/store.py:6"]
    );
}

#[test]
fn every_finding_says_what_to_do_and_which_weakness_it_is() {
    let finding = the_way();
    assert_eq!(finding.cwe, ["CWE-89"]);
    assert!(!finding.fix.unwrap().description.is_empty());
    assert!(
        finding
            .controls
            .iter()
            .any(|control| control.framework.starts_with("OWASP"))
    );
}
