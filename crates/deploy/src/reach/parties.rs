//! Who connects, by name, and what they can: workloads, addresses outside, and the controllers that publish workloads.

use super::address::Range;
use super::classes::{Classes, Member, TooLarge};
use super::cluster::{Look, Manifests};
use super::decide::Side;
use super::policy::Policy;
use super::pool::{Id, NONE, Pool};
use super::ports::{Connections, Ports, Protocol};
use super::{Direction, Note};
use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;

/// What one may connect to another with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge<'r> {
    /// Who connects.
    pub source: &'r str,
    /// To whom.
    pub destination: &'r str,
    /// With what; never empty.
    pub connections: &'r Connections,
    /// The same as it is written.
    pub text: &'r str,
}

/// Who can connect to whom.
#[derive(Debug)]
pub struct Reach<'m> {
    pub(super) manifests: &'m Manifests,
    pub(super) classes: Classes,
    pub(super) ingress: Side,
    pub(super) egress: Side,
    pub(super) pool: Pool,
    sources: Vec<Party<'m>>,
    destinations: Vec<Party<'m>>,
    notes: Vec<Note>,
}

/// One that connects or is connected to.
#[derive(Debug, Clone)]
pub(super) struct Party<'m> {
    pub(super) name: String,
    pub(super) is: Is<'m>,
}

