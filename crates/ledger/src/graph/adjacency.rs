//! All edges of one tenant, packed: four bytes for each way of passing one.
//!
//! What is read at once stands in one run ordered by where it comes from, what comes later beside it, until that is much. Cut edges
//! leave a gap.

use super::{Kind, Way};
use std::collections::HashMap;

/// Bits of the number of a thing in an entry; the way is above them.
const BITS: u32 = 28;
const NODE: u32 = (1 << BITS) - 1;
const GAP: u32 = u32::MAX;

/// Edges beside the run up to which it is not made anew.
const BESIDE: usize = 65_536;

/// There are more things or edges than are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {NODE} things, or more than {} edges, are not kept in memory",
    u32::MAX
)]
pub struct TooLarge;

/// The edges of one tenant.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Where the entries of each thing begin in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<u32>,
    beside: HashMap<u32, Vec<u32>>,
    beside_count: usize,
    /// What was told and is not yet brought in: from where, and the entry.
    told: Vec<(u32, u32)>,
    edges: u64,
}

const fn entry(way: Way, node: u32) -> u32 {
    ((way as u32) << BITS) | node
}

fn node(id: i64) -> Result<u32, TooLarge> {
    u32::try_from(id).ok().filter(|id| *id < NODE).ok_or(TooLarge)
}

impl Graph {
    /// How many edges there are that trouble passes.
    #[must_use]
    pub const fn edges(&self) -> u64 {
        self.edges
    }

