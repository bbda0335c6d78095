//! The record that is a leaf of the log: which statement was taken in, when, from whom, and what vouched for it.
//!
//! In: these facts, or the bytes of a record; out: the bytes, or the facts. A record is one line of JSON without spaces, its
//! members in this order:
//!
//! ```json
//! {"v":1,"statement":"sha256:<64 hex>","predicateType":"…","received":"2027-03-01T12:00:00.000Z","by":"…","trust":"…"}
//! ```
//!
//! `trust` is `signed:sha256:<64 hex>`, the hash of the key whose signature held, `untrusted` where there were signatures and none
//! counted, or `authenticated` where there was none. Hex digits are lower-case.
//! Texts are escaped as RFC 8785, section 3.2.2.2 has it (<https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2.2>): `"`, `\` and
//! control characters below U+0020 only, in the shortest form. There is one text for one record, and no other is accepted: what a
//! database says about a statement can be compared with what the log says, byte for byte.

use super::hash::Hash;
use bartizan_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write as _};

/// The most bytes a record takes.
pub const MAX_RECORD: usize = 4096;

const VERSION: u8 = 1;
const DIGEST: &str = "sha256:";
const SIGNED: &str = "signed:";
const AUTHENTICATED: &str = "authenticated";
const UNTRUSTED: &str = "untrusted";

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    statement: Hash,
    predicate_type: String,
    received: Received,
    by: String,
    trust: Trust,
}

/// What vouched for a statement when it was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// A signature of a trusted key, of which this is the SHA-256 hash.
    Signed(Hash),
    /// Only that who sent it was authenticated. It has signatures, and none is of a key that is trusted for it.
    Untrusted,
    /// Only that who sent it was authenticated. It has no signature.
    Authenticated,
}

/// Facts or bytes that are no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The record takes more than [`MAX_RECORD`] bytes.
    #[error("a record of the log has at most {MAX_RECORD} bytes, and this one would have {0}")]
    TooLong(usize),
    /// The predicate type is empty or has characters that no URI has.
    #[error("the predicate type of a statement is a URI: printable ASCII without spaces")]
    PredicateType,
    /// It is not said who sent the statement.
    #[error("a record of the log says who sent the statement")]
    By,
    /// The time is not from the years 0 to 9999.
    #[error("a record of the log has a time of the years 0000 to 9999")]
    Received,
    /// The bytes are not JSON with the members of a record.
    #[error("not a record of the log: {0}")]
    Json(String),
    /// The record is of a version that this program does not know.
    #[error("a record of the log in version {0}; this program reads version {VERSION}")]
    Version(u8),
    /// A digest, time or trust is not in its form.
    #[error("the member `{0}` of a record of the log is not in its form")]
    Member(&'static str),
    /// The bytes say the same as a record and are not its bytes.
    #[error("the record of the log is not in its one form: spaces, order, escapes or letters differ")]
    NotCanonical,
}

