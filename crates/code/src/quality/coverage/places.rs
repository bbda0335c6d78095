//! Which file of a repository each file of a report is.
//!
//! In: the paths of a report, which may be absolute, of another machine, below a source root or of a module; and the paths of the repository. Out:
//! for each of these what the report says of it. Either path ends like the other; of several that fit the one that shares more is taken, and
//! none where several fit equally well.

use super::{Coverage, FileCoverage};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a report says of the files of a repository.
#[derive(Debug, Default)]
pub struct Attributed<'p, 'c> {
    files: BTreeMap<&'p str, &'c FileCoverage>,
    ambiguous: BTreeSet<&'p str>,
}

impl<'c> Attributed<'_, 'c> {
    /// What it says of the file at this path; none where it says nothing, or it is not known which file it means.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<&'c FileCoverage> {
        self.files.get(path).copied()
    }

    /// Whether the report tells of a file that may be this one or another, or of several that may be this one.
    #[must_use]
    pub fn is_ambiguous(&self, path: &str) -> bool {
        self.ambiguous.contains(path)
    }

    /// Whether no file of the report is among those of the repository.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.files.is_empty() && self.ambiguous.is_empty()
    }
}

impl Coverage {
    /// What the report says of these files, by their paths from the root of the repository.
    #[must_use]
    pub fn attributed<'p>(&self, paths: &[&'p str]) -> Attributed<'p, '_> {
        let ends = ends_of(paths);
        let mut fitting: BTreeMap<&'p str, Vec<Fitting<'_>>> = BTreeMap::new();
        let mut found = Attributed::default();
        for (reported, file) in self.files() {
            let parts: Vec<&str> = reported.split('/').collect();
            match meant(&parts, &ends) {
                Some(Meant::One(path, shared)) => {
                    let fitting = fitting.entry(path).or_default();
                    fitting.push((Reverse(shared), parts.len(), file));
                }
                Some(Meant::Several(paths)) => found.ambiguous.extend(paths),
                None => {}
            }
        }
        for (path, mut files) in fitting {
            files.sort_by_key(|(shared, parts, _)| (*shared, *parts));
            match files.as_slice() {
                [(shared, parts, _), (next, others, _), ..] if (shared, parts) == (next, others) => {
                    found.ambiguous.insert(path);
                }
                [(_, _, file), ..] => {
                    found.files.insert(path, file);
                }
                [] => {}
            }
        }
        found.ambiguous.retain(|path| !found.files.contains_key(path));
        found
    }

    /// What the report says of a file where no other file is known, by its path from the root of the repository.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<&FileCoverage> {
        self.attributed(&[path]).of(path)
    }
}

/// A file of a report that may be one of the repository: how many parts of their paths are the same, how many its own has, and what it says.
type Fitting<'c> = (Reverse<usize>, usize, &'c FileCoverage);

/// A file of a repository that a path of a report may mean.
enum Meant<'p> {
    /// It, and how many parts of the paths are the same from their ends
    One(&'p str, usize),
    Several(Vec<&'p str>),
}

/// The paths of a repository by each of their ends.
type Ends<'p> = HashMap<&'p str, Vec<&'p str>>;

fn ends_of<'p>(paths: &[&'p str]) -> Ends<'p> {
    let mut ends: Ends<'p> = HashMap::new();
    for path in paths {
        ends.entry(path).or_default().push(path);
        for (slash, _) in path.match_indices('/') {
            let end = path.get(slash + 1..).unwrap_or_default();
            ends.entry(end).or_default().push(path);
        }
    }
    ends
}

fn meant<'p>(parts: &[&str], ends: &Ends<'p>) -> Option<Meant<'p>> {
    let whole = parts.join("/");
    if let Some(fitting) = ends.get(whole.as_str()) {
        // The path itself, or those that end like it.
        let exact = fitting.iter().find(|path| **path == whole);
        return Some(match (exact, fitting.as_slice()) {
            (Some(path), _) => Meant::One(path, usize::MAX),
            (None, [path]) => Meant::One(path, parts.len()),
            (None, several) => Meant::Several(several.to_vec()),
        });
    }
    // Those that are an end of it: the longest one.
    let mut rest = whole.as_str();
    for shared in (1..parts.len()).rev() {
        rest = rest.split_once('/')?.1;
        let fitting = ends.get(rest).into_iter().flatten();
        if let Some(path) = fitting.copied().find(|path| *path == rest) {
            return Some(Meant::One(path, shared));
        }
    }
    None
}
