//! Services of tenants that take ports of every node, or addresses that are not theirs.
//!
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/>; that an external address takes others' connections:
//! <https://nvd.nist.gov/vuln/detail/CVE-2020-8554>.

use super::super::checks::{external_ip::ExternalIp, node_port::NodePort};
use super::super::matrix::{Aspect, Found, Party, Proof};
use super::super::world::World;
use super::{broken, called, named, tenant};

/// Judges the Services of every tenant.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    for thing in world.kind("", "Service") {
        let Some(at) = world.tenant_of(&thing.namespace) else {
            continue;
        };
        let Some(spec) = thing.object.root.get("spec") else {
            continue;
        };
        if let Some(kind) = spec.get("type").filter(|kind| kind.text() == Some("NodePort")) {
            let mut one = broken(&NodePort::ABOUT, Aspect::Network, tenant(at));
            (one.from, one.to) = (Some(Party::Outside), Some(tenant(at)));
            one.key = thing.title();
            one.reason = format!(
                "{} of {} takes a port of every node, in front of which no NetworkPolicy of the cluster stands",
                thing.title(),
                called(world, tenant(at))
            );
            one.fix = "make it a ClusterIP behind an Ingress or a Gateway, and set services.nodeports: \"0\" in the quota".to_owned();
            one.proofs = vec![Proof::new(
                format!("{}: type NodePort", thing.title()),
                thing.of(kind),
            )];
            found.broken.push(one);
        }
        let addresses = spec.items_of("externalIPs");
        if let Some(first) = addresses.first() {
            let mut one = broken(&ExternalIp::ABOUT, Aspect::Network, tenant(at));
            one.from = Some(tenant(at));
            one.key = thing.title();
            one.reason = format!(
                "{} of {} takes connections of the whole cluster to {}, whomever these belong to",
                thing.title(),
                called(world, tenant(at)),
                named(addresses.iter().filter_map(|address| address.text()))
            );
            one.fix = "take externalIPs out, and refuse them by the admission plugin DenyServiceExternalIPs"
                .to_owned();
            one.proofs = vec![Proof::new(
                format!("{}: externalIPs", thing.title()),
                thing.of(first),
            )];
            found.broken.push(one);
        }
    }
}
