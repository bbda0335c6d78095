//! The two small files beside the segments, each replaced as a whole: which sequence it is and what of it was acknowledged, and the batch
//! that is on its way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::{SpoolError, StreamId};

/// File with the state.
const STATE: &str = "state";
/// File with the batch.
const SEALED: &str = "sealed";

/// What is kept of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    /// Its name.
    pub(crate) stream: StreamId,
    /// Number through which everything was acknowledged.
    pub(crate) acknowledged: u64,
    /// Number of the next record: higher than those that are there where some could not be written.
    pub(crate) next: u64,
}

/// The state; None where there is none yet.
pub(crate) fn read(dir: &Path) -> Result<Option<State>, SpoolError> {
    let path = dir.join(STATE);
    let Some(bytes) = content(&path)? else {
        return Ok(None);
    };
    parse(&bytes).map(Some).ok_or(SpoolError::Form(path))
}

fn parse(bytes: &[u8]) -> Option<State> {
    let (number, record) = crate::record::next(&mut &*bytes).ok().flatten()?;
    let (stream, next) = record.split_first_chunk()?;
    Some(State {
        stream: *stream,
        acknowledged: number,
        next: u64::from_le_bytes(next.try_into().ok()?),
    })
}

/// Writes the state.
pub(crate) fn write(dir: &Path, state: &State) -> Result<(), SpoolError> {
    let record = [&state.stream[..], &state.next.to_le_bytes()].concat();
    put(dir, STATE, state.acknowledged, &record)
}

/// Keeps a batch.
pub(crate) fn seal(dir: &Path, through: u64, batch: &[u8]) -> Result<(), SpoolError> {
    put(dir, SEALED, through, batch)
}

/// The batch that is kept; None where there is none.
pub(crate) fn sealed(dir: &Path) -> Result<Option<(u64, Vec<u8>)>, SpoolError> {
    let path = dir.join(SEALED);
    let Some(bytes) = content(&path)? else {
        return Ok(None);
    };
    crate::record::next(&mut bytes.as_slice()).map_err(|error| SpoolError::at(&path, error))
}

/// Keeps no batch any more.
pub(crate) fn unseal(dir: &Path) -> Result<(), SpoolError> {
    let path = dir.join(SEALED);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SpoolError::at(&path, error)),
        _ => Ok(()),
    }
}

fn content(path: &Path) -> Result<Option<Vec<u8>>, SpoolError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SpoolError::at(path, error)),
    }
}

/// Replaces a file by a record, in one step that is on the disk when this returns.
fn put(dir: &Path, name: &str, number: u64, record: &[u8]) -> Result<(), SpoolError> {
    let bytes = crate::record::encoded(number, record)
        .filter(|_| record.len() <= crate::LARGEST_RECORD)
        .ok_or(SpoolError::TooLarge(record.len()))?;
    let (path, new) = (dir.join(name), dir.join(format!("{name}.new")));
    let written = || {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(dir)?.sync_all()
    };
    written().map_err(|error| {
        // Half a file must not take the room that is lacking.
        let _ = fs::remove_file(&new);
        SpoolError::at(&path, error)
    })
}
