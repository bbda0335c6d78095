//! Classes that tenants share: priorities by which pods of one push out those of another, and controllers that take configuration from one
//! Ingress for all.
//!
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>,
//! <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/>, <https://nvd.nist.gov/vuln/detail/CVE-2021-25742>.

use super::super::checks::{ingress_snippet::IngressSnippet, preemption::Preemption};
use super::super::matrix::{Aspect, Found, Party, Proof};
use super::super::world::{At, Thing, World, line_of};
use super::{broken, called, others, tenant, unknown};
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Classes of priority that every cluster has.
const BUILT_IN: [(&str, i64); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];

/// Judges classes of every two.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    priorities(world, found);
    snippets(world, found);
}

/// The priority of pods of a tenant: the highest that pushes others out, and the lowest.
#[derive(Default)]
struct Range<'w> {
    highest: Option<(i64, &'w Thing, At)>,
    lowest: Option<i64>,
}

fn priorities(world: &World<'_>, found: &mut Found) {
    let classes: BTreeMap<&str, &Thing> = world
        .kind("scheduling.k8s.io", "PriorityClass")
        .map(|thing| (thing.object.name.as_str(), thing))
        .collect();
    let value = |thing: &Thing| thing.object.root.get("value").and_then(Node::int);
    let default = classes
        .values()
        .find(|class| class.object.root.get("globalDefault").and_then(Node::bool) == Some(true));
    let default = default.and_then(|class| value(class)).unwrap_or(0);
    let mut ranges: BTreeMap<u32, Range<'_>> = BTreeMap::new();
    for (thing, pod) in world.pods() {
        let Some(at) = world.tenant_of(&thing.namespace) else {
            continue;
        };
        let named = pod
            .spec
            .get("priorityClassName")
            .filter(|node| node.text().is_some_and(|name| !name.is_empty()));
        let name = named.and_then(Node::text).unwrap_or_default();
        let class = classes.get(name);
        let built_in = BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value);
        let range = ranges.entry(at).or_default();
        let Some(node) = named else {
            range.lowest = Some(range.lowest.map_or(default, |lowest| lowest.min(default)));
            continue;
        };
        let Some(priority) = class.and_then(|class| value(class)).or(built_in) else {
            let mut one = unknown(Aspect::Classes, tenant(at));
            one.from = Some(tenant(at));
            one.reason = format!(
                "{} has the priority class `{}`, which no manifest has, so that it is not known whom its pods push out",
                thing.title(),
                line_of(name)
            );
            one.fix = "add the PriorityClass to the manifests".to_owned();
            one.proofs = vec![Proof::new(thing.title(), thing.of(node))];
            found.broken.push(one);
            continue;
        };
        range.lowest = Some(range.lowest.map_or(priority, |lowest| lowest.min(priority)));
        let never = [class.map(|class| &class.object.root), Some(pod.spec)]
            .into_iter()
            .flatten()
            .any(|node| node.text_of("preemptionPolicy") == Some("Never"));
        if !never && range.highest.is_none_or(|(highest, ..)| priority > highest) {
            range.highest = Some((priority, thing, thing.of(node)));
        }
    }
    for (at, range) in &ranges {
        let Some((priority, thing, place)) = range.highest else {
            continue;
        };
        let lower = ranges
            .iter()
            .filter(|(other, range)| *other != at && range.lowest.is_some_and(|lowest| lowest < priority));
        let lower: BTreeSet<Party> = lower.map(|(other, _)| tenant(*other)).collect();
        for to in others(world, *at, &lower) {
            let mut one = broken(&Preemption::ABOUT, Aspect::Classes, tenant(*at));
            (one.from, one.to) = (Some(tenant(*at)), to);
            if BUILT_IN.iter().any(|(_, of_system)| *of_system <= priority) {
                one.severity = Some(Severity::Medium);
            }
            let whose = to.map_or_else(|| "every other tenant".to_owned(), |to| called(world, to));
            one.reason = format!(
                "{} of {} has priority {priority}: where room is short, pods of {whose} are evicted for it",
                thing.title(),
                called(world, tenant(*at))
            );
            one.fix = "give the class `preemptionPolicy: Never`, or let the quota of the namespace leave it out by a scopeSelector".to_owned();
            one.proofs = vec![Proof::new(thing.title(), place)];
            found.broken.push(one);
        }
    }
}

/// The class of an Ingress; empty for the default one.
pub(super) fn ingress_class(thing: &Thing) -> &str {
    let root = &thing.object.root;
    let class = root.at(&["spec", "ingressClassName"]);
    let class = class.or_else(|| root.at(&["metadata", "annotations", "kubernetes.io/ingress.class"]));
    class.and_then(Node::text).unwrap_or_default()
}

fn snippets(world: &World<'_>, found: &mut Found) {
    let mut users: BTreeMap<&str, BTreeSet<Party>> = BTreeMap::new();
    let mut with: Vec<(&Thing, &str, u32, At)> = Vec::new();
    for group in ["networking.k8s.io", "extensions"] {
        for thing in world.kind(group, "Ingress") {
            let class = ingress_class(thing);
            let owner = world.owner(&thing.namespace);
            users.entry(class).or_default().insert(owner);
            let annotations = thing.object.root.at(&["metadata", "annotations"]);
            let snippet = annotations
                .map_or(&[][..], Node::entries)
                .iter()
                .find(|entry| entry.key.starts_with("nginx.") && entry.key.ends_with("-snippet"));
            if let (Some(entry), Party::Tenant(at)) = (snippet, owner) {
                let place = At {
                    file: thing.file,
                    span: entry.key_span,
                };
                with.push((thing, class, at, place));
            }
        }
    }
    for (thing, class, at, place) in with {
        let mut rest: BTreeSet<Party> = users.get(class).into_iter().flatten().copied().collect();
        rest.remove(&tenant(at));
        // The controller itself is the platform's.
        rest.insert(Party::Platform);
        for to in others(world, at, &rest) {
            let mut one = broken(&IngressSnippet::ABOUT, Aspect::Classes, tenant(at));
            (one.from, one.to) = (Some(tenant(at)), to);
            one.key = thing.title();
            one.reason = format!(
                "{} of {} writes into the configuration of a controller that it shares, and can have its token, and with it every Secret of the cluster",
                thing.title(),
                called(world, tenant(at))
            );
            one.fix = "take the snippet out, and set allow-snippet-annotations: \"false\" in the controller"
                .to_owned();
            one.proofs = vec![Proof::new(format!("{}: a snippet", thing.title()), place)];
            found.broken.push(one);
        }
    }
}
