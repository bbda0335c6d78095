//! JSON as values of CEL.
//!
//! In: JSON. Out: what expressions see. Whole numbers are `int`, as in Kubernetes, and `uint` only beyond its range.

use crate::Cause;
use cel::Value as Cel;
use cel::objects::{Key, Map};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const DEEPEST: usize = 64;
const MOST: usize = 200_000;

/// Whether a value is of a depth and size that may be given to expressions.
pub(super) fn within_limits(value: &Value) -> Result<(), Cause> {
    let mut todo = vec![(value, 1_usize)];
    let mut seen = 0_usize;
    while let Some((value, depth)) = todo.pop() {
        seen += 1;
        if depth > DEEPEST {
            return Err(limit("levels of the input", DEEPEST));
        }
        if seen + todo.len() > MOST {
            return Err(limit("nodes of the input", MOST));
        }
        match value {
            Value::Array(items) => todo.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => todo.extend(fields.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

fn limit(what: &'static str, limit: usize) -> Cause {
    Cause::Limit { what, limit }
}

/// The value as CEL has it. Recursive: bounded by [`within_limits`].
pub(super) fn value(json: &Value) -> Cel {
    match json {
        Value::Null => Cel::Null,
        Value::Bool(b) => Cel::Bool(*b),
        Value::String(s) => Cel::String(Arc::new(s.clone())),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => Cel::Int(i),
            (None, Some(u)) => Cel::UInt(u),
            (None, None) => n.as_f64().map_or(Cel::Null, Cel::Float),
        },
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(value).collect())),
        Value::Object(fields) => map(fields.iter().map(|(k, v)| (k.clone(), value(v)))),
    }
}

/// A map with keys of text.
pub(super) fn map(entries: impl Iterator<Item = (String, Cel)>) -> Cel {
    let map: HashMap<Key, Cel> = entries
        .map(|(key, value)| (Key::String(Arc::new(key)), value))
        .collect();
    Cel::Map(Map { map: Arc::new(map) })
}
