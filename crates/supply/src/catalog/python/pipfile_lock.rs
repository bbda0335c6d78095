//! `Pipfile.lock`, version 6. <https://pipenv.pypa.io/en/latest/locking.html>
//!
//! It tells neither what the project asks for itself nor who depends on whom.

use super::{PYPI, purl};
use crate::catalog::form::labelled_hash;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Reads lock files of pipenv.
pub struct PipfileLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "_meta")]
    meta: Option<Value>,
    #[serde(flatten)]
    categories: BTreeMap<String, Map<String, Value>>,
}

impl Cataloger for PipfileLock {
    fn id(&self) -> &'static str {
        "python-pipfile-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of pipenv"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "Pipfile.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock: Lock = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of pipenv: {error}")))?;
        let version = lock.meta.as_ref().and_then(|meta| meta.get("pipfile-spec"));
        if let Some(version) = version.filter(|version| version.as_u64() != Some(6)) {
            out.problem(format!("lock file version {version} is not known; version 6 is"));
        }
        let places = Places::of_json_keys_at(input.bytes, 2);
        for (category, entries) in &lock.categories {
            let scope = match category.as_str() {
                "default" => Scope::Runtime,
                "develop" => Scope::Development,
                _ => Scope::Optional,
            };
            for (name, entry) in entries {
                out.add(package(name, entry, scope, &places));
            }
        }
        Ok(())
    }
}

fn package(name: &str, entry: &Value, scope: Scope, places: &Places) -> Package {
    let version = entry.get("version").and_then(Value::as_str);
    let version = version.and_then(|version| version.strip_prefix("=="));
    let elsewhere = ["git", "path", "file"].iter().any(|key| entry.get(key).is_some());
    let hashes = entry.get("hashes").and_then(Value::as_array);
    let hashes = hashes.into_iter().flatten().filter_map(Value::as_str);
    Package {
        purl: purl(name, version.map(|version| version.trim_start_matches('='))),
        ecosystem: (!elsewhere).then_some(PYPI),
        scope,
        hashes: hashes.filter_map(labelled_hash).collect(),
        at: places.of(name),
        ..Package::default()
    }
}
