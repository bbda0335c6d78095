//! Tar archives: ustar, pax and GNU, see <https://www.gnu.org/software/tar/manual/html_node/Standard.html> and
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>.
//!
//! In: a stream. Out: its members, one after the other, the content of each a stream. Blocks of zeros are passed over
//! rather than taken as the end, so that archives written one behind the other are read whole. Members of kinds that
//! hold nothing have no content whatever their size says, as the specification has it.

use super::bounds::{pass, read_exactly};
use super::sparse::{self, Holes, Map};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

pub(super) const BLOCK: usize = 512;
/// Longest extended header that is read.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// A stream of members.
pub(crate) struct Tar<R> {
    input: R,
    /// Stored bytes left of the current member.
    left: u64,
    /// Bytes between the end of the current member and the next header.
    padding: u64,
    /// Where the current member has holes.
    holes: Option<Holes>,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    File,
    HardLink,
    SymbolicLink,
    Directory,
    /// A character or block device.
    Device,
    Fifo,
    /// Of a kind that no specification names.
    Unknown(u8),
}

/// One member.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: Kind,
    /// Bytes of its content, holes included where they are filled.
    pub(crate) size: u64,
    /// Permissions with set-user-id, set-group-id and sticky bit.
    pub(crate) mode: u32,
    pub(crate) owner: u64,
    pub(crate) group: u64,
    /// What a link names.
    pub(crate) link: Vec<u8>,
    /// When its content was changed last: seconds since 1970, and nanoseconds.
    pub(crate) modified: (i64, u32),
    /// The capabilities that are attached to it, as the kernel keeps them.
    pub(crate) capabilities: Option<Vec<u8>>,
    /// Whether other extended attributes are.
    pub(crate) is_attributed: bool,
}

/// What extended headers say of the member that follows.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    owner: Option<u64>,
    group: Option<u64>,
    modified: Option<(i64, u32)>,
    capabilities: Option<Vec<u8>>,
    is_attributed: bool,
    sparse: sparse::Declared,
}

impl<R: Read> Tar<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self {
            input,
            left: 0,
            padding: 0,
            holes: None,
        }
    }

    /// Passes over what is left of the current member and finds the next; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Member>> {
        let mut extension = Extension::default();
        loop {
            pass(&mut self.input, self.left)?;
            // Some tools leave the padding of the last member out.
            let padding = std::io::copy(&mut self.input.by_ref().take(self.padding), &mut io::sink())?;
            let is_end = padding < self.padding;
            (self.left, self.padding, self.holes) = (0, 0, None);
            if is_end {
                return Ok(None);
            }
            let Some(block) = self.block()? else {
                return Ok(None);
            };
            if block.iter().all(|byte| *byte == 0) {
                continue;
            }
            let header = Header(&block);
            header.check()?;
            let size = header.number(124, 12)?;
            match header.byte(156) {
                b'L' => extension.name = Some(c_string(&self.extension(size)?).to_vec()),
                b'K' => extension.link = Some(c_string(&self.extension(size)?).to_vec()),
                b'x' => read_pax(&self.extension(size)?, &mut extension),
                b'g' => drop(self.extension(size)?),
                flag => return self.member(&header, flag, size, extension).map(Some),
            }
        }
    }

    /// Stored bytes of the current member that are still to come, and whether it has holes.
    pub(crate) const fn stored(&self) -> (u64, bool) {
        (self.left, self.holes.is_some())
    }

    /// The member that a header begins.
    fn member(
        &mut self,
        header: &Header<'_>,
        flag: u8,
        size: u64,
        mut extension: Extension,
    ) -> io::Result<Member> {
        let old_map = if flag == b'S' {
            Some(self.old_map(header)?)
        } else {
            None
        };
        let name = extension
            .sparse
            .name
            .take()
            .or_else(|| extension.name.take())
            .unwrap_or_else(|| header.name());
        let kind = match flag {
            0 if name.ends_with(b"/") => Kind::Directory,
            0 | b'0' | b'7' | b'S' => Kind::File,
            b'1' => Kind::HardLink,
            b'2' => Kind::SymbolicLink,
            b'3' | b'4' => Kind::Device,
            b'5' => Kind::Directory,
            b'6' => Kind::Fifo,
            other => Kind::Unknown(other),
        };
        let stored = match kind {
            Kind::File | Kind::Unknown(_) => extension.size.unwrap_or(size),
            _ => 0,
        };
        (self.left, self.padding) = (stored, padding(stored));
        let map = match old_map {
            Some(map) => Some(map),
            None if kind == Kind::File => self.pax_map(extension.sparse)?,
            None => None,
        };
        self.holes = match map {
            Some(map) => Holes::new(map, self.left)?,
            None => None,
        };
        let mode = header.number(100, 8).unwrap_or(0) & 0o7777;
        Ok(Member {
            name,
            kind,
            size: self.holes.as_ref().map_or(self.left, Holes::size),
            mode: u32::try_from(mode).unwrap_or(0),
            owner: extension
                .owner
                .unwrap_or_else(|| header.number(108, 8).unwrap_or(0)),
            group: extension
                .group
                .unwrap_or_else(|| header.number(116, 8).unwrap_or(0)),
            link: extension
                .link
                .unwrap_or_else(|| c_string(header.field(157, 100)).to_vec()),
            modified: extension.modified.unwrap_or_else(|| {
                let seconds = header.number(136, 12).unwrap_or(0);
                (i64::try_from(seconds).unwrap_or(0), 0)
            }),
            capabilities: extension.capabilities,
            is_attributed: extension.is_attributed,
        })
    }

    /// The next block; `None` at the end of the stream.
    fn block(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = Vec::with_capacity(BLOCK);
        self.input.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        match block.len() {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn extension(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > LONGEST_EXTENSION {
            return Err(damaged("an extended header is too long"));
        }
        let bytes = read_exactly(&mut self.input, size)?;
        pass(&mut self.input, padding(size))?;
        Ok(bytes)
    }

    /// The map of a sparse file in the old form of GNU: in the header, and in blocks that follow it.
    fn old_map(&mut self, header: &Header<'_>) -> io::Result<Map> {
        let mut map = Map::of(header.number(483, 12)?);
        map.push_all(header, 386, 4)?;
        let mut more = header.byte(482) != 0;
        while more {
            let block = self.block()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let block = Header(&block);
            map.push_all(&block, 0, 21)?;
            more = block.byte(504) != 0;
        }
        Ok(map)
    }

    /// The map of a sparse file in one of the forms of pax; that of version 1.0 stands before the content.
    fn pax_map(&mut self, declared: sparse::Declared) -> io::Result<Option<Map>> {
        if !declared.precedes_content() {
            return Ok(declared.map());
        }
        let size = declared.size.unwrap_or(0);
        let (map, blocks) = sparse::read_map(size, || {
            self.left = self
                .left
                .checked_sub(BLOCK as u64)
                .ok_or_else(|| damaged("the map of a sparse file is longer than the file"))?;
            self.block()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        })?;
        debug_assert!(blocks > 0, "a map takes a block at least");
        Ok(Some(map))
    }
}

/// The bytes of the current member.
impl<R: Read> Read for Tar<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Some decoders take a read into nothing for their end.
        if buffer.is_empty() {
            return Ok(0);
        }
        let most = match &mut self.holes {
            Some(holes) => match holes.next(buffer) {
                sparse::Step::Hole(count) => return Ok(count),
                sparse::Step::Content(most) => most,
            },
            None => u64::MAX,
        };
        let most = usize::try_from(self.left.min(most))
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let count = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        if let Some(holes) = &mut self.holes {
            holes.passed(count as u64);
        }
        Ok(count)
    }
}

