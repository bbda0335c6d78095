//! Maven: <https://maven.apache.org/pom.html#version-order-specification>.
//!
//! A version is cut at dots, hyphens and wherever digits meet letters; zeros and words for "released" that end it, or end what
//! stands before a hyphen, are dropped. At each place the order is
//! `alpha < beta < milestone < rc < snapshot < end < sp < other words < -number < .number`.
//! A word behind a dot counts as behind a hyphen, as the current specification has it; older releases of Maven told them apart and
//! were circular for it.

use super::key::{KeyWriter, is_zero, take_digits, take_while};

const KNOWN_BEFORE: u8 = 1;
const END: u8 = 2;
/// A word that means "released" and is not dropped because a number follows: the end, but for that number.
const RELEASED: u8 = 3;
const SERVICE_PACK: u8 = 4;
const WORD: u8 = 5;
const HYPHEN_NUMBER: u8 = 6;
const DOT_NUMBER: u8 = 7;

#[derive(Clone, Copy)]
enum Token<'a> {
    /// A number behind a hyphen, or where letters end.
    HyphenNumber(&'a [u8]),
    /// A number behind a dot, or at the start.
    DotNumber(&'a [u8]),
    /// A word, and whether a number follows it without anything between.
    Word(&'a [u8], bool),
}

impl Token<'_> {
    /// Whether the token says nothing that its absence would not.
    fn is_null(self) -> bool {
        match self {
            Self::HyphenNumber(digits) | Self::DotNumber(digits) => is_zero(digits),
            Self::Word(word, _) => is_released(word),
        }
    }

    const fn is_behind_hyphen(self) -> bool {
        !matches!(self, Self::DotNumber(_))
    }

    fn write(self, out: &mut KeyWriter) {
        match self {
            Self::HyphenNumber(digits) => {
                out.tag(HYPHEN_NUMBER);
                out.number(digits);
            }
            Self::DotNumber(digits) => {
                out.tag(DOT_NUMBER);
                out.number(digits);
            }
            Self::Word(word, number_follows) => write_word(word, number_follows, out),
        }
    }
}

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let version = version.trim().as_bytes();
    let mut nulls: Vec<Token<'_>> = Vec::new();
    let mut first = true;
    for_each_token(version, |token| {
        if token.is_behind_hyphen() {
            nulls.clear();
        }
        if token.is_null() && !first {
            nulls.push(token);
        } else {
            for null in nulls.drain(..) {
                null.write(out);
            }
            token.write(out);
        }
        first = false;
    });
    out.tag(END);
}

fn for_each_token<'a>(version: &'a [u8], mut each: impl FnMut(Token<'a>)) {
    let mut behind_hyphen = false;
    let mut rest = version;
    loop {
        let (part, after) = take_while(rest, |b| b != b'.' && b != b'-');
        each_of_part(part, behind_hyphen, &mut each);
        match after.split_first() {
            None => break,
            Some((separator, beyond)) => {
                behind_hyphen = *separator == b'-';
                rest = beyond;
            }
        }
    }
}

/// The tokens between two separators: digits and everything else by turns. Nothing at all is a zero.
fn each_of_part<'a>(part: &'a [u8], behind_hyphen: bool, each: &mut impl FnMut(Token<'a>)) {
    let number = |digits, hyphen| if hyphen { Token::HyphenNumber(digits) } else { Token::DotNumber(digits) };
    if part.is_empty() {
        each(number(b"0", behind_hyphen));
    }
    let (mut rest, mut hyphen) = (part, behind_hyphen);
    while let Some(first) = rest.first() {
        let after = if first.is_ascii_digit() {
            let (digits, after) = take_digits(rest);
            each(number(digits, hyphen));
            after
        } else {
            let (word, after) = take_while(rest, |b| !b.is_ascii_digit());
            each(Token::Word(word, !after.is_empty()));
            after
        };
        (rest, hyphen) = (after, true);
    }
}

fn is_released(word: &[u8]) -> bool {
    [b"ga".as_slice(), b"final", b"release"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn write_word(word: &[u8], number_follows: bool, out: &mut KeyWriter) {
    const BEFORE: [(&[u8], Option<u8>); 5] =
        [(b"alpha", Some(b'a')), (b"beta", Some(b'b')), (b"milestone", Some(b'm')), (b"rc", None), (b"snapshot", None)];
    let stands_for = |full: &[u8], short: Option<u8>| {
        word.eq_ignore_ascii_case(full)
            || (number_follows && matches!(word, [letter] if Some(letter.to_ascii_lowercase()) == short))
            || (full == b"rc" && word.eq_ignore_ascii_case(b"cr"))
    };
    if let Some((rank, _)) = (0_u8..).zip(BEFORE).find(|(_, (full, short))| stands_for(full, *short)) {
        out.tag(KNOWN_BEFORE);
        out.tag(rank);
    } else if is_released(word) {
        out.tag(RELEASED);
    } else if word.eq_ignore_ascii_case(b"sp") {
        out.tag(SERVICE_PACK);
    } else {
        out.tag(WORD);
        out.caseless_text(word);
    }
}
