//! The bytes a check looks at, with the arithmetic of lines and columns.

use crate::CheckError;
use bartizan_model::Location;
use bartizan_source::{FileMeta, Unit, Window};
use std::ops::Range;

/// One file, or one window of a large file.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is known of the file.
    pub meta: &'a FileMeta,
    /// The bytes. Not necessarily UTF-8.
    pub bytes: &'a [u8],
    /// Which part of the file they are.
    pub window: Window,
}

impl<'a> From<&Unit<'a>> for Input<'a> {
    fn from(unit: &Unit<'a>) -> Self {
        Self {
            meta: unit.meta,
            bytes: unit.bytes,
            window: unit.window,
        }
    }
}

impl<'a> Input<'a> {
    /// A whole file.
    #[must_use]
    pub const fn whole(meta: &'a FileMeta, bytes: &'a [u8]) -> Self {
        Self {
            meta,
            bytes,
            window: Window::WHOLE,
        }
    }

    /// Path of the file.
    #[must_use]
    pub fn path(&self) -> &'a str {
        &self.meta.path
    }

    /// The bytes as text.
    ///
    /// # Errors
    /// When they are no UTF-8.
    pub fn text(&self) -> Result<&'a str, CheckError> {
        std::str::from_utf8(self.bytes).map_err(|error| CheckError(format!("it is no UTF-8 text: {error}")))
    }

    /// Where a range of the bytes stands in the file.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Location {
        let start = range.start.min(self.bytes.len());
        let end = range.end.clamp(start, self.bytes.len());
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        Location {
            path: self.meta.path.to_string(),
            line,
            column,
            end_line,
            end_column,
            commit: self.meta.commit.as_deref().map(str::to_owned),
            layer: self.meta.layer.as_deref().map(str::to_owned),
        }
    }

    /// The bytes of the line that holds `at`, without its line break, and the offset of its first byte. A line that
    /// reaches beyond the unit is cut there.
    #[must_use]
    pub fn line_at(&self, at: usize) -> (usize, &'a [u8]) {
        let at = at.min(self.bytes.len());
        let (head, tail) = self.bytes.split_at(at);
        let start = memchr::memrchr(b'\n', head).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', tail).map_or(self.bytes.len(), |i| at + i);
        (start, self.bytes.get(start..end).unwrap_or_default())
    }

    fn position(&self, at: usize) -> (u32, u32) {
        let head = self.bytes.get(..at).unwrap_or(self.bytes);
        let breaks = memchr::memchr_iter(b'\n', head).count();
        let column = match memchr::memrchr(b'\n', head) {
            Some(i) => at - i - 1,
            None => at + self.window.column_before as usize,
        };
        (
            self.window
                .lines_before
                .saturating_add(clamp(breaks))
                .saturating_add(1),
            clamp(column).saturating_add(1),
        )
    }
}

fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta() -> FileMeta {
        FileMeta::new("src/a.py", 0)
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let meta = meta();
        let at = Input::whole(&meta, b"ab\ncd\nef").locate(4..8);
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (2, 2, 3, 3));
    }

    #[test]
    fn a_later_window_goes_on_counting() {
        let meta = meta();
        let window = Window {
            offset: 100,
            overlap: 0,
            lines_before: 7,
            column_before: 3,
            last: true,
        };
        let at = Input {
            meta: &meta,
            bytes: b"ab\ncd",
            window,
        }
        .locate(1..4);
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (8, 5, 9, 2));
    }

    #[test]
    fn the_line_around_an_offset_has_no_line_break() {
        let meta = meta();
        let input = Input::whole(&meta, b"ab\ncd\nef");
        assert_eq!(input.line_at(4), (3, &b"cd"[..]));
        assert_eq!(input.line_at(8), (6, &b"ef"[..]));
    }
}
