//! The merged view: what a container sees of all layers.
//!
//! In: the headers of every layer, the lowest first. Out: the tree that results, and what became of every file that a
//! layer brought. <https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets>
//!
//! A whiteout hides what lower layers have, whatever the order of members in its own layer. Where a lower layer has a
//! symbolic link to a directory, what an upper layer puts below its name lands in that directory.

use super::layer::Record;
use crate::archive::Kind;
use std::collections::{BTreeMap, HashMap};

/// Links that are followed in one path.
const MOST_LINKS: usize = 64;
const WHITEOUT: &[u8] = b".wh.";
const META: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
const ROOT: usize = 0;

/// What a node of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, or something else that is no file.
    Other,
}

/// One node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Number of the layer that brought it, the lowest being 0; a hard link is brought where its content is.
    pub layer: usize,
    /// Size of the content in bytes.
    pub size: u64,
    /// Permissions with set-user-id (0o4000), set-group-id (0o2000) and sticky bit (0o1000).
    pub mode: u32,
    /// User id of the owner.
    pub owner: u64,
    /// Group id.
    pub group: u64,
    /// Whether capabilities are attached.
    pub capabilities: bool,
    /// What a symbolic link names, as written.
    pub link: Vec<u8>,
    /// The path under which `layer` brought the content, as sources tell it.
    origin: String,
    children: BTreeMap<Box<[u8]>, usize>,
}

impl Node {
    /// The path under which [`Node::layer`] brought the content, as sources tell it; empty for what is no file.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// What a path names when links are followed.
#[derive(Debug, Clone)]
pub struct Place<'t> {
    /// Its path without any link.
    pub path: String,
    /// What is there.
    pub node: &'t Node,
    /// Paths of the links that were followed, in that order.
    pub links: Vec<String>,
}

/// What is put into a tree of one layer.
#[derive(Debug, Clone, Copy)]
pub struct Planted<'p> {
    /// Where.
    pub path: &'p str,
    /// What it is.
    pub kind: NodeKind,
    /// Permissions.
    pub mode: u32,
    /// User and group of the owner.
    pub owner: u64,
    /// Size of a file in bytes.
    pub size: u64,
    /// What a symbolic link names.
    pub link: &'p str,
}

/// What became of a file that a layer brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A container sees it.
    Visible,
    /// This layer deleted it.
    Deleted(usize),
    /// This layer has something else in its place.
    Replaced(usize),
}

/// The merged view of all layers.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    /// For every path: the layers that brought a file there, and what became of each.
    files: HashMap<String, Vec<(usize, Fate)>>,
    problems: Vec<String>,
}

