//! `bartizan serve` as a process of its own.

use crate::client::{Answer, ask};
use serde_json::Value;
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_bartizan");

/// How a server is started.
#[derive(Clone)]
pub(crate) struct Plane {
    url: String,
    home: std::sync::Arc<tempfile::TempDir>,
    /// Where it listens; a port that is free, where nobody says.
    pub(crate) listen: String,
    /// Shell that limits the server first.
    pub(crate) before: String,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) token: String,
}

/// Somebody who asks a server.
#[derive(Clone)]
pub(crate) struct Client {
    at: SocketAddr,
    token: String,
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) at: SocketAddr,
    child: Child,
    client: Client,
    said: Mutex<Receiver<String>>,
}

impl std::ops::Deref for Running {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Plane {
    /// A server on this database, which was started once to get a token.
    pub(crate) fn on(url: &str) -> Self {
        let mut plane = Self::unprepared(url);
        plane.prepare();
        plane
    }

    pub(crate) fn unprepared(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            home: std::sync::Arc::new(tempfile::tempdir().unwrap()),
            listen: "127.0.0.1:0".to_owned(),
            before: String::new(),
            environment: Vec::new(),
            token: String::new(),
        }
    }

    pub(crate) fn prepare(&mut self) {
        let mut running = self.launch(&["--new-token", "admin"]);
        let mut out = BufReader::new(running.child.stdout.take().unwrap());
        out.read_line(&mut self.token).unwrap();
        self.token = self.token.trim().to_owned();
        running.stop();
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The same server, that reaches its database in another way.
    pub(crate) fn by(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn start(&self) -> Running {
        self.launch(&[])
    }

    fn launch(&self, more: &[&str]) -> Running {
        let mut child = Command::new("sh")
            .args(["-c", &format!("{}\nexec \"$@\"", self.before), "plane", PROGRAM])
            .args(["serve", "--isolated", "--listen", &self.listen])
            .args(["--requests-per-minute", "1000000", "--data-dir"])
            .arg(self.home.path())
            .args(more)
            .env("BARTIZAN_PLANE_DATABASE", &self.url)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines(BufReader::new(child.stderr.take().unwrap()));
        let mut said = Vec::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(90)) {
            if let Some((_, rest)) = line.split_once("listening on http://") {
                let at = rest.split(';').next().unwrap().parse().unwrap();
                let client = Client {
                    at,
                    token: self.token.clone(),
                };
                let said = Mutex::new(lines);
                return Running {
                    at,
                    child,
                    client,
                    said,
                };
            }
            said.push(line);
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("it does not listen: {said:?}");
    }

    /// Runs a verb of the program on the database; out comes whether it ended well, and what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .args(["--isolated", "--data-dir"])
            .arg(self.home.path())
            .env("BARTIZAN_PLANE_DATABASE", &self.url)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Asserts that the log proves everything, and that the graph is the one that the ledger gives.
    #[track_caller]
    pub(crate) fn verify(&self) {
        let (is_clean, said) = self.run(&["ledger", "verify"]);
        assert!(is_clean, "{said}");
    }
}

pub(crate) fn lines(mut from: impl BufRead + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    // Reads on also when nobody listens, so that the server never waits for us.
    std::thread::spawn(move || {
        let mut line = String::new();
        while from.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            let _ = tell.send(std::mem::take(&mut line).trim_end().to_owned());
        }
    });
    told
}

impl Client {
    pub(crate) fn ask(&self, line: &str, body: &[u8]) -> std::io::Result<Answer> {
        let headers = format!("authorization: Bearer {}\r\n", self.token);
        ask(self.at, line, &headers, body)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), b"").unwrap()
    }

    pub(crate) fn push(&self, statement: &[u8]) -> std::io::Result<Answer> {
        self.ask("POST /api/v1/statements", statement)
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Digests of all statements, the newest first. Each place of the log has one, and none is there twice.
    pub(crate) fn digests(&self) -> Vec<String> {
        let mut digests = Vec::new();
        let mut cursor = String::new();
        let mut seqs = Vec::new();
        loop {
            let page = self
                .get(&format!("/api/v1/statements?limit=500{cursor}"))
                .is(200)
                .json();
            for item in page["items"].as_array().unwrap() {
                seqs.push(item["seq"].as_u64().unwrap());
                digests.push(item["digest"].as_str().unwrap().to_owned());
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let places: Vec<u64> = (0..seqs.len() as u64).rev().collect();
        assert_eq!(seqs, places, "the log has holes or no order");
        assert_eq!(
            digests.iter().collect::<HashSet<_>>().len(),
            digests.len(),
            "something is there twice"
        );
        digests
    }
}

impl Running {
    /// A number of `/proc/PID/status`, in MB.
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1000
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says a line with this in it.
    #[track_caller]
    pub(crate) fn says(&self, part: &str) {
        let said = self.said.lock().unwrap();
        let mut before = Vec::new();
        while let Ok(line) = said.recv_timeout(Duration::from_secs(30)) {
            if line.contains(part) {
                return;
            }
            before.push(line);
        }
        panic!("it does not say `{part}`: {before:?}");
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an operator does, and waits.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The digest that was acknowledged.
pub(crate) fn digest(receipt: &Value) -> String {
    receipt["digest"].as_str().unwrap().to_owned()
}
