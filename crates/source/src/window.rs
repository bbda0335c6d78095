//! Cutting a stream of bytes into windows that overlap, with the lines and columns before each.
//!
//! In: bytes, from a [`Fill`] or a slice. Out: one [`Unit`] when they fit a window, else several in order, in memory
//! of one window. A window starts after a line break of the one before it where the first half of the overlap has
//! one, so that frames and line-anchored patterns see whole lines.

use crate::{Consumer, FileMeta, Interest, Unit, Window, WindowSize};
use std::io;

/// A stream that appends to a buffer.
pub(crate) trait Fill {
    /// Appends bytes until `buffer` holds at least `upto` of them or the stream ends. `true` when it has ended.
    fn fill(&mut self, buffer: &mut Vec<u8>, upto: usize) -> io::Result<bool>;
}

/// Any reader as a stream.
pub(crate) struct ReadFill<R>(pub(crate) R);

impl<R: io::Read> Fill for ReadFill<R> {
    fn fill(&mut self, buffer: &mut Vec<u8>, upto: usize) -> io::Result<bool> {
        use io::Read as _;
        let missing = upto.saturating_sub(buffer.len());
        let read = self.0.by_ref().take(missing as u64).read_to_end(buffer)?;
        Ok(read < missing)
    }
}

/// Reads the first `upto` bytes of a stream into `buffer`, to look at before they are delivered. `true` when these
/// are all.
///
/// # Errors
/// When the stream breaks. What came before has been delivered.
pub(crate) fn start(
    stream: &mut dyn Fill,
    (meta, want): (&FileMeta, Interest),
    size: WindowSize,
    (buffer, upto): (&mut Vec<u8>, usize),
    consumer: &mut dyn Consumer,
) -> io::Result<bool> {
    buffer.clear();
    stream
        .fill(buffer, upto)
        .inspect_err(|_| deliver_slice(meta, want, size, buffer, consumer))
}

/// How delivering a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// Bytes given to the consumer, repeated ones counted once.
    pub(crate) bytes: u64,
}

/// Gives a stream to `consumer`; `buffer` may already hold its first bytes (`ended` when these are all).
///
/// # Errors
/// When the stream breaks. What came before has been delivered.
pub(crate) fn deliver(
    stream: &mut dyn Fill,
    meta: &FileMeta,
    want: Interest,
    size: WindowSize,
    (buffer, mut ended): (&mut Vec<u8>, bool),
    consumer: &mut dyn Consumer,
) -> io::Result<Delivered> {
    let mut cursor = Cursor::default();
    let window = match want {
        Interest::No => return Ok(Delivered { bytes: 0 }),
        Interest::Head(most) => most.min(size.window()),
        Interest::Whole | Interest::Entire(_) => size.window(),
    };
    loop {
        if !ended && buffer.len() <= window {
            ended = match stream.fill(buffer, window + 1) {
                Ok(ended) => ended,
                Err(error) => {
                    cursor.give(meta, buffer.get(..window).unwrap_or(buffer), true, consumer);
                    return Err(error);
                }
            };
        }
        let last = ended && buffer.len() <= window;
        let unit = buffer.get(..window).unwrap_or(buffer);
        cursor.give(meta, unit, last, consumer);
        if last || !want.is_all() || consumer.stopped() {
            return Ok(Delivered {
                bytes: cursor.end(unit.len()),
            });
        }
        let cut = cursor.advance(unit, size.overlap());
        buffer.drain(..cut);
    }
}

/// Gives bytes that are all in memory to `consumer`, without copying them.
pub(crate) fn deliver_slice(
    meta: &FileMeta,
    want: Interest,
    size: WindowSize,
    bytes: &[u8],
    consumer: &mut dyn Consumer,
) {
    let mut cursor = Cursor::default();
    let mut rest = match want {
        Interest::No => return,
        Interest::Head(most) => {
            let most = most.min(size.window());
            return cursor.give(
                meta,
                bytes.get(..most).unwrap_or(bytes),
                bytes.len() <= most,
                consumer,
            );
        }
        Interest::Whole | Interest::Entire(_) => bytes,
    };
    loop {
        let unit = rest.get(..size.window()).unwrap_or(rest);
        let last = rest.len() <= size.window();
        cursor.give(meta, unit, last, consumer);
        if last || consumer.stopped() {
            return;
        }
        let cut = cursor.advance(unit, size.overlap());
        rest = rest.get(cut..).unwrap_or_default();
    }
}

/// Where the next window starts.
#[derive(Debug, Default)]
struct Cursor {
    offset: u64,
    overlap: usize,
    lines: u64,
    column: u64,
}

impl Cursor {
    fn give(&self, meta: &FileMeta, bytes: &[u8], last: bool, consumer: &mut dyn Consumer) {
        let window = Window {
            offset: self.offset,
            overlap: self.overlap.min(bytes.len()),
            lines_before: u32::try_from(self.lines).unwrap_or(u32::MAX),
            column_before: u32::try_from(self.column).unwrap_or(u32::MAX),
            last,
        };
        consumer.unit(Unit { meta, bytes, window });
    }

    const fn end(&self, unit: usize) -> u64 {
        self.offset + unit as u64
    }

    /// Moves to the window after `unit`; the number of bytes to drop.
    fn advance(&mut self, unit: &[u8], overlap: usize) -> usize {
        let cut = cut(unit, overlap);
        let passed = unit.get(..cut).unwrap_or(unit);
        let breaks = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.lines += breaks;
        self.column = match memchr::memrchr(b'\n', passed) {
            Some(at) => (cut - at - 1) as u64,
            None => self.column + cut as u64,
        };
        self.offset += cut as u64;
        self.overlap = unit.len() - cut;
        cut
    }
}

/// Where the window after `unit` starts: after the first line break in the first half of the overlap, so that at
/// least half of it is repeated, else at its beginning. Never 0, for the windows must move on.
fn cut(unit: &[u8], overlap: usize) -> usize {
    let start = unit.len().saturating_sub(overlap).max(1);
    let half = unit.get(start..unit.len() - overlap / 2).unwrap_or_default();
    memchr::memchr(b'\n', half).map_or(start, |at| start + at + 1)
}
