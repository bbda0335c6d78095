//! Git repositories: what is staged, what a range of commits brought, the whole history, and what changed since a
//! base.
//!
//! In: a repository on disk. Out: blobs, each distinct one once, with the commit, author and path that first brought
//! it. Nothing is fetched: an object that a partial or shallow clone lacks is skipped aloud.

mod base;
mod blobs;
mod changed;
mod commits;
mod compared;
mod delta;
mod flat;
mod history;
mod object;
mod plan;
mod provenance;
mod repository;
mod staged;
mod staged_file;
mod tree;

pub use changed::GitChangedSource;
pub(crate) use changed::tracked;
pub use compared::GitComparedSource;
pub use history::{GitHistorySource, GitRangeSource};
pub use provenance::{Provenance, provenance};
pub use repository::{git_root, head_commit};
pub use staged::GitIndexSource;
pub use staged_file::{StagedFile, StagedFiles};
