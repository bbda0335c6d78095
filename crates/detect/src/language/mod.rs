//! The language of conditions: text in, a tree out, in which every part knows its place.
//!
//! What it may say: <https://falco.org/docs/concepts/rules/conditions/>. Names of macros and lists stand in the tree as they are written; what they
//! mean, and whether a field exists, is found out when a rule is made of it.

mod parser;
mod tree;

pub(crate) use parser::{condition, operand, value};
pub(crate) use tree::{Argument, Check, Expression, Operand, Operator, Right, Transformer, Value};
