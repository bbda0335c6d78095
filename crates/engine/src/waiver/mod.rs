//! Accepted risks: what covers which finding, and which waivers are themselves a problem.
//!
//! In: findings, waiver comments ([`InlineWaivers`] finds them) and the entries of `bartizan.waivers.toml`
//! ([`read`]). Out: the findings with their waivers set, and findings of the family `waiver` about waivers that
//! cover nothing, have expired, give no reason, have no date or reach too far.

mod candidate;
mod edit;
mod file;
mod inline;
mod judge;
pub mod rules;

pub use edit::{Addition, EditError, add, remove};
pub use file::{FileWaiver, KEYS, VEX, WaiverFileError, read};
pub use inline::InlineWaivers;
pub use judge::{Applied, Scope, Terms, apply};

#[cfg(test)]
mod tests;
