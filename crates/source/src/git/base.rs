//! The tree that a change is compared with, and what each file was in it.
//!
//! In: the tree, and which paths there are now. Out: the content of a file before the change. One that was moved is found again by its
//! content or, where that changed, by its name.

use super::flat::Flat;
use super::repository::Repository;
use crate::Before;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use std::collections::HashMap;

/// What the files of a change were before.
#[derive(Debug)]
pub(super) struct Base {
    flat: Flat,
    /// Paths that the tree does not have: what stood where they were moved from
    moved: HashMap<BString, ObjectId>,
}

impl Base {
    /// `is_there` says which paths there are now; `fresh` are those that the tree does not have, with the ids of their contents as far as
    /// these are known.
    pub(super) fn new(
        flat: Flat,
        is_there: impl Fn(&BStr) -> bool,
        fresh: Vec<(BString, Option<ObjectId>)>,
    ) -> Self {
        let moved = if fresh.is_empty() {
            HashMap::new()
        } else {
            moved(&flat, is_there, fresh)
        };
        Self { flat, moved }
    }

    /// What the file at this path was.
    pub(super) fn content(&self, repository: &Repository, path: &[u8]) -> Before {
        let path = path.as_bstr();
        let Some(id) = self.flat.ids.get(path).or_else(|| self.moved.get(path)) else {
            return Before::Absent;
        };
        match repository.decoder().decode(&repository.store, id) {
            Ok(object) => Before::Content(object.data.clone()),
            Err(error) => Before::Unreadable(format!("blob {id}: {error}")),
        }
    }
}

/// For each fresh path the blob of a file that is gone: the one with the same content, else the only one of the same name.
fn moved(
    flat: &Flat,
    is_there: impl Fn(&BStr) -> bool,
    fresh: Vec<(BString, Option<ObjectId>)>,
) -> HashMap<BString, ObjectId> {
    let mut contents: Vec<ObjectId> = Vec::new();
    let mut names: HashMap<&[u8], Option<ObjectId>> = HashMap::new();
    for (path, id) in &flat.ids {
        if !path.ends_with(b"/") && !is_there(path.as_bstr()) {
            contents.push(*id);
            let named = names.entry(name_of(path)).or_insert(Some(*id));
            if *named != Some(*id) {
                *named = None;
            }
        }
    }
    let found = fresh.into_iter().filter_map(|(path, id)| {
        let same = id.filter(|id| contents.contains(id));
        let id = same.or_else(|| names.get(name_of(&path)).copied().flatten())?;
        Some((path, id))
    });
    found.collect()
}

fn name_of(path: &BString) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}
