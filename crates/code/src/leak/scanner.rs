//! One pass over the bytes for the literals of all rules.
//!
//! In: literals, then bytes. Out: every place where a literal stands. Each literal is entered into a bitmap by the hash
//! of a few of its bytes; the pass hashes the bytes at every position (at every second one for literals of six bytes and
//! more, which are entered twice) and compares the literal only where the bit is set. The bitmaps fit into the first-level
//! cache, and no step depends on the one before, so that the processor overlaps them (ADR 2).

use bartizan_content::literals::Literal;

const HASH_BITS: u32 = 17;
/// Words of a bitmap.
const WORDS: usize = 1 << (HASH_BITS - 6);
/// Folds the case of ASCII letters (and joins a few other characters, which the comparison tells apart).
const FOLD: u64 = 0x2020_2020_2020_2020;
/// Leaves the first three bytes of a block.
const THREE: u64 = 0x00ff_ffff;
/// Leaves the first five.
const FIVE: u64 = 0x00ff_ffff_ffff;
/// Shortest literal of which both an even and an odd offset have a window of five bytes.
const LONG: usize = 6;
/// Positions looked at together.
const STEP: usize = 4;
/// Bytes read for them: those of the window at the last position.
const BLOCK: usize = 8;
/// Finds literals.
#[derive(Debug)]
pub(crate) struct Scanner {
    /// Five-byte windows at even positions, their case folded: literals of six bytes and more.
    long: Filter,
    /// Three-byte windows at every position, in every case that counts: shorter literals. Most of them are capitals,
    /// which are rare.
    short: Filter,
    entries: Vec<Entry>,
    literals: Vec<(Vec<u8>, bool)>,
}

/// A bitmap over hashes with the entries behind each bit.
#[derive(Debug)]
struct Filter {
    bitmap: Vec<u64>,
    /// For each hash the first of its entries plus one; 0 is none.
    first: Vec<u32>,
}

/// One window of one literal.
#[derive(Debug)]
struct Entry {
    /// The window matches when `(bytes | fold) & mask == value`.
    value: u64,
    fold: u64,
    mask: u64,
    literal: u32,
    /// Offset of the window within the literal.
    offset: u16,
    /// The next entry of the same filter with the same hash plus one; 0 is none.
    next: u32,
}

impl Filter {
    fn new() -> Self {
        Self {
            bitmap: vec![0; WORDS],
            first: vec![0; 1 << HASH_BITS],
        }
    }

    /// Enters an entry; returns the one that was first before it.
    fn add(&mut self, hash: usize, number: u32) -> u32 {
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
    /// A scanner for these literals. Those shorter than three bytes are never found. Hits name literals by their position
    /// in the list.
    pub(crate) fn new(literals: &[Literal]) -> Self {
        let mut scanner = Self {
            long: Filter::new(),
            short: Filter::new(),
            entries: Vec::with_capacity(literals.len() * 2),
            literals: Vec::with_capacity(literals.len()),
        };
        for literal in literals {
            scanner.add(literal);
        }
        scanner
    }

    fn add(&mut self, literal: &Literal) {
        let bytes = literal.bytes();
        if bytes.len() >= LONG {
            let fold = if literal.ignores_case() { FOLD & FIVE } else { 0 };
            // Wherever the literal stands, one of the two is at an even position.
            for parity in 0..2 {
                let offset = rarest_window(bytes, (parity..bytes.len()).step_by(2), 5);
                let window = block_of(bytes.get(offset..).unwrap_or_default()) & FIVE;
                let next = self.long.add(hash_of_five(window | FOLD), self.next_number());
                self.enter(offset, window | fold, fold, FIVE, next);
            }
        } else if bytes.len() >= 3 {
            let offset = rarest_window(bytes, 0..bytes.len(), 3);
            let window = bytes.get(offset..offset + 3).unwrap_or_default();
            // The comparison looks at what follows the window as well.
            let rest = block_of(bytes.get(offset + 3..).unwrap_or_default()) << 24;
            let beyond = u64::MAX >> (64 - 8 * (bytes.len() - offset)) & !THREE;
            let fold = if literal.ignores_case() { FOLD & beyond } else { 0 };
            for cased in cases(window, literal.ignores_case()) {
                let window = block_of(&cased);
                let next = self.short.add(hash_of_three(window), self.next_number());
                self.enter(offset, window | rest | fold, fold, THREE | beyond, next);
            }
        }
        self.literals.push((bytes.to_vec(), literal.ignores_case()));
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX)
    }

