//! What only git itself can say.

use crate::error::Error;
use std::path::Path;
use std::process::Command;

/// What git prints.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, Error> {
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        .args(arguments)
        .output()
        .map_err(|error| {
            Error::usage(
                format!("cannot run git: {}", crate::error::plain(&error)),
                "install git, or leave out what needs it",
            )
        })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("fatal: ")
        .to_owned();
    Err(Error::usage(
        format!("git says: {first}"),
        "run inside a git work tree, and check the name of the commit; a shallow clone may lack it",
    ))
}
