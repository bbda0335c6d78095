//! Which objects a policy is about: labels, patterns of names, and the request that an object makes when it is created.
//!
//! In: objects as JSON. Out: yes or no, or an operator that is not known.
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>, <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>

use crate::Cause;
use serde_json::{Value, json};

/// What would be asked of admission if an object were created: the part of a request that policies read. An `AdmissionReview` gives its own.
#[must_use]
pub fn request(object: &Value) -> Value {
    if object.get("kind").and_then(Value::as_str) == Some("AdmissionReview") {
        return object.get("request").cloned().unwrap_or(Value::Null);
    }
    let (group, version) = match text(object, "/apiVersion").split_once('/') {
        Some((group, version)) => (group, version),
        None => ("", text(object, "/apiVersion")),
    };
    let kind = text(object, "/kind");
    json!({
        "kind": { "group": group, "version": version, "kind": kind },
        "resource": { "group": group, "version": version, "resource": plural(kind) },
        "name": text(object, "/metadata/name"),
        "namespace": text(object, "/metadata/namespace"),
        "operation": "CREATE",
        "object": object,
    })
}

/// What a resource of a kind is called, by the rule that Kubernetes' own tools guess by.
fn plural(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    let vowel_before_y = |stem: &str| stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    if lower == "endpoints" || lower.is_empty() {
        return lower;
    }
    match lower.strip_suffix('y') {
        Some(stem) if !vowel_before_y(stem) => format!("{stem}ies"),
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") || lower.ends_with("sh") => {
            format!("{lower}es")
        }
        _ => format!("{lower}s"),
    }
}

pub(crate) fn text<'a>(object: &'a Value, way: &str) -> &'a str {
    object.pointer(way).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a label selector selects an object.
pub(crate) fn selects(selector: &Value, object: &Value) -> Result<bool, Cause> {
    let label = |key: &str| object.pointer("/metadata/labels").and_then(|l| l.get(key));
    let equal = selector.get("matchLabels").and_then(Value::as_object);
    if !equal
        .into_iter()
        .flatten()
        .all(|(key, value)| label(key) == Some(value))
    {
        return Ok(false);
    }
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    for expression in expressions.into_iter().flatten() {
        let found = label(text(expression, "/key"));
        let among = found.is_some_and(|found| {
            expression
                .get("values")
                .and_then(Value::as_array)
                .is_some_and(|v| v.contains(found))
        });
        let holds = match expression.get("operator").and_then(Value::as_str) {
            Some("In") => among,
            Some("NotIn") => !among,
            Some("Exists") => found.is_some(),
            Some("DoesNotExist") => found.is_none(),
            other => {
                return Err(Cause::Unreadable(format!(
                    "a selector has the operator {other:?}"
                )));
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a name is of a pattern, where `*` is any text and `?` any character.
pub(crate) fn wild(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stood, and how far what it stands for reaches.
    let mut star = None;
    while let Some(now) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || c == now => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, reached)) => {
                    star = Some((at, reached + 1));
                    p = at + 1;
                    n = reached + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::{plural, wild};

    #[test]
    fn a_star_is_any_text_and_a_question_mark_any_character() {
        for (pattern, name, same) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("*b*", "abc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abc", true),
            ("", "a", false),
        ] {
            assert_eq!(wild(pattern, name), same, "{pattern} {name}");
        }
    }

    #[test]
    fn a_kind_has_the_resource_that_the_api_server_gives_it() {
        for (kind, resource) in [
            ("Pod", "pods"),
            ("NetworkPolicy", "networkpolicies"),
            ("Ingress", "ingresses"),
            ("Endpoints", "endpoints"),
            ("Gateway", "gateways"),
            ("StorageClass", "storageclasses"),
        ] {
            assert_eq!(plural(kind), resource);
        }
    }
}
