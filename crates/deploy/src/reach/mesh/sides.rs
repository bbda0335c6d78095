//! How the mesh sees pods: as those who are connected to, and as those who connect.
//!
//! In: looks. Out: each different way once, with what decides about it: membership, the policies that select it, the modes of mutual TLS
//! that hold for it, the ports that come through its proxy, and who it proves to be.

use super::super::address::Range;
use super::super::cluster::{Kind, Look, Manifests};
use super::super::ports::{Ports, Protocol};
use super::Peers;
use crate::istio::ROOT;
use crate::istio::membership::{Membership, membership};
use crate::istio::peers::{Differ, Mode, agreed};
use std::collections::HashMap;
use std::hash::Hash;

/// One who is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Callee {
    pub(super) membership: Membership,
    pub(super) namespace: String,
    /// Policies that govern it, by number.
    pub(super) authorizations: Vec<u32>,
    pub(super) mode: Modes,
    /// Ports that come through its proxy.
    pub(super) through: Ports,
    /// Ports on which no requests are seen: where Services say that none are spoken, and all where only the node's proxy looks.
    pub(super) opaque: Ports,
    /// Hosts that lead to it, with their namespace and the ports they lead to; only where there are Sidecars.
    pub(super) hosts: Vec<(String, String, Ports)>,
}

/// The modes of mutual TLS of one who is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Modes {
    /// For every port, and the PeerAuthentication that says so, by number; that of Istio where there is none.
    pub(super) base: Option<(Mode, Option<u32>)>,
    pub(super) ports: Vec<OfPort>,
}

/// What holds for one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct OfPort {
    pub(super) number: u16,
    pub(super) mode: Mode,
    pub(super) by: u32,
    /// Whether a Service leads to it; Istio minds the port only then.
    pub(super) led: bool,
}

/// One who connects.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Caller {
    pub(super) membership: Membership,
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) account: Box<str>,
    /// Ports that it connects to around its proxy.
    pub(super) around: Ports,
    pub(super) sidecar: Known,
}

/// What tells a caller whom it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Known {
    /// Nothing: it knows everything.
    All,
    By(u32),
    /// Several, of which Istio does not say which counts.
    Several(u32),
}

/// One who connects, pod or not.
#[derive(Debug, Clone, Copy)]
pub(super) enum Callers<'s> {
    Pod(&'s Caller),
    Outside(Range),
}

/// Everyone, each way once.
#[derive(Debug)]
pub(in super::super) struct Sides {
    pub(super) callees: Vec<Callee>,
    pub(super) callers: Vec<Caller>,
    /// The numbers of each look as one who is connected to and as one who connects.
    pub(in super::super) of_look: Vec<(u32, u32)>,
}

impl Sides {
    pub(super) fn of(manifests: &Manifests, looks: &[Look]) -> Self {
        let mut sides = Self {
            callees: Vec::new(),
            callers: Vec::new(),
            of_look: Vec::with_capacity(looks.len()),
        };
        let (mut callees, mut callers) = (HashMap::new(), HashMap::new());
        let by_namespace = Selecting::new(manifests);
        for look in looks {
            let space = manifests.space(&look.namespace);
            let membership = match look.kind {
                Kind::Pod => membership((&look.namespace, space), &look.labels, &look.proxy, look.on_host),
                Kind::Controller => Membership::Unknown,
                Kind::Entity(_) => Membership::Outside,
            };
            let callee = by_namespace.callee(look, membership);
            let caller = by_namespace.caller(look, membership);
            sides.of_look.push((
                numbered(callee, &mut sides.callees, &mut callees),
                numbered(caller, &mut sides.callers, &mut callers),
            ));
        }
        sides
    }
}

fn numbered<T: Clone + Eq + Hash>(one: T, all: &mut Vec<T>, known: &mut HashMap<T, u32>) -> u32 {
    let next = u32::try_from(all.len()).unwrap_or(u32::MAX);
    *known.entry(one).or_insert_with_key(|one| {
        all.push(one.clone());
        next
    })
}

