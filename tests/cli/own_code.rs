use crate::sandbox::Sandbox;

const MODEL: &str = "
library: harbour
languages: [python]
references: ['https://example.com/harbour']
imports: [harbour]
sources: [{ kind: message, call: [harbour.listen] }]
sinks: [{ kind: command, call: [harbour.order], at: [0] }]
cleaners: [{ cleans: [command], call: [harbour.quote] }]
";

const RULE: &str = r#"
id: code/python-harbour-order
title: A message becomes an order
languages: [python]
severity: high
confidence: high
cwe: [77]
controls: { OWASP-ASVS-5.0: ['1.2.5'] }
message: what was heard is ordered
manual: Whoever sends the message gives the order.
secure: Quote it with `harbour.quote`.
references: ['https://example.com/harbour']
flow: { sources: [message], sinks: [command] }
examples:
  fire:
    - |
      import harbour
      harbour.order("go " + harbour.listen())  # fires
  quiet:
    - |
      import harbour
      harbour.order("go " + harbour.quote(harbour.listen()))
"#;

const CODE: &str = "import harbour\n\ndef heard():\n    return harbour.listen()\n\nharbour.order(heard())\nharbour.order(harbour.quote(heard()))\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app.py", CODE);
    sandbox.write("security/models/harbour.yaml", MODEL);
    sandbox.write("security/order.yaml", RULE);
    sandbox
}

#[test]
fn a_rule_and_a_model_of_ones_own_judge_without_the_built_in_rules() {
    let sandbox = sandbox();
    sandbox.write("run.py", "import os\nos.system(input())\neval(input())\n");
    sandbox.write("bartizan.toml", "[code]\nstatic-analysis = false\n");
    let scan = ["scan", "--skip", "leak/*", "-o", "concise"];
    let without = sandbox.run(&[&scan[..], &["--rules", "security/order.yaml"]].concat());
    assert!(
        !without.out.contains("code/"),
        "without the model nothing is known of the library: {without}"
    );
    let settings = "[code]\nstatic-analysis = false\nmodels = [\"security/models\"]\n[rules]\nfiles = [\"security/order.yaml\"]\n";
    sandbox.write("bartizan.toml", settings);
    let answer = sandbox.run(&scan);
    assert_eq!(answer.code, 1, "{answer}");
    let code: Vec<&str> = answer
        .out
        .lines()
        .filter(|line| line.contains("[code/"))
        .collect();
    assert_eq!(code.len(), 1, "{answer}");
    assert!(
        code[0].starts_with("app.py:6:1: high[code/python-harbour-order] what was heard is ordered"),
        "{answer}"
    );
    let explained = sandbox.run(&["explain", "code/python-harbour-order"]);
    assert!(
        explained
            .out
            .contains("Whoever sends the message gives the order."),
        "{explained}"
    );
}

#[test]
fn the_built_in_rules_follow_data_by_a_model_of_ones_own() {
    let sandbox = sandbox();
    sandbox.write(
        "bartizan.toml",
        "[code]\nstatic-analysis = true\nmodels = [\"security/models/harbour.yaml\"]\n",
    );
    sandbox.write(
        "shell.py",
        "import os\nimport harbour\n\nharbour.order(input())\nos.system(harbour.quote(input()))\n",
    );
    sandbox.write(
        "web.py",
        "import harbour\nfrom flask import request\n\nharbour.order(request.args['x'])\n",
    );
    let answer = sandbox.run(&["scan", "--only", "code/*", "-o", "concise"]);
    assert!(
        answer
            .out
            .contains("web.py:4:1: critical[code/python-command-injection]"),
        "{answer}"
    );
}

