//! BUILD: what is judged in other people's code: the inventory of components, bills of materials, the order of versions in
//! every ecosystem, and what advisories say of them; container images.
//!
//! In: files, names of ecosystems, version texts, OSV records. Out: components, an order, an index of advisories, and findings.
//! Pure: no input or output of its own.

pub mod advisory;
pub mod catalog;
pub mod ecosystem;
pub mod image;
pub mod inventory;
pub mod sbom;
pub mod version;
pub mod vex;
