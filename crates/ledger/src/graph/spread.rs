//! How far trouble spreads: everything that is reached from some things, the nearest first, and by which way.

use super::bits::Bits;
use super::{Graph, Way, Ways};

/// A thing that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Its number.
    pub node: u32,
    /// The thing before it on a shortest way, and how that is left; none for where it begins.
    pub by: Option<(u32, Way)>,
}

/// Everything that is reached, by distance, and by number within one distance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// What is reached with so many steps: the first list is where it begins.
    pub levels: Vec<Vec<Reached>>,
}

impl Spread {
    /// How many things are reached, those where it begins left out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.levels.iter().skip(1).map(Vec::len).sum()
    }

    /// What is reached behind (distance, number), in order, each with its distance; where it begins is left out.
    pub fn behind(&self, (far, node): (usize, u32)) -> impl Iterator<Item = (usize, Reached)> + '_ {
        let levels = self.levels.iter().enumerate().skip(far.max(1));
        levels.flat_map(move |(distance, level)| {
            let skipped = level.partition_point(|reached| distance == far && reached.node <= node);
            level
                .iter()
                .skip(skipped)
                .map(move |reached| (distance, *reached))
        })
    }

    /// The way to a thing at a distance, from where it begins: things, and how each was reached.
    #[must_use]
    pub fn way_to(&self, reached: Reached, distance: usize) -> Vec<Reached> {
        let mut way = vec![reached];
        let mut before = reached.by;
        for level in self.levels.iter().take(distance).rev() {
            let Some((node, _)) = before else { break };
            let Ok(at) = level.binary_search_by_key(&node, |reached| reached.node) else {
                break;
            };
            let Some(found) = level.get(at) else { break };
            before = found.by;
            way.push(*found);
        }
        way.reverse();
        way
    }
}

/// A search that goes one step at a time, so that it can end where enough is known.
#[derive(Debug)]
pub struct Search<'g> {
    graph: &'g Graph,
    /// Ways in the next step, and in those after it.
    ways: (Ways, Ways),
    seen: Bits,
    spread: Spread,
    /// How many things will be reached; none where that is not known.
    total: Option<usize>,
    found: usize,
    has_ended: bool,
    passed: u64,
}

impl<'g> Search<'g> {
    /// A search from things that are in trouble.
    #[must_use]
    pub fn new(graph: &'g Graph, from: &[u32], ways: Ways) -> Self {
        let mut seen = Bits::new(graph.nodes());
        for node in from {
            seen.insert(*node);
        }
        Self::begun(graph, from, seen, (ways, ways))
    }

    /// A search from things that are not in trouble themselves: it passes on from them by `first` alone, and reaches them, too, where trouble
    /// comes back to them.
    #[must_use]
    pub fn behind(graph: &'g Graph, from: &[u32], (first, ways): (Ways, Ways)) -> Self {
        Self::begun(graph, from, Bits::new(graph.nodes()), (first, ways))
    }

    fn begun(graph: &'g Graph, from: &[u32], seen: Bits, ways: (Ways, Ways)) -> Self {
        let mut first = from.to_vec();
        first.sort_unstable();
        first.dedup();
        let first = first.into_iter().map(|node| Reached { node, by: None });
        let levels = vec![first.collect()];
        Self {
            graph,
            ways,
            seen,
            spread: Spread { levels },
            total: None,
            found: 0,
            has_ended: false,
            passed: 0,
        }
    }

    /// The same, which ends when so many things are reached, those where it begins left out: there are no more.
    #[must_use]
    pub const fn of_total(mut self, total: usize) -> Self {
        self.total = Some(total);
        self
    }

    /// Goes one step further; out comes whether anything was reached by it.
    pub fn step(&mut self) -> bool {
        if self.has_ended || self.total.is_some_and(|total| self.found >= total) {
            return false;
        }
        let mut next = Vec::new();
        for here in self.spread.levels.last().into_iter().flatten() {
            for (way, node) in self.graph.onward(here.node) {
                self.passed += 1;
                if self.ways.0.has(way) && self.seen.insert(node) {
                    let by = Some((here.node, way));
                    next.push(Reached { node, by });
                }
            }
        }
        self.ways.0 = self.ways.1;
        if next.is_empty() {
            self.has_ended = true;
            return false;
        }
        next.sort_unstable_by_key(|reached| reached.node);
        self.found += next.len();
        self.spread.levels.push(next);
        true
    }

    /// Whether a thing is in trouble as far as was searched.
    #[must_use]
    pub fn has(&self, node: u32) -> bool {
        self.seen.has(node)
    }

    /// What is reached so far.
    #[must_use]
    pub const fn spread(&self) -> &Spread {
        &self.spread
    }

    /// Goes to the end; out comes everything that is reached.
    #[must_use]
    pub fn all(mut self) -> Spread {
        while self.step() {}
        self.spread
    }

