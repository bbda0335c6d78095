//! Policies in one form, whatever they are called: whom they govern, and rules in order.
//!
//! In: NetworkPolicy objects. Out: [`Policy`]. Those of administrators are read by [`super::admin`].
//!
//! Source: <https://kubernetes.io/docs/concepts/services-networking/network-policies/>.

use super::address::{Block, Range, block, except};
use super::condition::Demand;
use super::ports::{Connections, Ports, Protocol};
use super::selector::Selector;
use crate::kube::Object;
use bartizan_document::{Node, Value};

/// What a rule does with the connections it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Lets them through.
    Allow,
    /// Stops them.
    Deny,
    /// Leaves them to the policies of the namespace.
    Pass,
}

/// When a policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// Before those of namespaces, in ascending order of priority.
    Admin(i64),
    /// All those that select a pod together.
    Namespace,
    /// Where no policy of a namespace selects the pod.
    Baseline,
}

/// A policy.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) title: String,
    pub(super) tier: Tier,
    pub(super) subject: Pods,
    /// Absent where the policy says nothing of connections to its pods.
    pub(super) ingress: Option<Vec<Rule>>,
    /// Absent where the policy says nothing of connections from its pods.
    pub(super) egress: Option<Vec<Rule>>,
    /// Directions in which it stops what no policy of namespaces allows.
    pub(super) closes: Closes,
}

/// Directions in which a policy stops what none of its kind allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Closes {
    pub(super) ingress: bool,
    pub(super) egress: bool,
}

/// Pods of namespaces.
#[derive(Debug, Clone)]
pub(super) struct Pods {
    pub(super) namespaces: Namespaces,
    pub(super) pods: Selector,
    /// Whether pods on the network of their node are left out.
    pub(super) managed: bool,
}

/// Which namespaces.
#[derive(Debug, Clone)]
pub(super) enum Namespaces {
    Named(String),
    Selected(Selector),
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) action: Action,
    /// Its name, or its place from 1.
    pub(super) name: String,
    pub(super) peers: Vec<Peer>,
    pub(super) to: Vec<Port>,
    /// What it asks of connections beside that.
    pub(super) only: Option<Only>,
}

/// What a rule asks of connections beside peer and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Only {
    pub(super) demand: Demand,
    /// Whether it stops what does not meet it also where no policy closes the direction, as rules on requests do.
    pub(super) restricts: bool,
}

/// Who is on the other side.
#[derive(Debug, Clone)]
pub(super) enum Peer {
    /// Every pod and every address.
    Anyone,
    Pods(Pods),
    Addresses(Vec<Range>),
    /// What is in no manifest and has a name of its own.
    Entity(Entity),
    /// Pods that Services by these names and labels select, or their addresses.
    Services(Services),
    /// Blocks of addresses that are kept elsewhere, less those excepted.
    Group(Group, Vec<Range>),
}

/// What is in no manifest and policies name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Entity {
    /// The node of the pod.
    Host,
    /// Every other node.
    RemoteNode,
    /// The API server, within the cluster or outside.
    ApiServer,
    /// Pods on the network of their node.
    OnHost,
    /// The controllers that Ingresses and routes direct.
    Controllers,
}

/// Services that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Services {
    Named {
        namespace: String,
        name: String,
    },
    /// Of every namespace where none is named.
    Selected {
        namespace: Option<String>,
        labels: Selector,
    },
}

/// Blocks of addresses that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Group {
    Named(String),
    Selected(Selector),
}

/// Connections that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Port {
    Numbered(Connections),
    /// A port that containers of the destination name; the protocol where the rule says one.
    Named(Option<Protocol>, Box<str>),
}

/// What in a policy is not decided by what was read of it, in words.
pub(super) type Undecided = Vec<String>;

impl Policy {
    /// Rules of a direction.
    pub(super) const fn rules(&self, direction: super::Direction) -> Option<&Vec<Rule>> {
        match direction {
            super::Direction::Ingress => self.ingress.as_ref(),
            super::Direction::Egress => self.egress.as_ref(),
        }
    }

    /// Whether it stops what no policy of namespaces allows in a direction.
    pub(super) const fn closes(&self, direction: super::Direction) -> bool {
        match direction {
            super::Direction::Ingress => self.closes.ingress,
            super::Direction::Egress => self.closes.egress,
        }
    }

    /// Reads a NetworkPolicy.
    ///
    /// # Errors
    ///
    /// What an API server would not accept, in words.
    pub(super) fn network(object: &Object, namespace: &str) -> Result<(Self, Undecided), String> {
        let spec = object.root.get("spec").ok_or("it has no spec")?;
        let mut undecided = Undecided::new();
        let pods = match spec.get("podSelector") {
            Some(node) => Selector::read(node)?,
            None => Selector::default(),
        };
        let egress_rules = spec.items_of("egress");
        let (mut to_pods, mut from_pods) = (true, !egress_rules.is_empty());
        let types = spec.items_of("policyTypes");
        if !types.is_empty() {
            (to_pods, from_pods) = (false, false);
            for kind in types {
                match kind.text() {
                    Some("Ingress") => to_pods = true,
                    Some("Egress") => from_pods = true,
                    _ => return Err("a policy type is neither Ingress nor Egress".to_owned()),
                }
            }
        }
        let mut rules = |side: &str, peers: &str| {
            let nodes = list(spec, side)?.iter().enumerate();
            nodes
                .map(|(index, node)| network_rule(node, index, peers, namespace, &mut undecided))
                .collect::<Result<Vec<_>, String>>()
                .map_err(|why| format!("{side}: {why}"))
        };
        let (ingress, egress) = (rules("ingress", "from")?, rules("egress", "to")?);
        let policy = Self {
            title: format!("NetworkPolicy {namespace}/{}", object.name),
            tier: Tier::Namespace,
            subject: Pods {
                namespaces: Namespaces::Named(namespace.to_owned()),
                pods,
                managed: false,
            },
            ingress: to_pods.then_some(ingress),
            egress: from_pods.then_some(egress),
            closes: Closes {
                ingress: to_pods,
                egress: from_pods,
            },
        };
        Ok((policy, undecided))
    }
}

