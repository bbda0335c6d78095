//! Decisions by policies in CEL: the user's own, and those that the ecosystem has written.
//!
//! In: policies and inputs as JSON. Out: a [`Decision`] each: allow, deny with reasons, or unknown with the cause. Pure: no files, no network,
//! no clock. Limits are counted, and a panic inside the engine is caught.

pub mod cel;
mod decision;
mod guard;

pub use decision::{Cause, Decide, Decision, Reason};
