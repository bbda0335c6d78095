//! Compose files: which containers run together, and what they have of the machine they run on.
//!
//! In: the texts of all files. Out: findings of the rules in `checks`, one file each, with the test beside it.
//!
//! Source: <https://github.com/compose-spec/compose-spec>.

mod check;
mod checks;
mod files;
mod interpolate;
mod read;

pub use check::ComposeCheck;

use bartizan_model::RuleInfo;

/// The manuals of the rules about Compose files, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    checks::all()
        .into_iter()
        .map(bartizan_engine::rule::About::info)
        .collect()
}
