//! Rule files of Semgrep: read, and evaluated over files.
//!
//! In: rule files as text, source files as trees. Out: where each rule finds something, and which rules do not run, and why.

mod condition;
mod evaluate;
mod generic;
mod prefilter;
mod ranges;
mod read;
mod rule;
mod runs;

pub use condition::Comparison;
pub use evaluate::{Hit, Outcome, Scene, evaluate};
pub use generic::Words;
pub use prefilter::{possible, words};
pub use ranges::Role;
pub use read::{LARGEST_FILE, Refused, RuleFile, RuleFileError, read, read_proven};
pub use rule::{
    Condition, FixRegex, Formula, FormulaKind, Inner, Leaf, Mode, Paths, Propagator, Rule, Sanitizer,
    SideEffect, Sink, Source, Taint, TaintOptions,
};
