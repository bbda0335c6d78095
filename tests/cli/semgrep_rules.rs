use crate::sandbox::Sandbox;
use serde_json::Value;

/// Two rules that run, and one that asks for something that there is not.
const RULES: &str = r#"
rules:
  - id: eval-of-name
    languages: [python]
    severity: ERROR
    message: Never evaluate $X. Parse it.
    metadata:
      cwe: ["CWE-95: Eval Injection"]
      owasp: ["A03:2021 - Injection"]
      confidence: LOW
      references: ['https://docs.python.org/3/library/functions.html#eval']
    pattern: eval($X)
    fix: ast.literal_eval($X)
    paths:
      exclude: [tests]
  - id: input.to.system
    languages: [python]
    severity: WARNING
    message: input reaches a shell
    mode: taint
    pattern-sources: [{ pattern: input(...) }]
    pattern-sinks: [{ pattern: os.system(...) }]
  - id: entropy
    languages: [python]
    severity: INFO
    message: m
    patterns:
      - pattern: f("$X")
      - metavariable-analysis: { analyzer: entropy, metavariable: $X }
"#;

const CODE: &str =
    "import os\n\ndef ask():\n    return input()\n\nname = ask()\nos.system('ls ' + name)\neval(name)\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app.py", CODE);
    sandbox.write("tests/app.py", "eval(x)\n");
    std::fs::create_dir_all(sandbox.root().join("rules/python/security")).unwrap();
    std::fs::write(sandbox.root().join("rules/own.yaml"), RULES).unwrap();
    sandbox
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let findings = report["findings"].as_array().unwrap();
    let mut fitting = findings.iter().filter(|finding| finding["rule"] == rule);
    let first = fitting.next().unwrap();
    assert!(fitting.next().is_none(), "{rule} reports once");
    first
}

#[test]
fn findings_of_semgrep_rules_carry_what_the_rule_and_the_place_say() {
    let sandbox = sandbox();
    sandbox.write("bartizan.toml", "[code]\nstatic-analysis = false\n");
    let answer = sandbox.run(&["scan", "--rules", "../rules/own.yaml", "-o", "json"]);
    assert_eq!(answer.code, 1, "{answer}");
    let report: Value = serde_json::from_str(&answer.out.replace("[TIME]", "0")).unwrap();
    let eval = finding(&report, "code/semgrep/eval-of-name");
    assert_eq!(eval["severity"], "high");
    assert_eq!(eval["confidence"], "low");
    assert_eq!(eval["title"], "Never evaluate $X");
    assert_eq!(eval["message"], "Never evaluate name. Parse it.");
    assert_eq!(eval["cwe"][0], "CWE-95");
    let control = serde_json::json!({ "framework": "OWASP-Top10-2021", "id": "A03" });
    assert!(eval["controls"].as_array().unwrap().contains(&control), "{eval}");
    assert_eq!(eval["locations"][0]["line"], 8);
    assert_eq!(eval["fix"]["edits"][0]["replacement"], "ast.literal_eval(name)");

    let shell = finding(&report, "code/semgrep/input.to.system");
    assert_eq!(shell["severity"], "medium");
    let lines: Vec<u64> = shell["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["location"]["line"].as_u64().unwrap())
        .collect();
    assert_eq!((lines.first(), lines.last()), (Some(&4), Some(&7)), "{shell}");
    let foreign = report["findings"].as_array().unwrap().iter();
    assert!(
        foreign
            .clone()
            .all(|finding| !finding["rule"].as_str().unwrap().starts_with("code/python-")),
        "rules of one's own do not switch the built-in ones on"
    );
}

#[test]
fn a_semgrep_rule_that_cannot_run_is_said_and_makes_the_answer_unknown_where_that_is_asked() {
    let sandbox = sandbox();
    let scan = [
        "scan",
        "--rules",
        "../rules/own.yaml",
        "--fail-on",
        "critical",
        "-o",
        "concise",
    ];
    let answer = sandbox.run(&scan);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer.err.contains(
            "`code/semgrep/entropy` is not run: its operator `metavariable-analysis` is not supported"
        ),
        "{answer}"
    );
    sandbox.write("bartizan.toml", "[code]\nrequire-reading = true\n");
    let answer = sandbox.run(&scan);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer
            .err
            .contains("code/semgrep-rules ran in part (not run: its operator `metavariable-analysis`"),
        "{answer}"
    );
    let without = sandbox.run(&[&scan[..], &["--skip", "code/semgrep/entropy"]].concat());
    assert_eq!(without.code, 0, "{without}");
}

