//! What policies allow between classes.
//!
//! Each direction is decided on its own, as the policies of administrators, of namespaces and of the baseline say in turn; a connection
//! is possible where both sides allow it.

use super::classes::{Classes, Member, TooLarge};
use super::condition::{Demand, Effect, Hold, Passage, only};
use super::policy::{Only, Policy, Tier};
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
    /// What parts of a cell depend on, by row and member.
    holds: HashMap<(u32, Member), Vec<Hold>>,
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
                let (row, holds) = row(direction, list, class, policies, classes, pool);
                side.rows.push(row);
                let holds = holds.into_iter().map(|(member, holds)| ((at, member), holds));
                side.holds.extend(holds);
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

    /// The same with what parts of it depend on.
    pub(super) fn passage(&self, class: Member, member: Member) -> Passage {
        let row = self.of.get(class as usize).copied().unwrap_or_default();
        Passage {
            upper: self.allows(class, member),
            holds: self.holds.get(&(row, member)).cloned().unwrap_or_default(),
        }
    }

    /// How many classes there are.
    pub(super) fn count(&self) -> Member {
        Member::try_from(self.of.len()).unwrap_or(Member::MAX)
    }

    /// Whether anything depends on more than ports.
    pub(super) fn is_conditional(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Everything that parts of cells depend on.
    pub(super) fn demands(&self) -> impl Iterator<Item = &Demand> {
        self.holds.values().flatten().flat_map(|hold| &hold.demands)
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
    /// What those of Cilium deny, whatever others of the namespace allow.
    refused: Id,
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
) -> (Row, Vec<(Member, Vec<Hold>)>) {
    let outside = match direction {
        Direction::Ingress => &classes.sources,
        Direction::Egress => &classes.destinations,
    };
    let none = Standing {
        spoken: NONE,
        allowed: NONE,
        denied: NONE,
        namespace: NONE,
        refused: NONE,
        baseline: (NONE, NONE),
    };
    let mut row = vec![none; classes.ports.len() + outside.len()];
    let mut closed = false;
    let mut asked: HashMap<Member, Vec<Asked>> = HashMap::new();
    for at in list {
        let at = *at as usize;
        let (Some(policy), Some(compiled)) = (policies.get(at), classes.policies.get(at)) else {
            continue;
        };
        closed |= policy.closes(direction);
        let rules = compiled.rules(direction).unwrap_or_default().iter();
        for (rule, said) in rules.zip(policy.rules(direction).into_iter().flatten()) {
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
                if let Some(only) = &said.only {
                    let asked = asked.entry(*member).or_default();
                    asked.push((rule.action, connections, only.clone()));
                } else if let Some(standing) = row.get_mut(*member as usize) {
                    standing.hear(policy.tier, rule.action, connections, pool);
                }
            }
        }
    }
    let mut holds = Vec::new();
    let members = (0..).zip(row);
    let sums = members.map(|(member, standing)| {
        let passage = standing.sum(closed, asked.get(&member).map_or(&[], Vec::as_slice), pool);
        if !passage.holds.is_empty() {
            holds.push((member, passage.holds));
        }
        passage.upper
    });
    (sums.collect(), holds)
}

/// What a rule does with which connections, and what it asks of them.
type Asked = (Action, Id, Only);

impl Standing {
    fn hear(&mut self, tier: Tier, action: Action, connections: Id, pool: &mut Pool) {
        match tier {
            Tier::Namespace if action == Action::Deny => {
                self.refused = pool.union(self.refused, connections);
            }
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

    fn sum(self, closed: bool, asked: &[Asked], pool: &mut Pool) -> Passage {
        let decided = pool.union(self.allowed, self.denied);
        let open = pool.minus(ALL, decided);
        let open = pool.minus(open, self.refused);
        if asked.is_empty() {
            let more = if closed {
                pool.intersection(open, self.namespace)
            } else {
                pool.minus(open, self.baseline.1)
            };
            return Passage::of(pool.union(self.allowed, more));
        }
        let of = |action: Action, all: bool| {
            let asked = asked
                .iter()
                .filter(move |(does, _, only)| *does == action && (all || only.restricts));
            asked.map(|(_, set, only)| (*set, only.demand.clone()))
        };
        // Where nothing is closed, only rules on requests stop what does not meet them.
        let alternatives: Vec<(Id, Demand)> = of(Action::Allow, closed).collect();
        let asking = alternatives
            .iter()
            .fold(NONE, |sum, (set, _)| pool.union(sum, *set));
        let (most, outright) = if closed {
            (pool.union(self.namespace, asking), self.namespace)
        } else {
            let most = pool.minus(ALL, self.baseline.1);
            let outright = pool.minus(most, asking);
            (most, pool.union(outright, self.namespace))
        };
        let more = pool.intersection(open, most);
        let depending = pool.minus(more, outright);
        let mut holds = only(depending, &alternatives, pool);
        for (set, demand) in of(Action::Deny, true) {
            let set = pool.intersection(set, more);
            if set != NONE {
                holds.push(Hold {
                    effect: Effect::Except,
                    set,
                    demands: vec![demand],
                });
            }
        }
        Passage {
            upper: pool.union(self.allowed, more),
            holds,
        }
    }
}
