//! Accepted risks: who accepted what, why and until when.

use crate::Date;
use serde::{Deserialize, Serialize};

/// A waiver as it was written, by a comment beside the finding or in `bartizan.waivers.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Rule id or glob it covers; empty when `fingerprint` is given alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Fingerprint of the one finding it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Path glob it is limited to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Why the risk is accepted.
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// VEX justification, for advisories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vex: Option<String>,
    /// Where it is written.
    pub origin: WaiverOrigin,
}

/// Where a waiver is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum WaiverOrigin {
    /// A comment in the scanned file.
    Inline {
        /// Path of the file.
        path: String,
        /// Line of the comment, from 1.
        line: u32,
    },
    /// An entry of a waiver file.
    File {
        /// Path of the waiver file.
        path: String,
        /// Position of the entry in it, from 1.
        entry: u32,
    },
    /// A statement of a VEX document.
    Vex {
        /// Path of the document.
        path: String,
        /// Position of the statement in it, from 1.
        statement: u32,
        /// Whether it says that the vulnerability was mended; else it says that it cannot be exploited.
        fixed: bool,
    },
}

impl WaiverOrigin {
    /// Path of the file that it is written in.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Inline { path, .. } | Self::File { path, .. } | Self::Vex { path, .. } => path,
        }
    }
}
