//! `bun.lock`, JSON with trailing commas, versions 0 and 1 (<https://bun.com/docs/pm/lockfile>), and the binary `bun.lockb`,
//! which [`bun_lockb`] reads.

use super::{bun_lockb, integrity, purl};
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::form::relaxed;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Reads lock files of bun.
pub struct BunLock;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: u64,
    #[serde(default)]
    workspaces: BTreeMap<String, Workspace>,
    #[serde(default)]
    packages: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Workspace {
    name: String,
    dependencies: BTreeMap<String, Value>,
    dev_dependencies: BTreeMap<String, Value>,
    optional_dependencies: BTreeMap<String, Value>,
}

impl Cataloger for BunLock {
    fn id(&self) -> &'static str {
        "npm-bun-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of bun"
    }

    fn reads(&self, path: &str) -> bool {
        matches!(file_name(path), "bun.lock" | "bun.lockb")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        if bun_lockb::is(input.bytes) || file_name(input.path()) == "bun.lockb" {
            return bun_lockb::read(input.bytes, out);
        }
        let json = relaxed::to_json(input.bytes);
        let lock: Lock = serde_json::from_slice(&json)
            .map_err(|error| Unreadable(format!("it is no lock file of bun: {error}")))?;
        if lock.lockfile_version > 1 {
            out.problem(format!(
                "lock file version {} is not known; versions 0 and 1 are",
                lock.lockfile_version
            ));
        }
        read_packages(&lock, &Places::of_json_keys_at(&json, 2), out);
        Ok(())
    }
}

fn read_packages(lock: &Lock, places: &Places, out: &mut Inventory<'_>) {
    let mut graph = Graph::default();
    let mut nodes: HashMap<&str, Node> = HashMap::new();
    for (key, tuple) in &lock.packages {
        let Some((name, version)) = tuple.first().and_then(Value::as_str).and_then(split) else {
            out.problem(format!("`{}` is no package", key.escape_debug()));
            continue;
        };
        let registry = version.starts_with(|first: char| first.is_ascii_digit());
        let digest = tuple.last().and_then(Value::as_str).filter(|_| tuple.len() > 1);
        let own = version.starts_with("workspace:");
        let package = Package {
            purl: purl(name, Some(version).filter(|_| registry)),
            ecosystem: registry.then_some("npm"),
            hashes: digest.map(integrity).unwrap_or_default(),
            at: places.of(key),
            ..Package::default()
        };
        let added = if own { None } else { out.add(package) };
        nodes.insert(key, graph.package(added));
    }
    for (key, tuple) in &lock.packages {
        let Some(from) = nodes.get(key.as_str()) else {
            continue;
        };
        let info = tuple.iter().skip(1).find_map(Value::as_object);
        for (group, optional) in [
            ("dependencies", false),
            ("optionalDependencies", true),
            ("peerDependencies", false),
        ] {
            let names = info.and_then(|info| info.get(group)).and_then(Value::as_object);
            for (name, range) in names.into_iter().flatten() {
                if let Some(to) = resolve(&nodes, key, name) {
                    graph.needs_in(*from, to, optional, range.as_str());
                }
            }
        }
    }
    for workspace in lock.workspaces.values() {
        let groups = [
            (&workspace.dependencies, Scope::Runtime),
            (&workspace.optional_dependencies, Scope::Optional),
            (&workspace.dev_dependencies, Scope::Development),
        ];
        for (names, scope) in groups {
            for name in names.keys() {
                if let Some(node) = resolve(&nodes, &workspace.name, name) {
                    graph.asks(node, scope);
                }
            }
        }
    }
    graph.tell(true, out);
}

/// Name and version, or address, of `name@version`.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().skip(1).position(|byte| byte == b'@')? + 1;
    let (name, version) = text.split_at_checked(at)?;
    Some((name, version.get(1..)?))
}

/// Keys are paths of installed packages: the nearest above the one that asks counts.
fn resolve(nodes: &HashMap<&str, Node>, from: &str, name: &str) -> Option<Node> {
    let mut base = from;
    while !base.is_empty() {
        if let Some(node) = nodes.get(format!("{base}/{name}").as_str()) {
            return Some(*node);
        }
        let above = base.rsplit_once('/').map_or("", |(above, _)| above);
        // `@scope/name` is one step.
        let scope = above.rsplit('/').next().filter(|last| last.starts_with('@'));
        base = match scope {
            Some(scope) => above.strip_suffix(scope).unwrap_or("").trim_end_matches('/'),
            None => above,
        };
    }
    nodes.get(name).copied()
}
