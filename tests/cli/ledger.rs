//! The log of a control plane as somebody sees it who does not believe the control plane: the real server, the real client, and a
//! stranger between them.

use crate::sandbox::Sandbox;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, mpsc};

/// A control plane on the loopback interface, which ends with it.
struct Server {
    child: Child,
    at: SocketAddr,
    token: String,
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        let data = sandbox.root().join("server");
        let mut child = sandbox
            .bartizan(&[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--new-token",
                "admin",
                "--data-dir",
            ])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, told) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening on http://") {
                    let _ = tell.send(rest.split(';').next().unwrap().parse().unwrap());
                }
            }
        });
        let mut token = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut token)
            .unwrap();
        Self {
            at: told.recv_timeout(std::time::Duration::from_secs(60)).unwrap(),
            token: token.trim().to_owned(),
            child,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // As an operator stops it, so that the database is closed.
        let id = self.child.id().to_string();
        let _ = std::process::Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// What the stranger does with answers.
mod tampering {
    pub(super) const NOTHING: u8 = 0;
    pub(super) const ENTRIES: u8 = 1;
    pub(super) const HASHES: u8 = 2;
    pub(super) const CHECKPOINT: u8 = 3;
    pub(super) const BODY: u8 = 4;
}

/// Somebody between client and server, whose address stays while servers come and go.
struct Stranger {
    at: SocketAddr,
    does: Arc<AtomicU8>,
    to: Arc<std::sync::Mutex<SocketAddr>>,
}

impl Stranger {
    fn before(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let does = Arc::new(AtomicU8::new(tampering::NOTHING));
        let to = Arc::new(std::sync::Mutex::new(server.at));
        let (own, target) = (Arc::clone(&does), Arc::clone(&to));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (does, to) = (own.load(Ordering::SeqCst), *target.lock().unwrap());
                std::thread::spawn(move || pass(stream, to, does));
            }
        });
        Self { at, does, to }
    }
}

/// Passes one request on, and its answer back.
fn pass(mut client: TcpStream, to: SocketAddr, does: u8) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let text = String::from_utf8(head).ok()?;
    let path = text.split(' ').nth(1)?.to_owned();
    let length = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    client.read_exact(&mut body).ok()?;
    let mut server = TcpStream::connect(to).ok()?;
    let asked = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(asked.as_bytes()).ok()?;
    server.write_all(&body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    let is_meant = match does {
        tampering::ENTRIES => path.contains("/tile/entries/"),
        tampering::HASHES => path.contains("/tile/") && !path.contains("/tile/entries/"),
        tampering::CHECKPOINT => path.ends_with("/checkpoint"),
        tampering::BODY => path.ends_with("/body"),
        _ => false,
    };
    if is_meant {
        let begin = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        // The size in the second line of a checkpoint, and the end of anything else, where what is new stands.
        let at = match does {
            tampering::CHECKPOINT => begin + answer[begin..].iter().position(|byte| *byte == b'\n')? + 1,
            _ => answer.len() - 1,
        };
        answer[at] ^= 1;
    }
    client.write_all(&answer).ok()
}

struct Case {
    sandbox: Sandbox,
    server: Option<Server>,
    stranger: Stranger,
    said: u32,
}

impl Case {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let server = Server::start(&sandbox);
        let stranger = Stranger::before(&server);
        let case = Self {
            sandbox,
            server: Some(server),
            stranger,
            said: 0,
        };
        case.login();
        case
    }

    fn login(&self) {
        let token = &self.server.as_ref().unwrap().token;
        self.sandbox.write("token", token);
        let url = format!("http://{}", self.stranger.at);
        let answer = self.sandbox.run(&["login", &url, "--token-file", "token"]);
        assert_eq!(answer.code, 0, "{answer}");
    }

    /// Ends the server, does something, and starts another one on the same files.
    fn restarted(&mut self, between: impl FnOnce(&Self)) {
        self.server = None;
        between(self);
        let server = Server::start(&self.sandbox);
        *self.stranger.to.lock().unwrap() = server.at;
        self.server = Some(server);
        self.login();
    }

    fn push(&mut self, more: &[&str]) {
        self.said += 1;
        let statement = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://example.com/x","subject":[{{"name":"n","digest":{{"sha256":"{:064x}"}}}}],"predicate":{{}}}}"#,
            self.said
        );
        self.sandbox.write("statement.json", &statement);
        let answer = self.sandbox.run(&[&["push", "statement.json"], more].concat());
        assert_eq!(answer.code, 0, "{answer}");
    }

    fn verify(&self, more: &[&str]) -> crate::sandbox::Answer {
        self.sandbox
            .run(&[&["ledger", "verify", "--server"], more].concat())
    }

    fn is_proved(&self, more: &[&str]) -> String {
        let answer = self.verify(more);
        assert_eq!(answer.code, 0, "{answer}");
        answer.out
    }

    fn is_refused(&self, more: &[&str], word: &str) {
        let answer = self.verify(more);
        assert_eq!(answer.code, 1, "{answer}");
        assert!(answer.err.contains(word), "{answer}");
    }

    fn data(&self) -> PathBuf {
        self.sandbox.root().join("server")
    }

    fn copy(&self, verb: &str) {
        let data = self.data();
        let file = self.sandbox.path("copy.db");
        let answer = self
            .sandbox
            .run(&[verb, file.to_str().unwrap(), "--data-dir", data.to_str().unwrap()]);
        assert_eq!(answer.code, 0, "{answer}");
    }
}

