//! Functions of Terraform over text: strings, conversions and regular expressions.

use super::super::value::{Reason, Val};
use super::{LONGEST, number, whole};

/// Longest regular expression that is understood, in bytes.
const LONGEST_PATTERN: usize = 1024;
/// Most matches of one.
const MOST_MATCHES: usize = 1024;

/// The value of a call whose arguments are known; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    conversion(name, args)
        .or_else(|| string(name, args))
        .or_else(|| cut(name, args))
        .or_else(|| matching(name, args))
}

fn conversion(name: &str, args: &[Val]) -> Option<Val> {
    let known = Reason {
        text: "".into(),
        refused: false,
    };
    Some(match (name, args) {
        ("tostring", [Val::Null]) | ("tonumber", [Val::Null]) | ("tobool", [Val::Null]) => Val::Null,
        ("tostring", [value]) => Val::Text(value.written()?),
        ("tonumber", [value]) => Val::Number(number(value)?),
        ("tobool", [Val::Bool(value)]) => Val::Bool(*value),
        ("tobool", [Val::Text(text)]) => Val::Bool(text.parse().ok()?),
        ("jsondecode", [Val::Text(text)]) => Val::from_json(&serde_json::from_str(text).ok()?, &known),
        ("yamldecode", [Val::Text(text)]) => super::yaml::decoded(text, &known)?,
        ("csvdecode", [Val::Text(text)]) => super::yaml::table(text)?,
        ("parseint", [Val::Text(text), base]) => parsed(text, whole(base)?)?,
        ("urlencode", [Val::Text(text)]) => {
            let mut out = String::new();
            for byte in text.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        out.push(char::from(byte))
                    }
                    b' ' => out.push('+'),
                    other => out.push_str(&format!("%{other:02X}")),
                }
            }
            Val::Text(out)
        }
        _ => return None,
    })
}

