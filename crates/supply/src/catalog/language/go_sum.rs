//! `go.sum`. <https://go.dev/ref/mod#go-sum-files>
//!
//! It has the digests of everything that was ever needed to find out what is built, so its entries are no components, with one
//! exception: before Go 1.17 `go.mod` does not list what the modules it requires need themselves. Then the highest version of each
//! module whose content was needed (its line does not end with `/go.mod`) is what is built, but for rare cases.
//!
//! Which of the two holds stands in another file: [`without_unbuilt`] is told once all files are read.

use crate::catalog::form::{place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use crate::version::Scheme;
use bartizan_engine::Input;
use bartizan_model::{Component, PackageUrlParts};
use std::collections::{BTreeMap, HashSet};

/// Reads sums of Go modules.
pub struct GoSum;

/// Name of the package URL under which a `go.mod` that does not list everything makes itself known.
const UNPRUNED: &str = "go-module-before-1.17";

impl Cataloger for GoSum {
    fn id(&self) -> &'static str {
        "go-sum"
    }

    fn title(&self) -> &'static str {
        "Sums of Go modules, where go.mod does not list all"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "go.sum"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let mut highest: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let mut words = line.split_whitespace();
            let (Some(module), Some(version), Some(_)) = (words.next(), words.next(), words.next()) else {
                out.problem(format!("`{}` is no sum", line.escape_debug()));
                continue;
            };
            if version.ends_with("/go.mod") {
                continue;
            }
            let known = highest.entry(module).or_insert((version, line));
            if Scheme::SemVer.compare(known.0, version).is_lt() {
                *known = (version, line);
            }
        }
        for (module, (version, line)) in highest {
            let (namespace, name) = module
                .rsplit_once('/')
                .map_or((None, module), |(namespace, name)| (Some(namespace), name));
            out.add(Package {
                purl: purl("golang", namespace, name, Some(version)),
                name: module.to_owned(),
                ecosystem: Some("Go"),
                direct: Some(false),
                at: place(text, line),
                ..Package::default()
            });
        }
        Ok(())
    }
}

/// What a `go.mod` says of itself where it does not list everything.
pub(super) fn unpruned(path: &str) -> Package {
    let mut qualifiers = BTreeMap::new();
    qualifiers.insert("path".to_owned(), path.to_owned());
    Package {
        purl: PackageUrlParts {
            kind: "generic".to_owned(),
            name: UNPRUNED.to_owned(),
            qualifiers: qualifiers.into_iter().collect(),
            ..PackageUrlParts::default()
        },
        ..Package::default()
    }
}

/// Leaves out what only `go.sum` says where the `go.mod` beside it lists everything, or lists the module itself.
pub(crate) fn without_unbuilt(mut components: Vec<Component>) -> Vec<Component> {
    let is_mark = |one: &Component| one.purl.kind() == "generic" && one.purl.name() == UNPRUNED;
    let marks = components.iter().filter(|one| is_mark(one));
    let unpruned: HashSet<String> = marks
        .flat_map(|mark| &mark.locations)
        .filter_map(|at| at.path.strip_suffix("go.mod").map(str::to_owned))
        .collect();
    let mut listed: HashSet<(String, String)> = HashSet::new();
    for component in components.iter().filter(|one| one.purl.kind() == "golang") {
        let files = component.locations.iter();
        for folder in files
            .filter_map(|at| at.path.strip_suffix("go.mod"))
            .filter(|one| unpruned.contains(*one))
        {
            listed.insert((folder.to_owned(), component.name.clone()));
        }
    }
    components.retain_mut(|component| {
        if component.purl.kind() != "golang" {
            return !is_mark(component);
        }
        let name = &component.name;
        component.locations.retain(|at| {
            let folder = at
                .path
                .strip_suffix("go.sum")
                .filter(|_| file_name(&at.path) == "go.sum");
            folder.is_none_or(|folder| {
                unpruned.contains(folder) && !listed.contains(&(folder.to_owned(), name.clone()))
            })
        });
        !component.locations.is_empty()
    });
    components
}
