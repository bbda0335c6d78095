use crate::sandbox::Sandbox;
use insta::assert_snapshot;

/// Every verb, as it is written.
const VERBS: &[&str] = &[
    "scan",
    "gate",
    "sbom",
    "reach",
    "rbac",
    "fix",
    "policy",
    "policy test",
    "explain",
    "waive",
    "waive add",
    "waive list",
    "waive prune",
    "baseline",
    "baseline create",
    "baseline show",
    "baseline prune",
    "hook",
    "hook install",
    "rules",
    "rules list",
    "rules test",
    "rules new",
    "rules import",
    "db",
    "db update",
    "db status",
    "agent",
    "watch",
    "bpf",
    "bpf list",
    "bpf manifest",
    "profile",
    "profile learn",
    "profile packages",
    "profile run",
    "profile show",
    "profile verify",
    "doctor",
    "completions",
    "man",
    "schema",
    "comply",
    "comply report",
    "comply gaps",
    "comply export",
    "config",
    "config show",
    "version",
];

#[test]
fn the_help_of_every_verb_is_as_written() {
    let sandbox = Sandbox::new();
    assert_snapshot!("help", sandbox.run(&["--help"]));
    assert_snapshot!("help-short", sandbox.run(&["-h"]));
    for verb in VERBS {
        let arguments: Vec<&str> = verb.split(' ').chain(["--help"]).collect();
        assert_snapshot!(
            format!("help-{}", verb.replace(' ', "-")),
            sandbox.run(&arguments)
        );
    }
}

#[test]
fn the_short_help_is_shorter_than_the_long_one() {
    let sandbox = Sandbox::new();
    for verb in ["scan", "gate", "explain"] {
        assert!(
            sandbox.run(&[verb, "-h"]).out.len() < sandbox.run(&[verb, "--help"]).out.len(),
            "{verb}"
        );
    }
}

#[test]
fn a_mistyped_verb_or_flag_is_answered_with_the_nearest() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["scna"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("scan"), "{answer}");
    let answer = sandbox.run(&["scan", "--fail-no", "low"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("--fail-on"), "{answer}");
}

#[test]
fn verbs_of_later_capabilities_are_not_offered() {
    let sandbox = Sandbox::new();
    for verb in ["diff", "comply", "slo"] {
        assert_eq!(sandbox.run(&[verb]).code, 2, "{verb}");
    }
}

#[test]
fn version_is_one_line_and_the_same_both_ways() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["version"]);
    assert_eq!(
        (answer.code, answer.out.as_str(), answer.err.as_str()),
        (0, "bartizan [VERSION]\n", "")
    );
    assert_eq!(sandbox.run(&["--version"]).out, answer.out);
}

#[test]
fn completions_are_made_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = sandbox.run(&["completions", shell]);
        assert_eq!(answer.code, 0, "{shell}");
        assert!(answer.out.contains("fail-on"), "{shell}");
    }
    assert_eq!(sandbox.run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn manual_pages_are_written_for_every_verb() {
    let sandbox = Sandbox::new();
    assert!(sandbox.run(&["man"]).out.contains(".TH BARTIZAN"));
    let answer = sandbox.run(&["man", "-o", "pages"]);
    assert_eq!(answer.code, 0, "{answer}");
    for verb in VERBS {
        let page = sandbox.read(&format!("pages/bartizan-{}.1", verb.replace(' ', "-")));
        assert!(page.contains(".SH NAME"), "{verb}");
    }
}

#[test]
fn schemas_are_listed_and_printed() {
    let sandbox = Sandbox::new();
    let listed = sandbox.run(&["schema"]);
    assert_eq!(listed.code, 0);
    for line in listed.out.lines() {
        let name = line.split_whitespace().next().unwrap();
        let schema: serde_json::Value = serde_json::from_str(&sandbox.run(&["schema", name]).out).unwrap();
        assert!(schema["$schema"].is_string(), "{name}");
    }
    let answer = sandbox.run(&["schema", "confg"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("did you mean `config`?"), "{answer}");
}
