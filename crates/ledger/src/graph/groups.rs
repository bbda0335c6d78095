//! Things among which trouble passes both ways, taken as one: whoever reaches one of them reaches all.
//!
//! In: a graph and the ways that count. Out: the group of each thing, and from some things the groups that are reached: as many steps
//! as groups are joined, however many things and edges there are within them.
//!
//! Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).

use super::bits::Bits;
use super::{Graph, Ways};
use std::collections::HashMap;

/// The groups of a graph: its strongly connected components.
#[derive(Debug)]
pub struct Groups {
    ways: Ways,
    /// The group of each thing.
    of: Vec<u32>,
    /// A thing of each group.
    one: Vec<u32>,
    /// What groups of several things pass on to. That of a single thing is read from the graph.
    onward: HashMap<u32, Vec<u32>>,
}

/// The groups that are reached, those where it begins with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    groups: Bits,
}

impl Groups {
    /// Finds the groups, in time and memory that grow as things and edges do.
    #[must_use]
    pub fn of(graph: &Graph, ways: Ways) -> Self {
        let (of, one) = Walk::over(graph, ways).components();
        let onward = passed_on(graph, ways, &of, one.len());
        Self {
            ways,
            of,
            one,
            onward,
        }
    }

    /// The groups of these things, each once; a thing without edges has none.
    #[must_use]
    pub fn of_things(&self, things: &[u32]) -> Vec<u32> {
        let groups = things.iter().filter_map(|thing| self.of.get(*thing as usize));
        let mut groups: Vec<u32> = groups.copied().collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Everything that is reached from these groups of `graph`, which is the graph that they are of.
    #[must_use]
    pub fn reached(&self, graph: &Graph, from: &[u32]) -> Extent {
        let mut groups = Bits::new(self.one.len());
        let mut waiting: Vec<u32> = from
            .iter()
            .copied()
            .filter(|group| groups.insert(*group))
            .collect();
        while let Some(group) = waiting.pop() {
            if let Some(onward) = self.onward.get(&group) {
                waiting.extend(onward.iter().filter(|next| groups.insert(**next)));
                continue;
            }
            let Some(node) = self.one.get(group as usize) else {
                continue;
            };
            for (way, to) in graph.onward(*node) {
                let next = self.of.get(to as usize).filter(|_| self.ways.has(way));
                waiting.extend(next.filter(|next| groups.insert(**next)));
            }
        }
        Extent { groups }
    }

    /// Whether a thing lies within an extent.
    #[must_use]
    pub fn has(&self, extent: &Extent, thing: u32) -> bool {
        let group = self.of.get(thing as usize);
        group.is_some_and(|group| extent.groups.has(*group))
    }

    /// The things within an extent, by number.
    pub fn things<'g>(&'g self, extent: &'g Extent) -> impl Iterator<Item = u32> + 'g {
        let all = (0_u32..).zip(&self.of);
        all.filter(|(_, group)| extent.groups.has(**group))
            .map(|(thing, _)| thing)
    }
}

impl Extent {
    /// Bytes that it takes, roughly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.groups.bytes()
    }
}

/// What each group of several things passes on to, every other group once.
fn passed_on(graph: &Graph, ways: Ways, of: &[u32], groups: usize) -> HashMap<u32, Vec<u32>> {
    let mut things: Vec<(u32, u32)> = of.iter().copied().zip(0_u32..).collect();
    things.sort_unstable();
    let mut onward = HashMap::new();
    // The group that was last seen to pass on to each.
    let mut by = vec![u32::MAX; groups];
    for members in things.chunk_by(|(one, _), (other, _)| one == other) {
        let [(group, _), _, ..] = members else { continue };
        let mut others = Vec::new();
        for (_, node) in members {
            for (_, to) in graph.onward(*node).filter(|(way, _)| ways.has(*way)) {
                let Some(other) = of.get(to as usize).filter(|other| *other != group) else {
                    continue;
                };
                if let Some(by) = by.get_mut(*other as usize).filter(|by| *by != group) {
                    *by = *group;
                    others.push(*other);
                }
            }
        }
        onward.insert(*group, others);
    }
    onward
}

/// Tarjan's walk, with a stack of its own in place of recursion.
struct Walk<'g> {
    graph: &'g Graph,
    ways: Ways,
    /// When a thing was met, from 1; then the earliest that is met again from it; [`DONE`] once its group is known.
    low: Vec<u32>,
    met: u32,
    /// Things whose group is not known yet, in the order in which they were met.
    open: Vec<u32>,
    of: Vec<u32>,
    one: Vec<u32>,
}