impl Tree {
    /// A tree of one layer: each path with what is there, its permissions and its owner. Directories that are missing on
    /// the way are made.
    #[must_use]
    pub fn of<'p>(nodes: impl IntoIterator<Item = (&'p str, NodeKind, u32, u64)>) -> Self {
        let planted = nodes.into_iter().map(|(path, kind, mode, owner)| Planted {
            path,
            kind,
            mode,
            owner,
            size: 0,
            link: "",
        });
        Self::planted(planted)
    }

    /// A tree of one layer. Directories that are missing on the way are made.
    #[must_use]
    pub fn planted<'p>(nodes: impl IntoIterator<Item = Planted<'p>>) -> Self {
        let mut builder = Builder::new();
        let records = nodes.into_iter().map(|node| Record {
            path: plain(node.path.as_bytes()),
            kind: match node.kind {
                NodeKind::File => Kind::File,
                NodeKind::Directory => Kind::Directory,
                NodeKind::Link => Kind::SymbolicLink,
                NodeKind::Other => Kind::Device,
            },
            size: node.size,
            mode: node.mode,
            owner: node.owner,
            group: node.owner,
            link: node.link.as_bytes().to_vec(),
            capabilities: false,
        });
        builder.apply(0, records.collect());
        builder.finish()
    }

    /// What is at `path`, without following a link at its end or on the way.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Node> {
        let mut at = ROOT;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            at = self.child(at, part.as_bytes())?;
        }
        self.nodes.get(at)
    }

    /// What is at `path` when every link is followed, as a program in the container would.
    #[must_use]
    pub fn resolve(&self, path: &str) -> Option<&Node> {
        self.nodes.get(self.walk(&plain(path.as_bytes()), true)?)
    }

    /// What is at `path` with every link on the way followed, and the last one too if asked.
    #[must_use]
    pub fn place(&self, path: &str, follow_last: bool) -> Option<Place<'_>> {
        let way = self.trace(&plain(path.as_bytes()), follow_last)?;
        Some(Place {
            path: text(way.names.iter().map(Vec::as_slice)),
            node: self.nodes.get(*way.nodes.last()?)?,
            links: way.links,
        })
    }

    /// Names in the directory at `path`, links followed; none where it is no directory.
    pub fn names(&self, path: &str) -> impl Iterator<Item = String> {
        let children = self.resolve(path).map(|node| &node.children);
        let names = children.into_iter().flat_map(BTreeMap::keys);
        names.map(|name| String::from_utf8_lossy(name).into_owned())
    }

    /// Everything in the tree but its root, directories before what they hold, names in the order of their bytes.
    pub fn iter(&self) -> impl Iterator<Item = (String, &Node)> {
        let mut todo: Vec<(Vec<u8>, usize)> = vec![(Vec::new(), ROOT)];
        std::iter::from_fn(move || {
            let (path, at) = todo.pop()?;
            let node = self.nodes.get(at)?;
            for (name, child) in node.children.iter().rev() {
                todo.push((join(&path, name), *child));
            }
            Some((String::from_utf8_lossy(&path).into_owned(), node))
        })
        .skip(1)
    }

    /// What became of the file that a layer brought at `path`, which may be a member of an archive (`file!/member`).
    #[must_use]
    pub fn fate(&self, layer: usize, path: &str) -> Option<Fate> {
        let fates = self.fates(path)?;
        let of_layer = fates.iter().filter(|(number, _)| *number == layer);
        // A path that a layer has twice is visible when either is.
        of_layer
            .map(|(_, fate)| *fate)
            .min_by_key(|fate| *fate != Fate::Visible)
    }

    /// The layers that brought a file at `path`, which may be a member of an archive, the lowest first.
    #[must_use]
    pub fn carriers(&self, path: &str) -> Vec<usize> {
        let fates = self.fates(path).unwrap_or_default();
        let mut layers: Vec<usize> = fates.iter().map(|(layer, _)| *layer).collect();
        layers.sort_unstable();
        layers.dedup();
        layers
    }

    /// What the layers ask for and cannot be done, one sentence each.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    fn fates(&self, path: &str) -> Option<&[(usize, Fate)]> {
        let whole = self.files.get(path);
        let outer = || {
            let mut ends = path.rmatch_indices("!/").map(|(at, _)| at);
            ends.find_map(|end| self.files.get(path.get(..end).unwrap_or_default()))
        };
        whole.or_else(outer).map(Vec::as_slice)
    }

    fn child(&self, at: usize, name: &[u8]) -> Option<usize> {
        self.nodes.get(at)?.children.get(name).copied()
    }

    /// The node at a plain path, links on the way followed, and the last one too if asked.
    fn walk(&self, path: &[u8], follow_last: bool) -> Option<usize> {
        self.trace(path, follow_last)?.nodes.last().copied()
    }

    fn trace(&self, path: &[u8], follow_last: bool) -> Option<Way> {
        let mut rest: Vec<Vec<u8>> = parts(path).rev().map(<[u8]>::to_vec).collect();
        let mut way = Way {
            nodes: vec![ROOT],
            names: Vec::new(),
            links: Vec::new(),
        };
        while let Some(part) = rest.pop() {
            if part == b".." {
                if way.nodes.len() > 1 {
                    way.nodes.pop();
                    way.names.pop();
                }
                continue;
            }
            let next = self.child(*way.nodes.last()?, &part)?;
            let node = self.nodes.get(next)?;
            if node.kind == NodeKind::Link && (follow_last || !rest.is_empty()) {
                if way.links.len() >= MOST_LINKS {
                    return None;
                }
                let names = way.names.iter().map(Vec::as_slice);
                way.links.push(text(names.chain([part.as_slice()])));
                if node.link.first() == Some(&b'/') {
                    way.nodes.truncate(1);
                    way.names.clear();
                }
                let target = node.link.split(|byte| *byte == b'/');
                let target = target.filter(|part| !part.is_empty() && *part != b".");
                rest.extend(target.map(<[u8]>::to_vec).collect::<Vec<_>>().into_iter().rev());
            } else {
                way.nodes.push(next);
                way.names.push(part);
            }
        }
        Some(way)
    }
}