/// Finds what selects a pod without asking every policy about each.
struct Selecting<'m> {
    manifests: &'m Manifests,
    authorizations: HashMap<&'m str, Vec<u32>>,
    peers: HashMap<&'m str, Vec<u32>>,
}

impl<'m> Selecting<'m> {
    fn new(manifests: &'m Manifests) -> Self {
        let mut selecting = Self {
            manifests,
            authorizations: HashMap::new(),
            peers: HashMap::new(),
        };
        for (at, policy) in (0..).zip(&manifests.mesh.authorizations) {
            let of = selecting.authorizations.entry(policy.namespace.as_str());
            of.or_default().push(at);
        }
        for (at, peers) in (0..).zip(&manifests.mesh.peers) {
            let of = selecting.peers.entry(peers.namespace.as_str());
            of.or_default().push(at);
        }
        selecting
    }

    fn callee(&self, look: &Look, membership: Membership) -> Callee {
        let outside = membership == Membership::Outside;
        let mut callee = Callee {
            membership,
            namespace: look.namespace.clone(),
            authorizations: Vec::new(),
            mode: Modes {
                base: Some((Mode::Permissive, None)),
                ports: Vec::new(),
            },
            through: Ports::all(),
            opaque: Ports::default(),
            hosts: self.hosts(look),
        };
        if outside {
            return callee;
        }
        let of = |namespace: &str| self.authorizations.get(namespace).into_iter().flatten();
        let root = (look.namespace != ROOT).then_some(ROOT);
        let candidates = of(&look.namespace).chain(root.into_iter().flat_map(of));
        callee.authorizations = candidates
            .copied()
            .filter(|at| {
                let policy = self.manifests.mesh.authorizations.get(*at as usize);
                policy.is_some_and(|policy| {
                    policy.is_for(&look.namespace) && policy.selector.matches(&look.labels)
                })
            })
            .collect();
        callee.mode = self.modes(look);
        if !callee.authorizations.is_empty() {
            callee.opaque = match membership {
                Membership::Ambient { .. } => Ports::all(),
                _ => self.opaque(look),
            };
        }
        let through = look.proxy.inbound_only.clone().unwrap_or_else(Ports::all);
        callee.through = through.minus(&look.proxy.inbound_around);
        callee
    }

