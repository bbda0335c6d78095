//! Quality of code: how well it can be understood, changed and trusted.
//!
//! - [`complexity`], [`size`], [`duplication`] and [`coverage`] are measures: syntax trees and reports of test runs flow in, numbers with their
//!   places flow out. What is a lot is not said there.
//! - [`QualityCheck`] measures the files of a scan, all of their lines or those that a change brought, and names the places that are over a
//!   limit.
//! - [`gate`] makes ratings and conditions of the measures.

pub mod changes;
mod check;
pub mod complexity;
pub mod coverage;
pub mod duplication;
pub mod gate;
pub mod role;
mod rules;
pub mod size;

pub use check::{CoverageReport, FunctionLimits, Paths, QualityCheck, QualityOptions};
pub use complexity::{Complexity, complexities};
pub use duplication::{Duplicate, Duplicates, Limits, Part, Tokens};
pub use rules::{CONDITIONS, rules};
pub use size::{Size, size, size_of};
