//! rpm's own database form `ndb` (`Packages.db`): a table of slots, each naming the blocks of one header.
//!
//! Its form is described by its implementation,
//! <https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c>: little-endian words; pages of
//! 256 slots of 16 bytes, of which the first two are the file's header; blocks of 16 bytes; a header blob is preceded by
//! its magic, package number, generation and length.

use super::Each;
use crate::catalog::bytes::{Budget, Order, slice};

const FILE_MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const BLOB_MAGIC: &[u8] = b"BlbS";
const SLOTS_OF_A_PAGE: usize = 256;
const FIRST_SLOT: usize = 2;
const BLOCK: usize = 16;

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(FILE_MAGIC)
}

pub(super) fn walk(bytes: &[u8], each: &mut Each<'_>) {
    let word = |at| Order::Little.size(bytes, at);
    if word(4) != Some(0) {
        each(Err(
            "the version of the ndb database is not known; 0 is".to_owned()
        ));
        return;
    }
    let Some(pages) = word(12) else {
        each(Err("the ndb database is cut off".to_owned()));
        return;
    };
    let budget = Budget::of(bytes);
    let slots = pages.saturating_mul(SLOTS_OF_A_PAGE);
    for slot in FIRST_SLOT..slots {
        let at = slot * BLOCK;
        let Some(entry) = slice(bytes, at, BLOCK) else {
            each(Err("the slots of the ndb database are cut off".to_owned()));
            return;
        };
        let number = Order::Little.u32(entry, 4).unwrap_or_default();
        if !entry.starts_with(SLOT_MAGIC) || number == 0 {
            continue;
        }
        let block = Order::Little.size(entry, 8).unwrap_or_default();
        match blob(bytes, block, number).filter(|blob| budget.take(blob.len()).is_some()) {
            Some(blob) => each(Ok(blob)),
            None => each(Err(format!("package {number} of the ndb database is damaged"))),
        }
    }
}

fn blob(bytes: &[u8], block: usize, number: u32) -> Option<&[u8]> {
    let at = block.checked_mul(BLOCK)?;
    let head = slice(bytes, at, BLOCK)?;
    let matches = head.starts_with(BLOB_MAGIC) && Order::Little.u32(head, 4)? == number;
    slice(bytes, at + BLOCK, Order::Little.size(head, 12)?).filter(|_| matches)
}