/// A whole number in a base up to 62, in which small letters come before large ones.
fn parsed(text: &str, base: usize) -> Option<Val> {
    if !(2..=62).contains(&base) {
        return None;
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut number = 0_f64;
    for one in digits.bytes() {
        let digit = match one {
            b'0'..=b'9' => one - b'0',
            b'a'..=b'z' => one - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => one - b'A' + 10,
            b'A'..=b'Z' => one - b'A' + 36,
            _ => return None,
        };
        if usize::from(digit) >= base {
            return None;
        }
        number = number * f64::from(u32::try_from(base).ok()?) + f64::from(digit);
    }
    if digits.is_empty() {
        return None;
    }
    if number >= 9e15 {
        return Some(Val::unknown("a number is too large to be followed"));
    }
    Some(Val::Number(if negative { -number } else { number }))
}

/// Functions of regular expressions. The syntax is that of RE2, which the engine here shares; what it does not take is not known.
fn matching(name: &str, args: &[Val]) -> Option<Val> {
    let ("regex" | "regexall", [Val::Text(pattern), Val::Text(text)]) = (name, args) else {
        return None;
    };
    // The engine sees bytes: of other texts it might take a letter apart.
    if pattern.len() > LONGEST_PATTERN || !pattern.is_ascii() || !text.is_ascii() {
        return Some(Val::unknown("a regular expression is not followed"));
    }
    let Ok(regex) = bartizan_content::load::compile_for_short_texts(pattern) else {
        return Some(Val::unknown("a regular expression is not understood"));
    };
    let mut all = Vec::new();
    for captures in regex.captures_iter(text.as_str()) {
        if all.len() >= MOST_MATCHES {
            return Some(too_many());
        }
        let group = |at: usize| {
            captures
                .get_group(at)
                .and_then(|span| text.get(span.start..span.end))
        };
        let value = |at: usize| group(at).map_or(Val::Null, Val::text);
        let pattern = captures.pattern()?;
        let names: Vec<Option<&str>> = captures.group_info().pattern_names(pattern).collect();
        // Groups with names make a map, groups without a list, and none the text.
        all.push(if names.len() <= 1 {
            value(0)
        } else if names.iter().any(Option::is_some) {
            let named = names.iter().enumerate();
            Val::map(named.filter_map(|(at, name)| Some(((*name)?.to_owned(), value(at)))))
        } else {
            Val::List((1..names.len()).map(value).collect())
        });
        if name == "regex" {
            break;
        }
    }
    match name {
        "regexall" => Some(Val::List(all)),
        _ => Some(
            all.pop()
                .unwrap_or_else(|| Val::refused("the regular expression matches nothing")),
        ),
    }
}

fn too_many() -> Val {
    Val::unknown(format!(
        "a regular expression matches more than {MOST_MATCHES} times"
    ))
}

/// What a regular expression matches is replaced by a text in which `$1`, `$name` and `${name}` stand for what its groups matched.
fn replaced(text: &str, pattern: &str, by: &str) -> Val {
    if pattern.len() > LONGEST_PATTERN || !pattern.is_ascii() || !text.is_ascii() {
        return Val::unknown("a regular expression is not followed");
    }
    let Ok(regex) = bartizan_content::load::compile_for_short_texts(pattern) else {
        return Val::unknown("a regular expression is not understood");
    };
    let mut out = String::new();
    let mut done = 0;
    for (count, captures) in regex.captures_iter(text).enumerate() {
        if count >= MOST_MATCHES {
            return too_many();
        }
        let Some(whole) = captures.get_group(0) else {
            continue;
        };
        out.push_str(text.get(done..whole.start).unwrap_or_default());
        done = whole.end;
        let mut rest = by;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let (name, after) = group_name(after);
            rest = after;
            let span = match name.parse() {
                Ok(at) => captures.get_group(at),
                Err(_) if name.is_empty() => None,
                Err(_) => captures.get_group_by_name(name),
            };
            out.push_str(
                span.and_then(|span| text.get(span.start..span.end))
                    .unwrap_or_default(),
            );
            if name.is_empty() {
                out.push('$');
                rest = rest.strip_prefix('$').unwrap_or(rest);
            }
        }
        out.push_str(rest);
        if out.len() > LONGEST {
            return Val::unknown("a text is too long to be followed");
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Val::Text(out)
}

/// The name after a `$`, in braces or as long as it can be, and what follows; empty where there is none.
fn group_name(text: &str) -> (&str, &str) {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    if let Some((name, after)) = text.strip_prefix('{').and_then(|text| text.split_once('}'))
        && !name.is_empty()
        && name.chars().all(is_part)
    {
        return (name, after);
    }
    let end = text.find(|one| !is_part(one)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or(("", text))
}

fn string(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("lower", [Val::Text(text)]) => Val::Text(text.to_lowercase()),
        ("upper", [Val::Text(text)]) => Val::Text(text.to_uppercase()),
        ("title", [Val::Text(text)]) => Val::Text(titled(text)),
        ("trimspace", [Val::Text(text)]) => Val::text(text.trim()),
        ("chomp", [Val::Text(text)]) => Val::text(text.trim_end_matches(['\r', '\n'])),
        ("trim", [Val::Text(text), Val::Text(set)]) => Val::text(text.trim_matches(|one| set.contains(one))),
        ("trimprefix", [Val::Text(text), Val::Text(head)]) => {
            Val::text(text.strip_prefix(head.as_str()).unwrap_or(text))
        }
        ("trimsuffix", [Val::Text(text), Val::Text(tail)]) => {
            Val::text(text.strip_suffix(tail.as_str()).unwrap_or(text))
        }
        ("startswith", [Val::Text(text), Val::Text(head)]) => Val::Bool(text.starts_with(head.as_str())),
        ("endswith", [Val::Text(text), Val::Text(tail)]) => Val::Bool(text.ends_with(tail.as_str())),
        ("strcontains", [Val::Text(text), Val::Text(part)]) => Val::Bool(text.contains(part.as_str())),
        ("replace", [Val::Text(text), Val::Text(from), Val::Text(to)]) => {
            match from.strip_prefix('/').and_then(|from| from.strip_suffix('/')) {
                Some(pattern) => replaced(text, pattern, to),
                None => bounded(text.replace(from.as_str(), to), text.len() * (to.len() + 1)),
            }
        }
        ("join", [Val::Text(by), lists @ ..]) => {
            let mut parts = Vec::new();
            for list in lists {
                let Val::List(items) = list else { return None };
                for item in items {
                    parts.push(item.written()?);
                }
            }
            let length: usize = parts.iter().map(|part| part.len() + by.len()).sum();
            if length > LONGEST {
                return Some(Val::unknown("a text is too long to be followed"));
            }
            Val::Text(parts.join(by))
        }
        ("split", [Val::Text(by), Val::Text(text)]) if by.is_empty() => {
            Val::List(text.chars().map(|one| Val::text(one.to_string())).collect())
        }
        ("split", [Val::Text(by), Val::Text(text)]) => {
            Val::List(text.split(by.as_str()).map(Val::text).collect())
        }
        ("indent", [spaces, Val::Text(text)]) => {
            let spaces = whole(spaces).filter(|spaces| *spaces < 256)?;
            let margin = format!("\n{}", " ".repeat(spaces));
            bounded(text.replace('\n', &margin), text.len() * (spaces + 2))
        }
        _ => return None,
    })
}

/// Functions that count letters as their readers do. Only those of ASCII are counted here.
fn cut(name: &str, args: &[Val]) -> Option<Val> {
    let ("strrev" | "substr" | "length", Some(Val::Text(text))) = (name, args.first()) else {
        return None;
    };
    if !text.is_ascii() {
        return Some(Val::unknown(format!(
            "`{name}()` counts only letters of ASCII here"
        )));
    }
    Some(match (name, args) {
        ("strrev", [_]) => Val::Text(text.chars().rev().collect()),
        ("length", [_]) => Val::Number(f64::from(u32::try_from(text.len()).ok()?)),
        ("substr", [_, from, length]) => {
            let whole_of = |value: &Val| number(value).filter(|one| one.fract() == 0.0 && one.abs() < 1e9);
            let (from, length) = (whole_of(from)?, whole_of(length)?);
            let letters = |number: f64| number.abs().to_string().parse::<usize>().ok();
            let start = if from < 0.0 {
                text.len().saturating_sub(letters(from)?)
            } else {
                letters(from)?.min(text.len())
            };
            let rest = text.get(start..)?;
            // Below zero it is the rest.
            let length = if length < 0.0 {
                rest.len()
            } else {
                letters(length)?.min(rest.len())
            };
            Val::text(rest.get(..length)?)
        }
        _ => return None,
    })
}

/// Every letter that follows none is large.
fn titled(text: &str) -> String {
    let is_part = |one: char| one == '_' || one.is_alphanumeric() || !(one.is_ascii() || one.is_whitespace());
    let mut out = String::new();
    let mut start = true;
    for one in text.chars() {
        if start {
            out.extend(one.to_uppercase());
        } else {
            out.push(one);
        }
        start = !is_part(one);
    }
    out
}

fn bounded(text: String, length: usize) -> Val {
    if length.min(text.len()) > LONGEST {
        return Val::unknown("a text is too long to be followed");
    }
    Val::Text(text)
}
