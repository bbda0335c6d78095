//! When each finding of one target was first seen.
//!
//! In: the text of a book as it was kept, then the findings of a scan. Out: the findings with their time, and the text to keep. A
//! finding that a scan of the whole target no longer finds, though it looked for it, is forgotten: should it come back, its
//! time starts anew.

use bartizan_model::{Finding, Fingerprint, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// Value of `schema` in every book of this form.
pub const SCHEMA: &str = "bartizan/first-seen/v1";

/// When each finding of one target was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    schema: String,
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    rule: String,
    first: Timestamp,
}

/// Why a book cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// It is no book.
    #[error("it is no record of first sights: {0}")]
    NoBook(String),
    /// It is of another form.
    #[error("its form is `{0}`, and this program reads `{SCHEMA}`")]
    Form(String),
}

impl Default for Book {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            seen: BTreeMap::new(),
        }
    }
}

impl Book {
    /// Reads a book.
    ///
    /// # Errors
    /// When the text is none, or of another form.
    pub fn read(text: &str) -> Result<Self, BookError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let no_book = |error: serde_json::Error| BookError::NoBook(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(no_book)?;
        if head.schema != SCHEMA {
            return Err(BookError::Form(head.schema));
        }
        serde_json::from_str(text).map_err(no_book)
    }

    /// The text to keep.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Gives findings the time of their first sight, which is `now` for those that are new. Forgets those that are no longer found
    /// and whose rule `looked_for` says was judged by, everywhere.
    pub fn note(&mut self, findings: &mut [Finding], now: Timestamp, looked_for: impl Fn(&str) -> bool) {
        for finding in findings.iter_mut() {
            let seen = self
                .seen
                .entry(finding.fingerprint.to_string())
                .or_insert_with(|| Seen {
                    rule: finding.rule.clone(),
                    first: now,
                });
            // A clock that was set back must not lengthen the time that is left.
            seen.first = seen.first.min(now);
            finding.first_seen = Some(seen.first);
        }
        let found: HashSet<&str> = findings
            .iter()
            .map(|finding| finding.fingerprint.as_str())
            .collect();
        self.seen
            .retain(|print, seen| found.contains(print.as_str()) || !looked_for(&seen.rule));
    }

    /// When a finding was first seen.
    #[must_use]
    pub fn first(&self, fingerprint: &Fingerprint) -> Option<Timestamp> {
        self.seen.get(fingerprint.as_str()).map(|seen| seen.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{AssetId, Confidence, FingerprintBuilder, Severity};

    fn finding(rule: &str) -> Finding {
        Finding::new(
            rule,
            (Severity::High, Confidence::High),
            FingerprintBuilder::new(rule).finish(),
            AssetId::file("x"),
        )
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_first_sight_is_kept_while_the_finding_is_there() {
        let mut book = Book::default();
        book.note(&mut [finding("leak/a")], at(100), |_| true);
        let mut book = Book::read(&book.to_text()).unwrap();
        let mut later = [finding("leak/a"), finding("leak/b")];
        book.note(&mut later, at(200), |_| true);
        assert_eq!(
            later.map(|finding| finding.first_seen),
            [Some(at(100)), Some(at(200))]
        );
    }

    #[test]
    fn what_is_gone_is_forgotten_only_when_it_was_looked_for() {
        let mut book = Book::default();
        let (a, b) = (finding("leak/a"), finding("supply/b"));
        book.note(&mut [a.clone(), b.clone()], at(100), |_| true);
        book.note(&mut [], at(200), |rule| rule.starts_with("leak/"));
        assert_eq!(book.first(&a.fingerprint), None);
        assert_eq!(book.first(&b.fingerprint), Some(at(100)));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lengthen_the_time() {
        let mut book = Book::default();
        book.note(&mut [finding("leak/a")], at(100), |_| true);
        let mut again = [finding("leak/a")];
        book.note(&mut again, at(50), |_| true);
        assert_eq!(again[0].first_seen, Some(at(50)));
    }

    #[test]
    fn other_texts_are_refused() {
        assert!(matches!(Book::read(""), Err(BookError::NoBook(_))));
        assert!(matches!(Book::read("{}"), Err(BookError::NoBook(_))));
        let other = r#"{"schema":"bartizan/first-seen/v9","more":1}"#;
        assert_eq!(
            Book::read(other),
            Err(BookError::Form("bartizan/first-seen/v9".to_owned()))
        );
        let strange = r#"{"schema":"bartizan/first-seen/v1","seen":{"x":{"rule":"r","first":"yesterday"}}}"#;
        assert!(matches!(Book::read(strange), Err(BookError::NoBook(_))));
    }
}
