//! Who depends on whom, and what follows from it: which packages the project asks for itself, and when each is needed.
//!
//! In: packages, dependencies, and what the project asks for. Out: [`Inventory::depends`], [`Inventory::widen`] and
//! [`Inventory::directly`]. Cycles are ordinary. Time grows with packages and dependencies.

use crate::catalog::Inventory;
use crate::catalog::inventory::Added;
use bartizan_model::Scope;

/// The dependencies of one file.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    packages: Vec<Option<Added>>,
    /// Of each package, what it depends on, and whether it can do without.
    edges: Vec<Vec<(Node, bool)>>,
    /// What is asked of a package, by whom, as a range of versions.
    ranges: Vec<(Node, Node, String)>,
    roots: Vec<(Node, Scope)>,
}

/// A package of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node(usize);

impl Graph {
    /// Takes a package in; one that is no component (the project's own) still passes on what it needs.
    pub(crate) fn package(&mut self, added: Option<Added>) -> Node {
        self.packages.push(added);
        self.edges.push(Vec::new());
        Node(self.packages.len() - 1)
    }

    /// One package needs another, or (`optional`) can do without.
    pub(crate) fn needs(&mut self, from: Node, to: Node, optional: bool) {
        if let Some(edges) = self.edges.get_mut(from.0) {
            edges.push((to, optional));
        }
    }

    /// The same, with the versions that it asks for.
    pub(crate) fn needs_in(&mut self, from: Node, to: Node, optional: bool, range: Option<&str>) {
        self.needs(from, to, optional);
        if let Some(range) = range.map(str::trim).filter(|range| !range.is_empty()) {
            self.ranges.push((from, to, range.to_owned()));
        }
    }

    /// The project itself asks for a package.
    pub(crate) fn asks(&mut self, node: Node, scope: Scope) {
        self.roots.push((node, scope));
    }

    /// Tells the inventory. Where `complete`, and the project asks for anything, it asks for nothing else, so that every
    /// other package is transitive; else nothing is said of these.
    pub(crate) fn tell(mut self, complete: bool, out: &mut Inventory<'_>) {
        for (added, edges) in self.packages.iter().zip(&self.edges) {
            let on = edges
                .iter()
                .filter_map(|(to, _)| self.packages.get(to.0).copied().flatten());
            if let Some(from) = added {
                out.depends(*from, on);
            }
            if let Some(added) = added.filter(|_| complete && !self.roots.is_empty()) {
                out.directly(added, false);
            }
        }
        let added = |node: &Node| self.packages.get(node.0).copied().flatten();
        for (from, to, range) in std::mem::take(&mut self.ranges) {
            if let (Some(from), Some(to)) = (added(&from), added(&to)) {
                out.asks_for(from, to, range);
            }
        }
        for (node, _) in &self.roots {
            if let Some(added) = self.packages.get(node.0).copied().flatten() {
                out.directly(added, true);
            }
        }
        self.roots
            .sort_by_key(|(node, scope)| (std::cmp::Reverse(*scope), *node));
        for (added, scope) in self.packages.iter().zip(self.scopes()) {
            if let Some(added) = added {
                out.widen(*added, scope);
            }
        }
    }

    /// The widest scope in which each package is reached: of a path from a root, the narrowest of its parts.
    fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope::Unknown; self.packages.len()];
        let mut optional = Vec::new();
        for wave in [Scope::Runtime, Scope::Optional, Scope::Development] {
            let mut open: Vec<Node> = self
                .roots
                .iter()
                .filter(|(_, scope)| *scope == wave)
                .map(|(node, _)| *node)
                .collect();
            if wave == Scope::Optional {
                open.append(&mut optional);
            }
            while let Some(node) = open.pop() {
                match scopes.get_mut(node.0) {
                    Some(scope) if *scope < wave => *scope = wave,
                    _ => continue,
                }
                for (to, can_do_without) in self.edges.get(node.0).into_iter().flatten() {
                    if *can_do_without && wave == Scope::Runtime {
                        optional.push(*to);
                    } else {
                        open.push(*to);
                    }
                }
            }
        }
        scopes
    }
}
