//! How somebody gets from the outside to the data.
//!
//! In: where one gets in, what is worth getting to, and how grave what is open on each thing is. Out: for each of what can be got to the most
//! probable path, the part of the graph that paths lead through, laid out in layers, and the edges that are best cut.
//!
//! A step onto a thing succeeds with a chance that depends on the most urgent open finding of the thing and of what it is made from:
//! [`chance`]. These chances put paths in order; they foretell nothing. Taking on an identity, and being where a host is, asks for no weakness.

use super::flow::{self, Net};
use super::layout::{self, Place};
use super::spread;
use super::{Graph, Way, Ways};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Things that are looked at, at most, the most probable first.
const LOOKED_AT: usize = 50_000;
/// Edges that are looked at, at most.
const PASSED: usize = 1_000_000;
/// Things that are shown.
pub const SHOWN: usize = 150;
/// Edges that are shown.
const SHOWN_STEPS: usize = 600;
/// Paths that are told one by one.
const TOLD: usize = 20;
/// Steps between a thing and what it is made from whose findings count for it.
const MADE_FROM: usize = 4;

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The edges.
    pub graph: &'a Graph,
    /// Where one gets in from the internet. What is open to everybody counts as got into; the rest has to be got into.
    pub entries: &'a [Entry],
    /// What is worth getting to.
    pub targets: &'a HashSet<u32>,
    /// The most urgent decision among what is open, by thing: 0 for defer to 3 for immediate.
    pub open: &'a [(u32, u8)],
}

/// Where one gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The thing.
    pub node: u32,
    /// Whether a weakness is needed to get into it: not into an address that answers everybody.
    pub needs_weakness: bool,
}

/// What is answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paths {
    /// Things on paths, as far as they are shown, and where to draw them.
    pub nodes: Vec<Shown>,
    /// Steps between them.
    pub steps: Vec<Step>,
    /// The most probable path to each target, the most probable first; at most 20.
    pub routes: Vec<Route>,
    /// Edges to cut, the one that protects most targets by itself first.
    pub cuts: Vec<Cut>,
    /// How many edges the smallest set that protects all targets has; none where it is larger than 64, or a target is open itself.
    pub smallest: Option<usize>,
    /// Targets that can be got to.
    pub targets: usize,
    /// Things on paths, those that are not shown included.
    pub on_paths: usize,
    /// Whether the search was ended by its bounds: what is counted is then a part.
    pub is_cut: bool,
}

/// A thing on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub node: u32,
    /// Where to draw it.
    pub place: Place,
    /// Whether one gets in here.
    pub is_entry: bool,
    /// Whether it is worth getting to.
    pub is_target: bool,
    /// The most urgent decision among what is open on it and on what it is made from.
    pub weakness: Option<u8>,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// From here.
    pub from: u32,
    /// To there.
    pub to: u32,
    /// In this way.
    pub way: Way,
    /// The chance that it succeeds, 0 to 1.
    pub chance: f64,
    /// Whether one of the paths that are told takes it.
    pub is_told: bool,
}

/// A path.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The chance that all of it succeeds, 0 to 1.
    pub chance: f64,
    /// Things, and how each is got to; none for where one gets in.
    pub nodes: Vec<(u32, Option<Way>)>,
}

/// An edge to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// From here.
    pub from: u32,
    /// To there.
    pub to: u32,
    /// In this way.
    pub way: Way,
    /// Targets that cannot be got to any more once this edge alone is cut.
    pub protects: usize,
    /// Whether it belongs to the smallest set that protects all of them.
    pub in_smallest: bool,
}

/// The chance that a step onto a thing succeeds, by the most urgent decision among what is open on it, 0 for defer to 3 for immediate.
#[must_use]
pub const fn chance(weakness: Option<u8>) -> f64 {
    match weakness {
        Some(3..) => 0.8,
        Some(2) => 0.5,
        Some(1) => 0.2,
        Some(0) => 0.05,
        None => 0.01,
    }
}

