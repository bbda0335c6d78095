//! The header of an installed rpm package, as its database keeps it.
//!
//! <https://rpm-software-management.github.io/rpm/manual/format_header.html>: two counts, an index of 16-byte entries
//! (tag, type, offset, count) and a store of their values, all in network byte order. The database leaves out the eight
//! bytes of magic that a package file has in front.

use crate::catalog::bytes::{Order, slice};

/// Most index entries of a header; rpm itself refuses more than this.
const MOST_ENTRIES: usize = 0xffff;

/// What an inventory needs of a header.
#[derive(Debug, PartialEq, Eq)]
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
        // A tag stands once; of one that stands more often the first counts, so that a value is looked at once.
        let value = |tag: usize| {
            let mut entries = index.chunks_exact(16);
            let entry = entries.find(|entry| Order::Big.size(entry, 0) == Some(tag))?;
            let kind = Order::Big.size(entry, 4)?;
            Some((kind, store.get(Order::Big.size(entry, 8)?..)?))
        };
        let text = |tag: usize| value(tag).and_then(|(kind, bytes)| text(kind, bytes));
        let epoch = value(1003).filter(|(kind, _)| *kind == INT32);
        let named = text(1000).zip(text(1001));
        let (name, version) = named.ok_or("the header of a package has no name or no version")?;
        Ok(Self {
            name,
            version,
            release: text(1002).unwrap_or_default(),
            epoch: epoch.and_then(|(_, bytes)| Order::Big.u32(bytes, 0)),
            arch: text(1022),
            vendor: text(1011),
            license: text(1014),
            source_rpm: text(1044),
            module: text(5096),
        })
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
