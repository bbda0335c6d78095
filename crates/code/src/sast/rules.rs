//! Bartizan's own rules of static analysis, made ready for the engines that run them.
//!
//! In: rules as they are packed ([`bartizan_content::code`]). Out: rules of patterns as those of Semgrep, which one engine runs; rules of flow go
//! to [`super::library`].

use super::semgrep::{Refused, Rule, read};
use bartizan_content::CodeRule;
use serde_json::{Map, Value};

/// Keys of a rule that say what it looks for, and where.
const KEYS: [&str; 6] = [
    "pattern",
    "patterns",
    "pattern-either",
    "pattern-regex",
    "fix",
    "paths",
];

/// A rule of patterns; none for rules of flow.
///
/// # Errors
/// What of the rule no engine can run.
pub fn pattern_rule(rule: &CodeRule) -> Result<Option<Rule>, Refused> {
    if rule.flow.is_some() {
        return Ok(None);
    }
    let refused = |reason: String| Refused {
        rule: rule.id.clone(),
        reason,
    };
    let whole = serde_json::to_value(rule).map_err(|error| refused(error.to_string()))?;
    let mut object = Map::new();
    object.insert("id".to_owned(), Value::from(rule.id.as_str()));
    object.insert("message".to_owned(), Value::from(rule.message.as_str()));
    object.insert("severity".to_owned(), Value::from("WARNING"));
    object.insert("languages".to_owned(), Value::from(rule.languages.clone()));
    for key in KEYS {
        if let Some(value) = whole.get(key).filter(|value| !value.is_null()) {
            object.insert(key.to_owned(), without_nulls(value.clone()));
        }
    }
    let text = serde_json::json!({ "rules": [object] }).to_string();
    let mut file = read(&text).map_err(|error| refused(error.to_string()))?;
    match (file.rules.pop(), file.refused.pop()) {
        (Some(mut made), None) => {
            made.severity = rule.severity;
            made.cwe.clone_from(&rule.cwe);
            made.references.clone_from(&rule.references);
            Ok(Some(made))
        }
        (_, Some(reason)) => Err(reason),
        (None, None) => Err(refused("says nothing to look for".to_owned())),
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