/// The chance of a step that asks for no weakness.
const GIVEN: f64 = 0.9;

fn chance_of(way: Way, weakness: Option<u8>) -> f64 {
    match way {
        Way::Assumes | Way::RunsOn => GIVEN,
        _ => chance(weakness),
    }
}

/// Millionths of a nat: whole numbers, so that two runs agree.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "chances lie between 0.01 and 1"
)]
fn cost(chance: f64) -> u64 {
    (-chance.ln() * 1e6).round() as u64
}

#[allow(clippy::cast_precision_loss, reason = "no path costs that much")]
fn chance_from(cost: u64) -> f64 {
    (-(cost as f64) / 1e6).exp()
}

/// Answers.
#[must_use]
pub fn paths(question: &Question<'_>) -> Paths {
    let weakness = weaknesses(question.graph, question.open);
    let search = Search::from_entries(question, &weakness);
    let mut targets: Vec<(u64, u32)> = question
        .targets
        .iter()
        .filter_map(|target| search.best.get(target).map(|best| (best.cost, *target)))
        .collect();
    targets.sort_unstable();
    let core = Core::of(&search, &targets);
    let routes: Vec<Route> = targets
        .iter()
        .take(TOLD)
        .map(|(cost, target)| Route {
            chance: chance_from(*cost),
            nodes: search.route_to(*target),
        })
        .collect();
    let told: HashSet<(u32, u32, Way)> = routes.iter().flat_map(|route| steps_of(&route.nodes)).collect();
    let (cuts, smallest) = cuts(question, &core, &targets, &told);
    let (nodes, steps) = shown(question, &weakness, &search, (&core, &routes), &told);
    Paths {
        nodes,
        steps,
        cuts,
        smallest,
        targets: targets.len(),
        on_paths: core.through.len(),
        is_cut: search.is_cut,
        routes,
    }
}

fn steps_of(nodes: &[(u32, Option<Way>)]) -> impl Iterator<Item = (u32, u32, Way)> + '_ {
    nodes
        .iter()
        .zip(nodes.iter().skip(1))
        .filter_map(|(from, to)| Some((from.0, to.0, to.1?)))
}

/// The most urgent decision among what is open on each thing and on what it is made from.
fn weaknesses(graph: &Graph, open: &[(u32, u8)]) -> HashMap<u32, u8> {
    let mut all = HashMap::new();
    for decision in (0..=3).rev() {
        let nodes: Vec<u32> = open
            .iter()
            .filter(|(_, own)| (*own).min(3) == decision)
            .map(|(node, _)| *node)
            .collect();
        let mut search = spread::Search::new(graph, &nodes, Ways::MAKE);
        for _ in 0..MADE_FROM {
            if !search.step() {
                break;
            }
        }
        for reached in search.spread().levels.iter().flatten() {
            all.entry(reached.node).or_insert(decision);
        }
    }
    all
}

#[derive(Debug, Clone, Copy)]
struct Best {
    cost: u64,
    by: Option<(u32, Way)>,
}

/// A step that was looked at.
#[derive(Debug, Clone, Copy)]
struct Passed {
    from: u32,
    to: u32,
    way: Way,
    cost: u64,
}

/// What one gets to, and by which steps.
struct Search {
    best: HashMap<u32, Best>,
    passed: Vec<Passed>,
    is_cut: bool,
}

