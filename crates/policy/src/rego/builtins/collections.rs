//! Functions over lists and objects that can make much out of little, or that fail in the engine.

use super::{Named, members, string, text};
use crate::limits;
use regorus::Value;

pub(super) const ALL: &[Named] = &[
    // Those that OPA has given up, and older policies call.
    ("all", 1, |given| {
        let all = members(given.first()?)?;
        Some(Value::from(
            all.into_iter().all(|one| matches!(one, Value::Bool(true))),
        ))
    }),
    ("any", 1, |given| {
        let all = members(given.first()?)?;
        Some(Value::from(
            all.into_iter().any(|one| matches!(one, Value::Bool(true))),
        ))
    }),
    ("array.concat", 2, concat_arrays),
    ("concat", 2, concat),
    ("numbers.range", 2, range),
    ("object.subset", 2, subset),
];

fn concat_arrays(given: &[Value]) -> Option<Value> {
    let (Value::Array(first), Value::Array(second)) = (given.first()?, given.get(1)?) else {
        return None;
    };
    let count = first.len().saturating_add(second.len());
    if !limits::make(count.saturating_mul(size_of::<Value>())) {
        return None;
    }
    Some(Value::from(
        first.iter().chain(second.iter()).cloned().collect::<Vec<_>>(),
    ))
}

fn concat(given: &[Value]) -> Option<Value> {
    let between = text(given, 0)?;
    let parts = members(given.get(1)?)?
        .into_iter()
        .map(|part| match part {
            Value::String(part) => Some(part.as_ref()),
            _ => None,
        })
        .collect::<Option<Vec<&str>>>()?;
    let bytes = parts.iter().fold(0_usize, |sum, part| {
        sum.saturating_add(part.len()).saturating_add(between.len())
    });
    limits::make(bytes).then(|| string(parts.join(between)))
}

fn range(given: &[Value]) -> Option<Value> {
    let first = given.first()?.as_i64().ok()?;
    let last = given.get(1)?.as_i64().ok()?;
    let count = usize::try_from(first.abs_diff(last)).ok()?.saturating_add(1);
    if !limits::make(count.saturating_mul(size_of::<Value>())) {
        return None;
    }
    let numbers: Vec<Value> = if first <= last {
        (first..=last).map(Value::from).collect()
    } else {
        (last..=first).rev().map(Value::from).collect()
    };
    Some(Value::from(numbers))
}

fn subset(given: &[Value]) -> Option<Value> {
    holds(given.first()?, given.get(1)?).map(Value::from)
}

/// Whether `small` is within `large`, as `object.subset` means it; none for types that it does not compare.
fn holds(large: &Value, small: &Value) -> Option<bool> {
    match (large, small) {
        (Value::Object(large), Value::Object(small)) => Some(small.iter().all(|(key, value)| {
            large
                .get(key)
                .is_some_and(|other| holds(other, value).unwrap_or(other == value))
        })),
        (Value::Set(large), Value::Set(small)) => Some(small.is_subset(large)),
        (Value::Array(large), Value::Array(small)) => {
            let (large, small) = (large.as_slice(), small.as_slice());
            Some(small.is_empty() || large.windows(small.len()).any(|window| window == small))
        }
        (Value::Array(large), Value::Set(small)) => {
            Some(small.iter().all(|value| large.iter().any(|other| other == value)))
        }
        _ => None,
    }
}
