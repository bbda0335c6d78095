//! Where in the scanned bytes something stands.

use serde::{Deserialize, Serialize};

/// A span of text. Lines and columns count from 1; a column counts bytes of the line's UTF-8 text;
/// `end_column` is the first column after the span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Path relative to the target, with `/`; a member of an archive is `archive!/member`.
    pub path: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last one.
    pub end_column: u32,
    /// Commit that introduced the bytes, where history was scanned (40 or 64 hexadecimal digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Layer digest, where an image was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
}

impl Location {
    /// The start of a file: for findings about a file as a whole.
    #[must_use]
    pub fn of_file(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            commit: None,
            layer: None,
        }
    }
}
