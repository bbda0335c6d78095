//! By which way a component came into a bill of materials: from what the project asks for itself, through what depends on what.

use std::collections::{HashMap, HashSet, VecDeque};

/// The dependencies of one bill of materials.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    asked_by: HashMap<i64, Vec<i64>>,
    roots: HashSet<i64>,
    members: HashSet<i64>,
}

/// The ways to one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// How many components that the project asks for lead to it; itself, where it is one.
    pub roots: usize,
    /// Shortest ways from some of them, the shortest first: each from what is asked for to the component.
    pub paths: Vec<Vec<i64>>,
}

impl Dependencies {
    /// Of the members of a bill: number, whether the project itself asks for it, and numbers of what it depends on. What nothing
    /// depends on, and what nobody says more of, is asked for by the project.
    pub fn of<'a>(members: impl IntoIterator<Item = (i64, Option<bool>, &'a [i64])>) -> Self {
        let mut all = Self::default();
        let mut maybe = Vec::new();
        for (member, direct, depends_on) in members {
            all.members.insert(member);
            match direct {
                Some(true) => {
                    all.roots.insert(member);
                }
                Some(false) | None => maybe.push(member),
            }
            for other in depends_on.iter().filter(|other| **other != member) {
                all.asked_by.entry(*other).or_default().push(member);
            }
        }
        for asked_by in all.asked_by.values_mut() {
            asked_by.sort_unstable();
            asked_by.dedup();
        }
        maybe.retain(|member| !all.asked_by.contains_key(member));
        all.roots.extend(maybe);
        all
    }

    /// Whether a component is in the bill.
    #[must_use]
    pub fn has(&self, component: i64) -> bool {
        self.members.contains(&component)
    }

    /// The ways to a component, at most `most` of them.
    #[must_use]
    pub fn ways_to(&self, component: i64, most: usize) -> WaysIn {
        let mut ways = WaysIn::default();
        let mut onward: HashMap<i64, Option<i64>> = HashMap::from([(component, None)]);
        let mut queue = VecDeque::from([component]);
        while let Some(here) = queue.pop_front() {
            if self.roots.contains(&here) {
                ways.roots += 1;
                if ways.paths.len() < most {
                    let steps = std::iter::successors(Some(here), |node| onward.get(node).copied().flatten());
                    ways.paths.push(steps.collect());
                }
            }
            for before in self.asked_by.get(&here).into_iter().flatten() {
                if !onward.contains_key(before) {
                    onward.insert(*before, Some(here));
                    queue.push_back(*before);
                }
            }
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_begin_with_what_the_project_asks_for_and_the_shortest_comes_first() {
        let deps = Dependencies::of([
            (1, Some(true), &[3_i64][..]),
            (2, Some(true), &[4]),
            (3, Some(false), &[4]),
            (4, Some(false), &[3, 4]),
            (5, None, &[4]),
        ]);
        let ways = deps.ways_to(4, 2);
        assert_eq!(ways.roots, 3);
        assert_eq!(ways.paths, [vec![2, 4], vec![5, 4]]);
        assert_eq!(deps.ways_to(4, 9).paths[2], [1, 3, 4]);
        assert_eq!(deps.ways_to(1, 9).paths, [[1]]);
        assert!(deps.has(5) && !deps.has(6));
        assert_eq!(deps.ways_to(6, 9), WaysIn::default());
    }

    #[test]
    fn what_depends_on_itself_in_a_circle_that_nobody_asks_for_has_no_way_in() {
        let deps = Dependencies::of([(1, None, &[2_i64][..]), (2, None, &[1])]);
        assert_eq!(deps.ways_to(1, 9), WaysIn::default());
    }
}
