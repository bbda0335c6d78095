//! The types between sources and the engine.

use crate::digest::ContentDigests;
use crate::image::{Image, Tree};
use bartizan_model::{Skipped, Target};
use std::sync::Arc;

/// What is known of a file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Path relative to the target, with `/`; invalid UTF-8 is replaced. A member of an archive is
    /// `archive!/member`.
    pub path: Arc<str>,
    /// Size in bytes, where known before reading (0 otherwise).
    pub size: u64,
    /// Commit that first brought the bytes to this path, in history scans.
    pub commit: Option<Arc<str>>,
    /// Author of that commit, `Name <mail>`.
    pub author: Option<Arc<str>>,
    /// Digest of the uncompressed layer that holds the bytes, `algorithm:hex`, in images.
    pub layer: Option<Arc<str>>,
}

impl FileMeta {
    /// A file that comes from no commit and no layer. `size` is in bytes, 0 where it is not known.
    #[must_use]
    pub fn new(path: impl Into<Arc<str>>, size: u64) -> Self {
        Self {
            path: path.into(),
            size,
            commit: None,
            author: None,
            layer: None,
        }
    }

    /// The last component of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The text after the last dot of the file name, as written; empty when there is none or the name starts with
    /// its only dot.
    #[must_use]
    pub fn extension(&self) -> &str {
        match self.file_name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        }
    }
}

/// How much of a file a check wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interest {
    /// Nothing.
    No,
    /// The first bytes, at most this many.
    Head(usize),
    /// All of it, in windows when it is large.
    Whole,
    /// All of it at once: what is larger than so many bytes is no input for whoever asks. Sources deliver it like
    /// [`Interest::Whole`]; the engine joins the windows.
    Entire(u64),
}

impl Interest {
    /// Whether every byte is wanted.
    #[must_use]
    pub const fn is_all(self) -> bool {
        matches!(self, Self::Whole | Self::Entire(_))
    }
}

/// Which part of a file a unit holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Offset of the first byte of the unit in the file.
    pub offset: u64,
    /// Bytes at the start of the unit that the previous window ended with. A match that ends within them was
    /// reported there.
    pub overlap: usize,
    /// Line breaks before the first byte of the unit.
    pub lines_before: u32,
    /// Bytes between the last line break before the unit and its first byte (0 when the unit starts a line).
    pub column_before: u32,
    /// Whether the file ends with this unit.
    pub last: bool,
}

impl Window {
    /// The window that is the whole file.
    pub const WHOLE: Self = Self {
        offset: 0,
        overlap: 0,
        lines_before: 0,
        column_before: 0,
        last: true,
    };

    /// Whether the unit is the whole file.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.offset == 0 && self.last
    }
}

/// Bytes of one file, or one window of a large file.
#[derive(Debug)]
pub struct Unit<'a> {
    /// The file they belong to.
    pub meta: &'a FileMeta,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Which part of the file they are.
    pub window: Window,
}

/// Identity of an entry's content that can be had without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Signature {
    /// Size, modification and status-change time in nanoseconds, device and inode of a file on disk.
    Stat {
        /// Size in bytes.
        size: u64,
        /// Modification time, nanoseconds since the epoch.
        mtime: i128,
        /// Status change time, nanoseconds since the epoch.
        ctime: i128,
        /// Device number.
        device: u64,
        /// Inode number.
        inode: u64,
    },
    /// Git object id, as bytes.
    Object(Vec<u8>),
}

/// One thing to read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What is known of it.
    pub meta: FileMeta,
    /// Identity of the content, where it can be had without reading.
    pub signature: Option<Signature>,
    /// How its source finds it again.
    pub handle: Handle,
}

/// How a source finds an entry again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handle {
    /// Position of the entry in the source's own list.
    Index(usize),
    /// A file at this path.
    Path(std::path::PathBuf),
    /// A git object id.
    Object(Vec<u8>),
}

/// What a file was before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// The source compares with nothing
    Untold,
    /// There was no such file
    Absent,
    /// What stood in it, under this name or the one it was moved from
    Content(Vec<u8>),
    /// There was one, which cannot be read: why
    Unreadable(String),
}