    /// How many edges were looked at.
    #[must_use]
    pub const fn passed(&self) -> u64 {
        self.passed
    }
}

/// What is reached from these things in these ways.
#[must_use]
pub fn spread(graph: &Graph, from: &[u32], ways: Ways) -> Spread {
    Search::new(graph, from, ways).all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn graph(edges: &[(i64, &str, i64)]) -> Graph {
        let mut graph = Graph::default();
        for (source, kind, target) in edges {
            graph.add(*source, kind.parse().unwrap(), *target).unwrap();
        }
        graph.settle().unwrap();
        graph
    }

    #[test]
    fn trouble_of_a_host_spreads_to_what_runs_on_it_and_on_from_there() {
        // 1 and 2 run on 9; 1 exposes 3 and reaches 4; 4 runs on 8, which is not hit; 5 attests nothing that spreads.
        let graph = graph(&[
            (1, "runs_on", 9),
            (2, "runs_on", 9),
            (1, "exposes", 3),
            (1, "reaches", 4),
            (4, "runs_on", 8),
        ]);
        let spread = spread(&graph, &[9], Ways::HARM);
        let levels: Vec<Vec<u32>> = spread
            .levels
            .iter()
            .map(|level| level.iter().map(|reached| reached.node).collect())
            .collect();
        assert_eq!(levels, [vec![9], vec![1, 2], vec![3, 4]]);
        let last = spread.levels[2][1];
        let way: Vec<_> = spread
            .way_to(last, 2)
            .iter()
            .map(|reached| (reached.node, reached.by.map(|by| by.1)))
            .collect();
        assert_eq!(way, [(9, None), (1, Some(Way::RunsOn)), (4, Some(Way::Reaches))]);
        assert_eq!(spread.count(), 4);
    }

    #[test]
    fn a_thing_that_is_not_in_trouble_itself_is_reached_where_trouble_comes_back() {
        // What 1 holds opens 2, and 2 reaches 1; 1 reaches 3 only once it is in trouble.
        let graph = graph(&[(1, "assumes", 2), (2, "reaches", 1), (1, "reaches", 3)]);
        let ways = (Ways::of(&[Way::Assumes]), Ways::HARM);
        let spread = Search::behind(&graph, &[1], ways).all();
        let levels: Vec<Vec<u32>> = spread
            .levels
            .iter()
            .map(|level| level.iter().map(|reached| reached.node).collect())
            .collect();
        assert_eq!(levels, [vec![1], vec![2], vec![1], vec![3]]);
    }

    #[test]
    fn a_search_ends_when_all_is_reached() {
        let graph = graph(&[
            (1, "reaches", 2),
            (1, "reaches", 3),
            (2, "reaches", 3),
            (3, "reaches", 1),
        ]);
        let mut known = Search::new(&graph, &[1], Ways::HARM).of_total(2);
        while known.step() {}
        let mut unknown = Search::new(&graph, &[1], Ways::HARM);
        while unknown.step() {}
        assert_eq!(known.spread(), unknown.spread());
        assert_eq!((known.passed(), unknown.passed()), (2, 4));
    }

    proptest! {
        #[test]
        fn everything_is_reached_once_by_a_shortest_way(
            edges in proptest::collection::vec((0_i64..12, 0_i64..12), 0..40),
            from in proptest::collection::vec(0_u32..12, 0..3),
        ) {
            let edges: std::collections::BTreeSet<_> = edges.into_iter().collect();
            let told: Vec<(i64, &str, i64)> = edges.iter().map(|(a, b)| (*a, "reaches", *b)).collect();
            let spread = spread(&graph(&told), &from, Ways::HARM);
            let mut far: BTreeMap<i64, usize> = from.iter().map(|node| (i64::from(*node), 0)).collect();
            for _ in 0..12 {
                for (a, b) in &edges {
                    if let Some(distance) = far.get(a).copied() {
                        let known = far.entry(*b).or_insert(usize::MAX);
                        *known = (*known).min(distance + 1);
                    }
                }
            }
            let found: BTreeMap<i64, usize> = spread
                .levels
                .iter()
                .enumerate()
                .flat_map(|(distance, level)| level.iter().map(move |reached| (i64::from(reached.node), distance)))
                .collect();
            prop_assert_eq!(&found, &far);
            prop_assert_eq!(spread.levels.iter().map(Vec::len).sum::<usize>(), far.len());
            for (distance, level) in spread.levels.iter().enumerate() {
                for reached in level {
                    let way = spread.way_to(*reached, distance);
                    prop_assert_eq!(way.len(), distance + 1);
                    for pair in way.windows(2) {
                        prop_assert!(edges.contains(&(i64::from(pair[0].node), i64::from(pair[1].node))));
                    }
                }
            }
        }
    }
}
