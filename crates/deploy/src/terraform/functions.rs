//! Functions of Terraform that depend on nothing but their arguments.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/functions>. Functions that read files, the clock or chance are unknown.

use super::text_functions;
use super::value::{Map, Val, equal, every, some};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most items that one function makes.
const MOST_ITEMS: f64 = 4096.0;

/// A number, or text that is one.
pub(crate) fn number(value: &Val) -> Option<f64> {
    match value {
        Val::Number(number) => Some(*number),
        Val::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A whole number from 0.
pub(crate) fn whole(value: &Val) -> Option<usize> {
    let number = number(value)?;
    if number < 0.0 || number.fract() != 0.0 || number > 1e9 {
        return None;
    }
    number.to_string().parse().ok()
}

/// The value of a call.
pub(crate) fn call(name: &str, args: &[Val], loose: bool) -> Val {
    if let Some(value) = of_unknown(name, args, loose) {
        return value;
    }
    if let Some(reason) = args.iter().find_map(Val::doubt) {
        return Val::Unknown(reason.clone());
    }
    let value = numeric(name, args)
        .or_else(|| collection(name, args))
        .or_else(|| text_functions::call(name, args));
    match value {
        Some(value) => value,
        None if is_known(name) => Val::refused(format!("`{name}` does not take such values")),
        None => Val::unknown(format!("`{name}()` is not evaluated")),
    }
}

fn is_known(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "abs",
        "ceil",
        "floor",
        "max",
        "min",
        "range",
        "sum",
        "element",
        "index",
        "zipmap",
        "lower",
        "upper",
        "join",
        "split",
        "replace",
        "substr",
        "format",
        "cidrsubnet",
        "tonumber",
        "tobool",
        "jsondecode",
        "setunion",
        "one",
    ];
    NAMES.contains(&name)
}

/// Functions whose value can be known although an argument is not.
fn of_unknown(name: &str, args: &[Val], loose: bool) -> Option<Val> {
    let first = args.first();
    Some(match (name, first) {
        ("try", _) => tried(args),
        ("can", Some(Val::Unknown(reason))) if reason.refused => Val::Bool(false),
        ("can", Some(Val::Unknown(reason))) => Val::Unknown(reason.clone()),
        ("can", Some(_)) => Val::Bool(true),
        ("coalesce", _) => coalesce(args),
        ("sensitive" | "nonsensitive" | "ephemeralasnull" | "tolist" | "tomap", Some(value)) => value.clone(),
        ("toset", Some(Val::List(items))) => Val::List(distinct(items)),
        ("toset", Some(value)) => value.clone(),
        ("anytrue", Some(Val::List(items))) => some(items.iter().cloned()),
        ("alltrue", Some(Val::List(items))) => every(items.iter().cloned()),
        ("contains", Some(Val::List(items))) => {
            let wanted = args.get(1)?;
            some(items.iter().map(|item| equal(item, wanted, loose)))
        }
        ("contains", Some(Val::Null)) if loose => Val::Bool(false),
        ("length", Some(Val::Null)) if loose => Val::Number(0.0),
        ("length", Some(Val::List(items))) if items.iter().all(|item| !matches!(item, Val::Unknown(_))) => {
            count(items.len())
        }
        ("length", Some(Val::Map(map))) => count(map.entries.len()),
        ("jsonencode", Some(value)) => encoded(value),
        ("jsondecode", Some(Val::Partial(text, reason))) => match serde_json::from_str(text) {
            Ok(json) => Val::from_json(&json, reason),
            Err(_) => Val::Unknown(reason.clone()),
        },
        ("concat", _) if lists(args).is_some() => {
            Val::List(lists(args)?.into_iter().flatten().cloned().collect())
        }
        ("merge", _) => return merged(args),
        ("lookup", Some(Val::Map(map))) => match map.entries.get(args.get(1)?.as_text()?) {
            Some(value) => value.clone(),
            None => args
                .get(2)
                .cloned()
                .unwrap_or_else(|| Val::refused("there is no such key")),
        },
        ("keys", Some(Val::Map(map))) => Val::List(map.entries.keys().map(Val::text).collect()),
        ("values", Some(Val::Map(map))) => Val::List(map.entries.values().cloned().collect()),
        ("flatten", Some(Val::List(items))) => flattened(items, 0)?,
        ("element", Some(Val::List(items))) => {
            let at = whole(args.get(1)?)?;
            items.get(at.checked_rem(items.len())?)?.clone()
        }
        ("one", Some(Val::List(items))) => match items.as_slice() {
            [] => Val::Null,
            [one] => one.clone(),
            _ => return None,
        },
        ("tostring", Some(Val::Partial(text, reason))) => Val::Partial(text.clone(), reason.clone()),
        _ => return None,
    })
}

fn tried(args: &[Val]) -> Val {
    for arg in args {
        match arg {
            Val::Unknown(reason) if reason.refused => {}
            other => return other.clone(),
        }
    }
    Val::refused("nothing that `try` was given has a value")
}

fn coalesce(args: &[Val]) -> Val {
    for arg in args {
        match arg {
            Val::Null => {}
            Val::Text(text) if text.is_empty() => {}
            other => return other.clone(),
        }
    }
    Val::Null
}

fn encoded(value: &Val) -> Val {
    let text = value.to_json().to_string();
    match value.doubt() {
        Some(reason) => Val::Partial(text, reason.clone()),
        None => Val::Text(text),
    }
}

fn lists(args: &[Val]) -> Option<Vec<&Vec<Val>>> {
    args.iter()
        .map(|arg| match arg {
            Val::List(items) => Some(items),
            _ => None,
        })
        .collect()
}

fn merged(args: &[Val]) -> Option<Val> {
    let mut all = BTreeMap::new();
    for arg in args {
        match arg {
            Val::Map(map) => all.extend(map.entries.clone()),
            Val::Null => {}
            _ => return None,
        }
    }
    Some(Val::map(all))
}

fn flattened(items: &[Val], depth: usize) -> Option<Val> {
    let mut all = Vec::new();
    for item in items {
        match item {
            Val::List(inner) if depth < 32 => match flattened(inner, depth + 1)? {
                Val::List(inner) => all.extend(inner),
                _ => return None,
            },
            Val::List(_) => return None,
            other => all.push(other.clone()),
        }
    }
    Some(Val::List(all))
}

fn distinct(items: &[Val]) -> Vec<Val> {
    let mut all: Vec<Val> = Vec::new();
    // Quadratic, hence only of few; of many it is left as it is.
    if items.len() > 512 {
        return items.to_vec();
    }
    for item in items {
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
    all
}

fn count(number: usize) -> Val {
    Val::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)))
}

