//! The inventory: which software a target contains or is built from.
//!
//! In: files. Out: [`Component`]s with their package URLs, what they depend on, and the place that proves each. One
//! cataloger reads one form of evidence; the [`registry`] lists them; [`InventoryCheck`] runs them in the engine.
//! `<id>.md` beside a cataloger is its test.

mod bytes;
mod check;
pub mod encoding;
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
