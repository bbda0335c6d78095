//! What a check is.

use crate::{Fact, Input, Program, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// What is known of a check before it runs.
#[derive(Debug, Clone)]
pub struct Meta {
    /// Id of the check, `family/name`; its findings carry rule ids of the same family.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Whether the verdict depends on it having run everywhere.
    pub required: bool,
    /// Changes whenever the check would judge the same bytes differently: part of the key of cached results.
    pub digest: [u8; 32],
}

impl Meta {
    /// The digest of what a check judges by, from the parts given to a builder: the text of its fingerprint.
    #[must_use]
    pub fn digest_of(parts: FingerprintBuilder) -> [u8; 32] {
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(parts.finish().as_str().bytes()) {
            *to = from;
        }
        digest
    }
}

/// Looks at files and reports findings. Must be a pure function of its input.
pub trait Check: Send + Sync {
    /// What is known of it.
    fn meta(&self) -> &Meta;

    /// The rules whose findings it may report.
    fn rules(&self) -> Vec<RuleInfo>;

    /// Whether it looks at files at all. The digest of one that does not is no part of the key of cached results.
    fn looks_at_files(&self) -> bool {
        true
    }

    /// How much of a file it wants; decided before the file is read.
    fn wants(&self, file: &FileMeta) -> Interest;

    /// Whether a large file that it wants at once ([`Interest::Entire`]) and that begins so is one of its own; where it is nobody's,
    /// the file is not held in memory.
    fn recognises(&self, _file: &FileMeta, _head: &[u8]) -> bool {
        true
    }

    /// Looks at one file, or one window of a large file.
    ///
    /// # Errors
    /// When this file could not be judged; other files are unaffected and the check's status becomes Partial.
    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError>;

    /// How it judges all of its files together; none where it judges them one by one. [`Check::run`] is not called of one that does.
    fn program(&self) -> Option<&dyn Program> {
        None
    }

    /// Judges what only several files tell together, once every file was read. `facts` are those that the check noted,
    /// ordered by path and text, so that the order of reading makes no difference; they may come from the cache. What is
    /// put out here is kept nowhere. Not called when the scan was interrupted.
    ///
    /// # Errors
    /// When the facts could not be judged; the check's status becomes Partial.
    fn finish(&self, _facts: &[Fact], _out: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }
}

/// Why a check could not judge a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CheckError(pub String);
