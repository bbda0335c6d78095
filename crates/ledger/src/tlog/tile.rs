//! Where a tile stands: its level, its index in the level, and how many hashes of it there are.
//!
//! Tile `n` of level `l` holds the roots of the complete subtrees of `256^l` leaves numbered `256·n` to `256·n + 255`
//! (<https://c2sp.org/tlog-tiles#merkle-tree>).

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels of the tree that one tile spans.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// The highest level that a path can name.
pub(crate) const MAX_LEVEL: u8 = 63;

/// A tile, full or partial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// Numbers that no tile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTile {
    /// The level is above 63.
    #[error("level {0} of a tile: levels are 0 to 63")]
    Level(u8),
    /// The width is 0 or above 256.
    #[error("width {0} of a tile: widths are 1 to 256")]
    Width(u16),
}

impl Tile {
    /// The tile of `width` hashes (1 to 256) at `index` of `level` (0 to 63).
    ///
    /// # Errors
    /// When the level or the width is out of range.
    pub const fn new(level: u8, index: u64, width: u16) -> Result<Self, InvalidTile> {
        if level > MAX_LEVEL {
            return Err(InvalidTile::Level(level));
        }
        if width == 0 || width > TILE_WIDTH {
            return Err(InvalidTile::Width(width));
        }
        Ok(Self { level, index, width })
    }

    /// The tile at `index` of `level` as it is in a tree of `size` leaves; none when that tree has no hash there.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let there = hashes_at(level, size).checked_sub(before)?;
        let width = u16::try_from(there.min(u64::from(TILE_WIDTH))).ok()?;
        Self::new(level, index, width).ok()
    }

    /// 0 to 63. Level 0 holds leaf hashes.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Counted from 0 within the level.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Hashes in the tile, 1 to 256; below 256 the tile is partial.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile has fewer than 256 hashes.
    #[must_use]
    pub const fn is_partial(self) -> bool {
        self.width < TILE_WIDTH
    }
}

/// How many hashes there are at `level` of the tiles of a tree of `size` leaves.
pub(crate) fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}
