//! Plans a scan and runs every interested check over one read of the bytes.
//!
//! In: a [`bartizan_source::Source`] and a list of [`Check`]s. Out: findings, the status of every check, and
//! everything that was not looked at.

mod cache;
mod check;
mod collect;
mod input;
mod run;
mod sink;

pub use cache::CacheOptions;
pub use check::{Check, CheckError, Meta};
pub use input::Input;
pub use run::{Outcome, Progress, RunOptions, Silent, panic_is_contained, run};
pub use sink::{InlineWaiver, Sink};
