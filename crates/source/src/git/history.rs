//! The whole history, or the commits of a range.

use super::blobs::{Blobs, entry, submodule};
use super::commits::{Commit, Commits, oldest_first};
use super::object::{Decoder, Kind};
use super::plan::in_pack_order;
use super::repository::{Repository, unresolved};
use super::tree::{Finder, Found};
use crate::{Consumer, Entry, FileMeta, Source, SourceError, SourceOptions};
use bartizan_model::{Skipped, Target};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::hashtable::HashSet;
use gix::revision::plumbing::Spec;
use std::path::Path;
use std::sync::Arc;

/// Every distinct blob that a reference reaches: branches, tags, remote branches, the head and all stashes.
#[derive(Debug)]
pub struct GitHistorySource {
    blobs: Blobs,
}

impl GitHistorySource {
    /// The history of the repository that holds `path`.
    ///
    /// # Errors
    /// When `path` is in no repository.
    pub fn open(path: &Path, options: &SourceOptions) -> Result<Self, SourceError> {
        Ok(Self {
            blobs: Blobs::new(Repository::discover(path, options)?, options),
        })
    }
}

impl Source for GitHistorySource {
    fn target(&self) -> Target {
        target("git:ALL", "git-history", self.blobs.repository.head())
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let repository = &self.blobs.repository;
        let mut decoder = repository.decoder();
        let mut finder = Finder::new(&repository.store);
        let mut tips = Vec::new();
        let (mut trees, mut blobs) = (Vec::new(), Vec::new());
        for (name, id) in repository.tips()? {
            match repository.peel(id, &mut decoder) {
                Ok((id, object)) if object.kind == Kind::Commit => tips.push(id),
                Ok((id, object)) if object.kind == Kind::Tree => trees.push(id),
                Ok((id, _)) => blobs.push((id, name)),
                Err(error) => skipped.push(Skipped {
                    path: name,
                    reason: format!("object {id}: {error}"),
                    required: true,
                }),
            }
        }
        let mut commits = Commits::new(repository);
        let list = oldest_first(commits.closure(&mut decoder, tips));
        skipped.append(&mut commits.skipped);
        for (at, commit) in list.iter().enumerate() {
            finder.visit(&mut decoder, commit.tree, Some(at));
        }
        for id in trees {
            finder.visit(&mut decoder, id, None);
        }
        for (id, name) in blobs {
            finder.blob(id, &name);
        }
        Ok(entries(repository, finder, &list, skipped))
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.blobs.read(entry, consumer, buffer);
    }
}

/// Every distinct blob that some commits added or changed: those of a range `A..B` or `A...B`, or a single commit.
#[derive(Debug)]
pub struct GitRangeSource {
    blobs: Blobs,
    range: String,
    wanted: Wanted,
}

#[derive(Debug)]
pub(super) enum Wanted {
    /// What the first reach and the second do not.
    Reached {
        from: Vec<ObjectId>,
        hidden: Vec<ObjectId>,
    },
    /// This commit alone.
    One(ObjectId),
}

impl GitRangeSource {
    /// The commits `range` names in the repository that holds `path`.
    ///
    /// # Errors
    /// When `path` is in no repository, or `range` names nothing in it.
    pub fn open(path: &Path, range: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let repository = Repository::discover(path, options)?;
        let wanted = wanted(&repository, range)?;
        Ok(Self {
            blobs: Blobs::new(repository, options),
            range: range.to_owned(),
            wanted,
        })
    }

    fn commits(&self, commits: &mut Commits<'_>, decoder: &mut Decoder) -> Result<Vec<Commit>, SourceError> {
        let (from, hidden) = match &self.wanted {
            Wanted::One(id) => {
                let commit = commits.read(decoder, *id);
                // Where the parents were cut off, all of the commit's tree is read: nothing is lost.
                commits.skipped.retain(|_| commit.is_none());
                return Ok(commit.into_iter().collect());
            }
            Wanted::Reached { from, hidden } => (from, hidden),
        };
        let local = self.blobs.repository.local();
        let walk = local
            .rev_walk(from.iter().copied())
            .with_hidden(hidden.iter().copied())
            .all();
        let mut list = Vec::new();
        for info in walk.map_err(|error| unresolved(&self.range, &error))? {
            match info {
                Ok(info) => list.extend(commits.read(decoder, info.id)),
                Err(error) => {
                    let reason = format!(
                        "the walk through its commits broke off: {error}; run `git fetch --unshallow`"
                    );
                    commits.skipped.push(Skipped {
                        path: self.range.clone(),
                        reason,
                        required: true,
                    });
                    break;
                }
            }
        }
        Ok(oldest_first(list))
    }
}

