//! The one answer every gate gives.

use serde::{Deserialize, Serialize};

/// Answer of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it and everything required was looked at.
    Allow,
    /// Something speaks against it.
    Deny {
        /// Why, one line each.
        reasons: Vec<String>,
    },
    /// Nothing was found against it, but not everything required was looked at.
    Unknown {
        /// What is missing.
        cause: String,
    },
}

impl Verdict {
    /// The exit code of the command line contract: 0, 1 or 4.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::Deny { .. } => 1,
            Self::Unknown { .. } => 4,
        }
    }

    /// The word used in every format.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny { .. } => "deny",
            Self::Unknown { .. } => "unknown",
        }
    }
}
