//! Dockerfiles: how an image is made, judged before it is.
//!
//! In: text. Out: findings of the rules in `checks`, one file each, with the test beside it. [`read`] takes the text apart, `build`
//! says what its words mean.

mod build;
mod check;
mod checks;
mod expand;
mod read;

pub use build::{Base, Build, Stage, Step, Word};
pub use check::DockerfileCheck;
pub use read::{Directive, Dockerfile, Flag, HereDocument, Instruction, Piece, read};

use bartizan_model::RuleInfo;

/// The manuals of the rules about Dockerfiles, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    checks::all()
        .into_iter()
        .map(bartizan_engine::rule::About::info)
        .collect()
}