impl Entry {
    /// The record that the statement with the SHA-256 hash `statement` and of this predicate type was received from `by`.
    ///
    /// # Errors
    /// When the predicate type is no URI, `by` is empty, or the record would be longer than [`MAX_RECORD`].
    pub fn new(
        statement: Hash,
        predicate_type: impl Into<String>,
        received: Received,
        by: impl Into<String>,
        trust: Trust,
    ) -> Result<Self, EntryError> {
        let entry = Self {
            statement,
            predicate_type: predicate_type.into(),
            received,
            by: by.into(),
            trust,
        };
        if entry.predicate_type.is_empty()
            || !entry.predicate_type.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(EntryError::PredicateType);
        }
        if entry.by.is_empty() {
            return Err(EntryError::By);
        }
        let length = entry.encode().len();
        if length > MAX_RECORD {
            Err(EntryError::TooLong(length))
        } else {
            Ok(entry)
        }
    }

    /// The SHA-256 hash of the statement's bytes.
    #[must_use]
    pub const fn statement(&self) -> &Hash {
        &self.statement
    }

    /// The statement's predicate type, a URI.
    #[must_use]
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// When the statement was received.
    #[must_use]
    pub const fn received(&self) -> Received {
        self.received
    }

    /// Who sent the statement.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// What vouched for the statement.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }

    /// The bytes of the record: at most [`MAX_RECORD`], UTF-8, no line break.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut text = String::new();
        for part in [
            "{\"v\":1,\"statement\":\"",
            &digest(&self.statement),
            "\",\"predicateType\":\"",
            &escaped(&self.predicate_type),
            "\",\"received\":\"",
            &self.received.to_string(),
            "\",\"by\":\"",
            &escaped(&self.by),
            "\",\"trust\":\"",
            &self.trust.to_string(),
            "\"}",
        ] {
            text.push_str(part);
        }
        text.into_bytes()
    }

    /// The record that has just these bytes.
    ///
    /// # Errors
    /// When there is none, and which of its rules the bytes break.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_RECORD {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let written: Written =
            serde_json::from_slice(bytes).map_err(|error| EntryError::Json(error.to_string()))?;
        if written.v != VERSION {
            return Err(EntryError::Version(written.v));
        }
        let entry = Self::new(
            parse_digest(&written.statement).ok_or(EntryError::Member("statement"))?,
            written.predicate_type,
            Received::parse(&written.received).ok_or(EntryError::Member("received"))?,
            written.by,
            Trust::parse(&written.trust).ok_or(EntryError::Member("trust"))?,
        )?;
        if entry.encode() == bytes {
            Ok(entry)
        } else {
            Err(EntryError::NotCanonical)
        }
    }
}

/// A record as its JSON has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    v: u8,
    statement: String,
    predicate_type: String,
    received: String,
    by: String,
    trust: String,
}

impl Trust {
    /// What the text says; none where it is no such text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            AUTHENTICATED => Some(Self::Authenticated),
            UNTRUSTED => Some(Self::Untrusted),
            _ => text.strip_prefix(SIGNED).and_then(parse_digest).map(Self::Signed),
        }
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(key) => write!(f, "{SIGNED}{}", digest(key)),
            Self::Untrusted => f.write_str(UNTRUSTED),
            Self::Authenticated => f.write_str(AUTHENTICATED),
        }
    }
}

/// An instant in the years 0000 to 9999 with a resolution of one millisecond, written `2027-03-01T12:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Received {
    second: Timestamp,
    millisecond: u16,
}

impl Received {
    /// The instant `milliseconds` after the Unix epoch.
    ///
    /// # Errors
    /// When it is not in the years 0000 to 9999.
    pub fn from_unix_milliseconds(milliseconds: i64) -> Result<Self, EntryError> {
        let seconds = milliseconds.div_euclid(1000);
        let millisecond = u16::try_from(milliseconds.rem_euclid(1000)).map_err(|_| EntryError::Received)?;
        let received = Self {
            second: Timestamp::from_unix_seconds(seconds),
            millisecond,
        };
        // A time out of range is clamped by the model, and one before the year 0 is written with a sign and more digits.
        let kept = received.second.unix_seconds() == seconds
            && received.to_string().len() == "2027-03-01T12:00:00.000Z".len();
        if kept {
            Ok(received)
        } else {
            Err(EntryError::Received)
        }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_milliseconds(self) -> i64 {
        self.second.unix_seconds() * 1000 + i64::from(self.millisecond)
    }

    /// The instant that `text` is written for; none for any other writing of the same instant.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (second, fraction) = text.strip_suffix('Z')?.split_once('.')?;
        let second: Timestamp = format!("{second}Z").parse().ok()?;
        let milliseconds = second
            .unix_seconds()
            .checked_mul(1000)?
            .checked_add(fraction.parse().ok()?)?;
        Self::from_unix_milliseconds(milliseconds)
            .ok()
            .filter(|received| received.to_string() == text)
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second.to_string();
        write!(f, "{}.{:03}Z", second.trim_end_matches('Z'), self.millisecond)
    }
}

