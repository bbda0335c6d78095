//! What beside protocol and port decides whether a connection is let through: requests, names, what is not known.
//!
//! In: what policies of a layer let through outright, and what only where something holds. Out: a [`Passage`]: the connections that may
//! pass, and for parts of them what must hold. Layers that must all agree are joined by [`Passage::and`]; pods of one workload, of which
//! any will do, by [`Passage::or`].

use super::pool::{ALL, Id, NONE, Pool};
use super::ports::Connections;
use std::sync::Arc;

/// Most things of which one must hold, for the same two and the same side, before they are told as one.
const MOST: usize = 64;

/// How a condition restricts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// They pass only where one of the alternatives holds.
    Only,
    /// They pass only where none of the alternatives holds.
    Except,
}

/// What some of the connections between two depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How.
    pub effect: Effect,
    /// Which of the connections; never empty.
    pub connections: Connections,
    /// What must hold, or must not; never empty.
    pub alternatives: Vec<Alternative>,
}

impl Condition {
    /// It in words, as a part of what connections depend on: `only GET /api/*`.
    #[must_use]
    pub fn told(&self, of: &Connections) -> String {
        let join = |decided: bool| {
            let all = self.alternatives.iter().filter(|one| one.decided == decided);
            all.map(|one| one.what.as_str()).collect::<Vec<_>>().join(" or ")
        };
        let (known, open) = (join(true), join(false));
        let verb = match self.effect {
            Effect::Only => "only",
            Effect::Except => "not",
        };
        let told = match (known.is_empty(), open.is_empty()) {
            (_, true) => format!("{verb} {known}"),
            (true, false) => format!("not known: {open}"),
            (false, false) => format!("{verb} {known}, or not known: {open}"),
        };
        if self.connections == *of {
            told
        } else {
            format!("{} {told}", self.connections)
        }
    }
}

/// One thing that decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alternative {
    /// The policy that says so, or the place of what is not known.
    pub by: String,
    /// What must hold, as `GET /api/*`; where it is not decided, what is not known.
    pub what: String,
    /// Whether it is known what is asked of a connection. Where it is not, the connection may pass or not.
    pub decided: bool,
}

/// What a policy asks of connections beside their port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Demand {
    pub(super) by: Arc<str>,
    pub(super) what: Arc<str>,
    pub(super) decided: bool,
}

/// A demand on a set of connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Hold {
    pub(super) effect: Effect,
    pub(super) set: Id,
    pub(super) demands: Vec<Demand>,
}

/// What may pass, and what must hold for parts of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Passage {
    pub(super) upper: Id,
    pub(super) holds: Vec<Hold>,
}

impl Passage {
    /// Everything passes.
    pub(super) const OPEN: Self = Self::of(ALL);

    /// Exactly these pass.
    pub(super) const fn of(upper: Id) -> Self {
        Self {
            upper,
            holds: Vec::new(),
        }
    }

    /// What passes whatever holds.
    pub(super) fn definite(&self, pool: &mut Pool) -> Id {
        self.holds
            .iter()
            .fold(self.upper, |left, hold| pool.minus(left, hold.set))
    }

    /// What passes whatever is not known, though perhaps not every request.
    pub(super) fn known(&self, pool: &mut Pool) -> Id {
        let open = self.holds.iter().filter(|hold| match hold.effect {
            Effect::Only => hold.demands.iter().all(|demand| !demand.decided),
            Effect::Except => hold.demands.iter().any(|demand| !demand.decided),
        });
        open.fold(self.upper, |left, hold| pool.minus(left, hold.set))
    }

    /// Only what is in a set.
    pub(super) fn within(&self, set: Id, pool: &mut Pool) -> Self {
        Self {
            upper: pool.intersection(self.upper, set),
            holds: within(&self.holds, set, pool),
        }
    }

    /// What passes both.
    pub(super) fn and(&self, other: &Self, pool: &mut Pool) -> Self {
        let upper = pool.intersection(self.upper, other.upper);
        let mut holds = within(&self.holds, upper, pool);
        for hold in within(&other.holds, upper, pool) {
            if !holds.contains(&hold) {
                holds.push(hold);
            }
        }
        Self { upper, holds }
    }

