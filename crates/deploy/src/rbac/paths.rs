//! The shortest ways by which a subject becomes others, has the nodes, or takes the cluster.
//!
//! In: the graph. Out: paths, each step with the grants that open it. Ways that need nothing but what roles say come before those that
//! assume something, and of equals the first in the order of manifests.

use super::graph::{Edge, Graph, Have};
use super::permissions::{Grant, Permissions};
use super::power::Power;
use super::subject::Subject;
use super::summary::{Held, Summaries};
use super::way::Way;
use std::collections::VecDeque;

/// What one has in the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything that the administrator of the cluster has.
    Cluster,
    /// The rights of a node.
    Nodes,
    /// What somebody else may do.
    Subject(Subject),
}

/// One step of a path.
#[derive(Debug, Clone)]
pub struct Step<'p> {
    /// What is done.
    pub way: &'static Way,
    /// The grants that allow it.
    pub grants: Vec<Grant<'p>>,
    /// What one has after it.
    pub becomes: Outcome,
}

/// A way from a subject to something that it was not granted.
#[derive(Debug, Clone)]
pub struct Escalation<'p> {
    /// What one has in the end.
    pub outcome: Outcome,
    /// The steps, in order.
    pub steps: Vec<Step<'p>>,
}

impl Escalation<'_> {
    /// What it needs beside the grants, in words; none where nothing.
    #[must_use]
    pub fn assumes(&self) -> Option<&'static str> {
        let mut all = self.steps.iter().map(|step| step.way.assumes);
        all.find(|one| !one.is_empty())
    }
}

/// A power of a subject, where it holds, and the grant.
#[derive(Debug, Clone)]
pub struct PowerOf<'p> {
    /// The power.
    pub power: Power,
    /// The namespace in which it holds; none for the whole cluster.
    pub namespace: Option<&'p str>,
    /// The grant; its rule may be about named objects only.
    pub grant: Grant<'p>,
}

/// Who can become whom.
#[derive(Debug)]
pub struct Escalations<'p> {
    permissions: &'p Permissions,
    summaries: Summaries,
    graph: Graph,
    /// The next edge of each node on its shortest way to the cluster, by nothing but what roles say.
    to_cluster: Vec<Option<usize>>,
}

impl Permissions {
    /// Works out who can become whom.
    #[must_use]
    pub fn escalations(&self) -> Escalations<'_> {
        let graph = Graph::of(self);
        let to_cluster = backwards(&graph, graph.number_of(Have::Cluster));
        Escalations {
            permissions: self,
            summaries: Summaries::of(self),
            graph,
            to_cluster,
        }
    }
}

/// For each node, which of its edges is the first of a shortest way to a goal, edges that assume something left out.
fn backwards(graph: &Graph, goal: u32) -> Vec<Option<usize>> {
    let mut into: Vec<Vec<(u32, usize)>> = vec![Vec::new(); graph.nodes.len()];
    for (from, edges) in (0..).zip(&graph.edges) {
        for (at, edge) in edges.iter().enumerate().filter(|(_, edge)| !edge.assumes) {
            if let Some(into) = into.get_mut(edge.to as usize) {
                into.push((from, at));
            }
        }
    }
    let mut next: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    let mut distance = vec![u32::MAX; graph.nodes.len()];
    let mut open = VecDeque::from([goal]);
    if let Some(zero) = distance.get_mut(goal as usize) {
        *zero = 0;
    }
    while let Some(node) = open.pop_front() {
        let here = distance.get(node as usize).copied().unwrap_or(u32::MAX);
        for (from, at) in into.get(node as usize).into_iter().flatten() {
            let edge = graph.edges.get(*from as usize).and_then(|edges| edges.get(*at));
            let Some(edge) = edge else { continue };
            let cost = u32::from(edge.way.is_some());
            let known = distance.get_mut(*from as usize);
            let Some(known) = known.filter(|known| here + cost < **known) else {
                continue;
            };
            *known = here + cost;
            if let Some(next) = next.get_mut(*from as usize) {
                *next = Some(*at);
            }
            if cost == 0 {
                open.push_front(*from);
            } else {
                open.push_back(*from);
            }
        }
    }
    next
}

impl<'p> Escalations<'p> {
    /// Whether a binding names a subject, or it is an account that was read or that something that was read runs as.
    #[must_use]
    pub fn knows(&self, subject: &Subject) -> bool {
        self.graph.number(subject).is_some()
    }

