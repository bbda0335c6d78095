//! The merged view: what a container sees of all layers.
//!
//! In: what [`super::overlay`] built. Out: the tree, paths followed through links, and what became of every file that a
//! layer brought.

use super::layer::Record;
use super::overlay::Builder;
use crate::archive::Kind;
use std::collections::{BTreeMap, HashMap};

/// Links that are followed in one path, as Linux does.
pub(super) const MOST_LINKS: usize = 40;
/// Names that are passed in following one path through all its links.
const MOST_STEPS: usize = 4_096;
pub(super) const WHITEOUT: &[u8] = b".wh.";
pub(super) const ROOT: usize = 0;

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
    pub(super) origin: String,
    /// The layer that put it here; another than `layer` where it is a hard link to older content.
    pub(super) placed: usize,
    /// The layer, counted from 1, that removed what lower layers have of it and below it.
    pub(super) cleared: usize,
    /// The same of what is below it alone.
    pub(super) emptied: usize,
    pub(super) children: BTreeMap<Box<[u8]>, usize>,
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
    /// User id of the owner.
    pub owner: u64,
    /// Group id.
    pub group: u64,
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
    pub(super) nodes: Vec<Node>,
    /// For every path: the layers that brought a file there, and what became of each.
    pub(super) files: HashMap<String, Vec<(usize, Fate)>>,
    pub(super) problems: Vec<String>,
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
            group: owner,
            size: 0,
            link: "",
        });
        Self::planted(planted)
    }

    /// A tree of one layer. Directories that are missing on the way are made.
    #[must_use]
    pub fn planted<'p>(nodes: impl IntoIterator<Item = Planted<'p>>) -> Self {
        let mut builder = Builder::new(u64::MAX);
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
            group: node.group,
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

    /// Bytes of all files, those with several names once.
    pub(super) fn content_bytes(&self) -> u64 {
        let seen = self.iter().map(|(_, node)| node);
        let files = seen.filter(|node| node.kind == NodeKind::File);
        let once: HashMap<_, _> = files
            .map(|node| ((node.layer, &node.origin), node.size))
            .collect();
        once.values().fold(0, |sum: u64, size| sum.saturating_add(*size))
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

    pub(super) fn child(&self, at: usize, name: &[u8]) -> Option<usize> {
        self.nodes.get(at)?.children.get(name).copied()
    }

    /// The node at a plain path, links on the way followed, and the last one too if asked.
    pub(super) fn walk(&self, path: &[u8], follow_last: bool) -> Option<usize> {
        self.trace(path, follow_last)?.nodes.last().copied()
    }

    fn trace(&self, path: &[u8], follow_last: bool) -> Option<Way> {
        let mut rest: Vec<Vec<u8>> = parts(path).rev().map(<[u8]>::to_vec).collect();
        let mut way = Way {
            nodes: vec![ROOT],
            names: Vec::new(),
            links: Vec::new(),
        };
        let mut steps = 0;
        while let Some(part) = rest.pop() {
            steps += 1;
            if steps > MOST_STEPS {
                return None;
            }
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

impl Node {
    pub(super) fn new(kind: NodeKind, layer: usize) -> Self {
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
            placed: layer,
            cleared: 0,
            emptied: 0,
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

pub(super) fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty())
}

pub(super) fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        name.to_vec()
    } else {
        [path, b"/", name].concat()
    }
}
