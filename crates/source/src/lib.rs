//! Where bytes come from.
//!
//! In: a target (directory, git index, range or history, archive, container image, root file system, standard input, a text in memory). Out: a list of [`Entry`] values
//! in a stable order, and for each entry one or more [`Unit`]s of bytes given to a [`Consumer`]. Every byte is read
//! once. Everything that is not read is told to the caller as a [`bartizan_model::Skipped`].

mod archive;
mod binary;
mod digest;
mod dir;
mod entry;
mod git;
pub mod http;
pub mod image;
mod open;
mod options;
mod platform;
pub mod registry;
pub mod smtp;
mod stdin;
mod text;
mod window;

pub use binary::looks_binary;
pub use digest::{ContentDigests, Digest, NoDigest};
pub use dir::{DirSource, RecordedSource, RootSource};
pub use entry::{
    Before, Consumer, Entry, FileMeta, Handle, Interest, Signature, Source, SourceError, Unit, Window,
};
pub use git::{
    GitChangedSource, GitComparedSource, GitHistorySource, GitIndexSource, GitRangeSource, Provenance,
    StagedFile, StagedFiles, git_root, head_commit, provenance,
};
pub use open::open;
pub use options::{ArchiveLimits, SourceOptions, WindowSize};
pub use platform::{InvalidPlatform, Platform};
pub use stdin::StdinSource;
pub use text::TextSource;

use bartizan_model::Skipped;

fn skip(meta: &FileMeta, reason: &str) -> Skipped {
    Skipped {
        path: meta.path.to_string(),
        reason: reason.to_owned(),
        required: true,
    }
}
