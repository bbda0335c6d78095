//! Plans that lie beside the configuration that they were made of: their resources are shown where they are written.
//!
//! In: resources of plans, and of configurations. Out: both; a resource of a plan whose address the configuration in the same directory
//! has too is placed in that, and keeps its place in the plan besides.

use super::resource::Resource;
use super::value::{Map, Place, Places, Val};
use crate::paths::directory_of;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Adds resources of plans to those of configurations.
pub(super) fn place(plans: Vec<Resource>, resources: &mut Vec<Resource>) {
    if plans.is_empty() {
        return;
    }
    let mut written: BTreeMap<(Rc<str>, String), usize> = BTreeMap::new();
    for (at, resource) in resources.iter().enumerate() {
        let key = (Rc::clone(&resource.root), resource.address.clone());
        written.entry(key).or_insert(at);
    }
    let mut placed = Vec::with_capacity(plans.len());
    for mut planned in plans {
        let key = (directory_of(&planned.root).into(), planned.address.clone());
        if let Some(written) = written.get(&key).and_then(|at| resources.get(*at)) {
            planned.planned = Some(planned.at);
            planned.at = written.at;
            planned.calls.clone_from(&written.calls);
            planned.versions = written.versions;
            along(&mut planned.body, Some(&written.body), written.at);
        }
        placed.push(planned);
    }
    resources.extend(placed);
}

/// Gives what a plan holds the places of what is written; what is not written has that of what is around it.
fn along(planned: &mut Map, written: Option<&Map>, around: Place) {
    let places = written.and_then(|map| map.places.as_deref());
    let at = places.map_or(around, |places| places.at);
    let mut attributes = BTreeMap::new();
    for (name, value) in &mut planned.entries {
        let here = places.and_then(|places| places.attributes.get(name));
        let here = here.copied().unwrap_or(at);
        attributes.insert(name.clone(), here);
        let other = written.and_then(|map| map.entries.get(name));
        match (value, other) {
            (Val::Map(map), other) => along(map, first(other, 0), here),
            (Val::List(items), other) => {
                for (at, item) in items.iter_mut().enumerate() {
                    if let Val::Map(map) = item {
                        along(map, first(other, at), here);
                    }
                }
            }
            _ => {}
        }
    }
    planned.places = Some(Rc::new(Places { at, attributes }));
}

/// The map at an index, or the first of them.
fn first(value: Option<&Val>, at: usize) -> Option<&Map> {
    match value? {
        Val::Map(map) => Some(map),
        Val::List(items) => match items.get(at).or_else(|| items.first())? {
            Val::Map(map) => Some(map),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{File, load};
    use super::*;

    const PLAN: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}},
  "resource_changes": [
    {"address": "module.m.t.n[0]", "mode": "managed", "type": "t", "change": {"actions": ["create"], "after": {"it": true, "made": 1, "block": [{"a": 2}]}}},
    {"address": "t.other", "mode": "managed", "type": "t", "change": {"actions": ["create"], "after": {"it": true}}}]}"#;

    #[test]
    fn a_resource_of_a_plan_is_placed_where_the_configuration_beside_it_writes_it() {
        let main = "module \"m\" {\n source = \"./mod\"\n}\n";
        let module = "variable \"x\" {}\nresource \"t\" \"n\" {\n count = 1\n it = var.x\n block {\n  a = var.x\n }\n}\n";
        for (plan, is_beside) in [("live/plan.json", true), ("plans/plan.json", false)] {
            let files = [("live/main.tf", main), ("live/mod/main.tf", module), (plan, PLAN)];
            let loaded = load(&files.map(|(path, text)| File { path, text }));
            assert_eq!(loaded.resources.len(), 3);
            let [written, planned, other] = &loaded.resources[..] else {
                panic!()
            };
            assert!(matches!(written.body.entries["it"], Val::Unknown(_)));
            assert_eq!(planned.body.entries["it"], Val::Bool(true));
            assert_eq!(
                (planned.at == written.at, planned.planned.is_some()),
                (is_beside, is_beside)
            );
            assert_eq!((other.at.file, other.planned), (2, None), "it is not written");
            if is_beside {
                assert_eq!(planned.calls, written.calls);
                let places = planned.body.places.as_ref().unwrap();
                let shown = |place: Place| module.get(place.span.range()).unwrap();
                assert_eq!(shown(places.attributes["it"]), "it = var.x");
                assert_eq!(shown(places.attributes["made"]), "resource \"t\" \"n\"");
                let Val::List(blocks) = &planned.body.entries["block"] else {
                    panic!()
                };
                let Val::Map(block) = &blocks[0] else { panic!() };
                assert_eq!(shown(block.places.as_ref().unwrap().attributes["a"]), "a = var.x");
            }
        }
    }
}
