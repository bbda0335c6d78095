//! A queue on disk with a bound: what is told while nobody listens waits in files, in order, and survives the end of the program.
//!
//! In: records, opaque bytes. Out: the same records with consecutive numbers from 1, until they are acknowledged. Where there is no room the
//! oldest go, by whole segments; the numbers that lack then say so to whoever reads.
//!
//! - A record that [`Spool::append`] returned for survives `kill -9`: it is in a file. It survives the loss of power once [`Spool::sync`] came
//!   after it; who owns the spool calls that as often as it may lose records.
//! - What a write left behind when it was cut off is cut away on opening, and told ([`Recovered`]).
//! - A batch is kept as it was first sent ([`Spool::seal`]), so that it is the same bytes when it is sent again.
//! - One program at a time has a spool; one thread in it seals and acknowledges, others append.
//!
//! Segments are files named by the number of their first record: eight bytes that name the form, then records, each with length (u32), CRC-32
//! (IEEE) of number and bytes, number (u64), all little-endian, and the bytes.

mod error;
mod record;
mod segments;
mod state;

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use error::SpoolError;
use segments::Segments;
use state::State;

/// Bytes of a record at most.
pub const LARGEST_RECORD: usize = 16 << 20;
/// The least room that a spool may have, in bytes.
pub const SMALLEST: u64 = 64 << 10;

/// The name of a sequence of records: random, so that no two are the same.
pub type StreamId = [u8; 16];

/// What was found of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Records that still wait.
    pub waiting: u64,
    /// Bytes at the end that were cut away: a record that was never whole.
    pub torn: u64,
    /// Bytes elsewhere that cannot be read; the numbers of their records lack.
    pub damaged: u64,
}

/// Records that wait, read to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Number of the record that was acknowledged last; 0 where none was.
    pub after: u64,
    /// The records with their numbers, in order.
    pub records: Vec<(u64, Vec<u8>)>,
    /// Number through which everything there is was read: that of the last record here, or that of the last one there ever was.
    pub last: u64,
}

/// A queue on disk.
#[derive(Debug)]
pub struct Spool {
    dir: PathBuf,
    stream: StreamId,
    segments: Mutex<Segments>,
    /// Held as long as the spool is open.
    _lock: File,
}

impl Spool {
    /// Opens the spool in a directory, which is made where it is not there. `fresh` names the sequence where none was begun; `most` is how
    /// many bytes of records there may be, at least [`SMALLEST`].
    ///
    /// # Errors
    /// When another program has it, when it is none of ours, and when it cannot be read or written.
    pub fn open(dir: &Path, most: u64, fresh: StreamId) -> Result<(Self, Recovered), SpoolError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|error| SpoolError::at(dir, error))?;
        let lock = lock(dir)?;
        let state = match state::read(dir)? {
            Some(state) => state,
            None => {
                let state = State {
                    stream: fresh,
                    acknowledged: 0,
                    next: 1,
                };
                state::write(dir, &state)?;
                state
            }
        };
        let sealed = state::sealed(dir)?.map_or(0, |(through, _)| through);
        let (segments, recovered) = Segments::open(dir, most.max(SMALLEST), &state, sealed)?;
        let spool = Self {
            dir: dir.to_owned(),
            stream: state.stream,
            segments: Mutex::new(segments),
            _lock: lock,
        };
        Ok((spool, recovered))
    }

    /// The name of the sequence.
    #[must_use]
    pub const fn stream(&self) -> StreamId {
        self.stream
    }

    /// Appends a record; its number. Where there is no room the oldest records go first.
    ///
    /// # Errors
    /// When it cannot be written whatever goes: then its number is used up, and it counts as dropped.
    pub fn append(&self, record: &[u8]) -> Result<u64, SpoolError> {
        self.held().append(record)
    }

    /// The records that wait, the oldest first: at most so many, and no more once they have so many bytes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn waiting(&self, most: usize, bytes: usize) -> Result<Waiting, SpoolError> {
        self.held().waiting(most, bytes)
    }

    /// Keeps a batch that holds everything through this number, as it is sent.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn seal(&self, through: u64, batch: &[u8]) -> Result<(), SpoolError> {
        state::seal(&self.dir, through, batch)
    }

    /// The batch that was sealed and not acknowledged, with the number through which it holds everything.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sealed(&self) -> Result<Option<(u64, Vec<u8>)>, SpoolError> {
        let acknowledged = self.held().acknowledged();
        // Power may have gone between the two steps of an acknowledgement.
        Ok(state::sealed(&self.dir)?.filter(|(through, _)| *through > acknowledged))
    }

    /// Everything through this number is where it has to be, and need not be kept.
    ///
    /// # Errors
    /// When that cannot be written; it may be tried again.
    pub fn acknowledge(&self, through: u64) -> Result<(), SpoolError> {
        let state = {
            let held = self.held();
            State {
                stream: self.stream,
                acknowledged: through.max(held.acknowledged()),
                next: held.next(),
            }
        };
        // Not while the lock is held: who appends must not wait for a disk.
        if state::write(&self.dir, &state).is_err() {
            // The disk may be full of what was acknowledged.
            self.held().relieve(through)?;
            state::write(&self.dir, &state)?;
        }
        self.held().acknowledge(through)?;
        state::unseal(&self.dir)
    }

    /// Waits until everything that was appended so far is on the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<(), SpoolError> {
        let (files, wasted) = {
            let mut held = self.held();
            let wasted = held.take_wasted().map(|next| State {
                stream: self.stream,
                acknowledged: held.acknowledged(),
                next,
            });
            (held.unsynced()?, wasted)
        };
        if let Some(state) = wasted {
            // Whoever reads is to see by the numbers that something could not be written.
            state::write(&self.dir, &state).inspect_err(|_| self.held().not_synced())?;
        }
        if files.is_empty() {
            return Ok(());
        }
        let synced = files.iter().try_for_each(File::sync_data);
        synced
            .and_then(|()| File::open(&self.dir)?.sync_all())
            .map_err(|error| {
                self.held().not_synced();
                SpoolError::at(&self.dir, error)
            })
    }

    /// Bytes that records have on disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.held().bytes()
    }

    /// Records that wait.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.held().count()
    }

    /// Records that were dropped since it was opened, for lack of room or because they could not be read any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.held().dropped()
    }

    fn held(&self) -> MutexGuard<'_, Segments> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock(dir: &Path) -> Result<File, SpoolError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| SpoolError::at(&path, error))?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(SpoolError::InUse(dir.to_owned())),
        Err(error) => Err(SpoolError::at(&path, error.into())),
    }
}
