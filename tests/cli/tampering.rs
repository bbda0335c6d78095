//! Dependency confusion and tampering: on by default, told by own names, and no conclusion from what was not looked at.

use crate::sandbox::Sandbox;

const ONLY: [&str; 2] = ["--only", "supply/*"];
const MANIFEST: &str = "{ \"dependencies\": {\n  \"@acme/cart\": \"^1.0.0\" } }\n";

#[test]
fn a_second_index_denies_and_its_manual_says_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "requirements.txt",
        "--extra-index-url https://packages.acme.example/simple\nflask==2.2.2\n",
    );
    let answer = sandbox.run(&["scan"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("high[supply/extra-index]"), "{answer}");
    assert!(answer.out.contains("requirements.txt:1:1"), "{answer}");
    let manual = sandbox.run(&["explain", "supply/extra-index"]);
    assert!(
        manual.out.contains("dependency confusion") && manual.out.contains("CWE-427"),
        "{manual}"
    );
    let rules = sandbox.run(&["rules", "list", "supply/*"]);
    assert_eq!(rules.out.lines().count(), 18, "{rules}");
    let skipped = sandbox.run(&["scan", "--skip", "supply/extra-index"]);
    assert_eq!(skipped.code, 0, "{skipped}");
}

#[test]
fn a_name_of_ones_own_that_nothing_binds_is_critical_until_it_is_bound() {
    let sandbox = Sandbox::new();
    sandbox.write("bartizan.toml", "[supply.own]\nnpm = [\"@acme/*\"]\n");
    sandbox.write("package.json", MANIFEST);
    let answer = sandbox.scan(&ONLY);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(
        answer
            .out
            .contains("critical[supply/own-name-from-public-registry]"),
        "{answer}"
    );
    sandbox.write(".npmrc", "@acme:registry=https://npm.acme.example/\n");
    let bound = sandbox.scan(&ONLY);
    assert_eq!(bound.code, 0, "{bound}");
    assert!(!bound.out.contains("supply/"), "{bound}");
}

#[test]
fn what_a_commit_leaves_as_it_is_counts_as_there() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("bartizan.toml", "[supply.own]\nnpm = [\"@acme/*\"]\n");
    sandbox.write(".npmrc", "@acme:registry=https://npm.acme.example/\n");
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "settings"]);
    sandbox.write("package.json", MANIFEST);
    sandbox.git(&["add", "package.json"]);
    let answer = sandbox.scan(&["--staged", "--only", "supply/*"]);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_lock_file_that_its_manifest_left_is_found_again_from_the_cache() {
    let sandbox = Sandbox::new();
    sandbox.write("package.json", "{ \"dependencies\": { \"a\": \"^2.0.0\" } }\n");
    sandbox.write(
        "package-lock.json",
        "{ \"lockfileVersion\": 3, \"packages\": { \"\": { \"dependencies\": { \"a\": \"^1.0.0\" } } } }\n",
    );
    let first = sandbox.scan(&ONLY);
    let again = sandbox.scan(&ONLY);
    for answer in [&first, &again] {
        assert!(answer.out.contains("medium[supply/lock-out-of-step]"), "{answer}");
    }
    assert_eq!(first.out, again.out);
    sandbox.write("package.json", "{ \"dependencies\": { \"a\": \"^1.0.0\" } }\n");
    let mended = sandbox.scan(&ONLY);
    assert!(!mended.out.contains("supply/lock-out-of-step"), "{mended}");
}
