//! What publishes pods: Services, Ingresses, routes of the Gateway API, and Routes of OpenShift.
//!
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/>,
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/>, <https://gateway-api.sigs.k8s.io/reference/spec/>,
//! <https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html>.

use super::address::{Block, Range};
use super::cluster::Look;
use super::policy::{Undecided, cidr, list, protocol};
use super::ports::{Connections, Ports, Protocol};
use super::selector::{Labels, Selector, labels};
use crate::kube::Object;
use bartizan_document::{Node, Value};

/// A Service.
#[derive(Debug, Clone)]
pub(super) struct Service {
    /// Absent where it selects no pods.
    pub(super) selector: Option<Selector>,
    pub(super) ports: Vec<ServicePort>,
    /// How it is reached from outside.
    pub(super) kind: ServiceKind,
    /// Addresses it is reached from, where it says which.
    pub(super) sources: Option<Vec<Range>>,
    pub(super) title: String,
    pub(super) labels: Labels,
}

/// How a Service is reached from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceKind {
    Inside,
    NodePort,
    LoadBalancer,
    ExternalAddress,
}

#[derive(Debug, Clone)]
pub(super) struct ServicePort {
    name: Box<str>,
    /// What is spoken there, where the Service says so.
    spoken: Box<str>,
    protocol: Protocol,
    number: i64,
    target: Target,
}

/// A port as a number or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Number(i64),
    Name(Box<str>),
}

/// What leads from outside to Services.
#[derive(Debug, Clone)]
pub(super) struct Front {
    pub(super) title: String,
    /// What connects to the pods in its name.
    pub(super) by: &'static str,
    pub(super) namespace: String,
    pub(super) backends: Vec<Backend>,
    kind: String,
}

/// One Service that a front leads to.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    pub(super) namespace: String,
    pub(super) service: String,
    /// Absent for every port.
    pub(super) port: Option<Target>,
}

/// Leave that a namespace gives to routes of another to lead to its Services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    namespace: String,
    from: String,
    kind: String,
    /// Absent for every Service.
    service: Option<String>,
}

/// The source of connections that Ingresses and Routes make.
pub(super) const INGRESS: &str = "{ingress-controller}";
/// The source of connections that routes of the Gateway API make.
pub(super) const GATEWAY: &str = "{gateway-controller}";

/// Whether objects of a kind lead from outside to Services.
pub(super) fn is_front(group: &str, kind: &str) -> bool {
    match group {
        "networking.k8s.io" | "extensions" => kind == "Ingress",
        "route.openshift.io" => kind == "Route",
        "gateway.networking.k8s.io" => {
            matches!(
                kind,
                "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute"
            )
        }
        _ => false,
    }
}

impl Service {
    /// Reads a Service.
    pub(super) fn read(object: &Object, namespace: &str) -> Result<Self, String> {
        let spec = object.root.get("spec").ok_or("it has no spec")?;
        let selector = spec
            .get("selector")
            .filter(|selector| !selector.entries().is_empty());
        let ports = list(spec, "ports")?.iter().map(service_port);
        let mut sources = None;
        for block in list(spec, "loadBalancerSourceRanges")? {
            let ranges: &mut Vec<Range> = sources.get_or_insert_default();
            if let Block::V4(range) = cidr(block)? {
                ranges.push(range);
            }
        }
        let addressed = !spec.items_of("externalIPs").is_empty();
        Ok(Self {
            selector: selector.map(Selector::equal).transpose()?,
            ports: ports.collect::<Result<_, String>>()?,
            kind: match spec.text_of("type") {
                Some("LoadBalancer") => ServiceKind::LoadBalancer,
                Some("NodePort") => ServiceKind::NodePort,
                _ if addressed => ServiceKind::ExternalAddress,
                _ => ServiceKind::Inside,
            },
            sources,
            title: format!("Service {namespace}/{}", object.name),
            // Labels that are no labels only make a Service one that nothing selects by them.
            labels: object
                .root
                .at(&["metadata", "labels"])
                .and_then(|node| labels(node).ok())
                .unwrap_or_default(),
        })
    }

