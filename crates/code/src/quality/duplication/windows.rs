//! Windows of tokens by hash (M. Rabin, R. Karp, 1987). The hash of a window follows from its words alone, so that windows of files that were
//! read in different scans compare.

use super::find::Limits;
use super::tokens::Tokens;
use std::collections::HashSet;

/// The factor of the rolling hash; odd, so that no power of it is zero.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a word (FNV-1a, <https://www.rfc-editor.org/rfc/rfc9923>).
fn hash_of(word: &str) -> u64 {
    word.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// The hash of the window that begins at each token, from the first to the last that has `length` tokens.
pub(super) fn windows(tokens: &Tokens, length: usize) -> impl Iterator<Item = u64> {
    let words: Vec<u64> = tokens.words.iter().map(|word| hash_of(word)).collect();
    let hashes = tokens
        .tokens
        .iter()
        .map(|token| words.get(token.word as usize).copied().unwrap_or(0));
    let hashes: Vec<u64> = hashes.collect();
    let top = (1..length).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
    let joined = |hash: u64, word: u64| hash.wrapping_mul(FACTOR).wrapping_add(word);
    let mut hash = 0_u64;
    (0..hashes.len()).filter_map(move |at| {
        let last = hashes.get(at).copied().unwrap_or(0);
        if let Some(gone) = at.checked_sub(length).and_then(|at| hashes.get(at)) {
            hash = hash.wrapping_sub(gone.wrapping_mul(top));
        }
        hash = joined(hash, last);
        (at + 1 >= length).then_some(hash)
    })
}

/// The windows of a file by which others are found to hold the same: those at multiples of their length. Sorted, each once.
#[must_use]
pub fn landmarks(tokens: &Tokens, limits: Limits) -> Vec<u64> {
    let length = limits.window();
    let mut landmarks: Vec<u64> = windows(tokens, length).step_by(length).collect();
    landmarks.sort_unstable();
    landmarks.dedup();
    landmarks
}

/// All windows of several files: one of another file's [`landmarks`] is among them where the files share a run that is long enough.
#[must_use]
pub fn all_windows<'t>(files: impl Iterator<Item = &'t Tokens>, limits: Limits) -> HashSet<u64> {
    files
        .flat_map(|tokens| windows(tokens, limits.window()))
        .collect()
}
