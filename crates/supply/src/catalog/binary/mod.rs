//! Executables and libraries: what compilers write into them of what they were built from.
//!
//! A binary has no telling name. [`may_be_binary`] leaves out what a name rules out; the size leaves out small files; and
//! the first bytes decide before anything else is looked at.

mod cargo_auditable;
mod go_build_info;
mod image;
pub(crate) mod programs;

pub use cargo_auditable::CargoAuditable;
pub use go_build_info::GoBuildInfo;
pub use programs::{JavaRelease, Programs};

/// Smallest executable that a compiler of Go or Rust makes is far larger than this, in bytes.
pub const LEAST_SIZE: u64 = 16 << 10;

/// Whether a file of this name may be an executable or a library: it has no extension, an extension that such files have,
/// or lies in a directory for them.
#[must_use]
pub fn may_be_binary(path: &str) -> bool {
    let name = super::file_name(path);
    let directory = path.strip_suffix(name).unwrap_or_default();
    let in_place = ["bin/", "sbin/", "libexec/"].iter().any(|place| {
        let before = directory.strip_suffix(place);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    });
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    in_place
        || name.contains(".so.")
        || match extension {
            None => true,
            Some(extension) => matches!(
                extension,
                "exe" | "dll" | "so" | "dylib" | "node" | "bin" | "elf" | "out" | "test" | "plugin"
            ),
        }
        // The extension of `tool-v1.2.3` is part of a version.
        || extension.is_some_and(|extension| extension.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether bytes begin as an executable of ELF, PE or Mach-O does.
#[must_use]
pub fn begins_as_binary(bytes: &[u8]) -> bool {
    const MAGICS: [&[u8]; 7] = [
        b"\x7fELF",
        b"MZ",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
    ];
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sources_and_documents_are_ruled_out() {
        for path in [
            "usr/bin/run.sh",
            "a/tool",
            "tool-1.2.3",
            "lib/libx.so.1.2.0",
            "x.exe",
            "a.tar!/sbin/init",
        ] {
            assert!(may_be_binary(path), "{path}");
        }
        for path in [
            "src/main.rs",
            "robin/a.py",
            "lib/a.jar",
            "README.md",
            "photo.jpeg",
        ] {
            assert!(!may_be_binary(path), "{path}");
        }
    }
}