/// Who receives what is read from one entry: the engine, one per worker.
pub trait Consumer {
    /// How much of this file is wanted; asked before it is read, and again for every member of an archive.
    fn wants(&mut self, meta: &FileMeta) -> Interest;
    /// Bytes of a file. Windows of one file come in order.
    fn unit(&mut self, unit: Unit<'_>);
    /// Something that is not read, or not fully.
    fn skipped(&mut self, skipped: Skipped);
    /// Whether reading should stop (interrupted).
    fn stopped(&self) -> bool;
    /// So many more bytes of the entry were read, as it is stored, where an entry takes long: sources need not tell, and not to the
    /// last byte.
    fn read_so_far(&mut self, _bytes: u64) {}
    /// An archive on disk or in a layer was delivered, member by member. `content` gives the digests of the archive itself as
    /// far as its bytes are still at hand; nobody digests them before it is called.
    fn expanded(&mut self, _meta: &FileMeta, _content: &mut dyn FnMut() -> Option<ContentDigests>) {}
}

/// Why a source could not be opened or listed at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The target does not exist.
    #[error("there is nothing at `{0}`")]
    NotFound(String),
    /// The target exists and cannot be read.
    #[error("cannot read `{path}`: {cause}")]
    Unreadable {
        /// What was to be read.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// The target is no git repository.
    #[error("`{0}` is not inside a git repository")]
    NoRepository(String),
    /// The target needs an index or a work tree, and the repository has none.
    #[error("the repository `{0}` is bare: it has neither an index nor a work tree")]
    Bare(String),
    /// A revision or range does not exist.
    #[error("cannot resolve `{revision}`: {cause}")]
    Revision {
        /// As written.
        revision: String,
        /// Why not.
        cause: String,
    },
    /// There is nothing to compare the work tree with.
    #[error("there is no upstream, no `origin` and no `main` or `master` to compare with")]
    NoBase,
    /// An image, or what should be one, cannot be read.
    #[error("cannot read the image `{target}`: {cause}")]
    Image {
        /// As written.
        target: String,
        /// Why not.
        cause: String,
    },
    /// No image is the one that was asked for.
    #[error("`{target}`: {cause}")]
    NoImage {
        /// As written.
        target: String,
        /// What there is not.
        cause: String,
        /// What there is instead.
        help: String,
    },
    /// More than one image may be meant.
    #[error("`{target}` holds several images")]
    SeveralImages {
        /// As written.
        target: String,
        /// Names or digests of some of them.
        names: Vec<String>,
    },
    /// A part of an image is not what its digest says: it was damaged or tampered with.
    #[error("`{target}`: {what} is not what its digest says: {expected} is expected, {found} is there")]
    WrongDigest {
        /// As written.
        target: String,
        /// Which part.
        what: String,
        /// The digest that names it.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The spelling of a target is not understood.
    #[error("`{0}` is no target")]
    Spelling(String),
    /// The spelling is part of the command line contract, but nothing reads it yet.
    #[error("`{target}` cannot be read yet")]
    Unsupported {
        /// As written.
        target: String,
        /// What reaches the same end.
        instead: &'static str,
    },
}

impl SourceError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NotFound(_) => "check the spelling; paths are relative to the current directory".to_owned(),
            Self::Unreadable { .. } => {
                "mend it, run as a user who may read it, or name another target".to_owned()
            }
            Self::Bare(_) => {
                "scan its history instead: `git:ALL`, or a range such as `git:v1..main`".to_owned()
            }
            Self::NoRepository(_) => "run inside a git work tree, or scan a plain path instead".to_owned(),
            Self::Revision { .. } => {
                "list revisions with `git log`; a shallow clone may lack it (`git fetch --unshallow`)"
                    .to_owned()
            }
            Self::NoBase => "name what to compare with, for instance `--changed=HEAD~1`".to_owned(),
            Self::Image { .. } => {
                "get a whole copy, for instance with `skopeo copy docker://NAME oci:DIR`".to_owned()
            }
            Self::NoImage { help, .. } => help.clone(),
            Self::SeveralImages { names, .. } => {
                format!("name one of them behind the path: {}", names.join(", "))
            }
            Self::WrongDigest { .. } => {
                "trust nothing of it; get the image again from where it was built".to_owned()
            }
            Self::Unsupported { instead, .. } => (*instead).to_owned(),
            Self::Spelling(_) => {
                "targets are a path, `-`, `git:RANGE`, `git:ALL`, `git:STAGED`, `image:NAME`, `oci:DIR[:NAME|@DIGEST]`, \
                 `docker-archive:FILE[:NAME]`, `rootfs:DIR`, `k8s:DIR`, or `sbom:FILE`"
                    .to_owned()
            }
        }
    }
}

/// A place bytes come from.
pub trait Source: Send + Sync {
    /// What the source is, for the report.
    fn target(&self) -> Target;

    /// Everything to read, in a stable order. What is left out (sockets, links that leave the target, unreadable
    /// directories) goes to `skipped`.
    ///
    /// # Errors
    /// When nothing at all can be listed.
    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError>;

    /// Reads one entry into `consumer`, through `buffer`, which the caller reuses. Failures are told to the
    /// consumer as skipped entries: other entries are unaffected.
    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer);

    /// Where the source is a part of something, such as what was changed of a directory: the whole of it. Nothing in it is judged but
    /// what the part holds; what that needs to be understood is looked up there.
    fn around(&self) -> Option<&dyn Source> {
        None
    }

    /// Where the source is what changed of something ([`Source::around`]): what an entry of its list was before.
    fn before(&self, _entry: &Entry) -> Before {
        Before::Untold
    }

    /// What the source itself learned of an entry while it read it, to be kept beside results: with it [`Source::restore`] does
    /// without reading. None where the entry was not read to its end, or is not what its digest says, or where there is nothing to
    /// learn. What was said of an entry for which there is something follows from its content alone.
    fn kept(&self, _entry: &Entry) -> Option<Vec<u8>> {
        None
    }

    /// Takes back what [`Source::kept`] gave for an entry of the same signature; false where the entry is to be read after all.
    fn restore(&self, _entry: &Entry, _kept: &[u8]) -> bool {
        false
    }

    /// Where the source is a container image: what is known of it as a whole, once every entry was read. An error
    /// means that nothing read from it may be judged by. Answered once.
    fn image(&self) -> Option<Result<Image, SourceError>> {
        None
    }

    /// Where the source is the root of a system: everything that is in it, with permissions and owners.
    fn root(&self) -> Option<Tree> {
        None
    }
}
