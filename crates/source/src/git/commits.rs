//! Commits in topological order, oldest first.

use super::object::{Decoder, Kind, Object};
use super::repository::Repository;
use bartizan_model::Skipped;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::hashtable::{HashMap, HashSet};
use gix::objs::CommitRefIter;
use gix::objs::commit::ref_iter::Token;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// What is needed of a commit.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// Seconds since the epoch, as the committer said.
    time: i64,
    /// `Name <mail>` of the author.
    pub(super) author: Arc<str>,
}

/// Reads commits; authors are held once.
pub(super) struct Commits<'a> {
    repository: &'a Repository,
    authors: std::collections::HashSet<Arc<str>>,
    shallow: HashSet<ObjectId>,
    /// Commits that could not be read.
    pub(super) skipped: Vec<Skipped>,
}

impl<'a> Commits<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        let shallow = std::fs::read(repository.local().common_dir().join("shallow")).unwrap_or_default();
        Self {
            repository,
            authors: std::collections::HashSet::new(),
            shallow: shallow
                .lines()
                .filter_map(|line| ObjectId::from_hex(line).ok())
                .collect(),
            skipped: Vec::new(),
        }
    }

    /// The commit `id`; what is wrong with it goes to `skipped`.
    pub(super) fn read(&mut self, decoder: &mut Decoder, id: ObjectId) -> Option<Commit> {
        let outcome = decoder
            .decode(&self.repository.store, &id)
            .map_err(|error| error.to_string());
        let outcome = outcome.and_then(|object| {
            self.parse(id, &object)
                .ok_or_else(|| "it is no well-formed commit; run `git fsck`".to_owned())
        });
        outcome
            .map_err(|reason| {
                self.skipped.push(Skipped {
                    path: format!("commit {id}"),
                    reason,
                    required: true,
                })
            })
            .ok()
    }

    fn parse(&mut self, id: ObjectId, object: &Object) -> Option<Commit> {
        if object.kind != Kind::Commit {
            return None;
        }
        let (mut tree, mut parents, mut author, mut time) = (None, Vec::new(), None, 0);
        for token in CommitRefIter::from_bytes(&object.data, self.repository.store.hash()) {
            match token.ok()? {
                Token::Tree { id } => tree = Some(id),
                Token::Parent { id } => parents.push(id),
                Token::Author { signature } => {
                    let text = format!(
                        "{} <{}>",
                        signature.name.to_str_lossy(),
                        signature.email.to_str_lossy()
                    );
                    author = Some(self.intern(text));
                }
                Token::Committer { signature } => {
                    time = signature.seconds();
                    break;
                }
                _ => {}
            }
        }
        if self.shallow.contains(&id) {
            self.cut(id);
            parents.clear();
        }
        Some(Commit {
            id,
            tree: tree?,
            parents,
            time,
            author: author?,
        })
    }

    fn cut(&mut self, id: ObjectId) {
        let reason =
            "the clone is shallow and ends here; fetch the rest with `git fetch --unshallow`".to_owned();
        self.skipped.push(Skipped {
            path: format!("history before commit {id}"),
            reason,
            required: true,
        });
    }

    fn intern(&mut self, text: String) -> Arc<str> {
        if let Some(author) = self.authors.get(text.as_str()) {
            return Arc::clone(author);
        }
        let author: Arc<str> = text.into();
        self.authors.insert(Arc::clone(&author));
        author
    }

    /// `tips` and everything before them, in no particular order.
    pub(super) fn closure(&mut self, decoder: &mut Decoder, tips: Vec<ObjectId>) -> Vec<Commit> {
        let mut seen: HashSet<ObjectId> = tips.iter().copied().collect();
        let mut todo: Vec<_> = seen.iter().copied().collect();
        let mut commits = Vec::new();
        while let Some(id) = todo.pop() {
            if let Some(commit) = self.read(decoder, id) {
                todo.extend(commit.parents.iter().filter(|parent| seen.insert(**parent)));
                commits.push(commit);
            }
        }
        commits
    }
}

/// Sorts parents before children and, where that leaves a choice, the older before the younger and then by id.
pub(super) fn oldest_first(commits: Vec<Commit>) -> Vec<Commit> {
    let at: HashMap<ObjectId, usize> = commits
        .iter()
        .enumerate()
        .map(|(i, commit)| (commit.id, i))
        .collect();
    let mut waits = vec![0_usize; commits.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); commits.len()];
    for (i, commit) in commits.iter().enumerate() {
        for parent in commit.parents.iter().filter_map(|parent| at.get(parent)) {
            if let (Some(wait), Some(list)) = (waits.get_mut(i), children.get_mut(*parent)) {
                *wait += 1;
                list.push(i);
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    let key = |commits: &[Option<Commit>], i: usize| {
        commits
            .get(i)
            .and_then(Option::as_ref)
            .map(|commit| Reverse((commit.time, commit.id, i)))
    };
    let mut ready: BinaryHeap<_> = waits
        .iter()
        .enumerate()
        .filter(|(_, wait)| **wait == 0)
        .filter_map(|(i, _)| key(&commits, i))
        .collect();
    let mut sorted = Vec::with_capacity(commits.len());
    while let Some(Reverse((_, _, i))) = ready.pop() {
        sorted.extend(commits.get_mut(i).and_then(Option::take));
        for child in children.get(i).into_iter().flatten() {
            if let Some(wait) = waits.get_mut(*child) {
                *wait -= 1;
                if *wait == 0 {
                    ready.extend(key(&commits, *child));
                }
            }
        }
    }
    sorted
}
