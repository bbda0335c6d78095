//! Pods in classes: those of one class are in the same policies, in the same rules, and serve the same ports by name.
//!
//! However many pods there are, policies are only asked about pairs of classes.

use super::address::{Range, pieces};
use super::cluster::{ContainerPort, Kind, Look, Manifests};
use super::policy::{Entity, Namespaces, Peer, Pods, Policy, Port, Rule};
use super::pool::{Id, Pool};
use super::ports::{Connections, Ports, Protocol};
use super::selector::{Labels, Selector};
use super::{Action, Direction};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A class of pods, or a piece of the addresses outside: classes first, then pieces.
pub(super) type Member = u32;

/// Most pairs of a rule or of a class of pods with a member, in each direction: four bytes each.
const CELLS: usize = 1 << 28;

/// There are too many different pods, policies and blocks of addresses to be held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{rows} different rules or groups of pods meet {members} different groups of pods and addresses, and at most {CELLS} pairs of them are held in memory"
)]
pub struct TooLarge {
    rows: usize,
    members: usize,
}

impl TooLarge {
    /// Refuses so many rows of members where they would not fit into memory.
    pub(super) fn unless_held(rows: usize, members: usize) -> Result<(), Self> {
        match rows.checked_mul(members) {
            Some(cells) if cells <= CELLS => Ok(()),
            _ => Err(Self { rows, members }),
        }
    }
}

/// What classes are made by beside policies of the network.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Looks with different numbers are never of one class; none where all are alike.
    pub(super) sorts: Vec<u32>,
    /// Blocks of addresses that those outside who connect are cut by.
    pub(super) sources: Vec<Range>,
}

/// A policy in terms of members.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Classes that it governs.
    pub(super) subject: Vec<Member>,
    pub(super) ingress: Option<Vec<CompiledRule>>,
    pub(super) egress: Option<Vec<CompiledRule>>,
}

/// A rule in terms of members.
#[derive(Debug)]
pub(super) struct CompiledRule {
    pub(super) action: Action,
    /// In ascending order.
    pub(super) members: Vec<Member>,
    /// Connections that need no name.
    numbered: Id,
    named: Vec<(Option<Protocol>, Box<str>)>,
}

/// Classes of pods.
#[derive(Debug)]
pub(super) struct Classes {
    /// The class of each look.
    pub(super) of: Vec<Member>,
    /// Ports with names that rules use, of each class.
    pub(super) ports: Vec<Vec<ContainerPort>>,
    /// The addresses outside, cut by the rules on connections from them.
    pub(super) sources: Vec<Range>,
    /// The addresses outside, cut by the rules on connections to them.
    pub(super) destinations: Vec<Range>,
    /// As the policies they come from.
    pub(super) policies: Vec<Compiled>,
    /// Classes of what policies name and is in no manifest.
    entities: BTreeMap<Entity, Vec<Member>>,
}

