//! What a tenant may take of the cluster.
//!
//! Source: <https://kubernetes.io/docs/concepts/policy/resource-quotas/>, <https://kubernetes.io/docs/concepts/policy/limit-range/>.

use super::super::checks::{no_limit_range::NoLimitRange, no_quota::NoQuota};
use super::super::matrix::{Aspect, Found, Proof};
use super::super::world::{Space, Thing, World};
use super::{broken, called, named, tenant};
use bartizan_engine::rule::Severity;
use std::collections::BTreeSet;

/// What a quota has to count, each by the keys that count it.
const COUNTED: [(&str, &[&str]); 10] = [
    ("processors", &["requests.cpu", "cpu", "limits.cpu"]),
    ("memory", &["requests.memory", "memory", "limits.memory"]),
    (
        "storage",
        &[
            "requests.storage",
            "requests.ephemeral-storage",
            "limits.ephemeral-storage",
            "ephemeral-storage",
        ],
    ),
    ("pods", &["pods", "count/pods"]),
    ("services", &["services", "count/services"]),
    ("secrets", &["secrets", "count/secrets"]),
    ("configmaps", &["configmaps", "count/configmaps"]),
    (
        "persistentvolumeclaims",
        &["persistentvolumeclaims", "count/persistentvolumeclaims"],
    ),
    ("services.nodeports", &["services.nodeports"]),
    ("services.loadbalancers", &["services.loadbalancers"]),
];

/// Judges the quotas and limit ranges of every namespace of a tenant.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let quotas = world.by_namespace("", "ResourceQuota");
    let ranges: BTreeSet<&str> = world
        .kind("", "LimitRange")
        .filter(|range| bounds_containers(range))
        .map(|range| range.namespace.as_str())
        .collect();
    for at in world.numbers() {
        for (name, space) in world.spaces_of(at) {
            let of_space = quotas.get(name).map_or(&[][..], Vec::as_slice);
            quota(world, (at, name, space), of_space, found);
            if !ranges.contains(name) {
                let mut one = broken(&NoLimitRange::ABOUT, Aspect::Quota, tenant(at));
                one.from = Some(tenant(at));
                one.reason = format!(
                    "namespace `{name}` of {} has no LimitRange that gives containers a default and a most",
                    called(world, tenant(at))
                );
                one.fix = format!("add a LimitRange with type Container to namespace `{name}`");
                one.key = name.to_owned();
                one.proofs = vec![declared(name, space)];
                found.broken.push(one);
            }
        }
    }
}

/// Whether a quota counts everything of its namespace, not only what has a scope.
fn is_of_all(quota: &Thing) -> bool {
    let spec = quota.object.root.get("spec");
    spec.is_none_or(|spec| spec.items_of("scopes").is_empty() && spec.get("scopeSelector").is_none())
}

fn quota(world: &World<'_>, (at, name, space): (u32, &str, &Space), quotas: &[&Thing], found: &mut Found) {
    let counted: BTreeSet<&str> = quotas
        .iter()
        .filter(|quota| is_of_all(quota))
        .filter_map(|quota| quota.object.root.at(&["spec", "hard"]))
        .flat_map(|hard| hard.entries().iter().map(|entry| &*entry.key))
        .collect();
    let has = |keys: &[&str]| {
        // A quota of services of these kinds bounds all of them, and one of none bounds those too.
        keys.iter().any(|key| counted.contains(key))
    };
    let missing: Vec<&str> = COUNTED
        .iter()
        .filter(|(_, keys)| !has(keys))
        .map(|(what, _)| *what)
        .collect();
    if missing.is_empty() {
        return;
    }
    let mut one = broken(&NoQuota::ABOUT, Aspect::Quota, tenant(at));
    one.from = Some(tenant(at));
    one.key = name.to_owned();
    let whose = called(world, tenant(at));
    let takes_machines = missing
        .iter()
        .any(|what| matches!(*what, "processors" | "memory"));
    if quotas.is_empty() {
        one.reason =
            format!("namespace `{name}` of {whose} has no ResourceQuota: what it takes, nobody else has");
    } else {
        one.reason = format!(
            "the ResourceQuota of namespace `{name}` of {whose} does not count {}",
            named(missing.iter().copied())
        );
        if !takes_machines {
            one.severity = Some(Severity::Low);
        }
    }
    one.fix = format!(
        "let a ResourceQuota of namespace `{name}` count {}",
        missing.join(", ")
    );
    one.proofs = if quotas.is_empty() {
        vec![declared(name, space)]
    } else {
        quotas.iter().map(|quota| Proof::of(quota, "")).collect()
    };
    found.broken.push(one);
}

/// The proof that something is missing in a namespace.
pub(super) fn declared(name: &str, space: &Space) -> Proof {
    Proof::new(format!("Namespace {name}"), space.at)
}

fn bounds_containers(range: &Thing) -> bool {
    let limits = range
        .object
        .root
        .at(&["spec", "limits"])
        .map_or(&[][..], |limits| limits.items());
    limits.iter().any(|limit| {
        limit.text_of("type") == Some("Container")
            && (limit.get("default").is_some() || limit.get("max").is_some())
    })
}