    fn enter(&mut self, offset: usize, value: u64, fold: u64, mask: u64, next: u32) {
        self.entries.push(Entry {
            value,
            fold,
            mask,
            literal: u32::try_from(self.literals.len()).unwrap_or(u32::MAX),
            offset: u16::try_from(offset).unwrap_or(u16::MAX),
            next,
        });
    }

    /// Calls `hit` with the number and the offset of every literal that stands in `bytes`, roughly in order: hits
    /// come in the order of their windows.
    pub(crate) fn scan(&self, bytes: &[u8], mut hit: impl FnMut(usize, usize)) {
        let (Some(long), Some(short)) = (
            self.long.bitmap.first_chunk::<WORDS>(),
            self.short.bitmap.first_chunk::<WORDS>(),
        ) else {
            return;
        };
        let mut at = 0;
        while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
            let block = u64::from_le_bytes(*block);
            if may_stand(long, short, block) {
                self.confirm(block, at, bytes, &mut hit);
            }
            at += STEP;
        }
        // The rest, filled up with zeros: what would reach beyond the end is refused by the comparison.
        let rest = bytes.get(at..).unwrap_or_default();
        for start in (0..rest.len()).step_by(STEP) {
            let block = block_of(rest.get(start..).unwrap_or_default());
            self.confirm(block, at + start, bytes, &mut hit);
        }
    }

    #[inline(never)]
    fn confirm(&self, block: u64, at: usize, bytes: &[u8], hit: &mut impl FnMut(usize, usize)) {
        for step in 0..STEP {
            let window = block >> (8 * step);
            if step % 2 == 0 {
                let hash = hash_of_five(window | FOLD);
                self.compare(&self.long, hash, window, at + step, bytes, hit);
            }
            self.compare(&self.short, hash_of_three(window), window, at + step, bytes, hit);
        }
    }

    #[inline(always)]
    fn compare(
        &self,
        filter: &Filter,
        hash: usize,
        window: u64,
        at: usize,
        bytes: &[u8],
        hit: &mut impl FnMut(usize, usize),
    ) {
        // The bitmap is in the first-level cache, the numbers are not.
        let is_set = |word: &u64| word >> (hash & 63) & 1 != 0;
        if !filter.bitmap.get(hash >> 6).is_some_and(is_set) {
            return;
        }
        let mut number = filter.first.get(hash).copied().unwrap_or(0);
        while let Some(entry) = (number as usize)
            .checked_sub(1)
            .and_then(|index| self.entries.get(index))
        {
            if (window | entry.fold) & entry.mask == entry.value
                && let Some(start) = at.checked_sub(usize::from(entry.offset))
                && self.stands_at(entry.literal, start, bytes)
            {
                hit(entry.literal as usize, start);
            }
            number = entry.next;
        }
    }

    fn stands_at(&self, literal: u32, start: usize, bytes: &[u8]) -> bool {
        let Some((literal, fold)) = self.literals.get(literal as usize) else {
            return false;
        };
        bytes.get(start..start + literal.len()).is_some_and(|text| {
            if *fold {
                text.eq_ignore_ascii_case(literal)
            } else {
                text == literal
            }
        })
    }
}

