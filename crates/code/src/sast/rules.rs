//! Bartizan's own rules of static analysis, made ready for the engines that run them.
//!
//! In: rules as they are packed ([`bartizan_content::code`]). Out: rules of patterns as those of Semgrep, which one engine runs; rules of flow go
//! to [`super::library`].

use super::semgrep::{Refused, Rule, RuleFile, RuleFileError, read, read_proven};
use bartizan_content::CodeRule;
use serde_json::{Map, Value};

/// A rule of patterns; none for rules of flow.
///
/// # Errors
/// What of the rule no engine can run.
pub fn pattern_rule(rule: &CodeRule) -> Result<Option<Rule>, Refused> {
    made_by(read, rule)
}

/// [`pattern_rule`] of one that is known to run: of built-in rules by tests, of others because they were tried.
pub(super) fn proven_rule(rule: &CodeRule) -> Option<Rule> {
    made_by(read_proven, rule).ok().flatten()
}

fn made_by(
    read: fn(&str) -> Result<RuleFile, RuleFileError>,
    rule: &CodeRule,
) -> Result<Option<Rule>, Refused> {
    if rule.flow.is_some() {
        return Ok(None);
    }
    let refused = |reason: String| Refused {
        rule: rule.id.clone(),
        reason,
    };
    let object = described(rule).map_err(|error| refused(error.to_string()))?;
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

/// What a rule looks for, and where, in the words of Semgrep.
fn described(rule: &CodeRule) -> serde_json::Result<Value> {
    let described = [
        ("id", serde_json::to_value(&rule.id)?),
        ("message", serde_json::to_value(&rule.message)?),
        ("severity", Value::from("WARNING")),
        ("languages", serde_json::to_value(&rule.languages)?),
        ("pattern", serde_json::to_value(&rule.pattern)?),
        ("patterns", serde_json::to_value(&rule.patterns)?),
        ("pattern-either", serde_json::to_value(&rule.pattern_either)?),
        ("pattern-regex", serde_json::to_value(&rule.pattern_regex)?),
        ("fix", serde_json::to_value(&rule.fix)?),
        ("paths", serde_json::to_value(&rule.paths)?),
    ];
    let object: Map<String, Value> = described
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect();
    Ok(without_nulls(Value::Object(object)))
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
