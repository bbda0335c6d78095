//! The advisory index: one file with what matching needs of every advisory.
//!
//! In: records through a [`Builder`], once; then names of packages. Out: a file, and from it the advisories of a package without
//! reading the rest. The form is our own:
//!
//! | part | holds |
//! |---|---|
//! | head, 48 bytes | `BZTADVIX`, version (`u32`), length of the directory (`u32`), BLAKE3 of the directory |
//! | directory | [`Counts`]; then name, length and BLAKE3 of every section |
//! | section `#ids` | beginnings that ids share |
//! | one section an ecosystem ([`Shelf`]) | advisories; affected versions by package; names in order, each sixteen without what they share; where those groups of sixteen begin |
//! | `#imports` | packages and symbols of Go |
//! | `#sources` | where it was made from ([`Origin`]) |
//!
//! Numbers are little-endian or of variable length (LEB128). A section is read when it is first needed and checked against its digest
//! then, so that opening costs the directory only, wherever the bytes lie: in memory, in a mapping, or in a file that is read by
//! position. Whatever the bytes are, the answer is an error or a result, never a panic.

mod build;
mod bytes;
mod ids;
mod origin;
mod shelf;

pub use build::Builder;
pub use origin::{Origin, OriginKind};
pub use shelf::{Advisory, Listed, Package, Shelf};

use super::record::Import;
use bartizan_model::{Date, Timestamp};
use bytes::{Cursor, Malformed};
use ids::Prefixes;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const MAGIC: &[u8; 8] = b"BZTADVIX";
/// Version of the form. An index of another version is refused: it is made again, not converted.
pub const VERSION: u32 = 2;
const HEAD: u64 = 48;
/// Largest directory and section, in bytes.
const LARGEST: u64 = 1 << 31;
const IDS: &str = "#ids";
const IMPORTS: &str = "#imports";
const SOURCES: &str = "#sources";

/// Bytes that are read by position.
pub trait Storage {
    /// How many there are.
    ///
    /// # Errors
    /// What the system said.
    fn size(&self) -> Result<u64, String>;

    /// Exactly `length` bytes from `offset` on.
    ///
    /// # Errors
    /// What the system said, for instance that there are not so many.
    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, String>;
}

impl Storage for &[u8] {
    fn size(&self) -> Result<u64, String> {
        Ok(self.len() as u64)
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, String> {
        usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..offset.checked_add(length)?))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| "it ends before".to_owned())
    }
}

/// Why an index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It cannot be read.
    #[error("the advisory index cannot be read: {0}")]
    Unreadable(String),
    /// It is something else.
    #[error("this is no advisory index")]
    NoIndex,
    /// It is of another version of the form.
    #[error("the advisory index is of version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// It is cut off, or has too much.
    #[error("the advisory index has {actual} bytes instead of {expected}")]
    Length {
        /// Bytes that its directory speaks of.
        expected: u64,
        /// Bytes that there are.
        actual: u64,
    },
    /// Its bytes are not those that were written.
    #[error("the advisory index is damaged ({0})")]
    Damaged(String),
}

impl IndexError {
    /// What the user can do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => {
                "check the permissions of the file, or name another place with `--data-dir DIR`"
            }
            Self::NoIndex | Self::Version(_) | Self::Length { .. } | Self::Damaged(_) => {
                "make it again with `bartizan db update`"
            }
        }
    }
}

/// What an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// When it was made.
    pub built: Option<Timestamp>,
    /// The newest change of a record in it.
    pub newest: Option<Timestamp>,
    /// Records that matching uses.
    pub records: u64,
    /// Records that were taken back: no finding comes from them.
    pub withdrawn: u64,
    /// Packages with at least one record.
    pub packages: u64,
    /// Entries of records about ecosystems that this program does not know.
    pub unknown_ecosystem: u64,
    /// CVEs known to be exploited.
    pub exploited: u64,
    /// The day of that catalogue.
    pub exploited_date: Option<Date>,
    /// CVEs with an exploit prediction.
    pub predicted: u64,
    /// The day of those predictions.
    pub predicted_date: Option<Date>,
}

/// An index that is open.
pub struct Index<S> {
    storage: S,
    counts: Counts,
    digest: [u8; 32],
    sections: BTreeMap<String, Section>,
    prefixes: OnceLock<Prefixes>,
}

#[derive(Debug)]
struct Section {
    offset: u64,
    length: u64,
    digest: [u8; 32],
    packages: u64,
}

impl<S: Storage> Index<S> {
    /// Opens an index: reads and checks its directory, and that all of it is there.
    ///
    /// # Errors
    /// When it is none, is of another version, is cut off or damaged.
    pub fn open(storage: S) -> Result<Self, IndexError> {
        let actual = storage.size().map_err(IndexError::Unreadable)?;
        if actual < HEAD {
            return Err(IndexError::NoIndex);
        }
        let head = read(&storage, 0, HEAD)?;
        let mut cursor = Cursor(&head);
        if cursor.take(8)? != MAGIC {
            return Err(IndexError::NoIndex);
        }
        let version = cursor.u32()?;
        if version != VERSION {
            return Err(IndexError::Version(version));
        }
        let length = u64::from(cursor.u32()?);
        let digest = cursor.digest()?;
        if length > actual - HEAD {
            return Err(IndexError::Length {
                expected: HEAD + length,
                actual,
            });
        }
        let directory = read(&storage, HEAD, length)?;
        if *blake3::hash(&directory).as_bytes() != digest {
            return Err(IndexError::Damaged("its directory".to_owned()));
        }
        let (counts, sections, expected) = read_directory(&directory, HEAD + length)?;
        if expected != actual {
            return Err(IndexError::Length { expected, actual });
        }
        Ok(Self {
            storage,
            counts,
            digest,
            sections,
            prefixes: OnceLock::new(),
        })
    }

