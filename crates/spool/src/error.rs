//! What can go wrong with a spool, and what helps.

use std::io;
use std::path::{Path, PathBuf};

/// Why a spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Another program has it.
    #[error("the spool `{0}` is in use by another program")]
    InUse(PathBuf),
    /// A file of it is in another form.
    #[error("`{0}` is no file of a spool that this program can read")]
    Form(PathBuf),
    /// A record is larger than any may be.
    #[error("a record has {0} bytes, which is more than there may be")]
    TooLarge(usize),
    /// The disk fails, or is full.
    #[error("the spool at `{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl SpoolError {
    pub(crate) fn at(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            error,
        }
    }

    /// What helps.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::InUse(_) => "end the other program, or name another directory",
            Self::Form(_) => {
                "move the directory away: what waits in it is lost then, and a new sequence begins"
            }
            Self::TooLarge(_) => "tell less in one record",
            Self::Io { .. } => "free some space, see to permissions, or name another directory",
        }
    }
}
