//! Who can relabel a pod or a namespace, or change policies of its own, so that connections to another tenant are let through.
//!
//! In: policies that let in by labels, rights of subjects, and who is let out. A selector that goes by the name of a namespace holds,
//! for that label cannot be changed: <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name>.

use super::super::checks::relabel::Relabel;
use super::super::matrix::{Aspect, Broken, Found, Proof};
use super::super::subjects::{Grant, Resource, Subject, Subjects};
use super::super::world::{At, Thing, World};
use super::network::Network;
use super::rbac::prove;
use super::{broken, called, tenant};
use crate::reach::{Labels, Selector};
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::BTreeMap;

/// The label that the API server gives every namespace: its name.
const NAME: &str = "kubernetes.io/metadata.name";

const POLICIES: [Resource; 1] = [("networking.k8s.io", "networkpolicies")];
const NAMESPACES: [Resource; 1] = [("", "namespaces")];

/// What makes pods, or changes their labels.
pub(super) const PODS: [Resource; 8] = [
    ("", "pods"),
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("", "replicationcontrollers"),
];

const SET: [&str; 3] = ["create", "update", "patch"];
const CHANGE: [&str; 2] = ["update", "patch"];

/// One peer that a policy lets in by labels.
struct Door<'w> {
    /// The tenant that it leads to.
    to: u32,
    namespaces: Selector,
    pods: Selector,
    policy: &'w Thing,
    at: At,
}

/// Who of a tenant can, and by what.
type Hand<'s, 'w> = (&'s Subject<'w>, &'s Grant<'w>);

/// Judges every two.
pub(super) fn judge(world: &World<'_>, subjects: &Subjects<'_>, network: &Network, found: &mut Found) {
    let mut worst: BTreeMap<(u32, u32), Broken> = BTreeMap::new();
    let doors = doors(world);
    for from in world.numbers() {
        for (name, space) in world.spaces_of(from) {
            let pods = subjects.may(from, name, &SET, &PODS);
            let namespaces = subjects.may(from, name, &CHANGE, &NAMESPACES);
            if pods.is_none() && namespaces.is_none() {
                continue;
            }
            let policies = subjects.may(from, name, &SET, &POLICIES);
            let mut labels = space.labels.clone();
            labels.insert(NAME.into(), name.into());
            for door in doors.iter().filter(|door| door.to != from) {
                let is_let_out = policies.is_some() || network.leaves(from, door.to);
                if worst.contains_key(&(from, door.to)) || !is_let_out {
                    continue;
                }
                if let Some((hand, by)) = opens(door, (name, &labels), pods, namespaces) {
                    let one = relabels(world, (from, name), door, hand, by);
                    worst.insert((from, door.to), one);
                }
            }
        }
    }
    own_policies(world, subjects, network, &mut worst);
    found.broken.extend(worst.into_values());
}

/// Whose hand opens a door to pods of a namespace, and what it changes.
fn opens<'s, 'w>(
    door: &Door<'_>,
    (name, labels): (&str, &Labels),
    pods: Option<Hand<'s, 'w>>,
    namespaces: Option<Hand<'s, 'w>>,
) -> Option<(Hand<'s, 'w>, &'static str)> {
    let leads = door.namespaces.matches(labels);
    if leads {
        // A door for all pods of the namespace is open already.
        return pods
            .filter(|_| !door.pods.is_empty())
            .map(|hand| (hand, "the pods"));
    }
    let hand = namespaces.filter(|_| door.namespaces.can_match(NAME, name))?;
    (door.pods.is_empty() || pods.is_some()).then_some((hand, "the namespace"))
}

/// Peers of policies of tenants that go by labels of namespaces.
fn doors<'w>(world: &'w World<'_>) -> Vec<Door<'w>> {
    let mut doors = Vec::new();
    for policy in world.kind("networking.k8s.io", "NetworkPolicy") {
        let Some(to) = world.tenant_of(&policy.namespace) else {
            continue;
        };
        let rules = policy
            .object
            .root
            .at(&["spec", "ingress"])
            .map_or(&[][..], Node::items);
        for peer in rules.iter().flat_map(|rule| rule.items_of("from")) {
            let read = |key: &str| {
                peer.get(key)
                    .map_or_else(|| Ok(Selector::default()), Selector::read)
            };
            // What cannot be read is told by who works out who reaches whom.
            if let (Some(node), Ok(namespaces), Ok(pods)) = (
                peer.get("namespaceSelector"),
                read("namespaceSelector"),
                read("podSelector"),
            ) {
                doors.push(Door {
                    to,
                    namespaces,
                    pods,
                    policy,
                    at: policy.of(node),
                });
            }
        }
    }
    doors.sort_by(|one, other| {
        (one.to, &one.namespaces, &one.pods).cmp(&(other.to, &other.namespaces, &other.pods))
    });
    doors.dedup_by(|one, other| {
        (one.to, &one.namespaces, &one.pods) == (other.to, &other.namespaces, &other.pods)
    });
    doors
}

fn relabels(
    world: &World<'_>,
    (from, namespace): (u32, &str),
    door: &Door<'_>,
    (subject, grant): Hand<'_, '_>,
    what: &str,
) -> Broken {
    let mut one = broken(&Relabel::ABOUT, Aspect::Labels, tenant(door.to));
    (one.from, one.to) = (Some(tenant(from)), Some(tenant(door.to)));
    one.reason = format!(
        "{} of {} can label {what} of `{namespace}` so that {} of {} lets them in",
        subject.name,
        called(world, tenant(from)),
        door.policy.title(),
        called(world, tenant(door.to))
    );
    one.fix = format!("add `{NAME}` of the namespaces that are meant to the selector");
    prove(&mut one, subject, &[grant]);
    one.proofs.insert(
        0,
        Proof::new(format!("{}: whom it lets in", door.policy.title()), door.at),
    );
    one.key = door.policy.title();
    one
}

/// Tenants whom only their own policies keep from another, and who can change these.
fn own_policies(
    world: &World<'_>,
    subjects: &Subjects<'_>,
    network: &Network,
    worst: &mut BTreeMap<(u32, u32), Broken>,
) {
    let changes = ["create", "update", "patch", "delete", "deletecollection"];
    let mut hands: BTreeMap<u32, Option<Hand<'_, '_>>> = BTreeMap::new();
    for (from, to) in network.kept_by_itself() {
        let hand = hands.entry(from).or_insert_with(|| {
            world
                .spaces_of(from)
                .find_map(|(name, _)| subjects.may(from, name, &changes, &POLICIES))
        });
        let Some((subject, grant)) = hand else { continue };
        let mut one = broken(&Relabel::ABOUT, Aspect::Labels, tenant(to));
        (one.from, one.to) = (Some(tenant(from)), Some(tenant(to)));
        one.severity = Some(Severity::Medium);
        one.reason = format!(
            "only policies of {} keep it from {}, and {} can change them",
            called(world, tenant(from)),
            called(world, tenant(to)),
            subject.name
        );
        one.fix = "let a policy of the other tenant deny connections to all its pods".to_owned();
        prove(&mut one, subject, &[*grant]);
        one.proofs.push(Proof::new("", world.place_of(to)));
        one.key = "own policies".to_owned();
        worst.entry((from, to)).or_insert(one);
    }
}