fn numeric(name: &str, args: &[Val]) -> Option<Val> {
    let given: Option<Vec<f64>> = match (name, args) {
        ("sum", [Val::List(items)]) => items.iter().map(number).collect(),
        ("abs" | "ceil" | "floor" | "max" | "min" | "pow" | "range" | "signum", _) => {
            args.iter().map(number).collect()
        }
        _ => return None,
    };
    let given = given?;
    let value = match (name, given.as_slice()) {
        ("sum", numbers) => numbers.iter().sum(),
        ("abs", [one]) => one.abs(),
        ("ceil", [one]) => one.ceil(),
        ("floor", [one]) => one.floor(),
        ("signum", [one]) => {
            if *one == 0.0 {
                0.0
            } else {
                one.signum()
            }
        }
        ("pow", [one, other]) => one.powf(*other),
        ("max", [first, rest @ ..]) => rest.iter().copied().fold(*first, f64::max),
        ("min", [first, rest @ ..]) => rest.iter().copied().fold(*first, f64::min),
        ("range", [end]) => return Some(range(0.0, *end, 1.0)),
        ("range", [start, end]) => return Some(range(*start, *end, 1.0)),
        ("range", [start, end, step]) => return Some(range(*start, *end, *step)),
        _ => return None,
    };
    Some(Val::Number(value))
}

fn range(start: f64, end: f64, step: f64) -> Val {
    let steps = ((end - start) / step).ceil();
    if !steps.is_finite() || steps > MOST_ITEMS {
        return Val::unknown(format!("`range()` has more than {MOST_ITEMS} items"));
    }
    let mut items = Vec::new();
    let mut at = start;
    while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
        items.push(Val::Number(at));
        at += step;
    }
    Val::List(items)
}

fn collection(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("length", [Val::Text(text)]) => count(text.chars().count()),
        ("compact", [Val::List(items)]) => Val::List(
            items
                .iter()
                .filter(|item| !matches!(item, Val::Null) && item.as_text() != Some(""))
                .cloned()
                .collect(),
        ),
        ("coalescelist", args) => args
            .iter()
            .find(|arg| matches!(arg, Val::List(items) if !items.is_empty()))?
            .clone(),
        ("distinct", [Val::List(items)]) => Val::List(distinct(items)),
        ("reverse", [Val::List(items)]) => Val::List(items.iter().rev().cloned().collect()),
        ("sort", [Val::List(items)]) => {
            let mut items = items.clone();
            items.sort_by(|one, other| match (one.as_text(), other.as_text()) {
                (Some(one), Some(other)) => one.cmp(other),
                _ => Ordering::Equal,
            });
            Val::List(items)
        }
        ("index", [Val::List(items), wanted]) => count(items.iter().position(|item| item == wanted)?),
        ("slice", [Val::List(items), from, to]) => Val::List(items.get(whole(from)?..whole(to)?)?.to_vec()),
        ("setunion", args) => {
            let all: Vec<Val> = lists(args)?.into_iter().flatten().cloned().collect();
            Val::List(distinct(&all))
        }
        ("setintersection", [Val::List(one), Val::List(other)]) => {
            Val::List(one.iter().filter(|item| other.contains(item)).cloned().collect())
        }
        ("setsubtract", [Val::List(one), Val::List(other)]) => {
            Val::List(one.iter().filter(|item| !other.contains(item)).cloned().collect())
        }
        ("zipmap", [Val::List(keys), Val::List(values)]) => {
            let keys: Option<Vec<String>> = keys.iter().map(|key| key.as_text().map(str::to_owned)).collect();
            Val::map(keys?.into_iter().zip(values.iter().cloned()))
        }
        ("chunklist", [Val::List(items), size]) => {
            let size = whole(size).filter(|size| *size > 0)?;
            Val::List(
                items
                    .chunks(size)
                    .map(|chunk| Val::List(chunk.to_vec()))
                    .collect(),
            )
        }
        ("transpose", _) => return None,
        ("matchkeys", [Val::List(values), Val::List(keys), Val::List(wanted)]) => Val::List(
            values
                .iter()
                .zip(keys)
                .filter(|(_, key)| wanted.contains(key))
                .map(|(value, _)| value.clone())
                .collect(),
        ),
        ("list", items) => Val::List(items.to_vec()),
        ("map", items) => {
            let pairs = items.chunks(2).map(|pair| match pair {
                [key, value] => Some((key.as_text()?.to_owned(), value.clone())),
                _ => None,
            });
            Val::Map(Map {
                entries: pairs.collect::<Option<_>>()?,
                places: None,
            })
        }
        _ => return None,
    })
}
