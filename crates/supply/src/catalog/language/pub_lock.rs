//! `pubspec.lock`, of Dart. <https://dart.dev/tools/pub/glossary#lockfile>

use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{hash, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads lock files of pub.
pub struct PubLock;

impl Cataloger for PubLock {
    fn id(&self) -> &'static str {
        "pub-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of pub"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "pubspec.lock"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let lock = outline::read(text(input)?, Separator::Colon)?;
        for entry in lock.entries_of("packages") {
            // Packages of the SDK have no version of their own; those at a path are the project's.
            if !matches!(entry.value_of("source"), Some("sdk" | "path")) {
                out.add(package(entry));
            }
        }
        Ok(())
    }
}

fn package(entry: &Entry<'_>) -> Package {
    let description = entry.get("description");
    let dependency = entry.value_of("dependency");
    let name = description
        .and_then(|one| one.value_of("name"))
        .unwrap_or(&entry.key);
    let digest = description.and_then(|one| one.value_of("sha256"));
    Package {
        purl: purl("pub", None, name, entry.value_of("version")),
        ecosystem: (entry.value_of("source") == Some("hosted")).then_some("Pub"),
        scope: match dependency {
            Some("direct main") => Scope::Runtime,
            Some("direct dev") => Scope::Development,
            _ => Scope::Unknown,
        },
        direct: dependency.map(|one| one.starts_with("direct")),
        hashes: digest
            .and_then(|digits| hash("sha256", digits))
            .into_iter()
            .collect(),
        at: entry.at.clone(),
        ..Package::default()
    }
}
