//! Tags of a report in XML. Reports keep all they say in attributes, so that text between tags is passed over.
//!
//! No entities but the five that XML knows and characters by their number, no document type: what is read has the size of the report.

use std::borrow::Cow;

/// One tag. The end of an element without content is that of its start.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Whether it ends an element
    pub(super) ends: bool,
    /// Whether it is both start and end
    pub(super) is_empty: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after
                .chars()
                .next()
                .filter(|&first| first == '"' || first == '\'')?;
            let (value, next) = after.get(1..)?.split_once(quote)?;
            if key.trim() == name {
                return Some(resolved(value));
            }
            rest = next;
        }
    }

    /// The value of an attribute that is a number.
    pub(super) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.trim().parse().ok()
    }
}

/// Tags of a text in their order; what is no tag ends them.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            let passed = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
            if let Some((_, end)) = passed.iter().find(|(start, _)| after.starts_with(start)) {
                rest = after.split_once(end)?.1;
            } else if after.starts_with('!') {
                rest = after_declaration(after)?;
            } else {
                let end = tag_end(after)?;
                let (inner, next) = after.split_at_checked(end)?;
                rest = next;
                return Some(tag(inner));
            }
        }
    })
}

fn tag(inner: &str) -> Tag<'_> {
    let (ends, is_empty) = (inner.starts_with('/'), inner.ends_with('/'));
    let inner = inner.trim_start_matches('/').trim_end_matches('/');
    let end = inner.find(char::is_whitespace).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at_checked(end).unwrap_or((inner, ""));
    Tag {
        name,
        ends,
        is_empty,
        attributes,
    }
}

/// Where a tag ends: a `>` in a value does not end it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'>', None) => return Some(at),
            _ => {}
        }
    }
    None
}

/// What comes after `<!DOCTYPE …>`, declarations in brackets included.
fn after_declaration(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'>' if depth == 0 => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

fn resolved(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut whole = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        whole.push_str(before);
        let (name, next) = after.split_once(';').unwrap_or((after, ""));
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => numbered(name),
        };
        match character {
            Some(character) => whole.push(character),
            // What no document type is read for stays as it stands.
            None => {
                whole.push('&');
                rest = after;
                continue;
            }
        }
        rest = next;
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

fn numbered(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}