impl Compiled {
    pub(super) fn rules(&self, direction: Direction) -> Option<&[CompiledRule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

impl CompiledRule {
    /// The connections it names, where these are the named ports of the destination.
    pub(super) fn connections(&self, ports: &[ContainerPort], pool: &mut Pool) -> Id {
        let mut id = self.numbered;
        for (protocol, name) in &self.named {
            let port = ports
                .iter()
                .find(|port| port.name == *name && protocol.is_none_or(|protocol| protocol == port.protocol));
            if let Some(port) = port {
                let one = Connections::of(port.protocol, Ports::range(port.number, port.number));
                let one = pool.id(one);
                id = pool.union(id, one);
            }
        }
        id
    }

    pub(super) fn has_names(&self) -> bool {
        !self.named.is_empty()
    }
}

impl Classes {
    /// How many classes there are; the first piece of addresses has this number.
    pub(super) fn count(&self) -> Member {
        Member::try_from(self.ports.len()).unwrap_or(Member::MAX)
    }

    /// Sorts looks into classes; `looks` may be more than those of the manifests.
    ///
    /// # Errors
    ///
    /// Where the rules would name more members than [`CELLS`].
    pub(super) fn new(
        manifests: &Manifests,
        policies: &[Policy],
        looks: &[Look],
        beside: &Beside,
        pool: &mut Pool,
    ) -> Result<Self, TooLarge> {
        let index = Index::new(manifests, looks);
        let mut seen: Vec<Vec<u32>> = vec![Vec::new(); looks.len()];
        let mut selected = Vec::new();
        let mut next = 0;
        for policy in policies {
            let mut see = |pods: &Pods| {
                let found = index.select(pods);
                for look in &found {
                    if let Some(marks) = seen.get_mut(*look as usize) {
                        marks.push(next);
                    }
                }
                next += 1;
                selected.push(found);
            };
            each_pods(policy, &mut see);
        }
        let names = names(policies);
        let mut known: HashMap<(Vec<u32>, Vec<ContainerPort>, u32), Member> = HashMap::new();
        let (mut of, mut ports) = (Vec::with_capacity(looks.len()), Vec::new());
        let mut entities: BTreeMap<Entity, Vec<Member>> = BTreeMap::new();
        for (at, (look, marks)) in looks.iter().zip(seen).enumerate() {
            let used = look.ports.iter().filter(|port| names.contains(&port.name));
            let used: Vec<ContainerPort> = used.cloned().collect();
            let sort = beside.sorts.get(at).copied().unwrap_or_default();
            let class = *known
                .entry((marks, used, sort))
                .or_insert_with_key(|(_, used, _)| {
                    ports.push(used.clone());
                    Member::try_from(ports.len() - 1).unwrap_or(Member::MAX)
                });
            of.push(class);
            let named = match look.kind {
                Kind::Entity(entity) => Some(entity),
                Kind::Controller => Some(Entity::Controllers),
                Kind::Pod if look.on_host => Some(Entity::OnHost),
                Kind::Pod => None,
            };
            if let Some(named) = named {
                entities.entry(named).or_default().push(class);
            }
        }
        let mut classes = Self {
            of,
            ports,
            sources: pieces(blocks(policies, Direction::Ingress).chain(&beside.sources)),
            destinations: pieces(blocks(policies, Direction::Egress)),
            policies: Vec::new(),
            entities,
        };
        let rules = policies
            .iter()
            .flat_map(|policy| policy.ingress.iter().chain(&policy.egress).flatten());
        classes.bounded(rules.count())?;
        let mut selected = selected.into_iter();
        for policy in policies {
            let compiled = classes.compile(policy, &mut selected, pool);
            classes.policies.push(compiled);
        }
        Ok(classes)
    }

    /// Refuses so many rows of members where they would not fit into [`CELLS`].
    pub(super) fn bounded(&self, rows: usize) -> Result<(), TooLarge> {
        let members = self.ports.len() + self.sources.len().max(self.destinations.len());
        TooLarge::unless_held(rows, members)
    }

    fn compile(
        &self,
        policy: &Policy,
        selected: &mut impl Iterator<Item = Vec<u32>>,
        pool: &mut Pool,
    ) -> Compiled {
        let subject = self.classes(&selected.next().unwrap_or_default());
        let mut rules = |rules: Option<&Vec<Rule>>, direction| {
            let rules = rules?.iter();
            let rules = rules.map(|rule| self.rule(rule, direction, selected, pool));
            Some(rules.collect())
        };
        let ingress = rules(policy.ingress.as_ref(), Direction::Ingress);
        let egress = rules(policy.egress.as_ref(), Direction::Egress);
        Compiled {
            subject,
            ingress,
            egress,
        }
    }

    fn rule(
        &self,
        rule: &Rule,
        direction: Direction,
        selected: &mut impl Iterator<Item = Vec<u32>>,
        pool: &mut Pool,
    ) -> CompiledRule {
        let pieces = match direction {
            Direction::Ingress => &self.sources,
            Direction::Egress => &self.destinations,
        };
        let mut members: BTreeSet<Member> = BTreeSet::new();
        for peer in &rule.peers {
            match peer {
                Peer::Anyone => {
                    let all = self.count() + Member::try_from(pieces.len()).unwrap_or_default();
                    members.extend(0..all);
                }
                Peer::Pods(_) => members.extend(self.classes(&selected.next().unwrap_or_default())),
                Peer::Addresses(ranges) => {
                    let within = (self.count()..).zip(pieces);
                    let within = within.filter(|(_, piece)| ranges.iter().any(|range| range.covers(piece)));
                    members.extend(within.map(|(member, _)| member));
                }
                Peer::Entity(entity) => {
                    members.extend(self.entities.get(entity).into_iter().flatten());
                }
                // Both were put in place of what they name before.
                Peer::Services(_) | Peer::Group(..) => {}
            }
        }
        let mut numbered = Connections::default();
        let mut named = Vec::new();
        for port in &rule.to {
            match port {
                Port::Numbered(connections) => numbered = numbered.union(connections),
                Port::Named(protocol, name) => named.push((*protocol, name.clone())),
            }
        }
        CompiledRule {
            action: rule.action,
            members: members.into_iter().collect(),
            numbered: pool.id(numbered),
            named,
        }
    }

    fn classes(&self, looks: &[u32]) -> Vec<Member> {
        let classes = looks
            .iter()
            .filter_map(|look| self.of.get(*look as usize).copied());
        let mut classes: Vec<Member> = classes.collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }
}

/// Every selection of pods in a policy, in the order in which compiling asks for them.
fn each_pods<'p>(policy: &'p Policy, see: &mut impl FnMut(&'p Pods)) {
    see(&policy.subject);
    for rule in policy.ingress.iter().chain(&policy.egress).flatten() {
        for peer in &rule.peers {
            if let Peer::Pods(pods) = peer {
                see(pods);
            }
        }
    }
}

/// Names of ports that rules use.
fn names(policies: &[Policy]) -> HashSet<Box<str>> {
    let rules = policies
        .iter()
        .flat_map(|policy| policy.ingress.iter().chain(&policy.egress).flatten());
    let names = rules.flat_map(|rule| &rule.to).filter_map(|port| match port {
        Port::Named(_, name) => Some(name.clone()),
        Port::Numbered(_) => None,
    });
    names.collect()
}

fn blocks(policies: &[Policy], direction: Direction) -> impl Iterator<Item = &Range> {
    let rules = policies
        .iter()
        .filter_map(move |policy| policy.rules(direction))
        .flatten();
    rules.flat_map(|rule| &rule.peers).flat_map(|peer| match peer {
        Peer::Addresses(ranges) => ranges.as_slice(),
        _ => &[],
    })
}

/// Finds looks without asking every selector about every one.
struct Index<'m> {
    looks: &'m [Look],
    namespaces: HashMap<&'m str, (Labels, Vec<u32>)>,
    labelled: HashMap<(&'m str, &'m str), Vec<u32>>,
}

impl<'m> Index<'m> {
    fn new(manifests: &Manifests, looks: &'m [Look]) -> Self {
        let mut index = Self {
            looks,
            namespaces: HashMap::new(),
            labelled: HashMap::new(),
        };
        // What is in no manifest is no pod, and no selector of pods means it.
        let pods = (0..).zip(looks);
        for (id, look) in pods.filter(|(_, look)| !matches!(look.kind, Kind::Entity(_))) {
            let namespace = index.namespaces.entry(look.namespace.as_str());
            let (_, within) = namespace.or_insert_with(|| (manifests.labels_of(&look.namespace), Vec::new()));
            within.push(id);
            for (key, value) in &look.labels {
                index.labelled.entry((key, value)).or_default().push(id);
            }
        }
        index
    }

