//! The assignment around a name: finds the sign after it and the value after that.
//!
//! There is no grammar of any language here. The forms in which credentials are written are few: `name = value`,
//! `"name": "value"`, `name("value")`, `("name", "value")`, `<name>value</name>`, `name: X / value: Y` pairs,
//! `--name value`, `name: type = value`. Values that are expressions are followed to a default or a wrapped literal.

use super::Kind;
use super::bytes::{
    BLANK, NAME, QUOTE, WORD, at_ci, before, byte, is, line_start, run, skip_blank, skip_space, slice,
};
use super::file::{FileContext, FileKind};
use super::name::{self, Closers, Name};
use super::text::{self, Quote, Text};
use std::ops::Range;

/// How name and value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Sign {
    /// `=`
    Equals,
    /// `:`
    Colon,
    /// `=>`, `:=`, `?=`, `||=`, `<-`
    Arrow,
    /// `==`, `!=`, `===`
    Compare,
    /// `name("value")`
    Call,
    /// `("name", "value")`
    Argument,
    /// `<name>value</name>`
    Element,
    /// `name: X`, then `value: Y`
    Pair,
    /// `--name value`, `ENV NAME value`, `PASSWORD 'value'`
    Space,
    /// `password is value`
    Is,
}

/// A parsed assignment.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub(super) name: Range<usize>,
    pub(super) keyword: Range<usize>,
    pub(super) kind: Kind,
    pub(super) sign: Sign,
    pub(super) closers: Closers,
    pub(super) text: Text,
    /// The value is the literal in a call or the default of a lookup rather than the assigned thing itself.
    pub(super) indirect: bool,
}

/// Parses around the keyword hit at `at`.
#[inline]
pub(super) fn parse(file: &FileContext, bytes: &[u8], at: usize, len: usize) -> Option<Assignment> {
    let name = name::find(bytes, at, len)?;
    let closers = name::closers(bytes, &name.range);
    let i = skip_blank(bytes, closers.after);
    let (sign, after) = sign(file, bytes, &name, closers, i)?;
    if closers.expression && sign != Sign::Compare {
        return None;
    }
    let (text, indirect) = value(file, bytes, &name, closers, sign, after)?;
    let plausible = !text.range.is_empty() && text.range.len() <= text::LONGEST;
    plausible.then_some(Assignment {
        name: name.range,
        keyword: name.keyword,
        kind: name.kind,
        sign,
        closers,
        text,
        indirect,
    })
}

fn sign(file: &FileContext, bytes: &[u8], name: &Name, closers: Closers, i: usize) -> Option<(Sign, usize)> {
    let next = byte(bytes, i + 1);
    match byte(bytes, i) {
        b'=' => match next {
            b'=' => Some((Sign::Compare, i + 2 + usize::from(byte(bytes, i + 2) == b'='))),
            b'>' => Some((Sign::Arrow, i + 2)),
            b'~' => None,
            _ => Some((Sign::Equals, i + 1)),
        },
        b':' => match next {
            b'=' => Some((Sign::Arrow, i + 2)),
            b':' => None,
            _ => Some((Sign::Colon, i + 1)),
        },
        b'!' if next == b'=' => Some((Sign::Compare, i + 2 + usize::from(byte(bytes, i + 2) == b'='))),
        b'?' if next == b':' => Some((Sign::Colon, i + 2)),
        b'?' if next == b'=' => Some((Sign::Arrow, i + 2)),
        b'+' if next == b'=' => Some((Sign::Equals, i + 2)),
        b'|' | b'?' if next == byte(bytes, i) && byte(bytes, i + 2) == b'=' => Some((Sign::Arrow, i + 3)),
        b'<' if next == b'-' => Some((Sign::Arrow, i + 2)),
        b'(' if i == closers.after && !closers.quoted => Some((Sign::Call, i + 1)),
        b'>' => element(bytes, name, closers, i),
        b',' => listed(bytes, name, closers, i),
        b'\r' | b'\n' => pair(bytes, name, i).map(|i| (Sign::Pair, i)),
        _ => worded(file, bytes, name, closers, i),
    }
}

