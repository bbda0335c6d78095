//! Static analysis: rules over source code.
//!
//! In: files as trees of `bartizan-syntax`, and rules. Out: findings. [`pattern`] matches code with holes, [`semgrep`] reads rule files in the
//! format of Semgrep and evaluates them.

mod file;
pub mod library;
pub mod pattern;
pub mod rules;
pub mod semgrep;
pub mod taint;

pub use file::{File, run};
