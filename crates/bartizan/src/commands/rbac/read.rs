//! What the manifests of a target grant.

use crate::error::Error;
use crate::manifests;
use bartizan_deploy::rbac::{Manifest, Note, Permissions};

/// What the manifests of a target grant, and what of it was not read.
pub(super) fn permissions(target: &str) -> Result<(Permissions, Vec<Note>), Error> {
    let read = manifests::read(target, &[], Manifest::read)?;
    let unread = read.unread.into_iter().map(|note| Note {
        path: note.place,
        line: 0,
        message: note.message,
    });
    let manifests: Vec<Manifest> = read.files.into_iter().map(|(_, manifest)| manifest).collect();
    Ok((Permissions::of(manifests), unread.collect()))
}
