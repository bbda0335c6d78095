//! `package-lock.json` and `npm-shrinkwrap.json`, lock file versions 1 to 3.
//!
//! <https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>

use super::{from_registry, integrity, purl};
use crate::catalog::inventory::{Added, Places};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads lock files of npm.
pub struct PackageLock;

/// Deepest nesting of `dependencies` in version 1.
const DEEPEST: usize = 128;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: Option<u64>,
    packages: Option<BTreeMap<String, Entry>>,
    #[serde(default)]
    dependencies: BTreeMap<String, Old>,
}

/// An entry of `packages` (versions 2 and 3).
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    license: Option<serde_json::Value>,
    link: bool,
    dev: bool,
    optional: bool,
    dev_optional: bool,
    dependencies: BTreeMap<String, serde_json::Value>,
    dev_dependencies: BTreeMap<String, serde_json::Value>,
    optional_dependencies: BTreeMap<String, serde_json::Value>,
    peer_dependencies: BTreeMap<String, serde_json::Value>,
}

/// An entry of `dependencies` (version 1).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Old {
    version: String,
    integrity: Option<String>,
    dev: bool,
    optional: bool,
    requires: serde_json::Value,
    dependencies: BTreeMap<String, Old>,
}

impl Cataloger for PackageLock {
    fn id(&self) -> &'static str {
        "npm-package-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of npm"
    }

    fn reads(&self, path: &str) -> bool {
        // npm's own record of what it installed, `node_modules/.package-lock.json`, has the same form.
        matches!(
            file_name(path),
            "package-lock.json" | "npm-shrinkwrap.json" | ".package-lock.json"
        )
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock: Lock = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of npm: {error}")))?;
        let version = lock.lockfile_version.unwrap_or(1);
        if version > 3 {
            out.problem(format!(
                "lock file version {version} is not known; versions 1 to 3 are"
            ));
        }
        let places = Places::of_json_keys(input.bytes);
        match &lock.packages {
            Some(packages) => read_packages(packages, &places, out),
            None => Tree::read(&lock.dependencies, &places, out),
        }
        Ok(())
    }
}

fn read_packages(packages: &BTreeMap<String, Entry>, places: &Places, out: &mut Inventory<'_>) {
    let direct = asked_for(packages);
    let mut added: HashMap<&str, Added> = HashMap::new();
    for (path, entry) in packages {
        // The project itself, its workspaces, and the links to these are no dependencies.
        let Some((_, installed)) = path.rsplit_once("node_modules/").filter(|_| !entry.link) else {
            continue;
        };
        let name = entry.name.as_deref().unwrap_or(installed);
        let version = entry.version.as_deref().filter(|version| !version.is_empty());
        let scope = if entry.dev || entry.dev_optional {
            Scope::Development
        } else if entry.optional {
            Scope::Optional
        } else {
            Scope::Runtime
        };
        let license = entry.license.as_ref().and_then(serde_json::Value::as_str);
        let package = Package {
            purl: purl(name, version),
            ecosystem: from_registry(entry.resolved.as_deref()).then_some("npm"),
            scope,
            direct: Some(direct.contains(path.as_str())),
            licenses: license.map(str::to_owned).into_iter().collect(),
            hashes: entry.integrity.as_deref().map(integrity).unwrap_or_default(),
            at: places.of(path),
            ..Package::default()
        };
        if let Some(one) = out.add(package) {
            added.insert(path, one);
        }
    }
    for (path, entry) in packages {
        let Some(from) = added.get(path.as_str()) else {
            continue;
        };
        let named = entry
            .dependencies
            .iter()
            .chain(&entry.optional_dependencies)
            .chain(&entry.peer_dependencies);
        let on: Needed<'_> = named
            .filter_map(|(name, range)| {
                let to = resolve(packages, path, name).and_then(|path| added.get(path).copied())?;
                Some((to, range.as_str()))
            })
            .collect();
        tell(*from, &on, out);
    }
}

/// What a package needs, and in which versions.
type Needed<'t> = Vec<(Added, Option<&'t str>)>;

