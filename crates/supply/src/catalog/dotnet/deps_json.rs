//! `*.deps.json`, beside a built application of .NET: what it loads.
//! <https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>

use super::NUGET;
use crate::catalog::form::graph::Graph;
use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Reads the dependencies of built applications of .NET.
pub struct DepsJson;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Target>>,
    libraries: BTreeMap<String, Library>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type")]
    kind: String,
}

impl Cataloger for DepsJson {
    fn id(&self) -> &'static str {
        "nuget-deps-json"
    }

    fn title(&self) -> &'static str {
        "Dependencies of built applications of .NET"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path).ends_with(".deps.json")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file: File = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no list of dependencies of .NET: {error}")))?;
        let places = Places::of_json_keys_at(input.bytes, 2);
        let mut graph = Graph::default();
        let mut nodes = HashMap::new();
        let mut own = false;
        for (key, library) in &file.libraries {
            let project = library.kind == "project";
            own |= project;
            let added = match key.split_once('/') {
                _ if project => None,
                // Parts of the runtime and references are no packages.
                Some((name, version)) if library.kind == "package" => out.add(Package {
                    purl: purl("nuget", None, name, Some(version)),
                    ecosystem: Some(NUGET),
                    at: places.of(key),
                    ..Package::default()
                }),
                Some(_) => None,
                None => {
                    out.problem(format!("`{}` is no library", key.escape_debug()));
                    None
                }
            };
            nodes.insert(key.as_str(), (graph.package(added), project));
        }
        for (key, target) in file.targets.values().flatten() {
            let Some((from, project)) = nodes.get(key.as_str()).copied() else {
                continue;
            };
            for (name, version) in &target.dependencies {
                let key = format!("{name}/{}", version.as_str().unwrap_or_default());
                if let Some((to, _)) = nodes.get(key.as_str()) {
                    graph.needs(from, *to, false);
                    if project {
                        graph.asks(*to, Scope::Runtime);
                    }
                }
            }
        }
        graph.tell(own, out);
        Ok(())
    }
}
