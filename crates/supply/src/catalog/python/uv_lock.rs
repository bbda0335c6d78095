//! `uv.lock`, version 1. <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>

use super::{ByName, PYPI, purl};
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{labelled_hash, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::HashMap;

/// Reads lock files of uv.
pub struct UvLock;

impl Cataloger for UvLock {
    fn id(&self) -> &'static str {
        "python-uv-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of uv"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "uv.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "lock file of uv", |lock| {
            Reader::default().read(lock, out)
        })
    }
}

#[derive(Default)]
struct Reader<'t> {
    graph: Graph,
    names: ByName,
    versions: HashMap<(&'t str, &'t str), Node>,
}

impl<'t> Reader<'t> {
    fn read(mut self, lock: Table<'t>, out: &mut Inventory<'_>) {
        if let Some(version) = lock.word("version").filter(|version| *version != "1") {
            out.problem(format!("lock file version {version} is not known; version 1 is"));
        }
        let mut read = Vec::new();
        for entry in lock.tables("package") {
            let Some(name) = entry.text("name") else {
                out.problem("a package without a name");
                continue;
            };
            let own = is_own(entry);
            let added = if own { None } else { out.add(package(entry, name)) };
            let node = self.graph.package(added);
            self.names.insert(name, node);
            if let Some(version) = entry.text("version") {
                self.versions.insert((name, version), node);
            }
            read.push((node, entry, own));
        }
        for (node, entry, own) in read {
            self.link(node, entry.tables("dependencies"), Scope::Runtime, own);
            for (key, scope) in [
                ("optional-dependencies", Scope::Optional),
                ("dev-dependencies", Scope::Development),
            ] {
                let Some(groups) = entry.table(key) else {
                    continue;
                };
                for group in groups.keys() {
                    self.link(node, groups.tables(group), scope, own);
                }
            }
        }
        self.graph.tell(true, out);
    }

    fn link(&mut self, from: Node, asked: impl Iterator<Item = Table<'t>>, scope: Scope, own: bool) {
        for one in asked {
            let Some(name) = one.text("name") else {
                continue;
            };
            let exact = one
                .text("version")
                .and_then(|version| self.versions.get(&(name, version)));
            let found: &[Node] = exact.map_or_else(|| self.names.find(name), std::slice::from_ref);
            for to in found {
                self.graph.needs(from, *to, scope != Scope::Runtime);
                if own {
                    self.graph.asks(*to, scope);
                }
            }
        }
    }
}

/// The project, the members of its workspace, and directories beside it.
fn is_own(entry: Table<'_>) -> bool {
    entry.table("source").is_some_and(|source| {
        let keys = ["editable", "virtual", "directory"];
        keys.iter().any(|key| source.text(key).is_some())
    })
}

fn package(entry: Table<'_>, name: &str) -> Package {
    let registry = entry
        .table("source")
        .is_none_or(|source| source.text("registry").is_some());
    let files = entry.table("sdist").into_iter().chain(entry.tables("wheels"));
    Package {
        purl: purl(name, entry.text("version")),
        ecosystem: registry.then_some(PYPI),
        hashes: files
            .filter_map(|file| labelled_hash(file.text("hash")?))
            .collect(),
        at: entry.place(),
        ..Package::default()
    }
}
