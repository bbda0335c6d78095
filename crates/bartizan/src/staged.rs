//! The machine as a commit made now would leave it: what `--staged` judges by.
//!
//! In: paths of configuration, waivers, baseline and rule files. Out: their text, from git's index where git tracks
//! them, so that the gate answers for what the commit will contain; from the work tree where git does not know them,
//! because then no commit will ever change them.

use crate::error::Error;
use bartizan_engine::system::{LARGEST_TEXT, Machine, System};
use bartizan_model::Timestamp;
use bartizan_source::{SourceOptions, StagedFile, StagedFiles};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The machine, with tracked files as they are staged.
#[derive(Debug)]
pub(crate) struct Staged(StagedFiles);

impl Staged {
    /// For the repository that holds `directory`.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(StagedFiles::open(directory, &SourceOptions::default())?))
    }
}

impl System for Staged {
    fn now(&self) -> Timestamp {
        Machine.now()
    }

    fn variables(&self) -> BTreeMap<String, String> {
        Machine.variables()
    }

    fn read_text(&self, path: &Path) -> io::Result<String> {
        match self.0.read(path) {
            Ok(StagedFile::Untracked) => Machine.read_text(path),
            Ok(StagedFile::Removed) => Err(io::Error::from(io::ErrorKind::NotFound)),
            Ok(StagedFile::Present(bytes)) if bytes.len() as u64 > LARGEST_TEXT => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "as it is staged, it is larger than 64 MiB",
            )),
            Ok(StagedFile::Present(bytes)) => String::from_utf8(bytes).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    "as it is staged, it is not valid UTF-8",
                )
            }),
            Err(error) => Err(io::Error::other(error.to_string())),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        match self.0.read(path) {
            Ok(StagedFile::Removed) => false,
            Ok(StagedFile::Untracked) => Machine.exists(path),
            // What is staged and cannot be read is there: reading it says what is wrong.
            Ok(StagedFile::Present(_)) | Err(_) => self.0.holds(path) || Machine.exists(path),
        }
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Machine.replace(path, bytes)
    }
}
