//! Runs the programs that render: with an empty environment, an empty home, no way to a network that they would take, and an end.
//!
//! What they are given comes from whoever wrote the code that is scanned. `helm template` and `kubectl kustomize` evaluate templates and
//! patches and execute nothing of it: plugins, post-renderers, functions in containers and remote bases are all switched on by flags
//! that are never given. What they might still start is not on their PATH, which is empty, and what they might still fetch goes to a proxy
//! that is not there.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longest time that one program may take. There is nothing to count of another's work, so it is time: running out of it is a failure
/// that is told, never a shorter result.
const LONGEST: Duration = Duration::from_secs(60);
/// Most bytes that are read of what a program prints.
const MOST: u64 = 64 << 20;
/// Most characters that are shown of what a program says.
const SHOWN: usize = 400;
/// Nobody listens there.
const NO_PROXY: &str = "http://127.0.0.1:9";

/// A program of this machine.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) name: &'static str,
}

impl Program {
    /// Looks for a program on the PATH. What lies in the code that is scanned is not taken.
    pub(super) fn find(name: &'static str, scanned: &Path) -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(name))
            .find(|program| {
                let real = std::fs::canonicalize(program).unwrap_or_else(|_| program.clone());
                is_executable(program) && !real.starts_with(scanned)
            })
            .map(|path| Self { path, name })
    }

    /// What it prints; else why it printed nothing, in its own words.
    pub(super) fn run(&self, home: &Path, arguments: &[&OsStr]) -> Result<String, String> {
        let child = Command::new(&self.path)
            .args(arguments)
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("PATH", "")
            .env("LC_ALL", "C")
            .env("KUBECONFIG", "/dev/null")
            .env("HELM_NO_PLUGINS", "1")
            .envs(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map(|name| (name, NO_PROXY)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let child = child
            .map_err(|error| format!("`{}` cannot be run: {}", self.name, crate::error::plain(&error)))?;
        self.answer(child)
    }

    fn answer(&self, mut child: Child) -> Result<String, String> {
        let out = read(child.stdout.take());
        let err = read(child.stderr.take());
        let printed = out.recv_timeout(LONGEST);
        if printed.as_ref().map_or(true, |bytes| bytes.len() as u64 > MOST) {
            // It may have ended meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            return Err(match printed {
                Ok(_) => format!("`{}` printed more than {} MiB", self.name, MOST >> 20),
                Err(_) => format!("`{}` took more than {} seconds", self.name, LONGEST.as_secs()),
            });
        }
        let status = child.wait();
        let said = err.recv_timeout(LONGEST).unwrap_or_default();
        if !status.is_ok_and(|status| status.success()) {
            return Err(format!(
                "`{}` says: {}",
                self.name,
                reason(&String::from_utf8_lossy(&said))
            ));
        }
        let printed = printed.unwrap_or_default();
        String::from_utf8(printed).map_err(|_| format!("`{}` printed what is no UTF-8 text", self.name))
    }
}

/// Reads a pipe to its end on a thread of its own, one byte beyond the limit at most.
fn read(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What was read until then is what there is; the exit status tells whether it is whole.
            let _ = pipe.take(MOST + 1).read_to_end(&mut bytes);
        }
        // Nobody waits any more where the program took too long.
        let _ = sender.send(bytes);
    });
    receiver
}

/// The error among what a program said, on one line.
fn reason(said: &str) -> String {
    let error = said
        .lines()
        .position(|line| line.to_ascii_lowercase().starts_with("error"));
    let lines: Vec<&str> = said
        .lines()
        .skip(error.unwrap_or_default())
        .map(str::trim)
        .collect();
    let text = lines.join(" ");
    // `kubectl` writes its error into a line of its log.
    let text = text.split_once("err=").map_or(text.as_str(), |(_, error)| error);
    let text = text
        .trim_matches(['<', '>', '"', ' '])
        .trim_start_matches("Error: ")
        .trim_start_matches("error: ");
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    if shown.is_empty() {
        "nothing, and fails".clone_into(&mut shown);
    }
    shown
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_shown_on_one_line() {
        assert_eq!(reason("WARNING: x\nError: bad\n  values\n"), "bad values");
        assert_eq!(
            reason("E1126 08:55:15 1 run.go:72] \"command failed\" err=<\n\tbad\n >\n"),
            "bad"
        );
        assert_eq!(reason(""), "nothing, and fails");
    }

    #[test]
    fn a_program_knows_nothing_of_the_environment() {
        let scanned = tempfile::tempdir().unwrap();
        let program = Program::find("env", scanned.path()).unwrap();
        let printed = program.run(scanned.path(), &[]).unwrap();
        assert!(printed.contains(&format!("HOME={}", scanned.path().display())));
        assert!(!printed.contains("CARGO"), "{printed}");
        let failing = Program::find("false", scanned.path()).unwrap();
        assert_eq!(
            failing.run(scanned.path(), &[]),
            Err("`false` says: nothing, and fails".to_owned())
        );
        let outside = Program::find("env", Path::new("/"));
        assert!(outside.is_none(), "what is scanned brings no programs");
    }
}
