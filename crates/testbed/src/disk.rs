//! A disk that becomes full.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A file system of a fixed size, as long as it lives.
#[derive(Debug)]
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// One of a size that `mount` understands (`160k`, `160m`); none where this process may not mount one.
    #[must_use]
    pub fn of(size: &str) -> Option<Self> {
        let directory = tempfile::Builder::new()
            .prefix("bartizan-small-")
            .tempdir()
            .ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=755"), "tmpfs"])
            .arg(directory.path())
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(directory))
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