fn network_rule(
    node: &Node,
    index: usize,
    peers: &str,
    namespace: &str,
    undecided: &mut Undecided,
) -> Result<Rule, String> {
    let listed = list(node, peers)?;
    let peers = if listed.is_empty() {
        vec![Peer::Anyone]
    } else {
        let read = listed.iter().map(|peer| network_peer(peer, namespace, undecided));
        read.collect::<Result<_, String>>()?
    };
    let listed = list(node, "ports")?;
    let to = if listed.is_empty() {
        vec![Port::Numbered(Connections::all())]
    } else {
        listed.iter().map(network_port).collect::<Result<_, String>>()?
    };
    Ok(Rule {
        action: Action::Allow,
        name: (index + 1).to_string(),
        peers,
        to,
        only: None,
    })
}

fn network_peer(node: &Node, namespace: &str, undecided: &mut Undecided) -> Result<Peer, String> {
    let selector = |key: &str| node.get(key).map(Selector::read).transpose();
    let (namespaces, pods) = (selector("namespaceSelector")?, selector("podSelector")?);
    match (namespaces, pods, node.get("ipBlock")) {
        (None, None, Some(block)) => Ok(Peer::Addresses(addresses(block, undecided)?)),
        (_, _, Some(_)) => Err("a peer has an ipBlock beside a selector".to_owned()),
        (None, None, None) => Err("a peer is empty".to_owned()),
        (namespaces, pods, None) => Ok(Peer::Pods(Pods {
            namespaces: namespaces
                .map_or_else(|| Namespaces::Named(namespace.to_owned()), Namespaces::Selected),
            pods: pods.unwrap_or_default(),
            managed: false,
        })),
    }
}

fn addresses(node: &Node, undecided: &mut Undecided) -> Result<Vec<Range>, String> {
    let whole = cidr(node.get("cidr").ok_or("an ipBlock has no cidr")?)?;
    let excepted = list(node, "except")?.iter().map(cidr);
    let excepted = excepted.collect::<Result<Vec<_>, String>>()?;
    let Block::V4(whole) = whole else {
        undecided.push("IPv6 addresses are not looked at".to_owned());
        return Ok(Vec::new());
    };
    let excepted = excepted.into_iter().map(|one| match one {
        Block::V4(range) if whole.covers(&range) => Ok(range),
        _ => Err("an exception is not within its ipBlock".to_owned()),
    });
    Ok(except(whole, &excepted.collect::<Result<Vec<_>, String>>()?))
}

/// Reads a block of addresses.
pub(super) fn cidr(node: &Node) -> Result<Block, String> {
    let text = node.text().unwrap_or_default();
    block(text).ok_or_else(|| format!("{text:?} is no block of addresses"))
}

fn network_port(node: &Node) -> Result<Port, String> {
    let protocol = protocol(node)?.unwrap_or(Protocol::Tcp);
    let last = node.get("endPort").filter(|last| !last.is_null());
    let port = node.get("port").filter(|port| !port.is_null());
    match (port.map(|port| &port.value), last) {
        (None, None) => Ok(Port::Numbered(Connections::of(protocol, Ports::all()))),
        (None, Some(_)) => Err("endPort without port".to_owned()),
        (Some(Value::Int(first)), last) => {
            let last = last.map_or(Ok(*first), |last| {
                last.int().ok_or("endPort is no number".to_owned())
            })?;
            Ok(Port::Numbered(Connections::of(protocol, ports(*first, last)?)))
        }
        (Some(Value::Text(name)), None) if !name.is_empty() => Ok(Port::Named(Some(protocol), name.clone())),
        (Some(Value::Text(_)), Some(_)) => Err("endPort beside a port with a name".to_owned()),
        (Some(_), _) => Err("a port is neither a number nor a name".to_owned()),
    }
}

/// The protocol of a port; none where it names none.
pub(super) fn protocol(node: &Node) -> Result<Option<Protocol>, String> {
    let Some(node) = node.get("protocol").filter(|node| !node.is_null()) else {
        return Ok(None);
    };
    let name = node.text().unwrap_or_default();
    let protocol = Protocol::named(name);
    protocol
        .map(Some)
        .ok_or_else(|| format!("no protocol is called {name:?}"))
}

/// Ports from one to another, as numbers of a manifest.
pub(super) fn ports(first: i64, last: i64) -> Result<Ports, String> {
    match (u16::try_from(first), u16::try_from(last)) {
        (Ok(first @ 1..), Ok(last)) if first <= last => Ok(Ports::range(first, last)),
        _ => Err(format!("{first}-{last} is no range of ports")),
    }
}

/// Items of a key that must hold a list where it is there.
pub(super) fn list<'n>(node: &'n Node, key: &str) -> Result<&'n [Node], String> {
    match node.get(key) {
        Some(found) if !matches!(found.value, Value::List(_) | Value::Null) => {
            Err(format!("{key} is {}, not a list", found.kind()))
        }
        found => Ok(found.map_or(&[], Node::items)),
    }
}
