//! `pylock.toml` and `pylock.NAME.toml`, version 1. <https://packaging.python.org/en/latest/specifications/pylock-toml/>

use super::{ByName, PYPI, purl};
use crate::catalog::form::graph::Graph;
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{hash, major, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Hash;

/// Reads lock files of the standard form.
pub struct Pylock;

impl Cataloger for Pylock {
    fn id(&self) -> &'static str {
        "python-pylock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Python's standard form"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        name == "pylock.toml" || name.starts_with("pylock.") && name.ends_with(".toml")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "lock file of Python", |lock| {
            read_packages(lock, out)
        })
    }
}

fn read_packages(lock: Table<'_>, out: &mut Inventory<'_>) {
    match lock.word("lock-version") {
        Some(version) if major(version) == Some(1) => {}
        Some(version) => out.problem(format!("lock file version {version} is not known; version 1 is")),
        None => out.problem("the lock file does not say its version"),
    }
    let (mut graph, mut names, mut read) = (Graph::default(), ByName::default(), Vec::new());
    for entry in lock.tables("packages") {
        let Some(name) = entry.text("name") else {
            out.problem("a package without a name");
            continue;
        };
        // A directory is the project's own.
        let own = entry.table("directory").is_some();
        let node = graph.package(if own { None } else { out.add(package(entry, name)) });
        names.insert(name, node);
        read.push((node, entry));
    }
    for (node, entry) in read {
        for name in entry.tables("dependencies").filter_map(|one| one.text("name")) {
            for to in names.find(name) {
                graph.needs(node, *to, false);
            }
        }
    }
    graph.tell(false, out);
}

fn package(entry: Table<'_>, name: &str) -> Package {
    let elsewhere = entry.table("vcs").is_some() || entry.table("archive").is_some();
    let files = entry.tables("wheels").chain(entry.table("sdist"));
    Package {
        purl: purl(name, entry.text("version")),
        ecosystem: (!elsewhere).then_some(PYPI),
        hashes: files.chain(entry.table("archive")).flat_map(hashes).collect(),
        at: entry.place(),
        ..Package::default()
    }
}

fn hashes(file: Table<'_>) -> Vec<Hash> {
    let Some(all) = file.table("hashes") else {
        return Vec::new();
    };
    all.keys()
        .filter_map(|algorithm| hash(algorithm, all.text(algorithm)?))
        .collect()
}