const DONE: u32 = u32::MAX;

impl<'g> Walk<'g> {
    fn over(graph: &'g Graph, ways: Ways) -> Self {
        let span = graph.span();
        Self {
            graph,
            ways,
            low: vec![0; span],
            met: 0,
            open: Vec::new(),
            of: vec![0; span],
            one: Vec::new(),
        }
    }

    /// The group of each thing, and a thing of each group.
    fn components(mut self) -> (Vec<u32>, Vec<u32>) {
        for root in 0..u32::try_from(self.low.len()).unwrap_or(u32::MAX) {
            if self.low_of(root) == 0 {
                self.follow(root);
            }
        }
        (self.of, self.one)
    }

    fn low_of(&self, node: u32) -> u32 {
        self.low.get(node as usize).copied().unwrap_or(DONE)
    }

    fn lower(&mut self, node: u32, to: u32) {
        if let Some(low) = self.low.get_mut(node as usize) {
            *low = (*low).min(to);
        }
    }

    fn meet(&mut self, node: u32) -> u32 {
        self.met += 1;
        if let Some(low) = self.low.get_mut(node as usize) {
            *low = self.met;
        }
        self.open.push(node);
        self.met
    }

    fn follow(&mut self, root: u32) {
        let (graph, ways) = (self.graph, self.ways);
        let onward = |node| graph.onward(node).filter(move |(way, _)| ways.has(*way));
        let mut path = vec![(root, self.meet(root), onward(root))];
        while let Some((node, met, rest)) = path.last_mut() {
            let (node, met) = (*node, *met);
            match rest.next() {
                Some((_, to)) => match self.low_of(to) {
                    0 => {
                        let met = self.meet(to);
                        path.push((to, met, onward(to)));
                    }
                    DONE => {}
                    low => self.lower(node, low),
                },
                None => {
                    path.pop();
                    let low = self.low_of(node);
                    if low == met {
                        self.close(node);
                    } else if let Some((before, ..)) = path.last() {
                        let before = *before;
                        self.lower(before, low);
                    }
                }
            }
        }
    }

    /// Everything that was met since this thing, and is open, is its group.
    fn close(&mut self, node: u32) {
        let group = u32::try_from(self.one.len()).unwrap_or(u32::MAX);
        self.one.push(node);
        while let Some(member) = self.open.pop() {
            if let (Some(of), Some(low)) = (
                self.of.get_mut(member as usize),
                self.low.get_mut(member as usize),
            ) {
                *of = group;
                *low = DONE;
            }
            if member == node {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spread::spread;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn graph(edges: &[(i64, i64)]) -> Graph {
        let mut graph = Graph::default();
        for (source, target) in edges {
            graph.add(*source, "reaches".parse().unwrap(), *target).unwrap();
        }
        graph.settle().unwrap();
        graph
    }

    #[test]
    fn things_in_a_circle_are_one_group() {
        let groups = Groups::of(&graph(&[(1, 2), (2, 3), (3, 1), (3, 4)]), Ways::HARM);
        assert_eq!(groups.of_things(&[1, 2, 3]).len(), 1);
        assert_eq!(groups.of_things(&[1, 4, 0]).len(), 3);
        assert_eq!(groups.of_things(&[9]), [0_u32; 0]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_recursion() {
        let edges: Vec<(i64, i64)> = (0..200_000).map(|at| (at, at + 1)).collect();
        let graph = graph(&edges);
        let groups = Groups::of(&graph, Ways::HARM);
        let extent = groups.reached(&graph, &groups.of_things(&[100_000]));
        assert_eq!(groups.things(&extent).count(), 100_001);
    }

    proptest! {
        #[test]
        fn what_groups_reach_is_what_a_search_finds(
            edges in proptest::collection::btree_set((0_i64..14, 0_i64..14), 0..40),
            from in proptest::collection::vec(0_u32..14, 1..3),
        ) {
            let edges: Vec<_> = edges.into_iter().collect();
            let graph = graph(&edges);
            let found: BTreeSet<u32> =
                spread(&graph, &from, Ways::HARM).levels.iter().flatten().map(|reached| reached.node).collect();
            let groups = Groups::of(&graph, Ways::HARM);
            let extent = groups.reached(&graph, &groups.of_things(&from));
            let mut things: BTreeSet<u32> = groups.things(&extent).collect();
            for thing in 0..14 {
                prop_assert_eq!(groups.has(&extent, thing), things.contains(&thing));
            }
            things.extend(&from);
            prop_assert_eq!(things, found);
        }
    }
}
