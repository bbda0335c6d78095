//! Reading in-toto Statements, <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>.
//!
//! In: bytes. Out: the predicate type, the subjects, and the predicate as raw JSON, which whoever knows the type reads. Fields that
//! are not known are allowed, as the specification asks.

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Type of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// Predicate type of the result of a scan; the report rides along in [`REPORT_FIELD`] (docs/adr/0004).
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Field of the predicate of a scan that holds the whole report.
pub const REPORT_FIELD: &str = "https://bartizan.dev/report/v1";
/// Predicate type of a bill of materials of CycloneDX.
pub const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// Predicate type of a bill of materials of SPDX.
pub const SPDX: &str = "https://spdx.dev/Document";
/// Predicate type of something that a person decided, or did: [`crate::decision`].
pub const DECISION: &str = "https://bartizan.dev/decision/v1";
/// Predicate type of advisories in the form of OSV: the predicate is a list of records.
pub const ADVISORIES: &str = "https://bartizan.dev/advisories/v1";
/// Predicate type of what an agent on a host tells of: [`crate::alerts`].
pub const ALERTS: &str = "https://bartizan.dev/alerts/v1";
/// Predicate type of what joins things: a list of `{"source", "kind", "target"}`.
pub const LINKS: &str = "https://bartizan.dev/links/v1";
/// What the types of predicates begin with that say how something was made, <https://slsa.dev/spec/v1.1/provenance>.
pub const PROVENANCE: &str = "https://slsa.dev/provenance/";

/// Subjects of one statement.
const MOST_SUBJECTS: usize = 10_000;
/// Digests of one subject.
const MOST_DIGESTS: usize = 64;

/// A statement, its predicate not yet read.
#[derive(Debug, Deserialize)]
pub struct Statement<'a> {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    #[serde(deserialize_with = "subjects")]
    pub subject: Vec<Subject>,
    /// What the predicate is.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    #[serde(borrow, default)]
    pub predicate: Option<&'a RawValue>,
}

/// Something that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subject {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its digests, by algorithm.
    #[serde(default, deserialize_with = "digests")]
    pub digest: BTreeMap<String, String>,
}

/// Keeps one more than there may be, and no millions of them before anybody counts.
fn subjects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Subject>, D::Error> {
    struct Subjects;

    impl<'de> Visitor<'de> for Subjects {
        type Value = Vec<Subject>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of subjects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut subjects = Vec::new();
            while subjects.len() <= MOST_SUBJECTS {
                let Some(subject) = list.next_element()? else {
                    return Ok(subjects);
                };
                subjects.push(subject);
            }
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(subjects)
        }
    }

    deserializer.deserialize_seq(Subjects)
}

fn digests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    struct Digests;

    impl<'de> Visitor<'de> for Digests {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("digests by algorithm")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut digests = BTreeMap::new();
            while let Some((algorithm, digest)) = map.next_entry()? {
                digests.insert(algorithm, digest);
                if digests.len() > MOST_DIGESTS {
                    return Err(de::Error::custom(format!(
                        "a subject has more than {MOST_DIGESTS} digests"
                    )));
                }
            }
            Ok(digests)
        }
    }

    deserializer.deserialize_map(Digests)
}

/// Why a text is no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// It is no JSON, or lacks something.
    #[error("it is no in-toto Statement: {0}")]
    NoStatement(String),
    /// It is of another type.
    #[error("its type is `{0}`, and this program reads `{STATEMENT_TYPE}`")]
    Type(String),
    /// It is about nothing, or about something that cannot be recognised.
    #[error("a statement must be about something that has a name or a digest")]
    Subject,
    /// It is about too much.
    #[error("it is about more than {MOST_SUBJECTS} things")]
    Subjects,
}

impl<'a> Statement<'a> {
    /// Reads a statement.
    ///
    /// # Errors
    /// When it is none, of another type, or about nothing.
    pub fn read(bytes: &'a [u8]) -> Result<Self, StatementError> {
        let statement: Self =
            serde_json::from_slice(bytes).map_err(|error| StatementError::NoStatement(error.to_string()))?;
        if statement.kind != STATEMENT_TYPE {
            return Err(StatementError::Type(statement.kind.chars().take(200).collect()));
        }
        if statement.subject.len() > MOST_SUBJECTS {
            return Err(StatementError::Subjects);
        }
        let is_known = |subject: &Subject| !subject.digest.is_empty();
        if statement.subject.is_empty() || !statement.subject.iter().all(is_known) {
            return Err(StatementError::Subject);
        }
        Ok(statement)
    }

    /// The predicate as it stands; `null` where there is none.
    #[must_use]
    pub fn predicate(&self) -> &'a str {
        self.predicate.map_or("null", RawValue::get)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: &str, subject: &str) -> String {
        format!(
            r#"{{"_type":"{kind}","subject":{subject},"predicateType":"x","predicate":{{"a": 1}},"more":true}}"#
        )
    }

    #[test]
    fn a_statement_is_read_and_its_predicate_left_as_it_is() {
        let text = text(STATEMENT_TYPE, r#"[{"name":"n","digest":{"sha256":"00"}}]"#);
        let statement = Statement::read(text.as_bytes()).unwrap();
        assert_eq!(statement.predicate_type, "x");
        assert_eq!(statement.predicate(), r#"{"a": 1}"#);
        assert_eq!(statement.subject[0].name, "n");
    }

    #[test]
    fn subjects_and_their_digests_are_bounded() {
        let one = r#"{"name":"n","digest":{"a":"b"}}"#;
        let many = |count: usize| text(STATEMENT_TYPE, &format!("[{}]", vec![one; count].join(",")));
        assert_eq!(
            Statement::read(many(MOST_SUBJECTS + 9).as_bytes()).unwrap_err(),
            StatementError::Subjects
        );
        assert!(Statement::read(many(MOST_SUBJECTS).as_bytes()).is_ok());
        let digests = |count: usize| {
            let list: Vec<String> = (0..count).map(|number| format!(r#""{number}":"00""#)).collect();
            text(
                STATEMENT_TYPE,
                &format!(r#"[{{"digest":{{{}}}}}]"#, list.join(",")),
            )
        };
        assert!(Statement::read(digests(MOST_DIGESTS).as_bytes()).is_ok());
        assert!(Statement::read(digests(MOST_DIGESTS + 1).as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_statement_is_refused_with_the_reason() {
        let of = |kind: &str, subject: &str| Statement::read(text(kind, subject).as_bytes()).unwrap_err();
        assert_eq!(
            of("y", r#"[{"digest":{"a":"b"}}]"#),
            StatementError::Type("y".to_owned())
        );
        assert_eq!(of(STATEMENT_TYPE, "[]"), StatementError::Subject);
        assert_eq!(of(STATEMENT_TYPE, r#"[{"name":"n"}]"#), StatementError::Subject);
        assert!(matches!(
            Statement::read(b"{"),
            Err(StatementError::NoStatement(_))
        ));
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(matches!(
            Statement::read(deep.as_bytes()),
            Err(StatementError::NoStatement(_))
        ));
    }
}
