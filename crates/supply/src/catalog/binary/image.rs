//! The parts of an executable that catalogers ask for, whatever its format: sections by name, data by address.
//!
//! <https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html>,
//! <https://learn.microsoft.com/windows/win32/debug/pe-format>,
//! <https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h>

use object::read::macho::{FatArch, MachOFatFile32};
use object::{FileKind, Object, ObjectSection, ObjectSegment};

/// Most sections or segments that are looked at.
const MOST_PARTS: usize = 4096;

/// An executable or library.
pub(super) struct Image<'a> {
    file: object::File<'a>,
}

impl<'a> Image<'a> {
    /// The image in a file; of a universal binary the first. None where it is no such file or is damaged.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !super::begins_as_binary(bytes) {
            return None;
        }
        let bytes = match FileKind::parse(bytes).ok()? {
            FileKind::MachOFat32 => {
                let fat = MachOFatFile32::parse(bytes).ok()?;
                fat.arches().first()?.data(bytes).ok()?
            }
            _ => bytes,
        };
        let file = object::File::parse(bytes).ok()?;
        Some(Self { file })
    }

    /// The bytes of the first section with one of these names.
    pub(super) fn section(&self, names: &[&str]) -> Option<&'a [u8]> {
        let mut sections = self.file.sections().take(MOST_PARTS);
        let section = sections.find(|section| section.name().is_ok_and(|name| names.contains(&name)))?;
        section.data().ok().filter(|data| !data.is_empty())
    }

    /// The bytes of every segment that is writable when loaded, in the order of the file.
    pub(super) fn writable_segments(&self) -> impl Iterator<Item = &'a [u8]> {
        let segments = self.file.segments().take(MOST_PARTS);
        segments
            .filter(|segment| segment.permissions().writable())
            .filter_map(|segment| segment.data().ok())
    }

    /// The `len` bytes that are loaded at an address.
    pub(super) fn at(&self, address: u64, len: u64) -> Option<&'a [u8]> {
        self.file
            .segments()
            .take(MOST_PARTS)
            .find_map(|segment| segment.data_range(address, len).ok().flatten())
    }
}
