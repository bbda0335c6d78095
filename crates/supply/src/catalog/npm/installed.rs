//! `package.json` of installed packages, directly in their directory under `node_modules`.
//! <https://docs.npmjs.com/cli/v11/configuring-npm/package-json>
//!
//! A `package.json` deeper in a package (to mark a directory of modules, or in its tests) describes nothing installed.

use super::purl;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable};
use bartizan_engine::Input;
use serde::Deserialize;
use serde_json::Value;

/// Reads installed packages of JavaScript.
pub struct InstalledPackage;

#[derive(Deserialize)]
struct Manifest {
    name: Option<Value>,
    version: Option<Value>,
    license: Option<Value>,
    licenses: Option<Value>,
}

impl Cataloger for InstalledPackage {
    fn id(&self) -> &'static str {
        "npm-installed"
    }

    fn title(&self) -> &'static str {
        "Installed packages of JavaScript"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        installed_as(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let manifest: Manifest = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no package.json: {error}")))?;
        let declared = manifest
            .name
            .as_ref()
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty());
        let name = declared.or(installed_as(input.path())).unwrap_or_default();
        let version = manifest.version.as_ref().and_then(Value::as_str);
        let mut licenses = Vec::new();
        for value in [&manifest.license, &manifest.licenses].into_iter().flatten() {
            collect_licenses(value, &mut licenses);
        }
        out.add(Package {
            purl: purl(name, version.filter(|version| !version.is_empty())),
            ecosystem: Some("npm"),
            licenses,
            ..Package::default()
        });
        Ok(())
    }
}

/// The name under which the package with this `package.json` is installed.
fn installed_as(path: &str) -> Option<&str> {
    let directory = path.strip_suffix("/package.json")?;
    let at = directory.rfind("node_modules/")?;
    let before = directory.get(..at)?;
    let name = directory.get(at + "node_modules/".len()..)?;
    let steps = if name.starts_with('@') { 2 } else { 1 };
    let whole = before.is_empty() || before.ends_with(['/', '!']);
    (whole && !name.starts_with('.') && name.split('/').count() == steps).then_some(name)
}

/// A licence is a text, or as in early packages an object with a `type`, or a list of these.
fn collect_licenses(value: &Value, licenses: &mut Vec<String>) {
    match value {
        Value::String(text) => licenses.push(text.clone()),
        Value::Object(object) => {
            licenses.extend(object.get("type").and_then(Value::as_str).map(str::to_owned));
        }
        Value::Array(values) => {
            for one in values.iter().filter(|one| !one.is_array()) {
                collect_licenses(one, licenses);
            }
        }
        _ => {}
    }
}
