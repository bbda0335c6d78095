//! What a value looks like: counts of its bytes, its entropy, and the kinds of non-credentials it resembles.
//!
//! Integers throughout, so that every machine computes the same.

use super::bytes::{ALPHA, DIGIT, LOWER, UPPER, WORD, byte, is, run, slice, symbol};

/// Bytes of a value that are looked at; what follows is more of the same.
pub(super) const SEEN: usize = 256;
/// Symbols of the character model.
pub(super) const SYMBOLS: usize = 30;

const LOG2: [u16; SEEN + 1] = log2_table();

/// log2 in 1/1024 bits by repeated squaring.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn log2_table() -> [u16; SEEN + 1] {
    let mut table = [0_u16; SEEN + 1];
    let mut n = 1;
    while n <= SEEN {
        let whole = (n as u32).ilog2();
        let mut x = ((n as u64) << 30) >> whole;
        let mut log = (whole as u16) << 10;
        let mut bit = 512_u16;
        while bit > 0 {
            x = (x * x) >> 30;
            if x >= 2 << 30 {
                log += bit;
                x >>= 1;
            }
            bit >>= 1;
        }
        table[n] = log;
        n += 1;
    }
    table
}

/// Counts over a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub(super) len: i32,
    pub(super) lower: i32,
    pub(super) upper: i32,
    pub(super) digit: i32,
    pub(super) other: i32,
    pub(super) wide: i32,
    pub(super) blank: i32,
    pub(super) distinct: i32,
    /// Shannon entropy in 1/1024 bits a byte.
    pub(super) entropy: i32,
    /// Changes of class (small, capital, digit, other) between neighbours.
    pub(super) turns: i32,
    /// Longest run of one byte.
    pub(super) same: i32,
    /// Longest run of successive bytes (`abcd`, `1234`).
    pub(super) series: i32,
    pub(super) vowels: i32,
    pub(super) hex: i32,
    pub(super) base64: i32,
    /// Longest run of letters.
    pub(super) letters: i32,
    pub(super) dots: i32,
    pub(super) dashes: i32,
    pub(super) underscores: i32,
    pub(super) slashes: i32,
    pub(super) brackets: i32,
    /// Mean surprise of the character model, in 1/16 bits a byte.
    pub(super) surprise: i32,
    /// The largest mean surprise of any eight bytes.
    pub(super) peak: i32,
}

/// Counts over the first bytes of a value. `trigrams` holds the surprise of a symbol after two others.
pub(super) fn measure(value: &[u8], trigrams: &[u8]) -> Shape {
    let seen = slice(value, 0..value.len().min(SEEN));
    let mut shape = Shape {
        len: clamp(value.len()),
        ..Shape::default()
    };
    let mut counts = [0_u16; 256];
    let (mut prior, mut prior_class) = (0_u8, 0_u8);
    let (mut same, mut series, mut letters) = (0, 0, 0);
    for &b in seen {
        if let Some(count) = counts.get_mut(usize::from(b)) {
            shape.distinct += i32::from(*count == 0);
            *count += 1;
        }
        let class = shape.count(b);
        shape.turns += i32::from(class != prior_class && prior_class != 0);
        same = if b == prior { same + 1 } else { 1 };
        series = if b == prior.wrapping_add(1) && is(b, WORD) {
            series + 1
        } else {
            1
        };
        letters = if is(b, ALPHA) { letters + 1 } else { 0 };
        shape.same = shape.same.max(same);
        shape.series = shape.series.max(series);
        shape.letters = shape.letters.max(letters);
        (prior, prior_class) = (b, class);
    }
    shape.entropy = entropy(seen, &counts);
    (shape.surprise, shape.peak) = surprise(seen, trigrams);
    shape
}

