//! Where texts of rules are written: every word of one knows its file and line.

use bartizan_document::{Excerpt, Node};

/// A line of a file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Name of the file
    pub(crate) file: std::sync::Arc<str>,
    /// Line, from 1
    pub(crate) line: u32,
}

/// A file of rules while it is read.
pub(crate) struct Source<'a> {
    pub(crate) name: std::sync::Arc<str>,
    pub(crate) text: &'a str,
    /// Offsets at which lines begin
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(name: &str, text: &'a str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        Self {
            name: name.into(),
            text,
            lines: std::iter::once(0).chain(breaks.map(|at| at + 1)).collect(),
        }
    }

    /// The place of an offset
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset);
        Place {
            file: self.name.clone(),
            line: u32::try_from(line.max(1)).unwrap_or(u32::MAX),
        }
    }

    /// The place of a node
    pub(crate) fn place_of(&self, node: &Node) -> Place {
        self.place(node.span.start as usize)
    }
}

/// A text in which every word knows its place, whichever files it was put together from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Located {
    text: String,
    /// Where words begin, and where they are written
    words: Vec<(usize, Place)>,
}

impl Located {
    /// A text of which all is written in one place
    pub(super) fn at(text: &str, place: Place) -> Self {
        Self {
            text: text.to_owned(),
            words: vec![(0, place)],
        }
    }

    /// The text of a scalar
    pub(super) fn of(source: &Source<'_>, node: &Node, text: &str) -> Self {
        let excerpt = Excerpt::of_scalar(source.text, node);
        if excerpt.text() != text {
            return Self::at(text, source.place_of(node));
        }
        let mut words = Vec::new();
        let mut after_blank = true;
        for (offset, one) in text.char_indices() {
            if after_blank && !one.is_whitespace() {
                words.push((offset, source.place(excerpt.place(offset..offset).start)));
            }
            after_blank = one.is_whitespace();
        }
        if words.is_empty() {
            words.push((0, source.place_of(node)));
        }
        Self {
            text: text.to_owned(),
            words,
        }
    }

    /// The text
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Adds another text after a blank
    pub(super) fn append(&mut self, other: &Self) {
        self.text.push(' ');
        let from = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.words.iter().map(|(at, place)| (from + at, place.clone()));
        self.words.extend(moved);
    }

    /// Where the byte of this offset is written
    pub(crate) fn place(&self, offset: usize) -> Place {
        let index = self.words.partition_point(|(at, _)| *at <= offset);
        let word = self.words.get(index.saturating_sub(1));
        word.map(|(_, place)| place.clone()).unwrap_or_default()
    }
}
