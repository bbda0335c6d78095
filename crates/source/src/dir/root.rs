//! A directory that is the root of a system.
//!
//! In: `rootfs:DIR`. Out: every regular file under it, with paths relative to it. No ignore file counts, no link is
//! followed, and what the kernel shows in `/proc`, `/sys` and `/dev` is stayed off.

use super::{read, walk};
use crate::{Consumer, Entry, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Directories below a root where the kernel mounts what is no content of the system.
const MOUNTS: [&str; 3] = ["proc", "sys", "dev"];

/// The root of a system.
#[derive(Debug)]
pub struct RootSource {
    name: String,
    root: PathBuf,
    options: SourceOptions,
}

impl RootSource {
    /// The system whose root is the directory `path`; `target` is its name in reports.
    ///
    /// # Errors
    /// When there is nothing at `path` or it is no directory.
    pub fn open(target: &str, path: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => SourceError::NotFound(path.to_owned()),
            _ => SourceError::Unreadable {
                path: path.to_owned(),
                cause: error.to_string(),
            },
        })?;
        if !metadata.is_dir() {
            return Err(SourceError::Unreadable {
                path: path.to_owned(),
                cause: "it is no directory, so it is the root of no system".to_owned(),
            });
        }
        Ok(Self {
            name: target.to_owned(),
            root: PathBuf::from(path),
            options: SourceOptions {
                respect_ignore: false,
                follow_links: false,
                ..options.clone()
            },
        })
    }
}

impl Source for RootSource {
    fn target(&self) -> Target {
        Target {
            name: self.name.clone(),
            kind: "rootfs".to_owned(),
            ..Target::default()
        }
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        for name in MOUNTS {
            if is_mount(&self.root, name) {
                skipped.push(Skipped {
                    path: name.to_owned(),
                    reason: "it is mounted there and no content of the system".to_owned(),
                    required: false,
                });
            }
        }
        let left_out = |entry: &ignore::DirEntry| {
            let name = entry.file_name().to_str().filter(|_| entry.depth() == 1);
            name.is_some_and(|name| {
                MOUNTS.contains(&name) && entry.path().parent().is_some_and(|root| is_mount(root, name))
            })
        };
        Ok(walk::walk_without(&self.root, &self.options, left_out, skipped))
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        read(entry, &self.options, false, buffer, consumer);
    }
}

/// Whether another file system than that of the root is mounted at `name`.
fn is_mount(root: &Path, name: &str) -> bool {
    let device =
        |path: &Path| std::fs::symlink_metadata(path).map(|metadata| (metadata.is_dir(), metadata.dev()));
    match (std::fs::metadata(root), device(&root.join(name))) {
        (Ok(root), Ok((true, device))) => root.dev() != device,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_mounts_at_the_root_is_told_from_plain_directories() {
        assert!(is_mount(Path::new("/"), "proc"));
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("proc")).unwrap();
        assert!(!is_mount(root.path(), "proc"));
        assert!(!is_mount(root.path(), "sys"));
    }
}
