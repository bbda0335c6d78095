//! Reads `bartizan.toml` with the line of every key. <https://toml.io/en/v1.0.0>

use super::error::ConfigError;
use super::settings::{Kind, SETTINGS, Setting, Value};
use crate::suggest::did_you_mean;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A setting read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: &'static str,
    pub(super) value: Value,
    pub(super) line: u32,
}

/// Every setting in the file, in no particular order. `named` says that the user chose the file.
pub(super) fn read(path: &Path, text: &str, named: bool) -> Result<Vec<Entry>, ConfigError> {
    let document = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        path: path.to_path_buf(),
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut entries = Vec::new();
    for (section, value) in document.get_ref() {
        let reader = Reader { path, text, named };
        match value.get_ref() {
            DeValue::Table(table) if is_section(section.get_ref()) => {
                reader.section(section.get_ref(), table, &mut entries)?;
            }
            _ => return Err(reader.unknown(section.get_ref(), section.span().start)),
        }
    }
    Ok(entries)
}

fn is_section(name: &str) -> bool {
    SETTINGS.iter().any(|setting| {
        let inside = setting.key.strip_prefix(name);
        inside.is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Number of the line, from 1, that holds the byte at `offset`.
pub(crate) fn line_at(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    u32::try_from(memchr::memchr_iter(b'\n', before).count())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    named: bool,
}

impl Reader<'_> {
    fn section(
        &self,
        section: &str,
        table: &DeTable<'_>,
        entries: &mut Vec<Entry>,
    ) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = format!("{section}.{}", name.get_ref());
            if let DeValue::Table(table) = value.get_ref()
                && is_section(&key)
            {
                self.section(&key, table, entries)?;
                continue;
            }
            let setting = Setting::find(&key).ok_or_else(|| self.unknown(&key, name.span().start))?;
            let line = line_at(self.text, name.span().start);
            if !setting.in_file && !self.named {
                let (path, variable) = (self.path.to_path_buf(), setting.variable());
                return Err(ConfigError::NotInFile {
                    path,
                    line,
                    key,
                    variable,
                });
            }
            let value = self.value(setting, value)?;
            entries.push(Entry {
                key: setting.key,
                value,
                line,
            });
        }
        Ok(())
    }

    fn value(&self, setting: &Setting, value: &Spanned<DeValue<'_>>) -> Result<Value, ConfigError> {
        let converted = match (value.get_ref(), setting.kind) {
            (
                DeValue::String(text),
                Kind::Word(_) | Kind::Name | Kind::Path | Kind::Place | Kind::Duration,
            ) => Some(Value::Text(text.to_string())),
            (DeValue::Boolean(flag), Kind::Flag) => Some(Value::Flag(*flag)),
            (DeValue::Integer(number), Kind::Number(..)) => {
                u64::from_str_radix(number.as_str(), number.radix())
                    .ok()
                    .map(Value::Number)
            }
            (
                DeValue::Array(items),
                Kind::PathGlobs | Kind::RuleGlobs | Kind::NameGlobs | Kind::Names | Kind::Paths,
            ) => items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Value::List),
            _ => None,
        };
        let checked = match converted {
            Some(value) => setting.check(value),
            None => Err(setting.expects()),
        };
        checked.map_err(|expects| ConfigError::Value {
            path: self.path.to_path_buf(),
            line: line_at(self.text, value.span().start),
            key: setting.key.to_owned(),
            given: self
                .text
                .get(value.span())
                .unwrap_or_default()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            expects,
        })
    }

    fn unknown(&self, key: &str, offset: usize) -> ConfigError {
        ConfigError::UnknownKey {
            path: self.path.to_path_buf(),
            line: line_at(self.text, offset),
            key: key.to_owned(),
            suggestion: did_you_mean(key, SETTINGS.iter().map(|setting| setting.key)),
        }
    }
}
