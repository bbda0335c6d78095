//! Errors as people see them: what is wrong, where, and what to do about it. Rendered once, in `main`.

use bartizan_engine::config::ConfigError;
use bartizan_engine::globs::InvalidGlob;
use bartizan_engine::waiver::WaiverFileError;
use bartizan_source::SourceError;
use std::path::Path;

/// Exit codes of the command line contract that no verdict gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// A check of `doctor`, `rules test` or the like failed, or tenants are not kept apart.
    Failed = 1,
    /// The command line, the configuration or the environment is wrong.
    Usage = 2,
    /// Nothing matched the request.
    Nothing = 3,
    /// Something could not be read.
    Unknown = 4,
    /// A defect of Bartizan.
    Bug = 70,
    /// Ctrl-C.
    Interrupted = 130,
}

/// An error with what to do about it.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) code: Code,
}

/// The result of a verb: the exit code, or an error.
pub(crate) type Outcome = Result<u8, Error>;

impl Error {
    /// The command line, the configuration or the environment is wrong.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
            code: Code::Usage,
        }
    }

    /// Nothing matched the request.
    pub(crate) fn nothing(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
            code: Code::Nothing,
        }
    }

    /// The user interrupted.
    pub(crate) const fn interrupted() -> Self {
        Self {
            message: String::new(),
            help: None,
            code: Code::Interrupted,
        }
    }

    /// A file could not be read.
    pub(crate) fn reading(path: &Path, cause: &std::io::Error) -> Self {
        Self::usage(
            format!("cannot read `{}`: {}", path.display(), plain(cause)),
            "check the spelling and the permissions of the file",
        )
    }

    /// A file could not be written.
    pub(crate) fn writing(path: &Path, cause: &std::io::Error) -> Self {
        let help = match cause.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                "free some space or name a file elsewhere; nothing half written was left behind"
            }
            std::io::ErrorKind::NotFound => "make the directory first",
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                "name a file in a directory that you may write to"
            }
            _ => "name another file",
        };
        Self::usage(
            format!("cannot write `{}`: {}", path.display(), plain(cause)),
            help,
        )
    }
}

/// What the system said, without the number.
pub(crate) fn plain(cause: &std::io::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "unknown error".to_owned(),
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string(), error.help())
    }
}

impl From<WaiverFileError> for Error {
    fn from(error: WaiverFileError) -> Self {
        Self::usage(error.to_string(), error.help)
    }
}

impl From<InvalidGlob> for Error {
    fn from(error: InvalidGlob) -> Self {
        Self::usage(
            error.to_string(),
            "globs are as in .gitignore, for instance `tests/**`",
        )
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        let code = match error {
            SourceError::NotFound(_) | SourceError::NoImage { .. } => Code::Nothing,
            SourceError::Unreadable { .. } | SourceError::Image { .. } | SourceError::WrongDigest { .. } => {
                Code::Unknown
            }
            _ => Code::Usage,
        };
        Self {
            message: error.to_string(),
            help: Some(error.help()),
            code,
        }
    }
}

/// When standard output is closed by its reader (`| head`), nothing more is to be said.
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                message: String::new(),
                help: None,
                code: Code::Failed,
            };
        }
        Self::usage(
            format!("cannot write to standard output: {}", plain(&error)),
            "free some space, or write to another file with `-o FORMAT=FILE`",
        )
    }
}
