//! The kernel's own lists of programs, maps and links.

use aya::maps::{MapError, loaded_maps};
use aya::programs::links::LinkError;
use aya::programs::{ProgramError, loaded_links, loaded_programs};
use bartizan_model::guard::PROGRAM_TYPES;

use super::descriptors::Seen;
use super::names::{self, LINK_TYPES, MAP_TYPES};
use super::{Inventory, Link, Map, Program};
use crate::error::{os_error, with_causes};

/// ENOENT: it was taken away between being listed and being asked for
const GONE: i32 = 2;

pub(super) fn list(inventory: &mut Inventory, seen: &Seen) {
    let Inventory {
        programs,
        maps,
        links,
        unread,
        ..
    } = inventory;
    let mut wrong = |what: &str, error: &(dyn std::error::Error + 'static)| {
        if !is_gone(error) {
            unread.push(format!(
                "{what} in the kernel cannot all be listed: {}",
                with_causes(error)
            ));
        }
    };
    for found in loaded_programs() {
        match found {
            Ok(found) => programs.push(Program {
                id: found.id(),
                kind: names::of(&PROGRAM_TYPES, found.program_type() as u32),
                name: found.name().into(),
                tag: format!("{:016x}", found.tag()),
                loaded: found.loaded_at(),
                user: found.created_by_uid(),
                maps: found.map_ids().unwrap_or_else(|error: ProgramError| {
                    wrong("maps of programs", &error);
                    None
                }),
                kept: seen.programs.get(&found.id()).cloned().unwrap_or_default(),
            }),
            Err(error) => wrong("programs", &error),
        }
    }
    for found in loaded_maps() {
        match found {
            Ok(found) => maps.push(Map {
                id: found.id(),
                kind: match found.map_type() {
                    Ok(kind) => names::of(&MAP_TYPES, kind as u32),
                    Err(_) => "of a type that is newer than this program".to_owned(),
                },
                name: found.name().into(),
                sizes: [found.key_size(), found.value_size()],
                entries: found.max_entries(),
                kept: seen.maps.get(&found.id()).cloned().unwrap_or_default(),
            }),
            Err(error) => wrong("maps", &error as &MapError),
        }
    }
    for found in loaded_links() {
        match found {
            Ok(found) => links.push(Link {
                id: found.id(),
                kind: match found.link_type() {
                    Ok(kind) => names::of(&LINK_TYPES, kind as u32),
                    Err(_) => "of a type that is newer than this program".to_owned(),
                },
                program: found.program_id(),
                place: None,
                attached: None,
                kept: seen.links.get(&found.id()).cloned().unwrap_or_default(),
            }),
            Err(error) => wrong("links", &error as &LinkError),
        }
    }
}

/// Whether what was asked for is not there
pub(super) fn is_gone(error: &(dyn std::error::Error + 'static)) -> bool {
    os_error(error) == Some(GONE)
}
