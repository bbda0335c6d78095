//! What a log serves comes from outside: paths of tiles, bundles, records and proofs. Reading ends; what is accepted is written
//! back the same; and no proof holds for a leaf that is not in the tree.

#![no_main]

use bartizan_ledger::tlog::{
    Hash, Tile, TilePath, append, bundle, consistency_proof, entry::Entry, inclusion_proof, leaf_hash, root,
    verify_consistency, verify_inclusion,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(path) = text.parse::<TilePath>()
    {
        assert_eq!(path.to_string(), text);
    }
    if let Ok(entries) = bundle::decode(bytes) {
        assert_eq!(bundle::encode(&entries).as_deref(), Ok(bytes));
    }
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.encode(), bytes);
    }
    proofs(bytes);
});

/// Two sizes, then hashes: a proof of anything, in a tree that anyone made up, and tiles of the same making.
fn proofs(bytes: &[u8]) {
    let Some((sizes, rest)) = bytes.split_first_chunk::<16>() else {
        return;
    };
    let (first, second) = sizes.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (old, size) = (number(first), number(second));
    let (hashes, tile) = rest.as_chunks::<32>();
    let (from, to): (Hash, Hash) = (leaf_hash(b"of no tree"), leaf_hash(rest));
    assert!(verify_inclusion(&from, old, size, &to, hashes).is_err());
    assert!(old == 0 || verify_consistency(old, &from, size, &to, hashes).is_err());

    let mut given = |asked: Tile| {
        let mut bytes: Vec<u8> = rest
            .iter()
            .copied()
            .cycle()
            .take(usize::from(asked.width()) * 32)
            .collect();
        bytes.extend(tile);
        Ok::<_, ()>(bytes)
    };
    let reached = root(size, &mut given);
    if let Ok(proof) = inclusion_proof(old, size, &mut given) {
        assert!(proof.len() <= 64 && old < size);
    }
    if let Ok(proof) = consistency_proof(old, size, &mut given) {
        assert!(proof.len() <= 65 && old <= size);
    }
    if let Ok(grown) = append(size, hashes, &mut given) {
        assert!(reached.is_ok() && grown.size == size + hashes.len() as u64);
    }
}
