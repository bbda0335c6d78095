//! Whether pods of one tenant can connect to pods of another, to the platform without a policy, and to what gives out the node's credentials.
//!
//! Every namespace of a tenant is taken to have a pod without labels besides those of the manifests: what anyone may deploy in it tomorrow.

use super::super::checks::{
    egress_open::OpenEgress, metadata_reachable::MetadataReachable, network_open::OpenNetwork,
};
use super::super::matrix::{Aspect, Broken, Found, Party, Proof};
use super::super::world::{Thing, World, line_of};
use super::{MOST_PROOFS, broken, called, others, tenant, unknown};
use crate::reach::{Action, Between, Connections, Direction, Layer, Protocol, Reach, Reason};
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Where clouds answer their machines: <https://cloud.google.com/compute/docs/metadata/querying-metadata>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>.
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Who of tenants would be let in or out.
#[derive(Debug, Default)]
pub(super) struct Network {
    between: BTreeMap<(u32, u32), Between>,
    tenants: u32,
}

impl Network {
    /// Whether something of one tenant may leave for something of another, whatever that lets in.
    pub(super) fn leaves(&self, from: u32, to: u32) -> bool {
        self.between.get(&(from, to)).is_some_and(|pair| pair.leaves)
    }

    /// Pairs of tenants of which the second lets the first in, and the first does not let itself out.
    pub(super) fn kept_by_itself(&self) -> impl Iterator<Item = (u32, u32)> {
        let pairs = self.between.iter();
        let kept = pairs.filter(|(_, pair)| pair.admitted.is_some() && pair.example.is_none());
        kept.map(|(pair, _)| *pair)
            .filter(|(from, to)| *from < self.tenants && *to < self.tenants)
    }
}

/// Judges connections of every two.
pub(super) fn judge(world: &World<'_>, found: &mut Found) -> Network {
    let mut reach = match Reach::new(&world.reach) {
        Ok(reach) => reach,
        Err(error) => {
            for at in world.numbers() {
                let mut one = unknown(Aspect::Network, tenant(at));
                one.to = Some(tenant(at));
                one.reason = format!("who connects to whom is not worked out: {error}");
                one.fix = "name a directory with a part of the manifests".to_owned();
                one.proofs = vec![Proof::new("", world.place_of(at))];
                found.broken.push(one);
            }
            return Network::default();
        }
    };
    found.notes.extend(notes(&reach));
    let platform = u32::try_from(world.tenants().len()).unwrap_or(u32::MAX);
    let group = |namespace: &str| match world.owner(namespace) {
        Party::Tenant(at) => Some(at),
        Party::Platform => Some(platform),
        Party::Outside => None,
    };
    let between = reach.between(platform.saturating_add(1), group);
    let party = |at: u32| {
        if at == platform {
            Party::Platform
        } else {
            tenant(at)
        }
    };
    let doubts = Doubts::of(world);
    let mut open: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for ((from, to), pair) in &between {
        if *to != platform && pair.example.is_some() {
            open.entry(*to).or_default().push(*from);
        }
    }
    for (to, sources) in open {
        let mut by_reasons: BTreeMap<(bool, bool), Vec<(u32, Broken)>> = BTreeMap::new();
        for from in sources {
            let Some(pair) = between.get(&(from, to)) else {
                continue;
            };
            let Some((source, destination)) = pair.certain.or(pair.example) else {
                continue;
            };
            let (connections, conditions) = reach.between_two(source, destination);
            let reasons = reach.why(source, destination);
            let names = reach.names(source, destination);
            let Some((source, destination)) = names.map(|(one, other)| (one.to_owned(), other.to_owned()))
            else {
                continue;
            };
            let by_default = is_by_default(&reasons);
            let mut one = opened(world, (party(from), to), (&source, &destination), &reasons);
            depending(&mut one, (&connections, &conditions), pair.certain.is_some());
            by_reasons
                .entry((from == platform, by_default))
                .or_default()
                .push((from, one));
        }
        for ((of_platform, by_default), pairs) in by_reasons {
            told(world, &doubts, to, (of_platform, by_default), pairs, found);
        }
    }
    if let Some(first) = doubts.widening.first() {
        for at in world.numbers() {
            closed_unless(world, &between, at, first, found);
        }
    }
    outward(world, &reach, found, group);
    Network {
        between,
        tenants: platform,
    }
}

/// What reach did not understand, but for what publishes: that has no part in what tenants are kept apart by.
fn notes(reach: &Reach<'_>) -> Vec<crate::reach::Note> {
    let understood = |message: &str| {
        [
            "it leads to Service",
            "a backend is no Service",
            "objects of this kind decide",
            // Told of the pairs that depend on it.
            "connections depend on what is not known",
            "governs gateways or waypoints",
        ]
        .iter()
        .any(|known| message.contains(known))
    };
    let notes = reach.notes().iter();
    notes.filter(|note| !understood(&note.message)).cloned().collect()
}

