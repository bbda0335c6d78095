//! Settings, and where each of them came from.
//!
//! In: `bartizan.toml` (the nearest ancestor of the target, up to the repository's root), `BARTIZAN_*` variables and
//! flags, in this order of rising precedence; a list replaces the list of the layer below. Out: [`Config`].
//! An unknown key or variable is an error, because a mistyped setting that is silently ignored is a gate left open.

mod error;
mod file;
mod locate;
mod settings;

pub use error::ConfigError;
pub use locate::{CONFIG_FILE, repository_root};
pub use settings::{Kind, SETTINGS, Setting, Value};

pub(crate) use file::line_at;

use crate::suggest::did_you_mean;
use crate::system::System;
use bartizan_model::Severity;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Variables of this name space that are not settings: the project's own scripts use them.
const RESERVED: [&str; 4] = [
    "BARTIZAN_CI_",
    "BARTIZAN_BENCH_",
    "BARTIZAN_TEST",
    "BARTIZAN_PLANE_",
];

/// Variable that names the configuration file, as `--config` does.
pub const CONFIG_VARIABLE: &str = "BARTIZAN_CONFIG";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u32,
    },
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// What to resolve the settings from.
#[derive(Debug, Clone)]
pub struct Layers<'a> {
    /// Absolute directory of the target: where the search for a file begins.
    pub start: &'a Path,
    /// Absolute current directory: what paths in variables and flags are relative to.
    pub current: &'a Path,
    /// The file to use instead of searching (`--config`), absolute.
    pub file: Option<PathBuf>,
    /// Whether to leave out files and variables (`--isolated`).
    pub isolated: bool,
    /// Settings given as flags: key, name of the flag, value.
    pub flags: Vec<(&'static str, &'static str, Value)>,
}

/// Every setting, resolved.
#[derive(Debug, Clone)]
pub struct Config {
    values: BTreeMap<&'static str, (Value, Origin)>,
    /// Absolute directory that default file names are relative to: that of the configuration file where one was found
    /// above the target, else the repository's root, else the directory of the target.
    pub root: PathBuf,
    /// The configuration file in use.
    pub file: Option<PathBuf>,
    current: PathBuf,
}

impl Config {
    /// Resolves every setting.
    ///
    /// # Errors
    /// When a file cannot be read or understood, or a variable or flag does not fit its setting.
    pub fn load(system: &dyn System, layers: Layers<'_>) -> Result<Self, ConfigError> {
        let variables = if layers.isolated {
            BTreeMap::new()
        } else {
            system.variables()
        };
        let named = layers.file.clone().or_else(|| {
            variables
                .get(CONFIG_VARIABLE)
                .map(|name| layers.current.join(name))
        });
        let found = if layers.isolated || named.is_some() {
            None
        } else {
            locate::find(system, layers.start)
        };
        let root = found
            .as_deref()
            .and_then(Path::parent)
            .map(Path::to_path_buf)
            .or_else(|| repository_root(system, layers.start))
            .unwrap_or_else(|| layers.start.to_path_buf());
        let is_named = named.is_some();
        let file = named.or(found);
        let mut config = Self {
            values: defaults(),
            root,
            file: None,
            current: layers.current.to_path_buf(),
        };
        if let Some(path) = file {
            config.add_file(system, path, is_named)?;
        }
        config.add_variables(&variables)?;
        for (key, flag, value) in layers.flags {
            config.add_flag(key, flag, value)?;
        }
        Ok(config)
    }

    fn add_file(&mut self, system: &dyn System, path: PathBuf, named: bool) -> Result<(), ConfigError> {
        let text = system.read_text(&path).map_err(|error| ConfigError::Unreadable {
            path: path.clone(),
            cause: error.to_string(),
        })?;
        for entry in file::read(&path, &text, named)? {
            let origin = Origin::File {
                path: path.clone(),
                line: entry.line,
            };
            self.values.insert(entry.key, (entry.value, origin));
        }
        self.file = Some(path);
        Ok(())
    }

