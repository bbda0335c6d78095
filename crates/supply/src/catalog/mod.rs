//! The inventory: which software a target contains or is built from.
//!
//! In: files. Out: [`Component`]s with their package URLs, what they depend on, and the place that proves each. One
//! cataloger reads one form of evidence; the [`registry`] lists them; [`InventoryCheck`] runs them in the engine.
//! `<id>.md` beside a cataloger is its test.

mod bytes;
mod check;
pub(crate) mod form;
mod inventory;
pub mod registry;

pub mod binary;
pub mod dotnet;
pub mod java;
pub mod language;
pub mod npm;
pub mod os;
pub mod platform;
pub mod python;

pub use check::{Bills, InventoryCheck};
pub use inventory::{Inventory, Package};

use bartizan_engine::Input;
use bartizan_model::Component;

/// Largest file that is read for the inventory, in bytes.
pub const LARGEST_FILE: u64 = 256 << 20;

/// Reads one form of evidence.
pub trait Cataloger: Send + Sync {
    /// Its id, for instance `npm-lock`: the name of its file here, with hyphens.
    fn id(&self) -> &'static str;

    /// What it reads, one line.
    fn title(&self) -> &'static str;

    /// Whether it reads the file at this path (relative to the target, with `/`; a member of an archive is
    /// `archive!/member`).
    fn reads(&self, path: &str) -> bool;

    /// Whether the file at this path tells what is installed, rather than what a project would install. A package that is
    /// installed brings the lock files of its own development along, which say nothing of what is there.
    fn tells_installed(&self, _path: &str) -> bool {
        false
    }

    /// Smallest file that it reads, in bytes.
    fn least_size(&self) -> u64 {
        0
    }

    /// Whether a file that begins so is one of its own: for evidence whose names do not tell. A file that none
    /// recognises is left aside without a word.
    fn recognises(&self, _head: &[u8]) -> bool {
        true
    }

    /// Reads one file. What it does not understand (an unknown version of the format, an entry without a name) it says
    /// with [`Inventory::problem`] and goes on.
    ///
    /// # Errors
    /// When nothing of the file can be read.
    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable>;
}

/// Why nothing of a file could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The last component of a path, archive members included.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '!']).next().unwrap_or(path)
}

/// Whether a path lies within a package that a package manager installed or fetched.
#[must_use]
pub fn is_within_package(path: &str) -> bool {
    is_within_gem(path)
        || PACKAGE_PLACES.iter().any(|(place, steps)| {
            path.match_indices(place).any(|(at, _)| {
                let whole = path
                    .get(..at)
                    .is_some_and(|before| before.is_empty() || before.ends_with(['/', '!']));
                let below = path.get(at + place.len()..).unwrap_or_default();
                whole && below.matches('/').count() >= *steps
            })
        })
}

/// Gems lie in `gems/NAME-VERSION/`.
fn is_within_gem(path: &str) -> bool {
    path.match_indices("/gems/").any(|(at, place)| {
        let below = path.get(at + place.len()..).unwrap_or_default();
        let version = below.split_once('/').and_then(|(gem, _)| gem.rsplit_once('-'));
        version.is_some_and(|(_, version)| version.starts_with(|first: char| first.is_ascii_digit()))
    })
}

/// Directories of installed packages, and how many steps below the files of a package stand at least.
const PACKAGE_PLACES: &[(&str, usize)] = &[
    ("node_modules/", 1),
    ("bower_components/", 1),
    ("site-packages/", 1),
    ("dist-packages/", 1),
    // The registry's index, then the package.
    (".cargo/registry/src/", 2),
    ("go/pkg/mod/", 1),
    (".m2/repository/", 1),
];

/// What one cataloger read from one file, for tests and fuzzing: components sorted by package URL, and problems.
#[must_use]
pub fn read_with(cataloger: &dyn Cataloger, input: &Input<'_>) -> (Vec<Component>, Vec<String>) {
    let mut inventory = Inventory::new(cataloger.id(), input);
    let result = cataloger.read(input, &mut inventory);
    let (mut components, mut problems) = inventory.into_parts();
    problems.extend(result.err().map(|error| error.to_string()));
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    (components, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_lies_below_the_directory_of_its_manager() {
        for path in [
            "node_modules/a/yarn.lock",
            "x/node_modules/@a/b/c/Cargo.lock",
            "lib/site-packages/a/poetry.lock",
        ] {
            assert!(is_within_package(path), "{path}");
        }
        for path in [
            "yarn.lock",
            "node_modules/.package-lock.json",
            "my_node_modules/a/yarn.lock",
            "a/node_modules",
        ] {
            assert!(!is_within_package(path), "{path}");
        }
    }
}
