//! Growing the tree, and its root.
//!
//! In: the size of a tree, the hashes of new leaves, and tiles on demand. Out: the tiles that changed and the new root. Only the
//! right edge of the tree is read or written: at most one tile of each level is read, whatever the size.

use super::hash::{Hash, complete_root, empty_root, node_hash};
use super::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, hashes_at};
use std::collections::{BTreeMap, BTreeSet};

const HASH_BYTES: usize = size_of::<Hash>();

/// What came of [`append`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Tiles to keep in place of what is held at their level and index: by level, then by index.
    pub writes: Vec<TileWrite>,
    /// Leaves in the tree now.
    pub size: u64,
    /// The root of the tree now.
    pub root: Hash,
}

/// A tile to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileWrite {
    /// Where it stands, and how wide it is.
    pub tile: Tile,
    /// Its hashes, one after another: 32 bytes times the width.
    pub bytes: Vec<u8>,
}

/// Why a tree could not be read or grown. `E` is what the caller's function for tiles answers with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogError<E> {
    /// The caller's function for tiles failed.
    #[error("a tile of the log could not be read: {0}")]
    Tiles(E),
    /// The tile that the caller gave is not the one of a tree of this size.
    #[error(
        "tile {index} of level {level} has {found} bytes; in a log of this size it is {needed} to 8192, in steps of 32: \
         the tiles and the size recorded do not belong together"
    )]
    TileLength {
        /// The level of the tile.
        level: u8,
        /// Its index in the level.
        index: u64,
        /// Bytes that the caller gave.
        found: usize,
        /// Bytes that a tree of this size has there.
        needed: usize,
    },
    /// A position or a size that is not within the tree.
    #[error("{given} is not within a log of {size} entries")]
    OutOfRange {
        /// What was asked for.
        given: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// There would be more leaves than can be counted in 64 bits.
    #[error("a log holds at most 2^64 - 1 entries")]
    Full,
}

