//! How much is reached in all from where, without going to every thing for it each time.
//!
//! In: a [`View`], and where trouble begins. Out: how many things of which kinds are reached, and a search that goes only as far as the
//! answer needs. The groups of things that reach one another are found once the questions about a view have gone over as many edges as
//! it has, so that edges that change all the time cost no more than twice what the questions do.

use super::View;
use bartizan_ledger::graph::groups::{self, Groups};
use bartizan_ledger::graph::spread::Search;
use bartizan_ledger::graph::{Way, Ways};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes that the extents of one view take, at most.
const MOST: usize = 8 << 20;

/// What was found so far about the edges of one view.
#[derive(Debug, Default)]
pub(super) struct Extents {
    /// Edges that questions went over.
    passed: AtomicU64,
    groups: OnceLock<Groups>,
    /// By the groups where trouble begins.
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_start: HashMap<Vec<u32>, Arc<Reached>>,
    bytes: usize,
}

/// What is reached from some groups, they themselves with it.
#[derive(Debug)]
struct Reached {
    extent: groups::Extent,
    count: usize,
    by_kind: BTreeMap<String, u64>,
}

/// How much is reached from where trouble begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// How many things, those where it begins left out.
    pub(crate) things: u64,
    /// The same by kind.
    pub(crate) by_kind: BTreeMap<String, u64>,
    /// Those of the things that were asked about that are reached, or are where it begins.
    pub(crate) reached: Vec<u32>,
}

impl View {
    /// How much is reached from these things, by everything that trouble does by itself; and which of `asked` are reached. `opens_only` says
    /// that the things are not in trouble themselves, but what they may take on is. The search may have gone on already: it ends when
    /// everything is reached.
    pub(crate) fn extent(&self, from: &[u32], opens_only: bool, asked: &[u32]) -> (Extent, Search<'_>) {
        let search = || {
            if opens_only {
                Search::behind(&self.graph, from, (Ways::of(&[Way::Assumes]), Ways::HARM))
            } else {
                Search::new(&self.graph, from, Ways::HARM)
            }
        };
        let Some(groups) = self.groups() else {
            let mut search = search();
            while search.step() {}
            self.extents.passed.fetch_add(search.passed(), Ordering::Relaxed);
            let extent = self.searched(&search, from, asked);
            return (extent, search);
        };
        let inside: Vec<u32> = if opens_only {
            let opened = from.iter().flat_map(|node| self.graph.onward(*node));
            opened
                .filter(|(way, _)| *way == Way::Assumes)
                .map(|(_, to)| to)
                .collect()
        } else {
            from.to_vec()
        };
        let reached = self.reached(groups, &inside);
        // Things where trouble begins are reached already; what has no edges is in no group.
        let begins: HashSet<u32> = from.iter().copied().collect();
        let left_out = || {
            begins
                .iter()
                .copied()
                .filter(|node| !opens_only && groups.has(&reached.extent, *node))
        };
        let mut by_kind = reached.by_kind.clone();
        for (kind, count) in self.count_kinds(left_out()) {
            if let Some(all) = by_kind.get_mut(&kind) {
                *all -= count;
            }
        }
        by_kind.retain(|_, count| *count > 0);
        let things = reached.count - left_out().count();
        let is_reached = |node: &u32| begins.contains(node) || groups.has(&reached.extent, *node);
        let extent = Extent {
            things: things as u64,
            by_kind,
            reached: asked.iter().copied().filter(is_reached).collect(),
        };
        (extent, search().of_total(things))
    }

    /// The groups, once they are worth finding.
    fn groups(&self) -> Option<&Groups> {
        let is_worth_it = self.extents.passed.load(Ordering::Relaxed) >= self.graph.edges();
        is_worth_it.then(|| {
            self.extents
                .groups
                .get_or_init(|| Groups::of(&self.graph, Ways::HARM))
        })
    }

    fn searched(&self, search: &Search<'_>, from: &[u32], asked: &[u32]) -> Extent {
        let begins: HashSet<u32> = from.iter().copied().collect();
        let is_reached = |node: &u32| begins.contains(node) || search.has(*node);
        let spread = search.spread();
        let reached = spread.levels.iter().skip(1).flatten().map(|reached| reached.node);
        Extent {
            things: spread.count() as u64,
            by_kind: self.count_kinds(reached).into_iter().collect(),
            reached: asked.iter().copied().filter(is_reached).collect(),
        }
    }

    fn reached(&self, groups: &Groups, from: &[u32]) -> Arc<Reached> {
        let start = groups.of_things(from);
        let known = || self.extents.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().by_start.get(&start) {
            return Arc::clone(found);
        }
        let extent = groups.reached(&self.graph, &start);
        let found = Arc::new(Reached {
            count: groups.things(&extent).count(),
            by_kind: self.count_kinds(groups.things(&extent)).into_iter().collect(),
            extent,
        });
        let bytes = found.extent.bytes() + 4 * start.len() + 256;
        let mut known = known();
        if known.bytes + bytes > MOST {
            *known = Known::default();
        }
        known.bytes += bytes;
        known.by_start.insert(start, Arc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_ledger::graph::Graph;
    use proptest::prelude::*;

    fn view(edges: &[(i64, usize, i64)]) -> View {
        let mut graph = Graph::default();
        for (source, kind, target) in edges {
            let kind = ["reaches", "assumes", "exposes"][*kind].parse().unwrap();
            graph.add(*source, kind, *target).unwrap();
        }
        graph.settle().unwrap();
        View {
            graph,
            kinds: (0..12).map(|node| node % 3).collect(),
            words: ["host", "repo", "image"].map(str::to_owned).to_vec(),
            ..View::default()
        }
    }

    proptest! {
        #[test]
        fn groups_tell_what_a_whole_search_tells(
            edges in proptest::collection::btree_set((0_i64..12, 0_usize..3, 0_i64..12), 1..40),
            from in proptest::collection::vec(0_u32..14, 1..4),
            opens_only: bool,
        ) {
            let edges: Vec<_> = edges.into_iter().collect();
            let (whole, grouped) = (view(&edges), view(&edges));
            grouped.extents.passed.store(u64::MAX, Ordering::Relaxed);
            prop_assert!(whole.groups().is_none());
            let asked: Vec<u32> = (0..14).collect();
            let (told, search) = whole.extent(&from, opens_only, &asked);
            for _ in 0..2 {
                let (again, mut further) = grouped.extent(&from, opens_only, &asked);
                prop_assert_eq!(&again, &told);
                while further.step() {}
                prop_assert_eq!(further.spread(), search.spread());
            }
        }
    }

    #[test]
    fn groups_are_found_when_questions_went_over_as_many_edges_as_there_are() {
        let view = view(&[(1, 0, 2), (2, 0, 3), (3, 0, 1), (4, 0, 1)]);
        view.extent(&[1], false, &[]);
        assert!(view.groups().is_none());
        view.extent(&[1], false, &[]);
        assert!(view.groups().is_some());
        let (extent, search) = view.extent(&[4], false, &[3, 5]);
        assert_eq!((extent.things, extent.reached), (3, vec![3]));
        assert_eq!(search.passed(), 0);
    }
}
