//! The digests by which lock files of Composer and poetry know the manifest that they were made from.
//!
//! In: a manifest. Out: what `content-hash` in its lock file is. Each is a digest of the parts that matter, written as JSON the
//! way PHP and Python write it by default. What the two write in ways of their own (fractions, dates, keys that PHP takes for
//! numbers) gives no digest, so that nothing is said of it.
//!
//! - Composer: `Locker::getContentHash` of <https://github.com/composer/composer/blob/main/src/Composer/Package/Locker.php>
//! - poetry: `Locker._get_content_hash` of <https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py>

use super::json::{Json, Value as Written};
use crate::catalog::form::table::Table;
use bartizan_model::encoding::hex;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};
use sha2::Sha256;
use std::fmt::Write as _;

/// Parts of composer.json that matter, besides `config.platform`, in order.
const COMPOSER: [&str; 11] = [
    "conflict",
    "extra",
    "minimum-stability",
    "name",
    "prefer-stable",
    "provide",
    "replace",
    "repositories",
    "require",
    "require-dev",
    "version",
];
/// Parts of `tool.poetry` that matter; those that are absent count as none.
const POETRY: [&str; 4] = ["dependencies", "source", "extras", "dev-dependencies"];
/// Parts of `project` that matter to poetry 2.
const PROJECT: [&str; 3] = ["requires-python", "dependencies", "optional-dependencies"];

/// The `content-hash` of a composer.json.
pub(crate) fn composer(manifest: &Json<'_>) -> Option<String> {
    let mut out = String::from("{");
    let platform = manifest.get("config").and_then(|config| config.get("platform"));
    if let Some(platform) = platform.filter(|platform| platform.value != Written::Word("null")) {
        out.push_str("\"config\":{\"platform\":");
        php(platform, &mut out)?;
        out.push('}');
    }
    for key in COMPOSER {
        let Some(value) = manifest.get(key) else { continue };
        separate(&mut out, ",");
        let _ = write!(out, "\"{key}\":");
        php(value, &mut out)?;
    }
    out.push('}');
    // Where nothing matters, PHP has an empty list.
    let text = if out == "{}" { "[]" } else { out.as_str() };
    Some(hex(&Md5::digest(text.as_bytes())))
}

/// Every `content-hash` that a version of poetry gives a pyproject.toml: of poetry 1, of 2.0, and since that dependency groups
/// are taken notice of.
pub(crate) fn poetry(project: Table<'_>) -> Vec<String> {
    let settings = project.table("tool").and_then(|tool| tool.table("poetry"));
    let of = |table: Option<Table<'_>>, keys: &[&str]| -> Option<Map<String, Value>> {
        let mut part = Map::new();
        for key in keys {
            if let Some(value) = table.filter(|table| table.has(key)) {
                part.insert((*key).to_owned(), value.json(key)?);
            }
        }
        Some(part)
    };
    let all = || {
        let own = of(settings, &[&POETRY[..], &["group"]].concat())?;
        let mut old = own.clone();
        for key in POETRY {
            old.entry(key).or_insert(Value::Null);
        }
        let standard = of(project.table("project"), &PROJECT)?;
        let groups = of(Some(project), &["dependency-groups"])?;
        let has_groups = groups
            .values()
            .any(|one| one.as_object().is_some_and(|one| !one.is_empty()));
        let mut contents = vec![old];
        for groups in [Map::new(), if has_groups { groups } else { Map::new() }] {
            if standard.is_empty() && groups.is_empty() {
                continue;
            }
            let mut content = groups;
            if !standard.is_empty() {
                content.insert("project".to_owned(), Value::Object(standard.clone()));
            }
            let tool = Map::from_iter([("poetry".to_owned(), Value::Object(own.clone()))]);
            content.insert("tool".to_owned(), Value::Object(tool));
            contents.push(content);
        }
        contents
            .into_iter()
            .map(|content| {
                let mut out = String::new();
                python(&Value::Object(content), &mut out);
                Some(hex(&Sha256::digest(out.as_bytes())))
            })
            .collect::<Option<Vec<String>>>()
    };
    all().unwrap_or_default()
}

/// Puts a separator where something stands before.
fn separate(out: &mut String, separator: &str) {
    if !out.ends_with(['{', '[']) {
        out.push_str(separator);
    }
}