impl Search {
    fn from_entries(question: &Question<'_>, weakness: &HashMap<u32, u8>) -> Self {
        let mut search = Self {
            best: HashMap::new(),
            passed: Vec::new(),
            is_cut: false,
        };
        let mut open: HashMap<u32, Best> = HashMap::new();
        let mut queue = BinaryHeap::new();
        for entry in question.entries {
            let needed = if entry.needs_weakness {
                cost(chance(weakness.get(&entry.node).copied()))
            } else {
                0
            };
            let known = open.get(&entry.node).map_or(u64::MAX, |best| best.cost);
            if needed < known {
                open.insert(
                    entry.node,
                    Best {
                        cost: needed,
                        by: None,
                    },
                );
                queue.push(Reverse((needed, entry.node)));
            }
        }
        while let Some(Reverse((reached, node))) = queue.pop() {
            let Some(best) = open.get(&node).copied().filter(|best| best.cost == reached) else {
                continue;
            };
            if search.best.contains_key(&node) {
                continue;
            }
            if search.best.len() >= LOOKED_AT || search.passed.len() >= PASSED {
                search.is_cut = true;
                break;
            }
            search.best.insert(node, best);
            for (way, to) in question.graph.onward(node) {
                if !Ways::MOVE.has(way) || to == node {
                    continue;
                }
                let step = cost(chance_of(way, weakness.get(&to).copied()));
                search.passed.push(Passed {
                    from: node,
                    to,
                    way,
                    cost: step,
                });
                let total = reached + step;
                if open.get(&to).is_none_or(|known| total < known.cost) {
                    open.insert(
                        to,
                        Best {
                            cost: total,
                            by: Some((node, way)),
                        },
                    );
                    queue.push(Reverse((total, to)));
                }
            }
        }
        let best = &search.best;
        search.passed.retain(|passed| best.contains_key(&passed.to));
        search
    }

    fn route_to(&self, target: u32) -> Vec<(u32, Option<Way>)> {
        let mut nodes = Vec::new();
        let mut here = Some(target);
        while let Some(node) = here {
            let by = self.best.get(&node).and_then(|best| best.by);
            nodes.push((node, by.map(|(_, way)| way)));
            here = by.map(|(before, _)| before);
        }
        nodes.reverse();
        nodes
    }
}

/// What lies on a path from where one gets in to a target.
struct Core {
    /// The cost of the best path through each thing.
    through: HashMap<u32, u64>,
    /// What is left from each thing to the nearest target.
    left: HashMap<u32, u64>,
    steps: Vec<Passed>,
}

impl Core {
    fn of(search: &Search, targets: &[(u64, u32)]) -> Self {
        let mut into: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        for passed in &search.passed {
            into.entry(passed.to)
                .or_default()
                .push((passed.from, passed.cost));
        }
        let mut left: HashMap<u32, u64> = targets.iter().map(|(_, target)| (*target, 0)).collect();
        let mut queue: BinaryHeap<_> = targets.iter().map(|(_, target)| Reverse((0, *target))).collect();
        while let Some(Reverse((far, node))) = queue.pop() {
            if left.get(&node).is_none_or(|known| *known < far) {
                continue;
            }
            for (before, cost) in into.get(&node).into_iter().flatten() {
                let total = far + cost;
                if left.get(before).is_none_or(|known| total < *known) {
                    left.insert(*before, total);
                    queue.push(Reverse((total, *before)));
                }
            }
        }
        let through = left
            .iter()
            .filter_map(|(node, rest)| search.best.get(node).map(|best| (*node, best.cost + rest)))
            .collect();
        let steps = search
            .passed
            .iter()
            .filter(|passed| left.contains_key(&passed.to) && left.contains_key(&passed.from))
            .copied()
            .collect();
        Self { through, left, steps }
    }
}

