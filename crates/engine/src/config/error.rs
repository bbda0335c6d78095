//! What can be wrong with a configuration, and what to do about it.

use std::path::PathBuf;

/// Why the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file named by `--config` or `BARTIZAN_CONFIG`, or found above the target, cannot be read.
    #[error("cannot read the configuration `{}`: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The file is no TOML.
    #[error("{}:{line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line of the mistake, from 1.
        line: u32,
        /// What the TOML reader said.
        message: String,
    },
    /// A key or section is not known.
    #[error("{}:{line}: there is no setting `{key}`", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Line of the key, from 1.
        line: u32,
        /// The key in full.
        key: String,
        /// Near keys.
        suggestion: Option<String>,
    },
    /// A value does not fit its key.
    #[error("{}:{line}: `{key}` = {given}: {expects}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Line of the value, from 1.
        line: u32,
        /// The key in full.
        key: String,
        /// The value as written.
        given: String,
        /// What would have been accepted.
        expects: String,
    },
    /// A key that a file may not set unless the user names it.
    #[error("{}:{line}: `{key}` cannot be set in a file that comes with the code", path.display())]
    NotInFile {
        /// The file.
        path: PathBuf,
        /// Line of the key, from 1.
        line: u32,
        /// The key in full.
        key: String,
        /// Environment variable that may set it.
        variable: String,
    },
    /// An environment variable is not known.
    #[error("there is no setting for the environment variable `{name}`")]
    UnknownVariable {
        /// Its name.
        name: String,
        /// Near names.
        suggestion: Option<String>,
    },
    /// The value of an environment variable or flag does not fit.
    #[error("`{name}` = `{given}`: {expects}")]
    Given {
        /// Name of the variable or flag.
        name: String,
        /// The value as written.
        given: String,
        /// What would have been accepted.
        expects: String,
    },
}

impl ConfigError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        let keys = "`bartizan config show` lists every setting";
        match self {
            Self::Unreadable { .. } => {
                "name another file with `--config`, or ignore all of them with `--isolated`".to_owned()
            }
            Self::Syntax { line, .. } => format!("mend line {line}; the format is TOML 1.0, https://toml.io"),
            Self::UnknownKey { suggestion, .. } => suggestion
                .as_ref()
                .map_or_else(|| keys.to_owned(), |near| format!("{near} {keys}")),
            Self::Value { key, .. } => format!("change `{key}`, or remove the line to use the default"),
            Self::NotInFile { variable, .. } => {
                format!(
                    "set `{variable}` in the environment, give the flag, or name a file of your own with `--config FILE`"
                )
            }
            Self::UnknownVariable { suggestion, .. } => suggestion.as_ref().map_or_else(
                || format!("unset it; {keys}"),
                |near| format!("{near} Otherwise unset it; {keys}"),
            ),
            Self::Given { name, .. } => format!("change or leave out `{name}`"),
        }
    }
}
