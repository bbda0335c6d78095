//! Listing the regular files of a directory.

use crate::{Entry, FileMeta, Handle, Signature, SourceError, SourceOptions};
use bartizan_model::Skipped;
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Every regular file under `root`, in the order of the bytes of their paths.
pub(crate) fn walk(root: &Path, options: &SourceOptions, skipped: &mut Vec<Skipped>) -> Vec<Entry> {
    let is_git = |entry: &DirEntry| entry.depth() > 0 && entry.file_name() == OsStr::new(".git");
    walk_without(root, options, is_git, skipped)
}

/// The same, without the files and directories that `left_out` says.
pub(crate) fn walk_without(
    root: &Path,
    options: &SourceOptions,
    left_out: impl Fn(&DirEntry) -> bool + Send + Sync + Copy + 'static,
    skipped: &mut Vec<Skipped>,
) -> Vec<Entry> {
    let found = Mutex::new(Found::default());
    if may_spawn() {
        builder(root, options, left_out).build_parallel().run(|| {
            let mut local = Local {
                found: Found::default(),
                shared: &found,
            };
            Box::new(move |outcome| {
                local.found.take(root, outcome);
                WalkState::Continue
            })
        });
    } else {
        let mut alone = Local {
            found: Found::default(),
            shared: &found,
        };
        for outcome in builder(root, options, left_out).build() {
            alone.found.take(root, outcome);
        }
    }
    let Found {
        mut entries,
        skipped: mut left_out,
    } = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    entries.sort_unstable_by(|a, b| order(a).cmp(order(b)));
    if options.respect_ignore {
        add_tracked(root, &mut entries);
    }
    left_out.sort_unstable();
    skipped.append(&mut left_out);
    entries
}

fn builder(
    root: &Path,
    options: &SourceOptions,
    left_out: impl Fn(&DirEntry) -> bool + Send + Sync + 'static,
) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    builder
        .standard_filters(false)
        .git_ignore(options.respect_ignore)
        .git_exclude(options.respect_ignore)
        .parents(options.respect_ignore)
        .follow_links(options.follow_links)
        .threads(options.threads)
        .filter_entry(move |entry| !left_out(entry));
    builder
}

/// Whether the machine grants another thread; the parallel walk panics where it does not.
fn may_spawn() -> bool {
    let thread = std::thread::Builder::new().spawn(|| {});
    thread.is_ok_and(|thread| thread.join().is_ok())
}

/// Where the file of an entry lies.
pub(crate) fn path_of(entry: &Entry) -> &Path {
    match &entry.handle {
        Handle::Path(path) => path,
        _ => Path::new(""),
    }
}

fn order(entry: &Entry) -> &[u8] {
    path_of(entry).as_os_str().as_bytes()
}

/// Adds files that git tracks although a pattern ignores them: they are committed, and leak as any other.
fn add_tracked(root: &Path, entries: &mut Vec<Entry>) {
    let mut missing = Vec::new();
    for path in crate::git::tracked(root) {
        let full = root.join(&path);
        let bytes = full.as_os_str().as_bytes();
        if entries.binary_search_by(|entry| order(entry).cmp(bytes)).is_err() && !is_behind_link(root, &path)
        {
            missing.push(path);
        }
    }
    if !missing.is_empty() {
        // What cannot be looked at lies in a directory that the walk reported.
        entries.append(&mut given(root, &missing, false, &mut Vec::new()));
        entries.sort_unstable_by(|a, b| order(a).cmp(order(b)));
    }
}

/// Whether a directory between `root` and `path` is a symbolic link.
fn is_behind_link(root: &Path, path: &Path) -> bool {
    let parents = path
        .ancestors()
        .skip(1)
        .filter(|parent| !parent.as_os_str().is_empty());
    parents
        .map(|parent| root.join(parent))
        .any(|parent| parent.is_symlink())
}

/// What one thread found; merged when the thread is done.
struct Local<'a> {
    found: Found,
    shared: &'a Mutex<Found>,
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.entries.append(&mut self.found.entries);
        shared.skipped.append(&mut self.found.skipped);
    }
}

#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    skipped: Vec<Skipped>,
}

impl Found {
    fn take(&mut self, root: &Path, outcome: Result<DirEntry, ignore::Error>) {
        let entry = match outcome {
            Ok(entry) => entry,
            Err(error) => return self.skipped.extend(unlisted(root, &error)),
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.entries.push(regular(root, entry.into_path(), &metadata)),
            Err(error) => self.skipped.extend(unlisted(root, &error)),
        }
    }
}

fn regular(root: &Path, path: PathBuf, metadata: &Metadata) -> Entry {
    let relative = path.strip_prefix(root).unwrap_or(&path);
    let meta = FileMeta::new(relative.to_string_lossy(), metadata.len());
    Entry {
        meta,
        signature: Some(signature(metadata)),
        handle: Handle::Path(path),
    }
}

fn signature(metadata: &Metadata) -> Signature {
    Signature::Stat {
        size: metadata.len(),
        mtime: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        ctime: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

/// What could not be listed. A loop of links is no loss: what it leads to is read under its real path.
fn unlisted(root: &Path, error: &ignore::Error) -> Option<Skipped> {
    let (path, cause) = blame(error);
    if matches!(cause, ignore::Error::Loop { .. }) {
        return None;
    }
    let shown = path.map_or(root, |path| path.strip_prefix(root).unwrap_or(path));
    let shown = if shown.as_os_str().is_empty() {
        Path::new(".")
    } else {
        shown
    };
    let reason = match cause.io_error().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => {
            "permission denied; run as a user who may read it, or leave it out with `.gitignore`".to_owned()
        }
        Some(std::io::ErrorKind::NotFound) => "it vanished while the scan ran; scan again".to_owned(),
        _ => format!("it cannot be listed: {cause}"),
    };
    Some(Skipped {
        path: shown.to_string_lossy().into_owned(),
        reason,
        required: true,
    })
}

fn blame(error: &ignore::Error) -> (Option<&Path>, &ignore::Error) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), blame(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => blame(err),
        other => (None, other),
    }
}

/// The single file a target names.
pub(super) fn one(path: &Path) -> Result<Entry, SourceError> {
    let metadata = std::fs::metadata(path).map_err(|error| SourceError::Unreadable {
        path: path.display().to_string(),
        cause: error.to_string(),
    })?;
    let parent = path.parent().unwrap_or(Path::new(""));
    Ok(regular(parent, path.to_owned(), &metadata))
}

/// The regular files among `paths` under `root`, each once, in the order of the bytes of their paths. Paths that
/// leave `root` are skipped aloud.
pub(super) fn given(root: &Path, paths: &[PathBuf], follow: bool, skipped: &mut Vec<Skipped>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(paths.len());
    for path in paths {
        if !path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        {
            let reason = "it is not inside the scanned directory".to_owned();
            skipped.push(Skipped {
                path: path.to_string_lossy().into_owned(),
                reason,
                required: true,
            });
            continue;
        }
        let full = root.join(path);
        let metadata = if follow {
            std::fs::metadata(&full)
        } else {
            std::fs::symlink_metadata(&full)
        };
        match metadata {
            Ok(metadata) if metadata.is_file() => entries.push(regular(root, full, &metadata)),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let path = path.to_string_lossy().into_owned();
                skipped.push(Skipped {
                    path,
                    reason: format!("it cannot be looked at: {error}"),
                    required: true,
                });
            }
        }
    }
    entries.sort_unstable_by(|a, b| order(a).cmp(order(b)));
    entries.dedup_by(|a, b| a.handle == b.handle);
    entries
}
