//! Settings that switch security on or off: variables, arguments and entries of configuration whose names say so.

use super::facts::{Fact, Facts, add};
use crate::kube::Object;
use bartizan_document::{Node, Span, Value};
use bartizan_model::Severity;

/// Words of names whose being on allows more.
const LOOSENS: [&str; 14] = [
    "ALLOW",
    "ANONYMOUS",
    "BYPASS",
    "DEBUG",
    "DEBUGGER",
    "DISABLE",
    "DISABLED",
    "IGNORE",
    "INSECURE",
    "NO",
    "PLAINTEXT",
    "PPROF",
    "PROFILING",
    "SKIP",
];
/// Words of names whose being on protects.
const PROTECTS: [&str; 21] = [
    "AUDIT",
    "AUTH",
    "AUTHENTICATION",
    "AUTHORIZATION",
    "CORS",
    "CSP",
    "CSRF",
    "ENCRYPT",
    "ENCRYPTION",
    "HSTS",
    "HTTPS",
    "MFA",
    "MTLS",
    "RATELIMIT",
    "RBAC",
    "SANDBOX",
    "SECURE",
    "SIGNATURE",
    "SSL",
    "TLS",
    "VERIFY",
];
/// Words of names that are no switch but say how much is logged or checked.
const MODES: [&str; 5] = ["SSLMODE", "APP_ENV", "NODE_ENV", "RAILS_ENV", "FLASK_ENV"];

/// Facts of the entries of a configuration.
pub(super) fn config_map(object: &Object, facts: &mut Facts) {
    for entry in object.root.get("data").map_or(&[][..], Node::entries) {
        if let Some(fact) = of("entry", &entry.key, &entry.value) {
            add(facts, fact);
        }
    }
}

/// The fact that a setting is, where its name is one that switches security.
pub(super) fn of(kind: &str, name: &str, value: &Node) -> Option<Fact> {
    let text = match &value.value {
        Value::Text(text) => text.to_string(),
        Value::Bool(_) | Value::Int(_) => value.to_json().to_string(),
        _ => return None,
    };
    fact(kind, name, &text, value.span)
}

/// The fact that an argument `--name=value` is.
pub(super) fn argument(kind: &str, argument: &str, at: Span) -> Option<Fact> {
    let inner = argument.strip_prefix('-')?.trim_start_matches('-');
    let (name, value) = inner.split_once('=').unwrap_or((inner, "true"));
    fact(&format!("{kind} argument"), name, value, at)
}

fn fact(kind: &str, name: &str, value: &str, at: Span) -> Option<Fact> {
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let what = format!("{kind} `{name}`");
    let fact = |lax: u8, absent: (u8, &'static str), value: String, differs| Fact {
        area: "settings",
        what,
        value,
        lax,
        absent,
        severity: Severity::High,
        differs,
        at,
    };
    if MODES.iter().any(|mode| upper.ends_with(mode)) {
        let lower = value.to_ascii_lowercase();
        let lax = match lower.as_str() {
            "disable" | "allow" | "development" | "dev" | "debug" => 2,
            "prefer" | "test" => 1,
            _ => 0,
        };
        return Some(fact(lax, (0, "absent"), lower, Some(Severity::Low)));
    }
    let words: Vec<&str> = upper.split('_').collect();
    let loosens = words.iter().filter(|word| LOOSENS.contains(word)).count();
    let protects = words.iter().any(|word| PROTECTS.contains(word));
    if loosens == 0 && !protects {
        return None;
    }
    let on = switched(value)?;
    // Twice loosened is protected: `DISABLE_DEBUG`, though `SKIP_INSECURE` says as much as either.
    let loosens = loosens == 1 || (loosens > 1 && protects);
    let lax = u8::from(on == loosens);
    // What loosens is off where it is not named; whether what protects is on then, nobody knows.
    let absent = if loosens { 0 } else { 1 - lax };
    Some(fact(
        lax,
        (absent, "absent"),
        if on { "on" } else { "off" }.to_owned(),
        None,
    ))
}

fn switched(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" | "y" | "enabled" | "enable" => Some(true),
        "false" | "0" | "off" | "no" | "n" | "disabled" | "disable" | "none" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_switch_security_are_known_by_their_names() {
        let lax =
            |name: &str, value: &str| fact("variable", name, value, Span::default()).map(|fact| fact.lax);
        assert_eq!(lax("DEBUG", "true"), Some(1));
        assert_eq!(lax("APP_DEBUG", "0"), Some(0));
        assert_eq!(lax("TLS_VERIFY", "false"), Some(1));
        assert_eq!(lax("INSECURE_SKIP_TLS_VERIFY", "true"), Some(1));
        assert_eq!(lax("DISABLE_DEBUG", "true"), Some(0));
        assert_eq!(lax("PGSSLMODE", "disable"), Some(2));
        assert_eq!(lax("AUTH_URL", "https://example.com"), None);
        assert_eq!(lax("COLOUR", "true"), None);
    }
}
