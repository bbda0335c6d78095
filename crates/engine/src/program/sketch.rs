//! Files around a change in short, kept from scan to scan.
//!
//! In: files that a program asked for. Out: a sketch of each, from the file of the last scan where the content is the same, else made anew;
//! and that file, replaced whole by rename. It has a magic number, what all sketches depend on, a digest of the rest, and the sketches in
//! postcard form. One that is absent, damaged or of other sketches is as good as none.

use super::read::{Purpose, Read};
use super::{Bounds, Sketches};
use crate::cache::{CacheOptions, StoredSignature, replace, stored, trusted_before};
use crate::run::worker_count;
use bartizan_source::Entry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

const MAGIC: &[u8; 8] = b"bzsketc1";
/// Largest file of sketches that is read.
const LARGEST: u64 = 256 << 20;
/// Files that are read before it is counted how many bytes they came to.
const CHUNK: usize = 256;

/// A file in short.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sketch {
    /// Bytes of the file
    pub(super) size: u64,
    /// What the program made of it
    pub(super) sketch: Vec<u8>,
}

/// A sketch, and what its file was when it was made.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    signature: StoredSignature,
    sketch: Sketch,
}

/// The sketches of the last scan, by path.
#[derive(Debug)]
pub(super) struct Sketchbook {
    /// Where they are kept; none where they are not
    file: Option<PathBuf>,
    key: [u8; 32],
    trusted_before: i128,
    kept: BTreeMap<String, Kept>,
    is_grown: bool,
}

impl Sketchbook {
    /// Opens the sketches of a check; empty where none are kept.
    pub(super) fn open(check: &str, sketches: &dyn Sketches, cache: Option<&CacheOptions>) -> Self {
        let cache = cache.filter(|cache| !cache.by_entry);
        let mut hasher = blake3::Hasher::new_derive_key("bartizan sketches v1");
        hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
        hasher.update(&sketches.digest());
        hasher.update(cache.map_or("", |cache| &cache.salt).as_bytes());
        let key = *hasher.finalize().as_bytes();
        let file = cache.map(|cache| {
            let mut name = cache.file.as_os_str().to_owned();
            name.push(format!(".{}.sketches", check.replace('/', "-")));
            PathBuf::from(name)
        });
        let kept = file.as_deref().and_then(|file| load(file, &key));
        Self {
            file,
            key,
            trusted_before: trusted_before(),
            kept: kept.unwrap_or_default(),
            is_grown: false,
        }
    }

    /// The sketch of each of these entries, in their order, none of those that cannot be read; fewer than there are entries where `bounds`
    /// allow no more. Those that are not kept are made of what `read` reads.
    pub(super) fn of(
        &mut self,
        entries: &[&Entry],
        read: &Read<'_>,
        sketches: &dyn Sketches,
        bounds: Bounds,
    ) -> Vec<Option<Sketch>> {
        let mut found = Vec::with_capacity(entries.len());
        let mut bytes = 0_u64;
        let most = entries.get(..bounds.files).unwrap_or(entries);
        for chunk in most.chunks(CHUNK) {
            if bytes > bounds.bytes {
                break;
            }
            let mut fresh = self.fresh(chunk, read, sketches);
            for entry in chunk {
                let known = fresh
                    .remove(&*entry.meta.path)
                    .or_else(|| self.known(entry).cloned());
                bytes += known.as_ref().map_or(0, |sketch| sketch.size);
                found.push(known);
            }
        }
        found
    }

    fn known(&self, entry: &Entry) -> Option<&Sketch> {
        let kept = self.kept.get(&*entry.meta.path)?;
        let signature = stored(entry.signature.as_ref()?, self.trusted_before)?;
        (kept.signature == signature).then_some(&kept.sketch)
    }

    /// Sketches of those entries of which none is kept, by path.
    fn fresh(
        &mut self,
        chunk: &[&Entry],
        read: &Read<'_>,
        sketches: &dyn Sketches,
    ) -> HashMap<String, Sketch> {
        let missing: Vec<&Entry> = chunk
            .iter()
            .copied()
            .filter(|entry| self.known(entry).is_none())
            .collect();
        if missing.is_empty() {
            return HashMap::new();
        }
        let jobs = worker_count(read.options.jobs, missing.len(), 0);
        let read = Read {
            entries: &missing,
            together: missing.len(),
            purpose: Purpose::Sketched(sketches),
            next: AtomicUsize::new(0),
            ..*read
        };
        let made = read.all(jobs).parts.into_iter();
        let made: HashMap<String, Sketch> = made
            .filter_map(|(path, part)| Some((path, *part.downcast::<Sketch>().ok()?)))
            .collect();
        for entry in missing {
            let signature = entry
                .signature
                .as_ref()
                .and_then(|known| stored(known, self.trusted_before));
            let path = &*entry.meta.path;
            if let (Some(signature), Some(sketch)) = (signature, made.get(path)) {
                self.is_grown = true;
                let sketch = sketch.clone();
                self.kept.insert(path.to_owned(), Kept { signature, sketch });
            }
        }
        made
    }

    /// Replaces the file where there are sketches that it does not have. Those of paths that are not `there` are forgotten.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn close(mut self, there: impl Fn(&str) -> bool) -> io::Result<()> {
        let Some(file) = self.file.as_deref().filter(|_| self.is_grown) else {
            return Ok(());
        };
        self.kept.retain(|path, _| there(path));
        let kept = postcard::to_allocvec(&self.kept).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(kept.len() + 72);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(blake3::hash(&kept).as_bytes());
        bytes.extend_from_slice(&kept);
        replace(file, &bytes)
    }
}

fn load(file: &Path, key: &[u8; 32]) -> Option<BTreeMap<String, Kept>> {
    if std::fs::metadata(file).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let (digest, rest) = bytes
        .strip_prefix(MAGIC)?
        .strip_prefix(key)?
        .split_first_chunk::<32>()?;
    // A file that was damaged since must not pass for sketches with less in them.
    (blake3::hash(rest).as_bytes() == digest).then_some(())?;
    postcard::from_bytes(rest).ok()
}
