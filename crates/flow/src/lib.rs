//! Where data goes in a program: the trees of [`bartizan_syntax`] flow in, findings of tainted data flow out.

mod heap;
mod ir;
mod limits;
mod lower;
mod model;
mod program;
mod solve;
mod table;
mod values;

pub use limits::{Limit, Limits};
pub use model::*;
pub use program::File;
pub use solve::{Finding, Found, Limited, PathStep, What, analyse};