    /// What it holds.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Digest of everything in it.
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Ecosystems in it, with the number of packages of each.
    pub fn ecosystems(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sections
            .iter()
            .filter(|(name, _)| !name.starts_with('#'))
            .map(|(name, section)| (name.as_str(), section.packages))
    }

    /// The part of an ecosystem, named without a suffix; none when nothing is known of it.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn shelf(&self, ecosystem: &str) -> Result<Option<Shelf>, IndexError> {
        if ecosystem.starts_with('#') {
            return Ok(None);
        }
        match self.section(ecosystem)? {
            Some(bytes) => Ok(Some(Shelf::open(bytes, self.prefixes()?.clone())?)),
            None => Ok(None),
        }
    }

    /// The packages and symbols of Go that an entry names.
    ///
    /// # Errors
    /// When they cannot be read or are damaged.
    pub fn imports(&self, package: &str, listed: &Listed<'_>) -> Result<Vec<Import>, IndexError> {
        let Some(offset) = listed.imports else {
            return Ok(Vec::new());
        };
        let bytes = self.section(IMPORTS)?.unwrap_or_default();
        Ok(build::read_imports(&bytes, offset, package)?)
    }

    /// Where it was made from; nothing where it does not say so.
    ///
    /// # Errors
    /// When that cannot be read or is damaged.
    pub fn origins(&self) -> Result<Vec<Origin>, IndexError> {
        let bytes = self.section(SOURCES)?.unwrap_or_default();
        Ok(origin::read(&bytes)?)
    }

    /// Reads every section and checks it: for a new index, before it takes the place of the old one.
    ///
    /// # Errors
    /// When one cannot be read or is damaged.
    pub fn verify(&self) -> Result<(), IndexError> {
        for name in self.sections.keys() {
            self.section(name)?;
        }
        Ok(())
    }

    fn prefixes(&self) -> Result<&Prefixes, IndexError> {
        if let Some(prefixes) = self.prefixes.get() {
            return Ok(prefixes);
        }
        let bytes = self.section(IDS)?.unwrap_or_default();
        let prefixes = Prefixes::read(&bytes)?;
        Ok(self.prefixes.get_or_init(|| prefixes))
    }

    fn section(&self, name: &str) -> Result<Option<Vec<u8>>, IndexError> {
        let Some(section) = self.sections.get(name) else {
            return Ok(None);
        };
        let bytes = read(&self.storage, section.offset, section.length)?;
        if *blake3::hash(&bytes).as_bytes() == section.digest {
            Ok(Some(bytes))
        } else {
            Err(IndexError::Damaged(format!("its section {name}")))
        }
    }
}

impl From<Malformed> for IndexError {
    fn from(Malformed: Malformed) -> Self {
        Self::Damaged("an entry of it".to_owned())
    }
}

fn read(storage: &impl Storage, offset: u64, length: u64) -> Result<Vec<u8>, IndexError> {
    if length > LARGEST {
        return Err(IndexError::Damaged("a length in it".to_owned()));
    }
    let length = usize::try_from(length).map_err(|error| IndexError::Unreadable(error.to_string()))?;
    storage.read(offset, length).map_err(IndexError::Unreadable)
}

type Directory = (Counts, BTreeMap<String, Section>, u64);

/// Counts, sections, and the length of the file.
fn read_directory(bytes: &[u8], start: u64) -> Result<Directory, IndexError> {
    let mut cursor = Cursor(bytes);
    let instant = |seconds: u64| {
        let seconds = i64::try_from(seconds.checked_sub(1)?).ok()?;
        Some(Timestamp::from_unix_seconds(seconds))
    };
    let mut numbers = [0; 8];
    for number in &mut numbers {
        *number = cursor.varint()?;
    }
    let [
        built,
        newest,
        records,
        withdrawn,
        packages,
        unknown_ecosystem,
        exploited,
        predicted,
    ] = numbers;
    let counts = Counts {
        built: instant(built),
        newest: instant(newest),
        records,
        withdrawn,
        packages,
        unknown_ecosystem,
        exploited,
        predicted,
        exploited_date: cursor.text()?.parse().ok(),
        predicted_date: cursor.text()?.parse().ok(),
    };
    let mut sections = BTreeMap::new();
    let mut offset = start;
    while !cursor.0.is_empty() {
        let name = cursor.text()?.to_owned();
        let (length, packages) = (cursor.varint()?, cursor.varint()?);
        let section = Section {
            offset,
            length,
            packages,
            digest: cursor.digest()?,
        };
        offset = offset.checked_add(length).ok_or(Malformed)?;
        sections.insert(name, section);
    }
    Ok((counts, sections, offset))
}
