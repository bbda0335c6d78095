//! Values: string literals of many languages, unquoted words, element text, and the literal inside an expression.

use super::bytes::{
    ALPHA, BLANK, LOWER, QUOTE, WORD, at_ci, before, byte, contains_ci, is, line_start, run, skip_blank,
    skip_space, slice,
};
use super::file::FileKind;
use std::ops::Range;

/// Longest value taken for a credential.
pub(super) const LONGEST: usize = 1024;

/// How a value is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Quote {
    Bare,
    Single,
    Double,
    Backtick,
    Triple,
    Escaped,
    Element,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) range: Range<usize>,
    pub(super) quote: Quote,
    /// First offset after the value and its closing quote.
    pub(super) after: usize,
    /// A prefix that makes the string a template (`f"`, `$"`).
    pub(super) template: bool,
}

/// A string literal at `i`, with the prefixes languages put before the quote.
#[inline]
pub(super) fn quoted(bytes: &[u8], i: usize) -> Option<Text> {
    let mut at = i;
    let mut template = false;
    while !is(byte(bytes, at), QUOTE) {
        let b = byte(bytes, at);
        match b {
            b'f' | b'F' | b'$' => template = true,
            b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'L' | b'@' | b'N' | b'E' | b's' | b'#' => {}
            b'&' => {
                let len = super::name::html_quote(bytes, at);
                return if len > 0 {
                    until(bytes, at + len, slice(bytes, at..at + len), Quote::Escaped)
                } else {
                    None
                };
            }
            b'\\' if is(byte(bytes, at + 1), QUOTE) => return escaped(bytes, at),
            _ => return None,
        }
        at += 1;
        if at > i + 2 {
            return None;
        }
    }
    let quote = byte(bytes, at);
    if byte(bytes, at + 1) == quote && byte(bytes, at + 2) == quote {
        let fence = [quote; 3];
        let mut found = until(bytes, at + 3, &fence, Quote::Triple)?;
        while found.range.start < found.range.end && byte(bytes, found.range.start).is_ascii_whitespace() {
            found.range.start += 1;
        }
        return Some(Text { template, ..found });
    }
    if quote == b'`' && byte(bytes, at + 1) == quote {
        return until(bytes, at + 2, b"``", Quote::Backtick);
    }
    let style = match quote {
        b'\'' => Quote::Single,
        b'"' => Quote::Double,
        _ => Quote::Backtick,
    };
    let end = closing(bytes, at + 1, quote)?;
    Some(Text {
        range: at + 1..end,
        quote: style,
        after: end + 1,
        template,
    })
}

