//! Cgroups that tests have made, or runtimes of containers for them, go with the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Times that a cgroup is tried to be removed, 20 milliseconds apart
const TRIES: u32 = 300;

/// Removes a cgroup by its folder, in which processes may still be ending; whether it is gone, which is said where it is not.
#[allow(
    clippy::print_stderr,
    clippy::must_use_candidate,
    reason = "what a test leaves is said aloud"
)]
pub fn remove_cgroup(folder: &Path) -> bool {
    for _ in 0..TRIES {
        if fs::remove_dir(folder).is_ok() || !folder.exists() {
            return true;
        }
        let _ = Command::new("sleep").arg("0.02").status();
    }
    eprintln!("{} could not be removed", folder.display());
    false
}

/// Removes a cgroup and those below it from all hierarchies, where they are empty: runtimes of containers leave them in those of version 1.
pub fn remove_cgroups_everywhere(cgroup: &str) {
    let hierarchies = fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
    let hierarchies = hierarchies.map(|hierarchy| hierarchy.path());
    for hierarchy in hierarchies.chain([PathBuf::from("/sys/fs/cgroup")]) {
        remove_below(&hierarchy.join(cgroup.trim_start_matches('/')));
    }
}

/// Removes a cgroup and those below it, where they are there and empty.
fn remove_below(folder: &Path) {
    for below in fs::read_dir(folder).into_iter().flatten().flatten() {
        if below.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_below(&below.path());
        }
    }
    let _ = fs::remove_dir(folder);
}
