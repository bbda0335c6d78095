//! Finding and opening a repository, and what its revisions and references name.

use super::object::{Decoder, Kind, Object, ObjectError, Store};
use crate::{SourceError, SourceOptions};
use bartizan_model::Skipped;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of decoded objects that a decoder keeps for the deltas based on them.
const CACHE: usize = 24 << 20;

/// An open repository.
#[derive(Debug)]
pub(super) struct Repository {
    shared: gix::ThreadSafeRepository,
    /// Its objects.
    pub(super) store: Store,
    /// Parts of the object store that could not be opened.
    pub(super) broken: Vec<Skipped>,
    limit: u64,
}

fn discover(path: &Path) -> Result<gix::ThreadSafeRepository, SourceError> {
    // The configuration of the user and the environment do not change what a repository holds.
    let isolated = gix::open::Options::isolated;
    let trust = gix::sec::trust::Mapping {
        full: isolated(),
        reduced: isolated(),
    };
    gix::ThreadSafeRepository::discover_opts(path, gix::discover::upwards::Options::default(), trust)
        .map_err(|error| unopened(path, &error))
}

/// There is no repository, or there is one that cannot be opened.
fn unopened(path: &Path, cause: &dyn std::fmt::Display) -> SourceError {
    let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let git = full.ancestors().map(|directory| directory.join(".git"));
    match git.into_iter().find(|git| git.symlink_metadata().is_ok()) {
        Some(git) => SourceError::Unreadable {
            path: git.display().to_string(),
            cause: cause.to_string(),
        },
        None => SourceError::NoRepository(path.display().to_string()),
    }
}

impl Repository {
    /// Opens the repository that holds `path`.
    pub(super) fn discover(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        let shared = discover(path)?;
        let local = shared.to_thread_local();
        let mut broken = Vec::new();
        let store = Store::open(local.objects.store_ref().path(), local.object_hash(), &mut broken);
        let broken = broken.into_iter().map(|(path, cause)| Skipped {
            path,
            reason: format!(
                "it cannot be opened ({cause}); run `git fsck`, then restore it from another clone"
            ),
            required: true,
        });
        let broken = broken.collect();
        Ok(Self {
            shared,
            store,
            broken,
            limit: options.max_object,
        })
    }

    /// Opens the repository that holds `path` without its objects.
    pub(super) fn discover_plain(path: &Path) -> Result<gix::Repository, SourceError> {
        discover(path).map(|shared| shared.to_thread_local())
    }

    /// The tree of the commit `id`.
    pub(super) fn tree_of(&self, decoder: &mut Decoder, id: ObjectId) -> Result<ObjectId, ObjectError> {
        let commit = decoder.decode(&self.store, &id)?;
        let tree = gix::objs::CommitRefIter::from_bytes(&commit.data, self.store.hash()).tree_id();
        tree.map_err(|error| ObjectError::Corrupt(error.to_string()))
    }

    pub(super) fn local(&self) -> gix::Repository {
        self.shared.to_thread_local()
    }

    pub(super) fn decoder(&self) -> Decoder {
        Decoder::new(self.limit, CACHE)
    }

    /// The top of the work tree; `None` in a bare repository.
    pub(super) fn work_tree(&self) -> Option<&Path> {
        self.shared.work_tree.as_deref()
    }

    /// The commit that is checked out; `None` before the first commit.
    pub(super) fn head(&self) -> Option<ObjectId> {
        self.local().head_id().ok().map(gix::Id::detach)
    }

    /// What a single revision names, tags followed to what they name.
    pub(super) fn resolve(&self, revision: &str) -> Result<ObjectId, SourceError> {
        let local = self.local();
        let id = local
            .rev_parse_single(revision)
            .map_err(|error| unresolved(revision, &error))?
            .detach();
        Ok(id)
    }

    /// Every reference, the head and the older stashes, with the objects they name; in the order of their names.
    pub(super) fn tips(&self) -> Result<Vec<(String, ObjectId)>, SourceError> {
        let local = self.local();
        let fail = |cause: String| SourceError::Unreadable {
            path: "the references of the repository".to_owned(),
            cause,
        };
        let mut tips = Vec::new();
        let platform = local.references().map_err(|error| fail(error.to_string()))?;
        for reference in platform.all().map_err(|error| fail(error.to_string()))?.flatten() {
            let name = reference.name().as_bstr().to_str_lossy().into_owned();
            if let Some(id) = reference.try_id() {
                tips.push((name, id.detach()));
            }
        }
        tips.sort_unstable();
        tips.extend(self.head().map(|id| ("HEAD".to_owned(), id)));
        tips.extend(self.stashes());
        Ok(tips)
    }

    /// The older stashes are only in the log of `refs/stash`.
    fn stashes(&self) -> Vec<(String, ObjectId)> {
        let log = std::fs::read(self.local().common_dir().join("logs/refs/stash")).unwrap_or_default();
        let ids = log
            .lines()
            .filter_map(|line| ObjectId::from_hex(line.split_str(b" ").nth(1)?).ok());
        ids.enumerate()
            .map(|(i, id)| (format!("stash log entry {}", i + 1), id))
            .collect()
    }

    /// Follows tags from `id` to the commit, tree or blob they name.
    pub(super) fn peel(
        &self,
        id: ObjectId,
        decoder: &mut Decoder,
    ) -> Result<(ObjectId, Arc<Object>), ObjectError> {
        let mut id = id;
        for _ in 0..64 {
            let object = decoder.decode(&self.store, &id)?;
            if object.kind != Kind::Tag {
                return Ok((id, object));
            }
            let named = gix::objs::TagRefIter::from_bytes(&object.data, self.store.hash()).target_id();
            id = named.map_err(|error| ObjectError::Corrupt(error.to_string()))?;
        }
        Err(ObjectError::Corrupt(
            "it is a tag of a tag of a tag without end".to_owned(),
        ))
    }
}

/// The error of a revision that names nothing.
pub(super) fn unresolved(revision: &str, cause: &dyn std::fmt::Display) -> SourceError {
    let cause = cause.to_string();
    // What the parser says of its own steps helps nobody; what it says of the spelling does.
    let cause = if cause.contains("delegate.") {
        "no commit, tag or branch is called so".to_owned()
    } else {
        cause
    };
    SourceError::Revision {
        revision: revision.to_owned(),
        cause,
    }
}

/// The top of the work tree that holds `path`, or the repository itself where it is bare.
///
/// # Errors
/// When `path` is in no repository.
pub fn git_root(path: &Path) -> Result<PathBuf, SourceError> {
    let shared = discover(path)?;
    Ok(shared
        .work_tree
        .clone()
        .unwrap_or_else(|| shared.to_thread_local().git_dir().to_owned()))
}

/// The commit that is checked out in the repository that holds `path`, in hexadecimal digits; `None` outside of
/// repositories and before the first commit.
#[must_use]
pub fn head_commit(path: &Path) -> Option<String> {
    let shared = discover(path).ok()?;
    let id = shared.to_thread_local().head_id().ok()?.detach();
    Some(id.to_hex().to_string())
}
