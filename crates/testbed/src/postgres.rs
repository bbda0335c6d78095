//! A PostgreSQL of the test's own: made by `initdb` in a temporary directory, run by somebody who is not root, reached by a socket.

use crate::Error;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Where Debian puts each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// What keeps the server alive and takes it away.
const SUPERVISOR: &str = include_str!("supervise.sh");

/// How a server is run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether it waits for the disk, as one does that has something to lose.
    pub durable: bool,
    /// The directory that its own is made in; the one for temporary files where none is named.
    pub within: Option<PathBuf>,
    /// Whether it listens on 127.0.0.1 too.
    pub tcp: bool,
    /// Files to put beside its data, which only it can read: (name, content). Settings name them by `{directory}/NAME`.
    pub files: Vec<(String, Vec<u8>)>,
    /// More settings: (name, value).
    pub settings: Vec<(String, String)>,
}

/// A running server. It ends, and its data goes, when this is dropped or the process ends.
#[derive(Debug)]
pub struct Postgres {
    directory: PathBuf,
    binaries: PathBuf,
    port: u16,
    databases: AtomicU32,
    child: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Postgres {
    /// The server that all tests of this process share.
    ///
    /// # Errors
    /// When there is none and none can be started.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = SHARED.get() {
            return Ok(shared);
        }
        let started = Self::start(&Options::default())?;
        Ok(SHARED.get_or_init(|| started))
    }

    /// Starts a server.
    ///
    /// # Errors
    /// [`Error::NoPostgres`], and when it does not start.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let (version, binaries) = newest()?;
        // Sockets have short names: not below a long TMPDIR where that can be helped.
        let mut place = tempfile::Builder::new();
        place.prefix("bartizan-pg-");
        let directory = match &options.within {
            Some(within) => place.tempdir_in(within)?,
            None => place.tempdir()?,
        }
        .keep();
        for (name, content) in &options.files {
            let mut file = std::fs::OpenOptions::new();
            file.write(true).create_new(true).mode(0o600);
            file.open(directory.join(name))?.write_all(content)?;
        }
        let port = if options.tcp { free_port()? } else { 5432 };
        // Linguistic order where it can be had, so that whatever relies on the order of the server by mistake is seen.
        let init = if version >= 15 {
            "--locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US"
        } else {
            "--locale=C.UTF-8"
        };
        let mut child = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervise"])
            .args([&directory, &binaries])
            .args([unprivileged()?.as_str(), &port.to_string(), init])
            .args(settings(options, &directory))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take().map(BufReader::new));
        let server = Self {
            directory,
            binaries,
            port,
            databases: AtomicU32::new(0),
            child,
            pipes: Mutex::new(pipes),
        };
        server.command("")?;
        Ok(server)
    }

    /// Makes an empty database; out comes its URL.
    ///
    /// # Errors
    /// When the server does not run.
    pub fn database(&self) -> Result<String, Error> {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    /// The URL of a database of this name, by the socket.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&port={}&user=bartizan",
            self.directory.display(),
            self.port
        )
    }

    /// The port on 127.0.0.1, if there is one, and the end of the name of the socket.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What a statement gives, as text: columns separated by `|`, rows by line feeds.
    ///
    /// # Errors
    /// When it fails.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, Error> {
        let output = Command::new(self.binaries.join("psql"))
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", "bartizan"])
            .args(["-d", database, "-p", &self.port.to_string(), "-c", sql, "-h"])
            .arg(&self.directory)
            .stdin(Stdio::null())
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        Err(Error::Postgres {
            what: sql.to_owned(),
            log: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Stops it, as an operator does who cannot wait: clients lose their connections.
    ///
    /// # Errors
    /// When it is not there to be told.
    pub fn stop(&self) -> Result<(), Error> {
        self.command("stop")
    }

    /// Kills it with SIGKILL.
    ///
    /// # Errors
    /// When it is not there to be told.
    pub fn kill(&self) -> Result<(), Error> {
        self.command("kill")
    }

    /// Starts it after [`Postgres::stop`] or [`Postgres::kill`], and waits until it answers.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&self) -> Result<(), Error> {
        self.command("start")
    }

    fn command(&self, word: &str) -> Result<(), Error> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answer = String::new();
        if let Some((input, output)) = pipes.as_mut() {
            if !word.is_empty() {
                writeln!(input, "{word}")?;
            }
            output.read_line(&mut answer)?;
        }
        if answer.trim_end() == "ok" {
            return Ok(());
        }
        Err(Error::Postgres {
            what: if word.is_empty() { "start" } else { word }.to_owned(),
            log: std::fs::read_to_string(self.directory.join("log")).unwrap_or_default(),
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.pipes.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.child.wait();
    }
}

/// The newest version that is installed, and where its programs are.
fn newest() -> Result<(u32, PathBuf), Error> {
    let versions = std::fs::read_dir(VERSIONS).map_err(|_| Error::NoPostgres)?;
    versions
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, binaries)| binaries.join("initdb").exists())
        .max()
        .ok_or(Error::NoPostgres)
}

/// Who runs the server: it refuses to be run by root. Empty for whoever runs the test.
fn unprivileged() -> Result<String, Error> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).stderr(Stdio::null()).output();
    if id(&["-u"])?.stdout.trim_ascii() != b"0" {
        return Ok(String::new());
    }
    let user = if id(&["-u", "postgres"])?.status.success() {
        "postgres"
    } else {
        "nobody"
    };
    Ok(user.to_owned())
}

fn settings(options: &Options, directory: &Path) -> Vec<String> {
    let on = |yes: bool| if yes { "on" } else { "off" };
    let mut settings = vec![
        format!("listen_addresses={}", if options.tcp { "127.0.0.1" } else { "" }),
        format!("fsync={}", on(options.durable)),
        format!("full_page_writes={}", on(options.durable)),
        "shared_buffers=16MB".to_owned(),
        "max_connections=60".to_owned(),
    ];
    for (name, value) in &options.settings {
        let value = value.replace("{directory}", &directory.display().to_string());
        settings.push(format!("{name}={value}"));
    }
    settings
        .into_iter()
        .flat_map(|setting| ["-c".to_owned(), setting])
        .collect()
}

/// A port that nobody listens on at the moment.
fn free_port() -> Result<u16, Error> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}

impl Postgres {
    /// Where its files are: `log` says what it said.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}
