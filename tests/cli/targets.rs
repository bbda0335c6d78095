use crate::sandbox::{Sandbox, token};
use std::io::Write;
use std::process::Stdio;

fn lines(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let answer = sandbox.scan(&[arguments, &["-o", "concise"]].concat());
    answer
        .out
        .lines()
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn several_targets_are_one_report_with_the_paths_as_given() {
    let sandbox = Sandbox::leaky();
    sandbox.write("b.py", &format!("T = '{}'\n", token(2)));
    sandbox.write("c.py", &format!("T = '{}'\n", token(3)));
    assert_eq!(lines(&sandbox, &["./src/", "b.py"]), ["b.py", "src/app.py"]);
    assert_eq!(lines(&sandbox, &["src", "c.py", "--exclude", "app.py"]), ["c.py"]);
    assert_eq!(sandbox.scan(&["src", "missing"]).code, 3);
}

#[test]
fn standard_input_is_a_target() {
    let sandbox = Sandbox::new();
    let rule = sandbox.root().join("rule.yaml");
    let mut child = sandbox
        .bartizan(&[
            "scan",
            "-",
            "--rules",
            rule.to_str().unwrap(),
            "--only",
            "leak/harbour-token",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(format!("T={}\n", token(1)).as_bytes())
        .unwrap();
    assert_eq!(sandbox.answer(child.wait_with_output().unwrap()).code, 1);
}

#[test]
fn the_history_still_has_what_the_work_tree_has_no_more() {
    let sandbox = Sandbox::leaky();
    sandbox.init();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    sandbox.write("src/app.py", "x = 1\n");
    sandbox.git(&["commit", "--quiet", "-am", "second"]);
    assert_eq!(sandbox.scan(&[]).code, 0);
    assert_eq!(lines(&sandbox, &["git:ALL"]), ["src/app.py"]);
    assert_eq!(sandbox.scan(&["git:HEAD~1..HEAD"]).code, 0);
    assert_eq!(sandbox.scan(&["git:nowhere..HEAD"]).code, 2);
}

#[test]
fn only_what_changed_is_looked_at() {
    let sandbox = Sandbox::leaky();
    sandbox.init();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    assert_eq!(sandbox.scan(&["--changed=main"]).code, 0);
    sandbox.write("new.py", &format!("T = '{}'\n", token(2)));
    assert_eq!(lines(&sandbox, &["--changed=main"]), ["new.py"]);
    assert_eq!(lines(&sandbox, &["--changed"]), ["new.py"]);
    assert_eq!(sandbox.scan(&["--changed=nowhere"]).code, 2);
    assert_eq!(sandbox.scan(&["--changed", "-"]).code, 2);
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_workers_or_on_the_cache() {
    let sandbox = Sandbox::new();
    for seed in 0..60 {
        sandbox.write(
            &format!("d{}/f{seed}.py", seed % 7),
            &format!("a = 1\nT = '{}'\n", token(seed % 13)),
        );
    }
    let scan = |arguments: &[&str]| {
        sandbox
            .scan(&[arguments, &["-o", "json"]].concat())
            .out
            .replace("\"cached\": 60", "\"cached\": 0")
    };
    let first = scan(&["--no-cache", "-j1"]);
    assert_eq!(scan(&["--no-cache", "-j8"]), first);
    scan(&[]);
    let cached = scan(&[]);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&cached.replace("[TIME]", "0")).unwrap()["findings"],
        serde_json::from_str::<serde_json::Value>(&first.replace("[TIME]", "0")).unwrap()["findings"]
    );
}

#[test]
fn a_changed_rule_is_never_answered_from_the_cache() {
    let sandbox = Sandbox::leaky();
    assert_eq!(sandbox.scan(&[]).code, 1);
    let rule = sandbox.root().join("rule.yaml");
    let text = std::fs::read_to_string(&rule).unwrap();
    std::fs::write(&rule, text.replace("{24}", "{25}")).unwrap();
    assert_eq!(sandbox.scan(&[]).code, 0);
}
