//! Reading one layer: its files go to the consumer, its headers are kept for the merged view, its digests are verified,
//! all in one read. <https://github.com/opencontainers/image-spec/blob/main/layer.md>
//!
//! Inflating and digesting take about as long as the checks do, so they run on a thread of their own where the machine
//! grants one, a bounded number of pieces ahead.

use super::shelf::Opened;
use crate::archive::{Expander, HEAD, Kind, Member, decoder, sniff};
use crate::digest::{Digest, Hasher, Hashing};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Bytes of a piece that goes from one thread to the other.
const PIECE: usize = 256 << 10;
/// Pieces that the inflating thread may be ahead.
const AHEAD: usize = 8;
/// Bytes that a layer may expand to before its ratio counts: a file of zeros is no bomb yet.
const RATIO_FREE: u64 = 1 << 30;

/// What a layer must be.
pub(super) struct Expected<'a> {
    /// Digest of the blob as stored; none where only the uncompressed layer has one.
    pub(super) blob: Option<&'a Digest>,
    /// Bytes of the blob as stored.
    pub(super) size: Option<u64>,
    /// Digest of the uncompressed layer.
    pub(super) diff_id: &'a Digest,
}

/// What reading a layer may cost.
#[derive(Clone, Copy)]
pub(super) struct Bounds<'a> {
    /// Bytes it may expand to.
    pub(super) bytes: u64,
    /// Bytes it may expand to for each byte of it.
    pub(super) ratio: u64,
    /// Members that all layers of the image may have together.
    pub(super) members: u64,
    /// Members that were counted in all layers.
    pub(super) counted: &'a AtomicU64,
    /// Bytes of the blob that were read.
    pub(super) taken: &'a AtomicU64,
}

/// One member of a layer, as its header says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Path in the image, with `/`, without steps upwards; empty for the root itself.
    pub(super) path: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) owner: u64,
    pub(super) group: u64,
    /// What a symbolic link names as written; for a hard link, a path as above.
    pub(super) link: Vec<u8>,
    pub(super) capabilities: bool,
}

/// What became of a layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) records: Vec<Record>,
    /// What is not as its digest says: which digest, and what was found.
    pub(super) wrong: Option<(String, String)>,
    /// Why its files are not all known.
    pub(super) broken: Option<String>,
    /// Whether all of it was read and is what its digests say.
    pub(super) is_verified: bool,
}

/// A bound that was reached.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) enum Limit {
    #[error("the layer expands to more than {0} bytes; raise `image.layer-bytes` if it can be trusted")]
    Bytes(u64),
    #[error(
        "the layer expands to more than {0} times its size; raise `scan.archive-ratio` if it can be trusted"
    )]
    Ratio(u64),
    #[error("the image has more than {0} files; raise `image.members` if it can be trusted")]
    Members(u64),
}

