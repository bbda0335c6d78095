//! Archives and compressed files, wherever they are met: their members are delivered as `outer!/inner`.
//!
//! In: a file whose first bytes tell a format. Out: the members that the consumer wants, streamed in windows, those
//! of archives within archives included. Nothing is ever written: names of members are labels. What one outer
//! archive may cost is bounded by [`ArchiveLimits`](crate::ArchiveLimits), and every bound that is reached is said.

mod bounds;
mod decode;
mod expand;
mod sparse;
mod tar;
mod zip;

use crate::SourceOptions;
use crate::window::{ReadFill, deliver, start};
use crate::{Consumer, FileMeta, Interest};
pub(crate) use decode::{Format, HEAD, decoder, sniff};
pub(crate) use expand::{Expander, Input};
use std::io::{self, Cursor, Read};
pub(crate) use tar::{Kind, Member, Tar};

/// The format to expand what starts with `head` as; `None` for files that are no archive, and for all files when
/// archives are not expanded.
pub(crate) fn format_of(options: &SourceOptions, head: &[u8], path: &str) -> Option<Format> {
    if options.archives.depth == 0 {
        None
    } else {
        decode::sniff(head, path)
    }
}

/// Delivers what `reader` gives, or the members of the archive that it gives. The bytes delivered when they were not
/// those of an archive.
///
/// # Errors
/// When the reader breaks. What came before has been delivered.
pub(crate) fn deliver_reader(
    reader: &mut dyn Read,
    (meta, want): (&FileMeta, Interest),
    options: &SourceOptions,
    buffer: &mut Vec<u8>,
    consumer: &mut dyn Consumer,
) -> io::Result<Option<u64>> {
    let mut stream = ReadFill(reader);
    let ended = start(
        &mut stream,
        (meta, want),
        options.windows,
        (buffer, decode::HEAD),
        consumer,
    )?;
    if let Some(format) = format_of(options, buffer, &meta.path) {
        let mut stream = Cursor::new(std::mem::take(buffer)).chain(stream.0);
        Expander::new(options, meta, buffer, consumer).expand(format, Input::Stream(&mut stream));
        return Ok(None);
    }
    deliver(
        &mut stream,
        meta,
        want,
        options.windows,
        (buffer, ended),
        consumer,
    )
    .map(|done| Some(done.bytes))
}
