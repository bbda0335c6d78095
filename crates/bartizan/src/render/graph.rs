//! Which kustomizations include which.
//!
//! In: what each says. Out: those that are built, because no other includes them, and what each is made of.

use super::Tree;
use super::kustomize::normal;
use bartizan_deploy::render::Kustomization;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What kustomizations are made of, by their directories as the source names them.
pub(super) struct Graph {
    by_directory: BTreeMap<String, Node>,
}

struct Node {
    is_component: bool,
    files: Vec<String>,
    directories: Vec<String>,
}

impl Graph {
    /// `read` is what each kustomization of the tree says. What lies outside of the tree is left out.
    pub(super) fn of(tree: &Tree, read: &BTreeMap<String, Kustomization>) -> Self {
        let by_directory = read.iter().map(|(directory, kustomization)| {
            let name = tree.kustomizations.get(directory).map_or("", String::as_str);
            let mut node = Node {
                is_component: kustomization.is_component,
                files: vec![format!("{directory}{name}")],
                directories: Vec::new(),
            };
            for reference in &kustomization.references {
                let path = normal(&tree.root.join(directory).join(&reference.path));
                let Some(path) = path.strip_prefix(&tree.root).ok().and_then(Path::to_str) else {
                    continue;
                };
                let as_directory = match path {
                    "" => String::new(),
                    path => format!("{path}/"),
                };
                if read.contains_key(&as_directory) {
                    node.directories.push(as_directory);
                } else {
                    node.files.push(path.to_owned());
                }
            }
            (directory.clone(), node)
        });
        Self {
            by_directory: by_directory.collect(),
        }
    }

    /// Directories that no other one includes, and of those that include each other in a circle the first, which says so when it is
    /// built. Components are built where they are used.
    pub(super) fn roots(&self) -> Vec<&str> {
        let nodes = self.by_directory.values();
        let included: BTreeSet<&str> = nodes
            .flat_map(|node| node.directories.iter().map(String::as_str))
            .collect();
        let alone = self.by_directory.iter().filter(|(_, node)| !node.is_component);
        let alone: Vec<&str> = alone.map(|(directory, _)| directory.as_str()).collect();
        let (later, mut roots): (Vec<&str>, Vec<&str>) = alone
            .into_iter()
            .partition(|directory| included.contains(directory));
        let mut reached: BTreeSet<&str> = roots.iter().flat_map(|root| self.closure(root).0).collect();
        for directory in later {
            if !reached.contains(directory) {
                reached.extend(self.closure(directory).0);
                roots.push(directory);
            }
        }
        roots
    }

    /// The directories and files that one is made of.
    pub(super) fn closure<'g>(&'g self, root: &'g str) -> (BTreeSet<&'g str>, BTreeSet<&'g str>) {
        let (mut directories, mut files) = (BTreeSet::new(), BTreeSet::new());
        let mut left = vec![root];
        while let Some(directory) = left.pop() {
            if !directories.insert(directory) {
                continue;
            }
            if let Some(node) = self.by_directory.get(directory) {
                files.extend(node.files.iter().map(String::as_str));
                left.extend(node.directories.iter().map(String::as_str));
            }
        }
        (directories, files)
    }
}
