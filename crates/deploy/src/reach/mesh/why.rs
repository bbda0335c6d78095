//! Why the mesh lets two connect or not: what decides, in the order in which it is asked.

use super::super::Direction;
use super::super::classes::Member;
use super::super::cluster::Kind;
use super::super::explain::{Layer, Reason};
use super::super::policy::Action;
use super::super::ports::{Connections, Ports, Protocol};
use super::Mesh;
use super::authorization::{Authorization, Does};
use super::cell::ports_of;
use super::sides::{Callee, Callers, Known};
use super::source::{Caller as Proof, Fit};
use crate::istio::membership::Membership;
use crate::istio::peers::Mode;

fn tcp(ports: Ports) -> Connections {
    Connections::of(Protocol::Tcp, ports)
}

fn reason(direction: Direction, action: Action, ports: Ports) -> Reason {
    Reason {
        layer: Layer::Mesh,
        direction,
        policy: None,
        rule: None,
        action,
        connections: tcp(ports),
        condition: None,
        says: None,
    }
}

impl Mesh<'_> {
    /// What decides between two members, of which one at least is a class.
    pub(in super::super) fn why(&self, from: Member, to: Member) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let Some(caller) = self.caller(from) else {
            return reasons;
        };
        if let Callers::Pod(pod) = caller
            && let Known::By(at) | Known::Several(at) = pod.sidecar
        {
            self.known(at, self.callee(to), &mut reasons);
        }
        let Some(callee) = self.callee(to) else {
            return reasons;
        };
        let says = match callee.membership {
            Membership::Outside => Some("it is outside the mesh, whose policies do not hold for it"),
            Membership::Unknown => Some("it is not known whether it is in the mesh"),
            Membership::Ambient { waypoint: true } => {
                Some("what comes to it may pass a waypoint, which is not followed")
            }
            Membership::Sidecar | Membership::Ambient { .. } => None,
        };
        if let Some(says) = says {
            reasons.push(Reason {
                says: Some(says.to_owned()),
                ..reason(Direction::Ingress, Action::Pass, Ports::all())
            });
        }
        if callee.membership != Membership::Outside {
            self.modes(callee, caller, &mut reasons);
            self.rules(callee, caller, &mut reasons);
        }
        reasons
    }

    fn known(&self, at: u32, callee: Option<&Callee>, reasons: &mut Vec<Reason>) {
        let Some(sidecar) = self.manifests.mesh.sidecars.get(at as usize) else {
            return;
        };
        let closed = sidecar.closed == Some(true);
        let mut known = Ports::default();
        for (namespace, host, ports) in callee.into_iter().flat_map(|callee| &callee.hosts) {
            if sidecar.knows(namespace, host) {
                known = known.union(ports);
            }
        }
        let (says, action) = match (callee.is_some(), closed) {
            (_, true) => (
                "lets its workloads connect to nothing but what they know",
                Action::Deny,
            ),
            (true, false) => (
                "lets its workloads connect to what they do not know without proof of who they are",
                Action::Allow,
            ),
            (false, false) => return,
        };
        let rest = Ports::all().minus(&known);
        if !rest.is_empty() {
            reasons.push(Reason {
                policy: Some(sidecar.title.clone()),
                says: Some(says.to_owned()),
                ..reason(Direction::Egress, action, rest)
            });
        }
    }

    fn modes(&self, callee: &Callee, caller: Callers<'_>, reasons: &mut Vec<Reason>) {
        let proves = matches!(caller, Callers::Pod(pod) if pod.membership != Membership::Outside);
        let title = |at: u32| {
            let peers = self.manifests.mesh.peers.get(at as usize);
            peers.map(|peers| peers.title.clone())
        };
        let base = callee.mode.base.map_or(Mode::Permissive, |(mode, _)| mode);
        let strict = ports_of(&callee.mode, base, true, Mode::Strict).intersection(&callee.through);
        if strict.is_empty() {
            return;
        }
        let by = callee.mode.base.and_then(|(_, by)| by);
        let by = by.or_else(|| callee.mode.ports.first().map(|port| port.by));
        let says = if proves {
            "takes only what proves who connects, as this does"
        } else {
            "takes only what proves who connects, and what is outside the mesh does not"
        };
        reasons.push(Reason {
            policy: by.and_then(title),
            rule: None,
            says: Some(says.to_owned()),
            ..reason(
                Direction::Ingress,
                if proves { Action::Pass } else { Action::Deny },
                strict,
            )
        });
    }

    fn rules(&self, callee: &Callee, caller: Callers<'_>, reasons: &mut Vec<Reason>) {
        let sources = &self.manifests.mesh.sources;
        let proof = match caller {
            Callers::Outside(piece) => Proof::From(piece),
            Callers::Pod(pod) if pod.membership == Membership::Outside => Proof::Nobody,
            Callers::Pod(pod) if pod.kind == Kind::Pod => Proof::Named(&pod.namespace, &pod.account),
            Callers::Pod(_) => Proof::Unknown,
        };
        let policies = callee.authorizations.iter();
        let mut policies: Vec<&Authorization> = policies
            .filter_map(|at| self.manifests.mesh.authorizations.get(*at as usize))
            .collect();
        let order = |policy: &Authorization| match policy.does {
            Does::Asks(_) => 0,
            Does::Deny => 1,
            Does::Allow => 2,
        };
        policies.sort_by(|one, other| (order(one), &one.title).cmp(&(order(other), &other.title)));
        for policy in policies {
            let mut named = false;
            for rule in &policy.rules {
                let fit = |at: u32| {
                    let source = sources.all.get(at as usize);
                    source.map_or(Fit::NO, |source| source.fit(proof))
                };
                for matched in rule.matches(&policy.title, sources, fit) {
                    let (ports, demand) = match (matched.of_requests, &policy.does) {
                        (true, Does::Allow) => (matched.ports.minus(&callee.opaque), matched.demand),
                        _ => (matched.ports, matched.demand),
                    };
                    if ports.is_empty() {
                        continue;
                    }
                    named = true;
                    let (action, says) = match &policy.does {
                        Does::Allow => (Action::Allow, None),
                        Does::Deny => (Action::Deny, None),
                        Does::Asks(provider) => {
                            (Action::Pass, Some(format!("asks the provider `{provider}`")))
                        }
                    };
                    reasons.push(Reason {
                        policy: Some(policy.title.to_string()),
                        rule: Some(rule.name.clone()),
                        condition: demand.map(|demand| demand.what.to_string()),
                        says,
                        ..reason(Direction::Ingress, action, ports)
                    });
                }
            }
            if !named && policy.does == Does::Allow {
                reasons.push(Reason {
                    policy: Some(policy.title.to_string()),
                    ..reason(Direction::Ingress, Action::Deny, Ports::all())
                });
            }
        }
        if callee.authorizations.is_empty() {
            reasons.push(Reason {
                says: Some("no AuthorizationPolicy governs it".to_owned()),
                ..reason(Direction::Ingress, Action::Allow, Ports::all())
            });
        }
    }
}
