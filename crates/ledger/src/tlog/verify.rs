//! Whether a proof holds: in, hashes, sizes and roots; out, yes or why not. The algorithms are those of RFC 9162, sections
//! 2.1.3.2 and 2.1.4.2 (<https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.3.2>).

use super::hash::{Hash, empty_root, node_hash};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A leaf or an earlier tree that cannot be within a tree of this size.
    #[error("{given} is not within a log of {size} entries")]
    OutOfRange {
        /// The number of the leaf, or the size of the earlier tree.
        given: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// More or fewer hashes than a proof for these numbers has.
    #[error("the proof has not as many hashes as a proof for these sizes has")]
    Length,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root: it is of another log, or entries were changed")]
    Root,
}

/// Checks that `leaf` is the hash of the leaf numbered `index` (from 0) in the tree of `size` leaves under `root`.
///
/// # Errors
/// When it is not, or this proof does not show it.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { given: index, size });
    }
    let mut walk = Walk {
        node: index,
        last: size - 1,
    };
    let mut reached = *leaf;
    for sibling in proof {
        reached = match walk.up()? {
            Side::Left => node_hash(sibling, &reached),
            Side::Right => node_hash(&reached, sibling),
        };
    }
    walk.ended()?;
    if reached == *root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Checks that the tree of `size` leaves under `root` begins with the tree of `old_size` leaves under `old_root`.
///
/// Every tree begins with the empty one; then, and when both sizes are the same, the proof is empty.
///
/// # Errors
/// When it does not, or this proof does not show it.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > size {
        return Err(ProofError::OutOfRange {
            given: old_size,
            size,
        });
    }
    if old_size == 0 || old_size == size {
        let expected = if old_size == size { *root } else { empty_root() };
        return match proof {
            [] if *old_root == expected && (size > 0 || *root == empty_root()) => Ok(()),
            [] => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    let mut walk = Walk {
        node: old_size - 1,
        last: size - 1,
    };
    while walk.node & 1 == 1 {
        walk.shift();
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(ProofError::Length)?
    };
    let (mut old_reached, mut reached) = (*first, *first);
    for sibling in rest {
        match walk.up()? {
            Side::Left => {
                old_reached = node_hash(sibling, &old_reached);
                reached = node_hash(sibling, &reached);
            }
            Side::Right => reached = node_hash(&reached, sibling),
        }
    }
    walk.ended()?;
    if old_reached == *old_root && reached == *root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// On which side the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// A way from a node up to the root: the number of the node in its level, and of the last one there.
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    fn up(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let left = self.node & 1 == 1 || self.node == self.last;
        if left {
            while self.node & 1 == 0 && self.node != 0 {
                self.shift();
            }
        }
        self.shift();
        Ok(if left { Side::Left } else { Side::Right })
    }

    fn shift(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn ended(&self) -> Result<(), ProofError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(ProofError::Length)
        }
    }
}
