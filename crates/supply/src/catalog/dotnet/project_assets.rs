//! `project.assets.json`, which restoring the packages of a project writes below `obj/`: versions 2 to 4.
//! <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files>
//!
//! `libraries` lists what was restored, `targets` what each framework (and platform) takes of it and what that needs, and
//! `projectFileDependencyGroups` what the project asks for. Version 4 names frameworks as the project does.

use super::NUGET;
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reads what projects of .NET restored.
pub struct ProjectAssets;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    version: u64,
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Entry>>,
    libraries: BTreeMap<String, Library>,
    #[serde(default)]
    project_file_dependency_groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    project: Project,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type")]
    kind: String,
}

/// What a framework takes of a library.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    dependencies: Map<String, Value>,
    compile: Map<String, Value>,
    runtime: Map<String, Value>,
    native: Map<String, Value>,
    resource: Map<String, Value>,
    runtime_targets: Map<String, Value>,
}

#[derive(Deserialize, Default)]
struct Project {
    #[serde(default)]
    frameworks: BTreeMap<String, Framework>,
}

#[derive(Deserialize)]
struct Framework {
    #[serde(default)]
    dependencies: BTreeMap<String, Asked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    suppress_parent: Option<String>,
}

impl Cataloger for ProjectAssets {
    fn id(&self) -> &'static str {
        "nuget-project-assets"
    }

    fn title(&self) -> &'static str {
        "Packages that projects of .NET restored"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "project.assets.json"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file: File = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no list of what NuGet restored: {error}")))?;
        if !(2..=4).contains(&file.version) {
            out.problem(format!(
                "version {} is not known; versions 2 to 4 are",
                file.version
            ));
        }
        let places = Places::of_json_keys_at(input.bytes, 2);
        let mut graph = Graph::default();
        let mut nodes: HashMap<&str, (Node, bool)> = HashMap::new();
        for (key, library) in &file.libraries {
            let Some((name, version)) = key.split_once('/') else {
                out.problem(format!("`{}` is no library", key.escape_debug()));
                continue;
            };
            // What is neither a package nor a project (a reference, what was not resolved) is no component.
            let added = (library.kind == "package").then(|| {
                out.add(Package {
                    purl: purl("nuget", None, name, Some(version)),
                    ecosystem: Some(NUGET),
                    at: places.of(key),
                    ..Package::default()
                })
            });
            let node = graph.package(added.flatten());
            nodes.insert(key, (node, library.kind == "project"));
        }
        let private = private(&file.project);
        for (target, entries) in &file.targets {
            // A target is a framework, or `framework/platform`.
            let framework = target.split('/').next().unwrap_or(target);
            let asked = file.project_file_dependency_groups.get(framework);
            read_target(
                entries,
                asked.map_or(&[], Vec::as_slice),
                &nodes,
                &private,
                &mut graph,
            );
        }
        graph.tell(true, out);
        Ok(())
    }
}

/// Tells the graph what one target takes and what that needs.
fn read_target(
    entries: &BTreeMap<String, Entry>,
    asked: &[String],
    nodes: &HashMap<&str, (Node, bool)>,
    private: &BTreeSet<String>,
    graph: &mut Graph,
) {
    let named: HashMap<String, (&Entry, Node, bool)> = entries
        .iter()
        .filter_map(|(key, entry)| {
            let (node, project) = nodes.get(key.as_str())?;
            Some((key.split('/').next()?.to_lowercase(), (entry, *node, *project)))
        })
        .collect();
    for (entry, from, project) in named.values() {
        for name in entry.dependencies.keys() {
            if let Some((_, to, _)) = named.get(&name.to_lowercase()) {
                graph.needs(*from, *to, false);
                if *project {
                    graph.asks(*to, Scope::Runtime);
                }
            }
        }
    }
    for name in asked.iter().filter_map(|one| one.split_ascii_whitespace().next()) {
        let name = name.to_lowercase();
        if let Some((entry, node, _)) = named.get(&name) {
            let development = private.contains(&name) && !entry.brings_anything();
            graph.asks(
                *node,
                if development {
                    Scope::Development
                } else {
                    Scope::Runtime
                },
            );
        }
    }
}

impl Entry {
    /// Whether the program is compiled with or loads anything of it, rather than only being built by its tasks or
    /// looked over by its analyzers. A file `_._` stands for nothing.
    fn brings_anything(&self) -> bool {
        [
            &self.compile,
            &self.runtime,
            &self.native,
            &self.resource,
            &self.runtime_targets,
        ]
        .into_iter()
        .flat_map(Map::keys)
        .any(|file| file != "_._" && !file.ends_with("/_._"))
    }
}

/// Packages (in lower case) that nothing which refers to the project gets, in any framework (`PrivateAssets="all"`).
fn private(project: &Project) -> BTreeSet<String> {
    let asked = || project.frameworks.values().flat_map(|one| &one.dependencies);
    let passed_on: BTreeSet<String> = asked()
        .filter(|(_, how)| how.suppress_parent.as_deref() != Some("All"))
        .map(|(name, _)| name.to_lowercase())
        .collect();
    asked()
        .map(|(name, _)| name.to_lowercase())
        .filter(|name| !passed_on.contains(name))
        .collect()
}
