//! Where the files of an image lie: in a directory, or in an uncompressed tar archive that is read in place.
//!
//! In: a path. Out: files by their name in it, each opened on its own, so that several are read at once. Nothing is
//! unpacked.

use crate::archive::{Kind, Tar};
use crate::dir::RegularFile;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most members of an archive that holds an image; one has a handful for each layer.
const MOST_MEMBERS: usize = 100_000;
/// Links between members that are followed.
const MOST_LINKS: u32 = 8;
const BLOCK: u64 = 512;

/// A file of an image, to be read once.
pub(super) struct Opened {
    pub(super) reader: Box<dyn Read + Send>,
    /// Bytes there are.
    pub(super) size: u64,
}

/// Holds the files of an image.
pub(super) trait Shelf: Send + Sync {
    /// The file of this name; an error of kind `NotFound` when there is none.
    fn open(&self, name: &str) -> io::Result<Opened>;
}

/// A directory.
pub(super) struct Directory(pub(super) PathBuf);

impl Shelf for Directory {
    fn open(&self, name: &str) -> io::Result<Opened> {
        let path = self.0.join(name);
        let size = std::fs::symlink_metadata(&path)?.len();
        let file = RegularFile::open(&path, false).map_err(io::Error::other)?;
        Ok(Opened {
            reader: Box::new(File::from(file)),
            size,
        })
    }
}

/// An archive of `docker save` and its like.
#[derive(Clone)]
pub(super) struct Archive {
    file: Arc<File>,
    members: Arc<HashMap<String, Member>>,
}

enum Member {
    Stored { at: u64, size: u64 },
    Link(String),
}

impl Archive {
    /// Lists the members, reading nothing but their headers.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::from(RegularFile::open(path, true).map_err(io::Error::other)?);
        let mut members = HashMap::new();
        let mut at = 0;
        loop {
            file.seek(SeekFrom::Start(at))?;
            let mut tar = Tar::new(&mut file);
            let Some(member) = tar.next()? else { break };
            let (stored, is_sparse) = tar.stored();
            let start = file.stream_position()?;
            at = stored
                .checked_next_multiple_of(BLOCK)
                .and_then(|size| start.checked_add(size))
                .ok_or(io::ErrorKind::InvalidData)?;
            let name = String::from_utf8_lossy(&member.name).into_owned();
            let target = String::from_utf8_lossy(&member.link).into_owned();
            let found = match member.kind {
                Kind::File if !is_sparse => Member::Stored {
                    at: start,
                    size: stored,
                },
                Kind::HardLink => Member::Link(plain("", &target)),
                Kind::SymbolicLink => {
                    let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
                    Member::Link(plain(directory, &target))
                }
                _ => continue,
            };
            members.insert(plain("", &name), found);
            if members.len() > MOST_MEMBERS {
                return Err(io::Error::other(format!(
                    "it has more than {MOST_MEMBERS} members"
                )));
            }
        }
        Ok(Self {
            file: Arc::new(file),
            members: Arc::new(members),
        })
    }
}

impl Shelf for Archive {
    fn open(&self, name: &str) -> io::Result<Opened> {
        let mut name = name;
        for _ in 0..MOST_LINKS {
            match self.members.get(name) {
                Some(Member::Stored { at, size }) => {
                    let reader = Range {
                        file: Arc::clone(&self.file),
                        at: *at,
                        end: at.saturating_add(*size),
                    };
                    return Ok(Opened {
                        reader: Box::new(reader),
                        size: *size,
                    });
                }
                Some(Member::Link(target)) => name = target,
                None => return Err(io::ErrorKind::NotFound.into()),
            }
        }
        Err(io::Error::other("its links lead in a circle"))
    }
}

/// Part of a file, read at its own pace.
struct Range {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let count = self
            .file
            .read_at(buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// A name below `directory` without `.` and `..`.
fn plain(directory: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let start = if name.starts_with('/') { "" } else { directory };
    for part in start.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_whatever_steps_they_take() {
        assert_eq!(plain("a1", "../b2/layer.tar"), "b2/layer.tar");
        assert_eq!(plain("", "./blobs//sha256/x"), "blobs/sha256/x");
        assert_eq!(plain("a", "/b/../../c"), "c");
    }
}
