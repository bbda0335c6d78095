use crate::running::watched;
use crate::sandbox::Sandbox;
use std::process::{Command, Stdio};

#[test]
fn programs_that_start_are_shown_with_harmless_arguments() {
    let sandbox = Sandbox::new();
    let hostile = "marker-\u{1b}[31m\nx";
    let Some(answer) = watched(
        &sandbox,
        &["watch", "--call", "execve", "--process", "true"],
        || {
            assert!(
                Command::new("/bin/true")
                    .args([hostile, ""])
                    .status()
                    .unwrap()
                    .success()
            );
        },
    ) else {
        return;
    };
    assert_eq!(answer.code, 0, "{answer}");
    let line = answer
        .out
        .lines()
        .find(|line| line.contains("marker"))
        .expect("it is shown");
    assert!(
        line.ends_with(r"/true: /bin/true marker-\u{1b}[31m\nx ''"),
        "{line:?}"
    );
}

#[test]
fn an_object_tells_who_did_it() {
    let sandbox = Sandbox::new();
    sandbox.write("secret.txt", "x");
    let path = sandbox.path("secret.txt").canonicalize().unwrap();
    let prefix = path.parent().unwrap().to_str().unwrap().to_owned() + "/";
    let Some(answer) = watched(
        &sandbox,
        &[
            "watch", "--reads", "--call", "openat", "--path", &prefix, "-o", "json",
        ],
        || {
            assert!(
                Command::new("cat")
                    .arg(&path)
                    .stdout(Stdio::null())
                    .status()
                    .unwrap()
                    .success()
            );
        },
    ) else {
        return;
    };
    let object: serde_json::Value =
        serde_json::from_str(answer.out.lines().next().expect("one is told")).unwrap();
    assert_eq!(object["schema"], "bartizan/event/v1");
    assert_eq!(object["process"]["name"], "cat");
    assert!(
        object["what"]["file"]["path"]
            .as_str()
            .unwrap()
            .ends_with("/secret.txt")
    );
    assert!(!object["process"]["ancestors"].as_array().unwrap().is_empty());
}

#[test]
fn without_privileges_it_says_which_lack() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run_as_nobody("exec \"$0\" \"$@\"", &["watch", "--count", "1"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("CAP_BPF"), "{answer}");
}

#[test]
fn a_call_that_nothing_tells_of_is_refused() {
    let answer = Sandbox::new().run(&["watch", "--call", "opne"]);
    assert_eq!(answer.code, 2, "{answer}");
    assert!(answer.err.contains("openat"), "{answer}");
}
