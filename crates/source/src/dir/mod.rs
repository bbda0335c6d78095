//! A directory, a single file, or given files of a directory.
//!
//! In: a path. Out: every regular file under it, in the order of their paths' bytes, hidden files included and `.git`
//! left out. Ignore files follow <https://git-scm.com/docs/gitignore>. Sockets, FIFOs and devices are never opened;
//! links are not followed unless asked for.

mod file;
mod recorded;
mod root;
mod walk;

use crate::archive::{Expander, Input, format_of};
use crate::digest::ContentDigests;
use crate::window::{deliver, start};
use crate::{Consumer, Entry, Handle, Interest, Source, SourceError, SourceOptions, skip};
use bartizan_model::{Skipped, Target};
use std::io::Seek;
use std::path::{Path, PathBuf};

pub(crate) use file::RegularFile;
pub use recorded::RecordedSource;
pub use root::RootSource;
pub(crate) use walk::{path_of, walk};

/// Files on disk.
#[derive(Debug)]
pub struct DirSource {
    name: String,
    root: PathBuf,
    options: SourceOptions,
    selection: Selection,
}

#[derive(Debug)]
enum Selection {
    Everything,
    OneFile,
    Given(Vec<PathBuf>),
}

impl DirSource {
    /// The directory or file at `path`.
    ///
    /// # Errors
    /// When there is nothing at `path` or it is neither a directory nor a regular file.
    pub fn open(path: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let root = PathBuf::from(path);
        let metadata = std::fs::metadata(&root).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => SourceError::NotFound(path.to_owned()),
            _ => SourceError::Unreadable {
                path: path.to_owned(),
                cause: error.to_string(),
            },
        })?;
        let selection = if metadata.is_dir() {
            Selection::Everything
        } else if metadata.is_file() {
            Selection::OneFile
        } else {
            let cause = "it is neither a directory nor a regular file (for a pipe, use `-` and redirect it)"
                .to_owned();
            return Err(SourceError::Unreadable {
                path: path.to_owned(),
                cause,
            });
        };
        Ok(Self {
            name: path.to_owned(),
            root,
            options: options.clone(),
            selection,
        })
    }

    /// Only these files of the directory `root`; `paths` are relative to it. Those that are gone or are no regular
    /// files are left out.
    #[must_use]
    pub fn given(root: &Path, paths: Vec<PathBuf>, options: &SourceOptions) -> Self {
        Self {
            name: root.display().to_string(),
            root: root.to_owned(),
            options: options.clone(),
            selection: Selection::Given(paths),
        }
    }
}

impl Source for DirSource {
    fn target(&self) -> Target {
        let kind = if matches!(self.selection, Selection::OneFile) {
            "file"
        } else {
            "dir"
        };
        let commit = match self.selection {
            Selection::OneFile => None,
            _ => crate::head_commit(&self.root),
        };
        Target {
            name: self.name.clone(),
            kind: kind.to_owned(),
            commit,
            ..Target::default()
        }
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        match &self.selection {
            Selection::Everything => Ok(walk(&self.root, &self.options, skipped)),
            Selection::Given(paths) => Ok(walk::given(&self.root, paths, self.options.follow_links, skipped)),
            Selection::OneFile => walk::one(&self.root).map(|entry| vec![entry]),
        }
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        let follow = self.options.follow_links || matches!(self.selection, Selection::OneFile);
        read(entry, &self.options, follow, buffer, consumer);
    }
}

/// Reads a file on disk.
fn read(
    entry: &Entry,
    options: &SourceOptions,
    follow: bool,
    buffer: &mut Vec<u8>,
    consumer: &mut dyn Consumer,
) {
    let Handle::Path(path) = &entry.handle else {
        return consumer.skipped(skip(&entry.meta, "it does not belong to this directory"));
    };
    let want = consumer.wants(&entry.meta);
    if want == Interest::No {
        return;
    }
    let mut file = match RegularFile::open(path, follow) {
        Ok(file) => file,
        Err(reason) => return consumer.skipped(skip(&entry.meta, &reason)),
    };
    let windows = options.windows;
    let head = (&mut *buffer, windows.window() + 1);
    let outcome = start(&mut file, (&entry.meta, want), windows, head, consumer).and_then(|ended| {
        if let Some(format) = format_of(options, buffer, &entry.meta.path) {
            let mut file = std::fs::File::from(file);
            Expander::new(options, &entry.meta, buffer, consumer).expand(format, Input::seekable(&mut file));
            consumer.expanded(&entry.meta, &mut || {
                file.rewind().ok()?;
                ContentDigests::read(&mut file).ok()
            });
            return Ok(());
        }
        deliver(&mut file, &entry.meta, want, windows, (buffer, ended), consumer).map(|_| ())
    });
    if let Err(error) = outcome {
        let reason = format!("reading it failed part way: {error}; check the disk and scan again");
        consumer.skipped(skip(&entry.meta, &reason));
    }
}
