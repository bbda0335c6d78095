//! A verb that watches the host while something happens on it.

#![allow(clippy::print_stderr)]

use crate::sandbox::{Answer, Sandbox, is_root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a sentence is waited for
const PATIENCE: Duration = Duration::from_secs(60);

/// A verb that runs. Threads take what it says, so that no pipe is ever full.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    err: String,
}

impl Running {
    /// Starts a verb and waits until it watches; beside it what it will have said on standard output.
    pub(crate) fn start(mut command: Command) -> (Self, JoinHandle<Vec<u8>>) {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = drained(child.stdout.take().unwrap());
        let mut error = BufReader::new(child.stderr.take().unwrap());
        let (line, lines) = channel();
        std::thread::spawn(move || {
            let mut said = String::new();
            while error.read_line(&mut said).unwrap() > 0 && line.send(std::mem::take(&mut said)).is_ok() {}
        });
        let mut running = Self {
            child,
            lines,
            err: String::new(),
        };
        running.says("watching");
        (running, out)
    }

    /// What it said on standard error so far
    pub(crate) fn said(&self) -> &str {
        &self.err
    }

    /// Sends a signal: `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success(), "a signal is sent");
    }

    /// Waits until a text stands in what it says from now on on standard error.
    pub(crate) fn says(&mut self, text: &str) {
        let from = self.err.len();
        while !self.err.get(from..).unwrap().contains(text) {
            let line = self.lines.recv_timeout(PATIENCE);
            self.err
                .push_str(&line.unwrap_or_else(|_| panic!("it does not say `{text}`: {}", self.err)));
        }
    }
}

impl Drop for Running {
    /// Where a test fails meanwhile, it does not go on.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a verb says while `meanwhile` runs, which begins once the verb says that it watches; None without root, which is said.
pub(crate) fn watched(sandbox: &Sandbox, arguments: &[&str], meanwhile: impl FnOnce()) -> Option<Answer> {
    watched_by(sandbox, sandbox.bartizan(arguments), |_| meanwhile())
}

/// The same of a command that is ready to run, and that `meanwhile` may ask and signal.
pub(crate) fn watched_by(
    sandbox: &Sandbox,
    command: Command,
    meanwhile: impl FnOnce(&mut Running),
) -> Option<Answer> {
    if !is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return None;
    }
    let (mut running, out) = Running::start(command);
    meanwhile(&mut running);
    // What happened is told within the time between two looks.
    std::thread::sleep(Duration::from_millis(300));
    running.signal("INT");
    running.err.extend(running.lines.iter());
    Some(sandbox.answer(Output {
        status: running.child.wait().unwrap(),
        stdout: out.join().unwrap(),
        stderr: std::mem::take(&mut running.err).into_bytes(),
    }))
}

fn drained(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        from.read_to_end(&mut all).unwrap();
        all
    })
}

/// Runs a command to its end, whatever that is, and nobody sees what it says. Out: the number of its process.
pub(crate) fn done_unseen(mut command: Command) -> u64 {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.wait().unwrap();
    u64::from(child.id())
}

/// The rules of the alerts that an agent told (`-o json`), by the number of each process that they descend from
pub(crate) fn told(answer: &Answer) -> BTreeMap<u64, BTreeSet<String>> {
    let mut told: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for line in answer.out.lines() {
        let alert: Value = serde_json::from_str(line).unwrap();
        for process in alert["processes"].as_array().unwrap() {
            let rules = told.entry(process["pid"].as_u64().unwrap()).or_default();
            rules.insert(alert["rule"].as_str().unwrap().to_owned());
        }
    }
    told
}
