//! Results of entries that many targets have in common, such as layers of images: one file an entry, named by everything the result
//! depends on (ADR 3), so that a changed rule never finds the result of the old one.
//!
//! In: a directory and entries whose identity is known without reading them. Out: results, and files no larger together than
//! [`MOST`]; those that were not used for longest are forgotten first. Files are replaced whole, by rename.

use crate::cache::{CacheOptions, CachedEntry, key_of};
use crate::check::Check;
use bartizan_source::{Entry, Signature};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

const MAGIC: &[u8; 8] = b"bzshelf1";
/// Bytes that results may take together.
const MOST: u64 = 512 << 20;
/// Largest result that is kept.
const LARGEST: u64 = 256 << 20;

/// Where results of entries are kept.
#[derive(Debug)]
pub(crate) struct Shelf {
    directory: PathBuf,
    key: [u8; 32],
    has_grown: AtomicBool,
    temporary: AtomicU64,
}

impl Shelf {
    pub(crate) fn open(options: &CacheOptions, checks: &[Box<dyn Check>]) -> Self {
        Self {
            directory: options.file.clone(),
            key: key_of(&options.salt, checks),
            has_grown: AtomicBool::new(false),
            temporary: AtomicU64::new(0),
        }
    }

    /// The result of an entry. A file that is absent, damaged or of another entry is as good as none.
    pub(crate) fn take(&self, entry: &Entry) -> Option<CachedEntry> {
        let name = self.name_of(entry)?;
        let path = self.directory.join(name.to_hex().as_str());
        let file = File::options().read(true).write(true).open(&path).ok()?;
        if file.metadata().ok()?.len() > LARGEST {
            return None;
        }
        // Best effort: a file whose time cannot be set is forgotten earlier.
        let _ = file.set_modified(SystemTime::now());
        let bytes = std::fs::read(&path).ok()?;
        let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(name.as_bytes())?;
        let (digest, rest) = rest.split_first_chunk::<32>()?;
        // A file that was damaged since must not pass for a result with less in it.
        (blake3::hash(rest).as_bytes() == digest).then_some(())?;
        postcard::from_bytes(rest).ok()
    }

    /// Keeps the result of an entry.
    pub(crate) fn put(&self, entry: &Entry, result: &CachedEntry) -> io::Result<()> {
        let Some(name) = self.name_of(entry) else {
            return Ok(());
        };
        let bytes = postcard::to_allocvec(result).map_err(io::Error::other)?;
        if bytes.len() as u64 > LARGEST {
            return Ok(());
        }
        std::fs::create_dir_all(&self.directory)?;
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = self
            .directory
            .join(format!("{}.{number}.tmp", std::process::id()));
        let written = File::create(&temporary).and_then(|file| {
            let mut out = BufWriter::new(file);
            out.write_all(MAGIC)?;
            out.write_all(name.as_bytes())?;
            out.write_all(blake3::hash(&bytes).as_bytes())?;
            out.write_all(&bytes)?;
            out.flush()
        });
        let result =
            written.and_then(|()| std::fs::rename(&temporary, self.directory.join(name.to_hex().as_str())));
        if result.is_err() {
            // Best effort: the error that matters is the first one.
            let _ = std::fs::remove_file(&temporary);
        }
        self.has_grown.store(true, Ordering::Relaxed);
        result
    }

    /// Forgets what was not used for longest, where there is too much.
    pub(crate) fn tidy(&self) {
        if self.has_grown.load(Ordering::Relaxed) {
            // Best effort: the next scan tidies, too.
            let _ = forget(&self.directory, MOST);
        }
    }

    fn name_of(&self, entry: &Entry) -> Option<blake3::Hash> {
        let Some(Signature::Object(identity)) = &entry.signature else {
            return None;
        };
        Some(blake3::keyed_hash(&self.key, identity))
    }
}

/// Removes the files that were used least recently until the rest takes no more than `most` bytes.
fn forget(directory: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            files.push((metadata.modified()?, metadata.len(), entry.path()));
        }
    }
    files.sort();
    let mut total = files.iter().map(|(_, size, _)| *size).sum::<u64>();
    for (_, size, path) in files {
        if total <= most {
            break;
        }
        std::fs::remove_file(path)?;
        total = total.saturating_sub(size);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_was_not_used_for_longest_is_forgotten_first() {
        let directory = tempfile::tempdir().unwrap();
        for (name, age) in [("old", 30), ("new", 10), ("older", 40)] {
            let path = directory.path().join(name);
            std::fs::write(&path, [0; 100]).unwrap();
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
        }
        forget(directory.path(), 250).unwrap();
        let there = |name: &str| directory.path().join(name).exists();
        assert_eq!([there("old"), there("new"), there("older")], [true, true, false]);
        forget(directory.path(), 0).unwrap();
        assert!(!there("new"));
    }
}
