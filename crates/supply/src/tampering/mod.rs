//! Dependency confusion and tampering: what configuration, manifests and lock files say about where packages come from and
//! how they are checked.
//!
//! In: files. Out: findings of the rules in [`registry`]. A reader ([`read`]) makes a [`Document`] of one file, which says
//! in the same words for every ecosystem which indexes are asked, which packages are asked for and which are locked; a
//! rule ([`checks`]) judges documents. What only several files tell, a rule notes file by file and judges at the end.
//! `checks/<id>.md` beside a rule is its test.

mod check;
pub mod checks;
mod document;
mod form;
mod host;
mod own;
mod read;
pub mod registry;
mod report;
mod rule;
mod similar;

pub use bartizan_engine::rule::scan;
pub use check::{Options, TamperingCheck, rules};
pub use own::{KINDS, Own};
pub use rule::About;
