//! The tree by tiles against RFC 6962's definitions written down as they stand, and against published hashes.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A log kept in memory, of tiles only.
#[derive(Default, Clone)]
struct Kept {
    size: u64,
    root: Option<Hash>,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Kept {
    fn of(leaves: &[Hash]) -> Self {
        let mut kept = Self::default();
        kept.append(leaves);
        kept
    }

    fn append(&mut self, leaves: &[Hash]) -> Vec<Tile> {
        let mut asked = Vec::new();
        let appended = append(self.size, leaves, &mut self.giving(&mut asked)).unwrap();
        assert!(
            asked.iter().all(|tile| root_tiles(self.size).contains(tile)),
            "{asked:?}"
        );
        let mut written = Vec::new();
        for write in appended.writes {
            assert_eq!(write.bytes.len(), usize::from(write.tile.width()) * 32);
            written.push(write.tile);
            self.tiles
                .insert((write.tile.level(), write.tile.index()), write.bytes);
        }
        self.size = appended.size;
        self.root = Some(appended.root);
        written
    }

    fn giving<'a>(&'a self, asked: &'a mut Vec<Tile>) -> impl FnMut(Tile) -> Result<Vec<u8>, String> + 'a {
        move |tile| {
            asked.push(tile);
            self.tiles
                .get(&(tile.level(), tile.index()))
                .cloned()
                .ok_or_else(|| format!("no {tile:?}"))
        }
    }

    fn root(&self, size: u64) -> Hash {
        let mut asked = Vec::new();
        let root = root(size, &mut self.giving(&mut asked)).unwrap();
        asked.sort();
        assert_eq!(asked, root_tiles(size));
        root
    }

    fn inclusion(&self, leaf: u64, size: u64) -> Vec<Hash> {
        let mut asked = Vec::new();
        let proof = inclusion_proof(leaf, size, &mut self.giving(&mut asked)).unwrap();
        asked.sort();
        assert_eq!(asked, inclusion_tiles(leaf, size));
        proof
    }

    fn consistency(&self, old: u64, size: u64) -> Vec<Hash> {
        let mut asked = Vec::new();
        let proof = consistency_proof(old, size, &mut self.giving(&mut asked)).unwrap();
        asked.sort();
        assert_eq!(asked, consistency_tiles(old, size));
        proof
    }
}

/// The definitions of RFC 6962 over leaf hashes; what was once computed is remembered.
struct Defined {
    leaves: Vec<Hash>,
    known: HashMap<Range<usize>, Hash>,
}

impl Defined {
    fn over(leaves: &[Hash]) -> Self {
        Self {
            leaves: leaves.to_vec(),
            known: HashMap::new(),
        }
    }

    /// MTH, section 2.1.
    fn mth(&mut self, of: Range<usize>) -> Hash {
        if let Some(known) = self.known.get(&of) {
            return *known;
        }
        let hash = match of.len() {
            0 => empty_root(),
            1 => self.leaves[of.start],
            length => {
                let middle = of.start + length.next_power_of_two() / 2;
                node_hash(&self.mth(of.start..middle), &self.mth(middle..of.end))
            }
        };
        self.known.insert(of, hash);
        hash
    }

    /// PATH, section 2.1.1, of the leaf numbered `leaf` among all.
    fn path(&mut self, leaf: usize, of: Range<usize>) -> Vec<Hash> {
        if of.len() <= 1 {
            return Vec::new();
        }
        let middle = of.start + of.len().next_power_of_two() / 2;
        let (inside, outside) = if leaf < middle {
            (of.start..middle, middle..of.end)
        } else {
            (middle..of.end, of.start..middle)
        };
        let mut hashes = self.path(leaf, inside);
        hashes.push(self.mth(outside));
        hashes
    }

