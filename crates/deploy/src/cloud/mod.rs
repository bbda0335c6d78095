//! Resources of clouds, judged by rules that are data.
//!
//! In: the [`Resource`]s of configurations. Out: which rules each of them breaks, and what could not be decided, with the reason. A rule
//! passes, fails, or is undecided; undecided is told once a file.

mod check;
mod functions;
mod judge;
mod policy;
mod undecided;

pub use check::TerraformCheck;

use bartizan_content::builtin;
use bartizan_model::RuleInfo;

/// The manuals of every rule.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    let all = builtin::cloud_rules()
        .iter()
        .map(bartizan_content::CloudRule::info);
    all.chain([undecided::Undecided::ABOUT.info()]).collect()
}

#[cfg(test)]
mod tests;
