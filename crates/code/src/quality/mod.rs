//! Measures of how well code can be understood, changed and trusted: complexity of functions, size, comments, duplicates, coverage by tests.
//!
//! Syntax trees and reports of test runs flow in, numbers with their places flow out. What is a lot is not said here: thresholds belong to
//! who judges.

pub mod complexity;
pub mod coverage;
pub mod duplication;
pub mod size;

pub use complexity::{Complexity, complexities};
pub use duplication::{Duplicate, Duplicates, Limits, Part, Tokens};
pub use size::{Size, size};
