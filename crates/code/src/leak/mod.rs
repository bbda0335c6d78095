//! Leaked credentials (CWE-798): what was meant to be secret and stands in a file.
//!
//! In: files. Out: findings with the secret masked. [`scanner`] finds the literals of all rules in one pass, [`rules`]
//! confirms formats there, [`verify`] checks structure and checksums, [`generic`] judges what has no format.

mod check;
mod detect;
mod encoded;
pub mod examples;
pub mod generic;
mod generic_rules;
mod rules;
mod scanner;
mod secret_text;
mod verify;

pub use check::{GenericMode, LeakCheck, LeakOptions, rule_ids};