/// Tells what a package needs, and in which versions.
fn tell(from: Added, on: &[(Added, Option<&str>)], out: &mut Inventory<'_>) {
    out.depends(from, on.iter().map(|(to, _)| *to));
    for (to, range) in on {
        if let Some(range) = range {
            out.asks_for(from, *to, (*range).to_owned());
        }
    }
}

/// The paths of the packages that the project or one of its workspaces asks for.
fn asked_for(packages: &BTreeMap<String, Entry>) -> HashSet<&str> {
    let own = packages
        .iter()
        .filter(|(asking, entry)| !asking.contains("node_modules/") && !entry.link);
    own.flat_map(|(asking, entry)| {
        let names = entry
            .dependencies
            .keys()
            .chain(entry.dev_dependencies.keys())
            .chain(entry.optional_dependencies.keys());
        names.filter_map(|name| resolve(packages, asking, name))
    })
    .collect()
}

/// The path of the package that `name` means for the package at `from`, found as Node.js does: in its own
/// `node_modules`, then in those of the directories above.
fn resolve<'p>(packages: &'p BTreeMap<String, Entry>, from: &str, name: &str) -> Option<&'p str> {
    let mut base = from;
    loop {
        let path = if base.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{base}/node_modules/{name}")
        };
        if let Some((found, _)) = packages.get_key_value(&path) {
            return Some(found);
        }
        base = match base.rsplit_once("/node_modules/") {
            Some((above, _)) => above,
            None if base.is_empty() => return None,
            None => "",
        };
    }
}

/// The nested entries of version 1, which says nothing of what the project itself asks for.
#[derive(Default)]
struct Tree<'t> {
    /// For each nesting that is open, the names installed there.
    levels: Vec<HashMap<&'t str, Added>>,
    asks: Vec<(Added, Needed<'t>)>,
}

impl<'t> Tree<'t> {
    fn read(entries: &'t BTreeMap<String, Old>, places: &Places, out: &mut Inventory<'_>) {
        let mut tree = Tree::default();
        tree.open(entries, None, places, out);
        for (from, on) in tree.asks {
            tell(from, &on, out);
        }
    }

    /// Adds what is installed at one nesting and below; its owner finds what it requires there first.
    fn open(
        &mut self,
        entries: &'t BTreeMap<String, Old>,
        owner: Option<(Added, &'t serde_json::Value)>,
        places: &Places,
        out: &mut Inventory<'_>,
    ) {
        if self.levels.len() >= DEEPEST {
            out.problem(format!("dependencies nested deeper than {DEEPEST}"));
            return;
        }
        let named = entries.iter().filter_map(|(name, entry)| {
            let added = out.add(old_package(name, entry, places))?;
            Some((name.as_str(), added))
        });
        let here: HashMap<&str, Added> = named.collect();
        self.levels.push(here.clone());
        if let Some((owner, requires)) = owner {
            let named = requires.as_object().into_iter().flatten();
            let on = named
                .filter_map(|(name, range)| Some((self.find(name)?, range.as_str())))
                .collect();
            self.asks.push((owner, on));
        }
        for (name, entry) in entries {
            if let Some(added) = here.get(name.as_str()) {
                self.open(&entry.dependencies, Some((*added, &entry.requires)), places, out);
            }
        }
        self.levels.pop();
    }

    /// The package that a name means at the innermost nesting that is open.
    fn find(&self, name: &str) -> Option<Added> {
        self.levels
            .iter()
            .rev()
            .find_map(|level| level.get(name).copied())
    }
}

fn old_package(name: &str, entry: &Old, places: &Places) -> Package {
    // A git dependency has its address where others have their version.
    let version = Some(entry.version.as_str()).filter(|version| !version.is_empty());
    let registry = version.is_none_or(|version| !version.contains([':', '/']));
    Package {
        purl: purl(name, version.filter(|_| registry)),
        ecosystem: registry.then_some("npm"),
        scope: if entry.dev {
            Scope::Development
        } else if entry.optional {
            Scope::Optional
        } else {
            Scope::Runtime
        },
        hashes: entry.integrity.as_deref().map(integrity).unwrap_or_default(),
        at: places.of(name),
        ..Package::default()
    }
}
