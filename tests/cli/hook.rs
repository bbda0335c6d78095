use crate::sandbox::{Sandbox, token};
use std::os::unix::fs::PermissionsExt;

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("bartizan.toml", "[rules]\nfiles = ['../rule.yaml']\n");
    sandbox.write("a.py", "x = 1\n");
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    sandbox
}

fn commits(sandbox: &Sandbox) -> usize {
    let output = sandbox.git(&["rev-list", "--count", "HEAD"]);
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}

/// Tries to commit everything; whether that was let through.
fn commit(sandbox: &Sandbox) -> bool {
    sandbox.git(&["add", "."]);
    let before = commits(sandbox);
    let mut command = std::process::Command::new("git");
    let environment = sandbox.bartizan(&[]);
    command.env_clear().envs(
        environment
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let status = command
        .current_dir(sandbox.path(""))
        .args(["commit", "-m", "next"])
        .output()
        .unwrap()
        .status;
    assert_eq!(commits(sandbox) == before + 1, status.success());
    status.success()
}

#[test]
fn the_hook_refuses_a_staged_credential_and_lets_the_rest_through() {
    let sandbox = repository();
    let answer = sandbox.run(&["hook", "install"]);
    assert_eq!(answer.code, 0, "{answer}");
    sandbox.write("b.py", "y = 2\n");
    assert!(commit(&sandbox));
    sandbox.write("c.py", &format!("T = '{}'\n", token(1)));
    assert!(!commit(&sandbox));
    sandbox.git(&["rm", "--quiet", "--cached", "c.py"]);
    sandbox.write(".gitignore", "c.py\n");
    assert!(commit(&sandbox), "what is not staged stops nobody");
}

#[test]
fn the_gate_judges_what_is_staged_and_not_the_work_tree() {
    let sandbox = repository();
    sandbox.write("c.py", &format!("T = '{}'\n", token(1)));
    sandbox.git(&["add", "c.py"]);
    sandbox.write("c.py", "T = None\n");
    let answer = sandbox.run(&["gate", "--stage", "commit", "-o", "concise"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.starts_with("c.py:1:"), "{answer}");
    sandbox.git(&["add", "c.py"]);
    sandbox.write("c.py", &format!("T = '{}'\n", token(1)));
    assert_eq!(sandbox.run(&["gate", "--stage", "commit"]).code, 0);
}

#[test]
fn nothing_staged_may_pass() {
    let sandbox = repository();
    let answer = sandbox.run(&["gate", "--stage", "commit"]);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_repository_that_is_not_there_does_not_pass_for_one_in_which_nothing_changed() {
    let sandbox = repository();
    sandbox.write("plain.txt", "text\n");
    for flag in ["--staged", "--changed"] {
        for (target, code) in [("misspelt", 3), ("plain.txt", 2), ("sbom:plain.txt", 2), ("-", 2)] {
            let answer = sandbox.run(&["scan", flag, "--", target]);
            assert_eq!(answer.code, code, "{flag} {target}: {answer}");
        }
    }
}

#[test]
fn the_gate_finds_what_the_built_in_rules_find() {
    let sandbox = repository();
    let key = bartizan_content::generate::expand("AKIA[A-Z2-7]{16}", 7).unwrap();
    sandbox.write("deploy.env", &format!("AWS_ACCESS_KEY_ID={key}\n"));
    sandbox.git(&["add", "."]);
    let answer = sandbox.run(&["gate", "--stage", "commit", "-o", "concise"]);
    assert_eq!(answer.code, 1, "{answer}");
}

#[test]
fn installing_twice_changes_nothing_and_a_hook_that_was_there_runs_first() {
    let sandbox = repository();
    sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\necho theirs >> ran\n");
    std::fs::set_permissions(
        sandbox.path(".git/hooks/pre-commit"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    assert_eq!(sandbox.run(&["hook", "install"]).code, 0);
    let first = sandbox.read(".git/hooks/pre-commit");
    let answer = sandbox.run(&["hook", "install"]);
    assert!(answer.err.contains("renewed"), "{answer}");
    assert_eq!(sandbox.read(".git/hooks/pre-commit"), first);
    sandbox.write("b.py", "y = 2\n");
    assert!(commit(&sandbox));
    assert_eq!(sandbox.read("ran"), "theirs\n");

    let answer = sandbox.run(&["hook", "install", "--uninstall"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        sandbox.read(".git/hooks/pre-commit"),
        "#!/bin/sh\necho theirs >> ran\n"
    );
    assert!(!sandbox.path(".git/hooks/pre-commit.before-bartizan").exists());
    assert_eq!(sandbox.run(&["hook", "install", "--uninstall"]).code, 3);
}

#[test]
fn hooks_path_and_linked_work_trees_are_respected() {
    let sandbox = repository();
    sandbox.git(&["config", "core.hooksPath", ".husky"]);
    assert_eq!(sandbox.run(&["hook", "install"]).code, 0);
    assert!(sandbox.path(".husky/pre-commit").exists());
    assert!(!sandbox.path(".git/hooks/pre-commit").exists());
    sandbox.git(&["config", "--unset", "core.hooksPath"]);

    sandbox.git(&["worktree", "add", "--quiet", "../linked"]);
    let output = sandbox
        .bartizan(&["hook", "install"])
        .current_dir(sandbox.root().join("linked"))
        .output()
        .unwrap();
    assert_eq!(sandbox.answer(output).code, 0);
    assert!(
        sandbox.path(".git/hooks/pre-commit").exists(),
        "linked work trees share the hooks of the repository"
    );
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_install() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["hook", "install"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("not a git repository"), "{answer}");
}

/// A repository whose gate lets the token through by what `bartizan.toml` and the waiver file say.
fn lenient() -> Sandbox {
    let sandbox = repository();
    sandbox.write("c.py", &format!("T = '{}'\n", token(1)));
    sandbox.git(&["add", "c.py"]);
    sandbox
}

const STRICT: &str = "[rules]\nfiles = ['../rule.yaml']\n";

fn gate(sandbox: &Sandbox) -> i32 {
    sandbox.run(&["gate", "--stage", "commit"]).code
}

#[test]
fn the_gate_obeys_the_configuration_that_the_commit_will_contain() {
    let sandbox = lenient();
    let spared = format!("{STRICT}[scan]\nexclude = ['c.py']\n");
    sandbox.write("bartizan.toml", &spared);
    assert_eq!(
        gate(&sandbox),
        1,
        "an exemption that is not staged exempts nothing"
    );
    sandbox.git(&["add", "bartizan.toml"]);
    assert_eq!(gate(&sandbox), 0, "a staged exemption does");
    sandbox.write("bartizan.toml", STRICT);
    assert_eq!(gate(&sandbox), 0, "whatever the work tree says meanwhile");
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    assert_eq!(gate(&sandbox), 0, "and if it is gone from the work tree");
    sandbox.write("bartizan.toml", "[scna]\n");
    assert_eq!(gate(&sandbox), 0, "or broken there");
    sandbox.git(&["add", "bartizan.toml"]);
    let answer = sandbox.run(&["gate", "--stage", "commit"]);
    assert_eq!(answer.code, 2, "a broken one that is staged is broken: {answer}");
}

#[test]
fn a_configuration_that_the_commit_removes_counts_no_more() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write(
        "bartizan.toml",
        "[scan]\nfail-on = 'critical'\nskip = ['leak/*']\n",
    );
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "first"]);
    let key = bartizan_content::generate::expand("AKIA[A-Z2-7]{16}", 7).unwrap();
    sandbox.write("deploy.env", &format!("AWS_ACCESS_KEY_ID={key}\n"));
    sandbox.git(&["add", "deploy.env"]);
    assert_eq!(gate(&sandbox), 0);
    sandbox.git(&["rm", "--quiet", "--cached", "bartizan.toml"]);
    assert_eq!(
        gate(&sandbox),
        1,
        "the file is still there, but the commit is without it"
    );
}

#[test]
fn a_configuration_that_git_does_not_know_is_read_from_the_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write("c.py", &format!("T = '{}'\n", token(1)));
    sandbox.git(&["add", "."]);
    assert_eq!(gate(&sandbox), 0, "without the rule nothing is found");
    sandbox.write("bartizan.toml", STRICT);
    assert_eq!(gate(&sandbox), 1);
    sandbox.git(&["add", "--intent-to-add", "bartizan.toml"]);
    assert_eq!(gate(&sandbox), 1, "an intent to add stages nothing");
}

#[test]
fn waivers_baseline_and_rules_are_those_of_the_commit_too() {
    let sandbox = lenient();
    let waiver = "[[waiver]]\nrule = 'leak/harbour-token'\nreason = 'r'\nuntil = ";
    let day = {
        let output = std::process::Command::new("date")
            .args(["-u", "-d", "+30 days", "+%F"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    sandbox.write("bartizan.waivers.toml", &format!("{waiver}{day}\n"));
    assert_eq!(
        gate(&sandbox),
        0,
        "a waiver file that git does not know is read as it is"
    );
    sandbox.git(&["add", "bartizan.waivers.toml"]);
    sandbox.write("bartizan.waivers.toml", "");
    assert_eq!(
        gate(&sandbox),
        0,
        "a staged waiver counts, whatever the work tree says"
    );
    sandbox.git(&["add", "bartizan.waivers.toml"]);
    sandbox.write("bartizan.waivers.toml", &format!("{waiver}{day}\n"));
    assert_eq!(gate(&sandbox), 1, "one that is not staged does not");

    sandbox.write("rules/own.yaml", crate::sandbox::RULE);
    sandbox.write("bartizan.toml", "[rules]\nfiles = ['rules/own.yaml']\n");
    sandbox.git(&["add", "bartizan.toml", "rules"]);
    sandbox.write("rules/own.yaml", "nonsense");
    assert_eq!(gate(&sandbox), 1, "the staged rule judges");

    sandbox.write("bartizan.waivers.toml", "");
    sandbox.run(&["baseline", "create"]);
    let new_only = ["gate", "--stage", "commit", "--new-only"];
    sandbox.write("rules/own.yaml", crate::sandbox::RULE);
    sandbox.run(&["baseline", "create"]);
    assert_eq!(sandbox.run(&new_only).code, 0);
    sandbox.git(&["add", "bartizan.baseline.json"]);
    std::fs::remove_file(sandbox.path("bartizan.baseline.json")).unwrap();
    assert_eq!(sandbox.run(&new_only).code, 0, "the staged baseline is read");
}

#[test]
fn a_linked_configuration_is_followed_to_what_is_staged() {
    let sandbox = lenient();
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    sandbox.write("ci/gate.toml", "[scan]\nskip = ['leak/*']\n");
    std::os::unix::fs::symlink("ci/gate.toml", sandbox.path("bartizan.toml")).unwrap();
    sandbox.git(&["add", "bartizan.toml", "ci"]);
    sandbox.write("ci/gate.toml", "[rules]\nfiles = ['../../rule.yaml']\n");
    assert_eq!(gate(&sandbox), 0);
}
