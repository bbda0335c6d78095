//! Alerts of `bartizan agent` on their way to the control plane: it is away, either of both is killed, there is no room.

#![allow(clippy::print_stderr, reason = "what was not tested is said aloud")]

use crate::plane::{Plane, Running, lines};
use bartizan_testbed::{Engine, SmallDisk};
use serde_json::Value;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bartizan");
const PATIENCE: Duration = Duration::from_secs(60);

/// A host with a file that nobody is to open.
struct Host {
    home: tempfile::TempDir,
    spool: PathBuf,
    address: String,
    token: String,
}

/// An agent that runs until it is dropped.
struct Agent {
    child: Child,
    said: Receiver<String>,
}

impl Host {
    /// None without root, which is said.
    fn new(plane: &Plane, at: impl std::fmt::Display) -> Option<Self> {
        if !is_root() {
            eprintln!("not tested: programs can be loaded into the kernel by root only");
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        let path = home.path().canonicalize().unwrap();
        std::fs::write(path.join("plans"), "x").unwrap();
        let rule = format!(
            "- rule: Plans are read\n  desc: d\n  condition: evt.type in (open, openat) and fd.name = {}\n  \
             output: read by %proc.name | file=%fd.name\n  priority: ERROR\n",
            path.join("plans").display()
        );
        std::fs::write(path.join("rules.yaml"), rule).unwrap();
        Some(Self {
            spool: path.join("spool"),
            home,
            address: format!("http://{at}"),
            token: plane.token.clone(),
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().canonicalize().unwrap().join(name)
    }

    /// An agent that watches.
    fn agent(&self, more: &[&str]) -> Agent {
        let mut child = Command::new(PROGRAM)
            .args(["agent", "--isolated", "--push", "--host", "one", "--rules"])
            .arg(self.path("rules.yaml"))
            .arg("--spool")
            .arg(&self.spool)
            .arg("-o")
            .arg(format!("json={}", self.path("alerts").display()))
            .args(more)
            .env("BARTIZAN_PLANE_URL", &self.address)
            .env("BARTIZAN_PLANE_TOKEN", &self.token)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = lines(BufReader::new(child.stderr.take().unwrap()));
        let agent = Agent { child, said };
        agent.says("watching by");
        agent
    }

    fn read_plans(&self, times: usize) {
        for _ in 0..times {
            std::fs::read(self.path("plans")).unwrap();
        }
    }

    /// Waits until this many lines of alerts were printed.
    fn waits_for_lines(&self, count: usize) {
        until(|| {
            let text = std::fs::read_to_string(self.path("alerts")).unwrap_or_default();
            text.lines().count() >= count
        });
    }
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .any(|line| line.starts_with("Uid:\t0\t"))
}

impl Agent {
    /// Waits until it says a line with this in it.
    #[track_caller]
    fn says(&self, part: &str) {
        let mut before = Vec::new();
        while let Ok(line) = self.said.recv_timeout(PATIENCE) {
            if line.contains(part) {
                return;
            }
            before.push(line);
        }
        panic!("it does not say `{part}`: {before:?}");
    }

    /// Ends it as a service manager does; its exit code.
    fn stop(mut self) -> i32 {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it never becomes so");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Numbers of all alerts, those first that came in last.
fn numbers(server: &Running) -> Vec<u64> {
    let page = server.get("/api/v1/alerts?limit=500").is(200).json();
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["number"].as_u64().unwrap())
        .collect()
}

fn stream(server: &Running) -> Value {
    let page = server.get("/api/v1/alert-streams").is(200).json();
    let items = page["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 1, "{page}");
    items[0].clone()
}

fn finding(server: &Running) -> Value {
    let page = server.get("/api/v1/findings?asset=host:one").is(200).json();
    page["items"][0].clone()
}

#[test]
fn alerts_wait_for_a_server_that_is_away_survive_a_kill_and_come_in_once() {
    let database = Engine::Sqlite.database().unwrap();
    let mut plane = Plane::on(&database.url);
    let server = plane.start();
    plane.listen = server.at.to_string();
    let Some(host) = Host::new(&plane, server.at) else {
        return;
    };
    let mut agent = host.agent(&[]);
    host.read_plans(3);
    until(|| numbers(&server).len() == 3);
    let found = finding(&server);
    assert_eq!(
        (&found["title"], &found["severity"]),
        (&"Plans are read".into(), &"high".into())
    );
    server.stop();
    host.read_plans(5);
    host.waits_for_lines(8);
    agent.says("alerts wait for the control plane");
    agent.child.kill().unwrap();
    agent.child.wait().unwrap();
    // The agent starts again while the server is still away.
    let agent = host.agent(&[]);
    host.read_plans(2);
    host.waits_for_lines(10);
    let server = plane.start();
    until(|| numbers(&server).len() == 10);
    assert_eq!(numbers(&server), (1..=10).rev().collect::<Vec<_>>());
    let stream_now = stream(&server);
    assert_eq!(
        (
            &stream_now["first"],
            &stream_now["last"],
            &stream_now["dropped"],
            &stream_now["lacking"]
        ),
        (&1.into(), &10.into(), &0.into(), &0.into()),
        "{stream_now}"
    );
    host.read_plans(1);
    host.waits_for_lines(11);
    assert_eq!(agent.stop(), 0);
    assert_eq!(numbers(&server).len(), 11, "what waited was sent at the end");
    server.stop();
    plane.verify();
}

/// The agent has too little room while the server is away: the oldest go, which is told everywhere.
fn has_too_little_room(spool: Option<&Path>, more: &[&str]) {
    let database = Engine::Sqlite.database().unwrap();
    let mut plane = Plane::on(&database.url);
    let server = plane.start();
    plane.listen = server.at.to_string();
    server.stop();
    let Some(mut host) = Host::new(&plane, &plane.listen) else {
        return;
    };
    if let Some(spool) = spool {
        host.spool = spool.to_owned();
    }
    let agent = host.agent(more);
    for _ in 0..40 {
        host.read_plans(20);
        std::thread::sleep(Duration::from_millis(20));
    }
    until(|| {
        let text = std::fs::read_to_string(host.path("alerts")).unwrap_or_default();
        text.contains("Alerts were dropped") && text.lines().count() > 800
    });
    assert_eq!(agent.stop(), 4, "what was dropped is lost");
    let server = plane.start();
    let agent = host.agent(more);
    let came_in = |number: u64| {
        let page = server.get("/api/v1/alert-streams").is(200).json();
        page["items"][0]["last"]
            .as_u64()
            .is_some_and(|last| last >= number)
    };
    until(|| came_in(801));
    host.read_plans(1);
    until(|| came_in(802));
    assert_eq!(agent.stop(), 0);
    let stream = stream(&server);
    let (last, dropped) = (
        stream["last"].as_u64().unwrap(),
        stream["dropped"].as_u64().unwrap(),
    );
    assert!(dropped > 0 && stream["lacking"] == 0, "{stream}");
    let there = numbers(&server);
    assert_eq!(there.len() as u64 + dropped, last, "{stream}");
    let rules = server
        .get("/api/v1/alerts?limit=500&priority=critical")
        .is(200)
        .json();
    assert_eq!(rules["items"][0]["rule"], "Alerts were dropped", "{rules}");
    server.stop();
    plane.verify();
}

#[test]
fn a_full_spool_drops_the_oldest_and_their_number_is_told() {
    has_too_little_room(None, &["--spool-size", "64KiB"]);
}

#[test]
fn a_full_disk_drops_the_oldest_and_their_number_is_told() {
    let Some(small) = SmallDisk::of("160k") else {
        eprintln!("not tested: a file system of a fixed size needs root and the right to mount");
        return;
    };
    has_too_little_room(Some(small.path()), &["--spool-size", "1MiB"]);
}