    /// What passes one or the other, as of two pods of one workload.
    pub(super) fn or(&self, other: &Self, pool: &mut Pool) -> Self {
        if self == other {
            return self.clone();
        }
        let (one, two) = (self.definite(pool), other.definite(pool));
        let definite = pool.union(one, two);
        let (mine, theirs) = (
            pool.minus(self.upper, definite),
            pool.minus(other.upper, definite),
        );
        let both = pool.intersection(mine, theirs);
        let (mine, theirs) = (pool.minus(mine, both), pool.minus(theirs, both));
        let mut holds = within(&self.holds, mine, pool);
        holds.extend(within(&other.holds, theirs, pool));
        let (of_mine, of_theirs) = (within(&self.holds, both, pool), within(&other.holds, both, pool));
        if of_mine == of_theirs {
            holds.extend(of_mine);
        } else if both != NONE {
            let all = of_mine.into_iter().chain(of_theirs);
            let mut demands: Vec<Demand> = all.flat_map(Hold::into_demands).collect();
            demands.sort();
            demands.dedup();
            holds.push(Hold {
                effect: Effect::Only,
                set: both,
                demands,
            });
        }
        Self {
            upper: pool.union(self.upper, other.upper),
            holds,
        }
    }

    /// What passes where it is not known which of two holds: what they agree on, and the rest by a demand that is not decided.
    pub(super) fn either(&self, other: &Self, doubt: &Demand, pool: &mut Pool) -> Self {
        if self == other {
            return self.clone();
        }
        let upper = pool.union(self.upper, other.upper);
        let (one, two) = (self.definite(pool), other.definite(pool));
        let definite = pool.intersection(one, two);
        let rest = pool.minus(upper, definite);
        // Where both ask the same of the same connections, nothing is in doubt.
        let mut holds = Vec::new();
        let mut doubtful = rest;
        let common = pool.intersection(self.upper, other.upper);
        let common = pool.intersection(common, rest);
        if common != NONE {
            let (mine, theirs) = (
                within(&self.holds, common, pool),
                within(&other.holds, common, pool),
            );
            if mine == theirs {
                holds = mine;
                doubtful = pool.minus(rest, common);
            }
        }
        if doubtful != NONE {
            holds.push(Hold {
                effect: Effect::Only,
                set: doubtful,
                demands: vec![doubt.clone()],
            });
        }
        Self { upper, holds }
    }

    /// In the words of those who ask, in an order that does not depend on that of policies.
    pub(super) fn conditions(&self, pool: &mut Pool) -> Vec<Condition> {
        let mut by_demands: Vec<(Effect, Vec<Demand>, Id)> = Vec::new();
        for hold in &self.holds {
            let mut demands = hold.demands.clone();
            demands.sort();
            demands.dedup();
            let known = by_demands
                .iter_mut()
                .find(|(effect, of, _)| *effect == hold.effect && *of == demands);
            match known {
                Some((_, _, set)) => *set = pool.union(*set, hold.set),
                None => by_demands.push((hold.effect, demands, hold.set)),
            }
        }
        by_demands.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let conditions = by_demands.into_iter().map(|(effect, demands, set)| Condition {
            effect,
            connections: pool.get(set).clone(),
            alternatives: demands.into_iter().map(Alternative::from).collect(),
        });
        conditions.collect()
    }
}

impl From<Demand> for Alternative {
    fn from(demand: Demand) -> Self {
        Self {
            by: demand.by.to_string(),
            what: demand.what.to_string(),
            decided: demand.decided,
        }
    }
}

impl Hold {
    /// The demands as such of which one must hold.
    fn into_demands(self) -> Vec<Demand> {
        match self.effect {
            Effect::Only => self.demands,
            Effect::Except => {
                let demands = self.demands.into_iter();
                let turned = demands.map(|demand| Demand {
                    what: if demand.decided {
                        format!("anything but {}", demand.what).into()
                    } else {
                        demand.what
                    },
                    ..demand
                });
                turned.collect()
            }
        }
    }
}

fn within(holds: &[Hold], set: Id, pool: &mut Pool) -> Vec<Hold> {
    let mut kept = Vec::new();
    for hold in holds {
        let set = pool.intersection(hold.set, set);
        if set != NONE {
            kept.push(Hold { set, ..hold.clone() });
        }
    }
    kept
}

