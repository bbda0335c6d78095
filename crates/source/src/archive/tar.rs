//! Tar archives: ustar, pax and GNU, see <https://www.gnu.org/software/tar/manual/html_node/Standard.html> and
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>.
//!
//! In: a stream. Out: its regular files, one after the other, each a stream. Blocks of zeros are passed over rather
//! than taken as the end, so that archives written one behind the other are read whole.

use super::bounds::{pass, read_exactly};
use std::io::{self, Read};

const BLOCK: usize = 512;
/// Longest extended header that is read.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// A stream of members.
pub(super) struct Tar<R> {
    input: R,
    /// Bytes left of the current member.
    left: u64,
    /// Bytes between the end of the current member and the next header.
    padding: u64,
}

/// One regular file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) size: u64,
}

#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl<R: Read> Tar<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            left: 0,
            padding: 0,
        }
    }

    /// Passes over what is left of the current member and finds the next regular file; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Member>> {
        let mut extension = Extension::default();
        loop {
            pass(&mut self.input, self.left.saturating_add(self.padding))?;
            (self.left, self.padding) = (0, 0);
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
                b'x' => read_pax(&self.extension(size)?, &mut extension),
                b'K' | b'g' => drop(self.extension(size)?),
                kind => {
                    let size = extension.size.take().unwrap_or(size);
                    if kind == b'S' {
                        self.pass_sparse_map(&header)?;
                    }
                    self.left = size;
                    self.padding = padding(size);
                    let name = extension.name.take().unwrap_or_else(|| header.name());
                    if matches!(kind, 0 | b'0' | b'7' | b'S') && !name.ends_with(b"/") {
                        return Ok(Some(Member { name, size }));
                    }
                }
            }
        }
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

    /// Where the holes of a sparse file are does not matter: what is stored is its content.
    fn pass_sparse_map(&mut self, header: &Header<'_>) -> io::Result<()> {
        let mut more = header.byte(482) != 0;
        while more {
            let block = self.block()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            more = Header(&block).byte(504) != 0;
        }
        Ok(())
    }
}

/// The bytes of the current member.
impl<R: Read> Read for Tar<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        // Some decoders take a read into nothing for their end.
        if most == 0 {
            return Ok(0);
        }
        let count = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

struct Header<'a>(&'a [u8]);

impl Header<'_> {
    fn field(&self, at: usize, length: usize) -> &[u8] {
        self.0.get(at..at + length).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> u8 {
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
    fn number(&self, at: usize, length: usize) -> io::Result<u64> {
        let field = self.field(at, length);
        if let [first, rest @ ..] = field
            && first & 0x80 != 0
        {
            let start = u64::from(first & 0x7f);
            let value = rest.iter().try_fold(start, |value, byte| {
                Some(value.checked_mul(256)? + u64::from(*byte))
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

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

fn damaged(what: &'static str) -> io::Error {
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
        if let Some(name) = record.strip_prefix(b"path=") {
            extension.name = Some(name.to_vec());
        } else if let Some(size) = record.strip_prefix(b"size=") {
            extension.size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok());
        }
        rest = tail;
    }
}