#[test]
fn a_directory_of_rule_files_gives_its_rules_the_places_they_lie_in() {
    let sandbox = sandbox();
    let rules = sandbox.root().join("rules");
    std::fs::write(
        rules.join("python/security/exec.yml"),
        "rules:\n- id: exec\n  languages: [python]\n  severity: LOW\n  message: no exec\n  pattern: exec(...)\n",
    )
    .unwrap();
    let role = "kind: Role\nid: x\nrules:\n- verbs: [get]\n";
    std::fs::write(rules.join("python/security/settings.yaml"), role).unwrap();
    sandbox.write("run.py", "exec(x)\n");
    let only = ["--only", "code/semgrep/python.*", "-o", "concise"];
    let answer = sandbox.run(&[&["scan", "--rules", "../rules"], &only[..]].concat());
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer
            .out
            .contains("run.py:1:1: low[code/semgrep/python.security.exec] no exec"),
        "{answer}"
    );
    assert!(
        answer
            .err
            .contains("no rule file that is known: [SANDBOX]/work/../rules/python/security/settings.yaml"),
        "{answer}"
    );
    assert!(
        !answer.err.contains("ran in part"),
        "a rule that is not in force need not run: {answer}"
    );
    let listed = sandbox.run(&["rules", "import", "../rules"]);
    assert_eq!(listed.code, 0, "{listed}");
    for row in [
        ("code/semgrep/python.security.exec", "taken", "no exec"),
        (
            "code/semgrep/entropy",
            "left out",
            "its operator `metavariable-analysis` is not supported",
        ),
    ] {
        let is_there = |line: &str| line.starts_with(row.0) && line.contains(row.1) && line.contains(row.2);
        assert!(listed.out.lines().any(is_there), "{row:?}\n{listed}");
    }
    assert!(listed.err.contains("3 rules taken, 1 left out"), "{listed}");
}

#[test]
fn two_files_below_a_directory_may_use_one_id() {
    let sandbox = sandbox();
    let rule = |call: &str| {
        format!(
            "rules:\n- id: twice\n  languages: [python]\n  severity: LOW\n  message: no {call}\n  pattern: {call}(...)\n"
        )
    };
    for (file, call) in [("first.yaml", "exec"), ("second.yaml", "compile")] {
        std::fs::write(sandbox.root().join("rules/python").join(file), rule(call)).unwrap();
    }
    sandbox.write("run.py", "exec(x)\ncompile(x)\n");
    let only = ["--only", "code/semgrep/python.*", "-o", "concise"];
    let answer = sandbox.run(&[&["scan", "--rules", "../rules"], &only[..]].concat());
    for line in [
        "run.py:1:1: low[code/semgrep/python.twice] no exec",
        "run.py:2:1: low[code/semgrep/python.second.twice] no compile",
    ] {
        assert!(answer.out.contains(line), "{line}\n{answer}");
    }
    let files = [
        "scan",
        "--rules",
        "../rules/python/first.yaml",
        "--rules",
        "../rules/python/second.yaml",
    ];
    assert_eq!(
        sandbox.run(&files).code,
        2,
        "files that are named keep the ids of their rules"
    );
}

#[test]
fn a_semgrep_rule_of_the_settings_is_explained() {
    let sandbox = sandbox();
    sandbox.write("bartizan.toml", "[rules]\nfiles = [\"../rules/own.yaml\"]\n");
    let answer = sandbox.run(&["explain", "code/semgrep/eval-of-name"]);
    assert_eq!(answer.code, 0, "{answer}");
    for text in ["Never evaluate $X. Parse it.", "ast.literal_eval($X)", "CWE-95"] {
        assert!(answer.out.contains(text), "{text}\n{answer}");
    }
    let listed = sandbox.run(&["rules", "list", "code/semgrep/*", "--rules", "../rules/own.yaml"]);
    assert_eq!(listed.out.lines().count(), 2, "{listed}");
}

#[test]
fn a_rule_for_text_looks_at_every_text_and_at_nothing_else() {
    let sandbox = sandbox();
    let rule = "rules:\n- id: word\n  languages: [regex]\n  severity: LOW\n  message: says it\n  pattern-regex: 'zau\\d+'\n";
    std::fs::write(sandbox.root().join("word.yaml"), rule).unwrap();
    sandbox.write("notes.txt", "a\nzau12\n");
    std::fs::write(sandbox.path("image.png"), b"\0\0zau12").unwrap();
    let answer = sandbox.run(&[
        "scan",
        "--rules",
        "../word.yaml",
        "--only",
        "code/semgrep/word",
        "-o",
        "concise",
    ]);
    assert_eq!(answer.out.lines().count(), 1, "{answer}");
    assert!(
        answer
            .out
            .contains("notes.txt:2:1: low[code/semgrep/word] says it"),
        "{answer}"
    );
}
