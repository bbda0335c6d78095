//! Plans a scan and runs every interested check over one read of the bytes.
//!
//! In: a [`bartizan_source::Source`] and a list of [`Check`]s. Out: findings, the status of every check, and
//! everything that was not looked at.

pub mod baseline;
mod cache;
mod check;
mod collect;
pub mod config;
pub mod globs;
mod input;
mod order;
mod program;
pub mod rule;
mod run;
mod shelf;
mod sink;
pub mod suggest;
pub mod system;
#[cfg(test)]
mod testing;
pub mod verdict;
pub mod waiver;

pub use cache::CacheOptions;
pub use check::{Check, CheckError, Meta};
pub use input::Input;
pub use order::{digest_of_checks, report_order};
pub use program::{Bounds, Part, Program, Sketches};
pub use run::{Outcome, Progress, RunOptions, Silent, panic_is_contained, run};
pub use sink::{Content, Fact, InlineWaiver, Reported, Sink};
