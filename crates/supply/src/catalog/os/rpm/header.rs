//! The header of an installed rpm package, as its database keeps it.
//!
//! <https://rpm-software-management.github.io/rpm/manual/format_header.html>: two counts, an index of 16-byte entries
//! (tag, type, offset, count) and a store of their values, all in network byte order. The database leaves out the eight
//! bytes of magic that a package file has in front.

use crate::catalog::bytes::{Order, slice};
use std::collections::HashSet;

/// Most index entries of a header; rpm itself refuses more than this.
const MOST_ENTRIES: usize = 0xffff;
/// Longest path that a package is taken to ask for, in bytes: no more of a directory is copied for each of its files.
const LONGEST_WANTED: usize = 1024;

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
    /// Names of what it provides: libraries, commands, itself.
    pub(super) provides: Vec<String>,
    /// Names and paths of files that it needs once it is installed; what only the scripts of its installation need is left out.
    pub(super) requires: Vec<String>,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(blob: &[u8]) -> Result<Self, &'static str> {
        let values = Values::parse(blob)?;
        let text = |tag| values.text(tag);
        let named = text(NAME).zip(text(VERSION));
        let (name, version) = named.ok_or("the header of a package has no name or no version")?;
        Ok(Self {
            name,
            version,
            release: text(RELEASE).unwrap_or_default(),
            epoch: values.integers(EPOCH).next(),
            arch: text(ARCH),
            vendor: text(VENDOR),
            license: text(LICENSE),
            source_rpm: text(SOURCE_RPM),
            module: text(MODULE),
            provides: values.texts(PROVIDES).map(str::to_owned).collect(),
            requires: requires(&values),
        })
    }
}

/// What a package needs once it is installed. Conditions in parentheses depend on other packages and are passed over.
fn requires(values: &Values<'_>) -> Vec<String> {
    let flags = values.integers(REQUIRE_FLAGS).chain(std::iter::repeat(0));
    let asked = values.texts(REQUIRES).zip(flags);
    let asked = asked.filter(|(name, flags)| flags & FOR_INSTALLATION == 0 && !name.starts_with('('));
    asked.map(|(name, _)| name.to_owned()).collect()
}

/// A file of an installed package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PackedFile {
    /// Its path, without `/` before it.
    pub(crate) path: String,
    /// The digest of its content in hexadecimal digits; empty for what has none, such as directories and links.
    pub(crate) digest: String,
}

/// An installed package and its files.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WithFiles {
    pub(crate) name: String,
    /// `version-release`.
    pub(crate) version: String,
    pub(crate) vendor: Option<String>,
    pub(crate) files: Vec<PackedFile>,
}

/// Calls `each` with every path of a header that is among `wanted`.
pub(super) fn files_among<'w>(blob: &[u8], wanted: &HashSet<&'w str>, each: &mut dyn FnMut(&'w str)) {
    let Ok(values) = Values::parse(blob) else { return };
    let directories: Vec<&str> = values.texts(DIRECTORIES).collect();
    let mut path = String::new();
    for (name, place) in values.texts(BASE_NAMES).zip(values.integers(DIRECTORY_OF_FILE)) {
        let place = usize::try_from(place).ok();
        let Some(directory) = place.and_then(|place| directories.get(place)) else {
            continue;
        };
        if directory.len() + name.len() <= LONGEST_WANTED {
            path.clear();
            path.push_str(directory);
            path.push_str(name);
            if let Some(path) = wanted.get(path.as_str()) {
                each(path);
            }
        }
    }
}

impl WithFiles {
    /// Reads a header; none where it is damaged or its paths take more than is left.
    pub(super) fn parse(blob: &[u8], left: &mut usize) -> Option<Self> {
        let values = Values::parse(blob).ok()?;
        let version = [values.text(VERSION), values.text(RELEASE)];
        let directories: Vec<&str> = values.texts(DIRECTORIES).collect();
        let digests = values.texts(DIGESTS).chain(std::iter::repeat(""));
        let places = values.integers(DIRECTORY_OF_FILE);
        let mut files = Vec::new();
        for ((name, place), digest) in values.texts(BASE_NAMES).zip(places).zip(digests) {
            let directory = directories.get(usize::try_from(place).ok()?)?;
            *left = left.checked_sub(directory.len() + name.len())?;
            files.push(PackedFile {
                path: format!("{directory}{name}").trim_start_matches('/').to_owned(),
                digest: digest.to_owned(),
            });
        }
        Some(Self {
            name: values.text(NAME)?,
            version: version.into_iter().flatten().collect::<Vec<_>>().join("-"),
            vendor: values.text(VENDOR),
            files,
        })
    }
}

