//! Files of the work tree that differ from a base: committed since, staged, modified or untracked.

use super::base::Base;
use super::flat::{Flat, flatten, read_index};
use super::object::{Decoder, Kind};
use super::repository::{Repository, unresolved};
use crate::dir::{RegularFile, path_of, walk};
use crate::window::Fill;
use crate::{Before, Consumer, DirSource, Entry, Signature, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::State;
use gix::index::entry::Mode;
use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files larger than this are taken as changed without being hashed, unless the index vouches for them.
const HASHED: u64 = 64 << 20;

/// What is tried when no base is named.
const BASES: [&str; 5] = [
    "@{upstream}",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "main",
    "master",
];

/// The files of a work tree whose content differs from the merge base of some revision and the head. Ignored files
/// that are not tracked are left out.
#[derive(Debug)]
pub struct GitChangedSource {
    repository: Repository,
    files: DirSource,
    root: PathBuf,
    /// Path of `root` within the work tree, with a slash at its end unless it is empty.
    prefix: BString,
    options: SourceOptions,
    base: Option<ObjectId>,
    /// What is compared with, once it is listed
    tree: OnceLock<Base>,
}

impl GitChangedSource {
    /// The files under `path` that differ from the merge base of `base` and the head. Without a base, the upstream
    /// of the current branch is taken, else the head of `origin`, else `main` or `master`.
    ///
    /// # Errors
    /// When `path` is in no work tree, or there is no such base.
    pub fn open(path: &Path, base: Option<&str>, options: &SourceOptions) -> Result<Self, SourceError> {
        let repository = Repository::discover(path, options)?;
        let unreadable = |error: std::io::Error| SourceError::Unreadable {
            path: path.display().to_string(),
            cause: error.to_string(),
        };
        let Some(tree) = repository.work_tree() else {
            return Err(SourceError::Bare(path.display().to_string()));
        };
        let tree = std::fs::canonicalize(tree).map_err(unreadable)?;
        let full = std::fs::canonicalize(path).map_err(unreadable)?;
        let mut prefix = BString::from(
            full.strip_prefix(&tree)
                .unwrap_or(Path::new(""))
                .as_os_str()
                .as_bytes(),
        );
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let base = merge_base(&repository, base)?;
        let files = DirSource::open(&path.to_string_lossy(), options)?;
        Ok(Self {
            repository,
            files,
            root: path.to_owned(),
            prefix,
            options: options.clone(),
            base,
            tree: OnceLock::new(),
        })
    }

    fn base(&self, decoder: &mut Decoder) -> Result<Flat, SourceError> {
        let Some(base) = self.base else {
            return Ok(Flat::default());
        };
        let tree = self.repository.tree_of(decoder, base);
        let flat = tree.and_then(|tree| flatten(&self.repository, decoder, tree, None));
        flat.map_err(|error| SourceError::Unreadable {
            path: format!("commit {base}"),
            cause: error.to_string(),
        })
    }

    fn is_changed(&self, entry: &Entry, base: &Flat, index: &State, buffer: &mut Vec<u8>) -> bool {
        let path = self.path_in_tree(entry);
        let Some(id) = base.ids.get(&path) else {
            return true;
        };
        let vouched = index
            .entry_by_path(path.as_bstr())
            .is_some_and(|staged| staged.id == *id && is_clean(staged, index, entry.signature.as_ref()));
        !vouched && self.hash(path_of(entry), entry.meta.size, buffer) != Some(*id)
    }

    /// The path of an entry from the top of the work tree.
    fn path_in_tree(&self, entry: &Entry) -> BString {
        let full = path_of(entry);
        let mut path = self.prefix.clone();
        path.extend_from_slice(
            full.strip_prefix(&self.root)
                .unwrap_or(full)
                .as_os_str()
                .as_bytes(),
        );
        path
    }

    fn hash(&self, path: &Path, size: u64, buffer: &mut Vec<u8>) -> Option<ObjectId> {
        if size > HASHED {
            return None;
        }
        buffer.clear();
        let ended = RegularFile::open(path, false)
            .ok()?
            .fill(buffer, usize::try_from(HASHED).ok()?)
            .ok()?;
        gix::objs::compute_hash(self.repository.store.hash(), Kind::Blob, buffer)
            .ok()
            .filter(|_| ended)
    }
}

/// Whether the file has been untouched since the index took note of it. A file that was written in the same moment
/// as the index may have been touched after.
fn is_clean(staged: &gix::index::Entry, index: &State, now: Option<&Signature>) -> bool {
    let Some(Signature::Stat {
        size,
        mtime,
        ctime,
        inode,
        ..
    }) = now
    else {
        return false;
    };
    let stat = &staged.stat;
    let time =
        |time: gix::index::entry::stat::Time| i128::from(time.secs) * 1_000_000_000 + i128::from(time.nsecs);
    let same = |then: gix::index::entry::stat::Time, now: i128| {
        then.secs != 0
            && if then.nsecs == 0 {
                i128::from(then.secs) == now / 1_000_000_000
            } else {
                time(then) == now
            }
    };
    let written = index.timestamp();
    let written = i128::from(written.unix_seconds()) * 1_000_000_000 + i128::from(written.nanoseconds());
    u64::from(stat.size) == *size
        && same(stat.mtime, *mtime)
        && same(stat.ctime, *ctime)
        && (stat.ino == 0 || u64::from(stat.ino) == *inode & u64::from(u32::MAX))
        && *mtime < written
}

/// The commit that the work tree is compared with; `None` before the first commit.
fn merge_base(repository: &Repository, base: Option<&str>) -> Result<Option<ObjectId>, SourceError> {
    let mut decoder = repository.decoder();
    let mut commit = |revision: &str| {
        let id = repository.resolve(revision)?;
        match repository.peel(id, &mut decoder) {
            Ok((id, object)) if object.kind == Kind::Commit => Ok(id),
            Ok((id, _)) => Err(unresolved(revision, &format_args!("{id} is no commit"))),
            Err(error) => Err(unresolved(revision, &format_args!("object {id}: {error}"))),
        }
    };
    let base = match base {
        Some(revision) => Some(commit(revision)?),
        None => BASES.iter().find_map(|revision| commit(revision).ok()),
    };
    match (base, repository.head()) {
        (Some(base), Some(head)) => {
            let local = repository.local();
            let merged = local.merge_base(base, head).ok().flatten();
            Ok(Some(merged.map_or(base, gix::Id::detach)))
        }
        (None, Some(_)) => Err(SourceError::NoBase),
        (base, None) => Ok(base),
    }
}

impl Source for GitChangedSource {
    fn target(&self) -> Target {
        self.files.target()
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let mut decoder = self.repository.decoder();
        skipped.extend(self.repository.broken.iter().cloned());
        let base = self.base(&mut decoder)?;
        let index = read_index(&self.repository, &self.repository.local().index_path())?;
        let mut entries = walk(&self.root, &self.options, skipped);
        let there: HashSet<BString> = entries.iter().map(|entry| self.path_in_tree(entry)).collect();
        let mut buffer = Vec::new();
        entries.retain(|entry| self.is_changed(entry, &base, &index, &mut buffer));
        let fresh = entries.iter().filter_map(|entry| {
            let path = self.path_in_tree(entry);
            let is_fresh = !base.ids.contains_key(&path);
            is_fresh.then(|| (path, self.hash(path_of(entry), entry.meta.size, &mut buffer)))
        });
        let fresh = fresh.collect();
        // What lies outside of the target is neither there nor gone.
        let is_there = |path: &BStr| !path.starts_with(&self.prefix) || there.contains(path);
        self.tree.get_or_init(|| Base::new(base, is_there, fresh));
        Ok(entries)
    }

    fn before(&self, entry: &Entry) -> Before {
        let tree = self.tree.get();
        tree.map_or(Before::Untold, |tree| {
            tree.content(&self.repository, &self.path_in_tree(entry))
        })
    }

    fn around(&self) -> Option<&dyn Source> {
        Some(&self.files)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.files.read(entry, buffer, consumer);
    }
}

/// The regular files under `root` that git tracks, relative to `root`; none outside of a work tree, and none when
/// the index cannot be read: then they are read unless a pattern ignores them.
pub(crate) fn tracked(root: &Path) -> Vec<PathBuf> {
    let paths = || {
        let repository = Repository::discover_plain(root).ok()?;
        let tree = std::fs::canonicalize(repository.workdir()?).ok()?;
        let full = std::fs::canonicalize(root).ok()?;
        let prefix = full.strip_prefix(&tree).ok()?.as_os_str().as_bytes().to_owned();
        let hash = repository.object_hash();
        let index = gix::index::File::at(repository.index_path(), hash, true, Default::default()).ok()?;
        let files = index
            .entries()
            .iter()
            .filter(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE));
        let relative = files.filter_map(|entry| {
            let path = entry.path(&index).as_bytes().strip_prefix(prefix.as_slice())?;
            let path = if prefix.is_empty() {
                path
            } else {
                path.strip_prefix(b"/")?
            };
            Some(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
        });
        Some(relative.collect())
    };
    paths().unwrap_or_default()
}
