//! Identities of the things that are guarded.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Identity of an asset: `scheme:rest`, for instance `file:src/app.py`, `pkg:npm/express@4.17.1` or
/// `image:sha256:…` (the schemes are listed in ARCHITECTURE.md).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetId(String);

impl AssetId {
    /// A file within the scanned repository or directory; `path` is relative and uses `/`.
    #[must_use]
    pub fn file(path: &str) -> Self {
        Self(format!("file:{path}"))
    }

    /// An identity that is already written in full.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
