//! Functions that policies call and that the engine lacks, or has in a form that is unsafe or impure.
//!
//! In: the engine. Out: the engine with functions beside its own; where both have a name, these are called. A function that cannot answer
//! is undefined, as in OPA without strict errors: <https://www.openpolicyagent.org/docs/policy-reference/builtins>.

mod collections;
mod encoding;
mod format;
mod image;
mod net;
mod patterns;
mod secret;
mod shell;
mod trivy;

use super::Surroundings;
use super::rewrite::CASE;
use crate::limits;
use regorus::{Engine, Value};

/// A function: its arguments in, a value out; none where it is undefined.
type Function = fn(&[Value]) -> Option<Value>;

/// A name, how many arguments it takes, and what it does.
type Named = (&'static str, u8, Function);

/// What tests with cases call, once it was written into them.
const CASES: &[Named] = &[(CASE, 1, |given| {
    let Value::Array(names) = given.first()? else {
        return None;
    };
    limits::met(names.iter().map(plain).collect()).then(|| Value::from(true))
})];

/// A text as it is, everything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

pub(crate) fn register(engine: &mut Engine, surroundings: Surroundings) -> Result<(), String> {
    let families = [
        collections::ALL,
        encoding::ALL,
        format::ALL,
        image::ALL,
        net::ALL,
        patterns::ALL,
        secret::ALL,
        shell::ALL,
        trivy::ALL,
        CASES,
    ];
    for &(name, arguments, function) in families.into_iter().flatten() {
        engine
            .add_extension(
                name.to_owned(),
                arguments,
                Box::new(move |given: Vec<Value>| Ok(function(&given).unwrap_or(Value::Undefined))),
            )
            .map_err(|error| error.to_string())?;
    }
    let now = surroundings.now_ns;
    engine
        .add_extension(
            "time.now_ns".to_owned(),
            0,
            Box::new(move |_: Vec<Value>| {
                Ok(now.map_or_else(
                    || {
                        limits::not_known("what time it is");
                        Value::Undefined
                    },
                    Value::from,
                ))
            }),
        )
        .map_err(|error| error.to_string())
}

/// Whether a value is within a number of values and a depth. The engine shares parts between values, so that few bytes can mean many values.
pub(crate) fn within(value: &Value, left: &mut usize, depth: usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    if depth == 0 {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().all(|item| within(item, left, depth - 1)),
        Value::Set(items) => items.iter().all(|item| within(item, left, depth - 1)),
        Value::Object(map) => map
            .iter()
            .all(|(key, item)| within(key, left, depth - 1) && within(item, left, depth - 1)),
        _ => true,
    }
}

fn text(arguments: &[Value], index: usize) -> Option<&str> {
    match arguments.get(index)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn string(text: impl AsRef<str>) -> Value {
    Value::String(text.as_ref().into())
}

/// The members of an array or a set.
fn members(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Set(items) => Some(items.iter().collect()),
        _ => None,
    }
}
