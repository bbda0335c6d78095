//! Rules of checks: what is known of one, and how it reports.
//!
//! In: places in a file, what was found there. Out: findings, and notes for what several files tell together.

mod about;
mod enabled;
mod report;
mod scan;

pub use about::About;
pub use bartizan_model::{Confidence, Severity};
pub use enabled::Enabled;
pub use report::{Found, Lines, MOST_PLACES, Note, Place, Report, Verdicts, directory, key_of, named};
pub use scan::{lines_of, scan};
