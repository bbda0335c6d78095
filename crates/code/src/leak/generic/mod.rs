//! Generic credentials: values without a provider's format, known by the name they are assigned to.
//!
//! In: an offset at which the literal pass saw one of [`KEYWORDS`]. Out: the value assigned there and the probability
//! that it is a credential (CWE-798). A hand-written parser finds the assignment ([`assign`]), features describe value,
//! name, syntax, file and neighbours ([`features`]), and boosted trees trained on labelled code judge them ([`model`]).
//! Weights and their provenance: `content/models/leak-context/`, `training/README.md`.

mod assign;
mod bytes;
mod features;
mod file;
mod model;
mod name;
mod placeholder;
mod shape;
mod text;

#[cfg(test)]
mod tests;

pub use features::Features;
pub use file::{FileContext, FileKind};
pub use model::{Classifier, ModelError};

use bartizan_source::FileMeta;
use std::ops::Range;

/// What the literal pass looks for, ignoring ASCII case. None holds another; of those that overlap in a text
/// (`passkey`) every hit may be asked about.
pub const KEYWORDS: &[&str] = &[
    "pass",
    "pw",
    "secret",
    "token",
    "key",
    "auth",
    "cred",
    "salt",
    "nonce",
    "identified by",
];

/// What the name says a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A password or passphrase.
    Password,
    /// A secret of an application or client.
    Secret,
    /// A token.
    Token,
    /// A key of an interface or a cipher.
    Key,
    /// Something that authenticates, named no nearer.
    Credential,
    /// A salt or nonce, which must not be known in advance either.
    Salt,
}

/// A value that may be a credential.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Where the name stands.
    pub name: Range<usize>,
    /// Where the value stands, without its quotes.
    pub value: Range<usize>,
    /// Probability that it is a credential, 0 to 1.
    pub score: f32,
    /// Whether the score is in the range where at least 95 of 100 were right in training.
    pub sure: bool,
    /// What the name says it is.
    pub kind: Kind,
}

/// An assignment with its features, before it is judged.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Where the name stands.
    pub name: Range<usize>,
    /// Where the value stands, without its quotes.
    pub value: Range<usize>,
    /// What the name says it is.
    pub kind: Kind,
    /// What the classifier sees.
    pub features: Features,
}

/// Judges the assignment around the hit of a keyword of `len` bytes at `at`; nothing where there is none, or where its
/// score is below what is worth reporting.
#[must_use]
pub fn judge(
    classifier: &Classifier,
    meta: &FileMeta,
    bytes: &[u8],
    at: usize,
    len: usize,
) -> Option<Candidate> {
    name::gate(bytes, at, len)?;
    judge_in(classifier, &FileContext::new(meta), bytes, at, len)
}

/// [`judge`], with what is derived from the path computed once a file.
#[must_use]
pub fn judge_in(
    classifier: &Classifier,
    file: &FileContext,
    bytes: &[u8],
    at: usize,
    len: usize,
) -> Option<Candidate> {
    let proposal = propose(classifier, file, bytes, at, len)?;
    let logit = classifier.logit(&proposal.features);
    (logit >= classifier.report()).then(|| Candidate {
        name: proposal.name,
        value: proposal.value,
        score: classifier.probability(logit),
        sure: logit >= classifier.sure(),
        kind: proposal.kind,
    })
}

/// Parses the assignment around a hit and describes it, without judging: what training reads.
#[must_use]
pub fn propose(
    classifier: &Classifier,
    file: &FileContext,
    bytes: &[u8],
    at: usize,
    len: usize,
) -> Option<Proposal> {
    if file.quiet {
        return None;
    }
    let found = assign::parse(file, bytes, at, len)?;
    let value = bytes.get(found.text.range.clone())?;
    if shape::is_reference(value)
        || placeholder::is_placeholder(value, found.kind)
        || name::is_no_credential(bytes, &found.name, found.kind)
    {
        return None;
    }
    let features = features::extract(file, bytes, &found, &classifier.trigrams);
    Some(Proposal {
        name: found.name,
        value: found.text.range,
        kind: found.kind,
        features,
    })
}

/// Judges arbitrary bytes at an arbitrary place: the entry of the fuzz target.
#[doc(hidden)]
pub fn fuzz(path: &str, bytes: &[u8], at: usize, len: usize) {
    static CLASSIFIER: std::sync::OnceLock<Option<Classifier>> = std::sync::OnceLock::new();
    if let Some(classifier) = CLASSIFIER.get_or_init(|| Classifier::embedded().ok()) {
        let meta = FileMeta {
            path: path.into(),
            size: 0,
            commit: None,
            author: None,
            layer: None,
        };
        let _ = judge(classifier, &meta, bytes, at, len);
    }
}
