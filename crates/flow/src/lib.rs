//! Where data goes in a program: the trees of [`bartizan_syntax`] flow in, findings of tainted data flow out.
//!
//! The engine knows neither rules nor libraries. [`Marks`] say which nodes of a file are sources, sinks, sanitizers and propagators of
//! which rule; a [`Library`] says what functions outside the program do to containers and to taint. [`analyse`] takes all files of a
//! repository and gives every source that reaches a sink, with the way between them. Every bound is a count ([`Limits`]), and what one cuts
//! short is told.
//!
//! The method is that of summaries: what a function does is said in terms of its parameters, its receiver and the variables around it
//! (M. Sharir, A. Pnueli, *Two approaches to interprocedural data flow analysis*, 1981), over a heap in which the last object that an
//! instruction made is told from earlier ones (G. Balakrishnan, T. Reps, *Recency-abstraction for heap-allocated storage*, 2006).

mod heap;
mod ir;
mod limits;
mod lower;
mod model;
mod program;
mod solve;
mod table;
mod traits;
mod values;

pub use limits::{Limit, Limits};
pub use model::*;
pub use program::File;
pub use solve::{Finding, Found, Limited, PathStep, What, analyse, analyse_until};
