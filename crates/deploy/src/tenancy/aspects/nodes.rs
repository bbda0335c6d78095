//! Whether nodes that are meant for one tenant run pods of another.
//!
//! Two pods may meet on a node unless both require a label of it with values that no node has at once. Where nobody has nodes of his own,
//! what keeps pods apart is the kernel, and that is what `pods` asks.
//!
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>,
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>.

use super::super::checks::shared_node::SharedNode;
use super::super::matrix::{Aspect, Found, Party, Proof};
use super::super::world::{Space, Thing, World};
use super::{broken, called, others, tenant};
use crate::kube::Pod;
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Annotations by which a namespace says for all of its pods on which nodes they run.
const ANNOTATIONS: [&str; 2] = [
    "scheduler.alpha.kubernetes.io/node-selector",
    "openshift.io/node-selector",
];

/// Labels that every node has with a value of many: to require one makes no nodes one's own.
const COMMON: [&str; 6] = [
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
];

/// What nodes a pod may run on.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Placement {
    /// Labels that a node must have, each with one of the values.
    required: BTreeMap<String, BTreeSet<String>>,
    /// Taints that it bears: key and value; no value for any, and no key for every taint.
    tolerated: BTreeSet<(Option<String>, Option<String>)>,
}

impl Placement {
    fn of(pod: Pod<'_>, space: Option<&Space>) -> Self {
        let mut placement = Self::default();
        let annotated =
            space.and_then(|space| ANNOTATIONS.iter().find_map(|key| space.annotations.get(*key)));
        for pair in annotated.into_iter().flat_map(|text| text.split(',')) {
            if let Some((key, value)) = pair.split_once('=') {
                placement.require(key.trim(), [value.trim().to_owned()]);
            }
        }
        for entry in pod.spec.get("nodeSelector").map_or(&[][..], Node::entries) {
            if let Some(value) = entry.value.text() {
                placement.require(&entry.key, [value.to_owned()]);
            }
        }
        let way = [
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        ];
        // One of several terms is enough, so that only a single one requires what it says.
        if let Some([term]) = pod.spec.at(&way).map(Node::items) {
            for expression in term.items_of("matchExpressions") {
                let values = expression.items_of("values").iter();
                let values = values.filter_map(Node::text).map(str::to_owned);
                if let (Some(key), Some("In")) = (expression.text_of("key"), expression.text_of("operator")) {
                    placement.require(key, values);
                }
            }
        }
        for toleration in pod.spec.items_of("tolerations") {
            let text = |key: &str| toleration.text_of(key).filter(|text| !text.is_empty());
            let key = text("key").map(str::to_owned);
            let any = text("operator") == Some("Exists");
            if key.is_some() || any {
                let value = toleration.text_of("value").unwrap_or_default().to_owned();
                placement.tolerated.insert((key, (!any).then_some(value)));
            }
        }
        placement
    }

    fn require(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        let values: BTreeSet<String> = values.into_iter().collect();
        match self.required.get_mut(key) {
            Some(known) => known.retain(|value| values.contains(value)),
            None => {
                self.required.insert(key.to_owned(), values);
            }
        }
    }

    /// Labels that only some nodes have.
    fn own(&self) -> Option<(&str, &BTreeSet<String>)> {
        let mut own = self.required.iter();
        own.find(|(key, _)| !COMMON.contains(&key.as_str()))
            .map(|(key, values)| (key.as_str(), values))
    }

    fn may_meet(&self, other: &Self) -> bool {
        self.required.iter().all(|(key, values)| {
            other
                .required
                .get(key)
                .is_none_or(|others| !values.is_disjoint(others))
        })
    }

    /// The taint of its own nodes that it bears, where it names one.
    fn taint(&self) -> Option<(&str, Option<&str>)> {
        self.tolerated.iter().find_map(|(key, value)| {
            let key = key.as_deref()?;
            let of_cluster =
                key.starts_with("node.kubernetes.io/") || key.starts_with("node-role.kubernetes.io/");
            (!of_cluster).then_some((key, value.as_deref()))
        })
    }

    fn bears(&self, (key, value): (&str, Option<&str>)) -> bool {
        self.tolerated.iter().any(|(own, of)| {
            own.as_deref().is_none_or(|own| own == key)
                && (of.is_none() || value.is_none() || of.as_deref() == value)
        })
    }
}

/// Judges where pods of every two may run.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let mut by_tenant: BTreeMap<u32, BTreeMap<Placement, &Thing>> = BTreeMap::new();
    for (thing, pod) in world.pods() {
        if let Some(at) = world.tenant_of(&thing.namespace) {
            let placement = Placement::of(pod, world.spaces.get(&thing.namespace));
            by_tenant.entry(at).or_default().entry(placement).or_insert(thing);
        }
    }
    for (owner, placements) in &by_tenant {
        let own = placements.iter().find(|(placement, _)| placement.own().is_some());
        let Some((placement, thing)) = own else { continue };
        let mut guests: BTreeMap<bool, BTreeMap<u32, &Thing>> = BTreeMap::new();
        for (guest, others) in by_tenant.iter().filter(|(guest, _)| *guest != owner) {
            let meets = others.iter().find(|(other, _)| {
                other.may_meet(placement) && placement.taint().is_none_or(|taint| other.bears(taint))
            });
            if let Some((_, other)) = meets {
                let tainted = placement.taint().is_some();
                guests.entry(tainted).or_default().insert(*guest, *other);
            }
        }
        for (tainted, guests) in guests {
            told(world, (*owner, placement, thing), tainted, &guests, found);
        }
    }
}

fn told(
    world: &World<'_>,
    (owner, placement, thing): (u32, &Placement, &Thing),
    tainted: bool,
    guests: &BTreeMap<u32, &Thing>,
    found: &mut Found,
) {
    let Some((key, values)) = placement.own() else {
        return;
    };
    let parties: BTreeSet<Party> = guests.keys().copied().map(tenant).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let nodes = super::super::world::line_of(&format!("{key}={}", values.join("|")));
    for from in others(world, owner, &parties) {
        let guest = match from {
            Some(Party::Tenant(at)) => guests.get(&at),
            _ => guests.values().next(),
        };
        let mut one = broken(&SharedNode::ABOUT, Aspect::Nodes, tenant(owner));
        (one.from, one.to) = (from, Some(tenant(owner)));
        one.key.clone_from(&nodes);
        let who = from.map_or_else(|| "every other tenant".to_owned(), |from| called(world, from));
        if tainted {
            one.severity = Some(Severity::Medium);
            one.reason = format!(
                "pods of {who} bear the taint of the nodes {nodes} that {} has for itself, and nothing keeps them from there",
                called(world, tenant(owner))
            );
        } else {
            one.reason = format!(
                "{} has its pods on the nodes {nodes}, and no taint keeps pods of {who} from them",
                called(world, tenant(owner))
            );
        }
        one.fix =
            "taint the nodes of the tenant, and let the namespaces of others name nodes of their own by annotation".to_owned();
        one.proofs = std::iter::once(Proof::of(thing, "where its pods run"))
            .chain(guest.map(|guest| Proof::of(guest, "may run there too")))
            .collect();
        found.broken.push(one);
    }
}
