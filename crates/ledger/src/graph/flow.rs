//! Which edges to cut: what each protects by itself, and the smallest set that protects everything (the cut that is as small as the flow
//! is large, <https://en.wikipedia.org/wiki/Max-flow_min-cut_theorem>, found by augmenting along shortest ways).

use std::collections::{HashMap, HashSet, VecDeque};

/// The largest set of edges that is looked for.
pub(super) const LARGEST: usize = 64;

/// Steps between things, from where one gets in to the targets.
pub(super) struct Net {
    /// Of each step: from and to, by place.
    steps: Vec<(usize, usize)>,
    out: Vec<Vec<usize>>,
    into: Vec<Vec<usize>>,
    entries: Vec<usize>,
    targets: HashSet<usize>,
}

impl Net {
    pub(super) fn new(steps: impl Iterator<Item = (u32, u32)>, entries: &[u32], targets: &[u32]) -> Self {
        let mut places: HashMap<u32, usize> = HashMap::new();
        let mut place = |node: u32| {
            let next = places.len();
            *places.entry(node).or_insert(next)
        };
        let entries: Vec<usize> = entries.iter().map(|node| place(*node)).collect();
        let targets: HashSet<usize> = targets.iter().map(|node| place(*node)).collect();
        let steps: Vec<(usize, usize)> = steps.map(|(from, to)| (place(from), place(to))).collect();
        let (mut out, mut into) = (vec![Vec::new(); places.len()], vec![Vec::new(); places.len()]);
        for (at, (from, to)) in steps.iter().enumerate() {
            if let Some(list) = out.get_mut(*from) {
                list.push(at);
            }
            if let Some(list) = into.get_mut(*to) {
                list.push(at);
            }
        }
        Self {
            steps,
            out,
            into,
            entries,
            targets,
        }
    }

    /// How many targets are got to without a step.
    pub(super) fn reached_without(&self, without: usize) -> usize {
        let mut seen = vec![false; self.out.len()];
        let mut stack = self.entries.clone();
        let mut reached = 0;
        while let Some(node) = stack.pop() {
            match seen.get_mut(node) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            reached += usize::from(self.targets.contains(&node));
            for at in self
                .out
                .get(node)
                .into_iter()
                .flatten()
                .filter(|at| **at != without)
            {
                stack.extend(self.steps.get(*at).map(|(_, to)| *to));
            }
        }
        reached
    }

    /// Steps that together keep everybody from all targets, as few as can be; none where more than [`LARGEST`] are needed.
    pub(super) fn smallest_cut(&self) -> Option<Vec<usize>> {
        let mut used = vec![false; self.steps.len()];
        let mut ways = 0;
        loop {
            let (by, found) = self.search(&used);
            let Some(target) = found else {
                let is_here = |node: &usize| by.get(*node).is_some_and(Option::is_some);
                let crossing = |(_, (from, to)): &(usize, &(usize, usize))| is_here(from) && !is_here(to);
                return Some(
                    self.steps
                        .iter()
                        .enumerate()
                        .filter(crossing)
                        .map(|(at, _)| at)
                        .collect(),
                );
            };
            ways += 1;
            if ways > LARGEST {
                return None;
            }
            let mut here = target;
            while let Some(Some(By::Step { at, from })) = by.get(here) {
                if let Some(used) = used.get_mut(*at) {
                    *used = !*used;
                }
                here = *from;
            }
        }
    }

    /// What can still be got to, and how; and a target among it.
    fn search(&self, used: &[bool]) -> (Vec<Option<By>>, Option<usize>) {
        let mut by: Vec<Option<By>> = vec![None; self.out.len()];
        let mut queue = VecDeque::new();
        for entry in &self.entries {
            if let Some(by) = by.get_mut(*entry) {
                *by = Some(By::Entry);
                queue.push_back(*entry);
            }
        }
        while let Some(node) = queue.pop_front() {
            if self.targets.contains(&node) {
                return (by, Some(node));
            }
            let is_used = |at: &&usize| used.get(**at).copied().unwrap_or(false);
            let onward = self.out.get(node).into_iter().flatten().filter(|at| !is_used(at));
            let onward = onward.filter_map(|at| self.steps.get(*at).map(|step| (*at, step.1)));
            // What one way took is given back by going against it.
            let back = self.into.get(node).into_iter().flatten().filter(is_used);
            let back = back.filter_map(|at| self.steps.get(*at).map(|step| (*at, step.0)));
            for (at, next) in onward.chain(back) {
                if let Some(unseen @ None) = by.get_mut(next) {
                    *unseen = Some(By::Step { at, from: node });
                    queue.push_back(next);
                }
            }
        }
        (by, None)
    }
}

#[derive(Debug, Clone, Copy)]
enum By {
    Entry,
    Step { at: usize, from: usize },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reached(steps: &[(u32, u32)], without: &HashSet<usize>, targets: &[u32]) -> usize {
        let left = steps
            .iter()
            .enumerate()
            .filter(|(at, _)| !without.contains(at))
            .map(|(_, step)| *step);
        Net::new(left, &[0], targets).reached_without(usize::MAX)
    }

    proptest! {
        #[test]
        fn the_smallest_cut_protects_everything_and_nothing_smaller_does(
            steps in proptest::collection::vec((0_u32..5, 0_u32..5), 0..9)
        ) {
            let targets = [3, 4];
            let cut = Net::new(steps.iter().copied(), &[0], &targets).smallest_cut().unwrap();
            prop_assert_eq!(reached(&steps, &cut.iter().copied().collect(), &targets), 0);
            for choice in 0_u32..1 << steps.len() {
                let some: HashSet<usize> = (0..steps.len()).filter(|at| choice & (1 << at) != 0).collect();
                if some.len() < cut.len() {
                    prop_assert!(reached(&steps, &some, &targets) > 0);
                }
            }
        }
    }
}
