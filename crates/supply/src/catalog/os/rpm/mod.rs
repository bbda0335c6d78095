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
pub(crate) use header::WithFiles;

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
        is_database(path)
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        walk(input.bytes, &mut |blob| match blob.map(Header::parse) {
            // Keys that packages are verified with are kept as if they were packages.
            Ok(Ok(header)) if header.name == "gpg-pubkey" => {}
            Ok(Ok(header)) => add(header, out),
            Ok(Err(problem)) => out.problem(problem),
            Err(problem) => out.problem(problem),
        })
    }
}

/// Receives the headers of a database, and what is wrong with it.
type Each<'e> = dyn FnMut(Result<&[u8], String>) + 'e;

fn walk(bytes: &[u8], each: &mut Each<'_>) -> Result<(), Unreadable> {
    if sqlite::is(bytes) {
        sqlite::walk(bytes, each);
    } else if ndb::is(bytes) {
        ndb::walk(bytes, each);
    } else if bdb::is(bytes) {
        bdb::walk(bytes, each);
    } else {
        return Err(Unreadable(
            "it is no database of rpm: neither SQLite, ndb nor a hash table of Berkeley DB".to_owned(),
        ));
    }
    Ok(())
}

/// Whether the file at this path is a database of rpm.
pub(crate) fn is_database(path: &str) -> bool {
    matches!(file_name(path), "rpmdb.sqlite" | "Packages.db" | "Packages") && super::root_of(path).is_some()
}

/// Most bytes that the paths of a database may take: a header names a directory once for all of its files, so that a small
/// database could name a great many long paths.
const MOST_PATHS: usize = 128 << 20;

/// The packages of a database with their files; none where a part of it cannot be read, because what a package owns would then pass
/// for nobody's.
pub(crate) fn with_files(bytes: &[u8]) -> Option<Vec<WithFiles>> {
    let mut found = Vec::new();
    let mut left = MOST_PATHS;
    let mut is_whole = true;
    let told = walk(bytes, &mut |blob| {
        let package = blob.ok().and_then(|blob| WithFiles::parse(blob, &mut left));
        is_whole &= package.is_some();
        found.extend(package.filter(|package| package.name != "gpg-pubkey"));
    });
    (told.is_ok() && is_whole).then_some(found)
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
pub(crate) fn slug(vendor: &str) -> String {
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