    /// SUBPROOF, section 2.1.2, for the tree of the first `old` leaves of all.
    fn subproof(&mut self, old: usize, of: Range<usize>, whole: bool) -> Vec<Hash> {
        if old == of.end {
            return if whole { Vec::new() } else { vec![self.mth(of)] };
        }
        let middle = of.start + of.len().next_power_of_two() / 2;
        let (inside, outside, whole) = if old <= middle {
            (of.start..middle, middle..of.end, whole)
        } else {
            (middle..of.end, of.start..middle, false)
        };
        let mut hashes = self.subproof(old, inside, whole);
        hashes.push(self.mth(outside));
        hashes
    }
}

fn mth(leaves: &[Hash]) -> Hash {
    Defined::over(leaves).mth(0..leaves.len())
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hash(text: &str) -> Hash {
    hex(text).try_into().unwrap()
}

/// The entries over which implementations of Certificate Transparency publish their test vectors
/// (github.com/transparency-dev/merkle, testonly/constants.go).
const ENTRIES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// Their roots by size.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn published() -> Kept {
    let leaves: Vec<Hash> = ENTRIES.iter().map(|entry| leaf_hash(&hex(entry))).collect();
    Kept::of(&leaves)
}

#[test]
fn the_published_roots_are_reached() {
    let log = published();
    for (size, root) in (0..).zip(ROOTS) {
        assert_eq!(log.root(size), hash(root), "{size}");
    }
}

#[test]
fn the_published_proofs_of_inclusion_are_reached() {
    let log = published();
    for (leaf, size, proof) in [
        (0, 1, vec![]),
        (
            0,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            vec![
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            3,
            vec!["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
        ),
        (
            1,
            5,
            vec![
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ] {
        let proof: Vec<Hash> = proof.into_iter().map(hash).collect();
        assert_eq!(log.inclusion(leaf, size), proof, "{leaf} in {size}");
    }
}

#[test]
fn the_published_proofs_of_consistency_are_reached() {
    let log = published();
    for (old, size, proof) in [
        (1, 1, vec![]),
        (
            1,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            vec![
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            vec![
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ] {
        let proof: Vec<Hash> = proof.into_iter().map(hash).collect();
        assert_eq!(log.consistency(old, size), proof, "{old} to {size}");
    }
}

#[test]
fn a_tree_of_70_000_has_the_tiles_that_the_specification_counts() {
    let log = Kept::of(&leaves(70_000));
    let widths = |level: u8| -> Vec<usize> {
        log.tiles
            .range((level, 0)..=(level, u64::MAX))
            .map(|(_, bytes)| bytes.len() / 32)
            .collect()
    };
    let mut level_0 = vec![256; 273];
    level_0.push(112);
    assert_eq!(widths(0), level_0);
    assert_eq!(widths(1), [256, 17]);
    assert_eq!(widths(2), [1]);
    assert_eq!(widths(3), [0; 0]);
    assert_eq!(log.root, Some(mth(&leaves(70_000))));
}

#[test]
fn roots_of_all_small_trees_are_those_of_the_definition_however_they_grew() {
    let leaves = leaves(600);
    let at_once = Kept::of(&leaves);
    let mut grown = Kept::default();
    for size in 0..=600 {
        let expected = mth(&leaves[..size]);
        assert_eq!(at_once.root(size as u64), expected, "{size}");
        assert_eq!(grown.root(size as u64), expected, "{size}");
        if let Some(leaf) = leaves.get(size) {
            let written = grown.append(&[*leaf]);
            assert!(written.len() <= 2, "{written:?}");
            assert_eq!(grown.root, Some(mth(&leaves[..=size])), "{size}");
        }
    }
    assert_eq!(grown.tiles, at_once.tiles);
}

/// All numbers below a size of up to 70. Beyond, every eleventh, others at each size; those beside the border of a tile; the last.
fn tried(below: usize) -> impl Iterator<Item = usize> {
    (0..below).filter(move |number| {
        below <= 70 || *number % 11 == below % 11 || (254..=257).contains(number) || number + 1 == below
    })
}

#[test]
fn proofs_of_inclusion_in_all_small_trees_are_those_of_the_definition_and_hold() {
    let leaves = leaves(600);
    let log = Kept::of(&leaves);
    let mut defined = Defined::over(&leaves);
    for size in 1..=600 {
        let root = defined.mth(0..size);
        for leaf in tried(size) {
            let proof = log.inclusion(leaf as u64, size as u64);
            assert_eq!(proof, defined.path(leaf, 0..size), "{leaf} in {size}");
            assert_eq!(
                verify_inclusion(&leaves[leaf], leaf as u64, size as u64, &root, &proof),
                Ok(())
            );
        }
    }
}

#[test]
fn proofs_of_consistency_of_all_small_trees_are_those_of_the_definition_and_hold() {
    let leaves = leaves(600);
    let log = Kept::of(&leaves);
    let mut defined = Defined::over(&leaves);
    for size in 1..=600 {
        let root = defined.mth(0..size);
        for old in tried(size).map(|before| before + 1) {
            let proof = log.consistency(old as u64, size as u64);
            assert_eq!(proof, defined.subproof(old, 0..size, true), "{old} to {size}");
            let old_root = defined.mth(0..old);
            let verified = verify_consistency(old as u64, &old_root, size as u64, &root, &proof);
            assert_eq!(verified, Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn a_proof_changed_anywhere_does_not_hold() {
    let leaves = leaves(21);
    let log = Kept::of(&leaves);
    let root = mth(&leaves);
    for leaf in 0..21 {
        let hash = leaves[leaf as usize];
        for proof in changed(&log.inclusion(leaf, 21)) {
            assert!(
                verify_inclusion(&hash, leaf, 21, &root, &proof).is_err(),
                "{leaf}"
            );
        }
    }
    for old in 1..=21 {
        let old_root = mth(&leaves[..old as usize]);
        for proof in changed(&log.consistency(old, 21)) {
            assert!(
                verify_consistency(old, &old_root, 21, &root, &proof).is_err(),
                "{old}"
            );
        }
    }
}

/// `proof` with a bit turned, a hash taken away, doubled, or put in, at each place.
fn changed(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut others = Vec::new();
    for at in 0..proof.len() {
        let mut other = proof.to_vec();
        other[at][at % 32] ^= 1 << (at % 8);
        others.push(other);
        let mut other = proof.to_vec();
        other.remove(at);
        others.push(other);
        let mut other = proof.to_vec();
        other.insert(at, proof[at]);
        others.push(other);
    }
    for at in 0..=proof.len() {
        let mut other = proof.to_vec();
        other.insert(at, [0; 32]);
        others.push(other);
    }
    others
}

#[test]
fn a_proof_does_not_hold_for_another_leaf_root_or_size() {
    let leaves = leaves(8);
    let log = Kept::of(&leaves);
    let root = mth(&leaves);
    let proof = log.inclusion(5, 8);
    for (index, size) in [(4, 8), (6, 8), (5, 16), (7, 8), (1, 8), (13, 16)] {
        assert!(
            verify_inclusion(&leaves[5], index, size, &root, &proof).is_err(),
            "{index} in {size}"
        );
    }
    assert_eq!(
        verify_inclusion(&leaves[4], 5, 8, &root, &proof),
        Err(ProofError::Root)
    );
    assert_eq!(
        verify_inclusion(&leaves[5], 5, 8, &leaves[0], &proof),
        Err(ProofError::Root)
    );
    assert_eq!(
        verify_inclusion(&leaves[5], 8, 8, &root, &proof),
        Err(ProofError::OutOfRange { given: 8, size: 8 })
    );
    let old = mth(&leaves[..6]);
    let proof = log.consistency(6, 8);
    assert_eq!(verify_consistency(6, &old, 8, &root, &proof), Ok(()));
    for (old_size, size) in [(5, 8), (7, 8), (6, 16), (3, 8), (6, 6), (0, 8), (9, 8)] {
        assert!(
            verify_consistency(old_size, &old, size, &root, &proof).is_err(),
            "{old_size} to {size}"
        );
    }
    assert_eq!(
        verify_consistency(6, &root, 8, &old, &proof),
        Err(ProofError::Root)
    );
}

#[test]
fn every_tree_continues_the_empty_one_without_proof() {
    let (root, other) = (leaf_hash(b"a"), leaf_hash(b"b"));
    assert_eq!(verify_consistency(0, &empty_root(), 1, &root, &[]), Ok(()));
    assert_eq!(
        verify_consistency(0, &empty_root(), 0, &empty_root(), &[]),
        Ok(())
    );
    assert_eq!(
        verify_consistency(0, &other, 1, &root, &[]),
        Err(ProofError::Root)
    );
    assert_eq!(verify_consistency(0, &root, 0, &root, &[]), Err(ProofError::Root));
    assert_eq!(
        verify_consistency(0, &empty_root(), 1, &root, &[other]),
        Err(ProofError::Length)
    );
    assert_eq!(
        verify_consistency(3, &root, 3, &other, &[]),
        Err(ProofError::Root)
    );
    assert_eq!(
        verify_consistency(3, &root, 3, &root, &[other]),
        Err(ProofError::Length)
    );
}

#[test]
fn a_tile_of_the_wrong_length_is_refused() {
    let held = Kept::of(&leaves(5));
    for found in [0, 31, 4 * 32, 5 * 32 - 1, 5 * 32 + 1, 257 * 32] {
        let refused = append(5, &leaves(1), &mut |_| Ok::<_, String>(vec![0; found]));
        assert_eq!(
            refused,
            Err(TlogError::TileLength {
                level: 0,
                index: 0,
                found,
                needed: 160
            })
        );
    }
    let failed = root(5, &mut |_| Err("unplugged"));
    assert_eq!(failed, Err(TlogError::Tiles("unplugged")));
    let mut asked = Vec::new();
    assert_eq!(
        inclusion_proof(5, 5, &mut held.giving(&mut asked)),
        Err(TlogError::OutOfRange { given: 5, size: 5 })
    );
    assert_eq!(
        consistency_proof(6, 5, &mut held.giving(&mut asked)),
        Err(TlogError::OutOfRange { given: 6, size: 5 })
    );
    assert_eq!(asked, []);
}

#[test]
fn nothing_is_appended_beyond_what_can_be_counted() {
    let mut none = |_| Err::<Vec<u8>, _>("not asked");
    assert_eq!(append(u64::MAX, &leaves(1), &mut none), Err(TlogError::Full));
}

#[test]
fn the_largest_tree_reads_a_tile_of_each_level() {
    // Each tile has the same hash 256 times, as a log of one entry over and over would not have, but as is enough to walk with.
    let mut same = |tile: Tile| Ok::<_, String>(vec![tile.level(); usize::from(tile.width()) * 32]);
    assert!(root(u64::MAX, &mut same).is_ok());
    assert_eq!(root_tiles(u64::MAX).len(), 8);
    let proof = inclusion_proof(u64::MAX - 1, u64::MAX, &mut same).unwrap();
    assert_eq!(proof.len(), 63);
    assert_eq!(inclusion_proof(0, u64::MAX, &mut same).unwrap().len(), 64);
    assert_eq!(
        consistency_proof(u64::MAX - 1, u64::MAX, &mut same)
            .unwrap()
            .len(),
        64
    );
    assert_eq!(consistency_proof(1, u64::MAX, &mut same).unwrap().len(), 64);
    let appended = append(u64::MAX - 1, &leaves(1), &mut same).unwrap();
    assert_eq!(appended.size, u64::MAX);
    assert_eq!(appended.writes.len(), 1);
}

#[test]
fn appending_nothing_changes_nothing() {
    let mut log = Kept::of(&leaves(300));
    assert_eq!(log.append(&[]), []);
    assert_eq!(log.root, Some(mth(&leaves(300))));
    let mut empty = Kept::default();
    assert_eq!(empty.append(&[]), []);
    assert_eq!(empty.root, Some(empty_root()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn trees_that_grew_in_steps_are_the_tree_made_at_once(steps in prop::collection::vec(0_usize..3000, 1..8)) {
        let total = steps.iter().sum();
        let leaves = leaves(total);
        let mut log = Kept::default();
        let mut sizes = vec![0];
        for step in steps {
            let begin = usize::try_from(log.size).unwrap();
            let before = (log.size, log.root(log.size));
            log.append(&leaves[begin..begin + step]);
            let root = mth(&leaves[..begin + step]);
            prop_assert_eq!(log.root, Some(root));
            let proof = log.consistency(before.0, log.size);
            prop_assert_eq!(verify_consistency(before.0, &before.1, log.size, &root, &proof), Ok(()));
            sizes.push(begin + step);
        }
        prop_assert_eq!(&log.tiles, &Kept::of(&leaves).tiles);
        for size in sizes {
            prop_assert_eq!(log.root(size as u64), mth(&leaves[..size]));
        }
    }

    #[test]
    fn proofs_in_large_trees_are_those_of_the_definition(
        size in 60_000_usize..100_000,
        leaf: prop::sample::Index,
        old: prop::sample::Index,
    ) {
        let leaves = leaves(size);
        let log = Kept::of(&leaves);
        let mut defined = Defined::over(&leaves);
        let (leaf, old) = (leaf.index(size), old.index(size) + 1);
        let root = log.root.unwrap();
        let proof = log.inclusion(leaf as u64, size as u64);
        prop_assert_eq!(&proof, &defined.path(leaf, 0..size));
        prop_assert_eq!(verify_inclusion(&leaves[leaf], leaf as u64, size as u64, &root, &proof), Ok(()));
        let proof = log.consistency(old as u64, size as u64);
        prop_assert_eq!(&proof, &defined.subproof(old, 0..size, true));
        let old_root = log.root(old as u64);
        prop_assert_eq!(old_root, defined.mth(0..old));
        prop_assert_eq!(verify_consistency(old as u64, &old_root, size as u64, &root, &proof), Ok(()));
    }

    #[test]
    fn any_proof_at_any_size_ends_in_an_answer(
        index: u64, size: u64, leaf: Hash, root: Hash, proof in prop::collection::vec(any::<Hash>(), 0..70),
    ) {
        prop_assert!(verify_inclusion(&leaf, index, size, &root, &proof).is_err());
        if index != size {
            prop_assert!(verify_consistency(index, &leaf, size, &root, &proof).is_err());
        }
    }
}
