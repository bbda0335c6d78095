//! Which files differ from a commit, as git says.

use crate::error::Error;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files in the work tree below `directory` that differ from `base`, or are untracked and not ignored; relative to
/// `directory`, sorted. From the merge base when `base` is another branch.
pub(super) fn files(directory: &Path, base: &str) -> Result<Vec<PathBuf>, Error> {
    if base.starts_with('-') {
        return Err(Error::usage(
            format!("`{base}` is no commit"),
            "write `--changed=BASE` with a branch, tag or commit",
        ));
    }
    let mut compare = vec![
        "diff",
        "--name-only",
        "-z",
        "--relative",
        "--no-renames",
        "--diff-filter=d",
        "--no-ext-diff",
    ];
    if base != "HEAD" {
        compare.push("--merge-base");
    }
    compare.extend([base, "--"]);
    // A repository without a commit has no HEAD: then everything differs.
    let unborn = base == "HEAD" && git(directory, &["rev-parse", "--verify", "--quiet", "HEAD"]).is_err();
    let changed = if unborn {
        git(directory, &["ls-files", "-z"])?
    } else {
        git(directory, &compare)?
    };
    let untracked = git(directory, &["ls-files", "-z", "--others", "--exclude-standard"])?;
    let mut paths: Vec<PathBuf> = [changed, untracked]
        .iter()
        .flat_map(|list| list.split(|&byte| byte == 0))
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(OsStr::from_bytes(name)))
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

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
