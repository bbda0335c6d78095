use crate::sandbox::Sandbox;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the bar says before its first number.
const BAR: &str = " GiB, 0 of ";

/// Starts a scan that takes minutes, as `run` wraps it, and gives what it has written to `transcript` when it says
/// `until` or the time is over. Then Ctrl-C, and the exit code.
fn watched(sandbox: &Sandbox, flags: &[&str], on_terminal: bool, until: &str) -> (String, Option<i32>) {
    let file = std::fs::File::create(sandbox.path("large.txt")).unwrap();
    file.set_len(64 << 30).unwrap();
    let transcript = sandbox.root().join("transcript");
    let pid = sandbox.root().join("pid");
    let scan = sandbox.bartizan(&[&["scan", "--no-cache", "-o", "concise"], flags].concat());
    let words: Vec<String> = std::iter::once(scan.get_program())
        .chain(scan.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let line = format!("echo $$ > {}; exec {}", pid.display(), words.join(" "));
    let mut command = if on_terminal {
        let mut script = Command::new("script");
        script.args(["-q", "-e", "-f", "-c", &line]).arg(&transcript);
        script.stdout(Stdio::null()).stderr(Stdio::null());
        script
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).stdout(Stdio::null());
        shell.stderr(std::fs::File::create(&transcript).unwrap());
        shell
    };
    let variables = scan.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command
        .env_clear()
        .envs(variables)
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    let mut child = command
        .current_dir(sandbox.path(""))
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let said = wait_for(&transcript, until);
    let pid = std::fs::read_to_string(pid).unwrap();
    let sent = Command::new("kill").args(["-INT", pid.trim()]).status().unwrap();
    assert!(sent.success());
    (said, child.wait().unwrap().code())
}

/// The text of the file once it holds `until`, or after three seconds.
#[allow(
    clippy::disallowed_methods,
    reason = "another process is waited for; its output is judged, not its pace"
)]
fn wait_for(file: &Path, until: &str) -> String {
    let began = Instant::now();
    loop {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).into_owned();
        if text.contains(until) || began.elapsed() > Duration::from_secs(3) {
            return text;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_long_scan_on_a_terminal_shows_a_bar_that_moves_within_one_large_file() {
    let sandbox = Sandbox::new();
    let (said, code) = watched(&sandbox, &[], true, BAR);
    assert!(said.contains(BAR) && said.contains("of 64.00 GiB"), "{said:?}");
    assert!(!said.contains("] 0 B of"), "{said:?}");
    assert_eq!(code, Some(130));
}

#[test]
fn no_bar_is_shown_when_it_is_not_wanted_or_standard_error_is_no_terminal() {
    for (flags, on_terminal) in [(&["--no-progress"][..], true), (&["-q"], true), (&[], false)] {
        let sandbox = Sandbox::new();
        let (said, code) = watched(&sandbox, flags, on_terminal, BAR);
        assert!(!said.contains("of 64.00 GiB"), "{flags:?}: {said:?}");
        assert_eq!(code, Some(130), "{flags:?}");
    }
}
