//! BUILD: what is judged in other people's code. Today the order of versions in every ecosystem, and whether a version lies in the
//! ranges of an advisory; inventory, matching and images join them later.
//!
//! In: names of ecosystems, version texts, the ranges of OSV records. Out: an order, and whether a version is affected. Pure: no
//! input or output of its own.

pub mod advisory;
pub mod ecosystem;
pub mod version;