    /// The ports of pods of a look that a port of the Service leads to; every port of the Service where none is asked for.
    pub(super) fn reaches(&self, asked: Option<&Target>, look: &Look) -> Connections {
        let mut reached = Connections::default();
        for port in &self.ports {
            let asked_for = match asked {
                None => true,
                Some(Target::Number(number)) => {
                    *number == port.number || port.target == Target::Number(*number)
                }
                Some(Target::Name(name)) => *name == port.name || port.target == Target::Name(name.clone()),
            };
            if let Some(number) = port.number_of(look).filter(|_| asked_for) {
                reached = reached.union(&Connections::of(port.protocol, Ports::range(number, number)));
            }
        }
        reached
    }

    /// The TCP ports of pods of a look that it leads to, each with whether it says that no requests of HTTP are spoken there.
    ///
    /// Source: <https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/>.
    pub(super) fn opaque(&self, look: &Look) -> impl Iterator<Item = (u16, bool)> {
        let ports = self.ports.iter().filter(|port| port.protocol == Protocol::Tcp);
        ports.filter_map(|port| {
            let spoken = if port.spoken.is_empty() {
                port.name.split('-').next().unwrap_or_default()
            } else {
                &port.spoken
            };
            let opaque = ["tcp", "tls", "https", "mongo", "mysql", "redis"];
            Some((
                port.number_of(look)?,
                opaque.iter().any(|one| one.eq_ignore_ascii_case(spoken)),
            ))
        })
    }
}

impl ServicePort {
    /// The port of pods of a look that it leads to.
    fn number_of(&self, look: &Look) -> Option<u16> {
        let number = match &self.target {
            Target::Number(number) => u16::try_from(*number).ok(),
            Target::Name(name) => look
                .ports
                .iter()
                .find(|one| one.name == *name && one.protocol == self.protocol)
                .map(|one| one.number),
        };
        number.filter(|number| *number != 0)
    }
}

fn service_port(node: &Node) -> Result<ServicePort, String> {
    let number = node
        .get("port")
        .and_then(Node::int)
        .ok_or("a port has no number")?;
    let target = match node.get("targetPort").map(|target| &target.value) {
        Some(Value::Int(target)) if *target != 0 => Target::Number(*target),
        Some(Value::Text(target)) if !target.is_empty() => numbered_or_named(target),
        _ => Target::Number(number),
    };
    Ok(ServicePort {
        name: node.text_of("name").unwrap_or_default().into(),
        spoken: node.text_of("appProtocol").unwrap_or_default().into(),
        protocol: protocol(node)?.unwrap_or(Protocol::Tcp),
        number,
        target,
    })
}

/// A port in text is a name, as names of ports have a letter; text that is all digits is refused by the API server.
fn numbered_or_named(text: &str) -> Target {
    text.parse()
        .map_or_else(|_| Target::Name(text.into()), Target::Number)
}

impl Front {
    /// Reads what leads to Services, and what of it is not understood.
    pub(super) fn read(object: &Object, namespace: &str) -> Result<(Self, Undecided), String> {
        let spec = object.root.get("spec").ok_or("it has no spec")?;
        let mut undecided = Undecided::new();
        let (by, backends) = match object.kind.as_str() {
            "Ingress" => (INGRESS, ingress(spec, namespace, &mut undecided)?),
            "Route" => (INGRESS, route(spec, namespace, &mut undecided)),
            _ => (GATEWAY, gateway(spec, namespace, &mut undecided)),
        };
        let front = Self {
            title: format!("{} {namespace}/{}", object.kind, object.name),
            by,
            namespace: namespace.to_owned(),
            backends,
            kind: object.kind.clone(),
        };
        Ok((front, undecided))
    }

    /// Whether it may lead to a Service of its own or of another namespace.
    pub(super) fn may_lead_to(&self, backend: &Backend, grants: &[Grant]) -> bool {
        backend.namespace == self.namespace
            || grants.iter().any(|grant| {
                grant.namespace == backend.namespace
                    && grant.from == self.namespace
                    && grant.kind == self.kind
                    && grant.service.as_ref().is_none_or(|name| *name == backend.service)
            })
    }
}