fn closing(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let stop = start.saturating_add(LONGEST + 1).min(bytes.len());
    let mut i = start;
    while i < stop {
        match byte(bytes, i) {
            b'\\' => i += 1,
            b'\n' => return None,
            b if b == quote => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

fn escaped(bytes: &[u8], at: usize) -> Option<Text> {
    let fence = [b'\\', byte(bytes, at + 1)];
    until(bytes, at + 2, &fence, Quote::Escaped)
}

fn until(bytes: &[u8], start: usize, fence: &[u8], quote: Quote) -> Option<Text> {
    let stop = start.saturating_add(LONGEST).min(bytes.len());
    let end = slice(bytes, start..stop)
        .windows(fence.len())
        .position(|w| w == fence)?
        + start;
    Some(Text {
        range: start..end,
        quote,
        after: end + fence.len(),
        template: false,
    })
}

/// Skips the scheme of an `Authorization` header.
pub(super) fn skip_scheme(bytes: &[u8], i: usize) -> usize {
    const SCHEMES: [&[u8]; 6] = [
        b"ntlm ",
        b"bearer ",
        b"basic ",
        b"token ",
        b"apikey ",
        b"api-key ",
    ];
    SCHEMES
        .iter()
        .find(|s| at_ci(bytes, i, s))
        .map_or(i, |s| skip_blank(bytes, i + s.len()))
}

/// The text of an element that starts at `i`.
pub(super) fn element(bytes: &[u8], i: usize) -> Option<Text> {
    let stop = i.saturating_add(LONGEST).min(bytes.len());
    let end = memchr::memchr2(b'<', b'\n', slice(bytes, i..stop))? + i;
    if byte(bytes, end) != b'<' || byte(bytes, end + 1) != b'/' {
        return None;
    }
    let mut range = i..end;
    while range.start < range.end && byte(bytes, range.start).is_ascii_whitespace() {
        range.start += 1;
    }
    while range.start < range.end && before(bytes, range.end).is_ascii_whitespace() {
        range.end -= 1;
    }
    Some(Text {
        range,
        quote: Quote::Element,
        after: end,
        template: false,
    })
}

/// An unquoted word at `i`.
pub(super) fn bare(bytes: &[u8], i: usize, kind: FileKind, in_string: bool) -> Option<Text> {
    let stop = i.saturating_add(LONGEST + 1).min(bytes.len());
    let mut end = i;
    while end < stop && !ends_bare(byte(bytes, end), kind, in_string) {
        end += 1;
    }
    if end == stop && stop < bytes.len() {
        return None;
    }
    let mut last = end;
    let loose = matches!(kind, FileKind::Prose | FileKind::Markup | FileKind::Code) || in_string;
    while last > i {
        let b = before(bytes, last);
        if b != b',' && b != b';' && !(loose && matches!(b, b'.' | b':' | b')' | b'*' | b'\\' | b']' | b'}'))
        {
            break;
        }
        last -= 1;
    }
    (last > i).then_some(Text {
        range: i..last,
        quote: Quote::Bare,
        after: end,
        template: false,
    })
}

fn ends_bare(b: u8, kind: FileKind, in_string: bool) -> bool {
    match b {
        0..=b' ' | b'"' | b'\'' | b'`' => true,
        b';' | b'&' | b'<' | b'\\' | b',' => {
            in_string || matches!(kind, FileKind::Markup | FileKind::Shell) && b != b','
        }
        b'(' | b'[' => kind != FileKind::Prose,
        b')' | b'}' | b'|' => in_string,
        _ => false,
    }
}

/// What the line holds before the name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lead {
    pub(super) in_string: bool,
    /// The quote that opened the string, 0 outside of one.
    pub(super) quote: u8,
    pub(super) in_comment: bool,
}

/// Reads the line up to `at`: is that place inside a string literal, or inside a comment?
pub(super) fn lead(bytes: &[u8], at: usize) -> Lead {
    let start = line_start(bytes, at, 240);
    let first = skip_blank(bytes, start);
    let starred = byte(bytes, first) == b'*' && matches!(byte(bytes, first + 1), b' ' | b'\t' | b'*');
    let mut open = 0_u8;
    let mut comment = starred;
    let mut i = start;
    while i < at {
        let b = byte(bytes, i);
        if open != 0 {
            if b == b'\\' && before(bytes, i) != b'\\' {
                i += 1;
            } else if b == open {
                open = 0;
            }
        } else if is(b, QUOTE) {
            // An apostrophe within a word opens nothing.
            let apostrophe = b == b'\'' && is(before(bytes, i), ALPHA) && is(byte(bytes, i + 1), LOWER);
            if !apostrophe {
                open = b;
            }
        } else {
            comment |= starts_comment(bytes, i, first);
        }
        i += 1;
    }
    Lead {
        in_string: open != 0,
        quote: open,
        in_comment: comment,
    }
}

fn starts_comment(bytes: &[u8], i: usize, first: usize) -> bool {
    match byte(bytes, i) {
        b'/' => matches!(byte(bytes, i + 1), b'/' | b'*') && before(bytes, i) != b':',
        b'#' => i == first || is(before(bytes, i), BLANK),
        b'-' => i == first && byte(bytes, i + 1) == b'-' && is(byte(bytes, i + 2), BLANK),
        b';' | b'%' => i == first,
        b'<' => at_ci(bytes, i, b"<!--"),
        _ => false,
    }
}

/// Follows an expression of a programming language to the literal that decides its value: the default of a lookup
/// (`getenv("X", "default")`, `x || "default"`), the only literal of a wrapping call (`[]byte("x")`), or, where
/// `typed`, the value after a type (`password: str = "x"`).
pub(super) fn expression(bytes: &[u8], start: usize, typed: bool) -> Option<Text> {
    let mut i = start;
    let mut looked_up = false;
    for _ in 0..8 {
        let end = run_chain(bytes, i);
        let callee = slice(bytes, i..end);
        i = skip_blank(bytes, end);
        match byte(bytes, i) {
            b'(' => {
                let (found, after) = call(bytes, callee, i + 1)?;
                match found {
                    Some(text) => return Some(text),
                    None => {
                        looked_up |= after > i + 1;
                        i = after;
                    }
                }
            }
            b'[' => i = index(bytes, i + 1)?,
            b'<' if typed => i = run_until(bytes, i, b'>')?,
            b'=' if typed && !matches!(byte(bytes, i + 1), b'=' | b'>') => {
                return quoted(bytes, skip_blank(bytes, i + 1));
            }
            b'|' | b'?' => return alternative(bytes, i),
            b'o' if at_ci(bytes, i, b"or ") => return quoted(bytes, skip_blank(bytes, i + 3)),
            b')' if looked_up => i += 1,
            _ if end > start && callee == b"new" => {}
            _ => return None,
        }
        if i <= start {
            return None;
        }
    }
    None
}

fn run_chain(bytes: &[u8], mut i: usize) -> usize {
    let stop = i.saturating_add(96);
    while i < stop {
        let b = byte(bytes, i);
        let arrow = b == b'-' && byte(bytes, i + 1) == b'>' || b == b'>' && before(bytes, i) == b'-';
        if !(is(b, WORD) || matches!(b, b'_' | b'.' | b':' | b'$' | b'&' | b'*' | b'!') || arrow) {
            break;
        }
        i += 1;
    }
    i
}

/// The literal a call yields, or the offset from which to read on.
fn call(bytes: &[u8], callee: &[u8], inside: usize) -> Option<(Option<Text>, usize)> {
    let i = skip_space(bytes, inside);
    let Some(first) = quoted(bytes, i) else {
        return Some((None, i));
    };
    let next = skip_space(bytes, first.after);
    if !is_lookup(callee) {
        return matches!(byte(bytes, next), b')' | b',' | b'.').then_some((Some(first), next));
    }
    match byte(bytes, next) {
        b',' => quoted(bytes, skip_space(bytes, next + 1)).map(|text| (Some(text), next)),
        b')' => Some((None, next + 1)),
        _ => None,
    }
}

fn index(bytes: &[u8], inside: usize) -> Option<usize> {
    let end = quoted(bytes, inside).map_or_else(|| run(bytes, inside, WORD, 40), |text| text.after);
    (byte(bytes, end) == b']').then_some(end + 1)
}

fn run_until(bytes: &[u8], start: usize, close: u8) -> Option<usize> {
    slice(bytes, start..start.saturating_add(48).min(bytes.len()))
        .iter()
        .position(|b| *b == close)
        .map(|n| start + n + 1)
}

fn alternative(bytes: &[u8], i: usize) -> Option<Text> {
    let next = byte(bytes, i + 1);
    let doubled = next == byte(bytes, i) || next == b':';
    if doubled {
        quoted(bytes, skip_space(bytes, i + 2))
    } else {
        None
    }
}

/// Whether a call fetches what its first argument names, so that the argument is no value.
fn is_lookup(callee: &[u8]) -> bool {
    let last = callee
        .rsplit(|b| matches!(b, b'.' | b':' | b'>'))
        .next()
        .unwrap_or_default();
    if matches!(
        last,
        b"t" | b"_" | b"i18n" | b"gettext" | b"tr" | b"L" | b"__" | b"Q" | b"$t" | b"arg" | b"var"
    ) {
        return true;
    }
    [
        &b"env"[..],
        b"get",
        b"config",
        b"lookup",
        b"param",
        b"opt",
        b"prop",
        b"fetch",
        b"resolve",
        b"find",
        b"load",
        b"read",
        b"input",
        b"prompt",
        b"translat",
        b"ask",
        b"label",
        b"message",
        b"flag",
        b"query",
        b"select",
        b"header",
        b"field",
        b"arg",
        b"attr",
        b"column",
        b"require",
        b"import",
        b"regex",
        b"compile",
        b"error",
        b"format",
        b"path",
        b"file",
        b"join",
        b"index",
        b"has",
        b"contains",
        b"split",
        b"replace",
        b"match",
    ]
    .iter()
    .any(|part| contains_ci(last, part))
}
