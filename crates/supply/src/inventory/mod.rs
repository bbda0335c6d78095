//! The inventory as a whole, once every file was read.

mod finish;

pub use finish::{Finished, finish};
