//! What the end of a range of commits holds that its beginning does not.
//!
//! In: a range. Out: the files of its newest commit that differ from the commit at which that left the beginning, as they stand there.

use super::base::Base;
use super::blobs::{Blobs, entry};
use super::flat::{Flat, flatten};
use super::history::{Wanted, wanted};
use super::object::{Decoder, ObjectError};
use super::repository::Repository;
use crate::{Before, Consumer, Entry, FileMeta, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use std::path::Path;
use std::sync::OnceLock;

/// The files of the newest commit of a range that differ from where it begins.
#[derive(Debug)]
pub struct GitComparedSource {
    whole: WholeTree,
    begin: Option<ObjectId>,
    /// What is compared with, once it is listed
    base: OnceLock<Base>,
}

/// Every file of a commit.
#[derive(Debug)]
struct WholeTree {
    blobs: Blobs,
    range: String,
    commit: ObjectId,
}

impl GitComparedSource {
    /// The range in the repository that holds `path`. A single commit is compared with its first parent.
    ///
    /// # Errors
    /// When `path` is in no repository, or `range` names nothing in it.
    pub fn open(path: &Path, range: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let repository = Repository::discover(path, options)?;
        let unreadable = |error: ObjectError| SourceError::Unreadable {
            path: format!("git:{range}"),
            cause: error.to_string(),
        };
        let (begin, commit) = match wanted(&repository, range)? {
            Wanted::One(id) => (parent(&repository, id).map_err(unreadable)?, id),
            Wanted::Reached { from, hidden } => {
                let newest = from
                    .last()
                    .copied()
                    .unwrap_or_else(|| repository.store.hash().null());
                let hidden = hidden.first().copied();
                let local = repository.local();
                let left = hidden.and_then(|hidden| local.merge_base(hidden, newest).ok().flatten());
                (left.map(gix::Id::detach).or(hidden), newest)
            }
        };
        Ok(Self {
            whole: WholeTree {
                blobs: Blobs::new(repository, options),
                range: range.to_owned(),
                commit,
            },
            begin,
            base: OnceLock::new(),
        })
    }
}

/// The first parent of a commit.
fn parent(repository: &Repository, id: ObjectId) -> Result<Option<ObjectId>, ObjectError> {
    let commit = repository.decoder().decode(&repository.store, &id)?;
    let parents = gix::objs::CommitRefIter::from_bytes(&commit.data, repository.store.hash()).parent_ids();
    Ok({ parents }.next())
}

impl WholeTree {
    /// The tree of a commit, flat.
    fn flat(&self, decoder: &mut Decoder, commit: ObjectId) -> Result<Flat, SourceError> {
        let repository = &self.blobs.repository;
        let tree = repository.tree_of(decoder, commit);
        let flat = tree.and_then(|tree| flatten(repository, decoder, tree, None));
        flat.map_err(|error| SourceError::Unreadable {
            path: format!("commit {commit}"),
            cause: error.to_string(),
        })
    }

    /// The files of the commit that pass, ordered by path.
    fn entries(&self, flat: &Flat, passes: impl Fn(&BStr, &ObjectId) -> bool) -> Vec<Entry> {
        let files = flat.ids.iter().filter(|(path, id)| {
            let is_file = !path.ends_with(b"/") && !flat.others.contains(*path);
            is_file && passes(path.as_bstr(), id)
        });
        let mut entries: Vec<Entry> = files
            .map(|(path, id)| {
                let meta = FileMeta {
                    path: path.to_str_lossy().into(),
                    size: 0,
                    commit: None,
                    author: None,
                    layer: None,
                };
                entry(meta, id)
            })
            .collect();
        entries.sort_by(|one, other| one.meta.path.cmp(&other.meta.path));
        entries
    }
}

impl Source for GitComparedSource {
    fn target(&self) -> Target {
        self.whole.target()
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let mut decoder = self.whole.blobs.repository.decoder();
        let now = self.whole.flat(&mut decoder, self.whole.commit)?;
        let then = match self.begin {
            Some(begin) => self.whole.flat(&mut decoder, begin)?,
            None => Flat::default(),
        };
        let entries = self
            .whole
            .entries(&now, |path, id| then.ids.get(path) != Some(id));
        let fresh = now.ids.iter().filter(|(path, _)| !then.ids.contains_key(*path));
        let fresh = fresh.map(|(path, id)| (path.clone(), Some(*id))).collect();
        self.base
            .get_or_init(|| Base::new(then, |path| now.ids.contains_key(path), fresh));
        Ok(entries)
    }

    fn around(&self) -> Option<&dyn Source> {
        Some(&self.whole)
    }

    fn before(&self, entry: &Entry) -> Before {
        let base = self.base.get();
        base.map_or(Before::Untold, |base| {
            base.content(&self.whole.blobs.repository, entry.meta.path.as_bytes())
        })
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.whole.blobs.read(entry, consumer, buffer);
    }
}

impl Source for WholeTree {
    fn target(&self) -> Target {
        Target {
            name: format!("git:{}", self.range),
            kind: "git-range".to_owned(),
            commit: Some(self.commit.to_hex().to_string()),
            ..Target::default()
        }
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let flat = self.flat(&mut self.blobs.repository.decoder(), self.commit)?;
        Ok(self.entries(&flat, |_, _| true))
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.blobs.read(entry, consumer, buffer);
    }
}