impl Serialize for Received {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn digest(hash: &Hash) -> String {
    let mut text = DIGEST.to_owned();
    for byte in hash {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn parse_digest(text: &str) -> Option<Hash> {
    let (pairs, rest) = text.strip_prefix(DIGEST)?.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect();
    if rest.is_empty() {
        bytes?.try_into().ok()
    } else {
        None
    }
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: i64 = 1_803_902_400_000;

    fn sample(by: &str) -> Entry {
        let received = Received::from_unix_milliseconds(NOON + 7).unwrap();
        Entry::new(
            [0xab; 32],
            "https://slsa.dev/provenance/v1",
            received,
            by,
            Trust::Authenticated,
        )
        .unwrap()
    }

    fn text(entry: &Entry) -> String {
        String::from_utf8(entry.encode()).unwrap()
    }

    #[test]
    fn a_record_is_one_line_with_its_members_in_order() {
        assert_eq!(
            text(&sample("ci@example.org")),
            format!(
                "{{\"v\":1,\"statement\":\"sha256:{}\",\"predicateType\":\"https://slsa.dev/provenance/v1\",\
                 \"received\":\"2027-03-01T12:00:00.007Z\",\"by\":\"ci@example.org\",\"trust\":\"authenticated\"}}",
                "ab".repeat(32)
            )
        );
    }

    #[test]
    fn the_key_of_a_signature_is_told() {
        let received = Received::from_unix_milliseconds(NOON).unwrap();
        let entry = Entry::new([1; 32], "t:x", received, "a", Trust::Signed([0xfe; 32])).unwrap();
        assert!(text(&entry).ends_with(&format!("\"trust\":\"signed:sha256:{}\"}}", "fe".repeat(32))));
        assert_eq!(Entry::parse(&entry.encode()), Ok(entry));
    }

    #[test]
    fn that_no_signature_counted_is_told() {
        let received = Received::from_unix_milliseconds(NOON).unwrap();
        let entry = Entry::new([1; 32], "t:x", received, "a", Trust::Untrusted).unwrap();
        assert!(text(&entry).ends_with("\"trust\":\"untrusted\"}"));
        assert_eq!(Entry::parse(&entry.encode()), Ok(entry));
    }

    #[test]
    fn names_are_escaped_in_the_shortest_form() {
        let by = "\"\\/\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}é\u{2028}😀";
        let record = text(&sample(by));
        assert!(
            record.contains("\"by\":\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}é\u{2028}😀\""),
            "{record}"
        );
        assert_eq!(Entry::parse(record.as_bytes()).unwrap().by(), by);
    }

    #[test]
    fn the_same_facts_in_other_bytes_are_refused() {
        let record = text(&sample("a/é\n"));
        for (from, to) in [
            ("{\"v\"", "{ \"v\""),
            ("\"v\":1,", "\"v\": 1,"),
            ("\"}", "\"}\n"),
            ("a/", "a\\/"),
            ("é", "\\u00e9"),
            ("\\n", "\\u000a"),
            ("\"by\":", "\"b\\u0079\":"),
            ("\"predicateType\":\"https", "\"predicateType\":\"\\u0068ttps"),
        ] {
            assert!(record.contains(from), "{from}");
            let other = record.replacen(from, to, 1);
            assert_eq!(
                Entry::parse(other.as_bytes()),
                Err(EntryError::NotCanonical),
                "{other}"
            );
        }
        let by = "\"by\":\"a/é\\n\",";
        let reordered =
            record
                .replacen(by, "", 1)
                .replacen("\"statement\"", &format!("{by}\"statement\""), 1);
        assert_eq!(Entry::parse(reordered.as_bytes()), Err(EntryError::NotCanonical));
    }

    #[test]
    fn members_that_are_wrong_are_named() {
        let record = text(&sample("a"));
        for (from, to, error) in [
            ("ab\",\"pred", "aB\",\"pred", EntryError::Member("statement")),
            ("ab\",\"pred", "\",\"pred", EntryError::Member("statement")),
            ("sha256:ab", "sha512:ab", EntryError::Member("statement")),
            (".007Z", ".07Z", EntryError::Member("received")),
            (".007Z", ".0070Z", EntryError::Member("received")),
            (".007Z", ".-07Z", EntryError::Member("received")),
            (".007Z", "Z", EntryError::Member("received")),
            (".007Z", ".007+00:00", EntryError::Member("received")),
            ("T12", "t12", EntryError::Member("received")),
            ("03-01", "02-29", EntryError::Member("received")),
            ("12:00:00", "12:00:60", EntryError::Member("received")),
            ("authenticated", "signed:", EntryError::Member("trust")),
            ("authenticated", "Authenticated", EntryError::Member("trust")),
            ("\"v\":1", "\"v\":2", EntryError::Version(2)),
            ("\"by\":\"a\"", "\"by\":\"\"", EntryError::By),
            ("/v1", "/v 1", EntryError::PredicateType),
            ("https://slsa.dev/provenance/v1", "", EntryError::PredicateType),
        ] {
            let other = record.replacen(from, to, 1);
            assert_ne!(other, record, "{from}");
            assert_eq!(Entry::parse(other.as_bytes()), Err(error), "{other}");
        }
    }

    #[test]
    fn members_missing_doubled_or_unknown_are_refused() {
        let record = text(&sample("a"));
        for (from, to) in [
            ("\"by\":\"a\",", ""),
            ("\"by\":\"a\",", "\"by\":\"a\",\"by\":\"a\","),
            ("\"by\":\"a\",", "\"by\":\"a\",\"x\":1,"),
            ("\"by\":\"a\"", "\"by\":null"),
            ("\"v\":1", "\"v\":1.0"),
            ("\"v\":1", "\"v\":-1"),
            ("}", ""),
            ("}", "}}"),
            ("\"a\"", "\"a\n\""),
            ("\"a\"", "\"\\ud800\""),
        ] {
            let other = record.replacen(from, to, 1);
            assert!(
                matches!(Entry::parse(other.as_bytes()), Err(EntryError::Json(_))),
                "{other}"
            );
        }
        for bytes in [b"".as_slice(), b"null", b"[]", &[0xff; 10], &[b'['; 4096]] {
            assert!(matches!(Entry::parse(bytes), Err(EntryError::Json(_))));
        }
    }

    #[test]
    fn a_record_longer_than_the_bound_is_neither_made_nor_read() {
        let received = Received::from_unix_milliseconds(NOON).unwrap();
        let of = |by: usize| Entry::new([0; 32], "t:x", received, "b".repeat(by), Trust::Authenticated);
        let spent = of(1).unwrap().encode().len() - 1;
        let longest = of(MAX_RECORD - spent).unwrap().encode();
        assert_eq!(longest.len(), MAX_RECORD);
        assert!(Entry::parse(&longest).is_ok());
        assert_eq!(
            of(MAX_RECORD - spent + 1),
            Err(EntryError::TooLong(MAX_RECORD + 1))
        );
        assert_eq!(
            Entry::parse(&vec![b' '; 1 << 20]),
            Err(EntryError::TooLong(1 << 20))
        );
    }

    #[test]
    fn times_have_four_digits_for_the_year_and_three_for_the_fraction() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] {
            let received = Received::from_unix_milliseconds(milliseconds).unwrap();
            assert_eq!(received.to_string(), text);
            assert_eq!(Received::parse(text), Some(received));
            assert_eq!(received.unix_milliseconds(), milliseconds);
        }
        for milliseconds in [-62_167_219_200_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
            assert_eq!(
                Received::from_unix_milliseconds(milliseconds),
                Err(EntryError::Received),
                "{milliseconds}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_record_reads_as_it_was_written(
            statement: Hash,
            predicate_type in "[!-~]{1,80}",
            milliseconds in -62_167_219_200_000_i64..253_402_200_000_000,
            by in any::<String>().prop_filter("someone", |by| !by.is_empty()),
            key: Option<Hash>,
        ) {
            let received = Received::from_unix_milliseconds(milliseconds).unwrap();
            let trust = key.map_or(Trust::Authenticated, Trust::Signed);
            let entry = Entry::new(statement, predicate_type, received, by, trust).unwrap();
            let bytes = entry.encode();
            prop_assert!(!bytes.contains(&b'\n'));
            prop_assert_eq!(Entry::parse(&bytes), Ok(entry));
        }

        #[test]
        fn a_changed_byte_makes_another_record_or_none(at: prop::sample::Index, byte: u8) {
            let bytes = sample("someone").encode();
            let mut other = bytes.clone();
            other[at.index(bytes.len())] = byte;
            if let Ok(entry) = Entry::parse(&other) {
                prop_assert_eq!(entry.encode(), other);
            }
        }
    }
}
