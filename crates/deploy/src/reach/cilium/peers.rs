//! Who is on the other side of a rule of Cilium.
//!
//! Source: <https://docs.cilium.io/en/stable/security/policy/language/#layer-3-examples>.

use super::super::address::{Block, Range, block, except};
use super::super::policy::{Entity, Group, Namespaces, Only, Peer, Pods, Services, Undecided, cidr, list};
use super::super::selector::Selector;
use super::super::{Action, Direction};
use super::Reader;
use bartizan_document::Node;
use std::net::Ipv4Addr;

/// The label under which Cilium knows a pod's service account.
pub(in super::super) const ACCOUNT: &str = "io.cilium.k8s.policy.serviceaccount";
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
const OF_NAMESPACE: &str = "io.cilium.k8s.namespace.labels.";
const CLUSTER: &str = "io.cilium.k8s.policy.cluster";
/// The label that the API server gives every namespace: its name.
const NAME: &str = "kubernetes.io/metadata.name";

/// Peers, and what a connection with them is asked beside.
type Peers = (Vec<Peer>, Option<Only>);

/// A selector of endpoints, by what its labels speak of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) pods: Selector,
    /// What is asked of the name of the namespace.
    pub(super) namespace: Option<Selector>,
    /// What is asked of labels of the namespace.
    pub(super) of_namespaces: Selector,
    /// Names of what is reserved.
    pub(super) reserved: Vec<String>,
    /// What is asked that is not known from manifests, in words.
    pub(super) foreign: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Pod,
    Namespace,
    NamespaceLabel,
    Reserved,
    Foreign,
}

fn part(key: &str) -> (Of, String) {
    let (source, bare) = match key.split_once(':') {
        Some((source, bare)) => (source, bare),
        None => ("any", key),
    };
    match source {
        "reserved" => (Of::Reserved, bare.to_owned()),
        "any" | "k8s" => match bare.strip_prefix(OF_NAMESPACE) {
            Some(label) => (Of::NamespaceLabel, label.to_owned()),
            None if bare == NAMESPACE => (Of::Namespace, NAME.to_owned()),
            None if bare == CLUSTER => (Of::Foreign, "the name of the cluster".to_owned()),
            None => (Of::Pod, bare.to_owned()),
        },
        _ => (Of::Foreign, format!("the label {key}")),
    }
}

impl Parts {
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        let mut parts = Self::default();
        for (of, selector) in Selector::read(node)?.parted(part) {
            match of {
                Of::Pod => parts.pods = selector,
                Of::Namespace => parts.namespace = Some(selector),
                Of::NamespaceLabel => parts.of_namespaces = selector,
                Of::Reserved => {
                    for (name, wanted) in selector.keys() {
                        if wanted {
                            parts.reserved.push(name.to_owned());
                        } else {
                            parts.foreign = Some(format!("whether it is not reserved:{name}"));
                        }
                    }
                }
                Of::Foreign => {
                    let keys: Vec<&str> = selector.keys().map(|(key, _)| key).collect();
                    parts.foreign = Some(format!("it is selected by {}", keys.join(", ")));
                }
            }
        }
        Ok(parts)
    }
}

/// The selector of a namespace by its name.
pub(super) fn named(namespace: &str) -> Selector {
    Selector::label(NAME, namespace)
}

/// A block, or one address.
pub(super) fn address(node: &Node, undecided: &mut Undecided) -> Result<Option<Range>, String> {
    let text = node.text().unwrap_or_default();
    let single = text.parse::<Ipv4Addr>().ok().map(|address| {
        let address = address.to_bits();
        Block::V4(Range {
            first: address,
            last: address,
        })
    });
    let single = single.or_else(|| text.parse::<std::net::Ipv6Addr>().ok().map(|_| Block::V6));
    match single
        .or_else(|| block(text))
        .ok_or_else(|| format!("{text:?} is no block of addresses"))?
    {
        Block::V4(range) => Ok(Some(range)),
        Block::V6 => {
            undecided.push("IPv6 addresses are not looked at".to_owned());
            Ok(None)
        }
    }
}

