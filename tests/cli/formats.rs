use crate::sandbox::{Sandbox, token};
use bartizan_report::Format;
use insta::assert_snapshot;

#[test]
fn people_and_programs_are_told_the_same_in_their_formats() {
    let sandbox = Sandbox::leaky();
    for format in ["pretty", "concise", "json", "jsonl"] {
        assert_snapshot!(
            format!("format-{format}"),
            sandbox.scan(&["-o", format, "--no-cache"])
        );
    }
}

#[test]
fn the_exit_code_is_the_same_in_every_format_and_no_format_holds_the_secret() {
    let leaky = Sandbox::leaky();
    let clean = Sandbox::new();
    clean.write("a.py", "x = 1\n");
    for format in Format::ALL {
        let answer = leaky.scan(&["-o", format.as_str()]);
        assert_eq!(answer.code, 1, "{format}");
        assert!(!answer.out.is_empty(), "{format}");
        assert!(!answer.to_string().contains(&token(1)), "{format}");
        assert_eq!(clean.scan(&["-o", format.as_str()]).code, 0, "{format}");
    }
}

#[test]
fn several_formats_are_written_at_once() {
    let sandbox = Sandbox::leaky();
    let answer = sandbox.scan(&[
        "-o",
        "concise",
        "-o",
        "json=out/../report.json",
        "-o",
        "jsonl=lines.jsonl",
    ]);
    assert_eq!(answer.code, 2, "the directory `out` does not exist: {answer}");
    let answer = sandbox.scan(&[
        "-o",
        "concise",
        "-o",
        "json=report.json",
        "-o",
        "jsonl=lines.jsonl",
    ]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.out.lines().count(), 1, "{answer}");
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(report["verdict"]["decision"], "deny");
    assert!(
        sandbox
            .read("lines.jsonl")
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
}

#[test]
fn a_format_that_does_not_exist_or_not_yet_is_a_usage_error() {
    let sandbox = Sandbox::leaky();
    for (format, says) in [
        ("jsno", "did you mean `json`?"),
        ("ocsf", "not available"),
        ("json=", "names no file"),
    ] {
        let answer = sandbox.scan(&["-o", format]);
        assert_eq!(answer.code, 2, "{format}");
        assert!(answer.err.contains(says), "{answer}");
    }
    let answer = sandbox.scan(&["-o", "json", "-o", "concise"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("both go to standard output"), "{answer}");
}

#[test]
fn standard_output_carries_results_only() {
    let sandbox = Sandbox::leaky();
    let answer = sandbox.scan(&["-o", "json", "-v"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&answer.out.replace("[TIME]", "0")).is_ok(),
        "{answer}"
    );
    assert!(answer.err.lines().last().unwrap().starts_with("deny"), "{answer}");
    let quiet = sandbox.scan(&["-o", "json=report.json", "-q"]);
    assert_eq!(quiet.out, "");
    assert_eq!(quiet.err.lines().count(), 1, "{quiet}");
}

#[test]
fn colours_obey_the_flag_then_the_environment() {
    let sandbox = Sandbox::leaky();
    let styled = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let rule = sandbox.root().join("rule.yaml");
        let head = [
            "scan",
            "--rules",
            rule.to_str().unwrap(),
            "--only",
            "leak/harbour-token",
        ];
        let mut command = sandbox.bartizan(&[&head, arguments].concat());
        command.envs(variable);
        sandbox.answer(command.output().unwrap()).out.contains('\u{1b}')
    };
    assert!(!styled(&[], None), "no terminal, no colour");
    assert!(styled(&[], Some(("FORCE_COLOR", "1"))));
    assert!(!styled(&["--color", "never"], Some(("FORCE_COLOR", "1"))));
    assert!(styled(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(
        !styled(&["--color", "always", "-o", "json"], None),
        "programs get no colour"
    );
}
