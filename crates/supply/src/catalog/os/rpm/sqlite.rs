//! rpm's database as SQLite keeps it (`rpmdb.sqlite`): the blobs of the table `Packages`.
//!
//! <https://www.sqlite.org/fileformat2.html>. Read only, tables only, and only what is in the file itself: a write-ahead
//! log beside it (`rpmdb.sqlite-wal`) is another file and not looked at.

use super::Each;
use crate::catalog::bytes::{Budget, Order, slice};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Deepest tree of pages; with four cells a page this holds more than a file can.
const DEEPEST: usize = 40;
const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(super) fn walk(bytes: &[u8], each: &mut Each<'_>) {
    let Some(file) = File::open(bytes) else {
        each(Err("the header of the SQLite file is damaged".to_owned()));
        return;
    };
    let mut root = None;
    file.rows(1, &mut |record| {
        let columns = columns(record);
        if let Some([kind, name, _, page, ..]) = columns.as_deref()
            && *kind == b"table"
            && *name == b"Packages"
        {
            root = Some(integer(page));
        }
    })
    .unwrap_or_else(|problem| each(Err(problem.to_owned())));
    let Some(root) = root else {
        each(Err("the SQLite file has no table `Packages`".to_owned()));
        return;
    };
    let result = file.rows(root, &mut |record| {
        // hnum INTEGER PRIMARY KEY, blob BLOB
        match columns(record).as_deref() {
            Some([_, blob, ..]) => each(Ok(blob)),
            _ => each(Err("a row of the table `Packages` is damaged".to_owned())),
        }
    });
    if let Err(problem) = result {
        each(Err(problem.to_owned()));
    }
}

struct File<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// Bytes of a page that the b-tree uses.
    usable: usize,
    budget: Budget,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let page_size = match Order::Big.u16(bytes, 16)? {
            1 => 65536,
            size => usize::from(size),
        };
        let usable = page_size.checked_sub(usize::from(*bytes.get(20)?))?;
        (page_size.is_power_of_two() && page_size >= 512 && usable >= 480).then_some(Self {
            bytes,
            page_size,
            usable,
            budget: Budget::of(bytes),
        })
    }

    /// Pages count from 1.
    fn page(&self, number: usize) -> Option<&'a [u8]> {
        slice(
            self.bytes,
            number.checked_sub(1)?.checked_mul(self.page_size)?,
            self.page_size,
        )
    }

    /// Calls `each` with the record of every row of the table whose tree has its root at `root`.
    fn rows(&self, root: usize, each: &mut dyn FnMut(&[u8])) -> Result<(), &'static str> {
        // No page belongs twice to one tree, so there are never more to visit than the file has.
        let mut left = self.bytes.len() / self.page_size;
        let mut pages = vec![(root, 0)];
        while let Some((number, depth)) = pages.pop() {
            left = left.checked_sub(1).ok_or("the tree of a table goes in circles")?;
            if depth > DEEPEST {
                return Err("the tree of a table is too deep");
            }
            let below = self.visit(number, each)?;
            pages.extend(below.into_iter().rev().map(|page| (page, depth + 1)));
            if pages.len() > left {
                return Err("the tree of a table goes in circles");
            }
        }
        Ok(())
    }

    /// The rows of a leaf, or the pages below an interior page.
    fn visit(&self, number: usize, each: &mut dyn FnMut(&[u8])) -> Result<Vec<usize>, &'static str> {
        const CUT: &str = "a page of the SQLite file is cut off or damaged";
        let page = self.page(number).ok_or(CUT)?;
        // The first page begins with the header of the file.
        let head = if number == 1 { 100 } else { 0 };
        let kind = *page.get(head).ok_or(CUT)?;
        let cells = usize::from(Order::Big.u16(page, head + 3).ok_or(CUT)?);
        let pointers = head + if kind == INTERIOR { 12 } else { 8 };
        let mut below = Vec::new();
        for cell in 0..cells {
            let at = usize::from(Order::Big.u16(page, pointers + cell * 2).ok_or(CUT)?);
            match kind {
                LEAF => each(&self.record(page, at).ok_or(CUT)?),
                INTERIOR => below.push(Order::Big.size(page, at).ok_or(CUT)?),
                _ => return Err(CUT),
            }
        }
        match kind {
            LEAF => Ok(below),
            INTERIOR => {
                below.push(Order::Big.size(page, head + 8).ok_or(CUT)?);
                Ok(below)
            }
            _ => Err(CUT),
        }
    }

    /// The record of a leaf cell, joined with its overflow pages.
    fn record(&self, page: &'a [u8], at: usize) -> Option<std::borrow::Cow<'a, [u8]>> {
        let (length, first) = varint(page, at)?;
        let (_, second) = varint(page, at + first)?;
        let start = at + first + second;
        let length = usize::try_from(length).ok()?;
        self.budget.take(length)?;
        let most = self.usable - 35;
        if length <= most {
            return slice(page, start, length).map(Into::into);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let wanted = least + (length - least) % (self.usable - 4);
        let here = if wanted <= most { wanted } else { least };
        let mut record = slice(page, start, here)?.to_vec();
        let mut next = Order::Big.size(page, start + here)?;
        while record.len() < length {
            let page = self.page(next)?;
            let take = (length - record.len()).min(self.usable - 4);
            record.extend_from_slice(slice(page, 4, take)?);
            next = Order::Big.size(page, 0)?;
        }
        Some(record.into())
    }
}

/// The bytes of each column of a record.
fn columns(record: &[u8]) -> Option<Vec<&[u8]>> {
    let (header, mut at) = varint(record, 0)?;
    let header = usize::try_from(header).ok()?;
    let mut value = header;
    let mut columns = Vec::new();
    while at < header {
        let (kind, length) = varint(record, at)?;
        at += length;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        columns.push(slice(record, value, size)?);
        value += size;
    }
    Some(columns)
}

/// A big-endian integer of up to eight bytes; the number of a page is never negative.
fn integer(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(8)
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// An integer of up to nine bytes, and how many it took.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for taken in 0..8 {
        let byte = *bytes.get(at.checked_add(taken)?)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, taken + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(at.checked_add(8)?)?), 9))
}
