//! Byte classes and bounded looks at a line: what the parser and the features are made of.
//!
//! Everything here is total: an offset outside the bytes reads as NUL.

use std::ops::Range;

pub(super) const LOWER: u8 = 1;
pub(super) const UPPER: u8 = 2;
pub(super) const DIGIT: u8 = 4;
/// Bytes that join the words of a name: `_ - . $`.
pub(super) const JOINER: u8 = 8;
pub(super) const BLANK: u8 = 16;
pub(super) const QUOTE: u8 = 32;
pub(super) const ALPHA: u8 = LOWER | UPPER;
pub(super) const WORD: u8 = ALPHA | DIGIT;
pub(super) const NAME: u8 = WORD | JOINER;

const CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn classes() -> [u8; 256] {
    let mut table = [0_u8; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        table[i] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'_' | b'-' | b'.' | b'$' => JOINER,
            b' ' | b'\t' => BLANK,
            b'"' | b'\'' | b'`' => QUOTE,
            _ => 0,
        };
        i += 1;
    }
    table
}

/// Whether a byte is in one of the classes of `mask`.
#[inline]
pub(super) fn is(byte: u8, mask: u8) -> bool {
    CLASSES
        .get(usize::from(byte))
        .is_some_and(|class| class & mask != 0)
}

/// The byte at `i`, NUL outside.
#[inline]
pub(super) fn byte(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or(0)
}

/// The byte before `i`, NUL at the start.
#[inline]
pub(super) fn before(bytes: &[u8], i: usize) -> u8 {
    i.checked_sub(1).map_or(0, |i| byte(bytes, i))
}

/// The bytes of a range, empty where it leaves the bytes.
#[inline]
pub(super) fn slice(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

/// First offset at or after `i` that is no space or tab.
#[inline]
pub(super) fn skip_blank(bytes: &[u8], mut i: usize) -> usize {
    let stop = i.saturating_add(64);
    while i < stop && is(byte(bytes, i), BLANK) {
        i += 1;
    }
    i
}

/// First offset at or after `i` that is no space, tab or line break; looks at 120 bytes at most.
pub(super) fn skip_space(bytes: &[u8], mut i: usize) -> usize {
    let stop = i.saturating_add(120);
    while i < stop && matches!(byte(bytes, i), b' ' | b'\t' | b'\r' | b'\n') {
        i += 1;
    }
    i
}

/// End of the run of bytes of the class `mask` that starts at `i`, at most `limit` further on.
#[inline]
pub(super) fn run(bytes: &[u8], mut i: usize, mask: u8, limit: usize) -> usize {
    let stop = i.saturating_add(limit);
    while i < stop && is(byte(bytes, i), mask) {
        i += 1;
    }
    i
}

/// Start of the run of bytes of the class `mask` that ends before `i`, at most `limit` back.
#[inline]
pub(super) fn run_back(bytes: &[u8], mut i: usize, mask: u8, limit: usize) -> usize {
    let stop = i.saturating_sub(limit);
    while i > stop && is(before(bytes, i), mask) {
        i -= 1;
    }
    i
}

/// Start of the line that holds `i`, at most `limit` bytes back.
pub(super) fn line_start(bytes: &[u8], i: usize, limit: usize) -> usize {
    let floor = i.saturating_sub(limit);
    memchr::memrchr(b'\n', slice(bytes, floor..i)).map_or(floor, |n| floor + n + 1)
}

/// End of the line that holds `i`, without its line break, at most `limit` bytes on.
pub(super) fn line_end(bytes: &[u8], i: usize, limit: usize) -> usize {
    let ceiling = i.saturating_add(limit).min(bytes.len());
    let end = memchr::memchr(b'\n', slice(bytes, i..ceiling)).map_or(ceiling, |n| i + n);
    if end > i && before(bytes, end) == b'\r' {
        end - 1
    } else {
        end
    }
}

/// Whether `text` stands at `i`, ignoring ASCII case.
pub(super) fn at_ci(bytes: &[u8], i: usize, text: &[u8]) -> bool {
    slice(bytes, i..i.saturating_add(text.len())).eq_ignore_ascii_case(text)
}

/// Whether `needle`, lower case, occurs in `bytes`, ignoring ASCII case. For short texts.
pub(super) fn contains_ci(bytes: &[u8], needle: &[u8]) -> bool {
    bytes
        .windows(needle.len().max(1))
        .any(|w| w.eq_ignore_ascii_case(needle))
}

/// Index of a byte in a caseless alphabet of 30: letters, digits as one, joiners as one, blank as one, the rest.
#[inline]
pub(super) fn symbol(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        b'0'..=b'9' => 26,
        b'_' | b'-' | b'.' | b'/' => 27,
        b' ' => 28,
        _ => 29,
    }
}

/// FNV-1a of lower-cased bytes, started from `seed`: cheap, and the same everywhere.
#[inline]
pub(super) fn hash_ci(seed: u32, bytes: &[u8]) -> u32 {
    let mut hash = seed;
    for byte in bytes {
        hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    }
    hash
}