/// As `json_encode` writes it.
fn php(json: &Json<'_>, out: &mut String) -> Option<()> {
    match &json.value {
        Written::Text(text) => quoted(text, true, out),
        Written::Word(word) => {
            let digits = word.strip_prefix('-').unwrap_or(word);
            let whole =
                digits.len() < 19 && digits.bytes().all(|byte| byte.is_ascii_digit()) && *word != "-0";
            if !whole && !matches!(*word, "true" | "false" | "null") {
                return None;
            }
            out.push_str(word);
        }
        Written::Array(items) => {
            out.push('[');
            for item in items {
                separate(out, ",");
                php(item, out)?;
            }
            out.push(']');
        }
        // An object without members is an array like any other to PHP.
        Written::Object(members) if members.is_empty() => out.push_str("[]"),
        Written::Object(members) => {
            out.push('{');
            for (at, member) in members.iter().enumerate() {
                let is_number = member
                    .key
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'-');
                if is_number || members.iter().skip(at + 1).any(|other| other.key == member.key) {
                    return None;
                }
                separate(out, ",");
                quoted(&member.key, true, out);
                out.push(':');
                php(&member.json, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

/// As `json.dumps` of Python writes it, with its keys sorted.
fn python(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => quoted(text, false, out),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                separate(out, ", ");
                python(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                separate(out, ", ");
                quoted(key, false, out);
                out.push_str(": ");
                python(value, out);
            }
            out.push('}');
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// A text in quotes, everything but ASCII escaped. Python escapes the last character of ASCII too, PHP the slash.
fn quoted(text: &str, php: bool, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if php => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(letter),
            '\u{7f}' if php => out.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::form::table;
    use crate::tampering::form::json;

    fn of_poetry(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        table::read(text, "project", |project| found = poetry(project)).unwrap();
        found
    }

    #[test]
    fn composer_writes_the_same_digest() {
        // Composer 2.5.5.
        let text = r#"{
            "name": "acme/shop", "description": "Läden / shops", "type": "project", "require": {}, "require-dev": {},
            "extra": { "note": "Läden / \"shops\" €\u0001😀\u007f", "list": [1, -2, true, null, []], "b": {}, "a": { "z": false } },
            "repositories": [{ "packagist.org": false }],
            "minimum-stability": "dev", "prefer-stable": true,
            "config": { "platform": { "php": "8.2.0" }, "sort-packages": true }
        }"#;
        let digest = composer(&json::read(text).unwrap());
        assert_eq!(digest.as_deref(), Some("e2d66b1ba5188f0f5d0225ca121994a5"));
    }

    #[test]
    fn what_composer_leaves_out_changes_nothing_and_what_it_counts_does() {
        let digest = |text: &str| composer(&json::read(text).unwrap()).unwrap();
        let plain = digest(r#"{"require":{"a/b":"^1"}}"#);
        assert_eq!(
            digest(r#"{"description":"x","require":{"a/b":"^1"},"scripts":{}}"#),
            plain
        );
        assert_ne!(digest(r#"{"require":{"a/b":"^2"}}"#), plain);
    }

    #[test]
    fn what_php_writes_in_a_way_of_its_own_gives_no_digest() {
        for extra in [
            "1.0",
            "1e3",
            "{\"0\":1}",
            "{\"a\":1,\"a\":2}",
            "99999999999999999999",
        ] {
            let text = format!("{{\"extra\":{extra}}}");
            assert_eq!(composer(&json::read(&text).unwrap()), None, "{extra}");
        }
    }

    #[test]
    fn poetry_1_writes_one_of_the_digests() {
        // Poetry 1.8.5 and 2.5.1.
        let text = r#"
            [tool.poetry]
            name = "shop"
            version = "1.0.0"
            description = "Läden"
            authors = []
            package-mode = false
            [tool.poetry.dependencies]
            python = "^3.9"
            [tool.poetry.extras]
            "läden" = []
            [tool.poetry.group.dev]
            optional = true
            [tool.poetry.group.dev.dependencies]
        "#;
        let digest = "7bd364cfdf0216bf265baaa87625e9d0ce1bb572cdd90380821706ecb4b3fbe1";
        assert_eq!(of_poetry(text), [digest]);
    }

    #[test]
    fn poetry_2_writes_one_of_the_digests() {
        // Poetry 2.5.1.
        let text = r#"
            [project]
            name = "shop"
            version = "1.0.0"
            requires-python = ">=3.9"
            dependencies = []
            [project.optional-dependencies]
            fast = []
            [dependency-groups]
            dev = []
            [tool.poetry]
            package-mode = false
        "#;
        let digest = "932cabffe05224fa4a53ab9c4416046eb0418f8b019bf1b4d51af8b865c83970";
        let found = of_poetry(text);
        assert!(found.iter().any(|one| one == digest), "{found:?}");
    }

    #[test]
    fn dates_and_fractions_give_no_digest() {
        assert_eq!(of_poetry("[tool.poetry.extras]\na = 1.5"), Vec::<String>::new());
        assert_eq!(
            of_poetry("[tool.poetry.extras]\na = 2024-01-01"),
            Vec::<String>::new()
        );
    }
}
