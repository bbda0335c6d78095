//! Databases of rpm in their three forms: SQLite, ndb and Berkeley DB. Each keeps the headers of the installed packages,
//! found by [`sqlite`], [`ndb`] and [`bdb`] and read by [`header`].
//!
//! <https://rpm.org/documentation.html>

mod bdb;
mod header;
mod ndb;
mod sqlite;

use super::{Added, Wanted, package};
use crate::catalog::{Cataloger, Inventory, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{Scope, SourcePackage};
use header::Header;
pub(crate) use header::WithFiles;
use std::collections::{HashMap, HashSet};

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
        let mut relations = Relations::default();
        walk(input.bytes, &mut |blob| match blob.map(Header::parse) {
            // Keys that packages are verified with are kept as if they were packages.
            Ok(Ok(header)) if header.name == "gpg-pubkey" => {}
            Ok(Ok(header)) => relations.add(header, out),
            Ok(Err(problem)) => out.problem(problem),
            Err(problem) => out.problem(problem),
        })?;
        relations.resolve(input.bytes, out)
    }
}

/// What packages provide and need.
#[derive(Default)]
struct Relations {
    wanted: Wanted,
    /// Packages by name.
    added: HashMap<String, Added>,
    requires: Vec<(Added, Vec<String>)>,
}

impl Relations {
    fn add(&mut self, mut header: Header, out: &mut Inventory<'_>) {
        let name = header.name.clone();
        let provides = std::mem::take(&mut header.provides);
        let requires = std::mem::take(&mut header.requires);
        if let Some(added) = add(header, out) {
            self.wanted.installs(&name, added);
            self.added.insert(name, added);
            for provided in provides {
                self.wanted.provides(&provided, added);
            }
            self.requires.push((added, requires));
        }
    }

    /// Joins what is needed with who provides it; of files, with who owns them.
    fn resolve(mut self, bytes: &[u8], out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let requires = std::mem::take(&mut self.requires);
        let asked = requires.iter().flat_map(|(_, names)| names);
        let paths: HashSet<&str> = asked
            .map(String::as_str)
            .filter(|name| name.starts_with('/'))
            .collect();
        if !paths.is_empty() {
            walk(bytes, &mut |blob| {
                let Ok(blob) = blob else { return };
                let owner = Header::parse(blob).ok();
                let owner = owner.and_then(|header| self.added.get(&header.name).copied());
                if let Some(owner) = owner {
                    header::files_among(blob, &paths, &mut |path| self.wanted.provides(path, owner));
                }
            })?;
        }
        for (from, names) in &requires {
            let asked = names.iter().map(|name| vec![name.clone()]);
            self.wanted.asks(*from, asked.collect());
        }
        self.wanted.resolve(out);
        Ok(())
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

fn add(header: Header, out: &mut Inventory<'_>) -> Option<Added> {
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
    let added = out.add(package)?;
    out.set_version(added, full);
    Some(added)
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
