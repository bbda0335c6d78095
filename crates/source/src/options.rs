//! How sources list and read: limits and preferences, all counted in bytes or entries, never in time.

use crate::image::{ImageLimits, Platform};
use std::path::PathBuf;

/// Preferences and limits of every source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOptions {
    /// Leave out what `.gitignore` and `.git/info/exclude` leave out, as git does inside a work tree. Files that git
    /// tracks are read even when a pattern matches them.
    pub respect_ignore: bool,
    /// Follow symbolic links. Off, a link is never followed: what it names inside the target is read under its real
    /// path.
    pub follow_links: bool,
    /// How large files are cut.
    pub windows: WindowSize,
    /// Bounds of the expansion of archives.
    pub archives: ArchiveLimits,
    /// Bounds of reading container images.
    pub images: ImageLimits,
    /// Which of several images of an index is wanted; none means that for this machine, or the only one.
    pub platform: Option<Platform>,
    /// Largest git object, in bytes, that is decoded into memory; larger ones are skipped aloud.
    pub max_object: u64,
    /// Threads that walk a directory; 0 lets the machine decide.
    pub threads: usize,
    /// The repository that the `git:` targets mean: a path inside it.
    pub repository: PathBuf,
    /// Index that `git:STAGED` reads instead of the repository's own (what git names in `GIT_INDEX_FILE` while a
    /// hook runs).
    pub index_file: Option<PathBuf>,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            respect_ignore: true,
            follow_links: false,
            windows: WindowSize::default(),
            archives: ArchiveLimits::default(),
            images: ImageLimits::default(),
            platform: None,
            max_object: 256 << 20,
            threads: 0,
            repository: PathBuf::from("."),
            index_file: None,
        }
    }
}

/// How a file is cut that is too large to be held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Most bytes of one unit.
    window: usize,
    /// Most bytes that a window repeats of the one before it.
    overlap: usize,
}

impl WindowSize {
    /// Windows of `window` bytes (at least 2) that repeat at most `overlap` bytes of the window before them; the
    /// overlap is lowered to half the window where it is larger.
    #[must_use]
    pub fn new(window: usize, overlap: usize) -> Self {
        let window = window.max(2);
        Self {
            window,
            overlap: overlap.min(window / 2),
        }
    }

    /// Most bytes of one unit.
    #[must_use]
    pub const fn window(self) -> usize {
        self.window
    }

    /// Most bytes that a window repeats.
    #[must_use]
    pub const fn overlap(self) -> usize {
        self.overlap
    }
}

impl Default for WindowSize {
    fn default() -> Self {
        Self {
            window: 8 << 20,
            overlap: 64 << 10,
        }
    }
}

/// Bounds of the expansion of archives. Reaching one is said aloud, with the name of the option that raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Archives within archives: 0 expands none, 1 only those on disk or in git.
    pub depth: u32,
    /// Most bytes that one outer archive may expand to, nested archives included.
    pub expanded: u64,
    /// Most members of one outer archive, those of nested archives included.
    pub members: u64,
    /// Most bytes a compressed stream may expand to for each byte of it, once past 1 MiB.
    pub ratio: u64,
    /// Largest archive within an archive, in bytes: it is held in memory while it is read.
    pub nested: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            depth: 4,
            expanded: 512 << 20,
            members: 200_000,
            ratio: 1_000,
            nested: 64 << 20,
        }
    }
}