    /// The permissions that it was worked out from.
    #[must_use]
    pub fn permissions(&self) -> &'p Permissions {
        self.permissions
    }

    /// The shortest way by which a subject takes the cluster, by nothing but what roles and bindings say.
    #[must_use]
    pub fn takes_cluster(&self, subject: &Subject) -> Option<Escalation<'p>> {
        let mut node = self.start(subject)?;
        let mut edges = Vec::new();
        while let Some(at) = self.to_cluster.get(node as usize).copied().flatten() {
            let edge = self.graph.edges.get(node as usize)?.get(at)?;
            edges.push((node, edge));
            node = edge.to;
        }
        (node == self.graph.number_of(Have::Cluster)).then(|| self.path(&edges, Outcome::Cluster))
    }

    /// The node of a subject; that of a group that it is in where no binding names it.
    fn start(&self, subject: &Subject) -> Option<u32> {
        let number = self.graph.number(subject);
        number.or_else(|| subject.groups().iter().find_map(|group| self.graph.number(group)))
    }

    /// Everything that a subject can have that it was not granted, each by its shortest way: the cluster first, then the nodes, then
    /// others in order.
    #[must_use]
    pub fn of(&self, subject: &Subject) -> Vec<Escalation<'p>> {
        let mut found: Vec<Escalation<'p>> = Vec::new();
        for assuming in [false, true] {
            for escalation in self.forwards(subject, assuming) {
                if found.iter().all(|one| one.outcome != escalation.outcome) {
                    found.push(escalation);
                }
            }
        }
        found.sort_by(|one, other| one.outcome.cmp(&other.outcome));
        found
    }

    fn forwards(&self, subject: &Subject, assuming: bool) -> Vec<Escalation<'p>> {
        let Some(start) = self.start(subject) else {
            return Vec::new();
        };
        let mut before: Vec<Option<(u32, usize)>> = vec![None; self.graph.nodes.len()];
        let mut distance = vec![u32::MAX; self.graph.nodes.len()];
        let mut open = VecDeque::from([start]);
        let mut order = Vec::new();
        if let Some(zero) = distance.get_mut(start as usize) {
            *zero = 0;
        }
        while let Some(node) = open.pop_front() {
            let here = distance.get(node as usize).copied().unwrap_or(u32::MAX);
            order.push(node);
            let edges = self.graph.edges.get(node as usize).into_iter().flatten();
            for (at, edge) in edges.enumerate().filter(|(_, edge)| assuming || !edge.assumes) {
                let cost = u32::from(edge.way.is_some());
                let known = distance.get_mut(edge.to as usize);
                let Some(known) = known.filter(|known| here + cost < **known) else {
                    continue;
                };
                *known = here + cost;
                if let Some(before) = before.get_mut(edge.to as usize) {
                    *before = Some((node, at));
                }
                if cost == 0 {
                    open.push_front(edge.to);
                } else {
                    open.push_back(edge.to);
                }
            }
        }
        order.sort_unstable();
        order.dedup();
        let reached = order
            .into_iter()
            .filter(|node| distance.get(*node as usize).is_some_and(|distance| *distance > 0));
        let ends = reached.filter_map(|node| Some((node, self.outcome(node)?)));
        ends.map(|(node, outcome)| {
            let mut edges = Vec::new();
            let mut at = node;
            while let Some((from, number)) = before.get(at as usize).copied().flatten() {
                if let Some(edge) = self
                    .graph
                    .edges
                    .get(from as usize)
                    .and_then(|all| all.get(number))
                {
                    edges.push((from, edge));
                }
                at = from;
            }
            edges.reverse();
            self.path(&edges, outcome)
        })
        .collect()
    }

    fn outcome(&self, node: u32) -> Option<Outcome> {
        match self.graph.nodes.get(node as usize)? {
            Have::Cluster => Some(Outcome::Cluster),
            Have::Nodes => Some(Outcome::Nodes),
            Have::Subject(_) => self.graph.is_subject(node).cloned().map(Outcome::Subject),
            Have::Accounts(_) | Have::AnyAccount | Have::Running(_) | Have::AnyRunning | Have::AnyUser => {
                None
            }
        }
    }

    /// The steps of edges. What one has after a step is the next subject on the way that somebody becomes, not a group that it is in.
    fn path(&self, edges: &[(u32, &Edge)], outcome: Outcome) -> Escalation<'p> {
        let mut steps: Vec<Step<'p>> = Vec::new();
        for (from, edge) in edges {
            if let Some(way) = edge.way {
                let mut grants = edge.grants.clone();
                grants.dedup();
                let grants = grants.into_iter().filter_map(|at| self.permissions.grant(at));
                steps.push(Step {
                    way,
                    grants: grants.collect(),
                    becomes: outcome.clone(),
                });
            }
            let is_member = edge.way.is_none() && self.graph.is_subject(*from).is_some();
            if let (Some(step), Some(becomes), false) = (steps.last_mut(), self.outcome(edge.to), is_member) {
                step.becomes = becomes;
            }
        }
        Escalation { outcome, steps }
    }

    /// The powers that bindings grant a subject by its own name.
    #[must_use]
    pub fn powers(&self, subject: &Subject) -> Vec<PowerOf<'p>> {
        let summary = self.summaries.of_subject(subject);
        let all = summary.powers().into_iter();
        let all = all.flat_map(|(power, held)| held.iter().map(move |one| (power, one)));
        all.filter_map(|(power, held)| self.power(power, held)).collect()
    }

    fn power(&self, power: Power, held: &Held) -> Option<PowerOf<'p>> {
        let grant = self.permissions.grant(held.grant)?;
        Some(PowerOf {
            power,
            namespace: grant.binding.namespace.as_deref(),
            grant,
        })
    }
}
