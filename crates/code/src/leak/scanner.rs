//! One pass over the bytes for the literals of all rules.
//!
//! In: literals, then bytes. Out: every place where a literal stands. Each literal is found by its rarest four
//! bytes: a bitmap, indexed by a hash of the four case-folded bytes at every position, decides in a few instructions
//! whether a literal may stand there; only then is the literal compared. Literals of three bytes have a bitmap of
//! their own. Both fit into the first-level cache, and no step depends on the one before, so that the processor
//! overlaps them (ADR 2).

use bartizan_content::literals::Literal;

const HASH_BITS: u32 = 17;
/// Words of a bitmap.
const WORDS: usize = 1 << (HASH_BITS - 6);
/// Folds the case of four ASCII letters (and joins a few other characters, which the comparison tells apart).
const FOLD: u32 = 0x2020_2020;
/// Leaves the first three of four bytes.
const THREE: u32 = 0x00ff_ffff;

/// Finds literals.
#[derive(Debug)]
pub(crate) struct Scanner {
    /// Where literals of four bytes and more may stand.
    long: Filter,
    /// Where literals of three bytes may stand.
    short: Filter,
    needles: Vec<Needle>,
}

/// A bitmap over hashes with the needles behind each bit.
#[derive(Debug)]
struct Filter {
    bitmap: Vec<u64>,
    /// For each hash the first of its needles plus one; 0 is none.
    first: Vec<u16>,
}

#[derive(Debug)]
struct Needle {
    bytes: Vec<u8>,
    fold: bool,
    /// Offset of the hashed bytes within the literal.
    key_at: usize,
    /// The next needle of the same filter with the same hash plus one; 0 is none.
    next: u16,
}

impl Filter {
    fn new() -> Self {
        Self {
            bitmap: vec![0; WORDS],
            first: vec![0; 1 << HASH_BITS],
        }
    }

    /// Enters a needle; returns the one that was first before it.
    fn add(&mut self, hash: usize, number: u16) -> u16 {
        match (self.bitmap.get_mut(hash >> 6), self.first.get_mut(hash)) {
            (Some(word), Some(first)) => {
                *word |= 1 << (hash & 63);
                std::mem::replace(first, number)
            }
            _ => 0,
        }
    }
}

impl Scanner {
    /// A scanner for these literals, at most 65,534. Those shorter than three bytes are never found. Hits name
    /// literals by their position in the list.
    pub(crate) fn new(literals: &[Literal]) -> Self {
        let mut scanner = Self {
            long: Filter::new(),
            short: Filter::new(),
            needles: Vec::with_capacity(literals.len()),
        };
        for literal in literals.iter().take(usize::from(u16::MAX) - 1) {
            scanner.add(literal);
        }
        scanner
    }

    fn add(&mut self, literal: &Literal) {
        let bytes = literal.bytes().to_vec();
        let number = u16::try_from(self.needles.len() + 1).unwrap_or(u16::MAX);
        let key_at = rarest_four(&bytes);
        let next = match bytes.get(key_at..) {
            Some([a, b, c, d, ..]) => self
                .long
                .add(hash_of(u32::from_le_bytes([*a, *b, *c, *d])), number),
            Some([a, b, c]) => self
                .short
                .add(hash_of_three(u32::from_le_bytes([*a, *b, *c, 0])), number),
            _ => 0,
        };
        self.needles.push(Needle {
            bytes,
            fold: literal.ignores_case(),
            key_at,
            next,
        });
    }

    /// Calls `hit` with the number and the offset of every literal that stands in `bytes`, roughly in order: hits
    /// come in the order of their rarest bytes.
    pub(crate) fn scan(&self, bytes: &[u8], mut hit: impl FnMut(usize, usize)) {
        let (Some(long), Some(short)) = (
            self.long.bitmap.first_chunk::<WORDS>(),
            self.short.bitmap.first_chunk::<WORDS>(),
        ) else {
            return;
        };
        for (at, window) in bytes.windows(4).enumerate() {
            let Some(window) = window.first_chunk::<4>() else {
                return;
            };
            let window = u32::from_le_bytes(*window);
            // Both tests before one branch: a branch is mispredicted more dearly than a bit is looked up.
            if is_set(long, hash_of(window)) | is_set(short, hash_of_three(window)) {
                self.confirm(window, at, bytes, &mut hit);
            }
        }
        if let [.., a, b, c] = *bytes {
            let hash = hash_of_three(u32::from_le_bytes([a, b, c, 0]));
            self.compare(self.short.first.get(hash), bytes.len() - 3, bytes, &mut hit);
        }
    }

    #[inline(never)]
    fn confirm(&self, window: u32, at: usize, bytes: &[u8], hit: &mut impl FnMut(usize, usize)) {
        self.compare(self.long.first.get(hash_of(window)), at, bytes, hit);
        self.compare(self.short.first.get(hash_of_three(window)), at, bytes, hit);
    }

    fn compare(&self, first: Option<&u16>, at: usize, bytes: &[u8], hit: &mut impl FnMut(usize, usize)) {
        let mut number = first.copied().unwrap_or(0);
        while let Some(index) = usize::from(number).checked_sub(1) {
            let Some(needle) = self.needles.get(index) else {
                return;
            };
            if let Some(start) = at.checked_sub(needle.key_at)
                && let Some(text) = bytes.get(start..start + needle.bytes.len())
                && if needle.fold {
                    text.eq_ignore_ascii_case(&needle.bytes)
                } else {
                    text == needle.bytes
                }
            {
                hit(index, start);
            }
            number = needle.next;
        }
    }
}