/// The commits that a range names.
pub(super) fn wanted(repository: &Repository, range: &str) -> Result<Wanted, SourceError> {
    let local = repository.local();
    let spec = local
        .rev_parse(range)
        .map_err(|error| unresolved(range, &error))?
        .detach();
    let mut decoder = repository.decoder();
    let mut commit = |id: ObjectId| match repository.peel(id, &mut decoder) {
        Ok((id, object)) if object.kind == Kind::Commit => Ok(id),
        Ok((id, _)) => Err(unresolved(range, &format_args!("{id} is no commit"))),
        Err(error) => Err(unresolved(range, &format_args!("object {id}: {error}"))),
    };
    Ok(match spec {
        Spec::Include(id) | Spec::ExcludeParents(id) => Wanted::One(commit(id)?),
        Spec::Range { from, to } => Wanted::Reached {
            from: vec![commit(to)?],
            hidden: vec![commit(from)?],
        },
        Spec::Merge { theirs, ours } => {
            let (theirs, ours) = (commit(theirs)?, commit(ours)?);
            let bases = local.merge_bases_many(theirs, &[ours]);
            let hidden = bases
                .map_err(|error| unresolved(range, &error))?
                .into_iter()
                .map(gix::Id::detach)
                .collect();
            Wanted::Reached {
                from: vec![theirs, ours],
                hidden,
            }
        }
        Spec::Exclude(_) | Spec::IncludeOnlyParents(_) => {
            return Err(unresolved(
                range,
                &"a range is `A..B`, `A...B` or a single commit",
            ));
        }
    })
}

impl Source for GitRangeSource {
    fn target(&self) -> Target {
        let newest = match &self.wanted {
            Wanted::One(id) => Some(*id),
            Wanted::Reached { from, .. } => from.last().copied(),
        };
        target(&format!("git:{}", self.range), "git-range", newest)
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        let repository = &self.blobs.repository;
        let mut decoder = repository.decoder();
        let mut commits = Commits::new(repository);
        let list = self.commits(&mut commits, &mut decoder)?;
        let within: HashSet<ObjectId> = list.iter().map(|commit| commit.id).collect();
        let mut finder = Finder::new(&repository.store);
        // Where history was cut before the range matters to nobody.
        let mut before = HashSet::default();
        let mut outside = Commits::new(repository);
        for parent in list
            .iter()
            .flat_map(|commit| &commit.parents)
            .filter(|parent| !within.contains(*parent))
        {
            if before.insert(*parent)
                && let Some(parent) = outside.read(&mut decoder, *parent)
            {
                finder.exclude(&mut decoder, parent.tree);
            }
        }
        skipped.append(&mut commits.skipped);
        for (at, commit) in list.iter().enumerate() {
            finder.visit(&mut decoder, commit.tree, Some(at));
        }
        Ok(entries(repository, finder, &list, skipped))
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.blobs.read(entry, consumer, buffer);
    }
}

fn target(name: &str, kind: &str, commit: Option<ObjectId>) -> Target {
    let commit = commit.map(|id| id.to_hex().to_string());
    Target {
        name: name.to_owned(),
        kind: kind.to_owned(),
        commit,
        ..Target::default()
    }
}

fn entries(
    repository: &Repository,
    finder: Finder<'_>,
    commits: &[Commit],
    skipped: &mut Vec<Skipped>,
) -> Vec<Entry> {
    let Finder {
        found,
        skipped: trees,
        submodules,
        ..
    } = finder;
    skipped.extend(repository.broken.iter().cloned());
    skipped.extend(trees);
    skipped.extend(
        submodules
            .iter()
            .map(|path| submodule(path.to_str_lossy().into_owned())),
    );
    let names: Vec<Arc<str>> = commits
        .iter()
        .map(|commit| commit.id.to_hex().to_string().into())
        .collect();
    let with_commit = |blob: Found| {
        let commit = blob.commit.and_then(|at| commits.get(at));
        let name = blob.commit.and_then(|at| names.get(at));
        let meta = FileMeta {
            path: blob.path.to_str_lossy().into(),
            size: 0,
            commit: name.map(Arc::clone),
            author: commit.map(|commit| Arc::clone(&commit.author)),
            layer: None,
        };
        entry(meta, &blob.id)
    };
    in_pack_order(&repository.store, found)
        .into_iter()
        .map(with_commit)
        .collect()
}
