//! From definitions to rules that are ready to judge: names resolved, values typed, the same question asked once for all rules, and for each call
//! what is left of every rule once the call is known.

mod leaf;
mod matcher;
mod needs;
mod nodes;
mod resolve;
mod rules;
mod specialize;

pub(crate) use leaf::{FieldRef, Leaf, Subject};
pub(crate) use matcher::{How, Matcher, stand};
pub use needs::{CallNeeds, Needs, Opening, Paths};
pub(crate) use nodes::{Node, NodeId};
pub(crate) use resolve::subject_of;
pub use rules::{Loader, Rule, RuleId, Rules};