/// The nodes from the root to where a path leads, their names, and the links on the way.
struct Way {
    nodes: Vec<usize>,
    names: Vec<Vec<u8>>,
    links: Vec<String>,
}

fn text<'n>(names: impl Iterator<Item = &'n [u8]>) -> String {
    let names: Vec<&[u8]> = names.collect();
    String::from_utf8_lossy(&names.join(&b'/')).into_owned()
}

/// Puts layers one upon the other.
#[derive(Debug)]
pub(super) struct Builder(Tree);

impl Builder {
    pub(super) fn new() -> Self {
        let mut root = Node::new(NodeKind::Directory, 0);
        root.mode = 0o755;
        Self(Tree {
            nodes: vec![root],
            files: HashMap::new(),
            problems: Vec::new(),
        })
    }

    pub(super) fn apply(&mut self, layer: usize, records: Vec<Record>) {
        for record in records {
            self.member(layer, record);
        }
    }

    pub(super) fn finish(mut self) -> Tree {
        let seen: Vec<(usize, String)> = self
            .0
            .iter()
            .filter(|(_, node)| node.kind == NodeKind::File)
            .map(|(_, node)| (node.layer, node.origin.clone()))
            .collect();
        for (layer, origin) in seen {
            self.settle(layer, &origin, Fate::Visible);
        }
        self.0
    }

    fn member(&mut self, layer: usize, record: Record) {
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
                .0
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
        let Some(directory) = self.0.walk(parent, true) else {
            return;
        };
        if name == OPAQUE {
            let children: Vec<_> = self
                .0
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
            self.0
                .problems
                .push(format!("the mark `{name}` hides nothing that can be named"));
            return;
        }
        self.prune(layer, directory, hidden);
    }

