//! A tree as a flat list of paths, and the index as git keeps it.

use super::object::{Decoder, Kind, ObjectError};
use super::repository::Repository;
use super::tree::{EntryKind, next_entry};
use crate::SourceError;
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::index::extension::Tree as Cached;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

/// Deepest nesting of directories that is followed.
const DEEPEST: usize = 1_000;

/// What a tree holds, apart from directories that are known to be the same in the index.
#[derive(Debug, Default)]
pub(super) struct Flat {
    /// Ids by path; that of a directory ends with a slash.
    pub(super) ids: HashMap<BString, ObjectId>,
    /// Links and submodules among them.
    pub(super) others: HashSet<BString>,
    /// Entries of the index that are the same in the tree.
    pub(super) same: Vec<Range<usize>>,
}

impl Flat {
    /// Whether the entry of the index at position `at`, with `path` and `id`, is the same in the tree.
    pub(super) fn holds(&self, at: usize, path: &[u8], id: &ObjectId) -> bool {
        self.ids.get(path.as_bstr()) == Some(id) || self.same.iter().any(|range| range.contains(&at))
    }
}

/// Flattens the tree `id`. Directories that `index` remembers to be the same are not read.
pub(super) fn flatten(
    repository: &Repository,
    decoder: &mut Decoder,
    id: ObjectId,
    index: Option<&gix::index::State>,
) -> Result<Flat, ObjectError> {
    let mut flat = Flat::default();
    let mut todo = vec![(BString::default(), id, index.and_then(|index| index.tree()), 0)];
    while let Some((path, id, cached, depth)) = todo.pop() {
        if let (Some(index), Some(cached)) = (index, cached)
            && cached.id == id
            && cached.num_entries.is_some()
        {
            let range = if path.is_empty() {
                Some(0..index.entries().len())
            } else {
                index.prefixed_entries_range(path.as_bstr())
            };
            flat.same.extend(range);
            continue;
        }
        let tree = decoder.decode(&repository.store, &id)?;
        if tree.kind != Kind::Tree || depth > DEEPEST {
            return Err(ObjectError::Corrupt(format!("object {id} is no usable tree")));
        }
        let mut rest = tree.data.as_slice();
        while let Some(entry) = next_entry(&mut rest, repository.store.id_length()) {
            let Ok(id) = ObjectId::try_from(entry.id) else {
                continue;
            };
            let mut full = path.clone();
            full.extend_from_slice(entry.name);
            if entry.kind == EntryKind::Tree {
                full.push(b'/');
                todo.push((
                    full.clone(),
                    id,
                    cached.and_then(|cached| child(cached, entry.name)),
                    depth + 1,
                ));
            }
            if matches!(entry.kind, EntryKind::Link | EntryKind::Submodule) {
                flat.others.insert(full.clone());
            }
            flat.ids.insert(full, id);
        }
        if !rest.is_empty() {
            return Err(ObjectError::Corrupt(format!("tree {id} is malformed")));
        }
    }
    Ok(flat)
}

fn child<'a>(cached: &'a Cached, name: &[u8]) -> Option<&'a Cached> {
    cached.children.iter().find(|child| child.name.as_slice() == name)
}

/// The index at `path`; an empty one where there is none yet.
pub(super) fn read_index(repository: &Repository, path: &Path) -> Result<gix::index::File, SourceError> {
    let options = gix::index::decode::Options::default();
    gix::index::File::at_or_default(path, repository.store.hash(), false, options).map_err(|error| {
        let cause = format!("{error}; restore it with `git reset`");
        SourceError::Unreadable {
            path: path.display().to_string(),
            cause,
        }
    })
}