impl Reader<'_> {
    /// The peers of a rule; none where it names none.
    pub(super) fn peers(
        &mut self,
        node: &Node,
        direction: Direction,
        action: Action,
    ) -> Result<Option<Vec<Peers>>, String> {
        let side = match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        let requires = format!("{side}Requires");
        if !list(node, &requires)?.is_empty() {
            self.undecided.push(format!("{requires} is not followed"));
        }
        let keys = [
            "Endpoints",
            "Entities",
            "CIDR",
            "CIDRSet",
            "Nodes",
            "Groups",
            "Services",
            "FQDNs",
        ];
        let mut found: Option<(String, Vec<Peers>)> = None;
        let mut is_there = false;
        for kind in keys {
            let key = format!("{side}{kind}");
            is_there |= node.get(&key).is_some_and(|node| !node.is_null());
            let items = list(node, &key)?;
            if items.is_empty() {
                continue;
            }
            if matches!(kind, "Services" | "FQDNs") && direction == Direction::Ingress {
                return Err(format!("a rule has no {key}"));
            }
            if let Some((other, _)) = &found {
                return Err(format!("{other} stands beside {key}, which Cilium does not take"));
            }
            if kind == "FQDNs" && action == Action::Deny {
                return Err("names are not denied by Cilium".to_owned());
            }
            let peers = self.of_kind(kind, items)?;
            found = Some((key, peers));
        }
        Ok(match found {
            Some((_, peers)) => Some(peers),
            None if is_there => Some(Vec::new()),
            None => None,
        })
    }

    fn of_kind(&mut self, kind: &str, items: &[Node]) -> Result<Vec<Peers>, String> {
        let mut peers: Vec<Peers> = Vec::new();
        match kind {
            "Endpoints" => {
                for item in items {
                    peers.extend(self.endpoints(item)?);
                }
            }
            "Entities" => {
                for item in items {
                    peers.extend(self.entity(item.text().unwrap_or_default())?);
                }
            }
            "CIDR" => {
                let mut ranges = Vec::new();
                for item in items {
                    ranges.extend(address(item, &mut self.undecided)?);
                }
                peers.push((vec![Peer::Addresses(ranges)], None));
            }
            "CIDRSet" => {
                for item in items {
                    peers.push((vec![self.block(item)?], None));
                }
            }
            "Nodes" => {
                let nodes = [Entity::Host, Entity::RemoteNode, Entity::OnHost].map(Peer::Entity);
                let only = self.asks("whether it is one of the nodes that are meant", false, false);
                peers.push((nodes.to_vec(), Some(only)));
            }
            "Groups" => {
                let only = self.asks("whether its address is in a group of the provider", false, false);
                peers.push((vec![Peer::Addresses(vec![EVERY])], Some(only)));
            }
            "Services" => {
                for item in items {
                    peers.push((vec![self.services(item)?], None));
                }
            }
            _ => {
                let mut names = Vec::new();
                for item in items {
                    let name = item.text_of("matchName").or_else(|| item.text_of("matchPattern"));
                    names.push(name.ok_or("a name to connect to is empty")?);
                }
                let only = self.asks(&format!("addresses of {}", names.join(", ")), true, false);
                peers.push((vec![Peer::Addresses(vec![EVERY])], Some(only)));
            }
        }
        Ok(peers)
    }

    fn endpoints(&mut self, node: &Node) -> Result<Vec<Peers>, String> {
        let parts = Parts::read(node)?;
        let mut peers = Vec::new();
        if parts.reserved.is_empty() {
            let asked = parts.of_namespaces.is_empty();
            let namespaces = match (self.namespace, parts.namespace) {
                (Some(own), None) if asked => Namespaces::Named(own.to_owned()),
                (_, named) => Namespaces::Selected(named.unwrap_or_default().and(parts.of_namespaces)),
            };
            peers.push((
                vec![Peer::Pods(Pods {
                    namespaces,
                    pods: parts.pods,
                    managed: true,
                })],
                None,
            ));
        }
        for name in &parts.reserved {
            peers.extend(self.entity(name)?);
        }
        if let Some(why) = parts.foreign {
            let only = self.asks(&why, false, false);
            for (_, of) in &mut peers {
                of.get_or_insert_with(|| only.clone());
            }
        }
        Ok(peers)
    }

    fn entity(&mut self, name: &str) -> Result<Vec<Peers>, String> {
        let all_pods = Peer::Pods(Pods {
            namespaces: Namespaces::Selected(Selector::default()),
            pods: Selector::default(),
            managed: true,
        });
        let node = |this: &Self| {
            let only = this.asks("whether they are on the same node", false, false);
            (vec![Peer::Entity(Entity::OnHost)], Some(only))
        };
        let server = |this: &Self, where_: &str| {
            let what = format!("whether the API server is {where_} the cluster");
            let only = this.asks(&what, false, false);
            (vec![Peer::Entity(Entity::ApiServer)], Some(only))
        };
        Ok(match name {
            "all" => vec![(vec![Peer::Anyone], None)],
            "world" | "world-ipv4" => vec![
                (vec![Peer::Addresses(vec![EVERY])], None),
                server(self, "outside"),
            ],
            "cluster" => {
                let named = [
                    Entity::Host,
                    Entity::RemoteNode,
                    Entity::OnHost,
                    Entity::Controllers,
                ];
                let mut peers = vec![all_pods];
                peers.extend(named.map(Peer::Entity));
                vec![(peers, None), server(self, "within")]
            }
            "host" => vec![(vec![Peer::Entity(Entity::Host)], None), node(self)],
            "remote-node" => vec![(vec![Peer::Entity(Entity::RemoteNode)], None), node(self)],
            "kube-apiserver" => vec![(vec![Peer::Entity(Entity::ApiServer)], None)],
            "ingress" => vec![(vec![Peer::Entity(Entity::Controllers)], None)],
            "world-ipv6" => {
                self.undecided.push("IPv6 addresses are not looked at".to_owned());
                Vec::new()
            }
            // Endpoints that start, that check health, and that Cilium does not manage are in no manifest.
            "init" | "health" | "unmanaged" | "none" => Vec::new(),
            other => return Err(format!("no entity is called {other:?}")),
        })
    }

    fn block(&mut self, node: &Node) -> Result<Peer, String> {
        let mut excepted = Vec::new();
        for one in list(node, "except")? {
            match cidr(one)? {
                Block::V4(range) => excepted.push(range),
                Block::V6 => self.undecided.push("IPv6 addresses are not looked at".to_owned()),
            }
        }
        if let Some(name) = node.text_of("cidrGroupRef") {
            return Ok(Peer::Group(Group::Named(name.to_owned()), excepted));
        }
        if let Some(selector) = node.get("cidrGroupSelector") {
            return Ok(Peer::Group(Group::Selected(Selector::read(selector)?), excepted));
        }
        let whole = node.get("cidr").ok_or("a block of addresses has no cidr")?;
        match cidr(whole)? {
            Block::V4(range) if excepted.iter().all(|one| range.covers(one)) => {
                Ok(Peer::Addresses(except(range, &excepted)))
            }
            Block::V4(_) => Err("an exception is not within its block".to_owned()),
            Block::V6 => {
                self.undecided.push("IPv6 addresses are not looked at".to_owned());
                Ok(Peer::Addresses(Vec::new()))
            }
        }
    }

    fn services(&self, node: &Node) -> Result<Peer, String> {
        if let Some(service) = node.get("k8sService") {
            let name = service.text_of("serviceName").ok_or("a Service has no name")?;
            let namespace = service.text_of("namespace").or(self.namespace);
            return Ok(Peer::Services(Services::Named {
                namespace: namespace.unwrap_or("default").to_owned(),
                name: name.to_owned(),
            }));
        }
        let selector = node
            .get("k8sServiceSelector")
            .ok_or("a Service is named neither by name nor by labels")?;
        let namespace = selector.text_of("namespace").map(str::to_owned);
        let labels = selector.get("selector").map(Selector::read).transpose()?;
        Ok(Peer::Services(Services::Selected {
            namespace,
            labels: labels.unwrap_or_default(),
        }))
    }
}

/// Every address outside.
pub(super) const EVERY: Range = Range {
    first: 0,
    last: u32::MAX,
};
