//! Patterns in source code: what they match, and what their metavariables stand for then.
//!
//! In: a [`bartizan_syntax::pattern::Pattern`] and a file as [`Facts`]. Out: [`Match`]es.

mod env;
mod equivalent;
mod facts;
mod imports;
mod matcher;
mod rows;
mod search;
mod statements;
mod text;
mod types;
mod values;

pub use env::{Bound, Env};
pub use facts::Facts;
pub use matcher::{Matcher, Options, same};
pub use search::{Found, Match, search};
pub use text::{Regexes, compile};
pub use values::{Constant, Values, number};