const NAME: usize = 1000;
const VERSION: usize = 1001;
const RELEASE: usize = 1002;
const EPOCH: usize = 1003;
const VENDOR: usize = 1011;
const LICENSE: usize = 1014;
const ARCH: usize = 1022;
const DIGESTS: usize = 1035;
const SOURCE_RPM: usize = 1044;
const PROVIDES: usize = 1047;
const REQUIRE_FLAGS: usize = 1048;
const REQUIRES: usize = 1049;
const DIRECTORY_OF_FILE: usize = 1116;
const BASE_NAMES: usize = 1117;
const DIRECTORIES: usize = 1118;
const MODULE: usize = 5096;

/// Flags of what is needed before, while or after a package is installed or erased, by its scripts, and of what rpm itself must know
/// (`rpmlib`), <https://github.com/rpm-software-management/rpm/blob/master/include/rpm/rpmds.h>.
const FOR_INSTALLATION: u32 = 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 24;

/// The index of a header and the values it names.
struct Values<'b> {
    index: &'b [u8],
    store: &'b [u8],
}

impl<'b> Values<'b> {
    fn parse(blob: &'b [u8]) -> Result<Self, &'static str> {
        let counts = Order::Big.size(blob, 0).zip(Order::Big.size(blob, 4));
        let (entries, store_len) = counts.ok_or("the header of a package is cut off")?;
        if entries > MOST_ENTRIES {
            return Err("the header of a package has more entries than rpm allows");
        }
        Ok(Self {
            index: slice(blob, 8, entries * 16).ok_or("the index of a package's header is cut off")?,
            store: slice(blob, 8 + entries * 16, store_len)
                .ok_or("the values of a package's header are cut off")?,
        })
    }

    /// Type, count and bytes of a value. A tag stands once; of one that stands more often the first counts, so that a value is
    /// looked at once.
    fn value(&self, tag: usize) -> Option<(usize, usize, &'b [u8])> {
        let mut entries = self.index.chunks_exact(16);
        let entry = entries.find(|entry| Order::Big.size(entry, 0) == Some(tag))?;
        let bytes = self.store.get(Order::Big.size(entry, 8)?..)?;
        Some((Order::Big.size(entry, 4)?, Order::Big.size(entry, 12)?, bytes))
    }

    /// The first string of a value.
    fn text(&self, tag: usize) -> Option<String> {
        let (kind, _, values) = self.value(tag)?;
        if !matches!(kind, STRING | STRING_ARRAY | TRANSLATED_STRING) {
            return None;
        }
        let end = values.iter().position(|byte| *byte == 0)?;
        let text = String::from_utf8_lossy(values.get(..end)?).into_owned();
        (!text.is_empty() && text != "(none)").then_some(text)
    }

    /// The strings of a value; one that is not UTF-8 is passed over as an empty one, so that the others keep their numbers.
    fn texts(&self, tag: usize) -> impl Iterator<Item = &'b str> + use<'b> {
        let value = self.value(tag).filter(|(kind, ..)| *kind == STRING_ARRAY);
        let (_, count, bytes) = value.unwrap_or((STRING_ARRAY, 0, &[]));
        let texts = bytes.split(|byte| *byte == 0).take(count);
        texts.map(|text| std::str::from_utf8(text).unwrap_or_default())
    }

    /// The 32-bit integers of a value.
    fn integers(&self, tag: usize) -> impl Iterator<Item = u32> + use<'b> {
        let value = self.value(tag).filter(|(kind, ..)| *kind == INT32);
        let (_, count, bytes) = value.unwrap_or((INT32, 0, &[]));
        let integers = bytes.chunks_exact(4).take(count);
        integers.filter_map(|bytes| Order::Big.u32(bytes, 0))
    }
}

const INT32: usize = 4;
const STRING: usize = 6;
const STRING_ARRAY: usize = 8;
const TRANSLATED_STRING: usize = 9;