    fn add_variables(&mut self, variables: &BTreeMap<String, String>) -> Result<(), ConfigError> {
        let known: BTreeMap<String, &'static Setting> = SETTINGS
            .iter()
            .map(|setting| (setting.variable(), setting))
            .collect();
        for (name, text) in variables {
            if !name.starts_with("BARTIZAN_") || RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            if name == CONFIG_VARIABLE {
                continue;
            }
            let setting = known.get(name).ok_or_else(|| ConfigError::UnknownVariable {
                name: name.clone(),
                suggestion: did_you_mean(name, known.keys().map(String::as_str)),
            })?;
            let value = setting.parse(text).map_err(|expects| ConfigError::Given {
                name: name.clone(),
                given: text.clone(),
                expects,
            })?;
            self.values
                .insert(setting.key, (value, Origin::Variable(name.clone())));
        }
        Ok(())
    }

    fn add_flag(&mut self, key: &str, flag: &'static str, value: Value) -> Result<(), ConfigError> {
        let Some(setting) = Setting::find(key) else {
            return Ok(());
        };
        let given = value.to_string();
        let value = setting.check(value).map_err(|expects| ConfigError::Given {
            name: flag.to_owned(),
            given,
            expects,
        })?;
        self.values.insert(setting.key, (value, Origin::Flag(flag)));
        Ok(())
    }

    /// Every setting with its value, if it has one, and where that came from, in the order of [`SETTINGS`].
    pub fn entries(&self) -> impl Iterator<Item = (&'static Setting, Option<&(Value, Origin)>)> {
        SETTINGS
            .iter()
            .map(|setting| (setting, self.values.get(setting.key)))
    }

    /// Where the value of a setting came from.
    #[must_use]
    pub fn origin(&self, key: &str) -> &Origin {
        self.values
            .get(key)
            .map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// A word or path as written; empty when it has no value.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        match self.values.get(key) {
            Some((Value::Text(text), _)) => text,
            _ => "",
        }
    }

    /// A list; empty when it has no value.
    #[must_use]
    pub fn list(&self, key: &str) -> &[String] {
        match self.values.get(key) {
            Some((Value::List(items), _)) => items,
            _ => &[],
        }
    }

    /// A number; 0 when it has no value.
    #[must_use]
    pub fn number(&self, key: &str) -> u64 {
        match self.values.get(key) {
            Some((Value::Number(number), _)) => *number,
            _ => 0,
        }
    }

    /// The hours of a setting that is a time.
    #[must_use]
    pub fn hours(&self, key: &str) -> u32 {
        settings::hours(self.text(key)).unwrap_or(0)
    }

    /// A flag; false when it has no value.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.values.get(key), Some((Value::Flag(true), _)))
    }

    /// A path, made absolute: relative to the file that set it, to the current directory when a variable or flag
    /// did, to [`Config::root`] when it is the default.
    #[must_use]
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.text(key);
        (!text.is_empty()).then(|| self.base(key).join(text))
    }

    /// A list of paths, made absolute as [`Config::path`] does.
    #[must_use]
    pub fn paths(&self, key: &str) -> Vec<PathBuf> {
        self.list(key)
            .iter()
            .map(|item| self.base(key).join(item))
            .collect()
    }

    /// The least severity that denies.
    #[must_use]
    pub fn fail_on(&self) -> Severity {
        self.text("scan.fail-on").parse().unwrap_or(Severity::High)
    }

    /// Directory that the globs and paths of a setting are relative to.
    #[must_use]
    pub fn base(&self, key: &str) -> &Path {
        match self.origin(key) {
            Origin::Default => &self.root,
            Origin::File { path, .. } => path.parent().unwrap_or(&self.root),
            Origin::Variable(_) | Origin::Flag(_) => &self.current,
        }
    }
}

fn defaults() -> BTreeMap<&'static str, (Value, Origin)> {
    SETTINGS
        .iter()
        .filter_map(|setting| Some((setting.key, (Value::from(setting.default?), Origin::Default))))
        .collect()
}

#[cfg(test)]
mod tests;
