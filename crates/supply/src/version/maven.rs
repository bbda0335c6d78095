//! Maven: <https://maven.apache.org/pom.html#version-order-specification>.
//!
//! A version is cut at dots, hyphens and wherever digits meet letters; zeros and words for "released" that end it, or end what
//! stands before a hyphen, are dropped. At each place the order is
//! `alpha < beta < milestone < rc < snapshot < end < sp < other words < -number < .number`.
//! A word behind a dot counts as behind a hyphen, as the current specification has it. Maven 3 told them apart, and so its answers run
//! in a circle: `1.0.RC1 < 1.0 < 1.0-1 < 1.0.RC1`. [`compare`] gives those answers, for two versions at a time; nothing can be sorted
//! by them, and so [`write_key`] is the order of the specification. The two differ only where a word stands behind a dot.

use super::key::{KeyWriter, is_zero, take_digits, take_while};
use std::cmp::Ordering;

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
    Word(Word<'a>),
}

#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a [u8],
    /// A number follows without anything between.
    number_follows: bool,
    behind_hyphen: bool,
}

impl Token<'_> {
    /// Whether the token says nothing that its absence would not.
    fn is_null(self) -> bool {
        match self {
            Self::HyphenNumber(digits) | Self::DotNumber(digits) => is_zero(digits),
            Self::Word(word) => word.is_released(),
        }
    }

    const fn is_behind_hyphen(self) -> bool {
        match self {
            Self::HyphenNumber(_) => true,
            Self::DotNumber(_) => false,
            Self::Word(word) => word.behind_hyphen,
        }
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
            Self::Word(word) => match word.rank() {
                Rank::Before(rank) => {
                    out.tag(KNOWN_BEFORE);
                    out.tag(rank);
                }
                Rank::Released => out.tag(RELEASED),
                Rank::ServicePack => out.tag(SERVICE_PACK),
                Rank::Other => {
                    out.tag(WORD);
                    out.caseless_text(word.text);
                }
            },
        }
    }
}

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    for_each_kept_token(version, true, |token| token.write(out));
    out.tag(END);
}

/// What Maven 3 answers for two versions.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let tokens = |version| {
        let mut tokens = Vec::new();
        for_each_kept_token(version, false, |token| tokens.push(token));
        tokens
    };
    let (left, right) = (tokens(left), tokens(right));
    let places = left.len().max(right.len());
    (0..places)
        .map(|place| match (left.get(place), right.get(place)) {
            (Some(a), Some(b)) => a.compare(*b),
            (Some(a), None) => a.compare_to_nothing(),
            (None, Some(b)) => b.compare_to_nothing().reverse(),
            (None, None) => Ordering::Equal,
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

impl Token<'_> {
    /// `.word < -word < -number < .number`; within each by value.
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::HyphenNumber(a), Self::HyphenNumber(b)) | (Self::DotNumber(a), Self::DotNumber(b)) => {
                compare_numbers(a, b)
            }
            (Self::Word(a), Self::Word(b)) if a.behind_hyphen == b.behind_hyphen => a.compare(b),
            _ => self.kind().cmp(&other.kind()),
        }
    }

    const fn kind(self) -> u8 {
        match self {
            Self::Word(word) => word.behind_hyphen as u8,
            Self::HyphenNumber(_) => 2,
            Self::DotNumber(_) => 3,
        }
    }

    /// Against the padding of a version that is shorter: zero, or a word that means "released".
    fn compare_to_nothing(self) -> Ordering {
        match self {
            Self::DotNumber(digits) => compare_numbers(digits, b""),
            Self::HyphenNumber(_) => Ordering::Greater,
            Self::Word(word) => match word.rank() {
                Rank::Before(_) => Ordering::Less,
                Rank::Released if word.behind_hyphen => Ordering::Equal,
                // Behind a dot the padding is a zero, and that is an unknown word to which all known ones are older.
                Rank::Released => Ordering::Less,
                Rank::ServicePack | Rank::Other => Ordering::Greater,
            },
        }
    }
}

fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let significant = |digits| take_while(digits, |b| b == b'0').1;
    let (a, b): (&[u8], &[u8]) = (significant(a), significant(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Calls `each` with the tokens that are left when those that say nothing are dropped. `words_behind_hyphens` takes every word for
/// one behind a hyphen.
fn for_each_kept_token<'a>(version: &'a str, words_behind_hyphens: bool, mut each: impl FnMut(Token<'a>)) {
    let mut nulls: Vec<Token<'_>> = Vec::new();
    let mut first = true;
    for_each_token(version.trim().as_bytes(), |mut token| {
        if let Token::Word(word) = &mut token {
            word.behind_hyphen |= words_behind_hyphens;
        }
        if token.is_behind_hyphen() {
            nulls.clear();
        }
        if token.is_null() && !first {
            nulls.push(token);
        } else {
            nulls.drain(..).for_each(&mut each);
            each(token);
        }
        first = false;
    });
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
    let number = |digits, hyphen| {
        if hyphen {
            Token::HyphenNumber(digits)
        } else {
            Token::DotNumber(digits)
        }
    };
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
            let (text, after) = take_while(rest, |b| !b.is_ascii_digit());
            each(Token::Word(Word {
                text,
                number_follows: !after.is_empty(),
                behind_hyphen: hyphen,
            }));
            after
        };
        (rest, hyphen) = (after, true);
    }
}

/// What a word means for the order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It announces a release; the smaller the earlier.
    Before(u8),
    Released,
    ServicePack,
    Other,
}

impl Word<'_> {
    fn is_released(self) -> bool {
        [b"ga".as_slice(), b"final", b"release"]
            .iter()
            .any(|known| self.text.eq_ignore_ascii_case(known))
    }

    fn rank(self) -> Rank {
        const BEFORE: [(&[u8], Option<u8>); 5] = [
            (b"alpha", Some(b'a')),
            (b"beta", Some(b'b')),
            (b"milestone", Some(b'm')),
            (b"rc", None),
            (b"snapshot", None),
        ];
        let stands_for = |full: &[u8], short: Option<u8>| {
            self.text.eq_ignore_ascii_case(full)
                || (self.number_follows
                    && matches!(self.text, [letter] if Some(letter.to_ascii_lowercase()) == short))
                || (full == b"rc" && self.text.eq_ignore_ascii_case(b"cr"))
        };
        if let Some((rank, _)) = (0_u8..)
            .zip(BEFORE)
            .find(|(_, (full, short))| stands_for(full, *short))
        {
            Rank::Before(rank)
        } else if self.is_released() {
            Rank::Released
        } else if self.text.eq_ignore_ascii_case(b"sp") {
            Rank::ServicePack
        } else {
            Rank::Other
        }
    }

    fn compare(self, other: Self) -> Ordering {
        let lower = |word: Self| word.text.to_ascii_lowercase();
        match (self.rank(), other.rank()) {
            (Rank::Other, Rank::Other) => lower(self).cmp(&lower(other)),
            (a, b) => a.cmp(&b),
        }
    }
}
