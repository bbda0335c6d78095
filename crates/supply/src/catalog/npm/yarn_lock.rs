//! `yarn.lock`, of yarn 1 (<https://classic.yarnpkg.com/en/docs/yarn-lock/>) and of yarn 2 and later
//! (<https://yarnpkg.com/advanced/lexicon#lockfile>).
//!
//! Yarn 1 lists every package with the ranges that lead to it; what the project asks for it does not tell. Later versions
//! list the project's own packages too, without telling apart what only development needs.

use super::{from_registry, integrity, purl};
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{hash, major, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::HashMap;

/// Reads lock files of yarn.
pub struct YarnLock;

/// The newest version of the format since yarn 2 that is known.
const NEWEST: u32 = 8;

impl Cataloger for YarnLock {
    fn id(&self) -> &'static str {
        "npm-yarn-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of yarn"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "yarn.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let berry = text.lines().any(|line| line.starts_with("__metadata:"));
        let separator = if berry { Separator::Colon } else { Separator::Space };
        let lock = outline::read(text, separator)?;
        if berry {
            let version = lock.get("__metadata").and_then(|entry| entry.value_of("version"));
            if version.and_then(major).is_none_or(|version| version > NEWEST) {
                let version = version.unwrap_or("without a number");
                out.problem(format!(
                    "lock file version {version} is not known; versions up to {NEWEST} are"
                ));
            }
        } else if let Some(line) = text.lines().find(|line| line.starts_with("# yarn lockfile v"))
            && line.trim_end() != "# yarn lockfile v1"
        {
            out.problem(format!("`{}` is not known; version 1 is", line.escape_debug()));
        }
        read_entries(&lock, berry, out);
        Ok(())
    }
}

fn read_entries(lock: &Entry<'_>, berry: bool, out: &mut Inventory<'_>) {
    let mut graph = Graph::default();
    let mut by_pattern: HashMap<String, Node> = HashMap::new();
    let mut read: Vec<(Node, &Entry<'_>, bool)> = Vec::new();
    for entry in lock.entries.iter().filter(|entry| entry.key != "__metadata") {
        let own = entry
            .value_of("resolution")
            .is_some_and(|one| one.contains("@workspace:"));
        let package = if berry {
            berry_package(entry)
        } else {
            classic_package(entry)
        };
        if package.is_none() && !own {
            out.problem(format!("`{}` is no package", entry.key.escape_debug()));
        }
        let added = package.filter(|_| !own).and_then(|package| out.add(package));
        let node = graph.package(added);
        for pattern in patterns(&entry.key) {
            by_pattern.insert(pattern.to_owned(), node);
        }
        read.push((node, entry, own));
    }
    for (node, entry, own) in read {
        let optional = entry
            .entries_of("optionalDependencies")
            .iter()
            .map(|one| (one, true));
        let needed = entry.entries_of("dependencies").iter().map(|one| (one, false));
        for (one, optional) in needed.chain(optional) {
            let exact = by_pattern.get(&format!("{}@{}", one.key, one.value));
            let found = exact.or_else(|| by_pattern.get(&format!("{}@npm:{}", one.key, one.value)));
            if let Some(to) = found {
                let range = one.value.strip_prefix("npm:").unwrap_or(&one.value);
                graph.needs_in(node, *to, optional, Some(range));
                if own {
                    graph.asks(*to, Scope::Unknown);
                }
            }
        }
    }
    graph.tell(berry, out);
}

/// The ranges that lead to an entry, `name@range` each.
fn patterns(key: &str) -> impl Iterator<Item = &str> {
    key.split(", ").map(|one| one.trim().trim_matches('"'))
}

/// Name and range of `name@range`, where the name may begin with `@`; a name alone has no range.
fn split_pattern(pattern: &str) -> (&str, &str) {
    let at = pattern
        .bytes()
        .skip(1)
        .position(|byte| byte == b'@')
        .map(|at| at + 1);
    match at.and_then(|at| pattern.split_at_checked(at)) {
        Some((name, range)) => (name, range.strip_prefix('@').unwrap_or(range)),
        None => (pattern, ""),
    }
}

/// The name of the package that a range `npm:name@range` stands for, under another name.
fn aliased(range: &str) -> Option<&str> {
    let target = range.strip_prefix("npm:")?;
    let (name, range) = split_pattern(target);
    (!range.is_empty() && !name.is_empty()).then_some(name)
}

fn classic_package(entry: &Entry<'_>) -> Option<Package> {
    let version = entry.value_of("version")?;
    let (mut name, mut range) = ("", "");
    for pattern in patterns(&entry.key) {
        (name, range) = split_pattern(pattern);
        if aliased(range).is_some() {
            break;
        }
    }
    let name = aliased(range).unwrap_or(name);
    let resolved = entry.value_of("resolved");
    // The ranges of other packages are addresses, paths or `owner/name` at a host.
    let named = patterns(&entry.key).map(|pattern| split_pattern(pattern).1);
    let elsewhere = named
        .filter(|range| !range.starts_with("npm:"))
        .any(|range| range.contains([':', '/']));
    let mut hashes = entry.value_of("integrity").map(integrity).unwrap_or_default();
    if let Some((_, digest)) = resolved.and_then(|address| address.rsplit_once('#')) {
        // After a git address the same sign begins a commit.
        hashes.extend(hash("sha1", digest).filter(|_| from_registry(resolved) && !elsewhere));
    }
    Some(Package {
        purl: purl(name, Some(version)),
        ecosystem: (from_registry(resolved) && !elsewhere).then_some("npm"),
        hashes,
        at: entry.at.clone(),
        ..Package::default()
    })
}

fn berry_package(entry: &Entry<'_>) -> Option<Package> {
    let (name, reference) = split_pattern(entry.value_of("resolution")?);
    let registry = reference.starts_with("npm:") || reference.starts_with("patch:");
    Some(Package {
        purl: purl(name, Some(entry.value_of("version")?)),
        // A patched package is still that of the registry. The checksum is that of yarn's own archive of it.
        ecosystem: registry.then_some("npm"),
        at: entry.at.clone(),
        ..Package::default()
    })
}
