use crate::sandbox::{Sandbox, token};
use insta::assert_snapshot;

#[test]
fn nothing_found_is_zero() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    assert_snapshot!("exit-0", sandbox.scan(&[]));
}

#[test]
fn a_finding_below_the_threshold_is_zero_and_one_at_it_is_one() {
    let sandbox = Sandbox::leaky();
    assert_eq!(sandbox.scan(&["--fail-on", "critical"]).code, 0);
    assert_eq!(sandbox.scan(&["--fail-on", "high"]).code, 1);
    assert_eq!(sandbox.scan(&["--fail-on", "low"]).code, 1);
    assert_eq!(sandbox.scan(&["--fail-on", "severe"]).code, 2);
}

#[test]
fn exit_zero_lowers_one_and_nothing_else() {
    let sandbox = Sandbox::leaky();
    assert_eq!(sandbox.scan(&["--exit-zero"]).code, 0);
    assert_eq!(sandbox.scan(&["--exit-zero", "--only", "leak/nope"]).code, 2);
    assert_eq!(sandbox.scan(&["--exit-zero", "missing"]).code, 3);
    sandbox.write("src/app.py", "x = 1\n");
    let answer = sandbox.run_locked(&["scan", "--exit-zero"]);
    assert_eq!(answer.code, 4, "{answer}");
}

#[test]
fn mistakes_of_the_command_line_are_two_with_a_suggestion() {
    let sandbox = Sandbox::leaky();
    assert_snapshot!("exit-2-rule", sandbox.scan(&["--skip", "leak/harbor-token"]));
    assert_snapshot!("exit-2-glob", sandbox.scan(&["--exclude", "[x"]));
    assert_eq!(sandbox.run(&["scan", "--staged", "--changed"]).code, 2);
    assert_eq!(sandbox.run(&["scan", "host:"]).code, 2);
}

#[test]
fn what_matches_nothing_is_three() {
    let sandbox = Sandbox::new();
    assert_snapshot!("exit-3-path", sandbox.scan(&["missing"]));
    assert_snapshot!("exit-3-empty", sandbox.scan(&[]));
    sandbox.write("a.py", "x = 1\n");
    assert_snapshot!("exit-3-rules", sandbox.run(&["scan", "--only", "nothing/*"]));
    assert_snapshot!("exit-3-stage", sandbox.run(&["gate", "--stage", "deploy"]));
}

#[test]
fn what_could_not_be_read_is_four_and_deny_wins_over_it() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    assert_snapshot!(
        "exit-4",
        sandbox.run_locked(&["scan", "-o", "concise", "--no-cache"])
    );
    sandbox.write("b.py", &format!("t = '{}'\n", token(2)));
    let answer = sandbox.run_locked(&["scan", "-o", "concise"]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.err.contains("locked"),
        "the last line still names what is missing: {answer}"
    );
}

#[test]
fn a_closed_standard_output_is_no_error() {
    let sandbox = Sandbox::leaky();
    let mut child = sandbox
        .bartizan(&["rules", "list"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let answer = sandbox.answer(output);
    assert!(!answer.err.contains("error"), "{answer}");
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_full_disk_is_said_with_the_name_of_the_file() {
    let sandbox = Sandbox::leaky();
    let answer = sandbox.scan(&["-o", "json=/dev/full"]);
    assert_snapshot!("exit-2-full-disk", answer);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = sandbox
        .bartizan(&["rules", "list"])
        .stdout(full)
        .output()
        .unwrap();
    let answer = sandbox.answer(output);
    assert_eq!(answer.code, 2);
    assert!(
        answer
            .err
            .contains("cannot write to standard output: no space left on device"),
        "{answer}"
    );
}

#[test]
fn a_full_file_system_leaves_the_old_report_as_it_was() {
    let sandbox = Sandbox::leaky();
    let disk = sandbox.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"])
        .arg(&disk)
        .output();
    if !mount.is_ok_and(|output| output.status.success()) {
        println!("skipped: mounting a small file system needs root");
        return;
    }
    std::fs::write(disk.join("report.json"), "old").unwrap();
    for seed in 0..40 {
        sandbox.write(&format!("more/{seed}.py"), &format!("t = '{}'\n", token(seed)));
    }
    let answer = sandbox.scan(&["-o", "json=disk/report.json", "--exclude", "disk"]);
    let kept = std::fs::read_to_string(disk.join("report.json"));
    let files = std::fs::read_dir(&disk).unwrap().count();
    let unmounted = std::process::Command::new("umount").arg(&disk).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(answer.code, 2, "{answer}");
    assert!(
        answer.err.contains("disk/report.json`: no space left on device"),
        "{answer}"
    );
    assert_eq!((kept.unwrap().as_str(), files), ("old", 1));
}
