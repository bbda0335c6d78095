//! `poetry.lock`, versions 1 and 2. <https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock>
//!
//! It lists what was resolved, not what the project asks for; the group of a package is told in version 1 (`category`) and
//! since 2.1 (`groups`).

use super::{PYPI, purl, read_packages};
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
    let package = |entry: Table<'_>, name: &str| {
        let listed = files.into_iter().flat_map(|files| files.tables(name));
        let hashes = entry
            .tables("files")
            .chain(listed)
            .filter_map(|file| file.text("hash"));
        let source = entry.table("source").and_then(|source| source.text("type"));
        Package {
            purl: purl(name, entry.text("version")),
            // `legacy` is another index of packages, where only the name is known.
            ecosystem: matches!(source, None | Some("legacy")).then_some(PYPI),
            scope: scope(entry),
            hashes: hashes.filter_map(labelled_hash).collect(),
            at: entry.place(),
            ..Package::default()
        }
    };
    read_packages(lock, package, needs, out);
}

/// What a package needs. One that depends on the machine is a table with a version, or a list of those.
fn needs<'t>(entry: Table<'t>) -> Vec<(&'t str, Option<&'t str>)> {
    let Some(dependencies) = entry.table("dependencies") else {
        return Vec::new();
    };
    let range = |name: &str| {
        let table = || dependencies.table(name).and_then(|one| one.text("version"));
        dependencies.text(name).or_else(table)
    };
    dependencies.keys().map(|name| (name, range(name))).collect()
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
