//! Policies of administrators: AdminNetworkPolicy and BaselineAdminNetworkPolicy.
//!
//! Source: <https://network-policy-api.sigs.k8s.io/api-overview/>, <https://network-policy-api.sigs.k8s.io/reference/spec/>.

use super::address::Block;
use super::policy::{
    Action, Closes, Namespaces, Peer, Pods, Policy, Port, Rule, Tier, Undecided, cidr, list, ports, protocol,
};
use super::ports::{Connections, Protocol};
use super::selector::Selector;
use crate::kube::Object;
use bartizan_document::Node;

/// Most rules of a direction, peers of a rule and ports of a rule.
const MOST: usize = 100;

/// Reads an AdminNetworkPolicy.
///
/// # Errors
///
/// What an API server would not accept, in words.
pub(super) fn admin(object: &Object) -> Result<(Policy, Undecided), String> {
    let priority = object.root.at(&["spec", "priority"]).and_then(Node::int);
    match priority {
        Some(priority @ 0..=1000) => policy(object, Tier::Admin(priority)),
        Some(other) => Err(format!("the priority {other} is not from 0 to 1000")),
        None => Err("it has no priority".to_owned()),
    }
}

/// Reads a BaselineAdminNetworkPolicy.
///
/// # Errors
///
/// What an API server would not accept, in words.
pub(super) fn baseline(object: &Object) -> Result<(Policy, Undecided), String> {
    if object.name != "default" {
        return Err("its name is not `default`".to_owned());
    }
    policy(object, Tier::Baseline)
}

fn policy(object: &Object, tier: Tier) -> Result<(Policy, Undecided), String> {
    let spec = object.root.get("spec").ok_or("it has no spec")?;
    let subject = spec.get("subject").ok_or("it has no subject")?;
    let subject = pods(subject)?.ok_or("its subject is empty")?;
    let mut undecided = Undecided::new();
    let mut rules = |side: &str, peers: &str| {
        let nodes = list(spec, side)?;
        if nodes.len() > MOST {
            return Err(format!("{side} has more than {MOST} rules"));
        }
        let read = nodes.iter().enumerate().map(|(index, node)| {
            rule(node, index, peers, tier, &mut undecided)
                .map_err(|why| format!("rule {} of {side}: {why}", index + 1))
        });
        let read: Vec<Rule> = read.collect::<Result<_, String>>()?;
        Ok((!read.is_empty()).then_some(read))
    };
    let policy = Policy {
        title: format!("{} {}", object.kind, object.name),
        tier,
        subject,
        ingress: rules("ingress", "from")?,
        egress: rules("egress", "to")?,
        closes: Closes::default(),
    };
    Ok((policy, undecided))
}

fn rule(
    node: &Node,
    index: usize,
    side: &str,
    tier: Tier,
    undecided: &mut Undecided,
) -> Result<Rule, String> {
    let action = match (node.text_of("action"), tier) {
        (Some("Allow"), _) => Action::Allow,
        (Some("Deny"), _) => Action::Deny,
        (Some("Pass"), Tier::Admin(_)) => Action::Pass,
        (action, _) => return Err(format!("{:?} is no action", action.unwrap_or_default())),
    };
    let listed = list(node, side)?;
    if listed.is_empty() || listed.len() > MOST {
        return Err(format!("{side} must have from 1 to {MOST} entries"));
    }
    let mut peers = Vec::new();
    for node in listed {
        peers.extend(peer(node, side == "to", undecided)?);
    }
    let listed = list(node, "ports")?;
    let to = if listed.is_empty() {
        if node.get("ports").is_some_and(|ports| !ports.is_null()) {
            return Err("ports must have entries where they are there".to_owned());
        }
        vec![Port::Numbered(Connections::all())]
    } else {
        listed.iter().map(port).collect::<Result<_, String>>()?
    };
    let name = node.text_of("name").filter(|name| !name.is_empty());
    Ok(Rule {
        action,
        name: name.map_or_else(
            || (index + 1).to_string(),
            |name| format!("{} ({name})", index + 1),
        ),
        peers,
        to,
        only: None,
    })
}

fn peer(node: &Node, addresses: bool, undecided: &mut Undecided) -> Result<Option<Peer>, String> {
    if node.entries().len() != 1 {
        return Err("a peer must have exactly one field".to_owned());
    }
    if let Some(pods) = pods(node)? {
        return Ok(Some(Peer::Pods(pods)));
    }
    if !addresses {
        return Err("a peer is neither namespaces nor pods".to_owned());
    }
    if node.get("nodes").is_some() {
        undecided
            .push("a peer of nodes is not looked at, as addresses of nodes are in no manifest".to_owned());
        return Ok(None);
    }
    let networks = list(node, "networks")?;
    if networks.is_empty() {
        return Err("a peer is none of namespaces, pods, nodes and networks".to_owned());
    }
    let mut ranges = Vec::new();
    for network in networks {
        match cidr(network)? {
            Block::V4(range) => ranges.push(range),
            Block::V6 => undecided.push("IPv6 addresses are not looked at".to_owned()),
        }
    }
    Ok(Some(Peer::Addresses(ranges)))
}

/// The pods that `namespaces` or `pods` selects; none where it is neither.
fn pods(node: &Node) -> Result<Option<Pods>, String> {
    match (node.get("namespaces"), node.get("pods")) {
        (Some(_), Some(_)) => Err("namespaces stand beside pods".to_owned()),
        (None, None) => Ok(None),
        (Some(namespaces), None) => Ok(Some(Pods {
            namespaces: Namespaces::Selected(Selector::read(namespaces)?),
            pods: Selector::default(),
            managed: false,
        })),
        (None, Some(pods)) => {
            let selector = |key: &str| {
                pods.get(key)
                    .map_or_else(|| Ok(Selector::default()), Selector::read)
            };
            Ok(Some(Pods {
                namespaces: Namespaces::Selected(selector("namespaceSelector")?),
                pods: selector("podSelector")?,
                managed: false,
            }))
        }
    }
}

fn port(node: &Node) -> Result<Port, String> {
    let [entry] = node.entries() else {
        return Err("a port must have exactly one field".to_owned());
    };
    let value = &entry.value;
    let number = |key: &str| {
        value
            .get(key)
            .and_then(Node::int)
            .ok_or_else(|| format!("{} has no {key}", entry.key))
    };
    let numbered = |first: i64, last: i64| {
        let protocol = protocol(value)?.unwrap_or(Protocol::Tcp);
        Ok(Port::Numbered(Connections::of(protocol, ports(first, last)?)))
    };
    match &*entry.key {
        "portNumber" => numbered(number("port")?, number("port")?),
        "portRange" => numbered(number("start")?, number("end")?),
        "namedPort" => match value.text() {
            Some(name) if !name.is_empty() => Ok(Port::Named(None, name.into())),
            _ => Err("namedPort is no name".to_owned()),
        },
        other => Err(format!("no port is written as {other:?}")),
    }
}
