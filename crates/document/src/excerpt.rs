//! Text taken out of another text piece by piece, of which every byte still knows where it stood.
//!
//! In: pieces with their places, or a scalar of YAML with the text that it is written in. Out: places in the source.

use crate::Node;
use std::ops::Range;

/// Text with the place of each of its pieces in a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    text: String,
    /// Where pieces begin: in the text, and in the source. Ordered by the first.
    pieces: Vec<(usize, usize)>,
}

impl Excerpt {
    /// One piece that stands at `source`.
    #[must_use]
    pub fn of(text: &str, source: usize) -> Self {
        let mut excerpt = Self::default();
        excerpt.push(text, source);
        excerpt
    }

    /// The value of a scalar of YAML, whatever its style. Where a line is written otherwise than it is read (escapes), its words are
    /// placed one by one, and a word that is not found has the place of the one before. Empty for what is no text.
    #[must_use]
    pub fn of_scalar(source: &str, node: &Node) -> Self {
        let Some(value) = node.text() else {
            return Self::default();
        };
        let mut excerpt = Self::default();
        let mut at = node.span.start as usize;
        let end = node.span.end as usize;
        for line in value.split_inclusive('\n') {
            let bare = line.trim_end_matches('\n');
            if let Some(found) = find(source, at..end, bare) {
                excerpt.push(line, found);
                at = found + bare.len();
                continue;
            }
            for word in line.split_inclusive(' ') {
                let bare = word.trim_end();
                if let Some(found) = find(source, at..end, bare) {
                    excerpt.push(word, found);
                    at = found + bare.len();
                } else {
                    excerpt.push(word, at);
                }
            }
        }
        excerpt
    }

    /// Adds a piece that stands at `source`.
    pub fn push(&mut self, text: &str, source: usize) {
        let end = self.text.len();
        let follows = self
            .pieces
            .last()
            .is_some_and(|(start, from)| from + (end - start) == source);
        if !follows {
            self.pieces.push((end, source));
        }
        self.text.push_str(text);
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a range of the text stands in the source.
    #[must_use]
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start);
        let end = if range.end > range.start {
            self.offset(range.end - 1) + 1
        } else {
            start
        };
        start..end.max(start)
    }

    fn offset(&self, at: usize) -> usize {
        let number = self.pieces.partition_point(|(start, _)| *start <= at);
        let piece = number.checked_sub(1).and_then(|number| self.pieces.get(number));
        piece.map_or(0, |(start, source)| source + (at - start))
    }
}

fn find(source: &str, within: Range<usize>, text: &str) -> Option<usize> {
    if text.is_empty() {
        return Some(within.start);
    }
    source
        .get(within.clone())?
        .find(text)
        .map(|found| within.start + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, Limits, read};

    fn placed(source: &str, key: &str, text: &str) -> String {
        let stream = read(source, Dialect::Core, Limits::default());
        let node = stream.documents[0].root.get(key).unwrap();
        let excerpt = Excerpt::of_scalar(source, node);
        assert_eq!(excerpt.text(), node.text().unwrap());
        let at = excerpt.text().find(text).unwrap();
        source[excerpt.place(at..at + text.len())].to_owned()
    }

    #[test]
    fn a_word_of_a_scalar_of_any_style_is_found_in_the_source() {
        let source = "a: |\n    first one\n      second two\nb: >-\n  folded\n  three words\nc: 'it''s quoted four'\nd: \"x \\\"y\\\" five\"\ne: plain six\n";
        for (key, text) in [
            ("a", "one"),
            ("a", "second"),
            ("b", "three"),
            ("c", "four"),
            ("d", "five"),
            ("e", "six"),
        ] {
            assert_eq!(placed(source, key, text), text);
        }
    }

    #[test]
    fn a_range_over_two_pieces_reaches_from_the_first_to_the_last() {
        let mut excerpt = Excerpt::of("one ", 10);
        excerpt.push("two", 20);
        assert_eq!(excerpt.place(0..7), 10..23);
        assert_eq!(excerpt.place(4..5), 20..21);
    }
}
