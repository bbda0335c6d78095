//! Functions of Terraform over collections and numbers.

use super::super::value::{Map, Val};
use super::{MOST_ITEMS, number, whole};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The value of a call whose arguments are known; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    numeric(name, args)
        .or_else(|| list(name, args))
        .or_else(|| set(name, args))
        .or_else(|| map(name, args))
}

pub(super) fn lists(args: &[Val]) -> Option<Vec<&Vec<Val>>> {
    args.iter()
        .map(|arg| match arg {
            Val::List(items) => Some(items),
            _ => None,
        })
        .collect()
}

pub(super) fn merged(args: &[Val]) -> Option<Val> {
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

pub(super) fn flattened(items: &[Val], depth: usize) -> Option<Val> {
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

pub(super) fn distinct(items: &[Val]) -> Vec<Val> {
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

/// The items of a set, in the order in which Terraform goes through it: texts and numbers by what they are.
pub(super) fn as_set(items: &[Val]) -> Vec<Val> {
    let mut items = distinct(items);
    items.sort_by(|one, other| match (one, other) {
        (Val::Text(one), Val::Text(other)) => one.cmp(other),
        (Val::Number(one), Val::Number(other)) => one.total_cmp(other),
        _ => Ordering::Equal,
    });
    items
}

pub(super) fn count(number: usize) -> Val {
    Val::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)))
}

fn numeric(name: &str, args: &[Val]) -> Option<Val> {
    let given: Option<Vec<f64>> = match (name, args) {
        ("sum", [Val::List(items)]) => items.iter().map(number).collect(),
        ("abs" | "ceil" | "floor" | "log" | "max" | "min" | "pow" | "range" | "signum", _) => {
            args.iter().map(number).collect()
        }
        _ => return None,
    };
    let given = given?;
    let value = match (name, given.as_slice()) {
        ("sum", [first, rest @ ..]) => rest.iter().fold(*first, |sum, one| sum + one),
        ("abs", [one]) => one.abs(),
        ("ceil", [one]) => one.ceil(),
        ("floor", [one]) => one.floor(),
        ("log", [one, base]) => one.ln() / base.ln(),
        ("signum", [one]) if *one == 0.0 => 0.0,
        ("signum", [one]) => one.signum(),
        ("pow", [one, other]) => one.powf(*other),
        ("max", [first, rest @ ..]) => rest.iter().copied().fold(*first, f64::max),
        ("min", [first, rest @ ..]) => rest.iter().copied().fold(*first, f64::min),
        ("range", [end]) => return Some(range(0.0, *end, end.signum())),
        ("range", [start, end]) => return Some(range(*start, *end, (end - start).signum())),
        ("range", [start, end, step]) => return Some(range(*start, *end, *step)),
        _ => return None,
    };
    value.is_finite().then_some(Val::Number(value))
}

fn range(start: f64, end: f64, step: f64) -> Val {
    let mut left = ((end - start) / step).ceil();
    if !left.is_finite() && start != end || left > MOST_ITEMS {
        return Val::unknown(format!("`range()` has more than {MOST_ITEMS} items"));
    }
    let mut items = Vec::new();
    let mut at = start;
    // Counted, for a step may be too small to make a large number larger.
    while left > 0.0 {
        items.push(Val::Number(at));
        at += step;
        left -= 1.0;
    }
    Val::List(items)
}

fn list(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("compact", [Val::List(items)]) => {
            let kept = items
                .iter()
                .filter(|item| !matches!(item, Val::Null) && item.as_text() != Some(""));
            Val::List(kept.cloned().collect())
        }
        ("coalescelist", args) => args
            .iter()
            .find(|arg| matches!(arg, Val::List(items) if !items.is_empty()))?
            .clone(),
        ("distinct", [Val::List(items)]) => Val::List(distinct(items)),
        ("reverse", [Val::List(items)]) => Val::List(items.iter().rev().cloned().collect()),
        ("sort", [Val::List(items)]) => {
            let texts: Option<Vec<String>> = items.iter().map(Val::written).collect();
            let mut texts = texts?;
            texts.sort();
            Val::List(texts.into_iter().map(Val::Text).collect())
        }
        ("index", [Val::List(items), wanted]) => count(items.iter().position(|item| item == wanted)?),
        ("slice", [Val::List(items), from, to]) => Val::List(items.get(whole(from)?..whole(to)?)?.to_vec()),
        ("chunklist", [Val::List(items), size]) => {
            let size = match whole(size)? {
                0 => items.len().max(1),
                size => size,
            };
            let chunks = items.chunks(size).map(|chunk| Val::List(chunk.to_vec()));
            Val::List(chunks.collect())
        }
        ("matchkeys", [Val::List(values), Val::List(keys), Val::List(wanted)])
            if values.len() == keys.len() =>
        {
            let is_wanted = |key: &Val| {
                wanted
                    .iter()
                    .any(|one| one == key || one.written().is_some_and(|one| key.written() == Some(one)))
            };
            let kept = values.iter().zip(keys).filter(|(_, key)| is_wanted(key));
            Val::List(kept.map(|(value, _)| value.clone()).collect())
        }
        _ => return None,
    })
}

fn set(name: &str, args: &[Val]) -> Option<Val> {
    let lists = match name {
        "setunion" | "setintersection" | "setsubtract" | "setproduct" => lists(args)?,
        _ => return None,
    };
    let (first, rest) = lists.split_first()?;
    Some(match name {
        "setunion" => {
            let all: Vec<Val> = lists.into_iter().flatten().cloned().collect();
            Val::List(as_set(&all))
        }
        "setintersection" => {
            let shared = first
                .iter()
                .filter(|item| rest.iter().all(|list| list.contains(item)));
            Val::List(as_set(&shared.cloned().collect::<Vec<_>>()))
        }
        "setsubtract" => {
            let other = rest.first().filter(|_| rest.len() == 1)?;
            let left = first.iter().filter(|item| !other.contains(item));
            Val::List(as_set(&left.cloned().collect::<Vec<_>>()))
        }
        _ if rest.is_empty() => return None,
        _ => product(&lists),
    })
}

/// Every way to take one item of each list.
fn product(lists: &[&Vec<Val>]) -> Val {
    let counts = lists
        .iter()
        .map(|list| f64::from(u32::try_from(list.len()).unwrap_or(u32::MAX)));
    if counts.product::<f64>() > MOST_ITEMS {
        return Val::unknown(format!("`setproduct()` has more than {MOST_ITEMS} items"));
    }
    let mut ways = vec![Vec::new()];
    for list in lists {
        let longer = ways.iter().flat_map(|way: &Vec<Val>| {
            list.iter().map(move |item| {
                let mut way = way.clone();
                way.push(item.clone());
                way
            })
        });
        ways = longer.collect();
    }
    Val::List(ways.into_iter().map(Val::List).collect())
}

fn map(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("zipmap", [Val::List(keys), Val::List(values)]) if keys.len() == values.len() => {
            let keys: Option<Vec<String>> = keys.iter().map(Val::written).collect();
            Val::map(keys?.into_iter().zip(values.iter().cloned()))
        }
        ("transpose", [Val::Map(map)]) => {
            let mut all: BTreeMap<String, Vec<Val>> = BTreeMap::new();
            for (key, values) in &map.entries {
                let Val::List(values) = values else { return None };
                for value in values {
                    all.entry(value.written()?).or_default().push(Val::text(key));
                }
            }
            Val::map(all.into_iter().map(|(key, values)| (key, Val::List(values))))
        }
        // Functions that Terraform had before it had brackets and braces for them.
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
