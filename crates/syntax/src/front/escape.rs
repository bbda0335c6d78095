//! The value of a string literal: the text between its quotes flows in, the value with escapes resolved flows out.
//!
//! Languages differ in which escapes they know and in what an unknown one means; [`Escapes`] says which. What a language would refuse
//! (`\x` without digits, half of a surrogate pair) still gives a value, since a file that does not compile is read all the same.

/// Which escapes a language knows beside `\\ \' \" \n \r \t \b \f`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escapes {
    /// `\a` and `\v`
    pub(crate) bell: bool,
    /// Digits of an octal escape at most; 0 for none
    pub(crate) octal: u8,
    /// `\xhh`
    pub(crate) hexadecimal: bool,
    /// `\uhhhh`
    pub(crate) unicode: bool,
    /// `\u{h…}`
    pub(crate) braces: bool,
    /// `\Uhhhhhhhh`
    pub(crate) long: bool,
    /// A backslash before the end of a line joins it with the next
    pub(crate) joins_lines: bool,
    /// The backslash of an unknown escape is part of the value
    pub(crate) keeps_unknown: bool,
}

/// The value of the text between quotes.
pub(crate) fn unescape(text: &str, escapes: Escapes, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        into.push_str(before);
        let tail = escape.get(1..).unwrap_or("");
        let Some(letter) = tail.chars().next() else {
            into.push('\\');
            return;
        };
        rest = one(letter, tail, escapes, into);
    }
    into.push_str(rest);
}

/// Resolves one escape, whose text after the backslash begins with `letter`; gives what comes after it.
fn one<'a>(letter: char, tail: &'a str, escapes: Escapes, into: &mut String) -> &'a str {
    let after = tail.get(letter.len_utf8()..).unwrap_or("");
    let simple = match letter {
        '\\' | '\'' | '"' => Some(letter),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'a' if escapes.bell => Some('\u{7}'),
        'v' if escapes.bell => Some('\u{b}'),
        _ => None,
    };
    if let Some(simple) = simple {
        into.push(simple);
        return after;
    }
    let coded = match letter {
        'x' if escapes.hexadecimal => digits(after, 16, 2, 2),
        'u' if escapes.braces && after.starts_with('{') => braced(after),
        'u' if escapes.unicode => utf16(after),
        'U' if escapes.long => digits(after, 16, 8, 8),
        '0'..='7' if escapes.octal > 0 => digits(tail, 8, 1, usize::from(escapes.octal)),
        _ => None,
    };
    if let Some((code, after)) = coded {
        into.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    if escapes.joins_lines && (letter == '\n' || letter == '\r') {
        return match letter {
            '\r' => after.strip_prefix('\n').unwrap_or(after),
            _ => after,
        };
    }
    if escapes.keeps_unknown {
        into.push('\\');
    }
    into.push(letter);
    after
}

/// A number of `least` to `most` digits, and what comes after it.
fn digits(text: &str, radix: u32, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text
        .bytes()
        .take(most)
        .take_while(|&byte| char::from(byte).is_digit(radix))
        .count();
    if count < least {
        return None;
    }
    let (number, after) = text.split_at_checked(count)?;
    Some((u32::from_str_radix(number, radix).ok()?, after))
}

/// `{h…}`.
fn braced(text: &str) -> Option<(u32, &str)> {
    let (code, after) = digits(text.strip_prefix('{')?, 16, 1, 6)?;
    Some((code, after.strip_prefix('}')?))
}

/// `hhhh`, or a pair of them with `\u` between that makes one character.
fn utf16(text: &str) -> Option<(u32, &str)> {
    let (high, after) = digits(text, 16, 4, 4)?;
    if (0xd800..0xdc00).contains(&high)
        && let Some((low, rest)) = after.strip_prefix("\\u").and_then(|low| digits(low, 16, 4, 4))
        && (0xdc00..0xe000).contains(&low)
    {
        return Some((0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), rest));
    }
    Some((high, after))
}
