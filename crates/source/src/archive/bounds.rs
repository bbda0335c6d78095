//! What keeps a hostile archive from expanding without end.

use crate::ArchiveLimits;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// Bytes that any stream may expand to before its ratio counts.
const RATIO_FREE: u64 = 1 << 20;

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Limit {
    #[error("the archive expands to more than {0} bytes; raise `scan.archive-bytes` if it can be trusted")]
    Expanded(u64),
    #[error("the archive has more than {0} members; raise `scan.archive-members` if it can be trusted")]
    Members(u64),
    #[error("it expands to more than {0} times its size; raise `scan.archive-ratio` if it can be trusted")]
    Ratio(u64),
}

/// What one outer archive has used up.
#[derive(Debug)]
pub(super) struct Bounds {
    pub(super) limits: ArchiveLimits,
    expanded: Cell<u64>,
    members: Cell<u64>,
}

impl Bounds {
    pub(super) const fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            expanded: Cell::new(0),
            members: Cell::new(0),
        }
    }

    /// Counts a member.
    pub(super) fn count_member(&self) -> Result<(), Limit> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > self.limits.members {
            Err(Limit::Members(self.limits.members))
        } else {
            Ok(())
        }
    }

    fn count_bytes(&self, bytes: u64) -> Result<(), Limit> {
        self.expanded.set(self.expanded.get().saturating_add(bytes));
        if self.expanded.get() > self.limits.expanded {
            Err(Limit::Expanded(self.limits.expanded))
        } else {
            Ok(())
        }
    }
}

/// The limit that an error of [`Metered`] stands for.
pub(super) fn limit_of(error: &io::Error) -> Option<Limit> {
    error.get_ref()?.downcast_ref::<Limit>().copied()
}

/// Counts what a decoder consumes, and sees its end.
#[derive(Debug)]
pub(super) struct Counted<'a, R> {
    pub(super) inner: R,
    pub(super) intake: &'a Intake,
}

/// What was consumed of a compressed stream.
#[derive(Debug, Default)]
pub(super) struct Intake {
    bytes: Cell<u64>,
    ended: Cell<bool>,
}

impl Intake {
    /// The intake of a stream whose length nobody knows: its ratio does not count.
    pub(super) const fn unknown() -> Self {
        Self {
            bytes: Cell::new(u64::MAX),
            ended: Cell::new(false),
        }
    }

    /// Whether the stream was consumed to its end.
    pub(super) fn ended(&self) -> bool {
        self.ended.get()
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.intake
            .bytes
            .set(self.intake.bytes.get().saturating_add(count as u64));
        self.intake.ended.set(count == 0 && !buffer.is_empty());
        Ok(count)
    }
}

/// Holds what a decoder makes against the bounds.
pub(super) struct Metered<'a, R> {
    inner: R,
    made: u64,
    intake: &'a Intake,
    bounds: Rc<Bounds>,
}

impl<'a, R> Metered<'a, R> {
    pub(super) const fn new(inner: R, intake: &'a Intake, bounds: Rc<Bounds>) -> Self {
        Self {
            inner,
            made: 0,
            intake,
            bounds,
        }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Some decoders take a read into nothing for their end.
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        self.made += count as u64;
        self.bounds.count_bytes(count as u64).map_err(io::Error::other)?;
        let most = self
            .intake
            .bytes
            .get()
            .max(1)
            .saturating_mul(self.bounds.limits.ratio);
        if self.made > RATIO_FREE && self.made > most {
            return Err(io::Error::other(Limit::Ratio(self.bounds.limits.ratio)));
        }
        Ok(count)
    }
}

/// Reads exactly `size` bytes into a new buffer.
pub(super) fn read_exactly(reader: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(size).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == size {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Passes over `size` bytes.
pub(super) fn pass(reader: &mut dyn Read, size: u64) -> io::Result<()> {
    let passed = io::copy(&mut reader.take(size), &mut io::sink())?;
    if passed == size {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Whether nothing is left.
pub(super) fn at_end(reader: &mut impl BufRead) -> io::Result<bool> {
    reader.fill_buf().map(<[u8]>::is_empty)
}