pub(super) struct Header<'a>(&'a [u8]);

impl Header<'_> {
    fn field(&self, at: usize, length: usize) -> &[u8] {
        self.0.get(at..at + length).unwrap_or_default()
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn check(&self) -> io::Result<()> {
        let before: u64 = self.field(0, 148).iter().map(|byte| u64::from(*byte)).sum();
        let after: u64 = self
            .field(156, BLOCK - 156)
            .iter()
            .map(|byte| u64::from(*byte))
            .sum();
        if self.number(148, 8)? == before + after + 8 * u64::from(b' ') {
            Ok(())
        } else {
            Err(damaged("the checksum of a header is wrong"))
        }
    }

    /// An octal number, or a binary one where the first bit is set.
    pub(super) fn number(&self, at: usize, length: usize) -> io::Result<u64> {
        let field = self.field(at, length);
        if let [first, rest @ ..] = field
            && first & 0x80 != 0
        {
            let start = u64::from(first & 0x7f);
            let value = rest.iter().try_fold(start, |value, byte| {
                value.checked_mul(256)?.checked_add(u64::from(*byte))
            });
            return value.ok_or_else(|| damaged("a number is too large"));
        }
        let digits = field.iter().filter(|byte| !matches!(byte, b' ' | 0));
        let value = digits.map(|byte| (b'0'..=b'7').contains(byte).then(|| u64::from(byte - b'0')));
        let value = value
            .into_iter()
            .try_fold(0_u64, |value, digit| value.checked_mul(8)?.checked_add(digit?));
        value.ok_or_else(|| damaged("a number is malformed"))
    }

    fn name(&self) -> Vec<u8> {
        let name = c_string(self.field(0, 100));
        let prefix = c_string(self.field(345, 155));
        // GNU headers keep times where ustar has the prefix.
        if self.field(257, 6) == b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    }
}

const fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

pub(super) fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Records are `LENGTH KEY=VALUE\n`, where the length counts all of the record.
fn read_pax(bytes: &[u8], extension: &mut Extension) {
    let mut rest = bytes;
    while let Some(space) = memchr::memchr(b' ', rest) {
        let length = rest
            .get(..space)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
        let Some((record, tail)) = length.and_then(|length| rest.split_at_checked(length)) else {
            return;
        };
        let Some(record) = record
            .get(space + 1..)
            .and_then(|record| record.strip_suffix(b"\n"))
        else {
            return;
        };
        if let Some(equals) = memchr::memchr(b'=', record)
            && let Some((key, value)) = record.split_at_checked(equals)
        {
            extension.take(key, value.get(1..).unwrap_or_default());
        }
        rest = tail;
    }
}

/// `1350244992.023960108`: seconds since 1970 with a fraction; whole seconds before that.
fn instant(value: &[u8]) -> Option<(i64, u32)> {
    let text = std::str::from_utf8(value).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = seconds.parse().ok()?;
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((seconds, if seconds < 0 { 0 } else { nanoseconds }))
}

impl Extension {
    fn take(&mut self, key: &[u8], value: &[u8]) {
        let number = || std::str::from_utf8(value).ok()?.parse::<u64>().ok();
        match key {
            b"path" => self.name = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = number(),
            b"uid" => self.owner = number(),
            b"gid" => self.group = number(),
            b"mtime" => self.modified = instant(value),
            b"SCHILY.xattr.security.capability" => self.capabilities = Some(value.to_vec()),
            _ if key.starts_with(b"SCHILY.xattr.") => self.is_attributed = true,
            _ => {
                if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                    self.sparse.take(key, value);
                }
            }
        }
    }
}
