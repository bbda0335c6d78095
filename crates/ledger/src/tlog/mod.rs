//! The Merkle tree over everything the ledger took in, kept as tiles: who has seen one root can check any later one.
//!
//! In: hashes of leaves, and tiles from wherever the caller keeps them. Out: tiles to keep, roots, proofs, and whether a proof
//! holds. Nothing here stores or fetches: a function of the caller gives the tile that is asked for, and what a function asks for
//! depends on sizes and positions only, so [`root_tiles`], [`inclusion_tiles`] and [`consistency_tiles`] can say it beforehand.
//!
//! Tiles, their paths and bundles of entries: <https://c2sp.org/tlog-tiles>. Hashes and proofs: RFC 6962, section 2.1, and
//! RFC 9162, section 2.1 (<https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1>), with SHA-256.

pub mod bundle;
pub mod entry;
mod hash;
mod path;
mod proof;
mod tile;
mod tree;
mod verify;

#[cfg(test)]
mod tests;

pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use path::{InvalidPath, TilePath};
pub use proof::{consistency_proof, consistency_tiles, inclusion_proof, inclusion_tiles};
pub use tile::{InvalidTile, TILE_WIDTH, Tile};
pub use tree::{Appended, TileWrite, TlogError, append, root, root_tiles};
pub use verify::{ProofError, verify_consistency, verify_inclusion};
