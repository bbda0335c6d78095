//! What is staged: the blobs a commit made now would add or change.

use super::base::Base;
use super::blobs::{Blobs, entry, submodule};
use super::flat::{Flat, flatten, read_index};
use super::object::{Decoder, ObjectError};
use super::repository::Repository;
use super::tree::Finder;
use crate::{Before, Consumer, Entry, FileMeta, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::{Flags, Mode};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The entries of the index whose blob differs from that of the commit that is checked out. The work tree is not
/// looked at. Symbolic links have no content of their own and are left out; submodules are named as skipped.
#[derive(Debug)]
pub struct GitIndexSource {
    whole: WholeIndex,
    /// What is compared with, once it is listed
    base: OnceLock<Base>,
}

/// Every file of an index, changed or not.
#[derive(Debug)]
struct WholeIndex {
    blobs: Blobs,
    index: PathBuf,
}

impl GitIndexSource {
    /// The index of the repository that holds `path`: the one `options` name, else the one git names in the
    /// environment of a hook (when it belongs to this repository), else the repository's own.
    ///
    /// # Errors
    /// When `path` is in no repository.
    pub fn open(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        let repository = Repository::discover(path, options)?;
        let index = index_of(&repository, options);
        Ok(Self {
            whole: WholeIndex {
                blobs: Blobs::new(repository, options),
                index,
            },
            base: OnceLock::new(),
        })
    }

    fn base(&self, decoder: &mut Decoder, index: &gix::index::State) -> Result<Flat, SourceError> {
        let repository = &self.whole.blobs.repository;
        let Some(head) = repository.head() else {
            return Ok(Flat::default());
        };
        let tree = repository.tree_of(decoder, head);
        let flat = tree.and_then(|tree| flatten(repository, decoder, tree, Some(index)));
        flat.map_err(|error: ObjectError| SourceError::Unreadable {
            path: format!("commit {head}"),
            cause: error.to_string(),
        })
    }
}

/// Where the index lies.
pub(super) fn index_of(repository: &Repository, options: &SourceOptions) -> PathBuf {
    let named = options.index_file.clone().or_else(|| of_hook(repository));
    named.unwrap_or_else(|| repository.local().index_path())
}

/// While a hook runs, git may keep what is to be committed in an index of its own. Variables that are left over
/// from another repository do not count.
fn of_hook(repository: &Repository) -> Option<PathBuf> {
    let named = std::fs::canonicalize(std::env::var_os("GIT_INDEX_FILE")?).ok()?;
    let own = std::fs::canonicalize(repository.local().git_dir()).ok()?;
    named.starts_with(own).then_some(named)
}

impl Source for GitIndexSource {
    fn target(&self) -> Target {
        let commit = self
            .whole
            .blobs
            .repository
            .head()
            .map(|id| id.to_hex().to_string());
        Target {
            name: "git:STAGED".to_owned(),
            kind: "git-index".to_owned(),
            commit,
            ..Target::default()
        }
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let repository = &self.whole.blobs.repository;
        skipped.extend(repository.broken.iter().cloned());
        let mut decoder = repository.decoder();
        let index = read_index(repository, &self.whole.index)?;
        let base = self.base(&mut decoder, &index)?;
        let mut entries = Vec::new();
        let mut fresh = Vec::new();
        for (at, staged) in index.entries().iter().enumerate() {
            let path = staged.path(&index);
            if base.holds(at, path, &staged.id) || staged.flags.contains(Flags::INTENT_TO_ADD) {
                continue;
            }
            match staged.mode {
                Mode::SYMLINK => {}
                Mode::COMMIT => skipped.push(submodule(path.to_str_lossy().into_owned())),
                Mode::DIR => {
                    let mut finder = Finder::new(&repository.store);
                    finder.visit_at(&mut decoder, staged.id, None, path.to_owned());
                    entries.extend(
                        finder
                            .found
                            .iter()
                            .map(|blob| entry(meta(blob.path.as_bstr()), &blob.id)),
                    );
                    skipped.append(&mut finder.skipped);
                }
                _ => {
                    if !base.ids.contains_key(path) {
                        fresh.push((path.to_owned(), Some(staged.id)));
                    }
                    entries.push(entry(meta(path), &staged.id));
                }
            }
        }
        self.base
            .get_or_init(|| Base::new(base, |path| index.entry_by_path(path).is_some(), fresh));
        Ok(entries)
    }

    fn around(&self) -> Option<&dyn Source> {
        Some(&self.whole)
    }

    fn before(&self, entry: &Entry) -> Before {
        let repository = &self.whole.blobs.repository;
        let base = self.base.get();
        base.map_or(Before::Untold, |base| {
            base.content(repository, entry.meta.path.as_bytes())
        })
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.whole.blobs.read(entry, consumer, buffer);
    }
}

impl Source for WholeIndex {
    fn target(&self) -> Target {
        Target {
            name: "git:STAGED".to_owned(),
            kind: "git-index".to_owned(),
            ..Target::default()
        }
    }

    fn list(&self, _: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let index = read_index(&self.blobs.repository, &self.index)?;
        let files = index.entries().iter().filter(|staged| {
            let is_file = ![Mode::SYMLINK, Mode::COMMIT, Mode::DIR].contains(&staged.mode);
            is_file && !staged.flags.contains(Flags::INTENT_TO_ADD)
        });
        Ok(files
            .map(|staged| entry(meta(staged.path(&index)), &staged.id))
            .collect())
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.blobs.read(entry, consumer, buffer);
    }
}

fn meta(path: &BStr) -> FileMeta {
    FileMeta::new(path.to_str_lossy(), 0)
}
