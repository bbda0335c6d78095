//! Proofs that a leaf is in a tree, and that a tree continues an earlier one: in, positions and tiles; out, the hashes that
//! [`super::verify`] needs, in the order of RFC 6962, sections 2.1.1 and 2.1.2.

use super::hash::Hash;
use super::tile::Tile;
use super::tree::{Reader, TlogError, tiles_of};

/// Leaves from the first number to the second, which is excluded.
type Range = (u64, u64);

/// The hashes that prove that the leaf numbered `leaf` (from 0) is in the tree of `size` leaves: at most 64.
///
/// # Errors
/// When there is no such leaf, and when a tile could not be had or has the wrong length.
pub fn inclusion_proof<E>(
    leaf: u64,
    size: u64,
    tiles: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, TlogError<E>> {
    let ranges = inclusion_ranges(leaf, size).ok_or(TlogError::OutOfRange { given: leaf, size })?;
    hashes(&ranges, size, tiles)
}

/// The tiles that [`inclusion_proof`] asks for; none when there is no such leaf.
#[must_use]
pub fn inclusion_tiles(leaf: u64, size: u64) -> Vec<Tile> {
    inclusion_ranges(leaf, size).map_or_else(Vec::new, |ranges| tiles_of(&ranges, size))
}

/// The hashes that prove that the first `old` leaves of the tree of `size` leaves are those of the tree of `old` leaves: at
/// most 65. There is nothing to prove, and no hashes, when `old` is 0 or `size`.
///
/// # Errors
/// When `old` is above `size`, and when a tile could not be had or has the wrong length.
pub fn consistency_proof<E>(
    old: u64,
    size: u64,
    tiles: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, TlogError<E>> {
    let ranges = consistency_ranges(old, size).ok_or(TlogError::OutOfRange { given: old, size })?;
    hashes(&ranges, size, tiles)
}

/// The tiles that [`consistency_proof`] asks for; none when `old` is above `size`.
#[must_use]
pub fn consistency_tiles(old: u64, size: u64) -> Vec<Tile> {
    consistency_ranges(old, size).map_or_else(Vec::new, |ranges| tiles_of(&ranges, size))
}

fn hashes<E>(
    ranges: &[Range],
    size: u64,
    tiles: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Hash>, TlogError<E>> {
    let mut reader = Reader::new(size, tiles);
    ranges
        .iter()
        .map(|(begin, end)| reader.range(*begin, *end))
        .collect()
}

fn inclusion_ranges(leaf: u64, size: u64) -> Option<Vec<Range>> {
    if leaf >= size {
        return None;
    }
    let (mut begin, mut end) = (0, size);
    let mut ranges = Vec::new();
    while let Some(middle) = split(begin, end) {
        if leaf < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((begin, middle));
            begin = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

fn consistency_ranges(old: u64, size: u64) -> Option<Vec<Range>> {
    if old > size {
        return None;
    }
    if old == 0 {
        return Some(Vec::new());
    }
    let (mut begin, mut end) = (0, size);
    let mut ranges = Vec::new();
    while old < end {
        let Some(middle) = split(begin, end) else { break };
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((begin, middle));
            begin = middle;
        }
    }
    // The verifier has the root of the old tree: when that is the subtree arrived at, it needs no telling.
    if begin > 0 {
        ranges.push((begin, end));
    }
    ranges.reverse();
    Some(ranges)
}

/// Where a tree over these leaves has its left subtree end: after the largest power of two below their number.
fn split(begin: u64, end: u64) -> Option<u64> {
    let last = end.checked_sub(begin)?.checked_sub(1)?;
    last.checked_ilog2().map(|height| begin + (1 << height))
}
