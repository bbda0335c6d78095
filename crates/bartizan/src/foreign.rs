//! Rule files on disk: Bartizan's own and those of other tools.

use crate::error::Error;
use bartizan_content::{LeakRule, foreign, load};
use bartizan_engine::system::System;
use serde_json::Value;
use std::path::Path;

/// What a rule file gave.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The rules that run.
    pub(crate) rules: Vec<LeakRule>,
    /// Name in the file and reason of each rule that does not.
    pub(crate) refused: Vec<(String, String)>,
    /// Id and reason of each condition that a rule runs without.
    pub(crate) caveats: Vec<(String, String)>,
    /// What the file as a whole asks for and does not get.
    pub(crate) notes: Vec<String>,
}

/// Reads a rule file of any known kind.
pub(crate) fn read(system: &dyn System, file: &Path) -> Result<Read, Error> {
    let text = system
        .read_text(file)
        .map_err(|error| Error::reading(file, &error))?;
    let refuse = |cause: String| {
        Error::usage(
            format!("{}: {cause}", file.display()),
            "`bartizan rules new ID` prints a template; foreign files must be those of gitleaks, betterleaks, Kingfisher \
             or Nosey Parker",
        )
    };
    if text.lines().any(|line| line.starts_with("id:")) {
        return match load::leak_rule(&text) {
            Ok(rule) => Ok(Read {
                rules: vec![rule],
                ..Read::default()
            }),
            Err(error) => Err(refuse(error.to_string())),
        };
    }
    let imported = foreign::read(&text).map_err(|error| refuse(error.to_string()))?;
    let refused = imported
        .refused
        .into_iter()
        .map(|refused| (refused.rule, one_line(&refused.reason)))
        .collect();
    let caveats = imported.caveats.into_iter();
    Ok(Read {
        rules: imported.rules,
        refused,
        caveats: caveats.map(|caveat| (caveat.rule, caveat.reason)).collect(),
        notes: imported.notes,
    })
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
