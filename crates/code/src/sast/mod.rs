//! Static analysis: rules over source code.
//!
//! In: files as trees of `bartizan-syntax`, and rules. Out: findings. [`pattern`] matches code with holes, [`semgrep`] reads rule files in the
//! format of Semgrep and evaluates them.

mod around;
mod check;
pub mod examples;
mod file;
mod late;
pub mod library;
pub mod pattern;
pub mod rules;
pub mod semgrep;
pub mod taint;

pub(crate) use check::is_foreign;
pub use check::{CodeCheck, ForeignCheck, ForeignFile, ForeignRule, OwnCode};
pub(crate) use file::read;
pub use file::{File, run};

/// What is known of every built-in rule, ordered by id.
#[must_use]
pub fn rules() -> Vec<bartizan_model::RuleInfo> {
    bartizan_content::builtin::code_rules()
        .iter()
        .map(bartizan_content::CodeRule::info)
        .collect()
}
