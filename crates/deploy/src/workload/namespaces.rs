//! What manifests of all files tell of a namespace together: its workloads, and its network policies.
//!
//! In: objects, one by one, of which facts are noted. Out, once every file was read: namespaces that have the one and not the other.

use super::no_network_policy::NoNetworkPolicy;
use crate::kube::Object;
use crate::kube::checks::undecided_object::UndecidedObject;
use crate::kube::rule::is_open;
use crate::{Options, check::first_advice};
use bartizan_engine::rule::{Found, Note, Place, Report, Verdicts};
use bartizan_engine::{Fact, Sink};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one file says of a namespace.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Said {
    /// The first workload, and where it is written.
    workload: Option<(String, Place)>,
    /// Whether a policy selects pods of it.
    policy: bool,
}

/// What one file says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Facts {
    namespaces: BTreeMap<String, Said>,
    /// Kinds of policies that hold beyond a namespace, or whose namespace whoever applies them decides.
    wide: BTreeSet<String>,
}

/// What all files say of a namespace.
#[derive(Default)]
struct Namespace<'f> {
    /// Path of the file, the first workload in it, and where it is written.
    workloads: Vec<(&'f str, String, Place)>,
    policy: bool,
}

/// Notes what the objects of a file say.
pub(crate) fn note(objects: &[Object], out: &mut Report<'_>) {
    let mut facts = Facts::default();
    for object in objects {
        let namespace = object.namespace.as_deref().filter(|name| !is_open(name));
        if is_policy(object) {
            match namespace {
                Some(name) => facts.namespaces.entry(name.to_owned()).or_default().policy = true,
                None => _ = facts.wide.insert(object.kind.clone()),
            }
        } else if crate::kube::Pod::of(object).is_some()
            && let Some(name) = namespace
        {
            let said = facts.namespaces.entry(name.to_owned()).or_default();
            if said.workload.is_none() {
                said.workload = Some((object.title(), out.place(&object.place().range())));
            }
        }
    }
    if !facts.namespaces.is_empty() || !facts.wide.is_empty() {
        out.note(&facts);
    }
}

fn is_policy(object: &Object) -> bool {
    match object.group() {
        "networking.k8s.io" | "extensions" => object.kind == "NetworkPolicy",
        "policy.networking.k8s.io" => matches!(
            object.kind.as_str(),
            "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy"
        ),
        "cilium.io" => matches!(
            object.kind.as_str(),
            "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy"
        ),
        "crd.projectcalico.org" | "projectcalico.org" => {
            matches!(object.kind.as_str(), "NetworkPolicy" | "GlobalNetworkPolicy")
        }
        _ => false,
    }
}

/// Judges what all files say together.
pub(crate) fn finish(facts: &[Fact], options: &Options, out: &mut Sink) {
    let about = &NoNetworkPolicy::ABOUT;
    let notes = facts.iter().filter_map(|fact| {
        let data = fact.data.strip_prefix(about.id)?.strip_prefix(' ')?;
        let note = Note::new(fact.path.clone(), data.to_owned());
        Some((fact.path.as_str(), note.read::<Facts>()?))
    });
    let mut wide = BTreeSet::new();
    let mut all: BTreeMap<String, Namespace<'_>> = BTreeMap::new();
    for (path, said) in notes {
        wide.extend(said.wide);
        for (name, said) in said.namespaces {
            let one = all.entry(name).or_default();
            one.policy |= said.policy;
            one.workloads
                .extend(said.workload.map(|(title, place)| (path, title, place)));
        }
    }
    for (name, Namespace { workloads, policy }) in all {
        let Some((_, first, _)) = workloads.first().filter(|_| !policy) else {
            continue;
        };
        let places: Vec<(&str, Place)> = workloads.iter().map(|(path, _, place)| (*path, *place)).collect();
        let kinds: Vec<&str> = wide.iter().map(String::as_str).collect();
        let (about, message) = if wide.is_empty() {
            (
                about,
                format!("Namespace {name} has workloads, as {first}, and no network policy"),
            )
        } else {
            let kinds = kinds.join("`, `");
            let why = format!(
                "Namespace {name} is not judged in everything: whether a `{kinds}` covers it is not known"
            );
            (&UndecidedObject::ABOUT, why)
        };
        if options.enabled.has(about.id) {
            let found = Found {
                message,
                key: format!("namespace {name}"),
                fix: first_advice(about),
                ..Found::default()
            };
            Verdicts::new(about, out).finding(found, &places);
        }
    }
}
