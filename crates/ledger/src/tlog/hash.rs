//! The hashes of the tree: in, entries or hashes; out, SHA-256 with the prefix that keeps leaves and nodes apart
//! (RFC 6962, section 2.1: <https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1>).

use sha2::{Digest, Sha256};

/// A SHA-256 hash of the tree.
pub type Hash = [u8; 32];

const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// The hash of an entry as a leaf.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(LEAF)
        .chain_update(entry)
        .finalize()
        .into()
}

/// The hash of the node over `left` and `right`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update(NODE)
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of the tree without leaves: the hash of no bytes.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root over `hashes`, joined in pairs from left to right; what stands alone at the right end of a level goes up as it is.
/// For as many hashes as a power of two this is the tree of RFC 6962. Without hashes: [`empty_root`].
pub(crate) fn complete_root(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                [alone] => Some(*alone),
                _ => None,
            })
            .collect();
    }
    level.first().copied().unwrap_or_else(empty_root)
}