/// Whether a literal may have its window at one of the positions of a block. All tests come before one branch: a branch
/// is mispredicted more dearly than a bit is looked up.
#[inline(always)]
fn may_stand(long: &[u64; WORDS], short: &[u64; WORDS], block: u64) -> bool {
    let folded = block | FOLD;
    let found = bit(long, hash_of_five(folded))
        | bit(long, hash_of_five(folded >> 16))
        | bit(short, hash_of_three(block))
        | bit(short, hash_of_three(block >> 8))
        | bit(short, hash_of_three(block >> 16))
        | bit(short, hash_of_three(block >> 24));
    found & 1 != 0
}

/// The bit of a hash, lowest; the bits above it mean nothing.
#[inline(always)]
fn bit(bitmap: &[u64; WORDS], hash: usize) -> u64 {
    // A hash has 17 bits, so the mask changes nothing but tells the compiler that the index is in range.
    #[allow(clippy::indexing_slicing)]
    let word = bitmap[(hash >> 6) & (WORDS - 1)];
    word >> (hash & 63)
}

/// The hash of the first five bytes of a folded block; the others are shifted out.
#[inline(always)]
const fn hash_of_five(folded: u64) -> usize {
    ((folded << 24).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS)) as usize
}

/// The hash of the first three bytes of a block; the others are shifted out.
#[inline(always)]
const fn hash_of_three(block: u64) -> usize {
    (((block as u32) << 8).wrapping_mul(0x85eb_ca6b) >> (32 - HASH_BITS)) as usize
}

/// The first bytes as a block, zeros where there are none.
fn block_of(bytes: &[u8]) -> u64 {
    let mut block = [0; BLOCK];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(block)
}

/// The cases a text may be written in.
fn cases(text: &[u8], ignores_case: bool) -> Vec<Vec<u8>> {
    let mut all = vec![text.to_vec()];
    for at in (0..text.len()).filter(|_| ignores_case) {
        let others: Vec<Vec<u8>> = all
            .iter()
            .filter_map(|one| {
                let mut other = one.clone();
                other.get_mut(at)?.make_ascii_uppercase();
                (other != *one).then_some(other)
            })
            .collect();
        all.extend(others);
    }
    all
}

/// At which of the offsets the window stands that is rarest in source text.
fn rarest_window(bytes: &[u8], offsets: impl Iterator<Item = usize>, length: usize) -> usize {
    let windows = offsets.filter_map(|at| Some((at, rarity(bytes.get(at..at + length)?))));
    let best = windows.max_by_key(|&(at, rarity)| (rarity, usize::MAX - at));
    best.map_or(0, |(at, _)| at)
}

/// How rare bytes are in source text; larger is rarer.
fn rarity(bytes: &[u8]) -> i32 {
    let triple = |window: &[u8]| match *window {
        [a, b, c] => triple_rarity([a, b, c]),
        _ => 0,
    };
    bytes.windows(3).map(triple).sum()
}

/// How rare three bytes are in source text; larger is rarer. What is not among the most frequent ones is estimated from
/// letters that are rare, digits, and pairs that do not occur within words. Capitals are rarer.
fn triple_rarity(triple: [u8; 3]) -> i32 {
    let capitals = triple.iter().filter(|byte| byte.is_ascii_uppercase()).count() as i32;
    if COMMON
        .binary_search(&triple.map(|byte| byte | FOLD as u8))
        .is_ok()
    {
        return 64 * capitals;
    }
    let [a, b, c] = triple.map(|byte| byte.to_ascii_lowercase());
    let singles: i32 = [a, b, c].into_iter().map(single_rarity).sum();
    200 + 4 * (singles + pair_rarity(a, b) + pair_rarity(b, c)) + 64 * capitals
}

