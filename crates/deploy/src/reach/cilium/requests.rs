//! Ports of a rule of Cilium, and what it asks of requests to them.
//!
//! Source: <https://docs.cilium.io/en/stable/security/policy/language/#layer-4-examples>,
//! <https://docs.cilium.io/en/stable/security/policy/language/#layer-7-examples>.

use super::super::policy::{Only, Port, list, ports};
use super::super::ports::{Connections, Ports, Protocol};
use super::super::{Action, Direction};
use super::Reader;
use bartizan_document::Node;

/// Ports, and what is asked of connections to them.
type Listed = (Vec<Port>, Option<Only>);

impl Reader<'_> {
    /// Ports of a rule, and what is asked of connections to them.
    pub(super) fn ports(
        &self,
        node: &Node,
        direction: Direction,
        action: Action,
    ) -> Result<Vec<Listed>, String> {
        let listed = list(node, "toPorts")?;
        if listed.is_empty() {
            return Ok(vec![(vec![Port::Numbered(Connections::all())], None)]);
        }
        let mut all = Vec::new();
        for one in listed {
            let named = list(one, "ports")?;
            let to: Vec<Port> = if named.is_empty() {
                vec![Port::Numbered(Connections::all())]
            } else {
                let read: Result<Vec<Option<Vec<Port>>>, String> = named.iter().map(port).collect();
                read?.into_iter().flatten().flatten().collect()
            };
            let asked = self.asked(one, direction)?;
            if asked.is_some() && action == Action::Deny {
                return Err("requests are not denied by Cilium".to_owned());
            }
            all.push((to, asked));
        }
        Ok(all)
    }

    fn asked(&self, node: &Node, direction: Direction) -> Result<Option<Only>, String> {
        let mut asked: Vec<String> = Vec::new();
        let mut decided = true;
        let names = list(node, "serverNames")?;
        if !names.is_empty() {
            asked.push(format!("TLS to {}", texts(names)));
        }
        if let Some(listener) = node.get("listener") {
            let name = listener.text_of("name").unwrap_or_default();
            asked.push(format!("what the listener `{name}` takes"));
            decided = false;
        }
        if let Some(rules) = node.get("rules").filter(|rules| !rules.is_null()) {
            let kinds = [
                ("http", http as fn(&Node) -> String),
                ("kafka", kafka),
                ("dns", dns),
            ];
            for (kind, told) in kinds {
                let of_kind = list(rules, kind)?;
                if of_kind.is_empty() {
                    continue;
                }
                if kind == "dns" && direction == Direction::Ingress {
                    return Err("queries are only asked about on their way out".to_owned());
                }
                let told: Vec<String> = of_kind.iter().map(told).collect();
                asked.push(told.join(" or "));
            }
            if let Some(name) = rules.text_of("l7proto") {
                asked.push(format!("what the parser `{name}` takes"));
                decided = false;
            }
        }
        if asked.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.asks(&asked.join(", and "), decided, true)))
    }
}

/// One port; none where it is of a protocol without ports.
fn port(node: &Node) -> Result<Option<Vec<Port>>, String> {
    let text = node.text_of("port").ok_or("a port is not text")?;
    let protocol = node.text_of("protocol").unwrap_or_default().to_ascii_uppercase();
    let protocols: Vec<Protocol> = match protocol.as_str() {
        "" | "ANY" => Protocol::ALL.to_vec(),
        "ICMP" | "ICMPV6" | "VRRP" | "IGMP" => return Ok(None),
        name => vec![Protocol::named(name).ok_or_else(|| format!("no protocol is called {name:?}"))?],
    };
    let Ok(first) = text.parse::<i64>() else {
        if text.is_empty() || text.starts_with('-') {
            return Err(format!("{text:?} is no port"));
        }
        let name = text.to_ascii_lowercase();
        let named = if protocols.len() == 1 {
            protocols.first().copied()
        } else {
            None
        };
        return Ok(Some(vec![Port::Named(named, name.into())]));
    };
    let last = node
        .get("endPort")
        .and_then(Node::int)
        .filter(|last| *last != 0)
        .unwrap_or(first);
    let set = if first == 0 {
        Ports::all()
    } else {
        ports(first, last)?
    };
    let sets = protocols
        .into_iter()
        .map(|protocol| Port::Numbered(Connections::of(protocol, set.clone())));
    Ok(Some(sets.collect()))
}

fn texts(nodes: &[Node]) -> String {
    let texts: Vec<&str> = nodes.iter().filter_map(Node::text).collect();
    texts.join(", ")
}

fn http(rule: &Node) -> String {
    let text = |key: &str| rule.text_of(key).filter(|text| !text.is_empty());
    let mut told = match (text("method"), text("path")) {
        (Some(method), Some(path)) => format!("{method} {path}"),
        (Some(method), None) => method.to_owned(),
        (None, Some(path)) => format!("requests to {path}"),
        (None, None) => "HTTP".to_owned(),
    };
    if let Some(host) = text("host") {
        told = format!("{told} of host {host}");
    }
    let headers = rule.items_of("headers").iter().filter_map(Node::text);
    let matches = rule.items_of("headerMatches").iter();
    let headers = headers.chain(matches.filter_map(|header| header.text_of("name")));
    let headers: Vec<&str> = headers.collect();
    if !headers.is_empty() {
        told = format!("{told} with header {}", headers.join(", "));
    }
    told
}

fn kafka(rule: &Node) -> String {
    let text = |key: &str| rule.text_of(key).filter(|text| !text.is_empty());
    let what = text("role").or_else(|| text("apiKey")).unwrap_or("requests");
    let mut told = format!("Kafka {what}");
    if let Some(topic) = text("topic") {
        told = format!("{told} of topic {topic}");
    }
    if let Some(client) = text("clientID") {
        told = format!("{told} by client {client}");
    }
    told
}

fn dns(rule: &Node) -> String {
    let name = rule.text_of("matchName").or_else(|| rule.text_of("matchPattern"));
    match name {
        None | Some("*") => "DNS queries".to_owned(),
        Some(name) => format!("DNS queries for {name}"),
    }
}