impl Shape {
    fn count(&mut self, b: u8) -> u8 {
        let class = match b {
            b'a'..=b'z' => {
                self.lower += 1;
                1
            }
            b'A'..=b'Z' => {
                self.upper += 1;
                2
            }
            b'0'..=b'9' => {
                self.digit += 1;
                3
            }
            0x80.. => {
                self.wide += 1;
                4
            }
            _ => {
                self.other += 1;
                5
            }
        };
        match b {
            b' ' => self.blank += 1,
            b'.' => self.dots += 1,
            b'-' => self.dashes += 1,
            b'_' => self.underscores += 1,
            b'/' | b'\\' => self.slashes += 1,
            b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'<' | b'>' => self.brackets += 1,
            _ => {}
        }
        self.vowels += i32::from(matches!(b | 0x20, b'a' | b'e' | b'i' | b'o' | b'u'));
        self.hex += i32::from(b.is_ascii_hexdigit());
        self.base64 += i32::from(is(b, WORD) || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'));
        class
    }
}

fn entropy(seen: &[u8], counts: &[u16; 256]) -> i32 {
    let n = i32::from(u16::try_from(seen.len()).unwrap_or(u16::MAX));
    if n == 0 {
        return 0;
    }
    let log = |n: usize| LOG2.get(n).copied().map_or(0, i32::from);
    let sum: i32 = counts.iter().map(|c| i32::from(*c) * log(usize::from(*c))).sum();
    log(seen.len()) - sum / n
}

fn surprise(seen: &[u8], trigrams: &[u8]) -> (i32, i32) {
    const WINDOW: usize = 8;
    let mut ring = [0_i32; WINDOW];
    let (mut sum, mut window, mut peak) = (0, 0, 0);
    let (mut first, mut second) = (symbol(b' '), symbol(b' '));
    for (i, &b) in seen.iter().enumerate() {
        let third = symbol(b);
        let cost = trigrams
            .get((first * SYMBOLS + second) * SYMBOLS + third)
            .copied()
            .map_or(0, i32::from);
        sum += cost;
        if let Some(slot) = ring.get_mut(i % WINDOW) {
            window += cost - *slot;
            *slot = cost;
        }
        if i + 1 >= WINDOW {
            peak = peak.max(window / 8);
        }
        (first, second) = (second, third);
    }
    let mean = sum / clamp(seen.len()).max(1);
    (mean, if seen.len() < WINDOW { mean } else { peak })
}

/// A count as a feature.
pub(super) fn clamp(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX).min(4096)
}

/// Values that are no credential whatever their name: references, templates, constants, types, masks.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let first = byte(value, 0);
    let last = value.last().copied().unwrap_or(0);
    if value.len() < 3 || value.iter().any(|b| *b < b' ' && *b != b'\t') {
        return true;
    }
    match first {
        b'$' if is(byte(value, 1), ALPHA) || matches!(byte(value, 1), b'{' | b'(' | b'_') => return true,
        b'$' if is_crypt(value) => return true,
        b'-' if value.starts_with(b"-----") => return true,
        b'<' if !value.contains(&b'>') => return true,
        b'{' | b'<' | b'[' if matches!(last, b'}' | b'>' | b']') => return !value.contains(&b'"'),
        b'%' if last == b'%'
            || is(byte(value, 1), LOWER) && value.len() == 2
            || matches!(byte(value, 1), b'(' | b'{') =>
        {
            return true;
        }
        b'#' if byte(value, 1) == b'{' => return true,
        b'@' if last == b'@' || byte(value, 1) == b'{' => return true,
        b'_' if last == b'_' && value.starts_with(b"__") => return true,
        b':' | b'&' | b'*'
            if is(byte(value, 1), ALPHA) && run(value, 1, WORD | super::bytes::JOINER, 64) == value.len() =>
        {
            return true;
        }
        _ => {}
    }
    let distinct = value.iter().skip(1).any(|b| *b != first);
    let callee = run(value, 0, ALPHA | super::bytes::JOINER, 64);
    let call = is(first, ALPHA) && callee > 2 && byte(value, callee) == b'(';
    let foreign = value.iter().filter(|b| **b >= 0x80).count() * 2 > value.len();
    !distinct
        || call
        || foreign
        || is_public_key(value)
        || !value.iter().any(|b| is(*b, WORD) || *b >= 0x80)
        || is_template(value)
        || is_constant(value)
}

/// `$1$…`, `$2a$10$…`, `$6$rounds=…`: password hashes.
fn is_crypt(value: &[u8]) -> bool {
    value.len() > 12 && value.iter().filter(|b| **b == b'$').count() >= 3
}

