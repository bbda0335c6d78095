//! The header of an installed rpm package, as its database keeps it.
//!
//! <https://rpm-software-management.github.io/rpm/manual/format_header.html>: two counts, an index of 16-byte entries
//! (tag, type, offset, count) and a store of their values, all in network byte order. The database leaves out the eight
//! bytes of magic that a package file has in front.

use crate::catalog::bytes::{Order, slice};

/// Most index entries of a header; rpm itself refuses more than this.
const MOST_ENTRIES: usize = 0xffff;

/// What an inventory needs of a header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) release: String,
    pub(super) epoch: Option<u32>,
    pub(super) arch: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) license: Option<String>,
    /// File name of the source package.
    pub(super) source_rpm: Option<String>,
    /// `name:stream:version:context:arch` of the module it was built in.
    pub(super) module: Option<String>,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(blob: &[u8]) -> Result<Self, &'static str> {
        let counts = Order::Big.size(blob, 0).zip(Order::Big.size(blob, 4));
        let (entries, store_len) = counts.ok_or("the header of a package is cut off")?;
        if entries > MOST_ENTRIES {
            return Err("the header of a package has more entries than rpm allows");
        }
        let index = slice(blob, 8, entries * 16).ok_or("the index of a package's header is cut off")?;
        let store =
            slice(blob, 8 + entries * 16, store_len).ok_or("the values of a package's header are cut off")?;
        let mut header = Self::default();
        for entry in index.chunks_exact(16) {
            header.take(entry, store);
        }
        if header.name.is_empty() || header.version.is_empty() {
            return Err("the header of a package has no name or no version");
        }
        Ok(header)
    }

    fn take(&mut self, entry: &[u8], store: &[u8]) {
        let word = |at| Order::Big.size(entry, at).unwrap_or_default();
        let values = store.get(word(8)..).unwrap_or_default();
        let kind = word(4);
        match word(0) {
            1000 => self.name = text(kind, values).unwrap_or_default(),
            1001 => self.version = text(kind, values).unwrap_or_default(),
            1002 => self.release = text(kind, values).unwrap_or_default(),
            1003 if kind == INT32 => self.epoch = Order::Big.u32(values, 0),
            1011 => self.vendor = text(kind, values),
            1014 => self.license = text(kind, values),
            1022 => self.arch = text(kind, values),
            1044 => self.source_rpm = text(kind, values),
            5096 => self.module = text(kind, values),
            _ => {}
        }
    }
}

const INT32: usize = 4;
const STRING: usize = 6;
const STRING_ARRAY: usize = 8;
const TRANSLATED_STRING: usize = 9;

/// The first string of an entry.
fn text(kind: usize, values: &[u8]) -> Option<String> {
    if !matches!(kind, STRING | STRING_ARRAY | TRANSLATED_STRING) {
        return None;
    }
    let end = values.iter().position(|byte| *byte == 0)?;
    let text = String::from_utf8_lossy(values.get(..end)?).into_owned();
    (!text.is_empty() && text != "(none)").then_some(text)
}
