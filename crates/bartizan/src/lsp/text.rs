//! A document of an editor, and where its positions lie in bytes.
//!
//! In: a text and the changes that the editor tells. Out: the text as it is now, byte offsets of positions and positions of places.
//! Columns of a [`Location`] count bytes, those of the protocol count UTF-16 units or, where the editor agreed to it, bytes.

use bartizan_model::Location;
use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

/// What a column of the protocol counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    Bytes,
    Utf16,
}

impl Columns {
    /// Units of a text before which a column stands.
    fn of(self, text: &str) -> u32 {
        let count = match self {
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The byte of a line at which a column stands: its end where the column lies behind it, the start of a character within it.
    fn byte(self, line: &str, column: u32) -> usize {
        let mut units = 0;
        for (at, character) in line.char_indices() {
            let width = match self {
                Self::Bytes => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
            };
            units += u32::try_from(width).unwrap_or(1);
            if units > column {
                return at;
            }
        }
        line.len()
    }
}

/// A text with the places of its lines.
#[derive(Debug, Clone)]
pub(super) struct Text {
    text: String,
    starts: Vec<usize>,
    columns: Columns,
}

impl Text {
    pub(super) fn new(text: String, columns: Columns) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self {
            text,
            starts,
            columns,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The text after changes, each of which speaks of what the one before it left.
    pub(super) fn changed(self, changes: Vec<TextDocumentContentChangeEvent>) -> Self {
        let columns = self.columns;
        changes.into_iter().fold(self, |before, change| {
            let Some(range) = change.range else {
                return Self::new(change.text, columns);
            };
            let (start, end) = (before.byte(range.start), before.byte(range.end));
            let mut text = before.text;
            text.replace_range(start.min(end)..end.max(start), &change.text);
            Self::new(text, columns)
        })
    }

    /// A line without what ends it, counted from 0.
    pub(super) fn line(&self, number: u32) -> &str {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let start = self.starts.get(number).copied().unwrap_or(self.text.len());
        let end = number
            .checked_add(1)
            .and_then(|next| self.starts.get(next))
            .copied()
            .unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default();
        line.trim_end_matches('\n').trim_end_matches('\r')
    }

    /// The byte that a position names; the end of the text where the position lies behind it.
    fn byte(&self, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line) else {
            return self.text.len();
        };
        start + self.columns.byte(self.line(position.line), position.character)
    }

    /// The range of the protocol that a place is.
    pub(super) fn range(&self, place: &Location) -> Range {
        Range {
            start: self.position(place.line, place.column),
            end: self.position(place.end_line, place.end_column),
        }
    }

    fn position(&self, line: u32, column: u32) -> Position {
        let number = line.saturating_sub(1);
        let line = self.line(number);
        let most = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let before = (0..=most.min(line.len())).rev().find_map(|end| line.get(..end));
        Position::new(number, self.columns.of(before.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(line: u32, column: u32, end_line: u32, end_column: u32) -> Location {
        Location {
            line,
            column,
            end_line,
            end_column,
            ..Location::of_file("a.py")
        }
    }

    fn range(line: u32, start: u32, end: u32) -> Range {
        Range::new(Position::new(line, start), Position::new(line, end))
    }

    #[test]
    fn columns_are_counted_as_the_editor_counts_them() {
        let text = "x\nöö𝄞key\r\n";
        let found = place(2, 9, 2, 12);
        let utf16 = Text::new(text.to_owned(), Columns::Utf16);
        assert_eq!(utf16.range(&found), range(1, 4, 7));
        let bytes = Text::new(text.to_owned(), Columns::Bytes);
        assert_eq!(bytes.range(&found), range(1, 8, 11));
    }

    #[test]
    fn places_behind_the_text_are_at_its_end() {
        let text = Text::new("ab".to_owned(), Columns::Utf16);
        assert_eq!(text.range(&place(1, 9, 1, 99)), range(0, 2, 2));
        assert_eq!(text.range(&place(7, 1, 7, 4)), range(6, 0, 0));
        assert_eq!(text.byte(Position::new(9, 9)), 2);
    }

    proptest! {
        #[test]
        fn changes_of_ranges_make_the_text_that_the_editor_has(
            lines in proptest::collection::vec("[aö𝄞]{0,4}", 1..5),
            (from, to) in (0u32..6, 0u32..6),
            (first, last) in (0usize..5, 0usize..5),
            new in "[bü\n]{0,5}",
        ) {
            let (first, last) = (first.min(lines.len() - 1), last.min(lines.len() - 1));
            let (first, last) = (first.min(last), first.max(last));
            let units = |line: usize| u32::try_from(lines[line].encode_utf16().count()).unwrap();
            let within = |line: usize, column: u32| {
                let mut at = 0;
                for (byte, character) in lines[line].char_indices() {
                    if at + u32::try_from(character.len_utf16()).unwrap() > column.min(units(line)) {
                        return byte;
                    }
                    at += u32::try_from(character.len_utf16()).unwrap();
                }
                lines[line].len()
            };
            let (from, to) = if first == last { (from.min(to), from.max(to)) } else { (from, to) };
            let before = lines.join("\n");
            let expected = format!(
                "{}{new}{}",
                lines[..first].iter().map(|line| format!("{line}\n")).collect::<String>() + &lines[first][..within(first, from)],
                lines[last][within(last, to)..].to_owned()
                    + &lines[last + 1..].iter().map(|line| format!("\n{line}")).collect::<String>(),
            );
            let number = |line: usize| u32::try_from(line).unwrap();
            let change = TextDocumentContentChangeEvent {
                range: Some(Range::new(Position::new(number(first), from), Position::new(number(last), to))),
                range_length: None,
                text: new,
            };
            let after = Text::new(before, Columns::Utf16).changed(vec![change]);
            prop_assert_eq!(after.as_str(), expected);
        }
    }
}
