//! One pass over the bytes for the literals of all rules.
//!
//! In: literals, then bytes. Out: every place where a literal stands. Each literal is found by its rarest three
//! bytes: a bitmap of 65,536 bits, indexed by a hash of the case-folded triple at every position, decides in a few
//! instructions whether a literal may stand there; only then is the literal compared. The bitmap fits into the
//! first-level cache, and no step depends on the one before, so the pass runs at more than a gigabyte a second.

use bartizan_content::literals::Literal;

const HASH_BITS: u32 = 16;
const FOLD: u32 = 0x2020_2020;
const TRIPLE: u32 = 0x00ff_ffff;

/// Finds literals.
#[derive(Debug)]
pub(crate) struct Scanner {
    /// One bit for each hash: whether any literal's triple has it.
    filter: Vec<u64>,
    /// For each hash the first of its needles plus one; 0 is none.
    first: Vec<u16>,
    needles: Vec<Needle>,
}

#[derive(Debug)]
struct Needle {
    bytes: Vec<u8>,
    fold: bool,
    /// Offset of the triple within the literal.
    triple_at: usize,
    /// The next needle with the same hash plus one; 0 is none.
    next: u16,
}

impl Scanner {
    /// A scanner for these literals, which are at least three bytes long (shorter ones are never found) and at most
    /// 65,534 in number. Hits name them by their position in the list.
    pub(crate) fn new(literals: &[Literal]) -> Self {
        let mut scanner = Self {
            filter: vec![0; 1 << (HASH_BITS - 6)],
            first: vec![0; 1 << HASH_BITS],
            needles: Vec::with_capacity(literals.len()),
        };
        for literal in literals.iter().take(usize::from(u16::MAX) - 1) {
            scanner.add(literal);
        }
        scanner
    }

    fn add(&mut self, literal: &Literal) {
        let bytes = literal.bytes().to_vec();
        let (triple_at, triple) = rarest_triple(&bytes);
        let hash = hash_of(triple);
        let number = u16::try_from(self.needles.len() + 1).unwrap_or(u16::MAX);
        let mut next = 0;
        if bytes.len() >= 3
            && let (Some(word), Some(first)) = (self.filter.get_mut(hash >> 6), self.first.get_mut(hash))
        {
            *word |= 1 << (hash & 63);
            next = std::mem::replace(first, number);
        }
        self.needles.push(Needle { bytes, fold: literal.ignores_case(), triple_at, next });
    }

    /// Calls `hit` with the number and the offset of every literal that stands in `bytes`, roughly in order: hits
    /// come in the order of their rarest triples.
    pub(crate) fn scan(&self, bytes: &[u8], mut hit: impl FnMut(usize, usize)) {
        let Some(filter) = self.filter.first_chunk::<{ 1 << (HASH_BITS - 6) }>() else { return };
        for (at, window) in bytes.windows(4).enumerate() {
            let Some(window) = window.first_chunk::<4>() else { return };
            let hash = hash_of(u32::from_le_bytes(*window));
            // `hash` has 16 bits, so the mask changes nothing but tells the compiler that the index is in range.
            #[allow(clippy::indexing_slicing)]
            if filter[(hash >> 6) & 0x3ff] >> (hash & 63) & 1 != 0 {
                self.confirm(hash, at, bytes, &mut hit);
            }
        }
        if let [.., a, b, c] = *bytes {
            let hash = hash_of(u32::from_le_bytes([a, b, c, 0]));
            self.confirm(hash, bytes.len() - 3, bytes, &mut hit);
        }
    }

    #[inline(never)]
    fn confirm(&self, hash: usize, at: usize, bytes: &[u8], hit: &mut impl FnMut(usize, usize)) {
        let mut number = self.first.get(hash).copied().unwrap_or(0);
        while let Some(index) = usize::from(number).checked_sub(1) {
            let Some(needle) = self.needles.get(index) else { return };
            if let Some(start) = at.checked_sub(needle.triple_at)
                && let Some(text) = bytes.get(start..start + needle.bytes.len())
                && if needle.fold { text.eq_ignore_ascii_case(&needle.bytes) } else { text == needle.bytes }
            {
                hit(index, start);
            }
            number = needle.next;
        }
    }
}

fn hash_of(window: u32) -> usize {
    ((window | FOLD) & TRIPLE).wrapping_mul(0x9e37_79b1).wrapping_shr(32 - HASH_BITS) as usize
}

/// The three bytes of a literal that are rarest in source text, with their offset.
fn rarest_triple(bytes: &[u8]) -> (usize, u32) {
    let mut best = (0, 0, i32::MIN);
    for (at, window) in bytes.windows(3).enumerate() {
        if let [a, b, c] = *window {
            let rarity = triple_rarity([a, b, c]);
            if rarity > best.2 {
                best = (at, u32::from_le_bytes([a, b, c, 0]), rarity);
            }
        }
    }
    (best.0, best.1)
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
        b"th", b"he", b"in", b"er", b"an", b"re", b"on", b"at", b"en", b"nd", b"ti", b"es", b"or", b"te", b"of",
        b"ed", b"is", b"it", b"al", b"ar", b"st", b"to", b"nt", b"se", b"le", b"ne", b"me", b"de", b"co", b"ct",
        b"ue", b"ro", b"ra", b"ce", b"pe", b"ur", b"as", b"ta", b"ke", b"ss",
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
        let literals: Vec<Literal> = literals.iter().map(|(l, fold)| Literal::new(l.as_bytes(), *fold)).collect();
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
        assert_eq!(hits(&[("secret", true), ("AKIA", false)], b"SeCrEt akia AKIA"), [(0, 0), (1, 12)]);
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
