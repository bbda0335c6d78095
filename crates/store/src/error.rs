//! What can go wrong with the store, and what mends it.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine cannot be reached, or the connection broke. What was not acknowledged may be asked again.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Somebody else holds what is needed, for longer than we wait.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// Two transactions wanted the same, and this one was given up, again and again.
    #[error("another transaction was always first: {0}")]
    Conflict(String),
    /// There is no room left: on the disk, in a quota, or in the size that a file may have.
    #[error("the disk of the database is full: {0}")]
    Full(String),
    /// The way to the engine is not protected as it was asked for.
    #[error("the database is not who it should be, or speaks no TLS: {0}")]
    Untrusted(String),
    /// The file or a row does not hold what it must hold.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The schema is that of a newer program.
    #[error("the database has schema {found}, and this program knows schemas up to {known}")]
    Newer {
        /// What the database has.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// What was asked breaks a rule of the schema: something is there twice, or is missing.
    #[error("the database refuses it: {0}")]
    Refused(String),
    /// A text that no engine keeps: it holds U+0000, or is a name of more than 2000 bytes.
    #[error("the database cannot keep it: {0}")]
    Unstorable(String),
    /// The engine does not understand the statement or the value.
    #[error("the database does not understand what was asked: {0}")]
    Misunderstood(String),
    /// The file system does not do what is needed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl StoreError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unavailable(_) => "check that the database runs and that --database names it".to_owned(),
            Self::Busy(_) | Self::Conflict(_) => {
                "try again; if it stays, look for a long transaction or a second program on the same file"
                    .to_owned()
            }
            Self::Full(_) => {
                "make room on the disk, or raise the quota; nothing that was acknowledged is lost".to_owned()
            }
            Self::Untrusted(_) => {
                "name the authority of its certificate with `sslrootcert=FILE` in --database, and the server as the certificate does; \
                 files of `sslcert` and `sslkey` are in PEM, and nobody else can read the key; where the way to it is protected by other means, say `sslmode=disable`"
                    .to_owned()
            }
            Self::Corrupt(_) => "stop the server, and restore a backup with `bartizan restore`".to_owned(),
            Self::Newer { .. } => {
                "run the newer program, or restore the backup that was made before the upgrade".to_owned()
            }
            Self::Unstorable(_) => {
                "names may have 2000 bytes, and no text may hold U+0000: mend what was sent".to_owned()
            }
            Self::Refused(_) | Self::Misunderstood(_) => {
                "this is a bug: please report it with the text above".to_owned()
            }
            Self::File { path, .. } => format!("check that {path} can be read and written"),
        }
    }

    /// Whether asking again, without any change, can help.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Busy(_) | Self::Conflict(_) | Self::Full(_)
        )
    }
}
