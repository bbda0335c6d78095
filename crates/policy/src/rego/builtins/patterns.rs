//! Regular expressions in the syntax of Go, with a bound on what a pattern compiles to.
//!
//! <https://pkg.go.dev/regexp>, <https://www.openpolicyagent.org/docs/policy-reference/builtins/regex>

use super::{Named, string, text};
use crate::limits;
use crate::regexes::{self, Refused};
use regex_automata::meta::Regex;
use regorus::Value;

pub(super) const ALL: &[Named] = &[
    ("re_match", 2, matches),
    ("regex.find_all_string_submatch_n", 3, submatches),
    ("regex.find_n", 3, find),
    ("regex.is_valid", 1, |given| {
        Some(Value::from(
            text(given, 0).is_some_and(|pattern| compiled(pattern).is_some()),
        ))
    }),
    ("regex.match", 2, matches),
    ("regex.replace", 3, replace),
    ("regex.split", 2, split),
];

fn compiled(pattern: &str) -> Option<Regex> {
    if !limits::make(pattern.len()) {
        return None;
    }
    let compiled = regexes::compiled(pattern);
    if matches!(compiled, Err(Refused::TooLarge)) {
        limits::not_known("what a pattern matches that compiles to more than 4 MiB");
    }
    compiled.ok()
}

fn matches(given: &[Value]) -> Option<Value> {
    Some(Value::from(compiled(text(given, 0)?)?.is_match(text(given, 1)?)))
}

fn find(given: &[Value]) -> Option<Value> {
    let (pattern, haystack) = (compiled(text(given, 0)?)?, text(given, 1)?);
    let most = usize::try_from(given.get(2)?.as_i64().ok()?).unwrap_or(usize::MAX);
    let mut all = Vec::new();
    for found in pattern.find_iter(haystack).take(most) {
        if !limits::make(found.len().saturating_add(64)) {
            return None;
        }
        all.push(string(haystack.get(found.range()).unwrap_or_default()));
    }
    Some(Value::from(all))
}

/// A pattern that matches nothing between two characters splits there, as in Go, but not at the beginning.
fn split(given: &[Value]) -> Option<Value> {
    let (pattern, haystack) = (compiled(text(given, 0)?)?, text(given, 1)?);
    let (mut all, mut at, mut last) = (Vec::new(), 0, haystack.len() + 1);
    for found in pattern.find_iter(haystack) {
        if !limits::make(64) {
            return None;
        }
        if found.end() == 0 {
            continue;
        }
        all.push(string(haystack.get(at..found.start()).unwrap_or_default()));
        (at, last) = (found.end(), found.end());
    }
    if at != haystack.len() || last != haystack.len() || !pattern.is_match("") {
        all.push(string(haystack.get(at..).unwrap_or_default()));
    }
    Some(Value::from(all))
}

/// `$1`, `${1}` and `${name}` in what is put there are groups.
fn replace(given: &[Value]) -> Option<Value> {
    let (haystack, pattern, by) = (text(given, 0)?, compiled(text(given, 1)?)?, text(given, 2)?);
    let (mut out, mut at) = (String::new(), 0);
    for captures in pattern.captures_iter(haystack) {
        let whole = captures.get_match()?;
        let before = out.len();
        out.push_str(haystack.get(at..whole.start()).unwrap_or_default());
        captures.interpolate_string_into(haystack, by, &mut out);
        if !limits::make(out.len() - before) {
            return None;
        }
        at = whole.end();
    }
    out.push_str(haystack.get(at..).unwrap_or_default());
    Some(string(out))
}

fn submatches(given: &[Value]) -> Option<Value> {
    let (pattern, haystack) = (compiled(text(given, 0)?)?, text(given, 1)?);
    let most = usize::try_from(given.get(2)?.as_i64().ok()?).unwrap_or(usize::MAX);
    let mut all = Vec::new();
    for captures in pattern.captures_iter(haystack).take(most) {
        let groups: Vec<Value> = (0..captures.group_len())
            .map(|index| {
                let span = captures.get_group(index);
                string(
                    span.and_then(|span| haystack.get(span.range()))
                        .unwrap_or_default(),
                )
            })
            .collect();
        if !limits::make(groups.len().saturating_mul(64)) {
            return None;
        }
        all.push(Value::from(groups));
    }
    Some(Value::from(all))
}
