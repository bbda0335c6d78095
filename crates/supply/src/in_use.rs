//! Which packages a workload uses, by the files of them that it was seen to open or to run.
//!
//! In: components of a root, what its package managers tell of files ([`Owners`]), and paths. Out: [`InUse`]. A package counts as used when one of its files was read or
//! run: more than what is loaded as code may count, and never less, so that what is said to be unused was not touched.

use crate::catalog::Cataloger;
use crate::catalog::os::OsRelease;
use crate::image::minimal::{Owner, Told, told_by};
use bartizan_model::{Component, PackageUrl};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Directories of a root whose files tell which package owns what, without `/` before them.
pub const LISTS: [&str; 7] = [
    "var/lib/dpkg/info",
    "var/lib/dpkg/status.d",
    "lib/apk/db",
    "usr/lib/apk/db",
    "var/lib/rpm",
    "usr/lib/sysimage/rpm",
    "var/lib/pacman/local",
];
/// Directories that a merged `/usr` has under two names (<https://www.freedesktop.org/wiki/Software/systemd/TheCaseForTheUsrMerge/>).
const MERGED: [&str; 6] = ["bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/"];
/// Types of package URLs of components that are one file: programs with a list of what they were built from, and archives of classes.
pub(crate) const IN_ONE_FILE: [&str; 3] = ["golang", "cargo", "maven"];

/// What is told of who owns which file.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    lists: Vec<Owner>,
    opaque: BTreeSet<String>,
    essential: BTreeSet<(String, String)>,
}

impl Owners {
    /// Takes in the file at a path of the root, without `/` before it: a list of [`LISTS`], or the `RECORD` of a Python package.
    pub fn add(&mut self, path: &str, bytes: &[u8]) {
        if let Some(told) = told_by(path, bytes, bytes.len() as u64) {
            self.take(told);
        }
    }

    /// Takes in what a file of the root tells.
    pub(crate) fn take(&mut self, told: Told) {
        match told {
            Told::Owners(owners) => self.lists.extend(owners),
            Told::Opaque(manager) => drop(self.opaque.insert(manager)),
            Told::Essential(names) => self.essential.extend(names),
            Told::Elf(_) | Told::Script(_) | Told::Search(_) => {}
        }
    }

    /// Packages without which a package manager counts the system as broken: type of the package URL, and name.
    pub(crate) const fn essential(&self) -> &BTreeSet<(String, String)> {
        &self.essential
    }

    /// Package managers whose databases do not tell which files they own in a way that is read.
    #[must_use]
    pub const fn opaque(&self) -> &BTreeSet<String> {
        &self.opaque
    }
}

/// A name as PyPI compares it (<https://packaging.python.org/en/latest/specifications/name-normalization/>)
pub(crate) fn pypi(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// What of a root is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InUse {
    /// Packages that are used, and the first of their files that was
    pub used: BTreeMap<PackageUrl, String>,
    /// Packages whose files are known, of which none was touched
    pub unused: BTreeSet<PackageUrl>,
    /// Packages of which it is not known which files are theirs
    pub unknown: BTreeSet<PackageUrl>,
    /// Paths that were used and belong to no package
    pub unowned: BTreeSet<String>,
}

/// A path in the form in which two are compared: without `/` before it, a merged `/usr` under one name, and compiled Python by its source.
fn place(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let path = path
        .strip_prefix("usr/")
        .filter(|rest| MERGED.iter().any(|merged| rest.starts_with(merged)))
        .unwrap_or(path);
    source_of(path).unwrap_or_else(|| path.to_owned())
}

/// `a/b.py` of `a/__pycache__/b.cpython-311.pyc` (<https://peps.python.org/pep-3147/>)
fn source_of(path: &str) -> Option<String> {
    let (directory, name) = path.split_once("__pycache__/")?;
    let (module, rest) = name.split_once('.')?;
    rest.ends_with("pyc").then(|| format!("{directory}{module}.py"))
}

/// The directory that a component of a language takes up, with `/` behind it, from the place that proves that it is there; None where its files are listed, or where it
/// takes up none of its own.
fn directory_of(kind: &str, proof: &str) -> Option<String> {
    let proof = proof.split("!/").next()?;
    match kind {
        "npm" => {
            let directory = proof.strip_suffix("package.json")?;
            directory.contains("node_modules/").then(|| directory.to_owned())
        }
        "gem" => {
            let (home, name) = proof.strip_suffix(".gemspec")?.split_once("specifications/")?;
            let name = name.trim_start_matches("default/");
            Some(format!("{home}gems/{name}/"))
        }
        _ => None,
    }
}

/// What a path belongs to
#[derive(Default)]
pub(crate) struct Belongings<'c> {
    files: HashMap<String, Vec<&'c Component>>,
    directories: BTreeMap<String, Vec<&'c Component>>,
    known: BTreeSet<&'c PackageUrl>,
}