    fn modes(&self, look: &Look) -> Modes {
        let of = |namespace: &str| -> Vec<(u32, &Peers)> {
            let numbers = self.peers.get(namespace).into_iter().flatten();
            let numbers = numbers.copied();
            numbers
                .filter_map(|at| Some((at, self.manifests.mesh.peers.get(at as usize)?)))
                .collect()
        };
        let (own, root) = (of(&look.namespace), of(ROOT));
        let selecting = |(_, peers): &&(u32, &Peers)| {
            !peers.says.is_for_all() && peers.says.selector.matches(&look.labels)
        };
        let of_pod: Vec<&(u32, &Peers)> = own.iter().filter(selecting).collect();
        let for_all = |all: &'_ [(u32, &'m Peers)]| -> Vec<(u32, &'m Peers)> {
            let all = all.iter().filter(|(_, peers)| peers.says.is_for_all());
            all.copied().collect()
        };
        let (wide, mesh) = (for_all(&own), for_all(&root));
        let scopes = [of_pod.iter().map(|one| **one).collect(), wide, mesh];
        let mut base = Some((Mode::Permissive, None));
        for scope in &scopes {
            match agreed(scope.iter().map(|(_, peers)| &peers.says)) {
                Ok(None) => {}
                Ok(Some(mode)) => {
                    base = Some((mode, scope.first().map(|(at, _)| *at)));
                    break;
                }
                Err(Differ) => {
                    base = None;
                    break;
                }
            }
        }
        let mut ports = Vec::new();
        for (by, peers) in of_pod {
            for port in &peers.says.ports {
                if let (Some(number), Some(said)) = (port.number, port.said) {
                    ports.push(OfPort {
                        number,
                        mode: said.mode,
                        by: *by,
                        led: self.is_led(look, number),
                    });
                }
            }
        }
        ports.sort_unstable();
        ports.dedup();
        // Where two differ about a port the laxer is kept, and whether it counts is in doubt.
        let mut kept: Vec<OfPort> = Vec::with_capacity(ports.len());
        for port in ports {
            match kept.last_mut().filter(|last| last.number == port.number) {
                Some(last) if last.mode != port.mode => last.led = false,
                Some(_) => {}
                None => kept.push(port),
            }
        }
        Modes { base, ports: kept }
    }

    /// Services that lead to a pod.
    fn services(
        &self,
        look: &Look,
    ) -> impl Iterator<Item = (&'m (String, String), &'m super::super::front::Service)> {
        let first = (look.namespace.clone(), String::new());
        let namespace = look.namespace.clone();
        let labels = look.labels.clone();
        let services = self.manifests.services.range(first..);
        services
            .take_while(move |((of, _), _)| *of == namespace)
            .filter(move |(_, service)| {
                let selector = service.selector.as_ref();
                selector.is_some_and(|selector| selector.matches(&labels))
            })
    }

    /// Ports that Services lead to, all of which say that no requests are spoken there.
    fn opaque(&self, look: &Look) -> Ports {
        let (mut opaque, mut other) = (Ports::default(), Ports::default());
        for (_, service) in self.services(look) {
            for (port, is_opaque) in service.opaque(look) {
                let of = if is_opaque { &mut opaque } else { &mut other };
                *of = of.union(&Ports::range(port, port));
            }
        }
        opaque.minus(&other)
    }

    fn is_led(&self, look: &Look, port: u16) -> bool {
        self.services(look).any(|(_, service)| {
            let reached = service.reaches(None, look);
            reached.ports(Protocol::Tcp).contains(port)
        })
    }

    fn hosts(&self, look: &Look) -> Vec<(String, String, Ports)> {
        if self.manifests.mesh.sidecars.is_empty() || look.kind != Kind::Pod {
            return Vec::new();
        }
        let services = self.services(look).map(|((namespace, name), service)| {
            let reached = service.reaches(None, look);
            (
                namespace.clone(),
                format!("{name}.{namespace}.svc.cluster.local"),
                reached.ports(Protocol::Tcp).clone(),
            )
        });
        services.collect()
    }

    fn caller(&self, look: &Look, membership: Membership) -> Caller {
        let sidecar = match membership {
            Membership::Sidecar | Membership::Unknown if look.kind == Kind::Pod => self.sidecar(look),
            _ => Known::All,
        };
        Caller {
            membership,
            kind: look.kind,
            namespace: look.namespace.clone(),
            account: look.account.clone(),
            around: look.proxy.outbound_around.clone(),
            sidecar,
        }
    }

    /// The Sidecar that holds for a pod: one that selects it, or that of its namespace, or that of the mesh.
    fn sidecar(&self, look: &Look) -> Known {
        let of = |namespace: &str, selecting: bool| {
            let sidecars = (0..).zip(&self.manifests.mesh.sidecars);
            let found: Vec<u32> = sidecars
                .filter(|(_, one)| {
                    one.namespace == namespace
                        && match &one.selector {
                            Some(selector) => selecting && selector.matches(&look.labels),
                            None => !selecting,
                        }
                })
                .map(|(at, _)| at)
                .collect();
            match found.as_slice() {
                [] => None,
                [one] => Some(Known::By(*one)),
                [first, ..] => Some(Known::Several(*first)),
            }
        };
        of(&look.namespace, true)
            .or_else(|| of(&look.namespace, false))
            .or_else(|| of(ROOT, false))
            .unwrap_or(Known::All)
    }
}
