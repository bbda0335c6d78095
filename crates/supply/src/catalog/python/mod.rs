//! Python: requirements, the lock files of poetry, uv, pdm, pipenv and the standard form, installed distributions, and what conda installed.

mod conda_installed;
mod installed;
mod pdm_lock;
mod pipfile_lock;
mod poetry_lock;
mod pylock;
mod requirements;
mod uv_lock;

pub use conda_installed::CondaInstalled;
pub use installed::InstalledDistribution;
pub use pdm_lock::PdmLock;
pub use pipfile_lock::PipfileLock;
pub use poetry_lock::PoetryLock;
pub use pylock::Pylock;
pub use requirements::Requirements;
pub use uv_lock::UvLock;

use super::form::graph::{Graph, Node};
use super::form::table::Table;
use super::{Inventory, Package};
use bartizan_model::PackageUrlParts;
use std::collections::HashMap;

/// Ecosystem of the Python Package Index.
const PYPI: &str = "PyPI";

fn purl(name: &str, version: Option<&str>) -> PackageUrlParts {
    super::form::purl("pypi", None, name, version)
}

/// The name under which a distribution is the same however it is written.
/// <https://packaging.python.org/en/latest/specifications/name-normalization/>
fn normal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            letter => out.push(letter.to_ascii_lowercase()),
        }
    }
    out
}

/// The name with which a dependency specifier begins, and what follows it.
/// <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>
fn leading_name(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '.' | '_' | '-'))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        .then_some((name, rest))
}

/// Adds the packages of a lock file in TOML, and tells what each needs: names, with the versions where they are told.
fn read_packages<'t>(
    lock: Table<'t>,
    package: impl Fn(Table<'t>, &'t str) -> Package,
    needs: impl Fn(Table<'t>) -> Vec<(&'t str, Option<&'t str>)>,
    out: &mut Inventory<'_>,
) {
    let mut graph = Graph::default();
    let mut names = ByName::default();
    let mut read = Vec::new();
    for entry in lock.tables("package") {
        let Some(name) = entry.text("name") else {
            out.problem("a package without a name");
            continue;
        };
        let node = graph.package(out.add(package(entry, name)));
        names.insert(name, node);
        read.push((node, entry));
    }
    for (node, entry) in read {
        for (name, range) in needs(entry) {
            for to in names.find(name) {
                graph.needs_in(node, *to, false, range);
            }
        }
    }
    graph.tell(false, out);
}

/// Packages by normal name; a lock file may hold several versions of one.
#[derive(Default)]
struct ByName(HashMap<String, Vec<Node>>);

impl ByName {
    fn insert(&mut self, name: &str, node: Node) {
        self.0.entry(normal(name)).or_default().push(node);
    }

    fn find(&self, name: &str) -> &[Node] {
        self.0.get(&normal(name)).map_or(&[], Vec::as_slice)
    }
}
