//! Zip archives, see <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
//!
//! In: bytes that can be sought, or a stream. Out: members and where their bytes are. With the directory at the end
//! at hand, that counts; a stream, or an archive that lost its end, is read from member to member.

use super::bounds::read_exactly;
use super::decode::{self, Format};
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Longest directory that is held in memory, in bytes.
const LONGEST_DIRECTORY: u64 = 64 << 20;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// The method that nearly every member is compressed with.
pub(super) const DEFLATED: u16 = 8;

/// The expanded bytes of a member; `None` when its method is not supported.
pub(super) fn decoder<'a>(method: u16, stored: impl BufRead + 'a) -> Option<Box<dyn Read + 'a>> {
    match method {
        0 => Some(Box::new(stored)),
        DEFLATED => Some(Box::new(flate2::bufread::DeflateDecoder::new(stored))),
        12 => decode::decoder(Format::Bzip2, stored),
        93 => decode::decoder(Format::Zstd, stored),
        95 => decode::decoder(Format::Xz, stored),
        _ => None,
    }
}

/// Something that is read at any position.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    pub(super) encrypted: bool,
    /// Bytes as stored; `None` when only the end of the data tells.
    pub(super) stored: Option<u64>,
    /// Bytes when expanded.
    pub(super) size: Option<u64>,
    /// CRC-32 of the expanded bytes.
    pub(super) checksum: Option<u32>,
    offset: u64,
}

/// Little-endian fields of a record.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        self.0
            .get(at..)
            .and_then(|tail| tail.first_chunk())
            .copied()
            .unwrap_or([0; N])
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.bytes(at))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes(at))
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes(at))
    }
}

pub(super) fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The members as the directory at the end lists them; `None` when there is no directory.
pub(super) fn directory(input: &mut dyn ReadSeek) -> io::Result<Option<Vec<Member>>> {
    let length = input.seek(SeekFrom::End(0))?;
    let tail_length = length.min(22 + 65_535 + 20);
    input.seek(SeekFrom::Start(length - tail_length))?;
    let tail = read_exactly(input, tail_length)?;
    let Some(at) = memchr::memmem::rfind(&tail, &END).filter(|at| at + 22 <= tail.len()) else {
        return Ok(None);
    };
    let end = Fields(tail.get(at..).unwrap_or_default());
    let end_position = length - tail_length + at as u64;
    let (mut size, mut offset, mut until) = (u64::from(end.u32(12)), u64::from(end.u32(16)), end_position);
    if let Some((size_64, offset_64, until_64)) = end_64(input, &tail, at)? {
        (size, offset, until) = (size_64, offset_64, until_64);
    }
    let Some(start) = until.checked_sub(size) else {
        return Ok(None);
    };
    if size > LONGEST_DIRECTORY {
        return Err(damaged("its directory is too long"));
    }
    input.seek(SeekFrom::Start(start))?;
    let bytes = read_exactly(input, size)?;
    // What stands before the first member shifts all offsets.
    let shift = start.saturating_sub(offset);
    let members = central(&bytes, shift);
    if members.is_empty() && size > 0 {
        Ok(None)
    } else {
        Ok(Some(members))
    }
}

/// Size, offset and end of the directory of a zip64 archive.
fn end_64(input: &mut dyn ReadSeek, tail: &[u8], end: usize) -> io::Result<Option<(u64, u64, u64)>> {
    let locator = end
        .checked_sub(20)
        .and_then(|at| tail.get(at..end))
        .filter(|bytes| bytes.starts_with(&LOCATOR_64));
    let Some(locator) = locator else { return Ok(None) };
    let position = Fields(locator).u64(8);
    input.seek(SeekFrom::Start(position))?;
    let record = read_exactly(input, 56)?;
    if !record.starts_with(&END_64) {
        return Ok(None);
    }
    let record = Fields(&record);
    Ok(Some((record.u64(40), record.u64(48), position)))
}

