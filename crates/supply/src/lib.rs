//! BUILD: what is judged in other people's code: the inventory of components, bills of materials, the order of versions in
//! every ecosystem, what advisories say of them, and where they come from; container images.
//!
//! In: files, names of ecosystems, version texts, OSV records. Out: components, an order, an index of advisories, and findings.
//! Pure: no input or output of its own.

pub mod advisory;
pub mod catalog;
pub mod ecosystem;
pub mod image;
pub mod in_use;
pub mod inventory;
pub mod packaged;
pub mod sbom;
pub mod tampering;
pub mod version;
pub mod vex;

use bartizan_model::RuleInfo;

/// The manuals of every rule of this crate.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    [advisory::rules(), image::checks::rules(), tampering::rules()].concat()
}
