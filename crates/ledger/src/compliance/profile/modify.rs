//! The modify phase: parameters that are set, and contents that are added to controls or removed from them.

use super::read::{Add, Modify, Remove, SetParameter};
use serde_json::{Map, Value};

/// Lists within a control, with the word for one of their items.
const ITEMS: [(&str, &str); 5] = [
    ("params", "param"),
    ("props", "prop"),
    ("links", "link"),
    ("parts", "part"),
    ("controls", "control"),
];

/// The list of controls within a control, to which nothing can be added.
const CONTROLS: &str = "controls";

/// Applies what the profile changes, in its order.
pub(super) fn modify(catalog: &mut Map<String, Value>, modify: &Modify, warnings: &mut Vec<String>) {
    for set in &modify.set_parameters {
        if !find(catalog, "params", &set.param_id, &mut |target| {
            set_parameter(target, set)
        }) {
            warnings.push(format!("there is no parameter `{}` to set", set.param_id));
        }
    }
    for alter in &modify.alters {
        let mut notes = Vec::new();
        let found = find(catalog, "controls", &alter.control_id, &mut |control| {
            for remove in &alter.removes {
                if !remove.is_empty() {
                    take_out(control, remove);
                }
            }
            for add in &alter.adds {
                if !put_in(control, add) {
                    let id = add.by_id.as_deref().unwrap_or_default();
                    notes.push(format!(
                        "`{}` holds nothing called `{id}` to add to",
                        alter.control_id
                    ));
                }
            }
        });
        if !found {
            notes.push(format!("there is no control `{}` to alter", alter.control_id));
        }
        warnings.append(&mut notes);
    }
}

/// Applies `change` to the first object of this identity in a list of this name, however deep. Says whether there is one.
fn find(
    fields: &mut Map<String, Value>,
    list: &str,
    id: &str,
    change: &mut dyn FnMut(&mut Map<String, Value>),
) -> bool {
    if let Some(Value::Array(items)) = fields.get_mut(list) {
        let mut objects = items.iter_mut().filter_map(Value::as_object_mut);
        if let Some(found) = objects.find(|object| object.get("id").and_then(Value::as_str) == Some(id)) {
            change(found);
            return true;
        }
    }
    for inner in ["groups", "controls"] {
        if let Some(Value::Array(items)) = fields.get_mut(inner) {
            for object in items.iter_mut().filter_map(Value::as_object_mut) {
                if find(object, list, id, change) {
                    return true;
                }
            }
        }
    }
    false
}

fn set_parameter(target: &mut Map<String, Value>, set: &SetParameter) {
    for (name, value) in &set.content {
        match (name.as_str(), value) {
            ("class" | "depends-on" | "label" | "usage" | "values" | "select", _) => {
                target.insert(name.clone(), value.clone());
            }
            ("props" | "links", Value::Array(items)) => {
                let key = if name == "props" { "name" } else { "href" };
                let list = target
                    .entry(name.clone())
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.retain(|old| {
                        !items
                            .iter()
                            .any(|new| old.get(key) == new.get(key) && old.get("ns") == new.get("ns"))
                    });
                    list.extend(items.iter().cloned());
                }
            }
            ("constraints" | "guidelines", Value::Array(items)) => {
                let list = target
                    .entry(name.clone())
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.extend(items.iter().cloned());
                }
            }
            _ => {}
        }
    }
}

impl Remove {
    /// Whether it names nothing; then it removes nothing.
    const fn is_empty(&self) -> bool {
        self.by_name.is_none()
            && self.by_class.is_none()
            && self.by_id.is_none()
            && self.by_item_name.is_none()
            && self.by_ns.is_none()
    }

    fn names(&self, item: &Value, word: &str) -> bool {
        let is = |wanted: &Option<String>, field: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| item.get(field).and_then(Value::as_str) == Some(wanted))
        };
        is(&self.by_name, "name")
            && is(&self.by_class, "class")
            && is(&self.by_id, "id")
            && is(&self.by_ns, "ns")
            && self.by_item_name.as_deref().is_none_or(|wanted| wanted == word)
    }
}

fn take_out(fields: &mut Map<String, Value>, remove: &Remove) {
    for (list, word) in ITEMS {
        let Some(Value::Array(items)) = fields.get_mut(list) else {
            continue;
        };
        items.retain(|item| !remove.names(item, word));
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            take_out(item, remove);
        }
        if items.is_empty() {
            fields.remove(list);
        }
    }
}

/// Adds contents; says whether there was something to add them to.
fn put_in(control: &mut Map<String, Value>, add: &Add) -> bool {
    let position = add.position.as_deref().unwrap_or("ending");
    match add.by_id.as_deref() {
        None => {
            extend(control, add, matches!(position, "starting" | "before"));
            true
        }
        Some(id) => put_at(control, id, add, position),
    }
}

fn put_at(fields: &mut Map<String, Value>, id: &str, add: &Add, position: &str) -> bool {
    for (list, _) in ITEMS {
        let Some(Value::Array(items)) = fields.get_mut(list) else {
            continue;
        };
        let at = items
            .iter()
            .position(|item| item.get("id").and_then(Value::as_str) == Some(id));
        if let Some(at) = at {
            match position {
                "before" => beside(fields, list, at, add, true),
                "after" => beside(fields, list, at + 1, add, false),
                _ => {
                    if let Some(target) = items.get_mut(at).and_then(Value::as_object_mut) {
                        extend(target, add, position == "starting");
                    }
                }
            }
            return true;
        }
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            if put_at(item, id, add, position) {
                return true;
            }
        }
    }
    false
}

/// Adds contents beside an item: what is of its kind at its side, the rest to the object that holds it.
fn beside(fields: &mut Map<String, Value>, list: &str, at: usize, add: &Add, first: bool) {
    let mut others = add.clone();
    if let Some(Value::Array(new)) = others.content.remove(list)
        && list != CONTROLS
        && let Some(Value::Array(items)) = fields.get_mut(list)
    {
        let at = at.min(items.len());
        items.splice(at..at, new);
    }
    extend(fields, &others, first);
}

fn extend(fields: &mut Map<String, Value>, add: &Add, first: bool) {
    for (list, _) in ITEMS.into_iter().filter(|(list, _)| *list != CONTROLS) {
        let Some(Value::Array(new)) = add.content.get(list) else {
            continue;
        };
        match fields.get_mut(list) {
            Some(Value::Array(items)) if first => {
                items.splice(0..0, new.iter().cloned());
            }
            Some(Value::Array(items)) => items.extend(new.iter().cloned()),
            _ => {
                fields.insert(list.to_owned(), Value::Array(new.clone()));
            }
        }
    }
    if let (Some(title), None) = (add.content.get("title"), fields.get("title")) {
        fields.insert("title".to_owned(), title.clone());
    }
}
