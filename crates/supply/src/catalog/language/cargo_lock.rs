//! `Cargo.lock`, versions 1 to 4. <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>
//!
//! It does not tell what only development needs.

use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{hash, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::HashMap;

/// Reads lock files of Cargo.
pub struct CargoLock;

impl Cataloger for CargoLock {
    fn id(&self) -> &'static str {
        "cargo-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Cargo"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "Cargo.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "lock file of Cargo", |lock| read_lock(lock, out))
    }
}

fn read_lock(lock: Table<'_>, out: &mut Inventory<'_>) {
    if let Some(version) = lock
        .word("version")
        .filter(|version| !matches!(*version, "1" | "2" | "3" | "4"))
    {
        out.problem(format!(
            "lock file version {version} is not known; versions 1 to 4 are"
        ));
    }
    let mut graph = Graph::default();
    // By name, by `name version` and by `name version (source)`, as dependencies refer to them.
    let mut named: HashMap<String, Node> = HashMap::new();
    let mut read = Vec::new();
    // Version 1 lists the project itself apart.
    for entry in lock.table("root").into_iter().chain(lock.tables("package")) {
        let (Some(name), Some(version)) = (entry.text("name"), entry.text("version")) else {
            out.problem("a package without a name or version");
            continue;
        };
        let source = entry.text("source");
        let metadata_key = format!("checksum {name} {version} ({})", source.unwrap_or_default());
        let old = lock
            .table("metadata")
            .and_then(|metadata| metadata.text(&metadata_key));
        let digest = entry.text("checksum").or(old);
        // What has no source is the project's own.
        let added = source.and_then(|source| {
            out.add(Package {
                purl: purl("cargo", None, name, Some(version)),
                ecosystem: is_crates_io(source).then_some("crates.io"),
                hashes: digest
                    .and_then(|digits| hash("sha256", digits))
                    .into_iter()
                    .collect(),
                at: entry.place(),
                ..Package::default()
            })
        });
        let node = graph.package(added);
        named.insert(name.to_owned(), node);
        named.insert(format!("{name} {version}"), node);
        named.insert(format!("{name} {version} ({})", source.unwrap_or_default()), node);
        read.push((node, entry, source.is_none()));
    }
    for (node, entry, own) in read {
        for dependency in entry.texts("dependencies") {
            // The commit of a git source is not part of the reference.
            let short = || dependency.split(" (").next().unwrap_or(dependency);
            let Some(to) = named.get(dependency).or_else(|| named.get(short())) else {
                continue;
            };
            graph.needs(node, *to, false);
            if own {
                graph.asks(*to, Scope::Unknown);
            }
        }
    }
    graph.tell(true, out);
}

fn is_crates_io(source: &str) -> bool {
    matches!(
        source,
        "registry+https://github.com/rust-lang/crates.io-index" | "sparse+https://index.crates.io/"
    )
}
