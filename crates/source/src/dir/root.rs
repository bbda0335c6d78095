//! A directory that is the root of a system.
//!
//! In: `rootfs:DIR`. Out: every regular file under it, with paths relative to it, and what else there is as a tree. No ignore file counts, no link is
//! followed, and what the kernel shows in `/proc`, `/sys` and `/dev` is stayed off.

use super::{read, walk};
use crate::image::{NodeKind, Planted, Tree};
use crate::{Consumer, Entry, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use std::fs::Metadata;
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

    fn root(&self) -> Option<Tree> {
        Some(self.tree())
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        read(entry, &self.options, false, buffer, consumer);
    }
}

impl RootSource {
    /// Everything below the root. What cannot be read was told when files were listed.
    fn tree(&self) -> Tree {
        let mut nodes = Vec::new();
        let mut todo = vec![PathBuf::new()];
        while let Some(directory) = todo.pop() {
            let Ok(entries) = std::fs::read_dir(self.root.join(&directory)) else {
                continue;
            };
            for entry in entries.filter_map(Result::ok) {
                let Ok(metadata) = entry.metadata() else { continue };
                let path = directory.join(entry.file_name());
                let is_mounted = directory.as_os_str().is_empty()
                    && entry
                        .file_name()
                        .to_str()
                        .is_some_and(|name| MOUNTS.contains(&name) && is_mount(&self.root, name));
                if is_mounted {
                    continue;
                }
                if metadata.is_dir() {
                    todo.push(path.clone());
                }
                nodes.push(Found::of(&self.root, path, &metadata));
            }
        }
        // The order of a directory is the file system's own, and that of the tree must not depend on it.
        nodes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Tree::planted(nodes.iter().map(Found::planted))
    }
}

/// One thing below the root.
struct Found {
    path: String,
    kind: NodeKind,
    mode: u32,
    owner: (u64, u64),
    size: u64,
    link: String,
}

impl Found {
    fn of(root: &Path, path: PathBuf, metadata: &Metadata) -> Self {
        let file_type = metadata.file_type();
        let link = if file_type.is_symlink() {
            std::fs::read_link(root.join(&path)).ok()
        } else {
            None
        };
        Self {
            kind: match file_type {
                _ if file_type.is_file() => NodeKind::File,
                _ if file_type.is_dir() => NodeKind::Directory,
                _ if file_type.is_symlink() => NodeKind::Link,
                _ => NodeKind::Other,
            },
            mode: metadata.mode() & 0o7777,
            owner: (u64::from(metadata.uid()), u64::from(metadata.gid())),
            size: metadata.len(),
            link: link.unwrap_or_default().to_string_lossy().into_owned(),
            path: path.to_string_lossy().into_owned(),
        }
    }

    fn planted(&self) -> Planted<'_> {
        Planted {
            path: &self.path,
            kind: self.kind,
            mode: self.mode,
            owner: self.owner.0,
            group: self.owner.1,
            size: self.size,
            link: &self.link,
        }
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
