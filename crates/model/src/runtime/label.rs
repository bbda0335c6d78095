//! What SELinux knows a file by.

use serde::{Deserialize, Serialize};

/// The class and the type of a file, as SELinux has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct FileLabel {
    class: FileClass,
    #[serde(rename = "type")]
    kind: String,
}

/// A label as it is written
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    class: FileClass,
    #[serde(rename = "type")]
    kind: String,
}

impl TryFrom<Parts> for FileLabel {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        Self::new(parts.class, &parts.kind)
            .ok_or_else(|| format!("`{}` is no name of a type", parts.kind.escape_debug()))
    }
}

/// Classes of files (`selinux/include/classmap.h` of the kernel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileClass {
    /// Plain file
    File,
    /// Directory
    Dir,
    /// Symbolic link
    LnkFile,
    /// Character device
    ChrFile,
    /// Block device
    BlkFile,
    /// Unix socket
    SockFile,
    /// Named pipe
    FifoFile,
}

impl FileClass {
    /// As policies write it
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::LnkFile => "lnk_file",
            Self::ChrFile => "chr_file",
            Self::BlkFile => "blk_file",
            Self::SockFile => "sock_file",
            Self::FifoFile => "fifo_file",
        }
    }
}

impl FileLabel {
    /// Of a type by its name; None where that is none: letters, digits, and `_`, `-` and `.`, a letter first.
    #[must_use]
    pub fn new(class: FileClass, kind: &str) -> Option<Self> {
        let is_name = kind.starts_with(|first: char| first.is_ascii_alphabetic())
            && kind
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character));
        is_name.then(|| Self {
            class,
            kind: kind.to_owned(),
        })
    }

    /// Of a context as the kernel keeps it with a file: `user:role:type:level`, and a NUL at its end; None where it is none.
    #[must_use]
    pub fn of_context(class: FileClass, context: &[u8]) -> Option<Self> {
        let context = std::str::from_utf8(context).ok()?.trim_end_matches('\0');
        Self::new(class, context.split(':').nth(2)?)
    }

    /// What it is.
    #[must_use]
    pub const fn class(&self) -> FileClass {
        self.class
    }

    /// The type in its label: `httpd_sys_content_t`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The same type on something of another class.
    #[must_use]
    pub fn of_class(&self, class: FileClass) -> Self {
        Self {
            class,
            kind: self.kind.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_a_type() {
        let of = |context: &[u8]| {
            FileLabel::of_context(FileClass::File, context).map(|label| label.kind().to_owned())
        };
        assert_eq!(of(b"system_u:object_r:etc_t:s0\0").as_deref(), Some("etc_t"));
        assert_eq!(of(b"u:r:web.process:s0:c1,c2").as_deref(), Some("web.process"));
        for bad in [
            &b""[..],
            b"etc_t",
            b"u:r:",
            b"u:r:a b:s0",
            b"u:r:a)(allow:s0",
            b"u:r:1_t:s0",
            b"u:r:\xff:s0",
        ] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_label_that_was_written_by_others_is_read_as_strictly() {
        let label = FileLabel::new(FileClass::LnkFile, "etc_t").unwrap();
        let written = serde_json::to_string(&label).unwrap();
        assert_eq!(written, r#"{"class":"lnk_file","type":"etc_t"}"#);
        assert_eq!(serde_json::from_str::<FileLabel>(&written).unwrap(), label);
        assert!(serde_json::from_str::<FileLabel>(r#"{"class":"file","type":"t (file (write)))"}"#).is_err());
    }
}
