//! Where bytes come from.
//!
//! In: a target (directory, git index, range or history, archive, standard input). Out: a list of [`Entry`] values
//! in a stable order, and for each entry one or more [`Unit`]s of bytes given to a [`Consumer`]. Every byte is read
//! once. Everything that is not read is told to the caller as a [`bartizan_model::Skipped`].

mod entry;

pub use entry::{Consumer, Entry, FileMeta, Handle, Interest, Signature, Source, SourceError, Unit, Window};