fn ingress(spec: &Node, namespace: &str, undecided: &mut Undecided) -> Result<Vec<Backend>, String> {
    let mut nodes: Vec<&Node> = Vec::new();
    nodes.extend(spec.get("defaultBackend").or_else(|| spec.get("backend")));
    for rule in list(spec, "rules")? {
        let paths = rule.at(&["http", "paths"]).map_or(&[][..], Node::items);
        nodes.extend(paths.iter().filter_map(|path| path.get("backend")));
    }
    let mut backends = Vec::new();
    for node in nodes {
        let service = node.get("service");
        let (name, port) = match service {
            Some(service) => (service.text_of("name"), service.get("port")),
            None => (node.text_of("serviceName"), node.get("servicePort")),
        };
        let Some(name) = name else {
            undecided.push("a backend is no Service, and is not followed".to_owned());
            continue;
        };
        let port = port.and_then(|port| match &port.value {
            Value::Map(_) => port.get("name").or_else(|| port.get("number")),
            _ => Some(port),
        });
        backends.push(Backend {
            namespace: namespace.to_owned(),
            service: name.to_owned(),
            port: port.and_then(target),
        });
    }
    Ok(backends)
}

fn target(node: &Node) -> Option<Target> {
    match &node.value {
        Value::Int(number) if *number != 0 => Some(Target::Number(*number)),
        Value::Text(name) if !name.is_empty() => Some(numbered_or_named(name)),
        _ => None,
    }
}

fn route(spec: &Node, namespace: &str, undecided: &mut Undecided) -> Vec<Backend> {
    let port = spec.at(&["port", "targetPort"]).and_then(target);
    let nodes = spec
        .get("to")
        .into_iter()
        .chain(spec.items_of("alternateBackends"));
    let mut backends = Vec::new();
    for node in nodes {
        match (node.text_of("kind"), node.text_of("name")) {
            (None | Some("Service" | ""), Some(name)) => backends.push(Backend {
                namespace: namespace.to_owned(),
                service: name.to_owned(),
                port: port.clone(),
            }),
            _ => undecided.push("a target is no Service, and is not followed".to_owned()),
        }
    }
    backends
}

fn gateway(spec: &Node, namespace: &str, undecided: &mut Undecided) -> Vec<Backend> {
    let mut backends = Vec::new();
    for rule in spec.items_of("rules") {
        let filters = rule.items_of("filters").iter();
        let of_backends = rule.items_of("backendRefs").iter();
        let filters = filters.chain(of_backends.flat_map(|backend| backend.items_of("filters")));
        let mirrors = filters.filter_map(|filter| filter.at(&["requestMirror", "backendRef"]));
        for node in rule.items_of("backendRefs").iter().chain(mirrors) {
            let is_service = matches!(node.text_of("group"), None | Some(""))
                && matches!(node.text_of("kind"), None | Some("Service"));
            match node.text_of("name") {
                Some(name) if is_service => backends.push(Backend {
                    namespace: node.text_of("namespace").unwrap_or(namespace).to_owned(),
                    service: name.to_owned(),
                    port: node.get("port").and_then(target),
                }),
                _ => undecided.push("a backend is no Service, and is not followed".to_owned()),
            }
        }
    }
    backends
}

impl Grant {
    /// Reads a ReferenceGrant.
    pub(super) fn read(object: &Object, namespace: &str) -> Result<Vec<Self>, String> {
        let spec = object.root.get("spec").ok_or("it has no spec")?;
        let mut grants = Vec::new();
        for from in list(spec, "from")? {
            for to in list(spec, "to")? {
                if to.text_of("kind") == Some("Service") {
                    grants.push(Self {
                        namespace: namespace.to_owned(),
                        from: from.text_of("namespace").unwrap_or_default().to_owned(),
                        kind: from.text_of("kind").unwrap_or_default().to_owned(),
                        service: to.text_of("name").map(str::to_owned),
                    });
                }
            }
        }
        Ok(grants)
    }
}
