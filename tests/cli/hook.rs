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
