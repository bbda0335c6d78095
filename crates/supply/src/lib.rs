//! BUILD: what is judged in other people's code: the inventory of components, bills of materials, the order of versions in every ecosystem, and
//! whether a version lies in the ranges of an advisory.
//!
//! In: files, names of ecosystems, version texts, the ranges of OSV records. Out: components, an order, and whether a version
//! is affected. Pure: no input or output of its own.

pub mod advisory;
pub mod catalog;
pub mod ecosystem;
pub mod inventory;
pub mod sbom;
pub mod version;