/// `<password>x`, `<entry key="password">x`.
fn element(bytes: &[u8], name: &Name, closers: Closers, i: usize) -> Option<(Sign, usize)> {
    let opened = matches!(before(bytes, name.range.start), b'<' | b':');
    (opened || closers.quoted).then_some((Sign::Element, i + 1))
}

/// `("password", "x")`, `:password, 'x'`, `{"name": "password", "value": "x"}`.
fn listed(bytes: &[u8], name: &Name, closers: Closers, i: usize) -> Option<(Sign, usize)> {
    if let Some(i) = pair(bytes, name, i) {
        return Some((Sign::Pair, i));
    }
    let symbol = before(bytes, name.range.start) == b':';
    (closers.quoted || symbol).then_some((Sign::Argument, i + 1))
}

/// The value key after a name that is itself a value: `- name: X⏎ value: y`, `<add key="X" value="y"/>`.
fn pair(bytes: &[u8], name: &Name, i: usize) -> Option<usize> {
    let start = name.range.start;
    let mut back = start;
    while back > 0
        && start - back < 12
        && (is(before(bytes, back), QUOTE | BLANK) || matches!(before(bytes, back), b':' | b'=' | b'\\'))
    {
        back -= 1;
    }
    if back == start || !is_name_key(bytes, back) {
        return None;
    }
    let mut i = skip_space(bytes, i);
    while matches!(byte(bytes, i), b',' | b'"' | b'\'' | b'\\' | b' ') {
        i = skip_space(bytes, i + 1);
    }
    let end = run(bytes, i, NAME, 24);
    let key = slice(bytes, i..end);
    let found = [
        &b"value"[..],
        b"val",
        b"defaultvalue",
        b"default",
        b"default_value",
    ];
    if !found.iter().any(|k| key.eq_ignore_ascii_case(k)) {
        return None;
    }
    let mut i = end;
    while matches!(byte(bytes, i), b'"' | b'\'' | b'\\') {
        i += 1;
    }
    i = skip_blank(bytes, i);
    matches!(byte(bytes, i), b':' | b'=').then_some(i + 1)
}

fn is_name_key(bytes: &[u8], end: usize) -> bool {
    [&b"name"[..], b"key", b"id", b"variable"].iter().any(|k| {
        end.checked_sub(k.len())
            .is_some_and(|i| at_ci(bytes, i, k) && !is(before(bytes, i), WORD))
    })
}

/// Signs that are words or only blanks.
fn worded(
    file: &FileContext,
    bytes: &[u8],
    name: &Name,
    closers: Closers,
    i: usize,
) -> Option<(Sign, usize)> {
    if i == closers.after {
        return None;
    }
    if closers.quoted {
        return pair(bytes, name, i).map(|i| (Sign::Pair, i));
    }
    let start = name.range.start;
    if is(byte(bytes, i), QUOTE) {
        return Some((Sign::Space, i));
    }
    if at_ci(bytes, i, b"is ") || at_ci(bytes, i, b"is:") {
        return (!matches!(file.kind, FileKind::Json)).then_some((Sign::Is, i + 3));
    }
    if !is(byte(bytes, i), WORD) && !file.kind.allows_bare() {
        return None;
    }
    if before(bytes, start) == b'-' || before(bytes, start) == b'/' && file.kind == FileKind::Shell {
        return Some((Sign::Space, i));
    }
    // `password string = "x"`
    let word = run(bytes, i, NAME, 32);
    let next = skip_blank(bytes, word);
    if word > i
        && next > word
        && byte(bytes, next) == b'='
        && is(byte(bytes, skip_blank(bytes, next + 1)), QUOTE)
    {
        return Some((Sign::Equals, next + 1));
    }
    let first = line_start(bytes, start, 120);
    let lead = slice(bytes, first..start).trim_ascii();
    let directive = match file.kind {
        FileKind::Config => {
            lead.is_empty() || lead.eq_ignore_ascii_case(b"login") || at_ci(lead, 0, b"machine")
        }
        FileKind::Shell => matches!(lead, b"ENV" | b"ARG" | b"env" | b"set" | b"setenv"),
        _ => false,
    };
    directive.then_some((Sign::Space, i))
}

