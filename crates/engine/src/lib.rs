//! Plans a scan and runs every interested check over one read of the bytes.
//!
//! In: a [`bartizan_source::Source`] and a list of [`Check`]s. Out: findings, the status of every check, and
//! everything that was not looked at.

mod check;
mod input;
mod sink;

pub use check::{Check, CheckError, Meta};
pub use input::Input;
pub use sink::{InlineWaiver, Sink};
