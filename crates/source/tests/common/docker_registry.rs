//! Debian's docker-registry, filled by skopeo.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "every test file uses its own part of the helpers"
)]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use crate::daemon::{Authority, Daemon};
use std::path::Path;
use std::process::Command;

/// Debian's docker-registry with a user `us` whose password is `word`, over TLS where an authority is given.
pub struct Registry {
    _daemon: Daemon,
    pub port: u16,
}

impl Registry {
    pub fn start(scratch: &Path, authority: Option<&Authority>, auth: bool) -> Self {
        let users = scratch.join("htpasswd");
        let output = Command::new("htpasswd")
            .args(["-Bbn", "us", "word"])
            .output()
            .unwrap();
        std::fs::write(&users, output.stdout).unwrap();
        let (daemon, [port]) = Daemon::start(|[port]| {
            let tls = authority.map_or_else(String::new, |authority| {
                format!(
                    "  tls:\n    certificate: {}\n    key: {}\n",
                    authority.certificate.display(),
                    authority.key.display()
                )
            });
            let auth = if auth {
                format!(
                    "auth:\n  htpasswd:\n    realm: test\n    path: {}\n",
                    users.display()
                )
            } else {
                String::new()
            };
            let configuration = format!(
                "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}/storage\n\
                 http:\n  addr: 127.0.0.1:{port}\n{tls}{auth}",
                scratch.display()
            );
            let file = scratch.join("registry.yml");
            std::fs::write(&file, configuration).unwrap();
            let mut command = Command::new("docker-registry");
            command.arg("serve").arg(file);
            command
        });
        Self {
            _daemon: daemon,
            port,
        }
    }

    /// Pushes what an image layout holds under a name.
    pub fn push(&self, layout: &Path, name: &str, to: &str, more: &[&str]) {
        let output = Command::new("skopeo")
            .args([
                "--insecure-policy",
                "copy",
                "--quiet",
                "--dest-tls-verify=false",
                "--dest-creds=us:word",
            ])
            .args(more)
            .arg(format!("oci:{}:{name}", layout.display()))
            .arg(format!("docker://127.0.0.1:{}/{to}", self.port))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub fn image(&self, name: &str) -> String {
        format!("127.0.0.1:{}/{name}", self.port)
    }
}
