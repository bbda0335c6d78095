//! Decisions by policies: the user's own, and those that the ecosystem has written.
//!
//! In: texts of policies, data and inputs as JSON. Out: a [`Decision`] each: allow, deny with reasons, or unknown with the cause. Pure: no
//! files, no network, no clock; what a policy asks the clock for is given in [`rego::Surroundings`]. Limits are counted ([`Limits`]), and a
//! panic inside an engine is caught.
//!
//! Rego: <https://www.openpolicyagent.org/docs/policy-language>. CEL: <https://github.com/google/cel-spec>.

mod bundle;
pub mod cel;
mod check;
mod decision;
mod guard;
mod limits;
mod regexes;
pub mod rego;
mod selection;
pub mod suite;

pub use bundle::{About, Bundle, Files, Refused, Said};
pub use check::{PolicyCheck, rules};
pub use decision::{Cause, Decide, Decision, Reason};
pub use limits::Limits;
pub use selection::request;