/// Edges to cut, and how many the smallest set has.
fn cuts(
    question: &Question<'_>,
    core: &Core,
    targets: &[(u64, u32)],
    told: &HashSet<(u32, u32, Way)>,
) -> (Vec<Cut>, Option<usize>) {
    let entries: Vec<u32> = question
        .entries
        .iter()
        .map(|entry| entry.node)
        .filter(|node| core.through.contains_key(node))
        .collect();
    let open: HashSet<u32> = entries.iter().copied().collect();
    let behind: Vec<u32> = targets
        .iter()
        .map(|(_, target)| *target)
        .filter(|target| !open.contains(target))
        .collect();
    let steps = core.steps.iter().map(|step| (step.from, step.to));
    let net = Net::new(steps, &entries, &behind);
    let smallest = net.smallest_cut();
    let in_smallest: HashSet<usize> = smallest.iter().flatten().copied().collect();
    let mut cuts: Vec<Cut> = core
        .steps
        .iter()
        .enumerate()
        .filter(|(at, step)| in_smallest.contains(at) || told.contains(&(step.from, step.to, step.way)))
        .map(|(at, step)| Cut {
            from: step.from,
            to: step.to,
            way: step.way,
            protects: behind.len() - net.reached_without(at),
            in_smallest: in_smallest.contains(&at),
        })
        .filter(|cut| cut.protects > 0 || cut.in_smallest)
        .collect();
    cuts.sort_by_key(|cut| {
        (
            Reverse(cut.protects),
            Reverse(cut.in_smallest),
            cut.from,
            cut.to,
            cut.way,
        )
    });
    cuts.truncate(flow::LARGEST + TOLD);
    let size = smallest
        .filter(|_| behind.len() == targets.len())
        .map(|cut| cut.len());
    (cuts, size.filter(|size| *size > 0))
}

/// What is shown of the paths: first those that are told, then what the most probable of the others lead through.
fn shown(
    question: &Question<'_>,
    weakness: &HashMap<u32, u8>,
    search: &Search,
    (core, routes): (&Core, &[Route]),
    told: &HashSet<(u32, u32, Way)>,
) -> (Vec<Shown>, Vec<Step>) {
    let mut chosen: Vec<u32> = Vec::new();
    let mut is_chosen = HashSet::new();
    let mut choose = |nodes: &[u32]| {
        let new: Vec<u32> = nodes
            .iter()
            .copied()
            .filter(|node| !is_chosen.contains(node))
            .collect();
        if chosen.len() + new.len() <= SHOWN {
            is_chosen.extend(new.iter().copied());
            chosen.extend(new);
        }
    };
    for route in routes {
        choose(&route.nodes.iter().map(|(node, _)| *node).collect::<Vec<_>>());
    }
    let mut rest: Vec<(u64, u64, u32)> = core
        .through
        .iter()
        .map(|(node, cost)| (*cost, search.best.get(node).map_or(0, |best| best.cost), *node))
        .collect();
    rest.sort_unstable();
    for (_, _, node) in rest {
        choose(&[node]);
    }
    let mut steps: Vec<(u64, Passed)> = core
        .steps
        .iter()
        .filter(|step| is_chosen.contains(&step.from) && is_chosen.contains(&step.to))
        .filter_map(|step| {
            let before = search.best.get(&step.from)?.cost;
            Some((before + step.cost + core.left.get(&step.to)?, *step))
        })
        .collect();
    steps.sort_by_key(|(cost, step)| (*cost, step.from, step.to, step.way));
    steps.truncate(SHOWN_STEPS);
    let entries: HashSet<u32> = question.entries.iter().map(|entry| entry.node).collect();
    let pairs: Vec<(u32, u32)> = steps.iter().map(|(_, step)| (step.from, step.to)).collect();
    let places = layout::layers(&chosen, &entries, &pairs);
    let nodes = places
        .iter()
        .map(|(node, place)| Shown {
            node: *node,
            place: *place,
            is_entry: entries.contains(node),
            is_target: question.targets.contains(node),
            weakness: weakness.get(node).copied(),
        })
        .collect();
    let is_placed: HashSet<u32> = places.iter().map(|(node, _)| *node).collect();
    let steps = steps
        .into_iter()
        .filter(|(_, step)| is_placed.contains(&step.from) && is_placed.contains(&step.to))
        .map(|(_, step)| Step {
            from: step.from,
            to: step.to,
            way: step.way,
            chance: chance_from(step.cost),
            is_told: told.contains(&(step.from, step.to, step.way)),
        })
        .collect();
    (nodes, steps)
}

#[cfg(test)]
#[path = "attack_tests.rs"]
mod tests;
