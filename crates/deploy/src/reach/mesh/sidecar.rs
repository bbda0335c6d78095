//! Sidecar and ServiceEntry: what proxies of workloads know to connect to.
//!
//! Source: <https://istio.io/latest/docs/reference/config/networking/sidecar/>,
//! <https://istio.io/latest/docs/reference/config/networking/service-entry/>.

use super::super::policy::{Undecided, list};
use super::super::ports::Ports;
use super::super::selector::Selector;
use crate::kube::Object;
use bartizan_document::Node;

/// A Sidecar.
#[derive(Debug)]
pub(in super::super) struct Sidecar {
    pub(super) title: String,
    pub(super) namespace: String,
    /// Absent where it is for all workloads.
    pub(super) selector: Option<Selector>,
    /// Absent where everything is known.
    hosts: Option<Vec<Host>>,
    /// Whether what is not known is refused; what the mesh says where it does not.
    pub(super) closed: Option<bool>,
}

/// A host of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    namespace: Whose,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Any,
    Nobody,
    Of(String),
}

/// A ServiceEntry: hosts that the mesh knows beside Services.
#[derive(Debug)]
pub(in super::super) struct Entry {
    pub(super) title: String,
    namespace: String,
    hosts: Vec<String>,
    pub(super) ports: Ports,
}

impl Sidecar {
    /// Reads one, and what of it is not followed.
    ///
    /// # Errors
    ///
    /// What Istio would not accept, in words.
    pub(super) fn read(object: &Object, namespace: &str) -> Result<(Self, Undecided), String> {
        let spec = object.root.get("spec");
        let mut undecided = Undecided::new();
        let items = |key: &str| spec.map_or(Ok(&[][..]), |spec| list(spec, key));
        if !items("ingress")?.is_empty() {
            undecided.push("its listeners for ingress are not followed".to_owned());
        }
        let egress = items("egress")?;
        let mut hosts = Vec::new();
        for listener in egress {
            if ["port", "bind", "captureMode"]
                .iter()
                .any(|key| listener.get(key).is_some_and(|node| !node.is_null()))
            {
                undecided.push("ports and addresses of its listeners for egress are not followed".to_owned());
            }
            for host in list(listener, "hosts")? {
                hosts.push(Host::read(host.text().unwrap_or_default(), namespace)?);
            }
        }
        let mode = spec.and_then(|spec| spec.at(&["outboundTrafficPolicy", "mode"]));
        let closed = match mode.and_then(Node::text) {
            None => None,
            Some("REGISTRY_ONLY") => Some(true),
            Some("ALLOW_ANY") => Some(false),
            Some(other) => return Err(format!("no policy for outbound traffic is called {other:?}")),
        };
        let selector = spec.and_then(|spec| spec.at(&["workloadSelector", "labels"]));
        let sidecar = Self {
            title: format!("Sidecar {namespace}/{}", object.name),
            namespace: namespace.to_owned(),
            selector: selector.map(Selector::equal).transpose()?,
            hosts: (!egress.is_empty()).then_some(hosts),
            closed,
        };
        Ok((sidecar, undecided))
    }

    /// Whether it lets its workloads know a host of a namespace.
    pub(super) fn knows(&self, namespace: &str, host: &str) -> bool {
        let Some(hosts) = &self.hosts else { return true };
        hosts.iter().any(|one| {
            let of = match &one.namespace {
                Whose::Any => true,
                Whose::Nobody => false,
                Whose::Of(own) => own == namespace,
            };
            of && match one.name.strip_prefix('*') {
                Some(end) => host.ends_with(end),
                None => one.name == host,
            }
        })
    }
}

impl Host {
    fn read(text: &str, own: &str) -> Result<Self, String> {
        let (namespace, name) = text
            .split_once('/')
            .ok_or_else(|| format!("the host {text:?} names no namespace"))?;
        Ok(Self {
            namespace: match namespace {
                "*" => Whose::Any,
                "~" => Whose::Nobody,
                "." => Whose::Of(own.to_owned()),
                other => Whose::Of(other.to_owned()),
            },
            name: name.to_owned(),
        })
    }
}

impl Entry {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// What Istio would not accept, in words.
    pub(super) fn read(object: &Object, namespace: &str) -> Result<Self, String> {
        let spec = object.root.get("spec").ok_or("it has no spec")?;
        let hosts = list(spec, "hosts")?.iter().filter_map(Node::text);
        let mut ports = Ports::default();
        for port in list(spec, "ports")? {
            let number = port.get("number").and_then(Node::int);
            let number = number
                .and_then(|number| u16::try_from(number).ok())
                .filter(|number| *number != 0)
                .ok_or("a port has no number")?;
            ports = ports.union(&Ports::range(number, number));
        }
        Ok(Self {
            title: format!("ServiceEntry {namespace}/{}", object.name),
            namespace: namespace.to_owned(),
            hosts: hosts.map(str::to_owned).collect(),
            ports,
        })
    }

    /// Its hosts that a Sidecar lets its workloads know, in words; empty for none.
    pub(super) fn known_by(&self, sidecar: &Sidecar) -> String {
        let hosts = self.hosts.iter();
        let hosts = hosts.filter(|host| sidecar.knows(&self.namespace, host));
        hosts.map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
