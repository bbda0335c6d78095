//! `pnpm-lock.yaml`, versions 5 to 9. <https://github.com/pnpm/spec/tree/master/lockfile>

use super::{from_registry, integrity, purl};
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{major, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::HashMap;

/// Reads lock files of pnpm.
pub struct PnpmLock;

const GROUPS: [(&str, Scope); 3] = [
    ("dependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
    ("devDependencies", Scope::Development),
];

impl Cataloger for PnpmLock {
    fn id(&self) -> &'static str {
        "npm-pnpm-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of pnpm"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "pnpm-lock.yaml"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock = outline::read(text(input)?, Separator::Colon)?;
        let Some(version) = lock.value_of("lockfileVersion") else {
            return Err(Unreadable(
                "it is no lock file of pnpm: no `lockfileVersion`".to_owned(),
            ));
        };
        if !matches!(major(version), Some(5 | 6 | 7 | 9)) {
            out.problem(format!(
                "lock file version {version} is not known; versions 5, 6, 7 and 9 are"
            ));
        }
        Reader {
            paths: major(version) == Some(5),
            nodes: HashMap::new(),
            graph: Graph::default(),
        }
        .read(&lock, out);
        Ok(())
    }
}

struct Reader<'t> {
    /// Whether keys are paths, `/name/version`, rather than `name@version`.
    paths: bool,
    nodes: HashMap<&'t str, Node>,
    graph: Graph,
}

impl<'t> Reader<'t> {
    fn read(mut self, lock: &'t Entry<'t>, out: &mut Inventory<'_>) {
        // Version 9 may begin with a document about pnpm itself, so each key may stand twice.
        let all = |key: &'static str| {
            let found = lock.entries.iter().filter(move |entry| entry.key == key);
            found.flat_map(|entry| &entry.entries)
        };
        for entry in all("packages") {
            let added = self.package(entry, out).and_then(|package| out.add(package));
            let node = self.graph.package(added);
            self.nodes.insert(&entry.key, node);
        }
        for entry in all("snapshots") {
            // A snapshot is a package with one choice of peers.
            if let Some(node) = self.nodes.get(without_peers(&entry.key)) {
                self.nodes.insert(&entry.key, *node);
            }
        }
        for entry in all("packages").chain(all("snapshots")) {
            let Some(from) = self.nodes.get(entry.key.as_ref()).copied() else {
                continue;
            };
            for (group, optional) in [("dependencies", false), ("optionalDependencies", true)] {
                for one in entry.entries_of(group) {
                    if let Some(to) = self.find(&one.key, &one.value) {
                        self.graph.needs(from, to, optional);
                    }
                }
            }
        }
        for importer in std::iter::once(lock).chain(all("importers")) {
            for (group, scope) in GROUPS {
                for one in importer.entries_of(group) {
                    let reference = one.value_of("version").unwrap_or(&one.value);
                    if let Some(to) = self.find(&one.key, reference) {
                        self.graph.asks(to, scope);
                    }
                }
            }
        }
        self.graph.tell(true, out);
    }

    fn package(&self, entry: &Entry<'_>, out: &mut Inventory<'_>) -> Option<Package> {
        let resolution = entry.get("resolution");
        let in_key = name_and_version(&entry.key, self.paths);
        let registry = in_key.is_some_and(|(_, version)| is_version(version))
            && resolution.is_none_or(|one| one.get("directory").or(one.get("repo")).is_none())
            && from_registry(resolution.and_then(|one| one.value_of("tarball")));
        let name = entry.value_of("name").or(in_key.map(|(name, _)| name));
        let version = entry.value_of("version").or(in_key.map(|(_, version)| version));
        let (Some(name), Some(version)) = (name, version.filter(|version| is_version(version))) else {
            out.problem(format!("`{}` is no package", entry.key.escape_debug()));
            return None;
        };
        let digest = resolution.and_then(|one| one.value_of("integrity"));
        Some(Package {
            purl: purl(name, Some(version)),
            ecosystem: registry.then_some("npm"),
            scope: flagged(entry),
            hashes: digest.map(integrity).unwrap_or_default(),
            at: entry.at.clone(),
            ..Package::default()
        })
    }

    /// The package that a dependency means: its reference is a version with a choice of peers, or itself a key.
    fn find(&self, name: &str, reference: &str) -> Option<Node> {
        let candidates = [
            format!("/{name}/{reference}"),
            format!("/{name}@{reference}"),
            format!("{name}@{reference}"),
        ];
        let found = candidates.iter().find_map(|key| self.nodes.get(key.as_str()));
        found.or_else(|| self.nodes.get(reference)).copied()
    }
}

/// What versions before 9 say of a package: whether only development needs it, or it is optional.
fn flagged(entry: &Entry<'_>) -> Scope {
    match (entry.value_of("dev"), entry.value_of("optional")) {
        (Some("true"), _) => Scope::Development,
        (_, Some("true")) => Scope::Optional,
        (Some("false"), _) => Scope::Runtime,
        _ => Scope::Unknown,
    }
}

fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

/// Name and version of `/name/version_peers` or `name@version(peers)`.
fn name_and_version(key: &str, paths: bool) -> Option<(&str, &str)> {
    let key = without_peers(key);
    let bare = key.strip_prefix('/').unwrap_or(key);
    let at = bare
        .bytes()
        .skip(1)
        .position(|byte| byte == b'@')
        .map(|at| at + 1);
    match at {
        Some(at) if !paths => {
            let (name, version) = bare.split_at_checked(at)?;
            Some((name, version.get(1..)?))
        }
        _ => {
            let (mut name, version) = bare.rsplit_once('/')?;
            // Without the first slash a registry's host comes before the name.
            if !key.starts_with('/') {
                name = name.split_once('/')?.1;
            }
            Some((name, version.split('_').next().unwrap_or(version)))
        }
    }
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('.') && !text.contains(['/', ':'])
}
