//! `packages.lock.json`, versions 1 and 2. <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies>

use super::NUGET;
use crate::catalog::form::graph::Graph;
use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Reads lock files of NuGet.
pub struct PackagesLock;

#[derive(Deserialize)]
struct Lock {
    version: u64,
    /// By target framework, then by name.
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    resolved: Option<String>,
    #[serde(default)]
    dependencies: Map<String, Value>,
}

impl Cataloger for PackagesLock {
    fn id(&self) -> &'static str {
        "nuget-packages-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of NuGet"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        name == "packages.lock.json" || name.starts_with("packages.") && name.ends_with(".lock.json")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock: Lock = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of NuGet: {error}")))?;
        if !matches!(lock.version, 1 | 2) {
            out.problem(format!(
                "lock file version {} is not known; versions 1 and 2 are",
                lock.version
            ));
        }
        let places = Places::of_json_keys_at(input.bytes, 3);
        for entries in lock.dependencies.values() {
            read_framework(entries, &places, out);
        }
        Ok(())
    }
}

fn read_framework(entries: &BTreeMap<String, Entry>, places: &Places, out: &mut Inventory<'_>) {
    let mut graph = Graph::default();
    let mut named = HashMap::new();
    for (name, entry) in entries {
        let added = (entry.kind != "Project").then(|| {
            out.add(Package {
                purl: purl("nuget", None, name, entry.resolved.as_deref()),
                ecosystem: Some(NUGET),
                at: places.of(name),
                ..Package::default()
            })
        });
        let node = graph.package(added.flatten());
        if entry.kind == "Direct" {
            graph.asks(node, Scope::Unknown);
        }
        named.insert(name.to_lowercase(), node);
    }
    for (name, entry) in entries {
        let Some(from) = named.get(&name.to_lowercase()).copied() else {
            continue;
        };
        for to in entry
            .dependencies
            .keys()
            .filter_map(|name| named.get(&name.to_lowercase()))
        {
            graph.needs(from, *to, false);
            if entry.kind == "Project" {
                graph.asks(*to, Scope::Unknown);
            }
        }
    }
    graph.tell(true, out);
}
