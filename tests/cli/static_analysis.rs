use crate::sandbox::{Answer, Sandbox};
use insta::assert_snapshot;
use serde_json::Value;

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
const SQL: &str = "code/python-sql-injection";

/// A program of two files in which data of a request becomes a part of a query.
fn program() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("web/views.py", VIEWS);
    sandbox.write("web/store.py", STORE);
    sandbox
}

fn scan(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    sandbox.run(&[&["scan", ".", "--only", "code/*,waiver/*"], arguments].concat())
}

fn report(sandbox: &Sandbox, format: &str) -> Value {
    let text = scan(sandbox, &["-o", format]).out.replace("[TIME]", "0");
    serde_json::from_str(&text).unwrap()
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_way_of_data_is_shown_step_by_step() {
    let answer = scan(&program(), &["-o", "pretty"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert_snapshot!(answer.out);
}

#[test]
fn the_way_of_data_is_a_code_flow_in_sarif() {
    let sarif = report(&program(), "sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let flow = results.iter().find(|one| one["ruleId"] == SQL).unwrap();
    let steps = flow["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    let place = |step: &Value| {
        let place = &step["location"]["physicalLocation"];
        let path = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        (path, place["region"]["startLine"].as_u64().unwrap())
    };
    assert_eq!(place(steps.first().unwrap()), ("web/views.py".to_owned(), 9));
    assert_eq!(place(steps.last().unwrap()), ("web/store.py".to_owned(), 7));
}

#[test]
fn a_flaw_is_told_once_where_the_way_of_data_is_known() {
    let found = report(&program(), "json");
    assert_eq!(rules(&found), [SQL], "the pattern of the same weakness is silent");
    let alone = Sandbox::new();
    alone.write("web/store.py", STORE);
    assert_eq!(rules(&report(&alone, "json")), ["code/python-sql-formatted"]);
}

#[test]
fn source_code_is_judged_unless_the_settings_say_otherwise() {
    let sandbox = program();
    let with = sandbox.run(&["scan", ".", "-o", "concise"]);
    assert!(with.out.contains(SQL), "{with}");
    sandbox.write("bartizan.toml", "[code]\nstatic-analysis = false\n");
    let without = sandbox.run(&["scan", ".", "-o", "concise"]);
    assert!(!without.out.contains("code/"), "{without}");
    let asked = sandbox.run(&["scan", ".", "-o", "concise", "--only", "code/*"]);
    assert!(asked.out.contains(SQL), "{asked}");
}

#[test]
fn tests_are_judged_where_the_settings_say_so() {
    let sandbox = program();
    sandbox.write("tests/views.py", VIEWS);
    sandbox.write("tests/store.py", STORE);
    let places = || {
        let found = report(&sandbox, "json");
        let findings = found["findings"].as_array().unwrap().clone();
        let paths = findings
            .iter()
            .flat_map(|one| one["locations"].as_array().unwrap());
        let mut paths: Vec<String> = paths
            .map(|place| place["path"].as_str().unwrap().to_owned())
            .collect();
        paths.sort();
        paths
    };
    assert_eq!(places(), ["web/store.py"]);
    sandbox.write("bartizan.toml", "[code]\ntests = true\n");
    assert_eq!(places(), ["tests/store.py", "web/store.py"]);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_named_and_the_rest_is_judged() {
    let sandbox = program();
    sandbox.write("web/half.py", "def half(:\n    ]]\n");
    sandbox.write("web/large.js", &format!("var a = '{}';\n", "x".repeat(3 << 20)));
    let found = report(&sandbox, "json");
    assert_eq!(rules(&found), [SQL]);
    let told = found.to_string();
    assert!(told.contains("web/half.py: line 1"), "{told}");
    assert!(told.contains("web/large.js"), "{told}");
}

#[test]
fn where_reading_is_required_what_cannot_be_read_leaves_the_answer_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("half.py", "def half(:\n    ]]\n");
    assert_eq!(scan(&sandbox, &[]).code, 0);
    sandbox.write("bartizan.toml", "[code]\nrequire-reading = true\n");
    let answer = scan(&sandbox, &[]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.err.contains("half.py"), "{answer}");
}

#[test]
fn a_program_that_did_not_change_is_not_judged_again() {
    let sandbox = program();
    let first = report(&sandbox, "json");
    let second = report(&sandbox, "json");
    assert_eq!(second["findings"], first["findings"]);
    assert_eq!(second["stats"]["cached"], second["stats"]["files"]);
}

#[test]
fn what_is_safe_to_mend_is_mended_where_it_is_found() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "load.py",
        "import yaml\n\n\ndef load(text):\n    return yaml.load(text, Loader=yaml.Loader)\n",
    );
    let answer = sandbox.run(&["fix", "."]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        sandbox.read("load.py").contains("yaml.safe_load(text)"),
        "{answer}"
    );
    let left_alone = Sandbox::new();
    left_alone.write(
        "load.py",
        "import yaml\n\n\ndef load(text):\n    return yaml.load(text, Loader=yaml.Loader)\n",
    );
    left_alone.write("bartizan.toml", "[code]\nstatic-analysis = false\n");
    assert_eq!(left_alone.run(&["fix", "."]).out, "", "it is switched off");
}
