//! `composer.lock`, and `installed.json`, in which Composer lists what it installed.
//! <https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control>
//!
//! Neither tells what the project asks for itself.

use crate::catalog::form::graph::Graph;
use crate::catalog::form::{hash, purl};
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Reads lock files and lists of installed packages of Composer.
pub struct ComposerLock;

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    /// Composer 1 lists installed packages without anything around them.
    Bare(Vec<Entry>),
    Whole(Whole),
}

#[derive(Deserialize)]
struct Whole {
    packages: Vec<Entry>,
    #[serde(rename = "packages-dev", default)]
    packages_dev: Option<Vec<Entry>>,
    #[serde(rename = "dev-package-names", default)]
    dev_package_names: Option<HashSet<String>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    license: Value,
    #[serde(default)]
    dist: Value,
    #[serde(default)]
    require: Value,
}

impl Cataloger for ComposerLock {
    fn id(&self) -> &'static str {
        "composer-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files and installed packages of Composer"
    }

    fn tells_installed(&self, path: &str) -> bool {
        file_name(path) == "installed.json"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "composer.lock" || path.ends_with("vendor/composer/installed.json")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file: File = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of Composer: {error}")))?;
        let installed = file_name(input.path()) == "installed.json";
        let (runtime, development, names) = match file {
            File::Bare(entries) => (entries, Vec::new(), None),
            File::Whole(whole) => (
                whole.packages,
                whole.packages_dev.unwrap_or_default(),
                whole.dev_package_names,
            ),
        };
        let scope = |entry: &Entry| match &names {
            Some(names) if names.contains(&entry.name) => Scope::Development,
            None if installed => Scope::Unknown,
            _ => Scope::Runtime,
        };
        let places = Places::of_json_values(input.bytes, "name");
        let mut graph = Graph::default();
        let mut named = HashMap::new();
        let runtime = runtime.iter().map(|entry| (entry, scope(entry)));
        let development = development.iter().map(|entry| (entry, Scope::Development));
        let entries: Vec<(&Entry, Scope)> = runtime.chain(development).collect();
        for (entry, scope) in &entries {
            let node = graph.package(out.add(package(entry, *scope, &places)));
            named.insert(entry.name.to_ascii_lowercase(), node);
        }
        for (entry, _) in &entries {
            let Some(from) = named.get(&entry.name.to_ascii_lowercase()) else {
                continue;
            };
            for (name, range) in entry.require.as_object().into_iter().flatten() {
                if let Some(to) = named.get(&name.to_ascii_lowercase()) {
                    graph.needs_in(*from, *to, false, range.as_str());
                }
            }
        }
        graph.tell(false, out);
        Ok(())
    }
}

fn package(entry: &Entry, scope: Scope, places: &Places) -> Package {
    let (namespace, name) = entry.name.split_once('/').unwrap_or(("", &entry.name));
    let text = |key: &str| entry.dist.get(key).and_then(Value::as_str);
    let licenses = entry
        .license
        .as_array()
        .into_iter()
        .flatten()
        .chain(Some(&entry.license));
    Package {
        purl: purl("composer", Some(namespace), name, entry.version.as_str()),
        ecosystem: (text("type") != Some("path")).then_some("Packagist"),
        scope,
        licenses: licenses.filter_map(Value::as_str).map(str::to_owned).collect(),
        hashes: text("shasum")
            .and_then(|digits| hash("sha1", digits))
            .into_iter()
            .collect(),
        at: places.of(&entry.name),
        ..Package::default()
    }
}
