//! A verb that watches the host while something happens on it.

#![allow(clippy::print_stderr)]

use crate::sandbox::{Answer, Sandbox, is_root};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a verb says while `meanwhile` runs, which begins once the verb says that it watches; None without root, which is said.
pub(crate) fn watched(sandbox: &Sandbox, arguments: &[&str], meanwhile: impl FnOnce()) -> Option<Answer> {
    watched_by(sandbox, sandbox.bartizan(arguments), meanwhile)
}

/// The same of a command that is ready to run.
pub(crate) fn watched_by(
    sandbox: &Sandbox,
    mut command: Command,
    meanwhile: impl FnOnce(),
) -> Option<Answer> {
    if !is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return None;
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut error = BufReader::new(child.stderr.take().unwrap());
    let mut err = String::new();
    while !err.contains("watching") {
        assert_ne!(error.read_line(&mut err).unwrap(), 0, "it ended: {err}");
    }
    meanwhile();
    // What happened is told within the time between two looks.
    std::thread::sleep(Duration::from_millis(300));
    let _ = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    error.read_to_string(&mut err).unwrap();
    let mut answer = sandbox.answer(child.wait_with_output().unwrap());
    answer.err = sandbox.scrub(&err);
    Some(answer)
}
