//! Values of files of settings: `.properties`, `.env` and YAML.
//!
//! In: texts of such files of a repository. Out: for each key every value that any of them gives it. The format of properties is that of
//! <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)>, without escapes of Unicode.

use std::collections::{BTreeMap, BTreeSet};

/// Keys that are kept, at most.
const MOST_KEYS: usize = 50_000;
/// A longer value names no algorithm and is no switch.
const LONGEST_VALUE: usize = 256;

/// Values by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<String, BTreeSet<String>>,
    /// Whether keys were left out because there were too many.
    pub is_cut: bool,
}

impl Settings {
    /// Whether a file is one of settings, by its name.
    #[must_use]
    pub fn wants(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_env = name == ".env" || name.starts_with(".env.") || name.rsplit('.').next() == Some("env");
        is_env || matches!(name.rsplit('.').next(), Some("properties" | "yaml" | "yml"))
    }

    /// Takes the settings of one file.
    pub fn add(&mut self, path: &str, text: &str) {
        if matches!(path.rsplit('.').next(), Some("yaml" | "yml")) {
            self.yaml(text);
        } else {
            self.lines(text);
        }
    }

    /// Every value of a key.
    pub fn of(&self, key: &str) -> impl Iterator<Item = &str> {
        self.values.get(key).into_iter().flatten().map(String::as_str)
    }

    fn lines(&mut self, text: &str) {
        let mut whole = String::new();
        for line in text.lines() {
            let line = line.trim_start();
            if whole.is_empty() && (line.is_empty() || line.starts_with(['#', '!'])) {
                continue;
            }
            // A backslash at the end joins a line with the next.
            if let Some(part) = line.strip_suffix('\\') {
                whole.push_str(part);
                continue;
            }
            whole.push_str(line);
            self.line(&whole);
            whole.clear();
        }
        self.line(&whole);
    }

    fn line(&mut self, line: &str) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        if let Some((key, value)) = line.split_once(['=', ':']) {
            let value = value.trim();
            let quoted = value
                .strip_prefix(['"', '\''])
                .and_then(|inner| inner.strip_suffix(['"', '\'']));
            self.note(key.trim(), quoted.unwrap_or(value));
        }
    }

    /// Keys of maps within maps, joined by dots, as frameworks name them. Only plain `key: value` lines by their indentation: enough for settings,
    /// and no reference is followed.
    fn yaml(&mut self, text: &str) {
        let mut above: Vec<(usize, String)> = Vec::new();
        for line in text.lines() {
            let indent = line.len() - line.trim_start().len();
            let line = line.trim();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            if line.starts_with(['#', '-']) || key.is_empty() {
                continue;
            }
            above.retain(|(depth, _)| *depth < indent);
            let path = above
                .last()
                .map_or_else(|| key.to_owned(), |(_, path)| format!("{path}.{key}"));
            let value = value
                .split(" #")
                .next()
                .unwrap_or_default()
                .trim()
                .trim_matches(['"', '\'']);
            if value.is_empty() {
                above.push((indent, path));
            } else {
                self.note(&path, value);
            }
        }
    }

    fn note(&mut self, key: &str, value: &str) {
        if key.is_empty() || value.len() > LONGEST_VALUE {
            return;
        }
        if self.values.len() >= MOST_KEYS && !self.values.contains_key(key) {
            self.is_cut = true;
            return;
        }
        self.values
            .entry(key.to_owned())
            .or_default()
            .insert(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(settings: &Settings, key: &str) -> Vec<String> {
        settings.of(key).map(str::to_owned).collect()
    }

    #[test]
    fn properties_environments_and_yaml_give_values_by_key() {
        let mut settings = Settings::default();
        settings.add(
            "app.properties",
            "# names\nhash = MD5\n! more\nlong=a\\\n  b\nempty\n",
        );
        settings.add(".env", "export MODE='debug'\nhash=SHA-256");
        settings.add(
            "application.yml",
            "security:\n  hash: SHA-1 # old\n  list:\n    - a: b\nport: 80\n",
        );
        assert_eq!(values(&settings, "hash"), ["MD5", "SHA-256"]);
        assert_eq!(values(&settings, "long"), ["ab"]);
        assert_eq!(values(&settings, "MODE"), ["debug"]);
        assert_eq!(values(&settings, "security.hash"), ["SHA-1"]);
        assert_eq!(values(&settings, "port"), ["80"]);
        assert!(values(&settings, "empty").is_empty());
    }

    #[test]
    fn hostile_files_are_bounded() {
        let mut settings = Settings::default();
        let many: String = (0..MOST_KEYS + 10)
            .map(|number| format!("k{number}=v\n"))
            .collect();
        settings.add("a.properties", &many);
        settings.add("b.properties", &format!("long={}\n=\n:\n\\", "x".repeat(10_000)));
        assert!(settings.is_cut);
        assert!(values(&settings, "long").is_empty());
    }
}