/// Demands of which one must hold, cut so that on each piece the same ones will do.
pub(super) fn only(set: Id, alternatives: &[(Id, Demand)], pool: &mut Pool) -> Vec<Hold> {
    if alternatives.len() > MOST {
        let demands = alternatives.iter().map(|(_, demand)| demand);
        let by = demands
            .clone()
            .min()
            .map_or_else(|| "".into(), |first| first.by.clone());
        let demand = Demand {
            by,
            what: format!("one of {} rules on requests or names", alternatives.len()).into(),
            decided: demands.clone().all(|demand| demand.decided),
        };
        let all = alternatives
            .iter()
            .fold(NONE, |sum, (one, _)| pool.union(sum, *one));
        let set = pool.intersection(set, all);
        return (set != NONE)
            .then(|| Hold {
                effect: Effect::Only,
                set,
                demands: vec![demand],
            })
            .into_iter()
            .collect();
    }
    let mut pieces: Vec<(Id, Vec<Demand>)> = vec![(set, Vec::new())];
    for (of, demand) in alternatives {
        let mut next: Vec<(Id, Vec<Demand>)> = Vec::with_capacity(pieces.len() + 1);
        for (piece, demands) in pieces {
            let (inside, outside) = (pool.intersection(piece, *of), pool.minus(piece, *of));
            if inside != NONE {
                let mut with = demands.clone();
                if !with.contains(demand) {
                    with.push(demand.clone());
                }
                with.sort();
                next.push((inside, with));
            }
            if outside != NONE {
                next.push((outside, demands));
            }
        }
        pieces = next;
    }
    let pieces = pieces.into_iter().filter(|(_, demands)| !demands.is_empty());
    let holds = pieces.map(|(set, demands)| Hold {
        effect: Effect::Only,
        set,
        demands,
    });
    holds.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::{Ports, Protocol};
    use proptest::prelude::*;

    fn demand(what: &str, decided: bool) -> Demand {
        Demand {
            by: "policy".into(),
            what: what.into(),
            decided,
        }
    }

    type Raw = ((u16, u16), Vec<(u16, u16, bool, usize)>);

    fn raw() -> impl Strategy<Value = Raw> {
        let hold = (1u16..20, 0u16..8, any::<bool>(), 0usize..3);
        ((1u16..20, 0u16..20), prop::collection::vec(hold, 0..4))
    }

    fn set(first: u16, more: u16, pool: &mut Pool) -> Id {
        pool.id(Connections::of(Protocol::Tcp, Ports::range(first, first + more)))
    }

    fn passage(((first, more), holds): &Raw, pool: &mut Pool) -> Passage {
        let upper = set(*first, *more, pool);
        let mut all = Vec::new();
        for (first, more, except, what) in holds {
            let of = set(*first, *more, pool);
            all.push(Hold {
                effect: if *except { Effect::Except } else { Effect::Only },
                set: of,
                demands: vec![demand(["GET", "POST", "/a"][*what], *what != 2)],
            });
        }
        let holds = within(&all, upper, pool);
        Passage { upper, holds }
    }

    fn is_part(one: Id, of: Id, pool: &mut Pool) -> bool {
        pool.minus(one, of) == NONE
    }

    proptest! {
        #[test]
        fn layers_and_alternatives_keep_what_is_sure_and_what_is_possible(a in raw(), b in raw()) {
            let mut pool = Pool::default();
            let pool = &mut pool;
            let (one, two) = (passage(&a, pool), passage(&b, pool));
            let (sure_one, sure_two) = (one.definite(pool), two.definite(pool));
            let doubt = demand("doubt", false);
            let (and, or, either) = (one.and(&two, pool), one.or(&two, pool), one.either(&two, &doubt, pool));

            let both = pool.intersection(one.upper, two.upper);
            prop_assert_eq!(and.upper, both);
            let sure_both = pool.intersection(sure_one, sure_two);
            prop_assert_eq!(and.definite(pool), sure_both);

            let any = pool.union(one.upper, two.upper);
            prop_assert_eq!(or.upper, any);
            let sure_any = pool.union(sure_one, sure_two);
            prop_assert_eq!(or.definite(pool), sure_any);

            prop_assert_eq!(either.upper, any);
            let sure_either = either.definite(pool);
            prop_assert!(is_part(sure_either, sure_both, pool));
            for passage in [and, or, either] {
                for hold in &passage.holds {
                    prop_assert!(hold.set != NONE && is_part(hold.set, passage.upper, pool));
                    prop_assert!(!hold.demands.is_empty());
                }
            }
        }

        #[test]
        fn alternatives_are_cut_so_that_each_piece_has_all_that_will_do(all in prop::collection::vec((1u16..20, 0u16..8, 0usize..3), 0..6), port in 1u16..20) {
            let mut pool = Pool::default();
            let pool = &mut pool;
            let mut alternatives = Vec::new();
            for (first, more, what) in &all {
                alternatives.push((set(*first, *more, pool), demand(["GET", "POST", "/a"][*what], true)));
            }
            let holds = only(ALL, &alternatives, pool);
            let has = |id: Id, pool: &Pool| pool.get(id).ports(Protocol::Tcp).contains(port);
            let mut expected: Vec<Demand> = alternatives
                .iter()
                .filter(|(set, _)| has(*set, pool))
                .map(|(_, demand)| demand.clone())
                .collect();
            expected.sort();
            expected.dedup();
            let found: Vec<&Hold> = holds.iter().filter(|hold| has(hold.set, pool)).collect();
            prop_assert_eq!(found.len(), usize::from(!expected.is_empty()));
            for hold in found {
                prop_assert_eq!(&hold.demands, &expected);
            }
        }
    }
}