impl<'c> Belongings<'c> {
    pub(crate) fn of(components: &'c [Component], owners: &Owners) -> Self {
        let mut found = Self::default();
        let mut named: HashMap<(&str, String), Vec<&Component>> = HashMap::new();
        for component in components {
            let (kind, name) = (component.purl.kind(), component.purl.name());
            let name = if kind == "pypi" {
                pypi(name)
            } else {
                name.to_owned()
            };
            named.entry((kind, name)).or_default().push(component);
            for proof in component.locations.iter().map(|proof| proof.path.as_str()) {
                if let Some(directory) = directory_of(kind, proof) {
                    found.known.insert(&component.purl);
                    found
                        .directories
                        .entry(place(&directory))
                        .or_default()
                        .push(component);
                } else if IN_ONE_FILE.contains(&kind) {
                    found.known.insert(&component.purl);
                    let file = place(proof.split("!/").next().unwrap_or_default());
                    found.files.entry(file).or_default().push(component);
                }
            }
        }
        for owner in &owners.lists {
            let (kind, name) = &owner.package;
            let Some(owning) = named.get(&(kind.as_str(), name.clone())) else {
                continue;
            };
            found.known.extend(owning.iter().map(|component| &component.purl));
            for path in &owner.paths {
                found.files.entry(place(path)).or_default().extend(owning);
            }
        }
        found
    }

    /// Those that a path of the root belongs to: of directories within one another the innermost counts.
    pub(crate) fn owning(&self, path: &str) -> &[&'c Component] {
        let path = place(path);
        let path = path.as_str();
        let inner = || {
            let mut from = path.len();
            while let Some(slash) = path.get(..from).and_then(|before| before.rfind('/')) {
                if let Some(owning) = path
                    .get(..=slash)
                    .and_then(|directory| self.directories.get(directory))
                {
                    return Some(owning);
                }
                from = slash;
            }
            None
        };
        self.files.get(path).or_else(inner).map_or(&[], Vec::as_slice)
    }
}

/// Which of the components are used where files at these paths are; paths begin at the root, and none is that of a directory.
#[must_use]
pub fn in_use<'p>(components: &[Component], owners: &Owners, paths: impl Iterator<Item = &'p str>) -> InUse {
    let belongings = Belongings::of(components, owners);
    let mut found = InUse::default();
    for path in paths {
        let owning = belongings.owning(path);
        if owning.is_empty() {
            found.unowned.insert(path.to_owned());
        }
        for component in owning {
            found
                .used
                .entry(component.purl.clone())
                .or_insert_with(|| path.to_owned());
        }
    }
    // The system itself is no package.
    let packages = components.iter().filter(|one| one.cataloger != OsRelease.id());
    for component in packages.filter(|one| !found.used.contains_key(&one.purl)) {
        if belongings.known.contains(&component.purl) {
            found.unused.insert(component.purl.clone());
        } else {
            found.unknown.insert(component.purl.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::Location;

    fn component(purl: &str, proof: &str) -> Component {
        let purl = PackageUrl::parse(purl).unwrap();
        let name = purl.name().to_owned();
        Component::new(purl, name, "test", Location::of_file(proof))
    }

    #[test]
    fn a_package_is_used_when_one_of_its_files_is() {
        let components = [
            component("pkg:deb/debian/libc6@2.36", "var/lib/dpkg/status"),
            component("pkg:deb/debian/login@4.13", "var/lib/dpkg/status"),
            component("pkg:deb/debian/held@1", "var/lib/dpkg/status"),
            component("pkg:npm/left@1.0.0", "app/node_modules/left/package.json"),
            component(
                "pkg:npm/inner@1.0.0",
                "app/node_modules/left/node_modules/inner/package.json",
            ),
            component(
                "pkg:pypi/zope-x@1.0",
                "usr/lib/python3/site-packages/zope.x-1.0.dist-info/METADATA",
            ),
            component(
                "pkg:gem/rack@2.0",
                "usr/lib/ruby/gems/specifications/rack-2.0.gemspec",
            ),
            component("pkg:maven/g/jar@1.0", "srv/app.jar!/BOOT-INF/lib/jar-1.0.jar"),
            component("pkg:golang/example.com/m@v1.0.0", "usr/local/bin/serve"),
            component("pkg:golang/example.com/n@v1.0.0", "usr/local/bin/other"),
        ];
        let mut owners = Owners::default();
        owners.add(
            "var/lib/dpkg/info/libc6:amd64.list",
            b"/.\n/lib\n/lib/libc.so.6\n",
        );
        owners.add("var/lib/dpkg/info/login.list", b"/.\n/bin/login\n");
        owners.add(
            "usr/lib/python3/site-packages/zope.x-1.0.dist-info/RECORD",
            b"zope/x.py,sha256=a,1\n../../../bin/zope-run,,\nzope.x-1.0.dist-info/METADATA,,\n",
        );
        let used = [
            "/usr/lib/libc.so.6",
            "/app/node_modules/left/node_modules/inner/index.js",
            "/usr/lib/python3/site-packages/zope/__pycache__/x.cpython-311.pyc",
            "/usr/local/bin/serve",
            "/usr/lib/ruby/gems/gems/rack-2.0/lib/rack.rb",
            "/srv/app.jar",
            "/var/lib/dpkg/status",
        ];
        let found = in_use(&components, &owners, used.into_iter());
        let names = |all: Vec<&PackageUrl>| all.iter().map(|purl| purl.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(
            names(found.used.keys().collect()),
            ["libc6", "rack", "m", "jar", "inner", "zope-x"]
        );
        assert_eq!(names(found.unused.iter().collect()), ["login", "n", "left"]);
        assert_eq!(names(found.unknown.iter().collect()), ["held"]);
        assert_eq!(
            found.unowned.into_iter().collect::<Vec<_>>(),
            ["/var/lib/dpkg/status"]
        );
    }

    #[test]
    fn a_package_manager_whose_lists_are_not_read_is_named() {
        let mut owners = Owners::default();
        owners.add("var/lib/pacman/local/x/desc", b"x");
        assert_eq!(owners.opaque().len(), 1);
    }
}
