//! Credential helpers: programs named `docker-credential-NAME` that a file of credentials refers to.
//!
//! In: the name, and the registry. Out: credentials, or none where the helper has none. Run only for a command that pulls.
//! <https://github.com/docker/docker-credential-helpers#development>

use super::credentials::{Credentials, password_of};
use super::error::RegistryError;
use crate::http::plain;
use serde::Deserialize;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longest answer, in bytes.
const LARGEST: u64 = 256 << 10;
/// Longest time to an answer: some helpers ask a person.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks a helper.
pub(super) fn ask(
    name: &str,
    server: &str,
    path: Option<&str>,
) -> Result<Option<Credentials>, RegistryError> {
    let failed = |cause: String| RegistryError::Helper {
        name: name.chars().take(80).collect(),
        cause,
    };
    // A name with a slash would run a program of the file's choosing, wherever it lies.
    let is_name = !name.is_empty()
        && name.len() <= 80
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !is_name {
        return Err(failed("that is no name of a helper".to_owned()));
    }
    let mut command = Command::new(format!("docker-credential-{name}"));
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let mut child = command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(plain(&error)))?;
    let output = converse(&mut child, server);
    if output.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| failed(plain(&error)))?;
    let output = output.map_err(failed)?;
    if !status.success() {
        let said = String::from_utf8_lossy(&output);
        if said.to_ascii_lowercase().contains("credentials not found") {
            return Ok(None);
        }
        return Err(failed(format!("it ended with {status}")));
    }
    let answer: Answer = serde_json::from_slice(&output)
        .map_err(|_| failed("its answer is not {\"Username\": …, \"Secret\": …}".to_owned()))?;
    if answer.secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(password_of(&answer.username, &answer.secret)))
}

/// Tells the helper the server, and reads its answer to the end.
fn converse(child: &mut Child, server: &str) -> Result<Vec<u8>, String> {
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not read has an answer all the same.
        let _ = writeln!(input, "{server}");
    }
    let output = child.stdout.take().ok_or("it has no output")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(LARGEST + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    let bytes = receiver
        .recv_timeout(PATIENCE)
        .map_err(|_| "it did not answer within 60 seconds".to_owned())?
        .map_err(|error| plain(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err("its answer is too long".to_owned());
    }
    Ok(bytes)
}
