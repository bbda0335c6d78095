//! Code that stands twice: runs of the same tokens, in one file or in several.
//!
//! Files as tokens flow in ([`Tokens::of`]), pairs of places flow out. Texts and numbers are the same whatever they hold; names are not, and neither
//! comments nor imports count. What is found is at least as long as is usual in the field (100 tokens over 10 lines:
//! <https://docs.sonarsource.com/sonarqube-server/user-guide/code-metrics/metrics-definition/>), and each is compared token by token: no two places are
//! the same because their hashes are.
//!
//! Of each file before, the hash of every window at a multiple of half the shortest run is kept (M. Rabin, R. Karp, "Efficient randomized pattern-matching
//! algorithms", 1987), so that every run long enough holds one of them; a match is then drawn out both ways.

mod find;
mod tokens;
mod windows;

pub use find::{Duplicate, Duplicates, Limits, Part, duplicates};
pub use tokens::{Token, Tokens};
pub use windows::{all_windows, landmarks};
