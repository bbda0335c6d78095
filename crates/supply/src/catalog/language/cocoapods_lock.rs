//! `Podfile.lock`, of CocoaPods. <https://guides.cocoapods.org/using/using-cocoapods.html#what-is-podfilelock>
//!
//! Parts of a pod (`PINCache/Core`) are installed with it and are no components of their own.

use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::{BTreeSet, HashMap};

/// Reads lock files of CocoaPods.
pub struct CocoapodsLock;

impl Cataloger for CocoapodsLock {
    fn id(&self) -> &'static str {
        "cocoapods-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of CocoaPods"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "Podfile.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file = outline::read(text(input)?, Separator::Colon)?;
        let paths = file.entries_of("EXTERNAL SOURCES").iter();
        let own: BTreeSet<&str> = paths
            .filter(|one| one.get(":path").is_some())
            .map(|one| one.key.as_ref())
            .collect();
        let mut graph = Graph::default();
        let mut named: HashMap<&str, Node> = HashMap::new();
        let mut read = Vec::new();
        for item in file.entries_of("PODS") {
            let (pod, needs) = pod_of(item);
            let Some((name, version)) = pod.split_once(" (") else {
                out.problem(format!("`{}` is no pod", pod.escape_debug()));
                continue;
            };
            let name = whole(name);
            let node = *named.entry(name).or_insert_with(|| {
                let added = (!own.contains(name)).then(|| {
                    out.add(Package {
                        purl: purl("cocoapods", None, name, Some(version.trim_end_matches(')'))),
                        at: item.at.clone(),
                        ..Package::default()
                    })
                });
                graph.package(added.flatten())
            });
            read.push((node, needs));
        }
        for (node, needs) in read {
            for need in needs {
                let name = need.value.split(" (").next().map(whole);
                if let Some(to) = name.and_then(|name| named.get(name)) {
                    graph.needs(node, *to, false);
                }
            }
        }
        for asked in file.entries_of("DEPENDENCIES") {
            let name = asked.value.split(" (").next().map(whole);
            if let Some(node) = name.and_then(|name| named.get(name)) {
                graph.asks(*node, Scope::Unknown);
            }
        }
        graph.tell(true, out);
        Ok(())
    }
}

/// An item with nothing nested is a text; one with needs is a key that holds them.
fn pod_of<'e>(item: &'e Entry<'_>) -> (&'e str, &'e [Entry<'e>]) {
    match item.entries.first() {
        Some(pod) if item.value.is_empty() => (&pod.key, &pod.entries),
        _ => (&item.value, &[]),
    }
}

fn whole(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}