#[derive(Debug, Clone)]
pub(super) enum Is<'m> {
    Outside(Member, Range),
    /// Its looks, each with its class.
    Workload(Vec<(u32, Member)>),
    /// Its class, and what it is led to: by look, with what, and by which objects.
    Controller(Member, HashMap<u32, (Id, Vec<&'m str>)>),
}

/// What leads from outside to looks, by controller: the connections, and the objects that say so.
type Led<'m> = BTreeMap<&'static str, HashMap<u32, (Connections, Vec<&'m str>)>>;

impl<'m> Reach<'m> {
    /// Works out who can connect to whom.
    ///
    /// # Errors
    ///
    /// Where there are too many different pods, policies and blocks of addresses.
    pub fn new(manifests: &'m Manifests) -> Result<Self, TooLarge> {
        let mut pool = Pool::default();
        let mut notes = manifests.notes().to_vec();
        let led = led(manifests, &mut notes);
        let mut looks = manifests.looks.clone();
        let known = looks.len();
        // Controllers are pods of which the manifests say nothing: no labels, and a namespace of their own.
        looks.extend(led.keys().map(|name| Look {
            namespace: (*name).to_owned(),
            labels: BTreeMap::new(),
            ports: Vec::new(),
            on_host: false,
        }));
        let classes = Classes::new(manifests, &looks, &mut pool)?;
        let ingress = Side::new(Direction::Ingress, &manifests.policies, &classes, &mut pool)?;
        let egress = Side::new(Direction::Egress, &manifests.policies, &classes, &mut pool)?;
        let class = |look: usize| classes.of.get(look).copied().unwrap_or_default();
        let mut sources = outside(&classes.sources, classes.count());
        let mut destinations = outside(&classes.destinations, classes.count());
        for (name, looks) in &manifests.workloads {
            let looks = looks.iter().map(|look| (*look, class(*look as usize)));
            let party = Party {
                name: name.clone(),
                is: Is::Workload(looks.collect()),
            };
            sources.push(party.clone());
            destinations.push(party);
        }
        for (at, (name, targets)) in led.into_iter().enumerate() {
            let targets = targets.into_iter();
            let targets = targets.map(|(look, (set, titles))| (look, (pool.id(set), titles)));
            sources.push(Party {
                name: name.to_owned(),
                is: Is::Controller(class(known + at), targets.collect()),
            });
        }
        let mut reach = Self {
            manifests,
            classes,
            ingress,
            egress,
            pool,
            sources,
            destinations,
            notes,
        };
        reach.note_host_networks();
        Ok(reach)
    }

    /// What could not be read or is not understood.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Says for each edge what it is, in the order of sources and then of destinations; the sources and destinations are numbers that
    /// [`Self::sources`] and [`Self::destinations`] give. Stops at the first error of `each`, and returns it.
    ///
    /// # Errors
    ///
    /// Those of `each`.
    pub fn edges<E>(
        &mut self,
        sources: &[usize],
        destinations: &[usize],
        mut each: impl FnMut(Edge<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for source in sources {
            let Some(from) = self.sources.get(*source) else {
                continue;
            };
            let sides = (&self.egress, &self.ingress);
            let row = row(&self.classes, sides, &mut self.pool, &from.is);
            for destination in destinations {
                let Some(to) = self.destinations.get(*destination) else {
                    continue;
                };
                let id = within(&row, &mut self.pool, from, to);
                if id != NONE {
                    each(Edge {
                        source: &from.name,
                        destination: &to.name,
                        connections: self.pool.get(id),
                        text: self.pool.text(id),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Those that may connect and that a text means, or all: a whole name, one without its kind, one without its namespace and kind, or
    /// an address outside.
    #[must_use]
    pub fn sources(&self, meant: Option<&str>) -> Vec<usize> {
        chosen(&self.sources, meant)
    }

    /// Those that may be connected to and that a text means, or all.
    #[must_use]
    pub fn destinations(&self, meant: Option<&str>) -> Vec<usize> {
        chosen(&self.destinations, meant)
    }

    /// The names of a source and of a destination.
    #[must_use]
    pub fn names(&self, source: usize, destination: usize) -> Option<(&str, &str)> {
        let (source, destination) = (self.source(source)?, self.destination(destination)?);
        Some((&source.name, &destination.name))
    }

    pub(super) fn source(&self, at: usize) -> Option<&Party<'m>> {
        self.sources.get(at)
    }

    pub(super) fn destination(&self, at: usize) -> Option<&Party<'m>> {
        self.destinations.get(at)
    }

    pub(super) fn policy(&self, at: u32) -> Option<&'m Policy> {
        self.manifests.policies.get(at as usize)
    }

    /// Policies do not hold for pods on the network of their node, or do in some clusters only.
    fn note_host_networks(&mut self) {
        let governed = |class: Member| {
            [&self.ingress, &self.egress].iter().any(|side| {
                side.governed
                    .get(class as usize)
                    .is_some_and(|list| !list.is_empty())
            })
        };
        let looks = &self.manifests.looks;
        let on_host = |look: u32| looks.get(look as usize).is_some_and(|look| look.on_host);
        let names = self.destinations.iter().filter(|party| match &party.is {
            Is::Workload(looks) => looks
                .iter()
                .any(|(look, class)| on_host(*look) && governed(*class)),
            Is::Outside(..) | Is::Controller(..) => false,
        });
        let names: Vec<Note> = names
            .map(|party| Note {
                place: party.name.clone(),
                message: "its pods use the network of their node, where it depends on the cluster whether policies hold; here they do"
                    .to_owned(),
            })
            .collect();
        self.notes.extend(names);
    }
}

fn outside<'m>(pieces: &[Range], first: Member) -> Vec<Party<'m>> {
    let pieces = (first..).zip(pieces);
    pieces
        .map(|(member, range)| Party {
            name: format!("{range}[External]"),
            is: Is::Outside(member, *range),
        })
        .collect()
}

fn chosen(parties: &[Party<'_>], meant: Option<&str>) -> Vec<usize> {
    let Some(meant) = meant else {
        return (0..parties.len()).collect();
    };
    let address: Option<Ipv4Addr> = meant.parse().ok();
    let parties = parties.iter().enumerate().filter(|(_, party)| {
        let bare = party.name.split('[').next().unwrap_or_default();
        let name = bare.rsplit('/').next().unwrap_or_default();
        let within = match (&party.is, address) {
            (Is::Outside(_, range), Some(address)) => range.contains(address),
            (Is::Outside(..), None) => meant == "external",
            _ => false,
        };
        within || [party.name.as_str(), bare, name].contains(&meant)
    });
    parties.map(|(at, _)| at).collect()
}

/// What a source can with every class, and then with every piece of the addresses outside.
pub(super) fn row(
    classes: &Classes,
    (egress, ingress): (&Side, &Side),
    pool: &mut Pool,
    from: &Is<'_>,
) -> Vec<Id> {
    let count = classes.count();
    let pieces = Member::try_from(classes.destinations.len()).unwrap_or_default();
    let own: Vec<Member> = match from {
        Is::Outside(piece, _) => {
            return (0..count).map(|class| ingress.allows(class, *piece)).collect();
        }
        Is::Workload(looks) => {
            let mut own: Vec<Member> = looks.iter().map(|(_, class)| *class).collect();
            own.dedup();
            own
        }
        Is::Controller(class, ..) => vec![*class],
    };
    let mut row = vec![NONE; (count + pieces) as usize];
    for class in own {
        for (other, sum) in (0..).zip(&mut row) {
            let leaves = egress.allows(class, other);
            let arrives = if other < count && leaves != NONE {
                ingress.allows(other, class)
            } else {
                leaves
            };
            let both = pool.intersection(leaves, arrives);
            *sum = pool.union(*sum, both);
        }
    }
    row
}

/// What a source can with a destination, where `row` says what it can with every class.
pub(super) fn within(row: &[Id], pool: &mut Pool, from: &Party<'_>, to: &Party<'_>) -> Id {
    let at = |member: Member| row.get(member as usize).copied().unwrap_or(NONE);
    match (&from.is, &to.is) {
        (Is::Workload(_), Is::Outside(piece, _)) => at(*piece),
        (Is::Workload(_) | Is::Outside(..), Is::Workload(looks)) => {
            let classes = looks.iter().map(|(_, class)| *class);
            let id = classes.fold(NONE, |sum, class| pool.union(sum, at(class)));
            if id != NONE && from.name == to.name {
                return NONE;
            }
            id
        }
        (Is::Controller(_, targets), Is::Workload(looks)) => looks.iter().fold(NONE, |sum, (look, class)| {
            let led = targets.get(look).map_or(NONE, |(led, _)| *led);
            let both = pool.intersection(led, at(*class));
            pool.union(sum, both)
        }),
        _ => NONE,
    }
}

fn led<'m>(manifests: &'m Manifests, notes: &mut Vec<Note>) -> Led<'m> {
    let mut led = Led::new();
    let mut within: HashMap<&str, Vec<(u32, &Look)>> = HashMap::new();
    if !manifests.fronts.is_empty() {
        for (id, look) in (0..).zip(&manifests.looks) {
            within.entry(&look.namespace).or_default().push((id, look));
        }
    }
    for front in &manifests.fronts {
        let carried = if front.title.starts_with("UDPRoute") {
            Connections::of(Protocol::Udp, Ports::all())
        } else {
            Connections::of(Protocol::Tcp, Ports::all())
        };
        for backend in &front.backends {
            let title = format!("Service {}/{}", backend.namespace, backend.service);
            let key = (backend.namespace.clone(), backend.service.clone());
            let mut note = |message: String| {
                notes.push(Note {
                    place: front.title.clone(),
                    message,
                });
            };
            if !front.may_lead_to(backend, &manifests.grants) {
                note(format!(
                    "it leads to {title} of another namespace, which no ReferenceGrant allows; it is not followed"
                ));
                continue;
            }
            let Some(service) = manifests.services.get(&key) else {
                note(format!("it leads to {title}, which is in no manifest"));
                continue;
            };
            let Some(selector) = &service.selector else {
                note(format!("it leads to {title}, which selects no pods"));
                continue;
            };
            let targets = led.entry(front.by).or_default();
            for (id, look) in within.get(backend.namespace.as_str()).into_iter().flatten() {
                if selector.matches(&look.labels) {
                    let reached = service
                        .reaches(backend.port.as_ref(), look)
                        .intersection(&carried);
                    let (known, titles) = targets.entry(*id).or_default();
                    *known = known.union(&reached);
                    if titles.last() != Some(&front.title.as_str()) {
                        titles.push(&front.title);
                    }
                }
            }
        }
    }
    led
}
