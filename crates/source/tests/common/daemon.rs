//! Real servers, started on a free port of the loopback interface and ended with the test, by their process id.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "every test file uses its own part of the helpers"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and waits for a real process"
)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A port that nobody listens on. Somebody else may take it before the caller does: starting is tried again then.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A process that is ended with the test.
pub struct Daemon {
    child: Child,
}

impl Daemon {
    /// Starts what `command` makes of ports, and waits until all of them answer.
    pub fn start<const N: usize>(command: impl Fn([u16; N]) -> Command) -> (Self, [u16; N]) {
        for _ in 0..5 {
            let ports = [(); N].map(|()| free_port());
            let mut command = command(ports);
            let program = command.get_program().to_string_lossy().into_owned();
            let child = command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("{program}: {error}; `make setup` installs it"));
            let mut daemon = Self { child };
            if daemon.answers(&ports) {
                return (daemon, ports);
            }
        }
        panic!("the server does not come up");
    }

    fn answers(&mut self, ports: &[u16]) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if ports
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        false
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority that nobody trusts, and a certificate of it for the loopback interface.
pub struct Authority {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub authority: PathBuf,
}

impl Authority {
    pub fn make(directory: &Path) -> Self {
        let path = |name: &str| directory.join(name);
        let run = |arguments: &[&str]| {
            let output = Command::new("openssl")
                .args(arguments)
                .current_dir(directory)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let new = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ];
        run(&[
            &["req", "-x509"][..],
            &new,
            &[
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
                "-days",
                "2",
                "-subj",
                "/CN=Test authority",
            ],
        ]
        .concat());
        run(&[
            &["req"][..],
            &new,
            &[
                "-keyout",
                "server.key",
                "-out",
                "server.csr",
                "-subj",
                "/CN=localhost",
            ],
        ]
        .concat());
        std::fs::write(path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
        run(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "names",
            "-out",
            "server.pem",
        ]);
        Self {
            certificate: path("server.pem"),
            key: path("server.key"),
            authority: path("ca.pem"),
        }
    }
}

/// nginx over a directory, in the clear and over TLS.
pub struct Nginx {
    _daemon: Daemon,
    pub http: u16,
    pub https: u16,
}

impl Nginx {
    /// Serves `root`. Everything that nginx writes goes to `scratch`. `rate` limits what one connection gets, in bytes a second.
    pub fn start(root: &Path, scratch: &Path, authority: &Authority, rate: u32) -> Self {
        let (daemon, [http, https]) = Daemon::start(|[http, https]| {
            let configuration = format!(
                "daemon off; master_process off; pid {scratch}/pid; error_log {scratch}/error.log;
                events {{}}
                http {{
                  access_log {scratch}/access.log;
                  client_body_temp_path {scratch}/t1; proxy_temp_path {scratch}/t2; fastcgi_temp_path {scratch}/t3;
                  uwsgi_temp_path {scratch}/t4; scgi_temp_path {scratch}/t5;
                  limit_rate {rate};
                  server {{ listen 127.0.0.1:{http}; root {root}; }}
                  server {{ listen 127.0.0.1:{https} ssl; root {root};
                    ssl_certificate {certificate}; ssl_certificate_key {key}; }}
                }}",
                scratch = scratch.display(),
                root = root.display(),
                certificate = authority.certificate.display(),
                key = authority.key.display(),
            );
            std::fs::write(scratch.join("nginx.conf"), configuration).unwrap();
            let mut command = Command::new("nginx");
            let path = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
            command
                .arg("-p")
                .arg(scratch)
                .arg("-c")
                .arg(scratch.join("nginx.conf"));
            command.arg("-e").arg(scratch.join("error.log"));
            command
        });
        Self {
            _daemon: daemon,
            http,
            https,
        }
    }
}