/// Whether the destination lets the source in because no policy governs it.
fn is_by_default(reasons: &[Reason]) -> bool {
    let of = |layer: Layer| {
        let reasons = reasons.iter();
        reasons.filter(move |one| one.layer == layer && one.direction == Direction::Ingress)
    };
    let meant = of(Layer::Mesh).any(|one| one.policy.is_some() && one.action == Action::Allow);
    of(Layer::Network).any(|one| one.policy.is_none()) && !meant
}

/// Says what is left of a connection by a mesh, what it depends on, and that it is not known whether there is one where that is so.
fn depending(one: &mut Broken, (connections, conditions): (&Connections, &[String]), is_certain: bool) {
    if connections.ports(Protocol::Tcp).is_empty() {
        // Proxies of a mesh see nothing else: what few services take is left.
        one.severity = one.severity.map(|severity| severity.min(Severity::Medium));
        one.reason = format!("{}, with {connections}", one.reason);
    }
    if !conditions.is_empty() {
        one.reason = format!("{} ({})", one.reason, line_of(&conditions.join("; ")));
    }
    if !is_certain {
        one.severity = None;
        one.about = &super::super::checks::undecided::Undecided::ABOUT;
    }
}

fn opened(
    world: &World<'_>,
    (from, to): (Party, u32),
    (source, destination): (&str, &str),
    reasons: &[Reason],
) -> Broken {
    let mut one = broken(&OpenNetwork::ABOUT, Aspect::Network, tenant(to));
    (one.from, one.to) = (Some(from), Some(tenant(to)));
    let by_default = is_by_default(reasons);
    one.severity = Some(match (from, by_default) {
        (Party::Tenant(_), true) => Severity::High,
        (Party::Tenant(_), false) | (_, true) => Severity::Medium,
        (_, false) => Severity::Info,
    });
    let why = if by_default {
        "no policy governs connections to it"
    } else {
        "policies let it"
    };
    one.reason = format!(
        "{source} of {} can connect to {destination} of {}: {why}",
        called(world, from),
        called(world, tenant(to))
    );
    one.key = if by_default { "by default" } else { "by policy" }.to_owned();
    let namespace = destination.split('/').next().unwrap_or_default();
    one.fix = if by_default {
        format!(
            "add to namespace `{namespace}` a NetworkPolicy that selects every pod and allows only what is meant"
        )
    } else {
        "take the other tenant out of the rules that allow it, or waive this where it is meant".to_owned()
    };
    one.proofs.push(pod(world, destination));
    one.proofs
        .extend(reasons.iter().filter_map(|reason| proof(world, reason)));
    one.proofs.push(pod(world, source));
    one.proofs.truncate(MOST_PROOFS);
    one
}

/// A workload as a proof: the object, or the namespace of a supposed pod.
fn pod(world: &World<'_>, workload: &str) -> Proof {
    let (namespace, rest) = workload.split_once('/').unwrap_or((workload, ""));
    let (name, kind) = rest.split_once('[').unwrap_or((rest, ""));
    let thing = world.titled(kind.trim_end_matches(']'), namespace, name);
    let at = thing
        .map(Thing::at)
        .or_else(|| world.spaces.get(namespace).and_then(|space| space.at));
    Proof::new(line_of(workload), at)
}

fn proof(world: &World<'_>, reason: &Reason) -> Option<Proof> {
    let title = reason.policy.as_deref()?;
    let side = match reason.direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    };
    let rule = reason.rule.as_deref()?;
    let (kind, name) = title.split_once(' ')?;
    let (namespace, name) = name.split_once('/').unwrap_or(("", name));
    let thing = world.titled(kind, namespace, name);
    Some(Proof::new(
        line_of(&format!("{title}: {side} rule {rule} ({})", reason.connections)),
        thing.map(Thing::at),
    ))
}

