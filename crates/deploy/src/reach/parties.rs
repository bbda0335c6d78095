//! Who connects, by name, and what they can: workloads, addresses outside, and the controllers that publish workloads.

use super::address::Range;
use super::cilium;
use super::classes::{Beside, Classes, Member, TooLarge};
use super::cluster::{Kind, Look, Manifests};
use super::condition::Condition;
use super::decide::Side;
use super::layers::{conditions, row, within};
use super::mesh::{Mesh, Sides};
use super::policy::{Entity, Peer, Policy, Tier};
use super::pool::{Id, NONE, Pool};
use super::ports::{Connections, Ports, Protocol};
use super::{Direction, Note};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::sync::Arc;

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
    /// What parts of it depend on: all of them must agree.
    pub conditions: &'r [Condition],
}

/// Who can connect to whom.
#[derive(Debug)]
pub struct Reach<'m> {
    pub(super) manifests: &'m Manifests,
    pub(super) classes: Classes,
    pub(super) ingress: Side,
    pub(super) egress: Side,
    /// Absent where nothing of a mesh decides.
    pub(super) mesh: Option<Mesh<'m>>,
    pub(super) policies: Arc<[Policy]>,
    pub(super) pool: Pool,
    /// Whether anything depends on more than ports.
    pub(super) is_conditional: bool,
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
    /// The class of what policies name and is in no manifest.
    Entity(Member),
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
        let policies: Arc<[Policy]> = cilium::resolved(manifests).into();
        let mut looks = manifests.looks.clone();
        let known = looks.len();
        // Controllers are pods of which the manifests say nothing: no labels, and a namespace of their own.
        looks.extend(led.keys().map(|name| Look::named(name, Kind::Controller)));
        let entities = named(&policies);
        let named = entities.iter().copied();
        looks.extend(named.map(|(entity, name)| Look::named(name, Kind::Entity(entity))));
        let sides = Mesh::sides(manifests, &looks);
        let beside = beside(manifests, &policies, &mut looks, sides.as_ref());
        let classes = Classes::new(manifests, &policies, &looks, &beside, &mut pool)?;
        let ingress = Side::new(Direction::Ingress, &policies, &classes, &mut pool)?;
        let egress = Side::new(Direction::Egress, &policies, &classes, &mut pool)?;
        let count = classes.count();
        let mesh = sides.map(|sides| {
            Mesh::new(
                manifests,
                sides,
                (&classes.of, count),
                &classes.sources,
                &mut pool,
            )
        });
        let mesh = mesh.transpose()?;
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
        let first = looks.len() - entities.len();
        for (at, (entity, name)) in entities.into_iter().enumerate() {
            let party = Party {
                name: name.to_owned(),
                is: Is::Entity(class(first + at)),
            };
            // A node always reaches its own pods, unless Cilium is told otherwise.
            if entity != Entity::Host {
                sources.push(party.clone());
            }
            destinations.push(party);
        }
        let is_conditional = ingress.is_conditional()
            || egress.is_conditional()
            || mesh.as_ref().is_some_and(Mesh::is_conditional);
        let mut reach = Self {
            manifests,
            classes,
            ingress,
            egress,
            mesh,
            policies,
            pool,
            is_conditional,
            sources,
            destinations,
            notes,
        };
        reach.note_host_networks();
        reach.note_administrators_beside_cilium();
        reach.note_what_is_not_decided();
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
            let sides = (&self.egress, &self.ingress, self.mesh.as_ref());
            let row = row(&self.classes, sides, &mut self.pool, &from.is);
            for destination in destinations {
                let Some(to) = self.destinations.get(*destination) else {
                    continue;
                };
                let id = within(&row, &mut self.pool, from, to);
                if id != NONE {
                    let conditions = if self.is_conditional {
                        let sides = (&self.egress, &self.ingress, self.mesh.as_ref());
                        conditions(sides, &mut self.pool, (from, to), id)
                    } else {
                        Vec::new()
                    };
                    each(Edge {
                        source: &from.name,
                        destination: &to.name,
                        connections: self.pool.get(id),
                        text: self.pool.text(id),
                        conditions: &conditions,
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

    /// The connections between a source and a destination, by their numbers, and what parts of them depend on, in words.
    pub(crate) fn between_two(&mut self, source: usize, destination: usize) -> (Connections, Vec<String>) {
        let mut found = (Connections::default(), Vec::new());
        let done: Result<(), std::convert::Infallible> = self.edges(&[source], &[destination], |edge| {
            let told = edge.conditions.iter().map(|one| one.told(edge.connections));
            found = (edge.connections.clone(), told.collect());
            Ok(())
        });
        let Ok(()) = done;
        found
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
            Is::Outside(..) | Is::Controller(..) | Is::Entity(_) => false,
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

    /// What connections depend on and is not known.
    fn note_what_is_not_decided(&mut self) {
        let of_network = self.ingress.demands().chain(self.egress.demands());
        let mut demands = of_network.chain(self.mesh.iter().flat_map(Mesh::demands));
        let is_open = demands.any(|demand| !demand.decided);
        drop(demands);
        if !is_open {
            return;
        }
        let (sources, destinations) = (self.sources(None), self.destinations(None));
        let mut open: BTreeSet<(String, String)> = BTreeSet::new();
        let done: Result<(), std::convert::Infallible> = self.edges(&sources, &destinations, |edge| {
            let all = edge.conditions.iter().flat_map(|one| &one.alternatives);
            for one in all.filter(|one| !one.decided) {
                open.insert((one.by.clone(), one.what.clone()));
            }
            Ok(())
        });
        let Ok(()) = done;
        let notes = open.into_iter().map(|(place, what)| Note {
            place,
            message: format!("connections depend on what is not known: {what}"),
        });
        self.notes.extend(notes);
    }

    /// How policies of administrators meet those of Cilium, Cilium does not say.
    fn note_administrators_beside_cilium(&mut self) {
        if !self.policies.iter().any(|policy| policy.subject.managed) {
            return;
        }
        let admin = self.policies.iter().find(|policy| policy.tier != Tier::Namespace);
        self.notes.extend(admin.map(|policy| Note {
            place: policy.title.clone(),
            message: "how it meets policies of Cilium is not laid down; here it is asked as beside NetworkPolicies"
                .to_owned(),
        }));
    }
}

/// What policies name and is in no manifest, where one does so outright.
fn named(policies: &[Policy]) -> Vec<(Entity, &'static str)> {
    let rules = policies
        .iter()
        .flat_map(|policy| policy.ingress.iter().chain(&policy.egress).flatten());
    let rules = rules.filter(|rule| rule.only.is_none());
    let peers: BTreeSet<Entity> = rules
        .flat_map(|rule| &rule.peers)
        .filter_map(|peer| match peer {
            Peer::Entity(entity) => Some(*entity),
            _ => None,
        })
        .collect();
    let names = [
        (Entity::Host, "{host}"),
        (Entity::RemoteNode, "{remote-node}"),
        (Entity::ApiServer, "{kube-apiserver}"),
    ];
    names
        .into_iter()
        .filter(|(entity, _)| peers.contains(entity))
        .collect()
}

/// What classes are made by beside policies: how the mesh sees pods, and what Cilium tells apart.
fn beside(manifests: &Manifests, policies: &[Policy], looks: &mut [Look], sides: Option<&Sides>) -> Beside {
    let is_of_cilium = policies.iter().any(|policy| policy.subject.managed);
    if is_of_cilium {
        for look in looks.iter_mut().filter(|look| look.kind == Kind::Pod) {
            look.labels.insert(cilium::ACCOUNT.into(), look.account.clone());
        }
    }
    if sides.is_none() && !is_of_cilium {
        return Beside::default();
    }
    let mut known = HashMap::new();
    let sorts = looks.iter().enumerate().map(|(at, look)| {
        let seen = sides.and_then(|sides| sides.of_look.get(at));
        let of_cilium = is_of_cilium.then_some((look.kind, look.on_host));
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry((seen, of_cilium)).or_insert(next)
    });
    Beside {
        sorts: sorts.collect(),
        sources: manifests.mesh.ranges().copied().collect(),
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

impl Party<'_> {
    /// Its classes, or the piece of addresses that it is.
    pub(super) fn members(&self) -> Vec<Member> {
        match &self.is {
            Is::Outside(piece, _) => vec![*piece],
            Is::Workload(looks) => {
                let mut classes: Vec<Member> = looks.iter().map(|(_, class)| *class).collect();
                classes.dedup();
                classes
            }
            Is::Controller(class, ..) | Is::Entity(class) => vec![*class],
        }
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
