//! Why two can or cannot connect: the policies and rules that decide.

use super::classes::{Classes, Member};
use super::parties::Reach;
use super::policy::Tier;
use super::pool::{Id, NONE};
use super::ports::Connections;
use super::{Action, Direction};

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// What enforces policies of the network.
    Network,
    /// Proxies of a mesh.
    Mesh,
}

/// One thing that decides between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Who decides; all must let a connection through.
    pub layer: Layer,
    /// Whose side of the connection.
    pub direction: Direction,
    /// The policy; absent where none governs that side, and everything is allowed.
    pub policy: Option<String>,
    /// The rule, by number from 1 and name; absent where no rule of the policy names the other.
    pub rule: Option<String>,
    /// What it does.
    pub action: Action,
    /// With which connections.
    pub connections: Connections,
    /// What it asks of them beside, as `GET /api/*`.
    pub condition: Option<String>,
    /// What it does in words, where that is more than the action.
    pub says: Option<String>,
}

impl Reach<'_> {
    /// Why a source and a destination, by their numbers, can or cannot connect: for each side the policies that govern it, in the order
    /// in which they are asked. Empty for two that are no pair, as two addresses outside.
    #[must_use]
    pub fn why(&mut self, source: usize, destination: usize) -> Vec<Reason> {
        let (Some(from), Some(to)) = (
            self.source(source).cloned(),
            self.destination(destination).cloned(),
        ) else {
            return Vec::new();
        };
        let mut reasons = Vec::new();
        for (one, other) in from
            .members()
            .into_iter()
            .flat_map(|one| to.members().into_iter().map(move |other| (one, other)))
        {
            let pods = self.classes.count();
            if one < pods {
                self.side(Direction::Egress, one, other, &mut reasons);
            }
            if other < pods {
                self.side(Direction::Ingress, other, one, &mut reasons);
            }
            let of_mesh = self.mesh.as_ref().map(|mesh| mesh.why(one, other));
            for reason in of_mesh.into_iter().flatten() {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        reasons
    }

    fn side(&mut self, direction: Direction, class: Member, member: Member, reasons: &mut Vec<Reason>) {
        let side = match direction {
            Direction::Egress => &self.egress,
            Direction::Ingress => &self.ingress,
        };
        let governed = side.governed.get(class as usize).cloned().unwrap_or_default();
        let mut add = |reason: Reason| {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        };
        let policies = self.policies.clone();
        let policy = |at: u32| policies.get(at as usize);
        let closed = governed
            .iter()
            .any(|at| policy(*at).is_some_and(|policy| policy.closes(direction)));
        let of_network = Reason {
            layer: Layer::Network,
            direction,
            policy: None,
            rule: None,
            action: Action::Allow,
            connections: Connections::all(),
            condition: None,
            says: None,
        };
        for at in governed {
            let Some(policy) = policy(at) else { continue };
            if policy.tier == Tier::Baseline && closed {
                continue;
            }
            let mut named = false;
            for (number, id) in rules(&self.classes, at, direction, class, member, &mut self.pool) {
                let Some(rule) = policy.rules(direction).and_then(|rules| rules.get(number)) else {
                    continue;
                };
                named = true;
                add(Reason {
                    policy: Some(policy.title.clone()),
                    rule: Some(rule.name.clone()),
                    action: rule.action,
                    connections: self.pool.get(id).clone(),
                    condition: rule.only.as_ref().map(|only| only.demand.what.to_string()),
                    ..of_network.clone()
                });
            }
            if policy.closes(direction) && !named {
                add(Reason {
                    policy: Some(policy.title.clone()),
                    action: Action::Deny,
                    ..of_network.clone()
                });
            }
        }
        if !closed {
            add(of_network);
        }
    }
}

/// Rules of a policy that name a member, by place, with the connections they name.
fn rules(
    classes: &Classes,
    policy: u32,
    direction: Direction,
    class: Member,
    member: Member,
    pool: &mut super::pool::Pool,
) -> Vec<(usize, Id)> {
    let destination = match direction {
        Direction::Ingress => class,
        Direction::Egress => member,
    };
    let ports = classes
        .ports
        .get(destination as usize)
        .map_or(&[][..], Vec::as_slice);
    let compiled = classes.policies.get(policy as usize);
    let rules = compiled
        .and_then(|compiled| compiled.rules(direction))
        .unwrap_or_default();
    let rules = rules.iter().enumerate();
    let rules = rules.filter(|(_, rule)| rule.members.binary_search(&member).is_ok());
    let rules = rules.map(|(number, rule)| (number, rule.connections(ports, pool)));
    rules.filter(|(_, id)| *id != NONE).collect()
}
