//! Single files as a commit made now would contain them: what a gate may judge by.
//!
//! In: a repository and the path of a file. Out: the staged bytes, or that the commit would not contain the file, or
//! that git does not know it. The work tree is not looked at.

use super::flat::read_index;
use super::object::Decoder;
use super::repository::Repository;
use super::staged::index_of;
use super::tree::{EntryKind, next_entry};
use crate::{SourceError, SourceOptions};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Links that are followed from one staged path to the next.
const MOST_LINKS: usize = 8;

/// What a commit made now would do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StagedFile {
    /// It would contain it, with these bytes.
    Present(Vec<u8>),
    /// It would remove it: the commit that is checked out has the file and the index has not.
    Removed,
    /// It says nothing of it: git does not track the file, or it lies outside of the work tree.
    Untracked,
}

/// The files of the index of one repository.
#[derive(Debug)]
pub struct StagedFiles {
    repository: Repository,
    index: gix::index::File,
    root: PathBuf,
}

impl StagedFiles {
    /// The index of the repository whose work tree holds `path`, found as [`crate::GitIndexSource::open`] finds it.
    ///
    /// # Errors
    /// When `path` is in no repository, it is bare, or its index cannot be read.
    pub fn open(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        let repository = Repository::discover(path, options)?;
        let index = read_index(&repository, &index_of(&repository, options))?;
        let root = repository
            .work_tree()
            .ok_or_else(|| SourceError::Bare(path.display().to_string()))?;
        let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        Ok(Self {
            repository,
            index,
            root,
        })
    }

    /// The file at the absolute `path`. A link is followed as far as git tracks what it names.
    ///
    /// # Errors
    /// When the object that holds the bytes, or the commit that is checked out, cannot be read.
    pub fn read(&self, path: &Path) -> Result<StagedFile, SourceError> {
        let mut decoder = self.repository.decoder();
        let Some(mut name) = self.name_of(path) else {
            return Ok(StagedFile::Untracked);
        };
        for _ in 0..MOST_LINKS {
            let Some((mode, id)) = self.entry(name.as_bstr()) else {
                return self.absent(&mut decoder, name.as_bstr());
            };
            let object = decoder
                .decode(&self.repository.store, &id)
                .map_err(|error| unreadable(name.as_bstr(), &error))?;
            if mode != Mode::SYMLINK {
                let bytes = Arc::try_unwrap(object).map_or_else(|shared| shared.data.clone(), |own| own.data);
                return Ok(StagedFile::Present(bytes));
            }
            let beside = self.root.join(OsStr::from_bytes(&name));
            let to = Path::new(OsStr::from_bytes(&object.data));
            match self.name_of(&beside.parent().unwrap_or(&self.root).join(to)) {
                Some(next) => name = next,
                None => return Ok(StagedFile::Untracked),
            }
        }
        Ok(StagedFile::Untracked)
    }

    /// Absolute path of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Paths of every file that a commit would contain, links included, relative to the work tree. Invalid UTF-8 is replaced.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        let files = self.index.entries().iter().filter(|entry| {
            let is_file = entry.mode != Mode::COMMIT && entry.mode != Mode::DIR;
            is_file && entry.stage() == Stage::Unconflicted && !entry.flags.contains(Flags::INTENT_TO_ADD)
        });
        files.map(|entry| entry.path(&self.index).to_str_lossy().into_owned())
    }

    /// Whether the index holds an entry for the absolute `path`, readable or not.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        self.name_of(path)
            .is_some_and(|name| self.entry(name.as_bstr()).is_some())
    }

    /// How the index calls the file at `path`; `None` outside of the work tree.
    fn name_of(&self, path: &Path) -> Option<BString> {
        let mut plain = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    plain.pop();
                }
                other => plain.push(other),
            }
        }
        let below = plain.strip_prefix(&self.root).ok()?;
        Some(below.as_os_str().as_bytes().into())
    }

    /// The entry that a commit would take. An entry in conflict is none: nothing can be committed until it is solved.
    fn entry(&self, name: &BStr) -> Option<(Mode, ObjectId)> {
        let entry = self.index.entry_by_path_and_stage(name, Stage::Unconflicted)?;
        let is_file = entry.mode != Mode::COMMIT && entry.mode != Mode::DIR;
        let is_there = !entry.flags.contains(Flags::INTENT_TO_ADD);
        (is_file && is_there).then_some((entry.mode, entry.id))
    }

    fn absent(&self, decoder: &mut Decoder, name: &BStr) -> Result<StagedFile, SourceError> {
        let is_known = self.index.entry_by_path(name).is_some() || self.is_below_sparse(name);
        if !is_known && self.is_in_head(decoder, name)? {
            return Ok(StagedFile::Removed);
        }
        Ok(StagedFile::Untracked)
    }

    /// Whether the index holds a directory of the path as one entry, as sparse checkouts do.
    fn is_below_sparse(&self, name: &BStr) -> bool {
        let mut directories = name.find_iter(b"/").filter_map(|at| name.get(..=at));
        directories.any(|directory| {
            self.index
                .entry_by_path(directory.as_bstr())
                .is_some_and(|entry| entry.mode == Mode::DIR)
        })
    }

    fn is_in_head(&self, decoder: &mut Decoder, name: &BStr) -> Result<bool, SourceError> {
        let Some(head) = self.repository.head() else {
            return Ok(false);
        };
        let fail = |error: super::object::ObjectError| unreadable(name, &error);
        let mut id = self.repository.tree_of(decoder, head).map_err(fail)?;
        let mut kind = EntryKind::Tree;
        for part in name.split_str(b"/") {
            if kind != EntryKind::Tree {
                return Ok(false);
            }
            let tree = decoder.decode(&self.repository.store, &id).map_err(fail)?;
            let mut rest = tree.data.as_slice();
            let found = std::iter::from_fn(|| next_entry(&mut rest, self.repository.store.id_length()))
                .find(|entry| entry.name == part);
            match found.and_then(|entry| Some((entry.kind, ObjectId::try_from(entry.id).ok()?))) {
                Some(next) => (kind, id) = next,
                None => return Ok(false),
            }
        }
        Ok(matches!(kind, EntryKind::Blob | EntryKind::Link))
    }
}

fn unreadable(name: &BStr, cause: &dyn std::fmt::Display) -> SourceError {
    SourceError::Unreadable {
        path: format!("the staged `{name}`"),
        cause: cause.to_string(),
    }
}
