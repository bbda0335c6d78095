//! Lines with their places, for files that people write line by line.

use std::ops::Range;

/// A line without the spaces around it.
#[derive(Debug, Clone)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    pub(super) at: Range<usize>,
}

/// The lines of a text that are not empty.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |raw| {
        let begins = start;
        start += raw.len();
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            return None;
        }
        let lead = raw.len() - raw.trim_start().len();
        let at = begins + lead..begins + lead + trimmed.len();
        Some(Line { text: trimmed, at })
    })
}

/// An entry of an INI file: section, key, value.
pub(super) struct Ini<'t> {
    pub(super) section: &'t str,
    pub(super) key: &'t str,
    pub(super) value: &'t str,
    pub(super) at: Range<usize>,
}

/// The entries of an INI file. A line without `=` or `:` goes on with the value before it.
pub(super) fn ini(text: &str) -> Vec<Ini<'_>> {
    let mut section = "";
    let mut key = "";
    let mut found = Vec::new();
    for line in lines(text) {
        if line.text.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.text.strip_prefix('[') {
            section = name.trim_end_matches(']').trim();
            key = "";
            continue;
        }
        let goes_on = text
            .get(..line.at.start)
            .is_some_and(|before| before.ends_with([' ', '\t']));
        let value = match line.text.split_once('=') {
            Some((name, value)) if !goes_on || key.is_empty() => {
                key = name.trim();
                value.trim()
            }
            _ => line.text,
        };
        if !value.is_empty() && !key.is_empty() {
            found.push(Ini {
                section,
                key,
                value: value.trim_matches(['"', '\'']),
                at: line.at,
            });
        }
    }
    found
}

/// The quoted strings of a line of a script, with their places in the text the line is of.
pub(super) fn quoted<'t>(line: &Line<'t>) -> Vec<(&'t str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = line
        .text
        .get(at..)
        .and_then(|rest| rest.find(['"', '\'']))
        .map(|n| at + n)
    {
        let quote = line.text.as_bytes().get(open).copied().unwrap_or(b'"');
        let inner = line.text.get(open + 1..).unwrap_or_default();
        let Some(close) = inner.find(char::from(quote)) else {
            break;
        };
        let start = line.at.start + open + 1;
        found.push((inner.get(..close).unwrap_or_default(), start..start + close));
        at = open + close + 2;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_knows_where_it_stands() {
        let text = "a\r\n\n  b c \nd";
        let found: Vec<_> = lines(text)
            .map(|line| (line.text, text.get(line.at).unwrap()))
            .collect();
        assert_eq!(found, [("a", "a"), ("b c", "b c"), ("d", "d")]);
    }

    #[test]
    fn values_of_an_ini_file_may_go_on_over_lines() {
        let text = "[global]\nindex-url = https://a.example\nextra-index-url =\n    https://b.example\n    https://c.example?x=1\n# no\n";
        let found: Vec<_> = ini(text)
            .iter()
            .map(|one| (one.section, one.key, one.value))
            .collect();
        assert_eq!(
            found,
            [
                ("global", "index-url", "https://a.example"),
                ("global", "extra-index-url", "https://b.example"),
                ("global", "extra-index-url", "https://c.example?x=1"),
            ]
        );
    }
}
