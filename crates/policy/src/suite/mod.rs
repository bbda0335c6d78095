//! Tests of policies that are written as lists of cases: Gatekeeper's `Suite` and Kyverno's `Test`.
//!
//! In: such a list as JSON, and a way to the documents of files that it names. Out: how each case went. The files are read by whoever asks.

mod gatekeeper;
mod kyverno;

pub use gatekeeper::gatekeeper;
pub use kyverno::kyverno;

use crate::Cause;
use serde_json::Value;

/// Gives the documents of a file that is named beside the list of cases; an error says what is wrong with it.
pub type Documents<'a> = &'a dyn Fn(&str) -> Result<Vec<Value>, Cause>;

/// A case and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is called: the names of its test, of itself, and of what it is about.
    pub name: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a case went.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// As its author expects.
    Passed,
    /// Otherwise: what was expected, and what came.
    Failed(String),
    /// Its author leaves it out.
    Skipped,
    /// It could not be told.
    Unknown(Cause),
}

impl Case {
    fn new(name: impl Into<String>, outcome: Result<Outcome, Cause>) -> Self {
        Self {
            name: name.into(),
            outcome: outcome.unwrap_or_else(Outcome::Unknown),
        }
    }
}

fn list<'a>(value: &'a Value, way: &str) -> &'a [Value] {
    value
        .pointer(way)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The first document of a file.
fn first(documents: Documents<'_>, path: &str) -> Result<Value, Cause> {
    let mut all = documents(path)?
        .into_iter()
        .filter(|document| !document.is_null());
    all.next()
        .ok_or_else(|| Cause::Unreadable(format!("`{path}` has no document")))
}