/// Tells what leads to one tenant: from all others as one, where there are all.
fn told(
    world: &World<'_>,
    doubts: &Doubts<'_>,
    to: u32,
    (of_platform, by_default): (bool, bool),
    pairs: Vec<(u32, Broken)>,
    found: &mut Found,
) {
    if of_platform && !by_default {
        // What the tenant's policies let in of the platform is meant.
        return;
    }
    let doubt = doubts.of_tenant(world, to);
    let sources: BTreeSet<Party> = pairs.iter().filter_map(|(_, one)| one.from).collect();
    let as_one = others(world, to, &sources);
    let all = as_one.contains(&None);
    for (at, (_, mut one)) in pairs.into_iter().enumerate() {
        if all && at > 0 {
            break;
        }
        if all {
            one.from = None;
        }
        if let Some(thing) = doubt {
            one.severity = None;
            one.about = &super::super::checks::undecided::Undecided::ABOUT;
            one.reason = format!(
                "{}; but {} may keep them apart, and is not understood",
                one.reason,
                thing.title()
            );
            one.proofs.insert(0, Proof::of(thing, ""));
        }
        found.broken.push(one);
    }
}

/// Objects that decide who connects, and are not understood.
struct Doubts<'w> {
    /// Those that may let connections through.
    widening: Vec<&'w Thing>,
    /// Those that can only stop them.
    narrowing: Vec<&'w Thing>,
}

impl<'w> Doubts<'w> {
    fn of(world: &'w World<'_>) -> Self {
        let mut doubts = Self {
            widening: Vec::new(),
            narrowing: Vec::new(),
        };
        for thing in &world.things {
            let group = thing.object.group();
            let kind = &thing.object.kind;
            if !crate::reach::decides(group, kind) || crate::reach::is_read(group, kind) {
                continue;
            }
            match group {
                "security.istio.io" | "networking.istio.io" | "policy.linkerd.io" => {
                    doubts.narrowing.push(thing)
                }
                _ => doubts.widening.push(thing),
            }
        }
        doubts
    }

    /// What may stop connections to a tenant.
    fn of_tenant(&self, world: &World<'_>, to: u32) -> Option<&'w Thing> {
        let narrowing = self.narrowing.iter().filter(|thing| {
            thing.object.kind == "AuthorizationPolicy"
                && (world.tenant_of(&thing.namespace) == Some(to) || thing.namespace == crate::istio::ROOT)
        });
        self.widening.iter().chain(narrowing).next().copied()
    }
}

/// What is closed by the policies that are understood is unknown where there are others that may open it.
fn closed_unless(
    world: &World<'_>,
    between: &BTreeMap<(u32, u32), Between>,
    to: u32,
    first: &Thing,
    found: &mut Found,
) {
    let is_open = |from: u32| {
        between
            .get(&(from, to))
            .is_some_and(|pair| pair.example.is_some())
    };
    let closed = world.numbers().filter(|from| *from != to && !is_open(*from));
    let closed: BTreeSet<Party> = closed.map(tenant).collect();
    for from in others(world, to, &closed) {
        let mut one = unknown(Aspect::Network, tenant(to));
        (one.from, one.to) = (from, Some(tenant(to)));
        one.reason = format!("{} may let others in, and is not understood", first.title());
        one.fix = "ask what enforces it, as by connecting".to_owned();
        one.proofs = vec![Proof::of(first, "")];
        found.broken.push(one);
    }
}

/// What tenants reach of the platform and outside without a policy, and what gives out credentials of the node.
fn outward(world: &World<'_>, reach: &Reach<'_>, found: &mut Found, group: impl Fn(&str) -> Option<u32>) {
    let ungoverned = reach.ungoverned(&group);
    let reaching = reach.reaching(METADATA, (Protocol::Tcp, 80), &group);
    for at in world.numbers() {
        if let Some(source) = ungoverned.get(&at) {
            for to in [Party::Platform, Party::Outside] {
                let mut one = broken(&OpenEgress::ABOUT, Aspect::Network, tenant(at));
                (one.from, one.to) = (Some(tenant(at)), Some(to));
                let name = reach.source_name(*source);
                one.reason = format!(
                    "no policy governs connections of {name} of {}: it reaches the platform, the nodes and their metadata, and every address outside",
                    called(world, tenant(at))
                );
                let namespace = name.split('/').next().unwrap_or_default();
                one.fix = format!(
                    "add to namespace `{namespace}` a NetworkPolicy for egress that selects every pod and allows only names and what is meant"
                );
                one.proofs = vec![pod(world, name)];
                found.broken.push(one);
            }
        } else if let Some((source, destination)) = reaching.get(&at) {
            let mut one = broken(&MetadataReachable::ABOUT, Aspect::Network, tenant(at));
            (one.from, one.to) = (Some(tenant(at)), Some(Party::Outside));
            let name = reach.source_name(*source);
            one.reason = format!(
                "{name} of {} can connect to {METADATA}, where clouds give a node its credentials (within {})",
                called(world, tenant(at)),
                reach.destination_name(*destination)
            );
            one.fix = format!("except {METADATA}/32 in the ipBlock of the egress rule");
            one.proofs = vec![pod(world, name)];
            found.broken.push(one);
        }
    }
}
