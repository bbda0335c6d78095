//! How far trouble spreads: everything that is reached from some things, the nearest first, and by which way.

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

    /// How far a thing is, and how it is reached; none where it is not.
    #[must_use]
    pub fn find(&self, node: u32) -> Option<(usize, Reached)> {
        self.levels.iter().enumerate().find_map(|(distance, level)| {
            let at = level.binary_search_by_key(&node, |reached| reached.node).ok()?;
            level.get(at).map(|reached| (distance, *reached))
        })
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

/// Which things were seen.
struct Seen(Vec<u64>);

impl Seen {
    /// Whether the thing was not seen before.
    fn is_new(&mut self, node: u32) -> bool {
        let (word, bit) = (node as usize / 64, 1_u64 << (node % 64));
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        let Some(word) = self.0.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// What is reached from these things in these ways, within so many steps.
#[must_use]
pub fn spread(graph: &Graph, from: &[u32], ways: Ways, steps: usize) -> Spread {
    spread_by(graph, from, (ways, ways), steps)
}

/// What is reached from these things within so many steps: by other ways in the first step than in those after it.
#[must_use]
pub fn spread_by(graph: &Graph, from: &[u32], (first_ways, ways): (Ways, Ways), steps: usize) -> Spread {
    let mut seen = Seen(vec![0; graph.nodes() / 64 + 1]);
    let mut first: Vec<Reached> = from
        .iter()
        .filter(|node| seen.is_new(**node))
        .map(|node| Reached {
            node: *node,
            by: None,
        })
        .collect();
    first.sort_unstable_by_key(|reached| reached.node);
    let mut levels = vec![first];
    for step in 0..steps {
        let ways = if step == 0 { first_ways } else { ways };
        let mut next = Vec::new();
        for here in levels.last().into_iter().flatten() {
            for (way, node) in graph.onward(here.node) {
                if ways.has(way) && seen.is_new(node) {
                    next.push(Reached {
                        node,
                        by: Some((here.node, way)),
                    });
                }
            }
        }
        if next.is_empty() {
            break;
        }
        next.sort_unstable_by_key(|reached| reached.node);
        levels.push(next);
    }
    Spread { levels }
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
        let spread = spread(&graph, &[9], Ways::HARM, usize::MAX);
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

    proptest! {
        #[test]
        fn everything_is_reached_once_by_a_shortest_way(
            edges in proptest::collection::vec((0_i64..12, 0_i64..12), 0..40),
            from in proptest::collection::vec(0_u32..12, 0..3),
        ) {
            let edges: std::collections::BTreeSet<_> = edges.into_iter().collect();
            let told: Vec<(i64, &str, i64)> = edges.iter().map(|(a, b)| (*a, "reaches", *b)).collect();
            let spread = spread(&graph(&told), &from, Ways::HARM, usize::MAX);
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
