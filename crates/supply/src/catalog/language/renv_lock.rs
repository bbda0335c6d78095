//! `renv.lock`, of R. <https://rstudio.github.io/renv/reference/lockfiles.html>

use crate::catalog::form::purl;
use crate::catalog::inventory::Places;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Reads lock files of renv.
pub struct RenvLock;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lock {
    packages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    package: Option<String>,
    version: Option<String>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    repository: Option<String>,
    #[serde(default)]
    requirements: Vec<String>,
}

impl Cataloger for RenvLock {
    fn id(&self) -> &'static str {
        "renv-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of renv"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "renv.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock: Lock = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no lock file of renv: {error}")))?;
        let places = Places::of_json_keys_at(input.bytes, 2);
        let mut added = BTreeMap::new();
        for (key, entry) in &lock.packages {
            let name = entry.package.as_deref().unwrap_or(key);
            let bioconductor = entry.source == "Bioconductor"
                || entry
                    .repository
                    .as_deref()
                    .is_some_and(|one| one.starts_with("BioC"));
            let (kind, ecosystem) = match entry.source.as_str() {
                _ if bioconductor => ("bioconductor", Some("Bioconductor")),
                "Repository" => ("cran", Some("CRAN")),
                _ => ("cran", None),
            };
            let one = out.add(Package {
                purl: purl(kind, None, name, entry.version.as_deref()),
                ecosystem,
                at: places.of(key),
                ..Package::default()
            });
            if let Some(one) = one {
                added.insert(name, one);
            }
        }
        for (key, entry) in &lock.packages {
            let name = entry.package.as_deref().unwrap_or(key);
            let on = entry
                .requirements
                .iter()
                .filter_map(|one| added.get(one.as_str()).copied());
            if let Some(from) = added.get(name) {
                out.depends(*from, on);
            }
        }
        Ok(())
    }
}
