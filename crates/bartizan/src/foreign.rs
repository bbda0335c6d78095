//! Rule files on disk: Bartizan's own and those of other tools.

use crate::error::Error;
use bartizan_code::sast::ForeignFile;
use bartizan_code::sast::rules::pattern_rule;
use bartizan_content::flow::Library;
use bartizan_content::{CodeRule, LeakRule, foreign, load};
use bartizan_engine::system::System;
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a rule file gave.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The rules about credentials that run.
    pub(crate) rules: Vec<LeakRule>,
    /// A rule about source code, where it is one of ours.
    pub(crate) own: Option<CodeRule>,
    /// Its rules about source code, where it is a file of Semgrep.
    pub(crate) code: Option<ForeignFile>,
    /// Name in the file and reason of each rule about credentials that does not run.
    pub(crate) refused: Vec<(String, String)>,
    /// Id and reason of each condition that a rule runs without.
    pub(crate) caveats: Vec<(String, String)>,
    /// What the file as a whole asks for and does not get.
    pub(crate) notes: Vec<String>,
}

impl Read {
    /// Name and reason of each rule that does not run.
    pub(crate) fn refused(&self) -> impl Iterator<Item = &(String, String)> {
        let code = self.code.iter().flat_map(|file| &file.refused);
        self.refused.iter().chain(code)
    }
}

/// A rule file on disk.
#[derive(Debug)]
pub(crate) struct RuleFile {
    pub(crate) path: PathBuf,
    /// The directories between what was named and the file, each with a dot behind it: a part of the ids of its rules.
    place: String,
    /// Whether it was named itself, and not a directory that it lies in.
    is_named: bool,
}

impl RuleFile {
    /// The place with the name of the file as well; none where it was named itself, so that nobody would expect that.
    fn place_by_name(&self) -> Option<String> {
        let name = self.path.file_stem().filter(|_| !self.is_named)?;
        Some(format!("{}{}.", self.place, name.to_string_lossy()))
    }
}

/// Directories inside one another that are walked.
const DEPTH: usize = 64;
/// Rule files below a directory.
const MOST: usize = 50_000;

/// The rule files that a path means: itself, or below a directory whatever may be one, in order.
pub(crate) fn files(path: &Path) -> Result<Vec<RuleFile>, Error> {
    let mut found = Vec::new();
    if std::fs::metadata(path).is_ok_and(|about| about.is_dir()) {
        collect(path, "", 0, &mut found)?;
    } else {
        found.push(RuleFile {
            path: path.to_owned(),
            place: String::new(),
            is_named: true,
        });
    }
    Ok(found)
}

