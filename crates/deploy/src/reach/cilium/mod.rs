//! Policies of Cilium: CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, and the blocks of addresses that they name.
//!
//! In: objects. Out: [`Policy`] in the form of all others, one for each rule set. Cilium asks them together with NetworkPolicies: what any
//! allows is allowed, and what one of its own denies is denied whatever others allow. Rules on requests and names are what a rule asks
//! beside peer and port.
//!
//! Source: <https://docs.cilium.io/en/stable/security/policy/>, <https://docs.cilium.io/en/stable/network/kubernetes/policy/>.

mod peers;
mod requests;
mod resolve;

pub(super) use peers::ACCOUNT;
pub(super) use resolve::resolved;

use super::condition::Demand;
use super::policy::{Closes, Namespaces, Only, Peer, Pods, Policy, Rule, Tier, Undecided, list};
use super::selector::{Labels, labels};
use super::{Action, Direction};
use crate::kube::Object;
use bartizan_document::{Node, Value};
use std::sync::Arc;

/// Most rules of a section: as many as the product of what a policy may list would stay within memory.
const MOST: usize = 10_000;

/// What the rules of one policy are read with.
struct Reader<'o> {
    title: Arc<str>,
    /// Absent for policies of the whole cluster.
    namespace: Option<&'o str>,
    undecided: Undecided,
}

/// Blocks of addresses with a name.
#[derive(Debug, Clone)]
pub(super) struct CidrGroup {
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) blocks: Vec<super::address::Range>,
}

/// Reads a CiliumNetworkPolicy, or where there is no namespace a CiliumClusterwideNetworkPolicy, and what of it is not understood.
///
/// # Errors
///
/// What Cilium would not accept, in words.
pub(super) fn policies(object: &Object, namespace: Option<&str>) -> Result<(Vec<Policy>, Undecided), String> {
    let title = namespace.map_or_else(
        || format!("{} {}", object.kind, object.name),
        |namespace| format!("{} {namespace}/{}", object.kind, object.name),
    );
    let specs = list(&object.root, "specs")?;
    let single = object.root.get("spec").filter(|spec| !spec.is_null());
    if single.is_none() && specs.is_empty() {
        return Err("it has no spec".to_owned());
    }
    let mut reader = Reader {
        title: title.into(),
        namespace,
        undecided: Undecided::new(),
    };
    let mut read = Vec::new();
    for (at, spec) in single.into_iter().chain(specs).enumerate() {
        let several = single.iter().len() + specs.len() > 1;
        let place = if several {
            format!("{} of ", at + 1)
        } else {
            String::new()
        };
        read.extend(reader.policy(spec, &place)?);
    }
    Ok((read, reader.undecided))
}

/// Reads a CiliumCIDRGroup.
///
/// # Errors
///
/// What Cilium would not accept, in words.
pub(super) fn group(object: &Object) -> Result<(CidrGroup, Undecided), String> {
    let spec = object.root.get("spec").ok_or("it has no spec")?;
    let of_object = object.root.at(&["metadata", "labels"]).map(labels).transpose()?;
    let mut undecided = Undecided::new();
    let mut blocks = Vec::new();
    for block in list(spec, "externalCIDRs")? {
        blocks.extend(peers::address(block, &mut undecided)?);
    }
    let group = CidrGroup {
        name: object.name.clone(),
        labels: of_object.unwrap_or_default(),
        blocks,
    };
    Ok((group, undecided))
}

