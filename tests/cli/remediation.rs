//! What to do first, and by when: priorities, first sights, objectives.

use crate::sandbox::{Sandbox, token};
use serde_json::Value;

const DAY: i64 = 86_400;

fn leaky() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app.py", &format!("token = \"{}\"\n", token(1)));
    sandbox
}

fn report(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let output = sandbox
        .bartizan(
            &[
                &[
                    "scan",
                    "--rules",
                    "../rule.yaml",
                    "--only",
                    "leak/harbour-token,waiver/*",
                    "-o",
                    "json",
                ],
                arguments,
            ]
            .concat(),
        )
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The record of first sights of the only target.
fn book(sandbox: &Sandbox) -> std::path::PathBuf {
    let directory = sandbox.root().join("data/bartizan/first-seen");
    let files = std::fs::read_dir(&directory).unwrap();
    let mut books = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_none());
    let book = books.next().unwrap();
    assert!(books.next().is_none());
    book
}

/// Moves every first sight back by so many days.
fn age(sandbox: &Sandbox, days: i64) {
    let file = book(sandbox);
    let mut book: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for seen in book["seen"].as_object_mut().unwrap().values_mut() {
        let first: bartizan_model::Timestamp = serde_json::from_value(seen["first"].clone()).unwrap();
        let earlier = bartizan_model::Timestamp::from_unix_seconds(first.unix_seconds() - days * DAY);
        seen["first"] = serde_json::to_value(earlier).unwrap();
    }
    std::fs::write(file, book.to_string()).unwrap();
}

fn seconds(value: &Value) -> i64 {
    let at: bartizan_model::Timestamp = serde_json::from_value(value.clone()).unwrap();
    at.unix_seconds()
}

#[test]
fn the_time_to_close_a_finding_runs_from_first_sight() {
    let sandbox = leaky();
    let first = report(&sandbox, &[]);
    let finding = &first["findings"][0];
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["first_seen"], first["started"]);
    assert_eq!(
        seconds(&finding["due"]) - seconds(&finding["first_seen"]),
        7 * DAY
    );

    age(&sandbox, 9);
    let later = report(&sandbox, &[]);
    let finding = &later["findings"][0];
    assert!(seconds(&later["started"]) - seconds(&finding["first_seen"]) >= 9 * DAY);
    let answer = sandbox.scan(&[]);
    assert!(answer.out.contains("due: overdue for 2 days"), "{answer}");
    assert!(answer.err.contains("; 1 overdue;"), "{answer}");
}

#[test]
fn objectives_are_settings_and_bad_ones_are_refused() {
    let sandbox = leaky();
    sandbox.write("bartizan.toml", "[objectives]\nhigh = \"3w\"\n");
    let finding = &report(&sandbox, &[])["findings"][0];
    assert_eq!(
        seconds(&finding["due"]) - seconds(&finding["first_seen"]),
        21 * DAY
    );
    for wrong in ["0h", "7", "-1d", "1m", "99999999w", "d"] {
        sandbox.write(
            "bartizan.toml",
            &format!("[objectives]\ncritical = \"{wrong}\"\n"),
        );
        let answer = sandbox.scan(&[]);
        assert_eq!(answer.code, 2, "{wrong}: {answer}");
        assert!(answer.err.contains("hours, days or weeks"), "{answer}");
    }
}

#[test]
fn a_finding_that_comes_back_counts_anew_and_one_that_was_not_looked_for_does_not() {
    let sandbox = leaky();
    report(&sandbox, &[]);
    age(&sandbox, 3);
    let leak = sandbox.read("app.py");
    sandbox.write("app.py", "token = None\n");
    report(&sandbox, &["--skip", "leak/*"]);
    sandbox.write("app.py", &leak);
    let kept = report(&sandbox, &[]);
    assert!(seconds(&kept["started"]) - seconds(&kept["findings"][0]["first_seen"]) >= 3 * DAY);

    sandbox.write("app.py", "token = None\n");
    report(&sandbox, &[]);
    sandbox.write("app.py", &leak);
    let anew = report(&sandbox, &[]);
    assert_eq!(anew["findings"][0]["first_seen"], anew["started"]);
}

#[test]
fn a_record_that_cannot_be_read_is_said_and_left_alone() {
    let sandbox = leaky();
    report(&sandbox, &[]);
    let file = book(&sandbox);
    std::fs::write(&file, "{\"schema\":\"bartizan/first-seen/v7\"}").unwrap();
    let answer = sandbox.scan(&[]);
    assert!(
        answer.err.contains("when findings were first seen is not known"),
        "{answer}"
    );
    assert!(answer.err.contains("bartizan/first-seen/v7"), "{answer}");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "{\"schema\":\"bartizan/first-seen/v7\"}"
    );
}

#[test]
fn nothing_is_kept_where_the_settings_say_so_or_for_what_is_staged() {
    let sandbox = leaky();
    sandbox.write("bartizan.toml", "[data]\nfirst-seen = false\n");
    let finding = &report(&sandbox, &[])["findings"][0];
    assert!(finding.get("first_seen").is_none() && finding.get("due").is_none());
    sandbox.write("bartizan.toml", "");
    sandbox.init();
    sandbox.git(&["add", "."]);
    let finding = &report(&sandbox, &["--staged"])["findings"][0];
    assert!(finding.get("first_seen").is_none());
    assert!(!sandbox.root().join("data/bartizan/first-seen").exists());
}

#[test]
fn fixes_are_listed_instead_of_findings() {
    let sandbox = leaky();
    sandbox.write("more.py", &format!("token = \"{}\"\n", token(2)));
    let answer = sandbox.scan(&["--group-by", "fix"]);
    assert!(
        answer
            .out
            .contains("1 thing to do, closing 2 findings; most urgent first"),
        "{answer}"
    );
    assert!(answer.out.contains("closes 2 findings: 2 high"), "{answer}");
    assert!(answer.out.contains("app.py:1:10, more.py:1:10"), "{answer}");
    let answer = sandbox.scan(&["--group-by", "fix", "-o", "concise"]);
    assert_eq!(answer.out.lines().count(), 1, "{answer}");
    assert_eq!(sandbox.scan(&["--group-by", "rule"]).code, 2);
}