/// The most frequent triples in source text of Rust, C, JavaScript and TypeScript (25 MB of each two) with the bit of
/// small letters set, in the order of their bytes.
const COMMON: [[u8; 3]; 256] = [
    *b"   ", *b"  *", *b"  /", *b"  a", *b"  c", *b"  f", *b"  i", *b"  r", *b"  s", *b"  }", *b" * ",
    *b" */", *b" //", *b" = ", *b" a ", *b" an", *b" as", *b" be", *b" ca", *b" co", *b" de", *b" ex",
    *b" fi", *b" fo", *b" if", *b" in", *b" is", *b" li", *b" ne", *b" no", *b" nu", *b" of", *b" op",
    *b" pr", *b" re", *b" se", *b" st", *b" th", *b" to", *b" tr", *b" va", *b" {*", *b" }*", *b"())",
    *b"();", *b") {", *b")) ", *b")))", *b"));", *b");*", *b"*  ", *b"* *", *b"* `", *b"*))", *b"** ",
    *b"***", *b"*/*", *b"*//", *b",* ", *b"---", *b".* ", *b"// ", *b";* ", *b";**", *b"===", *b"abl",
    *b"ace", *b"ach", *b"ack", *b"act", *b"all", *b"alu", *b"ame", *b"and", *b"ara", *b"are", *b"arg",
    *b"ase", *b"ass", *b"ate", *b"ati", *b"ber", *b"ble", *b"blo", *b"cal", *b"ce ", *b"che", *b"cks",
    *b"cla", *b"col", *b"com", *b"con", *b"cti", *b"cto", *b"d::", *b"dat", *b"de ", *b"def", *b"der",
    *b"e i", *b"e t", *b"e, ", *b"ead", *b"eco", *b"ect", *b"ed ", *b"efi", *b"ele", *b"end", *b"ent",
    *b"er ", *b"era", *b"ere", *b"err", *b"ers", *b"ert", *b"es ", *b"ess", *b"est", *b"et ", *b"etu",
    *b"eve", *b"exp", *b"ext", *b"f (", *b"fil", *b"fin", *b"for", *b"fun", *b"get", *b"han", *b"he ",
    *b"his", *b"if ", *b"ile", *b"ime", *b"in ", *b"ind", *b"ine", *b"ing", *b"int", *b"ion", *b"is ",
    *b"is.", *b"ist", *b"ite", *b"ith", *b"ive", *b"ize", *b"jec", *b"key", *b"las", *b"le ", *b"len",
    *b"les", *b"let", *b"lic", *b"lin", *b"loc", *b"lse", *b"lue", *b"mbe", *b"men", *b"mes", *b"n t",
    *b"nal", *b"nam", *b"nce", *b"nct", *b"nd ", *b"nde", *b"new", *b"ng ", *b"nod", *b"not", *b"ns ",
    *b"nst", *b"nt ", *b"nte", *b"num", *b"ock", *b"ode", *b"of ", *b"omp", *b"on ", *b"ons", *b"ont",
    *b"ope", *b"opt", *b"or ", *b"ort", *b"pac", *b"par", *b"per", *b"por", *b"pre", *b"pro", *b"pti",
    *b"ran", *b"rat", *b"re ", *b"rea", *b"rec", *b"ren", *b"res", *b"ret", *b"rin", *b"rit", *b"rn ",
    *b"roc", *b"s =", *b"s t", *b"se ", *b"ser", *b"set", *b"sio", *b"siz", *b"sse", *b"ssi", *b"st ",
    *b"sta", *b"std", *b"str", *b"tab", *b"tar", *b"tat", *b"td:", *b"ted", *b"ten", *b"ter", *b"tes",
    *b"the", *b"thi", *b"tim", *b"tio", *b"to ", *b"tor", *b"tra", *b"tri", *b"tru", *b"tur", *b"typ",
    *b"ull", *b"ult", *b"unc", *b"urn", *b"use", *b"val", *b"ver", *b"wit", *b"wri", *b"ype", *b"{* ",
    *b"|u0", *b"}* ", *b"}**",
];

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
            needles in prop::collection::vec("[a-cA-C_]{3,9}", 1..20),
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
