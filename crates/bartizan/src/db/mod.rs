//! The advisory index of this machine: where it lies, how it is opened and how it is made.
//!
//! In: the data directory; OSV records in files or from servers. Out: an open index, read by position, or a new one that takes the place of the old
//! in one step.

pub(crate) mod feed;
mod mirror;
pub(crate) mod remote;
pub(crate) mod update;

use crate::error::{Code, Error};
use crate::place;
use bartizan_engine::config::Config;
use bartizan_supply::advisory::index::{Index, IndexError, Storage};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// The file of the index.
pub(crate) struct IndexFile(File);

impl Storage for IndexFile {
    fn size(&self) -> Result<u64, String> {
        let about = self.0.metadata().map_err(|error| crate::error::plain(&error))?;
        if about.is_file() {
            Ok(about.len())
        } else {
            Err("it is no regular file".to_owned())
        }
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; length];
        self.0
            .read_exact_at(&mut bytes, offset)
            .map_err(|error| crate::error::plain(&error))?;
        Ok(bytes)
    }
}

/// Where the index lies.
pub(crate) fn path(config: &Config) -> Result<PathBuf, Error> {
    place::data_dir(config)
        .map(|data| data.join("advisories").join("index"))
        .ok_or_else(|| {
            Error::usage(
                "there is no data directory: neither XDG_DATA_HOME nor HOME is set",
                "name one with `--data-dir DIR`",
            )
        })
}

/// A count, for text.
pub(crate) fn number(count: impl TryInto<usize>) -> usize {
    count.try_into().unwrap_or(usize::MAX)
}

/// Opens the index; none where there is no file.
pub(crate) fn open(config: &Config) -> Result<Option<Index<IndexFile>>, IndexError> {
    let Ok(path) = path(config) else {
        return Ok(None);
    };
    match File::open(path) {
        Ok(file) => Index::open(IndexFile(file)).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(IndexError::Unreadable(crate::error::plain(&error))),
    }
}

impl From<IndexError> for Error {
    fn from(error: IndexError) -> Self {
        Self {
            message: error.to_string(),
            help: Some(error.help().to_owned()),
            code: Code::Unknown,
        }
    }
}