#[inline(always)]
fn is_set(bitmap: &[u64; WORDS], hash: usize) -> bool {
    // A hash has 17 bits, so the mask changes nothing but tells the compiler that the index is in range.
    #[allow(clippy::indexing_slicing)]
    let word = bitmap[(hash >> 6) & (WORDS - 1)];
    word >> (hash & 63) & 1 != 0
}

#[inline(always)]
fn hash_of(window: u32) -> usize {
    (window | FOLD)
        .wrapping_mul(0x9e37_79b1)
        .wrapping_shr(32 - HASH_BITS) as usize
}

#[inline(always)]
fn hash_of_three(window: u32) -> usize {
    ((window | FOLD) & THREE)
        .wrapping_mul(0x85eb_ca6b)
        .wrapping_shr(32 - HASH_BITS) as usize
}

/// Where the four bytes of a literal stand that are rarest in source text; 0 when it has no more than four.
fn rarest_four(bytes: &[u8]) -> usize {
    let rarity = |window: &[u8]| match *window {
        [a, b, c, d] => triple_rarity([a, b, c]) + triple_rarity([b, c, d]),
        _ => i32::MIN,
    };
    let best = bytes
        .windows(4)
        .enumerate()
        .max_by_key(|&(at, window)| (rarity(window), usize::MAX - at));
    best.map_or(0, |(at, _)| at)
}

/// How rare three bytes are in source text once their case is folded; larger is rarer. From the frequencies of
/// letters and letter pairs in programs: letters that are rare, digits, and pairs that do not occur within words.
fn triple_rarity(triple: [u8; 3]) -> i32 {
    let [a, b, c] = triple.map(|byte| byte.to_ascii_lowercase());
    [a, b, c].into_iter().map(single_rarity).sum::<i32>() + pair_rarity(a, b) + pair_rarity(b, c)
}

fn single_rarity(byte: u8) -> i32 {
    match byte {
        b'e' | b't' => 2,
        b'a' | b'r' | b'i' | b'n' | b's' | b'o' => 3,
        b'l' | b'c' | b'd' | b'u' | b'p' | b'm' => 4,
        b'f' | b'h' | b'g' | b'b' => 5,
        b'y' | b'v' | b'w' | b'k' | b'x' => 7,
        b'j' | b'q' | b'z' => 9,
        b'0' | b'1' | b'2' => 6,
        b'3'..=b'9' => 7,
        b' ' => 1,
        b'-' | b'=' | b'/' | b'*' | b'#' => 4,
        b'_' | b'.' | b'"' | b'\'' | b'(' | b')' | b',' | b':' | b';' => 5,
        _ => 8,
    }
}

fn pair_rarity(a: u8, b: u8) -> i32 {
    const COMMON: [&[u8; 2]; 40] = [
        b"th", b"he", b"in", b"er", b"an", b"re", b"on", b"at", b"en", b"nd", b"ti", b"es", b"or", b"te",
        b"of", b"ed", b"is", b"it", b"al", b"ar", b"st", b"to", b"nt", b"se", b"le", b"ne", b"me", b"de",
        b"co", b"ct", b"ue", b"ro", b"ra", b"ce", b"pe", b"ur", b"as", b"ta", b"ke", b"ss",
    ];
    if COMMON.iter().any(|pair| **pair == [a, b]) {
        return 0;
    }
    match (a, b) {
        _ if a == b && !a.is_ascii_alphanumeric() => -6,
        (b'a'..=b'z', b'a'..=b'z') if b"aeiou".contains(&a) != b"aeiou".contains(&b) => 2,
        (b'a'..=b'z', b'a'..=b'z') => 4,
        (b'0'..=b'9', b'a'..=b'z') | (b'a'..=b'z', b'0'..=b'9') => 4,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hits(literals: &[(&str, bool)], text: &[u8]) -> Vec<(usize, usize)> {
        let literals: Vec<Literal> = literals
            .iter()
            .map(|(l, fold)| Literal::new(l.as_bytes(), *fold))
            .collect();
        let mut found = Vec::new();
        Scanner::new(&literals).scan(text, |literal, at| found.push((literal, at)));
        found.sort_unstable();
        found
    }

    #[test]
    fn literals_are_found_at_both_ends_and_in_the_middle() {
        let found = hits(&[("abc", false), ("bcd", false)], b"abcd xx abc");
        assert_eq!(found, [(0, 0), (0, 8), (1, 1)]);
        assert_eq!(hits(&[("abc", false)], b"abc"), [(0, 0)]);
        assert_eq!(hits(&[("abc", false)], b"ab"), []);
    }

    #[test]
    fn case_counts_only_where_it_should() {
        assert_eq!(
            hits(&[("secret", true), ("AKIA", false)], b"SeCrEt akia AKIA"),
            [(0, 0), (1, 12)]
        );
    }

    proptest! {
        #[test]
        fn the_pass_finds_what_a_plain_search_finds(
            needles in prop::collection::vec("[a-cA-C_]{3,6}", 1..20),
            text in "[a-cA-C_ ]{0,300}",
        ) {
            let literals: Vec<Literal> =
                needles.iter().enumerate().map(|(i, n)| Literal::new(n.as_bytes(), i % 2 == 0)).collect();
            let mut found = Vec::new();
            Scanner::new(&literals).scan(text.as_bytes(), |literal, at| found.push((literal, at)));
            found.sort_unstable();
            let mut expected = Vec::new();
            for (index, literal) in literals.iter().enumerate() {
                for at in 0..text.len() {
                    let Some(part) = text.as_bytes().get(at..at + literal.bytes().len()) else { continue };
                    let same = if literal.ignores_case() { part.eq_ignore_ascii_case(literal.bytes()) } else { part == literal.bytes() };
                    if same {
                        expected.push((index, at));
                    }
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}
