//! Regular expressions: what the engine's own set lacks.

use super::{Named, string, text};
use crate::limits;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regorus::Value;

pub(super) const ALL: &[Named] = &[("regex.find_all_string_submatch_n", 3, submatches)];

/// Bytes that a compiled pattern may take.
const COMPILED: usize = 4 << 20;

fn compiled(pattern: &str) -> Option<Regex> {
    if !limits::make(pattern.len()) {
        return None;
    }
    Regex::builder()
        .configure(
            Config::new()
                .nfa_size_limit(Some(COMPILED))
                .hybrid_cache_capacity(COMPILED),
        )
        .syntax(syntax::Config::new().nest_limit(100))
        .build(pattern)
        .ok()
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
