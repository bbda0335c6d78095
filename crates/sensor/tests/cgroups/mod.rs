//! Cgroups that tests have made go with them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Removes a cgroup, in which processes may still be ending.
pub(crate) fn remove(folder: &Path) {
    for _ in 0..300 {
        if fs::remove_dir(folder).is_ok() || !folder.exists() {
            return;
        }
        let _ = Command::new("sleep").arg("0.02").status();
    }
    eprintln!("{} could not be removed", folder.display());
}
