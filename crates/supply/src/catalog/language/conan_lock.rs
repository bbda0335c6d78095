//! `conan.lock`, of Conan 2 (<https://docs.conan.io/2/tutorial/versioning/lockfiles.html>) and Conan 1
//! (<https://docs.conan.io/1/versioning/lockfiles/introduction.html>).

use crate::catalog::form::graph::Graph;
use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Reads lock files of Conan.
pub struct ConanLock;

#[derive(Deserialize)]
struct Lock {
    version: Option<String>,
    graph_lock: Option<GraphLock>,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    build_requires: Vec<String>,
    #[serde(default)]
    python_requires: Vec<String>,
}

/// Conan 1 writes who depends on whom.
#[derive(Deserialize)]
struct GraphLock {
    #[serde(default)]
    nodes: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// The same with the identity of the binary package, in early versions.
    pref: Option<String>,
    path: Option<String>,
    context: Option<String>,
    #[serde(default)]
    requires: Value,
    #[serde(default)]
    build_requires: Value,
}

impl Cataloger for ConanLock {
    fn id(&self) -> &'static str {
        "conan-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Conan"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "conan.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock: Lock = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of Conan: {error}")))?;
        let known = match lock.version.as_deref() {
            Some("0.5") => lock.graph_lock.is_none(),
            Some("0.1" | "0.2" | "0.3" | "0.4") | None => lock.graph_lock.is_some(),
            Some(_) => false,
        };
        if !known {
            out.problem(format!(
                "lock file version {} is not known; versions up to 0.5 are",
                lock.version
                    .as_deref()
                    .unwrap_or("without a number")
                    .escape_debug()
            ));
        }
        let places = Places::of_json_strings(input.bytes);
        if let Some(graph_lock) = &lock.graph_lock {
            read_graph(graph_lock, &places, out);
        }
        for (references, scope) in [
            (&lock.requires, Scope::Runtime),
            (&lock.build_requires, Scope::Development),
            (&lock.python_requires, Scope::Development),
        ] {
            for reference in references {
                add(reference, scope, &places, out);
            }
        }
        Ok(())
    }
}

fn read_graph(graph_lock: &GraphLock, places: &Places, out: &mut Inventory<'_>) {
    let mut graph = Graph::default();
    let mut named = HashMap::new();
    for (id, entry) in &graph_lock.nodes {
        // What is built from a recipe at a path is the project's own.
        let reference = entry
            .reference
            .as_ref()
            .or(entry.pref.as_ref())
            .filter(|_| entry.path.is_none());
        let added = reference.and_then(|reference| add(reference, Scope::Unknown, places, out));
        named.insert(id.as_str(), graph.package(added));
    }
    for (id, entry) in &graph_lock.nodes {
        let Some(from) = named.get(id.as_str()).copied() else {
            continue;
        };
        let own = entry.path.is_some() || (entry.reference.is_none() && entry.pref.is_none());
        for (ids, needed) in [
            (&entry.requires, Scope::Runtime),
            (&entry.build_requires, Scope::Development),
        ] {
            let listed = ids.as_array().into_iter().flatten().filter_map(Value::as_str);
            let keyed = ids
                .as_object()
                .into_iter()
                .flat_map(|ids| ids.values())
                .filter_map(Value::as_str);
            for to in listed.chain(keyed).filter_map(|id| named.get(id).copied()) {
                if needed == Scope::Runtime {
                    graph.needs(from, to, false);
                }
                if own {
                    let build = entry.context.as_deref() == Some("build");
                    graph.asks(to, if build { Scope::Development } else { needed });
                }
            }
        }
    }
    graph.tell(true, out);
}

/// Adds the package of a reference `name/version@user/channel#revision%time`.
fn add(
    reference: &str,
    scope: Scope,
    places: &Places,
    out: &mut Inventory<'_>,
) -> Option<crate::catalog::inventory::Added> {
    let bare = reference.split(['#', '%', ':']).next().unwrap_or(reference);
    let (package, owner) = bare.split_once('@').unwrap_or((bare, ""));
    let Some((name, version)) = package.split_once('/') else {
        out.problem(format!("`{}` is no package", reference.escape_debug()));
        return None;
    };
    let mut purl = purl("conan", None, name, Some(version));
    let (user, channel) = owner.split_once('/').unwrap_or((owner, ""));
    for (key, value) in [("user", user), ("channel", channel)] {
        if !value.is_empty() && value != "_" {
            purl.qualifiers.insert(key.to_owned(), value.to_owned());
        }
    }
    out.add(Package {
        purl,
        name: name.to_owned(),
        ecosystem: Some("ConanCenter").filter(|_| owner.is_empty()),
        scope,
        at: places.of(reference),
        ..Package::default()
    })
}