/// Appends the leaves whose hashes are `new` to a tree of `size` leaves.
///
/// `tiles` is asked for tiles of the tree of `size` leaves and answers with their bytes; it may answer with a wider tile, as there
/// is when a later tree was already kept, of which the first hashes are taken. It is asked for [`root_tiles`] of `size` at most.
///
/// Nothing here tells whether the tiles are those of the tree that was last signed: compare [`root`] with what was signed first.
///
/// # Errors
/// When a tile could not be had or has the wrong length, and when the tree would be too large.
pub fn append<E>(
    size: u64,
    new: &[Hash],
    tiles: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Appended, TlogError<E>> {
    let grown = u64::try_from(new.len())
        .ok()
        .and_then(|more| size.checked_add(more))
        .ok_or(TlogError::Full)?;
    let mut reader = Reader::new(size, tiles);
    let mut changed = Vec::new();
    let mut arriving = new.to_vec();
    let mut level = 0_u8;
    while !arriving.is_empty() {
        let extended = extend(level, &arriving, &mut reader)?;
        arriving = extended
            .iter()
            .filter(|(tile, _)| !tile.is_partial())
            .map(|(_, hashes)| complete_root(hashes))
            .collect();
        changed.extend(extended);
        level = level.saturating_add(1);
    }
    let writes = changed
        .iter()
        .map(|(tile, hashes)| TileWrite {
            tile: *tile,
            bytes: hashes.concat(),
        })
        .collect();
    reader.size = grown;
    for (tile, hashes) in changed {
        reader.held.insert((tile.level(), tile.index()), hashes);
    }
    let root = reader.range(0, grown)?;
    Ok(Appended {
        writes,
        size: grown,
        root,
    })
}

/// The root of the tree of `size` leaves. `tiles` is asked as by [`append`].
///
/// # Errors
/// When a tile could not be had or has the wrong length.
pub fn root<E>(size: u64, tiles: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Hash, TlogError<E>> {
    Reader::new(size, tiles).range(0, size)
}

/// The tiles that [`root`] asks for, and [`append`] at most: the partial tiles of the right edge, and the full one that a level
/// ends with when it has but that one.
#[must_use]
pub fn root_tiles(size: u64) -> Vec<Tile> {
    tiles_of(&[(0, size)], size)
}

/// The tiles of `level` that change when the hashes `arriving` come to its end, with their hashes.
fn extend<E, F: FnMut(Tile) -> Result<Vec<u8>, E>>(
    level: u8,
    arriving: &[Hash],
    reader: &mut Reader<'_, F>,
) -> Result<Vec<(Tile, Vec<Hash>)>, TlogError<E>> {
    let before = hashes_at(level, reader.size);
    let width = u64::from(TILE_WIDTH);
    let mut index = before / width;
    let mut hashes = if before.is_multiple_of(width) {
        Vec::new()
    } else {
        reader.tile(level, index)?.to_vec()
    };
    let mut arriving = arriving.iter().copied();
    let mut extended = Vec::new();
    loop {
        let room = usize::from(TILE_WIDTH).saturating_sub(hashes.len());
        hashes.extend(arriving.by_ref().take(room));
        let Some(tile) = u16::try_from(hashes.len())
            .ok()
            .and_then(|width| Tile::new(level, index, width).ok())
        else {
            return Ok(extended);
        };
        extended.push((tile, std::mem::take(&mut hashes)));
        if arriving.len() == 0 {
            return Ok(extended);
        }
        index = index.saturating_add(1);
    }
}

/// A complete subtree: `2^height` leaves, the `index`th of that height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    height: u32,
    index: u64,
}

impl Node {
    /// The tile that has the hashes over which this node is the root: its level and index, the position of the first of the
    /// hashes, and how many there are.
    fn place(self) -> (u8, u64, usize, usize) {
        let level = self.height / TILE_HEIGHT;
        let within = self.height % TILE_HEIGHT;
        let first = self.index << within;
        let width = u64::from(TILE_WIDTH);
        let position = usize::try_from(first % width).unwrap_or(0);
        (
            u8::try_from(level).unwrap_or(u8::MAX),
            first / width,
            position,
            1 << within,
        )
    }
}

/// The complete subtrees that leaves `begin` to `end` (excluded) consist of, from left to right.
fn complete_subtrees(begin: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut begin = begin;
    while let Some(height) = end.checked_sub(begin).and_then(u64::checked_ilog2) {
        let height = height.min(begin.trailing_zeros());
        nodes.push(Node {
            height,
            index: begin >> height,
        });
        begin += 1 << height;
    }
    nodes
}

/// The tiles of a tree of `size` leaves in which the hashes of `ranges` are found.
pub(crate) fn tiles_of(ranges: &[(u64, u64)], size: u64) -> Vec<Tile> {
    let places: BTreeSet<(u8, u64)> = ranges
        .iter()
        .flat_map(|(begin, end)| complete_subtrees(*begin, *end))
        .map(|node| {
            let (level, index, ..) = node.place();
            (level, index)
        })
        .collect();
    places
        .into_iter()
        .filter_map(|(level, index)| Tile::in_tree(level, index, size))
        .collect()
}

/// The tree of `size` leaves, read tile by tile, each once.
pub(crate) struct Reader<'a, F> {
    size: u64,
    tiles: &'a mut F,
    held: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl<'a, F> Reader<'a, F> {
    pub(crate) fn new(size: u64, tiles: &'a mut F) -> Self {
        Self {
            size,
            tiles,
            held: BTreeMap::new(),
        }
    }

    /// The hash over leaves `begin` to `end` (excluded) as RFC 6962 defines it for a list of just these; `begin` is a multiple
    /// of a power of two that is not below their number, as it is for every range of a proof.
    pub(crate) fn range<E>(&mut self, begin: u64, end: u64) -> Result<Hash, TlogError<E>>
    where
        F: FnMut(Tile) -> Result<Vec<u8>, E>,
    {
        let mut root = None;
        for node in complete_subtrees(begin, end).into_iter().rev() {
            let left = self.node(node)?;
            root = Some(root.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(root.unwrap_or_else(empty_root))
    }

    fn node<E>(&mut self, node: Node) -> Result<Hash, TlogError<E>>
    where
        F: FnMut(Tile) -> Result<Vec<u8>, E>,
    {
        let (level, index, position, count) = node.place();
        let size = self.size;
        let hashes = self.tile(level, index)?.get(position..position + count);
        hashes.map(complete_root).ok_or(TlogError::OutOfRange {
            given: node.index,
            size,
        })
    }

    /// The hashes of a tile that the tree of this size has.
    fn tile<E>(&mut self, level: u8, index: u64) -> Result<&[Hash], TlogError<E>>
    where
        F: FnMut(Tile) -> Result<Vec<u8>, E>,
    {
        if !self.held.contains_key(&(level, index)) {
            let tile = Tile::in_tree(level, index, self.size).ok_or(TlogError::OutOfRange {
                given: index,
                size: self.size,
            })?;
            let bytes = (self.tiles)(tile).map_err(TlogError::Tiles)?;
            self.held.insert((level, index), hashes_of(tile, &bytes)?);
        }
        Ok(self.held.get(&(level, index)).map_or(&[], Vec::as_slice))
    }
}

/// The hashes of `tile` among `bytes`, which may be those of the same tile when it was wider.
fn hashes_of<E>(tile: Tile, bytes: &[u8]) -> Result<Vec<Hash>, TlogError<E>> {
    let width = usize::from(tile.width());
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() || hashes.len() < width || hashes.len() > usize::from(TILE_WIDTH) {
        return Err(TlogError::TileLength {
            level: tile.level(),
            index: tile.index(),
            found: bytes.len(),
            needed: width * HASH_BYTES,
        });
    }
    Ok(hashes.iter().copied().take(width).collect())
}