    /// Looks that are selected, in ascending order.
    fn select(&self, pods: &Pods) -> Vec<u32> {
        let mut selected = self.matching(pods);
        if pods.managed {
            let on_host = |id: &u32| self.looks.get(*id as usize).is_some_and(|look| look.on_host);
            selected.retain(|id| !on_host(id));
        }
        selected
    }

    fn matching(&self, pods: &Pods) -> Vec<u32> {
        let labelled = pods
            .pods
            .needs()
            .map(|needed| self.labelled.get(&needed).map_or(&[][..], Vec::as_slice));
        match &pods.namespaces {
            Namespaces::Named(name) => {
                let within = self
                    .namespaces
                    .get(name.as_str())
                    .map_or(&[][..], |(_, within)| within);
                match labelled.filter(|labelled| labelled.len() < within.len()) {
                    Some(labelled) => self.filter(labelled, &pods.pods, |namespace| namespace == name),
                    None => self.filter(within, &pods.pods, |_| true),
                }
            }
            Namespaces::Selected(selector) => {
                let chosen = self
                    .namespaces
                    .iter()
                    .filter(|(_, (labels, _))| selector.matches(labels));
                let chosen: HashMap<&str, &Vec<u32>> =
                    chosen.map(|(name, (_, within))| (*name, within)).collect();
                if let Some(labelled) = labelled {
                    return self.filter(labelled, &pods.pods, |namespace| chosen.contains_key(namespace));
                }
                let mut all: Vec<u32> = chosen
                    .values()
                    .flat_map(|within| within.iter().copied())
                    .collect();
                all.sort_unstable();
                self.filter(&all, &pods.pods, |_| true)
            }
        }
    }

    fn filter(&self, among: &[u32], selector: &Selector, within: impl Fn(&str) -> bool) -> Vec<u32> {
        let chosen = among.iter().copied().filter(|id| {
            self.looks
                .get(*id as usize)
                .is_some_and(|look| within(&look.namespace) && selector.matches(&look.labels))
        });
        chosen.collect()
    }
}
