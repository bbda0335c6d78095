//! Lists that were recorded of a cluster: who answers for what.
//!
//! A running cluster shows a workload three times: a Deployment, the ReplicaSets that it made, and their pods. What a workload made is left to
//! the workload, and where that was not recorded it is said.

use super::Object;
use bartizan_engine::{Fact, Sink};
use std::collections::{BTreeMap, BTreeSet};

/// Most of what is missing that is named one by one.
const SHOWN: usize = 20;

/// Notes what an object is, where it answers for others or others answer for it.
pub(crate) fn note(object: &Object, out: &mut Sink) {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    if let Some((kind, name)) = object.controller() {
        out.fact(format!("by\t{namespace}\t{kind}\t{name}\t{}", object.title()));
    }
    if super::object::CONTROLLERS.contains(&object.kind.as_str()) {
        out.fact(format!("is\t{namespace}\t{}\t{}\t", object.kind, object.name));
    }
}

/// Says which workloads were not recorded though something was that they made.
pub(crate) fn finish(facts: &[Fact], out: &mut Sink) {
    let mut recorded = BTreeSet::new();
    let mut asked: BTreeMap<[&str; 3], &str> = BTreeMap::new();
    for fact in facts {
        let parts: Vec<&str> = fact.data.splitn(5, '\t').collect();
        match parts.as_slice() {
            ["is", namespace, kind, name, _] => drop(recorded.insert([*namespace, *kind, *name])),
            ["by", namespace, kind, name, title] => drop(asked.insert([*namespace, *kind, *name], title)),
            _ => {}
        }
    }
    let missing: Vec<_> = asked
        .iter()
        .filter(|(owner, _)| !recorded.contains(*owner))
        .collect();
    for ([namespace, kind, name], title) in missing.iter().take(SHOWN) {
        out.error(format!(
            "{title}: the {kind} {namespace}/{name} that made it was not recorded, so neither was judged; record it too, as with \
             `kubectl get {} -A -o json`",
            kind.to_ascii_lowercase() + "s"
        ));
    }
    if missing.len() > SHOWN {
        out.error(format!(
            "and {} more workloads that were not recorded",
            missing.len() - SHOWN
        ));
    }
}
