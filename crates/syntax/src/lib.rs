//! Source code of many languages as one kind of tree.
//!
//! The text of a file flows in, an [`Ast`] flows out: nodes of a fixed set of [`Kind`]s, each with a fixed order of children and the
//! range of bytes that it was read from. What reads code further on (patterns, data flow, measures of quality) knows these kinds and no
//! grammar. A construct that has no kind of its own is kept as [`Kind::Other`] with its children; what a grammar cannot read is
//! [`Kind::Broken`], and the rest of the file is read all the same.

mod ast;
mod builder;
mod dump;
mod front;
mod kind;
mod language;
mod parse;
mod resolve;

pub use ast::{Ast, Children, Flags, Node, NodeId, Span, Symbol};
pub use builder::{Builder, Draft};
pub use kind::{Kind, Operator};
pub use language::Language;
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_NESTING, MAX_NODES, MAX_TOLD, Parsed, Problem, Trouble, parse};
pub use resolve::Names;
