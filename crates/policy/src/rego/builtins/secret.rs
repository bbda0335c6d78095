//! Whether a text assigns something to what is named as a secret, as Trivy's checks of start-up scripts ask.

use super::{Named, string, text};
use regorus::Value;
use std::collections::BTreeMap;

pub(super) const ALL: &[Named] = &[("squealer.scan_string", 1, scan)];

/// Last words of names whose values are secret.
const NAMES: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "secretkey",
    "accesskey",
    "accesskeyid",
    "apikey",
    "token",
    "privatekey",
];

fn scan(given: &[Value]) -> Option<Value> {
    let found = text(given, 0)?.lines().find_map(assigned);
    let description = found.map_or_else(String::new, |name| format!("`{name}` is given a value"));
    Some(Value::from(BTreeMap::from([
        (string("transgressionFound"), Value::from(found.is_some())),
        (string("description"), string(description)),
    ])))
}

/// The name in a line that gives a secret a value of its own, not one that is looked up.
fn assigned(line: &str) -> Option<&str> {
    let at = line.find(['=', ':'])?;
    let (before, after) = (line.get(..at)?, line.get(at + 1..)?);
    let name = before
        .trim_end_matches(['"', '\'', ' ', '\t', '\\'])
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-' || c == '.'))
        .next()?;
    let plain: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let value = after.trim_start_matches(['"', '\'', ' ', '\t', '\\', '=', '>']);
    let length = value
        .find(|c: char| c.is_whitespace() || c == '"' || c == '\'')
        .unwrap_or(value.len());
    let own = length >= 8 && !value.starts_with(['$', '{', '<', '%', '(']);
    (own && NAMES.iter().any(|secret| plain.ends_with(secret))).then_some(name)
}