fn value(
    file: &FileContext,
    bytes: &[u8],
    name: &Name,
    closers: Closers,
    sign: Sign,
    after: usize,
) -> Option<(Text, bool)> {
    let i = skip_blank(bytes, after);
    let first = byte(bytes, i);
    if sign == Sign::Element {
        return text::element(bytes, after).map(|t| (t, false));
    }
    if matches!(first, b'\r' | b'\n' | 0) {
        return next_line(file, bytes, sign, i).map(|t| (t, false));
    }
    // `"Password: " + x`: the quote after the sign closes the string that holds the name.
    let closes = |quote: u8| is(quote, QUOTE) && text::lead(bytes, name.range.start).quote == quote;
    if file.kind == FileKind::Code
        && !closers.quoted
        && matches!(sign, Sign::Colon | Sign::Equals)
        && closes(first)
    {
        return None;
    }
    if let Some(found) = text::quoted(bytes, i) {
        let start = text::skip_scheme(bytes, found.range.start).min(found.range.end);
        return Some((
            Text {
                range: start..found.range.end,
                ..found
            },
            sign == Sign::Call,
        ));
    }
    if matches!(first, b'[' | b'{' | b'(') {
        let inner = skip_space(bytes, i + 1);
        let found = text::quoted(bytes, inner);
        if found.is_some() || first != b'[' || file.kind != FileKind::Code {
            return found.map(|t| (t, true));
        }
    }
    if sign == Sign::Colon && matches!(first, b'|' | b'>') && file.kind == FileKind::Yaml {
        let line = run(bytes, i, WORD | BLANK, 4).max(i + 1);
        let line = line + usize::from(byte(bytes, line) == b'-');
        return text::bare(bytes, skip_space(bytes, line), file.kind, false).map(|t| (t, false));
    }
    if sign == Sign::Argument {
        return None;
    }
    if sign == Sign::Call {
        return text::expression(bytes, i, false).map(|t| (t, true));
    }
    let i = text::skip_scheme(bytes, i);
    let lead = text::lead(
        bytes,
        name.range.start.saturating_sub(usize::from(closers.quoted)),
    );
    if file.kind.allows_bare() || lead.in_string || lead.in_comment && sign != Sign::Compare {
        return bare(file, bytes, sign, i, lead).map(|t| (t, false));
    }
    text::expression(bytes, i, sign == Sign::Colon).map(|t| (t, true))
}

fn bare(file: &FileContext, bytes: &[u8], sign: Sign, i: usize, lead: text::Lead) -> Option<Text> {
    if sign == Sign::Compare {
        return None;
    }
    let found = text::bare(bytes, i, file.kind, lead.in_string)?;
    let stop = byte(bytes, found.range.end);
    // A call or an index is an expression whatever the file.
    if matches!(stop, b'(' | b'[') && !lead.in_comment {
        return match file.kind {
            FileKind::Config | FileKind::Shell | FileKind::Prose | FileKind::Markup => {
                text::expression(bytes, i, false)
            }
            _ => None,
        };
    }
    Some(found)
}

/// A value that starts on the line after its sign.
fn next_line(file: &FileContext, bytes: &[u8], sign: Sign, i: usize) -> Option<Text> {
    let start = skip_space(bytes, i);
    if start == i {
        return None;
    }
    match file.kind {
        FileKind::Code | FileKind::Json => text::quoted(bytes, start),
        FileKind::Yaml
            if sign == Sign::Colon && byte(bytes, start) == b'-' && byte(bytes, start + 1) == b' ' =>
        {
            text::quoted(bytes, start + 2).or_else(|| text::bare(bytes, start + 2, file.kind, false))
        }
        _ => None,
    }
    .filter(|t| t.quote != Quote::Bare || file.kind == FileKind::Yaml)
}