impl Reader<'_> {
    fn policy(&mut self, spec: &Node, place: &str) -> Result<Option<Policy>, String> {
        if !matches!(spec.value, Value::Map(_)) {
            return Err(format!("its spec is {}, not a map", spec.kind()));
        }
        let selector = |key: &str| spec.get(key).filter(|node| !node.is_null());
        let subject = match (selector("endpointSelector"), selector("nodeSelector")) {
            (Some(_), Some(_)) => return Err("it selects endpoints and nodes".to_owned()),
            (None, None) => return Err("it selects neither endpoints nor nodes".to_owned()),
            (None, Some(_)) if self.namespace.is_some() => {
                return Err("nodes are only selected by policies of the whole cluster".to_owned());
            }
            (None, Some(_)) => {
                self.undecided
                    .push("it governs nodes, which are in no manifest, and is not followed".to_owned());
                return Ok(None);
            }
            (Some(endpoints), None) => self.subject(endpoints)?,
        };
        let mut section = |allow: &str, deny: &str, direction: Direction| {
            let (allow, deny) = (list(spec, allow)?, list(spec, deny)?);
            let mut rules = Vec::new();
            let all = deny.iter().map(|node| (node, Action::Deny)).enumerate();
            let all = all.chain(allow.iter().map(|node| (node, Action::Allow)).enumerate());
            for (at, (node, action)) in all {
                let name = match action {
                    Action::Deny => format!("{} of {place}{}", at + 1, section_name(direction)),
                    _ if place.is_empty() => (at + 1).to_string(),
                    _ => format!("{} of {}", at + 1, place.trim_end_matches(" of ")),
                };
                let read = self.rule(node, &name, direction, action);
                rules.extend(read.map_err(|why| format!("rule {name}: {why}"))?);
                if rules.len() > MOST {
                    return Err(format!("it has more than {MOST} rules"));
                }
            }
            Ok((!allow.is_empty() || !deny.is_empty(), rules))
        };
        let (has_ingress, ingress) = section("ingress", "ingressDeny", Direction::Ingress)?;
        let (has_egress, egress) = section("egress", "egressDeny", Direction::Egress)?;
        let closes = |key: &str, has: bool| {
            let said = spec.at(&["enableDefaultDeny", key]).and_then(Node::bool);
            said.unwrap_or(has)
        };
        let closes = Closes {
            ingress: closes("ingress", has_ingress),
            egress: closes("egress", has_egress),
        };
        Ok(Some(Policy {
            title: self.title.to_string(),
            tier: Tier::Namespace,
            subject,
            ingress: (has_ingress || closes.ingress).then_some(ingress),
            egress: (has_egress || closes.egress).then_some(egress),
            closes,
        }))
    }

    /// The pods that a policy governs: of its namespace, whatever its selector says of namespaces.
    fn subject(&mut self, node: &Node) -> Result<Pods, String> {
        let parts = peers::Parts::read(node)?;
        if let Some(why) = parts.foreign {
            self.undecided.push(format!(
                "whom it governs is not known, and is taken as without that: {why}"
            ));
        }
        if !parts.reserved.is_empty() {
            return Err("it governs what is reserved, which is followed for peers only".to_owned());
        }
        let namespaces = match (self.namespace, parts.of_namespaces.is_empty()) {
            (Some(own), true) => Namespaces::Named(own.to_owned()),
            (Some(own), false) => Namespaces::Selected(peers::named(own).and(parts.of_namespaces)),
            (None, _) => {
                let named = parts.namespace.unwrap_or_default();
                Namespaces::Selected(named.and(parts.of_namespaces))
            }
        };
        Ok(Pods {
            namespaces,
            pods: parts.pods,
            managed: true,
        })
    }

    /// A rule, as one for each thing that it asks beside peer and port.
    fn rule(
        &mut self,
        node: &Node,
        name: &str,
        direction: Direction,
        action: Action,
    ) -> Result<Vec<Rule>, String> {
        let has_ports = !list(node, "toPorts")?.is_empty();
        let has_icmp = !list(node, "icmps")?.is_empty();
        if has_ports && has_icmp {
            return Err("icmps stand beside toPorts".to_owned());
        }
        let peers = match self.peers(node, direction, action)? {
            Some(peers) => peers,
            // Without a peer and without a port nothing is allowed: the section only closes the direction.
            None if has_ports => vec![(vec![Peer::Anyone], None)],
            None => Vec::new(),
        };
        let ports = if has_icmp {
            Vec::new()
        } else {
            self.ports(node, direction, action)?
        };
        let proof = match node.at(&["authentication", "mode"]).and_then(Node::text) {
            None | Some("disabled") => None,
            Some("required") => Some(self.asks("a caller that proves who it is", true, true)),
            Some("test-always-fail") => return Ok(Vec::new()),
            Some(other) => return Err(format!("no mode of authentication is called {other:?}")),
        };
        let mut rules = Vec::new();
        for (peers, of_peers) in &peers {
            for (to, of_ports) in &ports {
                let asked = [&proof, of_peers, of_ports].into_iter().flatten();
                rules.push(Rule {
                    action,
                    name: name.to_owned(),
                    peers: peers.clone(),
                    to: to.clone(),
                    only: asked.cloned().reduce(|one, other| both(&one, &other)),
                });
            }
        }
        Ok(rules)
    }

    fn asks(&self, what: &str, decided: bool, restricts: bool) -> Only {
        Only {
            demand: Demand {
                by: self.title.clone(),
                what: what.into(),
                decided,
            },
            restricts,
        }
    }
}

const fn section_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingressDeny",
        Direction::Egress => "egressDeny",
    }
}

fn both(one: &Only, other: &Only) -> Only {
    Only {
        demand: Demand {
            by: one.demand.by.clone(),
            what: format!("{}, and {}", one.demand.what, other.demand.what).into(),
            decided: one.demand.decided && other.demand.decided,
        },
        restricts: one.restricts || other.restricts,
    }
}
