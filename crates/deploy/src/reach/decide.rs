//! What policies allow between classes.
//!
//! Each direction is decided on its own, as the policies of administrators, of namespaces and of the baseline say in turn; a connection
//! is possible where both sides allow it.

use super::classes::{Classes, Member, TooLarge};
use super::policy::{Policy, Tier};
use super::pool::{ALL, Id, NONE, Pool};
use super::{Action, Direction};
use std::collections::HashMap;

/// What one side allows, to or from every member.
type Row = Vec<Id>;

/// What each class allows in a direction: classes that the same policies govern share a row.
#[derive(Debug, Default)]
pub(super) struct Side {
    rows: Vec<Row>,
    of: Vec<u32>,
    /// Policies that govern each class, in the order in which they are asked.
    pub(super) governed: Vec<Vec<u32>>,
}

impl Side {
    /// Works out what each class allows.
    ///
    /// # Errors
    ///
    /// Where there are more rows than can be held.
    pub(super) fn new(
        direction: Direction,
        policies: &[Policy],
        classes: &Classes,
        pool: &mut Pool,
    ) -> Result<Self, TooLarge> {
        let mut order: Vec<usize> = (0..policies.len()).collect();
        order.sort_by_key(|at| policies.get(*at).map(|policy| policy.tier));
        let mut governed: Vec<Vec<u32>> = vec![Vec::new(); classes.ports.len()];
        for at in order {
            let Some(policy) = classes
                .policies
                .get(at)
                .filter(|policy| policy.rules(direction).is_some())
            else {
                continue;
            };
            for class in &policy.subject {
                if let Some(list) = governed.get_mut(*class as usize) {
                    list.push(u32::try_from(at).unwrap_or(u32::MAX));
                }
            }
        }
        let mut side = Self {
            governed,
            ..Self::default()
        };
        let mut known = HashMap::new();
        for (class, list) in (0..).zip(&side.governed) {
            let asks_names = direction == Direction::Ingress && has_names(classes, list);
            let ports = asks_names.then(|| classes.ports.get(class as usize)).flatten();
            let next = u32::try_from(side.rows.len()).unwrap_or(u32::MAX);
            let at = *known.entry((list.clone(), ports)).or_insert(next);
            if at == next {
                classes.bounded(side.rows.len() + 1)?;
                side.rows
                    .push(row(direction, list, class, policies, classes, pool));
            }
            side.of.push(at);
        }
        Ok(side)
    }

    /// What a class allows to or from a member.
    pub(super) fn allows(&self, class: Member, member: Member) -> Id {
        let row = self
            .of
            .get(class as usize)
            .and_then(|row| self.rows.get(*row as usize));
        row.and_then(|row| row.get(member as usize))
            .copied()
            .unwrap_or(NONE)
    }
}

fn has_names(classes: &Classes, list: &[u32]) -> bool {
    list.iter()
        .filter_map(|at| classes.policies.get(*at as usize)?.rules(Direction::Ingress))
        .flatten()
        .any(super::classes::CompiledRule::has_names)
}

/// What is known of one member while policies are asked in turn.
#[derive(Clone, Copy)]
struct Standing {
    /// What administrators have spoken of.
    spoken: Id,
    allowed: Id,
    denied: Id,
    /// What policies of the namespace allow.
    namespace: Id,
    /// What the baseline has spoken of, and denied.
    baseline: (Id, Id),
}

fn row(
    direction: Direction,
    list: &[u32],
    class: Member,
    policies: &[Policy],
    classes: &Classes,
    pool: &mut Pool,
) -> Row {
    let outside = match direction {
        Direction::Ingress => &classes.sources,
        Direction::Egress => &classes.destinations,
    };
    let none = Standing {
        spoken: NONE,
        allowed: NONE,
        denied: NONE,
        namespace: NONE,
        baseline: (NONE, NONE),
    };
    let mut row = vec![none; classes.ports.len() + outside.len()];
    let mut by_namespace = false;
    for at in list {
        let at = *at as usize;
        let (Some(policy), Some(compiled)) = (policies.get(at), classes.policies.get(at)) else {
            continue;
        };
        by_namespace |= policy.tier == Tier::Namespace;
        for rule in compiled.rules(direction).unwrap_or_default() {
            for member in &rule.members {
                let destination = match direction {
                    Direction::Ingress => class,
                    Direction::Egress => *member,
                };
                let ports = classes
                    .ports
                    .get(destination as usize)
                    .map_or(&[][..], Vec::as_slice);
                let connections = rule.connections(ports, pool);
                if let Some(standing) = row.get_mut(*member as usize) {
                    standing.hear(policy.tier, rule.action, connections, pool);
                }
            }
        }
    }
    row.into_iter()
        .map(|standing| standing.sum(by_namespace, pool))
        .collect()
}

impl Standing {
    fn hear(&mut self, tier: Tier, action: Action, connections: Id, pool: &mut Pool) {
        match tier {
            Tier::Namespace => self.namespace = pool.union(self.namespace, connections),
            Tier::Admin(_) => {
                let new = pool.minus(connections, self.spoken);
                self.spoken = pool.union(self.spoken, connections);
                match action {
                    Action::Allow => self.allowed = pool.union(self.allowed, new),
                    Action::Deny => self.denied = pool.union(self.denied, new),
                    Action::Pass => {}
                }
            }
            Tier::Baseline => {
                let (spoken, denied) = self.baseline;
                let new = pool.minus(connections, spoken);
                let denied = match action {
                    Action::Deny => pool.union(denied, new),
                    Action::Allow | Action::Pass => denied,
                };
                self.baseline = (pool.union(spoken, connections), denied);
            }
        }
    }

    fn sum(self, by_namespace: bool, pool: &mut Pool) -> Id {
        let decided = pool.union(self.allowed, self.denied);
        let open = pool.minus(ALL, decided);
        let more = if by_namespace {
            pool.intersection(open, self.namespace)
        } else {
            pool.minus(open, self.baseline.1)
        };
        pool.union(self.allowed, more)
    }
}
