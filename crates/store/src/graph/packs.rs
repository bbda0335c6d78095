//! Edges as one value: those that a statement was the first to tell of, and those that it took away, as variable-length integers
//! (LEB128, <https://en.wikipedia.org/wiki/LEB128>), each by its distance from the one before. Reading all of them costs a fraction of
//! reading edges row by row: that is what makes questions about the whole graph fast.

use super::members::{read_signed, read_unsigned, signed, unsigned};
use crate::StoreError;

/// Edges that came, or went, with one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgePack {
    /// Whether they came.
    pub came: bool,
    /// Words of their kinds.
    pub kinds: Vec<String>,
    /// Source, place of the kind in `kinds`, target.
    pub edges: Vec<(i64, usize, i64)>,
}

/// Bytes of a kind at most.
const LONGEST: u64 = 2_000;

pub(crate) fn encode(pack: &EdgePack, out: &mut Vec<u8>) {
    out.push(u8::from(pack.came));
    unsigned(pack.kinds.len() as u64, out);
    for kind in &pack.kinds {
        unsigned(kind.len() as u64, out);
        out.extend_from_slice(kind.as_bytes());
    }
    unsigned(pack.edges.len() as u64, out);
    let (mut from, mut to) = (0, 0);
    for (source, kind, target) in &pack.edges {
        signed(source.wrapping_sub(from), out);
        unsigned(*kind as u64, out);
        signed(target.wrapping_sub(to), out);
        (from, to) = (*source, *target);
    }
}

/// Every pack that stands in a value, the first first.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<EdgePack>, StoreError> {
    let mut rest = bytes;
    let mut packs = Vec::new();
    while !rest.is_empty() {
        packs.push(decode_one(&mut rest).ok_or_else(damaged)?);
    }
    Ok(packs)
}

fn decode_one(rest: &mut &[u8]) -> Option<EdgePack> {
    let (came, after) = rest.split_first()?;
    *rest = after;
    let count = read_unsigned(rest).ok()?;
    let mut kinds = Vec::new();
    for _ in 0..count {
        let length = read_unsigned(rest).ok().filter(|length| *length <= LONGEST)?;
        let (word, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        *rest = after;
        kinds.push(String::from_utf8(word.to_vec()).ok()?);
    }
    let count = usize::try_from(read_unsigned(rest).ok()?).ok()?;
    // Every edge takes three bytes at least.
    if count > rest.len() / 3 {
        return None;
    }
    let mut edges = Vec::with_capacity(count);
    let (mut source, mut target) = (0_i64, 0_i64);
    for _ in 0..count {
        source = source.wrapping_add(read_signed(rest).ok()?);
        let kind = usize::try_from(read_unsigned(rest).ok()?).ok()?;
        target = target.wrapping_add(read_signed(rest).ok()?);
        if kind >= kinds.len() {
            return None;
        }
        edges.push((source, kind, target));
    }
    Some(EdgePack {
        came: *came != 0,
        kinds,
        edges,
    })
}

fn damaged() -> StoreError {
    StoreError::Corrupt("a pack of edges cannot be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pack() -> impl Strategy<Value = EdgePack> {
        let edges = proptest::collection::vec((any::<i64>(), 0_usize..3, any::<i64>()), 0..20);
        (any::<bool>(), proptest::collection::vec("\\PC{0,5}", 3), edges)
            .prop_map(|(came, kinds, edges)| EdgePack { came, kinds, edges })
    }

    proptest! {
        #[test]
        fn what_was_written_one_after_the_other_is_read(packs in proptest::collection::vec(pack(), 0..4)) {
            let mut bytes = Vec::new();
            for pack in &packs {
                encode(pack, &mut bytes);
            }
            prop_assert_eq!(decode(&bytes).unwrap(), packs);
        }

        #[test]
        fn nothing_that_is_read_breaks_anything(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
