//! Why two can or cannot connect: the policies and rules that decide.

use super::classes::{Classes, Member};
use super::parties::{Is, Party, Reach};
use super::policy::Tier;
use super::pool::{Id, NONE};
use super::ports::Connections;
use super::{Action, Direction};

/// One thing that decides between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
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
        for (one, other) in members(&from)
            .into_iter()
            .flat_map(|one| members(&to).into_iter().map(move |other| (one, other)))
        {
            let pods = self.classes.count();
            if one < pods {
                self.side(Direction::Egress, one, other, &mut reasons);
            }
            if other < pods {
                self.side(Direction::Ingress, other, one, &mut reasons);
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
        let by_namespace = governed.iter().any(|at| {
            self.policy(*at)
                .is_some_and(|policy| policy.tier == Tier::Namespace)
        });
        let mut decided = false;
        for at in governed {
            let Some(policy) = self.policy(at) else { continue };
            if policy.tier == Tier::Baseline && by_namespace {
                continue;
            }
            let mut named = false;
            for (number, id) in rules(&self.classes, at, direction, class, member, &mut self.pool) {
                let Some(rule) = policy.rules(direction).and_then(|rules| rules.get(number)) else {
                    continue;
                };
                named = true;
                add(Reason {
                    direction,
                    policy: Some(policy.title.clone()),
                    rule: Some(rule.name.clone()),
                    action: rule.action,
                    connections: self.pool.get(id).clone(),
                });
            }
            if policy.tier == Tier::Namespace {
                decided = true;
                if !named {
                    add(Reason {
                        direction,
                        policy: Some(policy.title.clone()),
                        rule: None,
                        action: Action::Deny,
                        connections: Connections::all(),
                    });
                }
            }
        }
        if !decided {
            add(Reason {
                direction,
                policy: None,
                rule: None,
                action: Action::Allow,
                connections: Connections::all(),
            });
        }
    }
}

fn members(party: &Party<'_>) -> Vec<Member> {
    match &party.is {
        Is::Outside(piece, _) => vec![*piece],
        Is::Workload(looks) => {
            let mut classes: Vec<Member> = looks.iter().map(|(_, class)| *class).collect();
            classes.dedup();
            classes
        }
        Is::Controller(class, ..) => vec![*class],
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
