//! The forms in which policies in Rego are written: which rule is asked, what it is given, and how its answer is read.
//!
//! In: policies and inputs as they are published. Out: [`crate::Decision`]s.

mod gatekeeper;
mod kubescape;
mod rules;

pub use gatekeeper::{Constraint, Inventory, Template};
pub use kubescape::Kubescape;
pub use rules::Rules;
