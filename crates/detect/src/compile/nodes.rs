//! Conditions as one graph for all rules: what two rules ask alike is one node, and is answered once for an event.

use std::collections::HashMap;

use super::leaf::Leaf;
use super::matcher::Matcher;

/// Number of a node
pub(crate) type NodeId = u32;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(bool),
    /// A question, by its number
    Leaf(u32),
    Not(NodeId),
    /// The cheapest first
    And(Box<[NodeId]>),
    /// The cheapest first
    Or(Box<[NodeId]>),
}

/// The graph. Nodes come after those that they are made of.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    nodes: Vec<Node>,
    costs: Vec<u32>,
    numbers: HashMap<Node, NodeId>,
    leaves: Vec<Leaf>,
    matchers: Vec<Matcher>,
    leaf_numbers: HashMap<Leaf, u32>,
}

impl Nodes {
    /// The node of a number; false for one that is not there
    pub(crate) fn get(&self, id: NodeId) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&Node::Constant(false))
    }

    pub(crate) fn leaf_of(&self, leaf: u32) -> Option<&Leaf> {
        self.leaves.get(leaf as usize)
    }

    pub(crate) fn matcher(&self, leaf: u32) -> Option<&Matcher> {
        self.matchers.get(leaf as usize)
    }

    /// How many nodes there are
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn cost(&self, id: NodeId) -> u32 {
        self.costs.get(id as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.numbers.get(&node) {
            return *id;
        }
        let cost = match &node {
            Node::Constant(_) => 0,
            Node::Leaf(leaf) => self.matcher(*leaf).map_or(0, |matcher| matcher.cost),
            Node::Not(inner) => self.cost(*inner),
            // A part that comes later is often not asked.
            Node::And(parts) | Node::Or(parts) => {
                let sum = parts
                    .iter()
                    .fold(0_u32, |sum, part| sum.saturating_add(self.cost(*part)));
                sum.saturating_add(1)
            }
        };
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.nodes.push(node.clone());
        self.costs.push(cost);
        self.numbers.insert(node, id);
        id
    }

    pub(crate) fn constant(&mut self, value: bool) -> NodeId {
        self.add(Node::Constant(value))
    }

    /// A question, with what answers it
    pub(crate) fn leaf(&mut self, leaf: Leaf) -> Result<NodeId, String> {
        if let Some(number) = self.leaf_numbers.get(&leaf) {
            return Ok(self.add(Node::Leaf(*number)));
        }
        let matcher = Matcher::new(&leaf)?;
        let number = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        self.matchers.push(matcher);
        self.leaves.push(leaf.clone());
        self.leaf_numbers.insert(leaf, number);
        Ok(self.add(Node::Leaf(number)))
    }

    pub(crate) fn not(&mut self, inner: NodeId) -> NodeId {
        match self.get(inner) {
            Node::Constant(value) => {
                let value = !*value;
                self.constant(value)
            }
            Node::Not(inner) => *inner,
            _ => self.add(Node::Not(inner)),
        }
    }

    /// All of these. What is negated is asked together: not (this or that).
    pub(crate) fn and(&mut self, parts: &[NodeId]) -> NodeId {
        let mut flat = Vec::new();
        let mut negated = Vec::new();
        let mut todo: Vec<_> = parts.iter().rev().copied().collect();
        while let Some(part) = todo.pop() {
            match self.get(part) {
                Node::Constant(true) => {}
                Node::Constant(false) => return self.constant(false),
                Node::And(inner) => todo.extend(inner.iter().rev()),
                Node::Not(inner) => negated.push(*inner),
                _ => flat.push(part),
            }
        }
        if !negated.is_empty() {
            let any = self.or(&negated);
            match self.get(any) {
                Node::Constant(true) => return self.constant(false),
                Node::Constant(false) => {}
                _ => {
                    let none = self.not(any);
                    flat.push(none);
                }
            }
        }
        self.joined(flat, true)
    }

    /// Any of these. Questions about the same thing are made one.
    pub(crate) fn or(&mut self, parts: &[NodeId]) -> NodeId {
        let mut flat: Vec<NodeId> = Vec::new();
        let mut leaves: Vec<Leaf> = Vec::new();
        let mut places: HashMap<(super::Subject, std::mem::Discriminant<super::leaf::Test>), Vec<usize>> =
            HashMap::new();
        let mut todo: Vec<_> = parts.iter().rev().copied().collect();
        while let Some(part) = todo.pop() {
            match self.get(part) {
                Node::Constant(false) => {}
                Node::Constant(true) => return self.constant(true),
                Node::Or(inner) => todo.extend(inner.iter().rev()),
                Node::Leaf(number) => {
                    let Some(leaf) = self.leaf_of(*number).cloned() else {
                        continue;
                    };
                    let alike = places
                        .entry((leaf.subject.clone(), std::mem::discriminant(&leaf.test)))
                        .or_default();
                    let joined = alike
                        .iter()
                        .find_map(|place| Some((*place, leaves.get(*place)?.or(&leaf)?)));
                    match joined.and_then(|(place, both)| Some((leaves.get_mut(place)?, both))) {
                        Some((place, both)) => *place = both,
                        None => {
                            alike.push(leaves.len());
                            leaves.push(leaf);
                        }
                    }
                }
                _ => flat.push(part),
            }
        }
        for leaf in leaves {
            // Both halves had matchers, so that the whole has one.
            if let Ok(id) = self.leaf(leaf) {
                flat.push(id);
            }
        }
        self.joined(flat, false)
    }

    fn joined(&mut self, mut parts: Vec<NodeId>, all: bool) -> NodeId {
        parts.sort_by_key(|id| (self.cost(*id), *id));
        parts.dedup();
        match parts.as_slice() {
            [] => self.constant(all),
            [only] => *only,
            _ if all => self.add(Node::And(parts.into())),
            _ => self.add(Node::Or(parts.into())),
        }
    }
}