#[test]
fn a_log_is_proved_and_whatever_a_stranger_changes_of_it_is_found() {
    let mut case = Case::new();
    case.push(&[]);
    let first = case.is_proved(&[]);
    assert!(first.contains("it was not seen before"), "{first}");
    for what in [tampering::CHECKPOINT, tampering::HASHES, tampering::ENTRIES] {
        case.push(&[]);
        case.stranger.does.store(what, Ordering::SeqCst);
        let answer = case.verify(&[]);
        assert_eq!(answer.code, 1, "{what}: {answer}");
        case.stranger.does.store(tampering::NOTHING, Ordering::SeqCst);
        let proved = case.is_proved(&[]);
        assert!(proved.contains("it continues the log"), "{proved}");
    }
    let shown = case.is_proved(&["--all", "--entry", "3"]);
    assert!(
        shown.contains("statement 3: what was sent has the digest of the record"),
        "{shown}"
    );
    case.stranger.does.store(tampering::BODY, Ordering::SeqCst);
    case.is_refused(&["--entry", "3"], "statement 3 was changed");
    case.stranger.does.store(tampering::NOTHING, Ordering::SeqCst);
    let answer = case.verify(&["--entry", "99"]);
    assert_eq!(answer.code, 3, "{answer}");
}

#[test]
fn a_log_that_forgets_or_forks_is_found_by_who_saw_it_before() {
    let mut case = Case::new();
    case.push(&[]);
    case.is_proved(&[]);
    case.copy("backup");
    case.push(&[]);
    case.push(&[]);
    case.push(&[]);
    case.is_proved(&[]);
    // Signing in appends to the log, and still it is shorter than it was.
    case.restarted(|case| case.copy("restore"));
    case.is_refused(&[], "rolled back");
    for _ in 0..5 {
        case.push(&[]);
    }
    case.is_refused(&[], "forked");
    case.is_refused(&["--all"], "forked");
}

#[test]
fn another_key_than_the_one_that_was_seen_is_refused() {
    let mut case = Case::new();
    case.push(&[]);
    let proved = case.is_proved(&[]);
    let key = proved
        .lines()
        .next()
        .unwrap()
        .split("signed by ")
        .nth(1)
        .unwrap()
        .to_owned();
    case.is_proved(&["--key", &key]);
    case.restarted(|case| std::fs::remove_file(case.data().join("log.key")).unwrap());
    case.is_refused(&[], "showed");
    case.is_refused(&["--key", &key], "no trusted key has signed");
    let answer = case.verify(&["--key", "nonsense"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn what_is_signed_is_marked_and_what_is_taken_away_is_said() {
    let mut case = Case::new();
    let made = case.sandbox.run(&["sign", "--new-key", "ci.key"]);
    assert_eq!(made.code, 0, "{made}");
    let again = case.sandbox.run(&["sign", "--new-key", "ci.key"]);
    assert_eq!(again.code, 2, "{again}");
    case.push(&["--sign", "ci.key"]);
    let wrong = case
        .sandbox
        .run(&["push", "statement.json", "--sign", "ci.key.pub"]);
    assert_eq!(wrong.code, 2, "{wrong}");
    let head = case.is_proved(&[]);
    let size: u64 = head
        .split(": ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let last = (size - 1).to_string();
    let shown = case.is_proved(&["--entry", &last]);
    assert!(shown.contains(r#""trust":"untrusted""#), "{shown}");
    let gone = case
        .sandbox
        .run(&["ledger", "forget", &last, "--reason", "personal data"]);
    assert_eq!(gone.code, 0, "{gone}");
    let shown = case.is_proved(&["--entry", &last]);
    assert!(shown.contains("was taken away by admin"), "{shown}");
    let data = case.data();
    let local = case
        .sandbox
        .run(&["ledger", "verify", "--data-dir", data.to_str().unwrap()]);
    assert_eq!(local.code, 0, "{local}");
    assert!(local.out.contains("was taken away by admin on"), "{local}");
    let file = case.sandbox.run(&["sign", "statement.json", "--key", "ci.key"]);
    assert!(file.out.contains("payloadType"), "{file}");
}
