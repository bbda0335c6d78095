//! A NATS server of the test's own, with JetStream in a temporary directory, reached by 127.0.0.1.

use crate::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Ends the server when whoever started it is gone: then nothing more can be read.
const SUPERVISOR: &str = "\"$@\" >/dev/null 2>&1 & echo $!; read -r _; kill -9 $! 2>/dev/null";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server. It ends, and what it kept goes, when this is dropped or the process ends.
#[derive(Debug)]
pub struct Nats {
    directory: TempDir,
    port: u16,
    running: Mutex<Option<(Child, u32)>>,
}

impl Nats {
    /// Starts a server with JetStream. `settings` are put into its configuration as they stand, with `{directory}` for where `files` are:
    /// (name, content).
    ///
    /// # Errors
    /// When there is none or it does not start.
    pub fn start(settings: &str, files: &[(&str, Vec<u8>)]) -> Result<Self, Error> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().display().to_string();
        for (name, content) in files {
            std::fs::write(directory.path().join(name), content)?;
        }
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?
            .local_addr()?
            .port();
        let jetstream = if settings.contains("jetstream") {
            String::new()
        } else {
            format!("jetstream {{ store_dir: \"{path}/store\" }}\n")
        };
        let settings = settings.replace("{directory}", &path);
        let text = format!("listen: \"127.0.0.1:{port}\"\nlog_file: \"{path}/log\"\n{jetstream}{settings}\n");
        std::fs::write(directory.path().join("configuration"), text)?;
        let server = Self {
            directory,
            port,
            running: Mutex::new(None),
        };
        server.start_again()?;
        Ok(server)
    }

    /// Where it listens, as `--bus` names it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where its files are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Kills it with SIGKILL; clients lose their connections.
    pub fn kill(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut child, pid)) = running {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }

    /// Starts it after [`Nats::kill`] with what it kept, and waits until it answers.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&self) -> Result<(), Error> {
        let mut child = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervise", "nats-server", "-c"])
            .arg(self.directory.path().join("configuration"))
            .env("PATH", path_with_sbin())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let pid = line.trim().parse().unwrap_or_default();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((child, pid));
        let began = Instant::now();
        while !self.answers() {
            if began.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.directory.path().join("log"));
                return Err(Error::Nats(log.unwrap_or_default()));
            }
            #[allow(clippy::disallowed_methods, reason = "waits for another process")]
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn answers(&self) -> bool {
        let mut first = [0; 4];
        TcpStream::connect(("127.0.0.1", self.port))
            .and_then(|mut stream| {
                stream.set_read_timeout(Some(Duration::from_secs(1)))?;
                stream.read_exact(&mut first)
            })
            .is_ok_and(|()| first == *b"INFO")
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where Debian puts servers is not in the path of everybody.
fn path_with_sbin() -> std::ffi::OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin");
    path
}

/// A message that a stream has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its subject.
    pub subject: String,
    /// Its headers, as they stand.
    pub headers: String,
    /// Its body.
    pub body: String,
}

impl Nats {
    /// Every message of a stream, the first first, read by a consumer of our own
    /// (<https://docs.nats.io/reference/reference-protocols/nats-protocol>).
    ///
    /// # Errors
    /// When the server does not run, or has no such stream.
    pub fn kept(&self, stream: &str) -> Result<Vec<Kept>, Error> {
        let connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let consumer = format!(
            "{{\"stream_name\":\"{stream}\",\"config\":{{\"deliver_subject\":\"all\",\"deliver_policy\":\"all\",\"ack_policy\":\"none\",\
             \"replay_policy\":\"instant\"}}}}"
        );
        let asked = format!(
            "CONNECT {{\"headers\":true,\"verbose\":false}}\r\nSUB all 1\r\nSUB answer 2\r\n\
             PUB $JS.API.CONSUMER.CREATE.{stream} answer {}\r\n{consumer}\r\n",
            consumer.len()
        );
        (&connection).write_all(asked.as_bytes())?;
        let (mut reader, mut kept) = (BufReader::new(&connection), Vec::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["PING"] => (&connection).write_all(b"PONG\r\n")?,
                ["MSG", "answer", .., length] => {
                    let answer = take(&mut reader, length)?;
                    if answer.contains("\"error\"") {
                        return Err(Error::Nats(answer));
                    }
                    if answer.contains("\"num_pending\":0") {
                        return Ok(kept);
                    }
                }
                ["HMSG", subject, _, reply, head, length] => {
                    let text = take(&mut reader, length)?;
                    let (headers, body) = text.split_at(head.parse().unwrap_or(text.len()));
                    kept.push(Kept {
                        subject: (*subject).to_owned(),
                        headers: headers.to_owned(),
                        body: body.to_owned(),
                    });
                    if reply.ends_with(".0") {
                        return Ok(kept);
                    }
                }
                [] => return Err(Error::Nats("the connection ended".to_owned())),
                _ => {}
            }
        }
    }
}

/// What stands behind the head of a message.
fn take(reader: &mut impl BufRead, length: &str) -> Result<String, Error> {
    let length: usize = length.parse().map_err(|_| Error::Nats(length.to_owned()))?;
    let mut bytes = vec![0; length + 2];
    reader.read_exact(&mut bytes)?;
    bytes.truncate(length);
    String::from_utf8(bytes).map_err(|error| Error::Nats(error.to_string()))
}
