//! Links that stay in the kernel when whoever attached them ends.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aya::programs::links::FdLink;

use crate::error::{Error, Result};

/// Where links are pinned, below the file system of BPF
const FOLDER: &str = "/sys/fs/bpf/bartizan/guard";

fn failed(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::Pinned {
        path: path.display().to_string(),
        why: cause.to_string(),
    }
}

/// Pins links in a folder of this process. Those that others pinned go when all of the new ones are there.
pub(super) fn pin(links: Vec<FdLink>) -> Result<()> {
    let folder = Path::new(FOLDER).join(std::process::id().to_string());
    fs::create_dir_all(&folder).map_err(|cause| failed(&folder, &cause))?;
    for (number, link) in links.into_iter().enumerate() {
        let path = folder.join(number.to_string());
        link.pin(&path).map_err(|cause| failed(&path, &cause))?;
    }
    for other in folders()?.into_iter().filter(|other| *other != folder) {
        fs::remove_dir_all(&other).map_err(|cause| failed(&other, &cause))?;
    }
    Ok(())
}

fn folders() -> Result<Vec<PathBuf>> {
    match fs::read_dir(FOLDER) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(failed(Path::new(FOLDER), &cause)),
    }
}

/// Takes away what was pinned; how many agents had pinned something.
///
/// # Errors
/// When the file system of BPF cannot be written.
pub fn unpin() -> Result<usize> {
    let folders = folders()?;
    for folder in &folders {
        fs::remove_dir_all(folder).map_err(|cause| failed(folder, &cause))?;
    }
    Ok(folders.len())
}