    /// Removes what lower layers have of a node, and keeps what this layer brought.
    fn prune(&mut self, layer: usize, directory: usize, name: &[u8]) {
        let Some(at) = self.0.child(directory, name) else {
            return;
        };
        let mut todo = vec![(directory, name.to_vec(), at, false)];
        while let Some((directory, name, at, is_done)) = todo.pop() {
            let Some(node) = self.0.nodes.get(at) else {
                continue;
            };
            let is_own = node.layer == layer;
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
            at = match self.0.child(at, part) {
                None => self.add(at, part, Node::new(NodeKind::Directory, layer)),
                Some(next) => match self.0.nodes.get(next)?.kind {
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
            if let Some(at) = self.0.walk(&path, true) {
                let is_directory = self.0.nodes.get(at)?.kind == NodeKind::Directory;
                return if is_directory {
                    Some(at)
                } else {
                    self.no_directory(&path)
                };
            }
            // The link leads to nothing. Where it leads, as far as that is known, is tried in its place.
            let Some(link) = self.0.walk(&path, false).and_then(|at| self.0.nodes.get(at)) else {
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
            at = match self.0.walk(&done, true) {
                Some(next) => next,
                None if self.0.child(at, part).is_none() => {
                    self.add(at, part, Node::new(NodeKind::Directory, layer))
                }
                None => return None,
            };
            if self.0.nodes.get(at)?.kind != NodeKind::Directory {
                return None;
            }
        }
        Some(at)
    }

    fn no_directory(&mut self, path: &[u8]) -> Option<usize> {
        let path = String::from_utf8_lossy(path).into_owned();
        self.0.problems.push(format!(
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
        let old = self.0.child(directory, name);
        if let Some(old) = old {
            let both = [
                kind,
                self.0.nodes.get(old).map_or(NodeKind::Other, |node| node.kind),
            ];
            if both == [NodeKind::Directory; 2] {
                if let Some(old) = self.0.nodes.get_mut(old) {
                    (old.mode, old.owner, old.group) = (node.mode, node.owner, node.group);
                    old.layer = layer;
                }
                return;
            }
            self.remove(directory, name, Fate::Replaced(layer));
        }
        self.add(directory, name, node);
    }

    /// A hard link is another name of content that is there already.
    fn alias(&mut self, layer: usize, directory: usize, name: &[u8], record: &Record) {
        let target = self.0.walk(&record.link, false);
        let target = target.and_then(|at| self.0.nodes.get(at));
        let Some(target) = target.filter(|node| node.kind != NodeKind::Directory).cloned() else {
            let [path, link] = [&record.path, &record.link].map(|path| String::from_utf8_lossy(path));
            let problem = format!("`{path}` is a hard link to `{link}`, which is not there");
            self.0.problems.push(problem);
            return;
        };
        if self.0.child(directory, name).is_some() {
            self.remove(directory, name, Fate::Replaced(layer));
        }
        self.add(directory, name, target);
    }

    fn add(&mut self, directory: usize, name: &[u8], node: Node) -> usize {
        if node.kind == NodeKind::File {
            self.settle(node.layer, &node.origin.clone(), Fate::Visible);
        }
        let at = self.0.nodes.len();
        self.0.nodes.push(node);
        if let Some(directory) = self.0.nodes.get_mut(directory) {
            directory.children.insert(name.into(), at);
        }
        at
    }

    /// Removes a node with everything below it.
    fn remove(&mut self, directory: usize, name: &[u8], fate: Fate) {
        let below = self
            .0
            .child(directory, name)
            .and_then(|at| self.0.nodes.get_mut(at));
        let mut todo: Vec<usize> = below.map_or_else(Vec::new, |node| {
            std::mem::take(&mut node.children).into_values().collect()
        });
        while let Some(at) = todo.pop() {
            if let Some(node) = self.0.nodes.get_mut(at) {
                todo.extend(std::mem::take(&mut node.children).into_values());
            }
            self.lost(at, fate);
        }
        self.unlink(directory, name, fate);
    }

    /// Removes a node that has nothing below it.
    fn unlink(&mut self, directory: usize, name: &[u8], fate: Fate) {
        let directory = self.0.nodes.get_mut(directory);
        if let Some(at) = directory.and_then(|directory| directory.children.remove(name)) {
            self.lost(at, fate);
        }
    }

    fn lost(&mut self, at: usize, fate: Fate) {
        let Some(node) = self.0.nodes.get(at) else { return };
        if node.kind == NodeKind::File {
            let (layer, origin) = (node.layer, node.origin.clone());
            self.settle(layer, &origin, fate);
        }
    }

    fn settle(&mut self, layer: usize, path: &str, fate: Fate) {
        match self.0.files.get_mut(path) {
            Some(fates) => match fates.iter_mut().find(|(number, _)| *number == layer) {
                Some((_, known)) => *known = fate,
                None => fates.push((layer, fate)),
            },
            None => drop(self.0.files.insert(path.to_owned(), vec![(layer, fate)])),
        }
    }
}

impl Node {
    fn new(kind: NodeKind, layer: usize) -> Self {
        Self {
            kind,
            layer,
            size: 0,
            mode: 0o755,
            owner: 0,
            group: 0,
            capabilities: false,
            link: Vec::new(),
            origin: String::new(),
            children: BTreeMap::new(),
        }
    }
}

/// The path of a member: relative, with `/`, and without steps upwards, which stop at the root.
pub(super) fn plain(name: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    kept.join(&b'/')
}

/// Whether a path is a mark for those who merge layers rather than a file.
pub(super) fn is_mark(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    name.starts_with(WHITEOUT)
}

fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty())
}

fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        name.to_vec()
    } else {
        [path, b"/", name].concat()
    }
}
