//! Finding blobs in trees, each tree and each blob once.
//!
//! In: trees, oldest first. Out: every blob that was not met before, with the path and commit it was met at. A tree
//! that was seen is not entered again: all it names was found then, so the whole history costs one visit per
//! distinct tree. Format of trees: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>.

use super::object::{Decoder, Kind, Object, Store};
use bartizan_model::Skipped;
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::hashtable::HashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A blob and where it was first met.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) id: ObjectId,
    pub(super) path: BString,
    /// Position of the commit in the caller's list.
    pub(super) commit: Option<usize>,
}

/// Visits trees.
pub(super) struct Finder<'a> {
    store: &'a Store,
    trees: HashSet<ObjectId>,
    blobs: HashSet<ObjectId>,
    /// The blobs, in the order in which they were met.
    pub(super) found: Vec<Found>,
    /// Trees that could not be read.
    pub(super) skipped: Vec<Skipped>,
    /// Paths of submodules.
    pub(super) submodules: BTreeSet<BString>,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Tree,
    Blob,
    Link,
    Submodule,
}

/// One entry of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeEntry<'a> {
    pub(super) kind: EntryKind,
    pub(super) name: &'a [u8],
    pub(super) id: &'a [u8],
}

/// The entry at the start of `rest`, which moves behind it; `None` at the end and where the tree is broken.
pub(super) fn next_entry<'a>(rest: &mut &'a [u8], id_length: usize) -> Option<TreeEntry<'a>> {
    let space = memchr::memchr(b' ', rest.get(..8).unwrap_or(rest))?;
    let (mode, tail) = rest.split_at_checked(space)?;
    let tail = tail.get(1..)?;
    let (name, tail) = tail.split_at_checked(memchr::memchr(0, tail)?)?;
    let (id, tail) = tail.get(1..)?.split_at_checked(id_length)?;
    *rest = tail;
    let kind = match mode {
        b"40000" | b"040000" => EntryKind::Tree,
        b"120000" => EntryKind::Link,
        b"160000" => EntryKind::Submodule,
        _ => EntryKind::Blob,
    };
    Some(TreeEntry { kind, name, id })
}

struct Frame {
    tree: Arc<Object>,
    at: usize,
    /// Length of the path of the tree, its slash included.
    path: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self {
            store,
            trees: HashSet::default(),
            blobs: HashSet::default(),
            found: Vec::new(),
            skipped: Vec::new(),
            submodules: BTreeSet::new(),
        }
    }

    /// Takes note of a blob that is in no tree.
    pub(super) fn blob(&mut self, id: ObjectId, path: &str) {
        if self.blobs.insert(id) {
            self.found.push(Found {
                id,
                path: path.into(),
                commit: None,
            });
        }
    }

    /// Marks everything in the tree `id` as met, without finding it.
    pub(super) fn exclude(&mut self, decoder: &mut Decoder, id: ObjectId) {
        let (found, skipped) = (self.found.len(), self.skipped.len());
        self.visit(decoder, id, None);
        self.found.truncate(found);
        self.skipped.truncate(skipped);
        self.submodules.clear();
    }

    /// Finds the blobs of the tree `id` that were not met before.
    pub(super) fn visit(&mut self, decoder: &mut Decoder, id: ObjectId, commit: Option<usize>) {
        self.visit_at(decoder, id, commit, BString::default());
    }

    /// Finds the blobs of the tree `id`, which lies at `path` (empty, or with a slash at its end).
    pub(super) fn visit_at(
        &mut self,
        decoder: &mut Decoder,
        id: ObjectId,
        commit: Option<usize>,
        mut path: BString,
    ) {
        let mut stack = Vec::new();
        self.enter(decoder, id, &path, &mut stack);
        while let Some(frame) = stack.last_mut() {
            path.truncate(frame.path);
            let tree = Arc::clone(&frame.tree);
            let Some(mut rest) = tree.data.get(frame.at..).filter(|rest| !rest.is_empty()) else {
                stack.pop();
                continue;
            };
            let Some(entry) = next_entry(&mut rest, self.store.id_length()) else {
                self.skip(
                    &path,
                    "a tree of it is corrupt; run `git fsck`, then restore it from another clone",
                );
                stack.pop();
                continue;
            };
            frame.at = tree.data.len() - rest.len();
            self.take(decoder, entry, commit, &mut path, &mut stack);
        }
    }

    fn take(
        &mut self,
        decoder: &mut Decoder,
        entry: TreeEntry<'_>,
        commit: Option<usize>,
        path: &mut BString,
        stack: &mut Vec<Frame>,
    ) {
        let Ok(id) = ObjectId::try_from(entry.id) else {
            return;
        };
        match entry.kind {
            EntryKind::Link => {}
            EntryKind::Submodule => {
                path.extend_from_slice(entry.name);
                self.submodules.insert(path.clone());
            }
            EntryKind::Tree => {
                if !self.trees.contains(&id) {
                    path.extend_from_slice(entry.name);
                    path.push(b'/');
                    self.enter(decoder, id, path, stack);
                }
            }
            EntryKind::Blob => {
                if self.blobs.insert(id) {
                    path.extend_from_slice(entry.name);
                    self.found.push(Found {
                        id,
                        path: path.clone(),
                        commit,
                    });
                }
            }
        }
    }

    fn enter(&mut self, decoder: &mut Decoder, id: ObjectId, path: &BString, stack: &mut Vec<Frame>) {
        if !self.trees.insert(id) {
            return;
        }
        match decoder.decode(self.store, &id) {
            Ok(tree) if tree.kind == Kind::Tree => stack.push(Frame {
                tree,
                at: 0,
                path: path.len(),
            }),
            Ok(_) => self.skip(path, &format!("object {id} is no tree; run `git fsck`")),
            Err(error) => self.skip(path, &format!("tree {id}: {error}")),
        }
    }

    fn skip(&mut self, path: &BString, reason: &str) {
        let path = if path.is_empty() {
            ".".to_owned()
        } else {
            path.to_str_lossy().into_owned()
        };
        self.skipped.push(Skipped {
            path,
            reason: reason.to_owned(),
            required: true,
        });
    }
}
