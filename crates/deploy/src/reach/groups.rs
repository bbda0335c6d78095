//! Who of a group of namespaces reaches whom of another: what the judgement of tenancy asks.
//!
//! Groups are compared by classes of pods, so that the number of pods makes no difference.

use super::classes::Member;
use super::layers::passage;
use super::parties::{Is, Party, Reach};
use super::pool::{Id, NONE};
use super::ports::Protocol;
use std::collections::BTreeMap;

/// The number of a group.
pub(crate) type Group = u32;

/// Which pods of one group may connect to which of another.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Between {
    /// The first two by name between which something is let through, as numbers of a source and of a destination.
    pub(crate) example: Option<(usize, usize)>,
    /// The first two by name between which something is let through whatever is not known.
    pub(crate) certain: Option<(usize, usize)>,
    /// The first two by name of which the destination lets the source in, whatever the source may.
    pub(crate) admitted: Option<(usize, usize)>,
    /// Whether something of the first may leave for something of the second, whatever that lets in.
    pub(crate) leaves: bool,
}

/// Numbers of a workload as a source and as a destination.
type Numbers = (usize, usize);

impl Reach<'_> {
    /// For every two different groups of which something connects to something of the other, what it may. `group` says to which of
    /// `count` groups a namespace belongs; pods of a namespace in none are left out.
    pub(crate) fn between(
        &mut self,
        count: Group,
        group: impl Fn(&str) -> Option<Group>,
    ) -> BTreeMap<(Group, Group), Between> {
        let members = self.members(|namespace| group(namespace).filter(|group| *group < count));
        let mut sums = vec![Between::default(); count as usize * count as usize];
        for (from, sources) in (0..).zip(&members) {
            for (to, destinations) in (0..).zip(&members) {
                let mut arrives = self.ingress.allows(to, from);
                if let Some(mesh) = self.mesh.as_ref().filter(|_| arrives != NONE) {
                    arrives = self.pool.intersection(arrives, mesh.upper(from, to));
                }
                let leaves = self.egress.allows(from, to);
                if arrives == NONE && leaves == NONE {
                    continue;
                }
                let through = self.pool.intersection(leaves, arrives);
                let certain = through != NONE && self.is_certain((from, to), through);
                for (one, (source, _)) in sources {
                    for (other, (_, destination)) in destinations.iter().filter(|(other, _)| other != one) {
                        let Some(sum) = sums.get_mut(*one as usize * count as usize + *other as usize) else {
                            continue;
                        };
                        let first = |known: Option<(usize, usize)>| {
                            let pair = (*source, *destination);
                            Some(known.map_or(pair, |known| known.min(pair)))
                        };
                        sum.leaves |= leaves != NONE;
                        if arrives != NONE {
                            sum.admitted = first(sum.admitted);
                        }
                        if through != NONE {
                            sum.example = first(sum.example);
                        }
                        if certain {
                            sum.certain = first(sum.certain);
                        }
                    }
                }
            }
        }
        let pairs = (0..count).flat_map(|one| (0..count).map(move |other| (one, other)));
        let sums = pairs.zip(sums);
        sums.filter(|(_, sum)| sum.admitted.is_some() || sum.leaves)
            .collect()
    }

    /// Whether something of a set passes from a class to another whatever is not known.
    fn is_certain(&mut self, between: (Member, Member), set: Id) -> bool {
        if !self.is_conditional {
            return true;
        }
        let layers = (&self.egress, &self.ingress, self.mesh.as_ref());
        let count = self.classes.count();
        let passage = passage(layers, &mut self.pool, between, count);
        let known = passage.known(&mut self.pool);
        self.pool.intersection(known, set) != NONE
    }

    /// For each class the groups that have pods of it, each with the first workload by name.
    fn members(&self, group: impl Fn(&str) -> Option<Group>) -> Vec<Vec<(Group, Numbers)>> {
        let mut members: Vec<BTreeMap<Group, Numbers>> = vec![BTreeMap::new(); self.classes.count() as usize];
        for (source, destination, looks) in self.workloads() {
            for (look, class) in looks {
                let look = self.manifests.looks.get(*look as usize);
                let group = look.and_then(|look| group(&look.namespace));
                if let (Some(group), Some(of_class)) = (group, members.get_mut(*class as usize)) {
                    of_class.entry(group).or_insert((source, destination));
                }
            }
        }
        members
            .into_iter()
            .map(|of_class| of_class.into_iter().collect())
            .collect()
    }

    /// Workloads by name, each with its number as a source and as a destination.
    fn workloads(&self) -> impl Iterator<Item = (usize, usize, &[(u32, Member)])> {
        (0..self.manifests.workloads.len()).filter_map(move |at| {
            // Both lists begin with the addresses outside.
            let source = at + self.classes.sources.len();
            let destination = at + self.classes.destinations.len();
            match self.source(source) {
                Some(Party {
                    is: Is::Workload(looks),
                    ..
                }) => Some((source, destination, looks.as_slice())),
                _ => None,
            }
        })
    }

    /// For each group the first workload by name whose connections to others no policy governs.
    pub(crate) fn ungoverned(&self, group: impl Fn(&str) -> Option<Group>) -> BTreeMap<Group, usize> {
        let mut found = BTreeMap::new();
        for (source, _, looks) in self.workloads() {
            for (look, class) in looks {
                let governed = self.egress.governed.get(*class as usize);
                let look = self.manifests.looks.get(*look as usize);
                if let (Some(look), true) = (look, governed.is_none_or(Vec::is_empty))
                    && let Some(group) = group(&look.namespace)
                {
                    found.entry(group).or_insert(source);
                }
            }
        }
        found
    }

    /// For each group the first workload by name that may connect to a port of an address outside, as numbers of source and destination.
    pub(crate) fn reaching(
        &self,
        address: std::net::Ipv4Addr,
        (protocol, port): (Protocol, u16),
        group: impl Fn(&str) -> Option<Group>,
    ) -> BTreeMap<Group, (usize, usize)> {
        let mut found = BTreeMap::new();
        let pieces = (self.classes.count()..).zip(&self.classes.destinations);
        let pieces = pieces.enumerate();
        let Some((at, (member, _))) = pieces.into_iter().find(|(_, (_, range))| range.contains(address))
        else {
            return found;
        };
        for (source, _, looks) in self.workloads() {
            for (look, class) in looks {
                let may = self.pool.get(self.egress.allows(*class, member));
                let look = self.manifests.looks.get(*look as usize);
                if let (Some(look), true) = (look, may.ports(protocol).contains(port))
                    && let Some(group) = group(&look.namespace)
                {
                    found.entry(group).or_insert((source, at));
                }
            }
        }
        found
    }

    /// The name of one that connects.
    pub(crate) fn source_name(&self, at: usize) -> &str {
        self.source(at).map_or("", |party| &party.name)
    }

    /// The name of one that is connected to.
    pub(crate) fn destination_name(&self, at: usize) -> &str {
        self.destination(at).map_or("", |party| &party.name)
    }
}
