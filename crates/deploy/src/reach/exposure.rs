//! What of a cluster is published to the outside, and by what.
//!
//! A policy that lets the whole world in publishes nothing: addresses of pods lead nowhere from outside most clusters. What publishes
//! is a Service of type LoadBalancer or NodePort or with external addresses, a port of the node, the network of the node, and the
//! controllers that Ingresses and routes direct.

use super::address::Range;
use super::classes::Member;
use super::cluster::Look;
use super::condition::{Condition, Passage};
use super::front::ServiceKind;
use super::layers::{conditions, passage, row, within};
use super::parties::{Is, Party, Reach};
use super::pool::{Id, NONE};
use super::ports::{Connections, Ports};

/// A way from outside to a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The workload.
    pub workload: String,
    /// What publishes it, as `Service shop/web (LoadBalancer)`.
    pub by: String,
    /// Ports of the pods that are reached that way, as far as policies let the outside in; empty where they let nothing through.
    pub connections: Connections,
    /// What parts of them depend on: all of these must agree.
    pub conditions: Vec<Condition>,
}

impl<'m> Reach<'m> {
    /// The ways from outside to workloads, or to those that a text means as [`Self::destinations`] says, by workload.
    #[must_use]
    pub fn published(&mut self, meant: Option<&str>) -> Vec<Published> {
        let mut published = Vec::new();
        let controllers = self.controllers();
        for at in self.destinations(meant) {
            let Some(party) = self.destination(at).cloned() else {
                continue;
            };
            let Is::Workload(looks) = &party.is else { continue };
            for (look, class) in looks {
                if let Some(look) = self.manifests.looks.get(*look as usize) {
                    for (by, set, sources) in ways(self, look) {
                        let set = self.pool.id(set);
                        let allowed = self.let_in(*class, sources.as_deref(), set);
                        published.push(Published {
                            workload: party.name.clone(),
                            by,
                            connections: self.pool.get(allowed.upper).clone(),
                            conditions: allowed.conditions(&mut self.pool),
                        });
                    }
                }
            }
            for (from, row) in &controllers {
                let Is::Controller(_, led) = &from.is else {
                    continue;
                };
                let mut titles: Vec<&str> = Vec::new();
                for (_, of_look) in looks.iter().filter_map(|(look, _)| led.get(look)) {
                    titles.extend(of_look);
                }
                titles.dedup();
                if !titles.is_empty() {
                    let id = within(row, &mut self.pool, from, &party);
                    let layers = (&self.egress, &self.ingress, self.mesh.as_ref());
                    let conditions = conditions(layers, &mut self.pool, (from, &party), id);
                    published.push(Published {
                        workload: party.name.clone(),
                        by: format!("{} ({})", from.name, titles.join(", ")),
                        connections: self.pool.get(id).clone(),
                        conditions,
                    });
                }
            }
        }
        published.dedup();
        published
    }

    /// Controllers, each with what policies let it reach.
    fn controllers(&mut self) -> Vec<(Party<'m>, Vec<Id>)> {
        let parties = self.sources(None).into_iter();
        let parties = parties.filter_map(|at| self.source(at).cloned());
        let parties: Vec<_> = parties
            .filter(|party| matches!(party.is, Is::Controller(..)))
            .collect();
        let sides = (&self.egress, &self.ingress, self.mesh.as_ref());
        let rows = parties.into_iter().map(|party| {
            let row = row(&self.classes, sides, &mut self.pool, &party.is);
            (party, row)
        });
        rows.collect()
    }

    /// What of a set the addresses outside, or those that are named, are let in with.
    fn let_in(&mut self, class: Member, sources: Option<&[Range]>, set: Id) -> Passage {
        let mut sum: Option<Passage> = None;
        let count = self.classes.count();
        for (member, piece) in (count..).zip(&self.classes.sources) {
            let meets = |range: &Range| range.first <= piece.last && piece.first <= range.last;
            if sources.is_none_or(|ranges| ranges.iter().any(meets)) {
                let layers = (&self.egress, &self.ingress, self.mesh.as_ref());
                let one = passage(layers, &mut self.pool, (member, class), count);
                let one = one.within(set, &mut self.pool);
                sum = Some(match sum {
                    None => one,
                    Some(sum) => sum.or(&one, &mut self.pool),
                });
            }
        }
        sum.unwrap_or(Passage::of(NONE))
    }
}

/// What publishes pods of a look without a controller: its name, the ports, and the addresses it serves where it says which.
fn ways(reach: &Reach<'_>, look: &Look) -> Vec<(String, Connections, Option<Vec<Range>>)> {
    let mut ways = Vec::new();
    if look.on_host {
        ways.push(("the network of the node".to_owned(), Connections::all(), None));
    }
    for port in look
        .ports
        .iter()
        .filter(|port| port.on_host != 0 && !look.on_host)
    {
        let set = Connections::of(port.protocol, Ports::range(port.number, port.number));
        ways.push((format!("port {} of the node", port.on_host), set, None));
    }
    let first = (look.namespace.clone(), String::new());
    let services = reach.manifests.services.range(first..);
    for (_, service) in services.take_while(|((namespace, _), _)| *namespace == look.namespace) {
        let kind = match service.kind {
            ServiceKind::Inside => continue,
            ServiceKind::NodePort => "NodePort",
            ServiceKind::LoadBalancer => "LoadBalancer",
            ServiceKind::ExternalAddress => "external addresses",
        };
        let selected = service
            .selector
            .as_ref()
            .is_some_and(|selector| selector.matches(&look.labels));
        if selected {
            let set = service.reaches(None, look);
            ways.push((
                format!("{} ({kind})", service.title),
                set,
                service.sources.clone(),
            ));
        }
    }
    ways
}
