//! Putting layers one upon the other.
//!
//! In: the headers of every layer, the lowest first. Out: the tree that results, and what became of every file that a
//! layer brought. <https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets>
//!
//! A whiteout hides what lower layers have, whatever the order of members in its own layer. Where a lower layer has a
//! symbolic link to a directory, what an upper layer puts below its name lands in that directory.

use super::layer::Record;
use super::tree::{Fate, MOST_LINKS, Node, NodeKind, ROOT, Tree, WHITEOUT, join, parts, plain};
use crate::archive::Kind;
use std::collections::HashMap;

/// Longest path that a system can have, in bytes.
const LONGEST_PATH: usize = 4_096;
/// Problems that are kept.
const MOST_PROBLEMS: usize = 1_000;
const META: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Puts layers one upon the other.
#[derive(Debug)]
pub(super) struct Builder {
    tree: Tree,
    /// Nodes that the tree may have, those that were removed included.
    most: usize,
}

impl Builder {
    /// A tree of nothing but its root, which may grow to `most` nodes.
    pub(super) fn new(most: u64) -> Self {
        Self {
            tree: Tree {
                nodes: vec![Node::new(NodeKind::Directory, 0)],
                files: HashMap::new(),
                problems: Vec::new(),
            },
            most: usize::try_from(most).unwrap_or(usize::MAX),
        }
    }

    pub(super) fn apply(&mut self, layer: usize, records: Vec<Record>) {
        for record in records {
            if self.is_full() {
                return;
            }
            self.member(layer, record);
        }
    }

    /// Whether there are more nodes than there may be: what the tree says is then not to be relied upon.
    pub(super) const fn is_full(&self) -> bool {
        self.tree.nodes.len() > self.most
    }

    fn problem(&mut self, problem: String) {
        if self.tree.problems.len() < MOST_PROBLEMS {
            self.tree.problems.push(problem);
        }
    }

    pub(super) fn finish(mut self) -> Tree {
        let seen: Vec<(usize, String)> = self
            .tree
            .iter()
            .filter(|(_, node)| node.kind == NodeKind::File)
            .map(|(_, node)| (node.layer, node.origin.clone()))
            .collect();
        for (layer, origin) in seen {
            self.settle(layer, &origin, Fate::Visible);
        }
        self.tree
    }

