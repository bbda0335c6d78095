//! `poetry.lock`, versions 1 and 2. <https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock>
//!
//! It lists what was resolved, not what the project asks for; the group of a package is told in version 1 (`category`) and
//! since 2.1 (`groups`).

use super::{ByName, PYPI, purl};
use crate::catalog::form::graph::Graph;
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{labelled_hash, major, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads lock files of poetry.
pub struct PoetryLock;

impl Cataloger for PoetryLock {
    fn id(&self) -> &'static str {
        "python-poetry-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of poetry"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "poetry.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "lock file of poetry", |lock| read_lock(lock, out))
    }
}

fn read_lock(lock: Table<'_>, out: &mut Inventory<'_>) {
    let metadata = lock.table("metadata");
    if let Some(version) = metadata.and_then(|metadata| metadata.text("lock-version"))
        && !matches!(major(version), Some(1 | 2))
    {
        out.problem(format!(
            "lock file version {version} is not known; versions 1 and 2 are"
        ));
    }
    let files = metadata.and_then(|metadata| metadata.table("files"));
    let mut graph = Graph::default();
    let mut names = ByName::default();
    let mut read = Vec::new();
    for entry in lock.tables("package") {
        let Some(name) = entry.text("name") else {
            out.problem("a package without a name");
            continue;
        };
        let listed = files.into_iter().flat_map(|files| files.tables(name));
        let hashes = entry
            .tables("files")
            .chain(listed)
            .filter_map(|file| file.text("hash"));
        let source = entry.table("source").and_then(|source| source.text("type"));
        let added = out.add(Package {
            purl: purl(name, entry.text("version")),
            // `legacy` is another index of packages, where only the name is known.
            ecosystem: matches!(source, None | Some("legacy")).then_some(PYPI),
            scope: scope(entry),
            hashes: hashes.filter_map(labelled_hash).collect(),
            at: entry.place(),
            ..Package::default()
        });
        let node = graph.package(added);
        names.insert(name, node);
        read.push((node, entry));
    }
    for (node, entry) in read {
        for dependency in entry.table("dependencies").into_iter().flat_map(Table::keys) {
            for to in names.find(dependency) {
                graph.needs(node, *to, false);
            }
        }
    }
    graph.tell(false, out);
}

fn scope(entry: Table<'_>) -> Scope {
    let mut groups = entry.texts("groups").peekable();
    let main = match (groups.peek().is_some(), entry.text("category")) {
        (true, _) => groups.any(|group| group == "main"),
        (false, Some(category)) => category == "main",
        (false, None) if entry.is("optional") => return Scope::Optional,
        (false, None) => return Scope::Unknown,
    };
    match (main, entry.is("optional")) {
        (false, _) => Scope::Development,
        (true, true) => Scope::Optional,
        (true, false) => Scope::Runtime,
    }
}