#[test]
fn examples_of_a_code_rule_are_tried_and_what_is_wrong_is_named() {
    let sandbox = sandbox();
    sandbox.write("bartizan.toml", "[code]\nmodels = [\"security/models\"]\n");
    let good = sandbox.run(&["rules", "test", "security/order.yaml"]);
    assert_eq!(good.code, 0, "{good}");
    sandbox.write(
        "security/order.yaml",
        &RULE.replace("harbour.quote(harbour", "str(harbour"),
    );
    let bad = sandbox.run(&["rules", "test", "security/order.yaml"]);
    assert_eq!(bad.code, 1, "{bad}");
    assert!(
        bad.out
            .contains("code/python-harbour-order: quiet example 1: reports lines {2} instead of {}"),
        "{bad}"
    );
}

#[test]
fn a_model_or_a_rule_that_is_wrong_is_an_error_of_the_configuration() {
    let sandbox = sandbox();
    sandbox.write("bartizan.toml", "[code]\nmodels = [\"security/models\"]\n");
    sandbox.write(
        "security/models/harbour.yaml",
        &MODEL.replace("kind: command", "kind: harm"),
    );
    let answer = sandbox.run(&["scan"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("security/models/harbour.yaml"), "{answer}");
    sandbox.write("security/models/harbour.yaml", MODEL);
    sandbox.write(
        "security/order.yaml",
        &RULE.replace("flow: { sources: [message], sinks: [command] }", "pattern: 'f('"),
    );
    let answer = sandbox.run(&["scan", "--rules", "security/order.yaml"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("security/order.yaml"), "{answer}");
}

#[test]
fn a_template_of_each_language_is_tried_and_used() {
    for (language, file) in [
        ("python", "a.py"),
        ("javascript", "a.js"),
        ("typescript", "a.ts"),
        ("java", "A.java"),
        ("go", "a.go"),
    ] {
        let sandbox = Sandbox::new();
        let id = format!("code/{language}-forbidden");
        let template = sandbox.run(&["rules", "new", &id]);
        assert_eq!(template.code, 0, "{template}");
        sandbox.write("rule.yaml", &template.out);
        let tried = sandbox.run(&["rules", "test", "rule.yaml"]);
        assert_eq!(tried.code, 0, "{language}: {tried}");
        assert!(tried.err.contains("1 rule tried, 0 with a problem"), "{tried}");
        let call = match language {
            "java" => "class A { void m(int b) { forbidden(b); } }\n",
            "go" => "package p\nfunc m(b int) { forbidden(b) }\n",
            _ => "forbidden(b)\n",
        };
        sandbox.write(file, call);
        let found = sandbox.run(&[
            "scan",
            "--rules",
            "rule.yaml",
            "--only",
            "code/*",
            "-o",
            "concise",
            file,
        ]);
        assert!(
            found
                .out
                .contains(&format!("medium[{id}] `b` must not come here")),
            "{found}"
        );
    }
    let sandbox = Sandbox::new();
    for id in ["code/cobol-x", "code/python", "code/python-", "code/go-X"] {
        assert_eq!(sandbox.run(&["rules", "new", id]).code, 2, "{id}");
    }
}

#[test]
fn a_rule_that_says_only_what_it_is_called_and_looks_for_judges() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rule.yaml",
        "id: code/python-debug-print\ntitle: A print is left\nlanguages: [python]\nseverity: low\npattern: print(...)\n",
    );
    sandbox.write("a.py", "print(1)\n");
    for output in [
        "concise", "pretty", "json", "sarif", "markdown", "gitlab", "junit",
    ] {
        let found = sandbox.run(&[
            "scan",
            "--rules",
            "rule.yaml",
            "--only",
            "code/*",
            "-o",
            output,
            "a.py",
        ]);
        assert!(found.out.contains("A print is left"), "{output}: {found}");
    }
    sandbox.write("bartizan.toml", "[rules]\nfiles = [\"rule.yaml\"]\n");
    let explained = sandbox.run(&["explain", "code/python-debug-print"]);
    assert_eq!(explained.code, 0, "{explained}");
    let tried = sandbox.run(&["rules", "test", "rule.yaml"]);
    assert_eq!(tried.code, 0, "{tried}");
    assert!(
        tried.err.contains("has no examples, so that it was only read"),
        "{tried}"
    );
}
