//! The merge phase: what several imports give, as one, in the structure that is asked for.

use super::read::{Custom, CustomGroup, Insert, Merge};
use super::select::{Selection, put};
use super::{MAX_INSERTED, ResolveError};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Controls that stand twice, told at most.
const MOST_TOLD: usize = 20;

/// Brings together what was imported.
pub(super) fn merge(
    mut imported: Vec<Map<String, Value>>,
    merge: Option<&Merge>,
    warnings: &mut Vec<String>,
) -> Result<Map<String, Value>, ResolveError> {
    combine(&mut imported, merge, warnings)?;
    let mut loose = Vec::new();
    for catalog in &mut imported {
        take_loose(catalog, &mut loose);
    }
    let (flat, as_is, custom) = match merge {
        Some(merge) => (
            merge.flat.is_some(),
            merge.as_is == Some(true),
            merge.custom.as_ref(),
        ),
        None => (false, false, None),
    };
    if usize::from(flat) + usize::from(as_is) + usize::from(custom.is_some()) > 1 {
        return Err(ResolveError::Structure);
    }
    let mut outcome = Map::new();
    match custom {
        _ if as_is => {
            let (controls, groups) = as_they_are(imported);
            put(&mut outcome, "controls", controls);
            put(&mut outcome, "groups", groups);
        }
        Some(custom) => structure(&mut outcome, custom, imported)?,
        None => put(&mut outcome, "controls", flattened(imported)),
    }
    put(&mut outcome, "params", loose);
    Ok(outcome)
}

/// What becomes of controls that have the same identity.
fn combine(
    imported: &mut [Map<String, Value>],
    merge: Option<&Merge>,
    warnings: &mut Vec<String>,
) -> Result<(), ResolveError> {
    let method = merge
        .and_then(|merge| merge.combine.as_ref())
        .and_then(|combine| combine.method.as_deref())
        .unwrap_or("keep");
    let first_only = match method {
        "keep" => false,
        "use-first" => true,
        other => return Err(ResolveError::Combine(other.to_owned())),
    };
    let mut seen = HashSet::new();
    let mut twice = Vec::new();
    for catalog in imported {
        distinct(catalog, first_only, &mut seen, &mut twice);
    }
    if !first_only {
        warnings.extend(
            twice
                .into_iter()
                .take(MOST_TOLD)
                .map(|id| format!("the control `{id}` stands twice")),
        );
    }
    Ok(())
}

/// Notes which identities stand twice, and takes all but the first away where that is asked for.
fn distinct(
    fields: &mut Map<String, Value>,
    first_only: bool,
    seen: &mut HashSet<String>,
    twice: &mut Vec<String>,
) {
    if let Some(Value::Array(controls)) = fields.remove("controls") {
        let mut kept = Vec::with_capacity(controls.len());
        for control in controls {
            let Value::Object(mut inner) = control else {
                continue;
            };
            let id = inner
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let is_new = seen.insert(id.clone());
            distinct(&mut inner, first_only, seen, twice);
            if is_new || !first_only {
                kept.push(Value::Object(inner));
            } else if let Some(Value::Array(children)) = inner.remove("controls") {
                kept.extend(children);
            }
            if !is_new {
                twice.push(id);
            }
        }
        put(fields, "controls", kept);
    }
    if let Some(Value::Array(groups)) = fields.get_mut("groups") {
        for group in groups.iter_mut().filter_map(Value::as_object_mut) {
            distinct(group, first_only, seen, twice);
        }
    }
}

/// Parameters that stand under the catalogue itself.
fn take_loose(catalog: &mut Map<String, Value>, loose: &mut Vec<Value>) {
    if let Some(Value::Array(params)) = catalog.remove("params") {
        loose.extend(params);
    }
}

/// Groups and nesting as in the sources; groups of the same identity become one.
fn as_they_are(imported: Vec<Map<String, Value>>) -> (Vec<Value>, Vec<Value>) {
    let (mut controls, mut groups) = (Vec::new(), Vec::new());
    let mut places: HashMap<String, usize> = HashMap::new();
    for mut catalog in imported {
        if let Some(Value::Array(own)) = catalog.remove("controls") {
            controls.extend(own);
        }
        let Some(Value::Array(own)) = catalog.remove("groups") else {
            continue;
        };
        for group in own {
            let id = group.get("id").and_then(Value::as_str).map(str::to_owned);
            let known = id.as_ref().and_then(|id| places.get(id)).copied();
            match known.and_then(|at| groups.get_mut(at)) {
                Some(first) => append(first, group),
                None => {
                    if let Some(id) = id {
                        places.insert(id, groups.len());
                    }
                    groups.push(group);
                }
            }
        }
    }
    (controls, groups)
}

