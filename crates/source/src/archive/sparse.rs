//! Sparse files in tar archives, in the old form of GNU and the three of pax, see
//! <https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html>.
//!
//! In: what headers say of the pieces that are stored. Out: where zeros belong between them. Holes are filled, so that
//! what lies behind them stands where it should; a file with more holes than [`MOST_HOLES`] is read as it is stored,
//! because zeros hold nothing to find.

use super::tar::{BLOCK, Header, damaged};
use std::io;

/// Most bytes of holes of one file that are filled.
const MOST_HOLES: u64 = 256 << 20;
/// Most pieces of one file.
const MOST_PIECES: usize = 1 << 17;

/// The pieces of a file that are stored, in order, and its size with holes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) size: u64,
    /// Offset and length of each.
    pieces: Vec<(u64, u64)>,
}

impl Map {
    /// A file of this size that is one hole.
    pub(super) const fn of(size: u64) -> Self {
        Self {
            size,
            pieces: Vec::new(),
        }
    }

    fn push(&mut self, offset: u64, length: u64) -> io::Result<()> {
        if self.pieces.len() >= MOST_PIECES {
            return Err(damaged("a sparse file has too many pieces"));
        }
        self.pieces.push((offset, length));
        Ok(())
    }

    /// Adds the `count` pieces that stand at `at` in a header of the old form; unused places are zero.
    pub(super) fn push_all(&mut self, header: &Header<'_>, at: usize, count: usize) -> io::Result<()> {
        for number in 0..count {
            let at = at + 24 * number;
            if header.byte(at) == 0 && header.byte(at + 12) == 0 {
                break;
            }
            self.push(header.number(at, 12)?, header.number(at + 12, 12)?)?;
        }
        Ok(())
    }
}

/// What an extended header of pax says of a sparse file.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    major: Option<u64>,
    numbers: Vec<u64>,
}

impl Declared {
    /// Takes a record whose key begins with `GNU.sparse.`, which `key` is without.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) {
        let text = std::str::from_utf8(value).unwrap_or_default();
        match key {
            b"name" => self.name = Some(value.to_vec()),
            b"size" | b"realsize" => self.size = text.parse().ok(),
            b"major" => self.major = text.parse().ok(),
            b"offset" | b"numbytes" => self.numbers.extend(text.parse::<u64>()),
            b"map" => self.numbers = text.split(',').map_while(|number| number.parse().ok()).collect(),
            _ => {}
        }
    }

    /// Whether the map stands before the content rather than in the header.
    pub(super) const fn precedes_content(&self) -> bool {
        matches!(self.major, Some(1)) && self.size.is_some()
    }

    /// The map that the header itself holds.
    pub(super) fn map(self) -> Option<Map> {
        let size = self.size?;
        let pieces = self.numbers.chunks_exact(2);
        let pieces = pieces.filter_map(|pair| match pair {
            [offset, length] => Some((*offset, *length)),
            _ => None,
        });
        Some(Map {
            size,
            pieces: pieces.take(MOST_PIECES).collect(),
        })
    }
}

/// The map of version 1.0: decimal numbers, one a line, in whole blocks; and how many blocks it took.
pub(super) fn read_map(
    size: u64,
    mut block: impl FnMut() -> io::Result<Vec<u8>>,
) -> io::Result<(Map, usize)> {
    let mut map = Map::of(size);
    let mut blocks = 0;
    let mut text = Vec::new();
    let mut at = 0;
    let mut number = || -> io::Result<u64> {
        loop {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                let digits = rest.get(..end).unwrap_or_default();
                let number = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|digits| digits.parse().ok());
                at += end + 1;
                return number.ok_or_else(|| damaged("the map of a sparse file is malformed"));
            }
            if rest.len() > BLOCK {
                return Err(damaged("the map of a sparse file is malformed"));
            }
            text = [rest, &block()?].concat();
            at = 0;
            blocks += 1;
        }
    };
    for _ in 0..number()? {
        let (offset, length) = (number()?, number()?);
        map.push(offset, length)?;
    }
    Ok((map, blocks))
}

/// What comes next in a sparse file.
pub(super) enum Step {
    /// So many zeros were put into the buffer; 0 at the end.
    Hole(usize),
    /// At most so many stored bytes.
    Content(u64),
}

/// Where a reader of a sparse file is.
#[derive(Debug)]
pub(super) struct Holes {
    map: Map,
    next: usize,
    at: u64,
}

impl Holes {
    /// The holes of a file of which `stored` bytes are stored; none where they are too many to be filled.
    ///
    /// # Errors
    /// When the map contradicts itself or what is stored.
    pub(super) fn new(map: Map, stored: u64) -> io::Result<Option<Self>> {
        let mut end = 0_u64;
        let mut total = 0_u64;
        for (offset, length) in &map.pieces {
            let after = offset.checked_add(*length).filter(|_| *offset >= end);
            end = after.ok_or_else(|| damaged("the map of a sparse file contradicts itself"))?;
            total += length;
        }
        if total != stored || end > map.size {
            return Err(damaged("the map of a sparse file contradicts its size"));
        }
        Ok((map.size - stored <= MOST_HOLES).then_some(Self { map, next: 0, at: 0 }))
    }

    pub(super) const fn size(&self) -> u64 {
        self.map.size
    }

    pub(super) fn next(&mut self, buffer: &mut [u8]) -> Step {
        loop {
            let hole_until = match self.map.pieces.get(self.next) {
                Some((offset, length)) if self.at >= *offset => {
                    let left = offset + length - self.at;
                    if left > 0 {
                        return Step::Content(left);
                    }
                    self.next += 1;
                    continue;
                }
                Some((offset, _)) => *offset,
                None => self.map.size,
            };
            let count = usize::try_from(hole_until - self.at)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            buffer.get_mut(..count).unwrap_or_default().fill(0);
            self.at += count as u64;
            return Step::Hole(count);
        }
    }

    pub(super) const fn passed(&mut self, count: u64) {
        self.at += count;
    }
}
