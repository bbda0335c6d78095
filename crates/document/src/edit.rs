//! Edits of YAML and JSON that leave comments, order and style as they are.
//!
//! In: the text, a node of it, and what is to be set. Out: a range of the text and what replaces it; none where no edit is sure to mean
//! that alone. Nothing is edited here: whoever applies an edit reads the text again.

use crate::{Entry, Node, Span, Value};
use std::ops::Range;

/// A range of the text, and what replaces it.
pub type Edit = (Range<usize>, String);

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    /// A scalar as it is to be written, quotes included where it needs them.
    Scalar(String),
    /// Scalars.
    List(Vec<String>),
    /// Entries in order.
    Map(Vec<(String, New)>),
}

impl New {
    /// A scalar as it is to be written.
    #[must_use]
    pub fn scalar(text: &str) -> Self {
        Self::Scalar(text.to_owned())
    }

    /// A map with this at the end of a way of keys.
    fn under(self, way: &[&str]) -> Self {
        way.iter()
            .rev()
            .fold(self, |value, key| Self::Map(vec![((*key).to_owned(), value)]))
    }

    fn flow(&self, quoted: bool) -> String {
        match self {
            Self::Scalar(text) => flow_scalar(text, quoted),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| flow_scalar(item, quoted)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", flow_key(key, quoted), value.flow(quoted)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// Behind a key and its colon, in lines that are indented by `indent` below the key.
    fn block(&self, indent: usize, line_end: &str, out: &mut String) {
        let blanks = " ".repeat(indent);
        match self {
            Self::Scalar(text) => {
                out.push(' ');
                out.push_str(text);
            }
            Self::List(items) => {
                for item in items {
                    out.push_str(&format!("{line_end}{blanks}- {item}"));
                }
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    out.push_str(&format!("{line_end}{blanks}{key}:"));
                    value.block(indent + 2, line_end, out);
                }
            }
        }
    }
}

fn flow_scalar(text: &str, quoted: bool) -> String {
    let is_word =
        matches!(text, "true" | "false" | "null") || text.parse::<f64>().is_ok() || text.starts_with('"');
    if quoted && !is_word {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

fn flow_key(key: &str, quoted: bool) -> String {
    if quoted {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    }
}

/// Sets what stands at the end of a way of keys below a map.
#[must_use]
pub fn set(text: &str, map: &Node, way: &[&str], value: New) -> Option<Edit> {
    let (key, rest) = way.split_first()?;
    let Some(entry) = map.entry(key) else {
        return insert(text, map, key, &value.under(rest));
    };
    if !is_in(map, entry) || is_elsewhere(entry) {
        return None;
    }
    let is_empty = match &entry.value.value {
        Value::Null => true,
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    };
    if is_empty || (rest.is_empty() && !matches!(entry.value.value, Value::Map(_) | Value::List(_))) {
        return replace(text, map, entry, &value.under(rest));
    }
    if rest.is_empty() {
        return None;
    }
    set(text, &entry.value, rest, value)
}

/// Adds a scalar, as it is to be written, at the end of a list.
#[must_use]
pub fn append(text: &str, list: &Node, scalar: &str) -> Option<Edit> {
    let source = text.get(list.span.range())?;
    let Value::List(items) = &list.value else {
        return None;
    };
    let Some(last) = items.last() else {
        return (source.trim() == "[]")
            .then(|| (list.span.range(), format!("[{}]", flow_scalar(scalar, false))));
    };
    if last.span.start < list.span.start || last.span.end > list.span.end {
        return None;
    }
    if source.starts_with('[') {
        let quoted = text.get(last.span.range())?.starts_with('"');
        let at = last.span.end as usize;
        return Some((at..at, format!(", {}", flow_scalar(scalar, quoted))));
    }
    // A block list begins at its first item, behind the hyphen.
    let first = items.first()?;
    let head = text.get(..first.span.start as usize)?;
    let dash = head.rfind('-')?;
    let column = dash - head.rfind('\n').map_or(0, |at| at + 1);
    let at = line_end_behind(text, last.span.end as usize);
    Some((
        at..at,
        format!("{}{}- {scalar}", line_break(text, at), " ".repeat(column)),
    ))
}

/// Whether an entry is written within the map, and not brought in by a merge.
fn is_in(map: &Node, entry: &Entry) -> bool {
    map.span.start <= entry.key_span.start && entry.key_span.end <= map.span.end
}

/// Whether the value of an entry is written elsewhere, by an alias.
fn is_elsewhere(entry: &Entry) -> bool {
    entry.value.span.start < entry.key_span.end
}

fn replace(text: &str, map: &Node, entry: &Entry, value: &New) -> Option<Edit> {
    let span = entry.value.span;
    let written = text.get(span.range())?;
    let is_flow = text.get(map.span.range())?.starts_with('{');
    let quoted = text.get(entry.key_span.range())?.starts_with('"') && is_flow;
    if written.trim().is_empty() {
        let colon = text.get(entry.key_span.end as usize..)?.find(':')? + entry.key_span.end as usize + 1;
        if is_flow {
            return Some((colon..colon, format!(" {}", value.flow(quoted))));
        }
        let mut lines = String::new();
        let indent = column(text, entry.key_span)? + 2;
        value.block(indent, line_break(text, colon), &mut lines);
        return Some((colon..colon, lines));
    }
    if written.starts_with(['|', '>', '&', '*', '!']) || preceded_by_property(text, entry) {
        return None;
    }
    Some((span.range(), value.flow(quoted)))
}

/// Whether a tag or an anchor stands before a value.
fn preceded_by_property(text: &str, entry: &Entry) -> bool {
    let between = text.get(entry.key_span.end as usize..entry.value.span.start as usize);
    between.is_none_or(|between| between.contains(['!', '&', '*']))
}

fn insert(text: &str, map: &Node, key: &str, value: &New) -> Option<Edit> {
    let source = text.get(map.span.range())?;
    let Value::Map(entries) = &map.value else {
        return None;
    };
    let own: Vec<&Entry> = entries.iter().filter(|entry| is_in(map, entry)).collect();
    if source.starts_with('{') {
        let quoted = own.first().is_some_and(|entry| {
            text.get(entry.key_span.range())
                .is_some_and(|key| key.starts_with('"'))
        });
        let at = map.span.start as usize + 1;
        let comma = if own.is_empty() { "" } else { ", " };
        let entry = format!("{}: {}{comma}", flow_key(key, quoted), value.flow(quoted));
        return Some((at..at, entry));
    }
    let last = own.iter().max_by_key(|entry| entry.key_span.start)?;
    let column = column(text, last.key_span)?;
    let end = if is_elsewhere(last) {
        last.key_span.end
    } else {
        last.value.span.end.max(last.key_span.end)
    };
    let at = line_end_behind(text, end as usize);
    let line_break = line_break(text, at);
    let mut lines = format!("{line_break}{}{key}:", " ".repeat(column));
    value.block(column + 2, line_break, &mut lines);
    Some((at..at, lines))
}

/// How many bytes stand before something on its line; none where they are no blanks and hyphens.
fn column(text: &str, span: Span) -> Option<usize> {
    let head = text.get(..span.start as usize)?;
    let before = head.rsplit('\n').next().unwrap_or_default();
    before
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'-' | b'?'))
        .then_some(before.len())
}

/// The end of the line that what ends at an offset stands on, blank lines behind it not counted.
fn line_end_behind(text: &str, end: usize) -> usize {
    let head = text.get(..end).unwrap_or(text);
    let end = head.trim_end().len();
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.find('\n').map_or(rest.len(), |at| at);
    let line = rest.get(..line).unwrap_or(rest);
    end + line.trim_end_matches('\r').len()
}

/// How lines end there.
fn line_break(text: &str, at: usize) -> &'static str {
    let rest = text.get(at..).unwrap_or_default();
    let next = rest.find('\n').and_then(|end| rest.get(..end));
    if next.is_some_and(|line| line.ends_with('\r')) {
        "\r\n"
    } else {
        "\n"
    }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