/// Adds the controls and groups of one group to another.
fn append(first: &mut Value, other: Value) {
    let (Some(fields), Value::Object(other)) = (first.as_object_mut(), other) else {
        return;
    };
    for (name, value) in other {
        let Value::Array(more) = value else { continue };
        if !matches!(name.as_str(), "controls" | "groups") {
            continue;
        }
        match fields.get_mut(&name) {
            Some(Value::Array(own)) => own.extend(more),
            _ => put(fields, &name, more),
        }
    }
}

/// Every control by itself, in order.
fn flattened(imported: Vec<Map<String, Value>>) -> Vec<Value> {
    let mut all = Vec::new();
    for catalog in imported {
        flatten(catalog, &mut all);
    }
    all
}

fn flatten(mut fields: Map<String, Value>, all: &mut Vec<Value>) {
    if let Some(Value::Array(controls)) = fields.remove("controls") {
        for control in controls {
            let Value::Object(mut inner) = control else {
                continue;
            };
            let below = inner.remove("controls");
            all.push(Value::Object(inner));
            if let Some(below) = below {
                flatten(Map::from_iter([("controls".to_owned(), below)]), all);
            }
        }
    }
    if let Some(Value::Array(groups)) = fields.remove("groups") {
        for group in groups {
            if let Value::Object(inner) = group {
                flatten(inner, all);
            }
        }
    }
}

/// The structure that the profile itself gives.
fn structure(
    outcome: &mut Map<String, Value>,
    custom: &Custom,
    imported: Vec<Map<String, Value>>,
) -> Result<(), ResolveError> {
    let mut known = HashMap::new();
    for catalog in &imported {
        collect_groups(catalog, &mut known);
    }
    let mut building = Building {
        known,
        all: flattened(imported),
        inserted: 0,
    };
    put(outcome, "controls", building.inserted(&custom.insert_controls)?);
    let groups = building.groups(&custom.groups)?;
    put(outcome, "groups", groups);
    Ok(())
}

fn collect_groups(fields: &Map<String, Value>, known: &mut HashMap<String, Map<String, Value>>) {
    let groups = fields.get("groups").and_then(Value::as_array);
    for group in groups.into_iter().flatten().filter_map(Value::as_object) {
        if let Some(id) = group.get("id").and_then(Value::as_str) {
            let mut own = group.clone();
            own.retain(|name, _| !matches!(name.as_str(), "controls" | "groups"));
            known.entry(id.to_owned()).or_insert(own);
        }
        collect_groups(group, known);
    }
}

/// What groups of the profile's own are built from.
struct Building {
    known: HashMap<String, Map<String, Value>>,
    all: Vec<Value>,
    inserted: usize,
}

impl Building {
    /// Groups of the profile, each with what an imported group of its identity has.
    fn groups(&mut self, groups: &[CustomGroup]) -> Result<Vec<Value>, ResolveError> {
        let mut outcome = Vec::with_capacity(groups.len());
        for group in groups {
            let id = group
                .content
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let mut fields = self.known.get(id).cloned().unwrap_or_default();
            // Controls come into a group by insertion alone.
            let content = group
                .content
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "controls" | "groups"));
            fields.extend(content.map(|(name, value)| (name.clone(), value.clone())));
            put(&mut fields, "controls", self.inserted(&group.insert_controls)?);
            put(&mut fields, "groups", self.groups(&group.groups)?);
            outcome.push(Value::Object(fields));
        }
        Ok(outcome)
    }

    fn inserted(&mut self, inserts: &[Insert]) -> Result<Vec<Value>, ResolveError> {
        let id = |control: &Value| {
            control
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let mut outcome = Vec::new();
        for insert in inserts {
            let included = Selection::new(insert.include_all.is_some(), &insert.include_controls);
            let excluded = Selection::new(false, &insert.exclude_controls);
            let mut chosen: Vec<&Value> = self
                .all
                .iter()
                .filter(|control| included.names(&id(control)).0 && !excluded.names(&id(control)).0)
                .collect();
            match insert.order.as_deref() {
                Some("ascending") => chosen.sort_by_cached_key(|control| id(control)),
                Some("descending") => chosen.sort_by_cached_key(|control| std::cmp::Reverse(id(control))),
                _ => {}
            }
            self.inserted += chosen.len();
            if self.inserted > MAX_INSERTED {
                return Err(ResolveError::Size {
                    what: "inserted controls",
                    most: MAX_INSERTED,
                });
            }
            outcome.extend(chosen.into_iter().cloned());
        }
        Ok(outcome)
    }
}
