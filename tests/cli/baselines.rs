use crate::sandbox::{Sandbox, token};
use insta::assert_snapshot;

/// A directory with a token that a built-in rule finds: the baseline verbs judge by the configuration.
fn known() -> Sandbox {
    let sandbox = Sandbox::leaky();
    sandbox.write(
        "bartizan.toml",
        "[rules]\nfiles = ['../rule.yaml']\n[scan]\nonly = ['leak/harbour-token', 'waiver/*']\n",
    );
    sandbox
}

#[test]
fn what_the_baseline_knows_is_left_out_and_counted() {
    let sandbox = known();
    assert_eq!(sandbox.run(&["scan"]).code, 1);
    assert_snapshot!("baseline-create", sandbox.run(&["baseline", "create"]));
    assert_snapshot!("baseline-file", sandbox.read("bartizan.baseline.json"));
    assert_snapshot!("baseline-show", sandbox.run(&["baseline", "show"]));
    assert_snapshot!(
        "baseline-new-only",
        sandbox.run(&["scan", "--new-only", "-o", "concise"])
    );
    sandbox.write("new.py", &format!("T = '{}'\n", token(2)));
    let answer = sandbox.run(&["scan", "--new-only", "-o", "concise"]);
    assert_eq!((answer.code, answer.out.lines().count()), (1, 1), "{answer}");
    assert_eq!(
        sandbox
            .run(&["scan", "--baseline", "bartizan.baseline.json"])
            .code,
        1
    );
}

#[test]
fn a_baseline_holds_nothing_of_a_secret() {
    let sandbox = known();
    sandbox.run(&["baseline", "create", "-o", "known.json"]);
    let text = sandbox.read("known.json");
    assert!(
        !text.contains(&token(1)) && !text.contains(&token(1)[..8]),
        "{text}"
    );
}

#[test]
fn what_is_mended_is_pruned_and_counts_as_new_when_it_comes_back() {
    let sandbox = known();
    sandbox.run(&["baseline", "create"]);
    let leaky = sandbox.read("src/app.py");
    sandbox.write("src/app.py", "x = 1\n");
    let answer = sandbox.run(&["baseline", "prune"]);
    assert!(answer.err.contains("removed 1 of 1 finding"), "{answer}");
    sandbox.write("src/app.py", &leaky);
    assert_eq!(sandbox.run(&["scan", "--new-only"]).code, 1);
}

#[test]
fn a_baseline_that_is_missing_is_a_usage_error_that_says_how_to_make_one() {
    let sandbox = known();
    assert_snapshot!("baseline-missing", sandbox.run(&["scan", "--new-only"]));
    assert_eq!(sandbox.run(&["baseline", "show"]).code, 2);
    assert_eq!(sandbox.run(&["scan", "--baseline", "missing.json"]).code, 2);
}