    fn member(&mut self, layer: usize, record: Record) {
        if record.path.len().max(record.link.len()) > LONGEST_PATH {
            return self.problem(format!(
                "a path or link of more than {LONGEST_PATH} bytes, which no system can have"
            ));
        }
        let (parent, name) = match record.path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (
                record.path.get(..at).unwrap_or_default().to_vec(),
                record.path.get(at + 1..).unwrap_or_default().to_vec(),
            ),
            None => (Vec::new(), record.path.clone()),
        };
        if parts(&parent).any(|part| part.starts_with(WHITEOUT)) {
            return;
        }
        if name.is_empty() {
            if let Some(root) = self
                .tree
                .nodes
                .first_mut()
                .filter(|_| record.kind == Kind::Directory)
            {
                (root.mode, root.owner, root.group) = (record.mode, record.owner, record.group);
            }
            return;
        }
        if name.starts_with(WHITEOUT) {
            return self.whiteout(layer, &parent, &name);
        }
        if let Some(directory) = self.directory(layer, &parent) {
            self.put(layer, directory, &name, record);
        }
    }

    /// Hides what lower layers have; marks of other kinds mean nothing any more.
    fn whiteout(&mut self, layer: usize, parent: &[u8], name: &[u8]) {
        let Some(directory) = self.tree.walk(parent, true) else {
            return;
        };
        if name == OPAQUE {
            match self.tree.nodes.get_mut(directory) {
                Some(node) if node.emptied != layer + 1 => node.emptied = layer + 1,
                _ => return,
            }
            let children: Vec<_> = self
                .tree
                .nodes
                .get(directory)
                .map(|node| node.children.keys().cloned().collect())
                .unwrap_or_default();
            for child in children {
                self.prune(layer, directory, &child);
            }
            return;
        }
        let hidden = name.get(WHITEOUT.len()..).unwrap_or_default();
        if name.starts_with(META) || matches!(hidden, b"" | b"." | b"..") {
            let name = String::from_utf8_lossy(name).into_owned();
            self.problem(format!("the mark `{name}` hides nothing that can be named"));
            return;
        }
        self.prune(layer, directory, hidden);
    }

    /// Removes what lower layers have of a node, and keeps what this layer brought.
    fn prune(&mut self, layer: usize, directory: usize, name: &[u8]) {
        let Some(at) = self.tree.child(directory, name) else {
            return;
        };
        let mut todo = vec![(directory, name.to_vec(), at, false)];
        while let Some((directory, name, at, is_done)) = todo.pop() {
            let Some(node) = self.tree.nodes.get_mut(at) else {
                continue;
            };
            if !is_done && node.cleared == layer + 1 {
                continue;
            }
            node.cleared = layer + 1;
            let is_own = node.placed == layer;
            if !is_done && !node.children.is_empty() {
                let children: Vec<_> = node
                    .children
                    .iter()
                    .map(|(name, child)| (at, name.to_vec(), *child, false))
                    .collect();
                todo.push((directory, name, at, true));
                todo.extend(children);
            } else if !is_own && node.children.is_empty() {
                self.unlink(directory, &name, Fate::Deleted(layer));
            }
        }
    }

    /// The directory at a path, made where it is missing; none where something else stands in the way.
    fn directory(&mut self, layer: usize, path: &[u8]) -> Option<usize> {
        let mut at = ROOT;
        let mut done: Vec<u8> = Vec::new();
        for part in parts(path) {
            done = join(&done, part);
            at = match self.tree.child(at, part) {
                None => self.add(at, part, Node::new(NodeKind::Directory, layer)),
                Some(next) => match self.tree.nodes.get(next)?.kind {
                    NodeKind::Directory => next,
                    NodeKind::Link => self.behind_link(layer, &done)?,
                    NodeKind::File | NodeKind::Other => {
                        self.unlink(at, part, Fate::Replaced(layer));
                        self.add(at, part, Node::new(NodeKind::Directory, layer))
                    }
                },
            };
        }
        Some(at)
    }

    /// The directory that a link names, made where it is missing.
    fn behind_link(&mut self, layer: usize, path: &[u8]) -> Option<usize> {
        let mut path = path.to_vec();
        for _ in 0..MOST_LINKS {
            if let Some(at) = self.tree.walk(&path, true) {
                let is_directory = self.tree.nodes.get(at)?.kind == NodeKind::Directory;
                return if is_directory {
                    Some(at)
                } else {
                    self.no_directory(&path)
                };
            }
            // The link leads to nothing. Where it leads, as far as that is known, is tried in its place.
            let Some(link) = self
                .tree
                .walk(&path, false)
                .and_then(|at| self.tree.nodes.get(at))
            else {
                let parent = self.parent_of_missing(layer, &path);
                return parent.or_else(|| self.no_directory(&path));
            };
            let directory = match path.iter().rposition(|byte| *byte == b'/') {
                Some(at) if link.link.first() != Some(&b'/') => path.get(..at).unwrap_or_default(),
                _ => b"",
            };
            path = plain(&join(directory, &link.link));
        }
        self.no_directory(&path)
    }

    /// Makes a directory that is not there, below parents that hold no dangling link.
    fn parent_of_missing(&mut self, layer: usize, path: &[u8]) -> Option<usize> {
        let mut at = ROOT;
        let mut done: Vec<u8> = Vec::new();
        for part in parts(path) {
            done = join(&done, part);
            at = match self.tree.walk(&done, true) {
                Some(next) => next,
                None if self.tree.child(at, part).is_none() => {
                    self.add(at, part, Node::new(NodeKind::Directory, layer))
                }
                None => return None,
            };
            if self.tree.nodes.get(at)?.kind != NodeKind::Directory {
                return None;
            }
        }
        Some(at)
    }

    fn no_directory(&mut self, path: &[u8]) -> Option<usize> {
        let path = String::from_utf8_lossy(path).into_owned();
        self.problem(format!(
            "`{path}` is no directory, and a layer puts something below it through a link"
        ));
        None
    }

    fn put(&mut self, layer: usize, directory: usize, name: &[u8], record: Record) {
        let kind = match record.kind {
            Kind::File => NodeKind::File,
            Kind::Directory => NodeKind::Directory,
            Kind::SymbolicLink => NodeKind::Link,
            Kind::Device | Kind::Fifo | Kind::Unknown(_) => NodeKind::Other,
            Kind::HardLink => return self.alias(layer, directory, name, &record),
        };
        let mut node = Node::new(kind, layer);
        (node.mode, node.owner, node.group) = (record.mode, record.owner, record.group);
        (node.size, node.capabilities) = (record.size, record.capabilities);
        if kind == NodeKind::File {
            node.origin = String::from_utf8_lossy(&record.path).into_owned();
        } else {
            node.link = record.link;
        }
        let old = self.tree.child(directory, name);
        if let Some(old) = old {
            let both = [
                kind,
                self.tree.nodes.get(old).map_or(NodeKind::Other, |node| node.kind),
            ];
            if both == [NodeKind::Directory; 2] {
                if let Some(old) = self.tree.nodes.get_mut(old) {
                    (old.mode, old.owner, old.group) = (node.mode, node.owner, node.group);
                    (old.layer, old.placed) = (layer, layer);
                }
                return;
            }
            self.remove(directory, name, Fate::Replaced(layer));
        }
        self.add(directory, name, node);
    }

    /// A hard link is another name of content that is there already.
    fn alias(&mut self, layer: usize, directory: usize, name: &[u8], record: &Record) {
        let target = self.tree.walk(&record.link, false);
        let target = target.and_then(|at| self.tree.nodes.get(at));
        let Some(target) = target.filter(|node| node.kind != NodeKind::Directory).cloned() else {
            let [path, link] = [&record.path, &record.link].map(|path| String::from_utf8_lossy(path));
            let problem = format!("`{path}` is a hard link to `{link}`, which is not there");
            self.problem(problem);
            return;
        };
        if self.tree.child(directory, name).is_some() {
            self.remove(directory, name, Fate::Replaced(layer));
        }
        let node = Node {
            placed: layer,
            ..target
        };
        self.add(directory, name, node);
    }

    fn add(&mut self, directory: usize, name: &[u8], node: Node) -> usize {
        if node.kind == NodeKind::File {
            self.settle(node.layer, &node.origin.clone(), Fate::Visible);
        }
        let at = self.tree.nodes.len();
        self.tree.nodes.push(node);
        if let Some(directory) = self.tree.nodes.get_mut(directory) {
            directory.children.insert(name.into(), at);
        }
        at
    }

    /// Removes a node with everything below it.
    fn remove(&mut self, directory: usize, name: &[u8], fate: Fate) {
        let below = self
            .tree
            .child(directory, name)
            .and_then(|at| self.tree.nodes.get_mut(at));
        let mut todo: Vec<usize> = below.map_or_else(Vec::new, |node| {
            std::mem::take(&mut node.children).into_values().collect()
        });
        while let Some(at) = todo.pop() {
            if let Some(node) = self.tree.nodes.get_mut(at) {
                todo.extend(std::mem::take(&mut node.children).into_values());
            }
            self.lost(at, fate);
        }
        self.unlink(directory, name, fate);
    }

    /// Removes a node that has nothing below it.
    fn unlink(&mut self, directory: usize, name: &[u8], fate: Fate) {
        let directory = self.tree.nodes.get_mut(directory);
        if let Some(at) = directory.and_then(|directory| directory.children.remove(name)) {
            self.lost(at, fate);
        }
    }

    fn lost(&mut self, at: usize, fate: Fate) {
        let Some(node) = self.tree.nodes.get(at) else {
            return;
        };
        if node.kind == NodeKind::File {
            let (layer, origin) = (node.layer, node.origin.clone());
            self.settle(layer, &origin, fate);
        }
    }

    fn settle(&mut self, layer: usize, path: &str, fate: Fate) {
        match self.tree.files.get_mut(path) {
            Some(fates) => match fates.iter_mut().find(|(number, _)| *number == layer) {
                Some((_, known)) => *known = fate,
                None => fates.push((layer, fate)),
            },
            None => drop(self.tree.files.insert(path.to_owned(), vec![(layer, fate)])),
        }
    }
}