fn central(bytes: &[u8], shift: u64) -> Vec<Member> {
    let mut members = Vec::new();
    let mut rest = bytes;
    while rest.starts_with(&CENTRAL) {
        let record = Fields(rest);
        let (name, extra, comment) = (record.u16(28), record.u16(30), record.u16(32));
        let (name, extra) = (usize::from(name), usize::from(extra));
        let length = 46 + name + extra + usize::from(comment);
        let (Some(name_bytes), Some(extra_bytes), Some(tail)) = (
            rest.get(46..46 + name),
            rest.get(46 + name..46 + name + extra),
            rest.get(length..),
        ) else {
            break;
        };
        let mut sizes = [record.u32(24), record.u32(20), record.u32(42)].map(u64::from);
        widen(&mut sizes, extra_bytes);
        let [size, stored, offset] = sizes;
        members.push(Member {
            name: name_bytes.to_vec(),
            method: record.u16(10),
            encrypted: record.u16(8) & 1 != 0,
            stored: Some(stored),
            size: Some(size),
            checksum: Some(record.u32(16)),
            offset: offset.saturating_add(shift),
        });
        rest = tail;
    }
    members
}

/// Replaces sizes that did not fit 32 bits by those of the zip64 extra field.
fn widen(sizes: &mut [u64], extra: &[u8]) {
    let mut rest = extra;
    while rest.len() >= 4 {
        let field = Fields(rest);
        let (id, length) = (field.u16(0), usize::from(field.u16(2)));
        let Some(body) = rest.get(4..4 + length) else {
            return;
        };
        if id == 1 {
            let wide = sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX));
            for (size, value) in wide.zip(body.chunks_exact(8)) {
                *size = Fields(value).u64(0);
            }
        }
        rest = rest.get(4 + length..).unwrap_or_default();
    }
}

/// Moves `input` to the stored bytes of `member`.
pub(super) fn seek_to(input: &mut dyn ReadSeek, member: &Member) -> io::Result<()> {
    input.seek(SeekFrom::Start(member.offset))?;
    let header = read_exactly(input, 30)?;
    if !header.starts_with(&LOCAL) {
        return Err(damaged("the directory names a member that is not there"));
    }
    let header = Fields(&header);
    let skip = i64::from(header.u16(26)) + i64::from(header.u16(28));
    input.seek(SeekFrom::Current(skip)).map(|_| ())
}

/// Whether the first bytes are those of a member.
pub(super) fn starts_with_member(input: &mut dyn ReadSeek) -> io::Result<bool> {
    let mut start = Vec::with_capacity(LOCAL.len());
    input.take(LOCAL.len() as u64).read_to_end(&mut start)?;
    Ok(start == LOCAL)
}

/// The next member of a stream, which is left at its stored bytes; `None` where no member follows.
pub(super) fn next_local(input: &mut impl BufRead) -> io::Result<Option<Member>> {
    match signature(input)? {
        LOCAL => {}
        CENTRAL | END | END_64 => return Ok(None),
        _ => return Err(damaged("a member does not start where it should")),
    }
    let header = read_exactly(input, 26)?;
    let header = Fields(&header);
    let flags = header.u16(2);
    let name = read_exactly(input, u64::from(header.u16(22)))?;
    let extra = read_exactly(input, u64::from(header.u16(24)))?;
    let mut sizes = [header.u32(18), header.u32(14)].map(u64::from);
    widen(&mut sizes, &extra);
    let [size, stored] = sizes;
    let later = flags & 8 != 0;
    Ok(Some(Member {
        name,
        method: header.u16(4),
        encrypted: flags & 1 != 0,
        stored: (!later || stored != 0).then_some(stored),
        size: (!later || size != 0).then_some(size),
        checksum: (!later).then(|| header.u32(10)),
        offset: 0,
    }))
}

/// The next signature, a data descriptor and what it holds passed over.
fn signature(input: &mut impl BufRead) -> io::Result<[u8; 4]> {
    let mut signature = [0; 4];
    input.read_exact(&mut signature)?;
    if signature == DESCRIPTOR {
        // A checksum, then two sizes of four bytes each, or of eight each in zip64.
        read_exactly(input, 12)?;
        for _ in 0..3 {
            input.read_exact(&mut signature)?;
            if matches!(signature, LOCAL | CENTRAL) {
                break;
            }
        }
    }
    Ok(signature)
}
