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

    /// One more than the highest number of a thing that has edges.
    #[must_use]
    pub fn span(&self) -> usize {
        let entries = self.entries.iter().chain(self.beside.values().flatten());
        let targets = entries.filter(|entry| **entry != GAP).map(|entry| entry & NODE);
        let highest = targets.chain(self.beside.keys().copied()).max();
        self.nodes()
            .max(highest.map_or(0, |highest| highest as usize + 1))
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

    /// Makes one run of everything: what is in the run is copied, and what came later put behind it, thing by thing.
    fn pack(&mut self) -> Result<(), TooLarge> {
        let (beside, told) = (std::mem::take(&mut self.beside), std::mem::take(&mut self.told));
        self.beside_count = 0;
        let of_beside = beside
            .iter()
            .flat_map(|(from, of)| of.iter().map(|entry| (*from, *entry)));
        let later = || {
            of_beside
                .clone()
                .chain(told.iter().copied())
                .filter(|(_, entry)| *entry != GAP)
        };
        let highest = later().map(|(from, _)| from as usize + 1).max().unwrap_or(0);
        let highest = highest.max(self.nodes());
        // How many come later for each thing; then where the next of them goes.
        let mut next = vec![0_u32; highest];
        for (from, _) in later() {
            if let Some(count) = next.get_mut(from as usize) {
                *count = count.checked_add(1).ok_or(TooLarge)?;
            }
        }
        let mut run = Vec::with_capacity(self.entries.len() + told.len());
        let mut starts = Vec::with_capacity(highest + 1);
        for (from, next) in (0_u32..).zip(&mut next) {
            starts.push(u32::try_from(run.len()).map_err(|_| TooLarge)?);
            let known = self.entries.get(self.packed(from)).unwrap_or_default();
            if known.contains(&GAP) {
                run.extend(known.iter().filter(|entry| **entry != GAP));
            } else {
                run.extend_from_slice(known);
            }
            let count = *next as usize;
            *next = u32::try_from(run.len()).map_err(|_| TooLarge)?;
            run.resize(run.len() + count, GAP);
        }
        starts.push(u32::try_from(run.len()).map_err(|_| TooLarge)?);
        for (from, entry) in later() {
            if let Some(at) = next.get_mut(from as usize) {
                if let Some(place) = run.get_mut(*at as usize) {
                    *place = entry;
                }
                *at += 1;
            }
        }
        self.starts = starts;
        self.entries = run;
        Ok(())
    }

    /// The same as bytes, for [`Graph::decode`]: numbers of four bytes, the lowest first.
    ///
    /// # Errors
    /// When there are more edges than are kept.
    pub fn encode(&mut self, out: &mut Vec<u8>) -> Result<(), TooLarge> {
        if self.beside_count > 0 || !self.told.is_empty() {
            self.pack()?;
        }
        out.reserve(4 * (self.starts.len() + self.entries.len()) + 16);
        out.extend_from_slice(&self.edges.to_le_bytes());
        for numbers in [&self.starts, &self.entries] {
            let count = u32::try_from(numbers.len()).map_err(|_| TooLarge)?;
            out.extend_from_slice(&count.to_le_bytes());
            out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Ok(())
    }

    /// The graph at the start of these bytes, and what stands behind it; none where they are no graph.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (edges, rest) = bytes.split_first_chunk()?;
        let (starts, rest) = numbers(rest)?;
        let (entries, rest) = numbers(rest)?;
        starts.is_sorted().then_some(())?;
        let graph = Self {
            starts,
            entries,
            edges: u64::from_le_bytes(*edges),
            ..Self::default()
        };
        Some((graph, rest))
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

fn numbers(bytes: &[u8]) -> Option<(Vec<u32>, &[u8])> {
    let (count, rest) = bytes.split_first_chunk()?;
    let length = (u32::from_le_bytes(*count) as usize).checked_mul(4)?;
    let (numbers, rest) = rest.split_at_checked(length)?;
    let (numbers, _) = numbers.as_chunks();
    Some((
        numbers.iter().map(|four| u32::from_le_bytes(*four)).collect(),
        rest,
    ))
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
            prop_assert_eq!(all(&graph), expected.clone());
            prop_assert_eq!(graph.edges(), there.len() as u64);
            let mut bytes = Vec::new();
            graph.encode(&mut bytes).unwrap();
            bytes.push(7);
            let (read, rest) = Graph::decode(&bytes).unwrap();
            prop_assert_eq!(all(&read), expected);
            prop_assert_eq!(read.edges(), there.len() as u64);
            prop_assert_eq!(rest, [7]);
        }

        #[test]
        fn bytes_that_are_no_graph_give_none_or_one_that_can_be_followed(
            head in proptest::collection::vec(0_u8..6, 0..40),
            tail in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            if let Some((mut graph, _)) = Graph::decode(&[head, tail].concat()) {
                let _ = all(&graph);
                let _ = graph.add(1, KINDS[0].parse().unwrap(), 2);
                let _ = graph.pack();
            }
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
