//! A directory in which the real binary runs, and its answers with everything that differs from run to run replaced.

use bartizan_content::generate::expand;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Somebody who is not root and owns nothing.
const NOBODY: u32 = 65534;

/// Whether the tests run as root.
pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

/// The rule that most tests judge by: it does not change when the built-in rules do.
pub(crate) const RULE: &str = r"
id: leak/harbour-token
title: Harbour token
provider: Harbour
severity: high
confidence: high
cwe: [798]
pattern: '\b(?P<secret>hbr_[a-z0-9]{24})\b'
manual: Opens the harbour.
remediation: Revoke it at the harbour master's.
references: ['https://example.com/harbour']
examples:
  fire: [{ generate: 'hbr_[a-z0-9]{24}' }]
  quiet: [{ text: 'hbr_' }]
";

/// A token that [`RULE`] finds.
pub(crate) fn token(seed: u64) -> String {
    expand("hbr_[a-z0-9]{24}", seed).unwrap()
}

/// `bartizan: allow...`, put together so that this file holds no waiver.
pub(crate) fn allow(rest: &str) -> String {
    ["bartizan", ": allow", rest].concat()
}

/// A work directory beside a home and a data directory.
pub(crate) struct Sandbox {
    root: tempfile::TempDir,
}

/// What the binary answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// An empty work directory. The rule of [`RULE`] lies outside of it.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for name in ["work", "home", "data"] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        std::fs::write(root.path().join("rule.yaml"), RULE).unwrap();
        Self { root }
    }

    /// A work directory in which one file holds one token.
    pub(crate) fn leaky() -> Self {
        let sandbox = Self::new();
        sandbox.write("src/app.py", &format!("import os\n\nTOKEN = \"{}\"\n", token(1)));
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// The directory that holds work directory, home, data and the rule.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs git in the work directory; panics when it fails.
    pub(crate) fn git(&self, arguments: &[&str]) -> Output {
        let output = self.program("git").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// A repository in the work directory.
    pub(crate) fn init(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
    }

    /// A program, in the work directory and with the environment of the sandbox.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path().join("home"))
            .env("XDG_DATA_HOME", self.root.path().join("data"))
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.com")
            .stdin(Stdio::null());
        command
    }

    /// The binary, ready to be run with these arguments.
    pub(crate) fn bartizan(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_bartizan"));
        command.args(arguments);
        command
    }

    /// Runs the binary.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.answer(self.bartizan(arguments).output().unwrap())
    }

    /// Scans by the rule of [`RULE`] and the rules about waivers alone.
    pub(crate) fn scan(&self, arguments: &[&str]) -> Answer {
        let rule = self.root.path().join("rule.yaml");
        let head = [
            "scan",
            "--rules",
            rule.to_str().unwrap(),
            "--only",
            "leak/harbour-token,waiver/*",
        ];
        self.run(&[&head, arguments].concat())
    }

    /// Runs the binary, by the rule of [`RULE`] and the rules about waivers alone, while the directory `locked` cannot be
    /// read. Nothing is unreadable to root: then the binary runs as somebody else.
    pub(crate) fn run_locked(&self, arguments: &[&str]) -> Answer {
        self.write("locked/inside.py", "x = 1\n");
        self.set_mode("locked", 0o000);
        let mut command = self.bartizan(arguments);
        command.env("BARTIZAN_RULES_FILES", self.root.path().join("rule.yaml"));
        command.env("BARTIZAN_SCAN_ONLY", "leak/harbour-token,waiver/*");
        if is_root() {
            command = self.as_nobody(&command);
        }
        let answer = self.answer(command.output().unwrap());
        self.set_mode("locked", 0o755);
        answer
    }

    /// Runs the binary by the rule of [`RULE`] as somebody who is not root, through a line of shell that finds the binary
    /// in `$0` and its arguments in `$@`.
    pub(crate) fn run_as_nobody(&self, line: &str, arguments: &[&str]) -> Answer {
        let mut command = self.bartizan(arguments);
        command.env("BARTIZAN_RULES_FILES", self.root.path().join("rule.yaml"));
        command.env("BARTIZAN_SCAN_ONLY", "leak/harbour-token");
        if is_root() {
            command = self.as_nobody(&command);
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).arg(command.get_program());
        shell.args(command.get_args()).env_clear();
        shell.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        shell.current_dir(self.path("")).stdin(Stdio::null());
        if is_root() {
            shell.uid(NOBODY).gid(NOBODY);
        }
        self.answer(shell.output().unwrap())
    }

    fn as_nobody(&self, command: &Command) -> Command {
        // The binary must lie where nobody may run it, and the work directory where nobody may write.
        let binary = self.root.path().join("bartizan");
        std::fs::copy(env!("CARGO_BIN_EXE_bartizan"), &binary).unwrap();
        for path in [self.root.path().to_path_buf(), self.path("")] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
        }
        let mut other = Command::new(binary);
        other
            .args(command.get_args())
            .env_clear()
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(self.path(""))
            .uid(NOBODY)
            .gid(NOBODY);
        other
    }

    fn set_mode(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn answer(&self, output: Output) -> Answer {
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: self.scrub(&String::from_utf8_lossy(&output.stdout)),
            err: self.scrub(&String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Replaces what differs from run to run.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let real = std::fs::canonicalize(self.root.path()).unwrap();
        let text = text.replace(real.to_str().unwrap(), "[SANDBOX]");
        let text = text.replace(self.root.path().to_str().unwrap(), "[SANDBOX]");
        let text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        let text = replaced(&text, r"in \d+\.\d\d s", "in [TIME] s");
        let text = replaced(&text, r#""seconds": ?[0-9.e-]+"#, "\"seconds\": [TIME]");
        let text = replaced(&text, r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[INSTANT]");
        let text = replaced(&text, r"\b[0-9a-f]{64}\b", "[DIGEST]");
        replaced(&text, r"(?m) +$", "")
    }
}

fn replaced(text: &str, pattern: &str, with: &str) -> String {
    let regex = bartizan_content::load::compile(pattern).unwrap();
    let mut out = String::new();
    let mut at = 0;
    for found in regex.find_iter(text) {
        out.push_str(&text[at..found.start()]);
        out.push_str(with);
        at = found.end();
    }
    out.push_str(&text[at..]);
    out
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "exit {}\n--- standard output\n{}--- standard error\n{}",
            self.code, self.out, self.err
        )
    }
}

/// The fingerprints of a scan, by way of JSON.
pub(crate) fn fingerprints(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let answer = sandbox.scan(&[arguments, &["-o", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&answer.out.replace("[TIME]", "0")).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["fingerprint"].as_str().unwrap().to_owned())
        .collect()
}
