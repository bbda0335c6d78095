//! Databases of rpm in their three forms: SQLite, ndb and Berkeley DB. Each keeps the headers of the installed packages,
//! found by [`sqlite`], [`ndb`] and [`bdb`] and read by [`header`].
//!
//! <https://rpm.org/documentation.html>

mod bdb;
mod header;
mod ndb;
mod sqlite;

use super::package;
use crate::catalog::{Cataloger, Inventory, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{Scope, SourcePackage};
use header::Header;

/// Reads databases of rpm.
pub struct Rpm;

impl Cataloger for Rpm {
    fn id(&self) -> &'static str {
        "os-rpm"
    }

    fn title(&self) -> &'static str {
        "Installed packages of rpm"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        matches!(file_name(path), "rpmdb.sqlite" | "Packages.db" | "Packages")
            && super::root_of(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        if sqlite::is(input.bytes) {
            sqlite::walk(input.bytes, out);
        } else if ndb::is(input.bytes) {
            ndb::walk(input.bytes, out);
        } else if bdb::is(input.bytes) {
            bdb::walk(input.bytes, out);
        } else {
            return Err(Unreadable(
                "it is no database of rpm: neither SQLite, ndb nor a hash table of Berkeley DB".to_owned(),
            ));
        }
        Ok(())
    }
}

fn add_header(blob: &[u8], out: &mut Inventory<'_>) {
    match Header::parse(blob) {
        // Keys that packages are verified with are kept as if they were packages.
        Ok(header) if header.name == "gpg-pubkey" => {}
        Ok(header) => add(header, out),
        Err(problem) => out.problem(problem),
    }
}

fn add(header: Header, out: &mut Inventory<'_>) {
    let version = if header.release.is_empty() {
        header.version
    } else {
        format!("{}-{}", header.version, header.release)
    };
    let full = match header.epoch {
        Some(epoch) if epoch > 0 => format!("{epoch}:{version}"),
        _ => version.clone(),
    };
    let namespace = header.vendor.as_deref().map(slug).unwrap_or_default();
    let namespace = if namespace.is_empty() {
        "unknown"
    } else {
        &namespace
    };
    let mut package = package("rpm", namespace, &header.name, &version);
    let mut qualify = |key: &str, value: Option<String>| {
        let value = value.unwrap_or_default();
        package.purl.qualifiers.insert(key.to_owned(), value);
    };
    qualify("arch", header.arch);
    qualify(
        "epoch",
        header
            .epoch
            .filter(|epoch| *epoch > 0)
            .map(|epoch| epoch.to_string()),
    );
    // Advisories for a package of a module concern one stream of it.
    qualify("rpmmod", header.module);
    package.scope = Scope::Runtime;
    package.source = header.source_rpm.as_deref().and_then(source);
    package.licenses = header.license.into_iter().collect();
    if let Some(added) = out.add(package) {
        out.set_version(added, full);
    }
}

/// The vendor as a namespace until an os-release names the distribution.
fn slug(vendor: &str) -> String {
    let words: Vec<String> = vendor
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

/// Name and version of a source package from its file name, `name-version-release.src.rpm`.
fn source(file: &str) -> Option<SourcePackage> {
    let stem = file
        .strip_suffix(".src.rpm")
        .or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(SourcePackage {
        name: name.to_owned(),
        version: Some(format!("{version}-{release}")),
    })
}
