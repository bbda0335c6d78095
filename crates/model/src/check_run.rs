//! What became of every check, and everything that was not looked at.

use serde::{Deserialize, Serialize};

/// Outcome of one check over one scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// Id of the check.
    pub check: String,
    /// What became of it.
    #[serde(flatten)]
    pub status: CheckStatus,
    /// Whether the verdict depends on it having run.
    pub required: bool,
    /// Files it looked at, cached results included.
    pub files: u64,
    /// Findings it made, before waivers.
    pub findings: u64,
}

/// The five ways a check ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum CheckStatus {
    /// It looked at everything it wanted.
    Ran,
    /// It looked at some things and failed on others.
    Partial {
        /// What went wrong, one line each, at most a bounded number.
        errors: Vec<String>,
    },
    /// It did not run.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It looked at everything it wanted, and nothing in it is what it judges: it neither passed nor failed.
    #[serde(rename = "not-applicable")]
    NotApplicable {
        /// What there is none of.
        reason: String,
    },
    /// It broke.
    Failed {
        /// How.
        error: String,
    },
}

impl CheckStatus {
    /// Whether the check's silence can be trusted.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Ran | Self::NotApplicable { .. })
    }
}

/// Something that was not looked at, or not fully.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Path, object id or other name of the thing.
    pub path: String,
    /// Why it was not looked at and what to do about it.
    pub reason: String,
    /// Whether a required check wanted it: then the verdict is Unknown unless something is denied.
    pub required: bool,
}
