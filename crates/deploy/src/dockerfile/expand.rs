//! What a word of a Dockerfile becomes: quotes taken off, variables filled in.
//!
//! In: a word as it is written, and the variables that are known. Out: text, or the name of the variable that is not known.
//!
//! Source: <https://docs.docker.com/reference/dockerfile/#environment-replacement>.

use std::collections::BTreeMap;

/// Longest text that a word may become; what would be longer is unknown.
const LONGEST: usize = 16 << 10;
/// Most levels of `${a:-${b}}`.
const DEEPEST: usize = 8;

/// The variables at a place of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// By name; none for one whose value the file does not tell.
    pub(super) values: BTreeMap<String, Option<String>>,
    /// Whether others may be set that the file does not name: by the image that a stage begins from.
    pub(super) is_open: bool,
}

/// Why a word has no value: the variable that is not known.
pub(super) type Unknown = String;

/// The value of a word.
pub(super) fn expand(word: &str, scope: &Scope, escape: char) -> Result<String, Unknown> {
    let mut out = String::new();
    expand_at(word, scope, escape, 0, &mut out)?;
    Ok(out)
}

fn expand_at(word: &str, scope: &Scope, escape: char, depth: usize, out: &mut String) -> Result<(), Unknown> {
    let mut rest = word;
    let mut quote = None;
    while let Some(one) = rest.chars().next() {
        if out.len() > LONGEST {
            return Err("a value that is too long".to_owned());
        }
        let after = rest.get(one.len_utf8()..).unwrap_or_default();
        rest = match quote {
            Some(open) if one == open => {
                quote = None;
                after
            }
            Some('\'') => kept(one, after, out),
            _ if one == escape => {
                let next = after.chars().next();
                out.extend(next);
                after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default()
            }
            None if one == '"' || one == '\'' => {
                quote = Some(one);
                after
            }
            _ if one == '$' => variable(after, scope, escape, depth, out)?,
            _ => kept(one, after, out),
        };
    }
    Ok(())
}

fn kept<'w>(one: char, after: &'w str, out: &mut String) -> &'w str {
    out.push(one);
    after
}

/// What follows a `$`; gives what is left behind it.
fn variable<'w>(
    text: &'w str,
    scope: &Scope,
    escape: char,
    depth: usize,
    out: &mut String,
) -> Result<&'w str, Unknown> {
    let name_of = |text: &'w str| {
        let end = text
            .find(|one: char| !one.is_ascii_alphanumeric() && one != '_')
            .unwrap_or(text.len());
        text.split_at(end)
    };
    let Some(braced) = text.strip_prefix('{') else {
        let (name, rest) = name_of(text);
        if name.is_empty() {
            out.push('$');
        } else {
            out.push_str(value(name, scope)?.unwrap_or_default());
        }
        return Ok(rest);
    };
    let (inside, rest) = braces(braced);
    let (name, modifier) = name_of(inside);
    let (sign, word) = sign_of(modifier);
    let set = value(name, scope)?;
    let is_used = |value: &&str| !sign.starts_with(':') || !value.is_empty();
    let fallback = |out: &mut String| {
        if depth >= DEEPEST {
            return Err(name.to_owned());
        }
        expand_at(word, scope, escape, depth + 1, out)
    };
    match (sign, set.filter(is_used)) {
        ("" | "-" | ":-" | "?" | ":?", Some(value)) => out.push_str(value),
        ("" | "+" | ":+", None) => {}
        ("-" | ":-", None) | ("+" | ":+", Some(_)) => fallback(out)?,
        // `${name?why}` without a value stops the build; patterns (`#`, `%`, `/`) are left to it.
        _ => return Err(name.to_owned()),
    }
    Ok(rest)
}

/// What says how a variable is used (`-`, `:+`, …), and the word that it is used with.
fn sign_of(modifier: &str) -> (&str, &str) {
    let colon = usize::from(modifier.starts_with(':'));
    let length: usize = modifier.chars().take(colon + 1).map(char::len_utf8).sum();
    modifier.split_at(length)
}

/// What stands up to the closing brace, and what follows it.
fn braces(text: &str) -> (&str, &str) {
    let mut open = 0_usize;
    for (at, one) in text.char_indices() {
        match one {
            '{' => open += 1,
            '}' if open == 0 => {
                let rest = text.get(at + 1..).unwrap_or_default();
                return (text.get(..at).unwrap_or_default(), rest);
            }
            '}' => open -= 1,
            _ => {}
        }
    }
    (text, "")
}

/// The value of a name: none where it is not set.
fn value<'s>(name: &str, scope: &'s Scope) -> Result<Option<&'s str>, Unknown> {
    match scope.values.get(name) {
        Some(Some(value)) => Ok(Some(value)),
        Some(None) => Err(name.to_owned()),
        None if scope.is_open => Err(name.to_owned()),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let known = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        Scope {
            values: BTreeMap::from([known("a", "1"), known("empty", ""), ("given".to_owned(), None)]),
            is_open: false,
        }
    }

    #[test]
    fn variables_are_filled_in_as_the_builder_does() {
        for (word, value) in [
            ("x$a-${a}y", "x1-1y"),
            ("'$a'", "$a"),
            ("\"$a b\"", "1 b"),
            ("\\$a", "$a"),
            ("${none:-x}", "x"),
            ("${none-x}", "x"),
            ("${empty-x}", ""),
            ("${empty:-${a}}", "1"),
            ("${a:+y}", "y"),
            ("${none:+y}", ""),
            ("${empty:+y}", ""),
            ("${a:?no}", "1"),
            ("$none.", "."),
            ("$", "$"),
        ] {
            assert_eq!(expand(word, &scope(), '\\').as_deref(), Ok(value), "{word}");
        }
    }

    #[test]
    fn what_is_given_from_outside_is_unknown() {
        for word in [
            "$given",
            "${given:-x}",
            "a/${given}",
            "${none:?no}",
            "${a%1}",
            "${a:é}",
            "${aé}",
            "${a:",
        ] {
            assert!(expand(word, &scope(), '\\').is_err(), "{word}");
        }
        let open = Scope {
            is_open: true,
            ..scope()
        };
        assert!(expand("$none", &open, '\\').is_err());
    }

    #[test]
    fn values_do_not_grow_without_bound() {
        let mut scope = scope();
        for _ in 0..64 {
            let next = expand("$a$a", &scope, '\\').ok();
            scope.values.insert("a".to_owned(), next);
        }
        assert_eq!(scope.values["a"], None);
        let deep = "${n:-".repeat(10_000);
        assert!(expand(&deep, &scope, '\\').is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_word_is_read(word in "[aé${}:+?\"'\\\\-]{0,60}") {
            let _ = expand(&word, &scope(), '\\');
        }
    }
}
