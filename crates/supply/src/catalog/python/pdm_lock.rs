//! `pdm.lock`, version 4. <https://pdm-project.org/latest/usage/lockfile/>

use super::{PYPI, leading_name, purl, read_packages};
use crate::catalog::form::table::{self, Table};
use crate::catalog::form::{labelled_hash, major, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads lock files of pdm.
pub struct PdmLock;

impl Cataloger for PdmLock {
    fn id(&self) -> &'static str {
        "python-pdm-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of pdm"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "pdm.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        table::read(text(input)?, "lock file of pdm", |lock| read_lock(lock, out))
    }
}

fn read_lock(lock: Table<'_>, out: &mut Inventory<'_>) {
    let version = lock
        .table("metadata")
        .and_then(|metadata| metadata.text("lock_version"));
    if let Some(version) = version.filter(|version| major(version) != Some(4)) {
        out.problem(format!("lock file version {version} is not known; version 4 is"));
    }
    let package = |entry: Table<'_>, name: &str| {
        let elsewhere = ["git", "path", "url"].iter().any(|key| entry.text(key).is_some());
        Package {
            purl: purl(name, entry.text("version")),
            ecosystem: (!elsewhere).then_some(PYPI),
            scope: scope(entry),
            hashes: entry
                .tables("files")
                .filter_map(|file| labelled_hash(file.text("hash")?))
                .collect(),
            at: entry.place(),
            ..Package::default()
        }
    };
    read_packages(lock, package, needs, out);
}

/// What a package needs: `name[extra]>=1,<2; python_version < "3"` each.
fn needs<'t>(entry: Table<'t>) -> Vec<(&'t str, Option<&'t str>)> {
    let named = entry.texts("dependencies").filter_map(leading_name);
    named
        .map(|(name, rest)| {
            let behind = rest.split_once(']').map_or(rest, |(_, behind)| behind);
            (name, behind.split(';').next())
        })
        .collect()
}

/// Groups other than `default` are extras or sets of tools for development; only for `dev`, where pdm puts the latter if
/// not told otherwise, the name says which.
fn scope(entry: Table<'_>) -> Scope {
    let groups: Vec<&str> = entry.texts("groups").collect();
    if groups.is_empty() {
        Scope::Unknown
    } else if groups.contains(&"default") {
        Scope::Runtime
    } else if groups == ["dev"] {
        Scope::Development
    } else {
        Scope::Optional
    }
}