    /// One more than the highest number of a thing that may have edges in the packed run.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Bytes that it takes, roughly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * (self.starts.capacity() + self.entries.capacity())
            + 16 * self.beside_count
            + 8 * self.told.capacity()
    }

    /// An edge came. It is seen after [`Graph::settle`].
    ///
    /// # Errors
    /// When a number is higher than is kept.
    pub fn add(&mut self, source: i64, kind: Kind, target: i64) -> Result<(), TooLarge> {
        let (source, target) = (node(source)?, node(target)?);
        for way in kind.0 {
            let (from, to) = if way.is_backwards() {
                (target, source)
            } else {
                (source, target)
            };
            self.told.push((from, entry(*way, to)));
        }
        self.edges += 1;
        Ok(())
    }

    /// An edge was cut.
    ///
    /// # Errors
    /// When a number is higher than is kept.
    pub fn cut(&mut self, source: i64, kind: Kind, target: i64) -> Result<(), TooLarge> {
        self.settle()?;
        let (source, target) = (node(source)?, node(target)?);
        let mut was_there = false;
        for way in kind.0 {
            let (from, to) = if way.is_backwards() {
                (target, source)
            } else {
                (source, target)
            };
            let gone = entry(*way, to);
            let packed = self.packed(from);
            let in_run = self.entries.get_mut(packed).into_iter().flatten();
            let beside = self.beside.get_mut(&from).into_iter().flatten();
            if let Some(place) = in_run.chain(beside).find(|known| **known == gone) {
                *place = GAP;
                was_there = true;
            }
        }
        self.edges -= u64::from(was_there);
        Ok(())
    }

    /// Brings in what was told.
    ///
    /// # Errors
    /// When there are more edges than are kept.
    pub fn settle(&mut self) -> Result<(), TooLarge> {
        if self.told.is_empty() {
            return Ok(());
        }
        let is_first = self.entries.is_empty() && self.told.len() > BESIDE / 16;
        if is_first || self.beside_count + self.told.len() > BESIDE {
            return self.pack();
        }
        for (from, entry) in std::mem::take(&mut self.told) {
            self.beside.entry(from).or_default().push(entry);
            self.beside_count += 1;
        }
        Ok(())
    }

    fn packed(&self, from: u32) -> std::ops::Range<usize> {
        let at = |index: usize| self.starts.get(index).map_or(0, |start| *start as usize);
        let index = from as usize;
        if index + 1 < self.starts.len() {
            at(index)..at(index + 1)
        } else {
            0..0
        }
    }

    /// Makes one run of everything.
    fn pack(&mut self) -> Result<(), TooLarge> {
        let (starts, entries) = (
            std::mem::take(&mut self.starts),
            std::mem::take(&mut self.entries),
        );
        let (beside, told) = (std::mem::take(&mut self.beside), std::mem::take(&mut self.told));
        self.beside_count = 0;
        let of_run = || {
            (0_u32..).zip(starts.windows(2)).flat_map(|(from, bounds)| {
                let bounds = bounds.first().copied().unwrap_or(0) as usize
                    ..bounds.last().copied().unwrap_or(0) as usize;
                entries
                    .get(bounds)
                    .into_iter()
                    .flatten()
                    .map(move |entry| (from, *entry))
            })
        };
        let of_beside = || {
            beside
                .iter()
                .flat_map(|(from, of)| of.iter().map(|entry| (*from, *entry)))
        };
        let all = || {
            of_run()
                .chain(of_beside())
                .chain(told.iter().copied())
                .filter(|(_, entry)| *entry != GAP)
        };
        let highest = all()
            .map(|(from, _)| from)
            .max()
            .map_or(0, |from| from as usize + 1);
        let mut places = vec![0_u32; highest + 1];
        let mut total = 0_u32;
        for (from, _) in all() {
            total = total.checked_add(1).ok_or(TooLarge)?;
            if let Some(place) = places.get_mut(from as usize + 1) {
                *place += 1;
            }
        }
        let mut sum = 0;
        for place in &mut places {
            sum += *place;
            *place = sum;
        }
        let mut run = vec![GAP; total as usize];
        let mut next = places.clone();
        for (from, entry) in all() {
            if let Some(at) = next.get_mut(from as usize) {
                if let Some(place) = run.get_mut(*at as usize) {
                    *place = entry;
                }
                *at += 1;
            }
        }
        self.starts = places;
        self.entries = run;
        Ok(())
    }

    /// What trouble at a thing passes on to, and how.
    pub fn onward(&self, from: u32) -> impl Iterator<Item = (Way, u32)> + '_ {
        let run = self.entries.get(self.packed(from)).unwrap_or_default();
        let beside = self.beside.get(&from).map_or(&[][..], Vec::as_slice);
        run.iter()
            .chain(beside)
            .filter_map(|entry| Some((Way::from_number(entry >> BITS)?, entry & NODE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const KINDS: [&str; 4] = ["contains", "exposes", "reaches", "runs_on"];

    fn all(graph: &Graph) -> BTreeSet<(u32, Way, u32)> {
        (0..8)
            .flat_map(|from| graph.onward(from).map(move |(way, to)| (from, way, to)))
            .collect()
    }

    proptest! {
        #[test]
        fn edges_that_came_and_were_not_cut_are_there_however_they_are_kept(
            changes in proptest::collection::vec((any::<bool>(), 0_i64..8, 0_usize..4, 0_i64..8, any::<bool>()), 0..80)
        ) {
            let mut graph = Graph::default();
            let mut there = BTreeSet::new();
            for (comes, source, kind, target, packs) in changes {
                let word: Kind = KINDS[kind].parse().unwrap();
                let edge = (source, kind, target);
                if comes && there.insert(edge) {
                    graph.add(source, word, target).unwrap();
                } else if !comes {
                    there.remove(&edge);
                    graph.cut(source, word, target).unwrap();
                }
                if packs {
                    graph.pack().unwrap();
                } else {
                    graph.settle().unwrap();
                }
            }
            let expected: BTreeSet<_> = there
                .iter()
                .flat_map(|(source, kind, target)| {
                    let (source, target) = (*source as u32, *target as u32);
                    KINDS[*kind].parse::<Kind>().unwrap().0.iter().map(move |way| {
                        if way.is_backwards() { (target, *way, source) } else { (source, *way, target) }
                    })
                })
                .collect();
            prop_assert_eq!(all(&graph), expected);
            prop_assert_eq!(graph.edges(), there.len() as u64);
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        let mut graph = Graph::default();
        let kind: Kind = "reaches".parse().unwrap();
        assert_eq!(graph.add(1, kind, 1 << 28), Err(TooLarge));
        assert_eq!(graph.add(-1, kind, 1), Err(TooLarge));
    }
}
