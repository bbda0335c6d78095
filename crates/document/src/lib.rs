//! Documents as trees in which every node knows its place in the text: YAML, and JSON as the part of YAML that it is.
//!
//! [`shell`] does the same for the commands of scripts, [`Excerpt`] for text that is taken out of other text.
//!
//! In: text. Out: [`Node`]s with byte ranges, and every problem with its place. Pure, and bounded in depth and size, whatever the text is:
//! aliases are written out within a budget of nodes.

pub mod edit;
mod excerpt;
mod lenient;
mod manifest;
mod node;
mod scalar;
pub mod shell;
mod yaml;

pub use excerpt::Excerpt;
pub use manifest::{has_objects, is_manifest};
pub use node::{Entry, Node, Span, Value};
pub use yaml::{Dialect, Document, Limits, Problem, Stream, read};
