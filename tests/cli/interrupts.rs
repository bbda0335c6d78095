use crate::sandbox::Sandbox;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

/// A scan that takes minutes: a file of 64 GB that takes no space on the disk.
fn long_scan(sandbox: &Sandbox) -> Child {
    let file = std::fs::File::create(sandbox.path("large.txt")).unwrap();
    file.set_len(64 << 30).unwrap();
    sandbox
        .bartizan(&["scan", "-o", "json=report.json", "--no-cache"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until the process has opened the file, so that the signal comes in the middle of the scan.
fn until_reading(child: &Child) {
    let directory = format!("/proc/{}/fd", child.id());
    for _ in 0..2_000_000 {
        let open = std::fs::read_dir(&directory).into_iter().flatten().flatten();
        if open
            .filter_map(|entry| std::fs::read_link(entry.path()).ok())
            .any(|path| path.ends_with("large.txt"))
        {
            return;
        }
        std::thread::yield_now();
    }
    panic!("the scan never opened its file");
}

#[test]
fn ctrl_c_in_the_middle_of_a_scan_is_130_and_leaves_no_report() {
    let sandbox = Sandbox::new();
    for name in ["-INT", "-TERM"] {
        let child = long_scan(&sandbox);
        until_reading(&child);
        signal(&child, name);
        let answer = sandbox.answer(child.wait_with_output().unwrap());
        assert_eq!(answer.code, 130, "{name}: {answer}");
        assert_eq!(answer.out, "");
        let left: Vec<_> = std::fs::read_dir(sandbox.path(""))
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert_eq!(left, ["large.txt"], "{name}");
    }
}

#[test]
fn ctrl_c_ends_a_scan_that_waits_for_standard_input() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .bartizan(&["scan", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // More than a pipe holds: when this returns, the scan reads.
    input.write_all(&vec![b'x'; 1 << 20]).unwrap();
    signal(&child, "-INT");
    let status = child.wait().unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(status.code(), Some(130), "{err}");
}
