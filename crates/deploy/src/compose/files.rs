//! The Compose files of a target together: what is included, extended and laid over what.
//!
//! In: texts by path. Out: for each service what it takes from other files, the nearest first, as if it stood below what the service says
//! itself, and which files are part of a project though their names do not say so.
//!
//! Sources: <https://github.com/compose-spec/compose-spec/blob/main/13-merge.md>,
//! <https://github.com/compose-spec/compose-spec/blob/main/14-include.md>.

use super::check::{is_base, is_compose};
use crate::doubt::Doubt;
use crate::paths::{directory_of, joined};
use bartizan_document::{Dialect, Entry, Limits, Node, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// Most services that one extends, one behind the other.
const MOST_STEPS: usize = 50;
/// Names of files that stand for themselves, as Compose looks for them.
const BASES: [&str; 6] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "podman-compose.yaml",
    "podman-compose.yml",
];

/// A file.
pub(super) struct File<'f> {
    pub(super) path: &'f str,
    /// Without a byte order mark.
    pub(super) text: &'f str,
    pub(super) stream: Stream,
}

/// All files that may be part of a project.
pub(super) struct Files<'f> {
    by_path: BTreeMap<&'f str, &'f File<'f>>,
    /// Files that a project includes.
    included: BTreeSet<String>,
    /// For each file that an entry of `include` lays over another: that other.
    over: BTreeMap<String, String>,
}

impl<'f> File<'f> {
    pub(super) fn read(path: &'f str, text: &'f str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            path,
            text,
            stream: bartizan_document::read(text, Dialect::Core, Limits::default()),
        }
    }

    fn roots(&self) -> impl Iterator<Item = &Node> {
        self.stream.documents.iter().map(|document| &document.root)
    }
}

