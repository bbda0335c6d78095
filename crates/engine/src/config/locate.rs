//! Finds the configuration file that belongs to a target.

use crate::system::System;
use std::path::{Path, PathBuf};

/// Name of the configuration file.
pub const CONFIG_FILE: &str = "bartizan.toml";

/// The nearest configuration file: in `start` or an ancestor of it up to the repository's root. Outside a repository
/// only `start` itself is looked at, so that a stranger's file in a shared parent (`/tmp`) is never picked up.
pub(super) fn find(system: &dyn System, start: &Path) -> Option<PathBuf> {
    let last = repository_root(system, start).unwrap_or_else(|| start.to_path_buf());
    start
        .ancestors()
        .take_while(|directory| directory.starts_with(&last))
        .map(|directory| directory.join(CONFIG_FILE))
        .find(|file| system.exists(file))
}

/// The nearest ancestor of `start`, itself included, that holds `.git` (a directory, or the file of a linked work
/// tree).
#[must_use]
pub fn repository_root(system: &dyn System, start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|directory| system.exists(&directory.join(".git")))
        .map(Path::to_path_buf)
}
