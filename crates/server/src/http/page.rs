//! Long lists, page by page.
//!
//! A cursor says behind which entry a page begins: numbers that the list is ordered by, in an opaque text. Entries that are added or
//! taken away between two pages neither repeat nor hide others.

use super::problem::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Entries of a page when nobody says how many.
const USUAL: i64 = 50;
/// Entries of a page at most.
const MOST: i64 = 500;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// Its entries.
    pub items: Vec<T>,
    /// What to ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
pub struct PageQuery {
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// How many entries, 1 to 500; 50 where nothing is said.
    pub limit: Option<i64>,
}

/// Behind which entry a page begins: the numbers that the list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub i64, pub i64);

impl Cursor {
    /// The opaque text.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}.{}", self.0, self.1)
    }

    fn parse(text: &str) -> Option<Self> {
        let (one, other) = text.split_once('.')?;
        let number = |text: &str| text.parse::<i64>().ok();
        Some(Self(number(one)?, number(other)?))
    }
}

impl PageQuery {
    /// How many entries.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }

    /// How many entries, where each of them is dear: 100 at most.
    #[must_use]
    pub fn short_limit(&self) -> i64 {
        self.limit().min(100)
    }

    /// Where the page begins.
    ///
    /// # Errors
    /// When the cursor is none of ours.
    pub fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        self.cursor
            .as_deref()
            .map(|text| {
                Cursor::parse(text).ok_or_else(|| {
                    Problem::new(Kind::Malformed, "the cursor is none of this server")
                        .help("take `next` of the page before as it is")
                })
            })
            .transpose()
    }
}

impl<T> Page<T> {
    /// A page of at most `limit` entries, of which one more was asked for to know whether there is a next page.
    pub fn of<R>(mut rows: Vec<R>, limit: i64, cursor: impl Fn(&R) -> Cursor, show: impl Fn(R) -> T) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self {
            next: rows.last().filter(|_| more).map(|row| cursor(row).text()),
            items: rows.into_iter().map(show).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_others_are_refused() {
        for cursor in [Cursor(0, 0), Cursor(i64::MAX, 7), Cursor(-3, 1)] {
            assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        }
        for text in ["", "1", "x.y", "1.2.3"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let page = |rows: Vec<i64>| Page::of(rows, 2, |row| Cursor(*row, 0), |row| row);
        assert_eq!(page(vec![1, 2]).next, None);
        let full = page(vec![1, 2, 3]);
        assert_eq!(full.items, [1, 2]);
        assert_eq!(full.next.as_deref(), Some("2.0"));
    }
}