/// Public keys in the form of OpenSSH.
fn is_public_key(value: &[u8]) -> bool {
    [&b"ssh-"[..], b"ecdsa-sha2-", b"sk-ssh-"]
        .iter()
        .any(|p| value.starts_with(p))
}

fn is_template(value: &[u8]) -> bool {
    value
        .windows(2)
        .any(|pair| matches!(pair, b"${" | b"{{" | b"<%" | b"%(" | b"#{" | b"{%" | b"$("))
}

fn is_constant(value: &[u8]) -> bool {
    if value.len() > 9 || !value.iter().all(|b| is(*b, ALPHA)) {
        return false;
    }
    const WORDS: [&[u8]; 36] = [
        b"true",
        b"false",
        b"null",
        b"none",
        b"nil",
        b"undefined",
        b"yes",
        b"off",
        b"string",
        b"str",
        b"String",
        b"int",
        b"integer",
        b"number",
        b"boolean",
        b"bool",
        b"object",
        b"bytes",
        b"byte",
        b"char",
        b"text",
        b"varchar",
        b"any",
        b"optional",
        b"required",
        b"self",
        b"this",
        b"empty",
        b"unset",
        b"default",
        b"env",
        b"uuid",
        b"hidden",
        b"redacted",
        b"masked",
        b"omitted",
    ];
    WORDS.iter().any(|w| value.eq_ignore_ascii_case(w))
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Digits with the separators of dates, times, versions, amounts and addresses.
pub(super) fn is_numeric(value: &[u8]) -> bool {
    value.iter().all(|b| {
        is(*b, DIGIT)
            || matches!(
                b,
                b'.' | b'-' | b':' | b'/' | b' ' | b'T' | b'Z' | b'+' | b',' | b'x' | b'v'
            )
    })
}

/// How many places hold a word that says the value is made up.
pub(super) fn placeholder_words(value: &[u8]) -> i32 {
    let mut seen = [0_u8; 64];
    let len = value.len().min(seen.len());
    if let (Some(seen), Some(value)) = (seen.get_mut(..len), value.get(..len)) {
        seen.copy_from_slice(value);
        seen.make_ascii_lowercase();
    }
    let seen = slice(&seen, 0..len);
    let at = |i: usize| {
        placeholders(byte(seen, i))
            .iter()
            .any(|w| slice(seen, i..seen.len()).starts_with(w))
    };
    clamp((0..len).filter(|i| at(*i)).count())
}

/// Words that say so, by their first letter.
const fn placeholders(first: u8) -> &'static [&'static [u8]] {
    match first {
        b'1' => &[b"1234"],
        b'a' => &[b"abcd"],
        b'c' => &[b"changeme", b"change_me", b"change-me"],
        b'd' => &[b"dummy", b"demo", b"default"],
        b'e' => &[b"example", b"enter"],
        b'f' => &[b"fake", b"foobar"],
        b'h' => &[b"here"],
        b'i' => &[b"insert"],
        b'm' => &[b"mock"],
        b'p' => &[b"placeholder", b"password"],
        b'r' => &[b"replace", b"redacted"],
        b's' => &[b"sample", b"secret"],
        b't' => &[b"todo", b"test", b"token"],
        b'x' => &[b"xxxx"],
        b'y' => &[b"your"],
        _ => &[],
    }
}

/// How the words of a value are joined: 1 small letters, 2 capitals, 3 camel, 4 snake, 5 kebab, 6 dotted, 0 not a name.
pub(super) fn identifier(value: &[u8], shape: &Shape) -> i32 {
    if shape.blank > 0
        || shape.wide > 0
        || !value.iter().all(|b| is(*b, super::bytes::NAME))
        || is(byte(value, 0), DIGIT)
    {
        return 0;
    }
    if shape.dots > 0 {
        6
    } else if shape.dashes > 0 {
        5
    } else if shape.underscores > 0 {
        4
    } else if shape.upper == 0 {
        1
    } else if shape.lower == 0 {
        2
    } else {
        3 + i32::from(is(byte(value, 0), UPPER)) * 4
    }
}
