use crate::sandbox::{RULE, Sandbox, token};
use insta::assert_snapshot;

#[test]
fn rules_are_listed_and_filtered() {
    let sandbox = Sandbox::new();
    assert_snapshot!("rules-list-waivers", sandbox.run(&["rules", "list", "waiver/*"]));
    assert_snapshot!("rules-list-nothing", sandbox.run(&["rules", "list", "host/*"]));
    let answer = sandbox.run(&["rules", "list", "leak/harbour-token", "--rules", "../rule.yaml"]);
    assert!(answer.out.contains("Harbour token"), "{answer}");
}

#[test]
fn the_built_in_rules_are_tried_when_no_file_is_named() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["rules", "test"]);
    let tried: usize = answer.err.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(tried > 300, "{answer}");
    assert_eq!(
        answer.code == 0,
        answer.out.is_empty(),
        "each problem is a line, and a problem is exit code 1: {answer}"
    );
}

#[test]
fn a_rule_of_ones_own_is_written_tried_and_used() {
    let sandbox = Sandbox::new();
    let template = sandbox.run(&["rules", "new", "leak/our-token"]);
    assert_eq!(template.code, 0, "{template}");
    sandbox.write("our-token.yaml", &template.out);
    let tried = sandbox.run(&["rules", "test", "our-token.yaml"]);
    assert_eq!(tried.code, 0, "{tried}");
    assert!(tried.err.contains("1 rule tried, 0 with a problem"), "{tried}");
    for id in ["our-token", "leak/Our-Token", "leak/", "code/x", "leak/-x"] {
        assert_eq!(sandbox.run(&["rules", "new", id]).code, 2, "{id}");
    }
}

#[test]
fn an_example_that_does_not_do_what_it_says_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rule.yaml",
        &RULE.replace("text: 'hbr_'", "generate: 'hbr_[a-z0-9]{24}'"),
    );
    let answer = sandbox.run(&["rules", "test", "rule.yaml"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(
        answer
            .out
            .contains("leak/harbour-token: quiet example 1: must stay quiet and fired"),
        "{answer}"
    );
}

/// A rule file of another tool, with one rule that can be honoured and one that cannot.
const FOREIGN: &str = r#"
title = "ours"

[[rules]]
id = "harbour"
description = "Harbour token"
regex = '''\b(hbr_[a-z0-9]{24})\b'''
keywords = ["hbr_"]

[[rules]]
id = "look-around"
description = "Needs what our engine has not"
regex = '''(?<=x)secret'''
keywords = ["secret"]
"#;

#[test]
fn a_foreign_rule_file_is_used_as_it_is_and_what_cannot_be_honoured_is_named() {
    let sandbox = Sandbox::leaky();
    std::fs::write(sandbox.root().join("foreign.toml"), FOREIGN).unwrap();
    let answer = sandbox.run(&[
        "scan",
        "--rules",
        "../foreign.toml",
        "--only",
        "leak/gitleaks-harbour",
        "-o",
        "concise",
    ]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.err.contains("look-around"), "{answer}");
    assert!(!answer.to_string().contains(&token(1)));
}

#[test]
fn an_imported_rule_finds_what_its_original_found() {
    let sandbox = Sandbox::leaky();
    std::fs::write(sandbox.root().join("foreign.toml"), FOREIGN).unwrap();
    assert_snapshot!(
        "rules-import",
        sandbox.run(&["rules", "import", "../foreign.toml", "-o", "../imported"])
    );
    let answer = sandbox.run(&[
        "scan",
        "--rules",
        "../imported/gitleaks-harbour.yaml",
        "--only",
        "leak/gitleaks-harbour",
    ]);
    assert_eq!(answer.code, 1, "{answer}");
}

#[test]
fn a_rule_that_runs_without_one_of_its_conditions_is_listed_once_with_what_was_dropped() {
    let sandbox = Sandbox::leaky();
    let list = "\n[[rules.allowlists]]\ncondition = \"AND\"\nregexes = ['''hbr''']\npaths = ['''src/''']\n";
    let file = FOREIGN.replacen(
        "keywords = [\"hbr_\"]\n",
        &format!("keywords = [\"hbr_\"]\n{list}"),
        1,
    );
    std::fs::write(sandbox.root().join("foreign.toml"), file).unwrap();
    assert_snapshot!(
        "rules-import-dropped",
        sandbox.run(&["rules", "import", "../foreign.toml"])
    );
    let only = ["--only", "leak/gitleaks-harbour", "-o", "concise"];
    let answer = sandbox.run(&[&["scan", "--rules", "../foreign.toml"], &only[..]].concat());
    assert_eq!(answer.code, 1, "{answer}");
    assert!(
        answer.err.contains("taken, with a condition dropped")
            && answer.err.contains("leak/gitleaks-harbour"),
        "{answer}"
    );
}