fn collect(directory: &Path, place: &str, depth: usize, found: &mut Vec<RuleFile>) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::reading(directory, &error);
    let entries = std::fs::read_dir(directory).map_err(failed)?;
    let entries = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut inside = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    inside.sort();
    for path in inside {
        let about = std::fs::symlink_metadata(&path).map_err(|error| Error::reading(&path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if about.is_dir() && !name.starts_with('.') {
            if depth >= DEPTH || found.len() >= MOST {
                return Err(Error::usage(
                    format!(
                        "`{}` is more than {DEPTH} directories deep, or has more than {MOST} files before it",
                        path.display()
                    ),
                    "name the directory of the rules itself",
                ));
            }
            collect(&path, &format!("{place}{name}."), depth + 1, found)?;
        } else if about.is_file() && [".yaml", ".yml", ".toml"].iter().any(|end| name.ends_with(end)) {
            found.push(RuleFile {
                path,
                place: place.to_owned(),
                is_named: false,
            });
        }
    }
    Ok(())
}

/// Reads a rule file of any known kind; none where it is none and nobody said that it is one. `taken` are ids of rules of other files.
pub(crate) fn read(
    system: &dyn System,
    file: &RuleFile,
    taken: &HashSet<String>,
) -> Result<Option<Read>, Error> {
    let path = &file.path;
    let text = system
        .read_text(path)
        .map_err(|error| Error::reading(path, &error))?;
    let refuse = |cause: String| {
        Error::usage(
            format!("{}: {cause}", path.display()),
            "`bartizan rules new ID` prints a template; foreign files must be those of Semgrep, gitleaks, betterleaks, \
             Kingfisher or Nosey Parker",
        )
    };
    if ForeignFile::is_one(&text) {
        let read = |place: &str| ForeignFile::read(&text, place).map_err(|error| refuse(error.to_string()));
        let mut code = read(&file.place)?;
        if code.ids().any(|id| taken.contains(id))
            && let Some(place) = file.place_by_name()
        {
            code = read(&place)?;
        }
        return Ok(Some(Read {
            code: Some(code),
            ..Read::default()
        }));
    }
    if text.lines().any(|line| line.starts_with("id: code/")) {
        return Ok(Some(Read {
            own: Some(code_rule(&text).map_err(refuse)?),
            ..Read::default()
        }));
    }
    let is_ours = |line: &str| line.starts_with(if file.is_named { "id:" } else { "id: leak/" });
    if text.lines().any(is_ours) {
        return match load::leak_rule(&text) {
            Ok(rule) => Ok(Some(Read {
                rules: vec![rule],
                ..Read::default()
            })),
            Err(error) => Err(refuse(error.to_string())),
        };
    }
    let imported = match foreign::read(&text) {
        // Many files of YAML have a list of rules and have nothing to do with these.
        Err(foreign::ForeignError::UnknownFormat | foreign::ForeignError::Syntax { .. })
            if !file.is_named =>
        {
            return Ok(None);
        }
        other => other.map_err(|error| refuse(error.to_string()))?,
    };
    let refused = imported
        .refused
        .into_iter()
        .map(|refused| (refused.rule, one_line(&refused.reason)))
        .collect();
    let caveats = imported.caveats.into_iter();
    Ok(Some(Read {
        rules: imported.rules,
        refused,
        caveats: caveats.map(|caveat| (caveat.rule, caveat.reason)).collect(),
        notes: imported.notes,
        ..Read::default()
    }))
}

/// A rule about source code in our own format, that runs.
fn code_rule(text: &str) -> Result<CodeRule, String> {
    let rule = bartizan_content::code::read(text).map_err(|error| error.to_string())?;
    match pattern_rule(&rule) {
        Ok(_) => Ok(rule),
        Err(refused) => Err(format!("the rule does not run: {}", refused.reason)),
    }
}

/// Models of libraries in files: each one file, or below a directory every YAML file. All of them must be right: what is not read is not known.
pub(crate) fn libraries(system: &dyn System, paths: &[PathBuf]) -> Result<Vec<Library>, Error> {
    let mut all = Vec::new();
    for path in paths {
        for file in files(path)?
            .into_iter()
            .filter(|file| file.is_named || is_yaml(&file.path))
        {
            let text = system
                .read_text(&file.path)
                .map_err(|error| Error::reading(&file.path, &error))?;
            all.push(bartizan_content::flow::read(&text).map_err(|error| {
                Error::usage(
                    format!("{}: {error}", file.path.display()),
                    "mend the model, or leave the file out of `code.models`",
                )
            })?);
        }
    }
    Ok(all)
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// A reason without the drawing that parsers of patterns add below it.
fn one_line(reason: &str) -> String {
    match (
        reason.split_once(": regex parse error:"),
        reason.rsplit_once("\nerror: "),
    ) {
        (Some((what, _)), Some((_, why))) => format!("{what}: {why}"),
        _ => reason.lines().map(str::trim).collect::<Vec<_>>().join(" "),
    }
}

/// A rule as a rule file. Strings are written as JSON writes them, which YAML reads
/// (<https://yaml.org/spec/1.2.2/#13-terminology>), or in single quotes where that is easier on the eye.
pub(crate) fn to_yaml(rule: &LeakRule) -> String {
    let mut text = String::from(
        "# Imported by `bartizan rules import`. Add examples, then try it with `bartizan rules test`.\n",
    );
    if let Ok(Value::Object(fields)) = serde_json::to_value(rule) {
        for (key, value) in &fields {
            if key == "examples" || !is_empty(value) {
                field(key, value, 0, &mut text);
            }
        }
    }
    text
}

/// Whether a value is what its field has anyway when it is left out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
    }
}

fn field(key: &str, value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push_str(&format!("{indent}{key}:\n"));
            for (key, value) in fields
                .iter()
                .filter(|(key, value)| !is_empty(value) || matches!(key.as_str(), "fire" | "quiet"))
            {
                field(key, value, depth + 1, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            text.push_str(&format!("{indent}{key}: [{}]\n", items.join(", ")));
        }
        other => text.push_str(&format!("{indent}{key}: {}\n", scalar(other))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\\') && !text.contains(|c: char| c.is_control()) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_written_as_yaml_reads_back_the_same() {
        let template = include_str!("commands/template.yaml");
        let mut rule = load::leak_rule(template).unwrap();
        rule.require.not = vec!["it's\\d".to_owned(), "line\nbreak".to_owned()];
        rule.examples = bartizan_content::leak::LeakExamples::default();
        assert_eq!(load::leak_rule(&to_yaml(&rule)).unwrap(), rule);
    }
}