impl<'f> Files<'f> {
    pub(super) fn of(files: &'f [File<'f>]) -> Self {
        let mut all = Self {
            by_path: files.iter().map(|file| (file.path, file)).collect(),
            included: BTreeSet::new(),
            over: BTreeMap::new(),
        };
        let mut left: Vec<String> = files
            .iter()
            .filter(|file| is_compose(file.path))
            .map(|file| file.path.to_owned())
            .collect();
        while let Some(path) = left.pop() {
            let Some(file) = all.by_path.get(path.as_str()).copied() else {
                continue;
            };
            for named in file.roots().flat_map(includes) {
                let paths = named.iter().filter_map(|node| beside(&path, node.text()?));
                let paths: Vec<String> = paths.collect();
                for (below, above) in paths.iter().zip(paths.iter().skip(1)) {
                    all.over.insert(above.clone(), below.clone());
                }
                for path in paths {
                    if all.included.insert(path.clone()) {
                        left.push(path);
                    }
                }
            }
        }
        all
    }

    /// Those that are judged: by their names, or because another includes them.
    pub(super) fn judged(&self) -> impl Iterator<Item = &'f File<'f>> {
        let files = self.by_path.values().copied();
        files.filter(|file| is_compose(file.path) || self.included.contains(file.path))
    }

    /// What a file includes that is not among the files.
    pub(super) fn unread_includes(&self, path: &str, root: &Node) -> Vec<Doubt> {
        let named = includes(root).into_iter().flatten();
        let unread = named.filter_map(|node| {
            let text = node.text()?;
            let is_there = beside(path, text).is_some_and(|path| self.by_path.contains_key(path.as_str()));
            let reason = format!("`{}` is included, and was not read", text.escape_debug());
            (!is_there).then(|| Doubt::new(reason, &node.span.range()))
        });
        unread.collect()
    }

    /// What a service extends and is laid over, the nearest first, and what of that was not read.
    pub(super) fn inherited(&self, path: &str, entry: &'f Entry) -> (Vec<&'f Node>, Option<Doubt>) {
        let mut chain = Vec::new();
        let mut doubt = self.extended(path, entry, &mut chain);
        let says = |key: &str| {
            let mut all = std::iter::once(&entry.value).chain(chain.iter().copied());
            all.any(|node| node.get(key).is_some_and(|node| !node.is_null()))
        };
        let is_whole = says("image") || says("build") || entry.value.get("extends").is_some();
        if let Some((below, base)) = self.below(path, &entry.key) {
            // A file with a name of its own may stand for itself, unless what it says cannot.
            if !is_whole || is_override(path) || self.over.contains_key(path) {
                chain.push(&base.value);
                doubt = doubt.or(self.extended(below, base, &mut chain));
            }
        } else if !is_whole && !is_base(path) {
            let reason = format!(
                "`{}` has neither an image nor a build, and what it is laid over was not read",
                entry.key.escape_debug()
            );
            doubt = doubt.or_else(|| Some(Doubt::new(reason, &entry.key_span.range())));
        }
        (
            chain,
            doubt.map(|doubt| Doubt::new(doubt.reason, &entry.key_span.range())),
        )
    }

    /// Adds what a service extends.
    fn extended(&self, path: &str, entry: &'f Entry, chain: &mut Vec<&'f Node>) -> Option<Doubt> {
        let mut path = path.to_owned();
        let mut node = &entry.value;
        for _ in 0..MOST_STEPS {
            let extends = node.get("extends")?;
            let name = extends.text().or_else(|| extends.text_of("service"))?;
            let file = extends.text_of("file");
            let named = match file {
                Some(file) => beside(&path, file),
                None => Some(path.clone()),
            };
            let base = named.as_deref().and_then(|named| self.service(named, name));
            let Some((_, base)) = base else {
                let reason = format!(
                    "`{}` extends `{}` of `{}`, which was not read",
                    entry.key.escape_debug(),
                    name.escape_debug(),
                    file.unwrap_or("this file").escape_debug()
                );
                return file.map(|_| Doubt::new(reason, &entry.key_span.range()));
            };
            path = named.unwrap_or_default();
            node = &base.value;
            chain.push(node);
        }
        None
    }

    /// The service of the same name in the file that one is laid over.
    fn below(&self, path: &str, name: &str) -> Option<(&'f str, &'f Entry)> {
        if let Some(below) = self.over.get(path) {
            return self.service(below, name);
        }
        if is_base(path) {
            return None;
        }
        let (directory, own) = match path.rsplit_once('/') {
            Some((directory, own)) => (format!("{directory}/"), own),
            None => (String::new(), path),
        };
        // `docker-compose.override.yml` lies over `docker-compose.yml` before it lies over `compose.yaml`.
        let stem = |base: &str| base.split('.').next().is_some_and(|stem| own.starts_with(stem));
        let (like, unlike): (Vec<&str>, Vec<&str>) = BASES.iter().partition(|base| stem(base));
        let mut bases = like
            .into_iter()
            .chain(unlike)
            .map(|base| format!("{directory}{base}"));
        let below = bases.find(|base| self.by_path.contains_key(base.as_str()))?;
        self.service(&below, name)
    }

    fn service(&self, path: &str, name: &str) -> Option<(&'f str, &'f Entry)> {
        let (path, file) = self.by_path.get_key_value(path)?;
        let services = file.roots().filter_map(|root| root.get("services"));
        let mut entries = services.flat_map(Node::entries);
        Some((path, entries.find(|entry| &*entry.key == name)?))
    }
}

/// Whether Compose lays a file over another by its name alone.
fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains(".override.")
}

/// The paths that each entry of `include` names.
fn includes(root: &Node) -> Vec<Vec<&Node>> {
    let entries = root
        .items_of("include")
        .iter()
        .map(|item| match item.get("path") {
            None => vec![item],
            Some(path) if path.text().is_some() => vec![path],
            Some(paths) => paths.items().iter().collect(),
        });
    entries.collect()
}

/// A path that a file names, as the source names it; none where it lies elsewhere.
fn beside(path: &str, named: &str) -> Option<String> {
    if named.starts_with('/') || named.contains("://") || named.contains('$') {
        return None;
    }
    joined(directory_of(path), named)
}
