//! The append-only part: statements as they came in, and the tiles of the tree over them.

mod statements;
mod tiles;
mod told;

pub use crate::pack::Packed;
pub use statements::{NewStatement, StatementRow};