/// Reads a layer to its end.
pub(super) fn read(
    opened: Opened,
    expected: &Expected<'_>,
    bounds: Bounds<'_>,
    expander: &mut Expander<'_>,
) -> Layer {
    let mut records = Vec::new();
    let mut broken = None;
    let hashers = (expected.blob.map(Digest::hasher), expected.diff_id.hasher());
    let sums = std::thread::scope(|scope| {
        let (full, pieces) = sync_channel(AHEAD);
        let (used, empty) = channel();
        let pump = move || pump(opened, hashers, bounds, &full, &empty);
        let handle = std::thread::Builder::new().spawn_scoped(scope, pump);
        let handle = match handle {
            Ok(handle) => handle,
            Err(error) => {
                broken = Some(format!("the machine grants no thread to inflate it: {error}"));
                return None;
            }
        };
        let mut stream = Pieces {
            pieces,
            used,
            current: Cursor::new(Vec::new()),
        };
        let outcome = expander.layer(&mut stream, &mut |member| {
            if bounds.counted.fetch_add(1, Ordering::Relaxed) >= bounds.members {
                return Err(io::Error::other(Limit::Members(bounds.members)));
            }
            Ok(note(member, &mut records))
        });
        match outcome {
            // What is behind the end of the archive is part of what the digests speak of.
            Ok(()) if !expander.stopped() => {
                if let Err(error) = io::copy(&mut stream, &mut io::sink()) {
                    broken = Some(explain(&error));
                }
            }
            Ok(()) => {}
            Err(error) => {
                broken = Some(explain(&error));
                if limit_of(&error).is_none() {
                    // The error that matters is the first one.
                    let _ = io::copy(&mut stream, &mut io::sink());
                }
            }
        }
        drop(stream);
        match handle.join() {
            Ok(sums) => sums,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    let wrong = sums.as_ref().and_then(|sums| sums.wrong(expected));
    let is_whole = sums.as_ref().is_some_and(|sums| sums.is_whole(expected));
    let broken = broken.or_else(|| sums.and_then(|sums| sums.unread));
    Layer {
        is_verified: is_whole && wrong.is_none() && broken.is_none(),
        records,
        wrong,
        broken,
    }
}

/// A layer as the archive that it is.
pub(super) fn inflated(opened: Opened) -> io::Result<Box<dyn Read>> {
    inflating(&Rc::new(RefCell::new(Hashing::new(opened.reader, None))))
}

/// Whether a blob is what its digest says, without looking into it. Where only the uncompressed layer has a digest, a compressed one
/// is not told.
pub(super) fn is_sound(opened: Opened, expected: &Expected<'_>) -> bool {
    let digest = expected.blob.unwrap_or(expected.diff_id);
    let mut stream = Hashing::new(opened.reader, Some(digest.hasher()));
    let read = io::copy(&mut stream, &mut io::sink());
    let is_size = |size: u64| expected.size.is_none_or(|expected| expected == size);
    read.is_ok_and(is_size) && stream.digest().as_ref() == Some(digest)
}

/// Keeps what the header says; the path of the file if it is one to be read.
fn note(member: &Member, records: &mut Vec<Record>) -> Option<String> {
    let path = super::tree::plain(&member.name);
    let link = match member.kind {
        Kind::HardLink => super::tree::plain(&member.link),
        _ => member.link.clone(),
    };
    // A mark has no content; one that has may hide something.
    let is_mark = super::tree::is_mark(&path) && member.size == 0;
    let label = (member.kind == Kind::File && !path.is_empty() && !is_mark)
        .then(|| String::from_utf8_lossy(&path).into_owned());
    records.push(Record {
        path,
        kind: member.kind,
        size: member.size,
        mode: member.mode,
        owner: member.owner,
        group: member.group,
        link,
        capabilities: member.capabilities.is_some(),
    });
    label
}

fn limit_of(error: &io::Error) -> Option<Limit> {
    error.get_ref()?.downcast_ref::<Limit>().copied()
}

fn explain(error: &io::Error) -> String {
    match limit_of(error) {
        Some(limit) => format!("{limit}; what came before was looked at"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it is truncated; what came before was looked at; get a whole copy of the image".to_owned()
        }
        None => {
            format!("it is damaged ({error}); what came before was looked at; get a sound copy of the image")
        }
    }
}

/// What was digested.
struct Sums {
    blob: Option<Digest>,
    size: u64,
    /// None when the layer could not be inflated to its end.
    diff_id: Option<Digest>,
    /// Why the blob could not be read to its end.
    unread: Option<String>,
}

impl Sums {
    /// Whether all was read to its end and digested.
    fn is_whole(&self, expected: &Expected<'_>) -> bool {
        self.unread.is_none() && self.diff_id.is_some() && self.blob.is_some() == expected.blob.is_some()
    }

    fn wrong(&self, expected: &Expected<'_>) -> Option<(String, String)> {
        if self.unread.is_some() {
            return None;
        }
        if let Some(size) = expected.size.filter(|size| *size != self.size) {
            let name = expected.blob.unwrap_or(expected.diff_id);
            return Some((name.to_string(), format!("{} bytes instead of {size}", self.size)));
        }
        let differs = |is: &Option<Digest>, should: &Digest| {
            is.as_ref()
                .filter(|is| *is != should)
                .map(|is| (should.to_string(), is.to_string()))
        };
        expected
            .blob
            .and_then(|blob| differs(&self.blob, blob))
            .or_else(|| differs(&self.diff_id, expected.diff_id))
    }
}

/// Inflates and digests a layer, a piece at a time. None when nobody receives the pieces any more.
fn pump(
    opened: Opened,
    (blob, diff_id): (Option<Hasher>, Hasher),
    bounds: Bounds<'_>,
    full: &SyncSender<io::Result<Vec<u8>>>,
    empty: &Receiver<Vec<u8>>,
) -> Option<Sums> {
    let tap = Rc::new(RefCell::new(Hashing::new(opened.reader, blob)));
    let mut whole = false;
    let diff_id = match inflating(&tap) {
        Ok(inner) => {
            let mut inflating = Hashing::new(inner, Some(diff_id));
            loop {
                let mut piece = empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE));
                piece.clear();
                let outcome = (&mut inflating).take(PIECE as u64).read_to_end(&mut piece);
                let made = inflating.count();
                let taken = tap.borrow().count();
                bounds.taken.store(taken, Ordering::Relaxed);
                let ratio = taken.max(1).saturating_mul(bounds.ratio);
                let outcome = match outcome {
                    Ok(_) if made > bounds.bytes => Err(io::Error::other(Limit::Bytes(bounds.bytes))),
                    Ok(_) if made > RATIO_FREE && made > ratio => {
                        Err(io::Error::other(Limit::Ratio(bounds.ratio)))
                    }
                    other => other.map(|_| ()),
                };
                if outcome.is_ok() && piece.is_empty() {
                    whole = true;
                    break;
                }
                if !piece.is_empty() {
                    full.send(Ok(piece)).ok()?;
                }
                if let Err(error) = outcome {
                    full.send(Err(error)).ok()?;
                    break;
                }
            }
            inflating.digest().filter(|_| whole)
        }
        Err(error) => {
            full.send(Err(error)).ok()?;
            None
        }
    };
    // What follows the compressed stream, or could not be inflated, is part of the blob.
    let drained = io::copy(&mut *tap.borrow_mut(), &mut io::sink());
    let tap = tap.borrow();
    Some(Sums {
        blob: tap.digest(),
        size: tap.count(),
        diff_id,
        unread: drained.err().map(|error| explain(&error)),
    })
}

type Tap = Rc<RefCell<Hashing<Box<dyn Read + Send>>>>;

struct Tapping(Tap);

impl Read for Tapping {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

/// The uncompressed layer; how it is compressed is told by its first bytes, as container runtimes do.
fn inflating(tap: &Tap) -> io::Result<Box<dyn Read>> {
    let mut tapping = Tapping(Rc::clone(tap));
    let mut head = Vec::with_capacity(HEAD);
    (&mut tapping).take(HEAD as u64).read_to_end(&mut head)?;
    let format = sniff(&head, "");
    let stream = BufReader::with_capacity(PIECE, Cursor::new(head.clone()).chain(tapping));
    let inflated = format.and_then(|format| decoder(format, stream));
    Ok(inflated.unwrap_or_else(|| Box::new(Cursor::new(head).chain(Tapping(Rc::clone(tap))))))
}

/// The pieces as one stream.
struct Pieces {
    pieces: Receiver<io::Result<Vec<u8>>>,
    used: Sender<Vec<u8>>,
    current: Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.current.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            match self.pieces.recv() {
                Ok(Ok(piece)) => {
                    let used = std::mem::replace(&mut self.current, Cursor::new(piece));
                    // The other side may have ended, and then needs no room.
                    let _ = self.used.send(used.into_inner());
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => return Ok(0),
            }
        }
    }
}
