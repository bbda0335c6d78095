//! The running test executable once more, as a process of its own: one that can be killed, or lives within limits.

use std::process::{Command, Stdio};

/// A command that runs the ignored test `name` of the running executable, with `arguments` in the environment and pipes to and from it;
/// `before` is shell that limits it first. What it writes begins on a line of its own only after a line feed.
///
/// # Errors
/// When the running executable has no name.
pub fn again(name: &str, before: &str, environment: &[(&str, &str)]) -> std::io::Result<Command> {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{before}\nexec \"$@\""), "again"])
        .arg(std::env::current_exe()?)
        .args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    Ok(command)
}
