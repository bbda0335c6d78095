//! Documents as trees in which every node knows its place in the text: YAML, and JSON as the part of YAML that it is.
//!
//! In: text. Out: [`Node`]s with byte ranges, and every problem with its place. Pure, and bounded in depth and size, whatever the text is:
//! aliases are written out within a budget of nodes.

mod lenient;
mod node;
mod scalar;
mod yaml;

pub use node::{Entry, Node, Span, Value};
pub use yaml::{Dialect, Document, Limits, Problem, Stream, read};
