//! Sets of slots: a slot is a rule, or a label of a rule that has labels.
//!
//! Few different sets occur however many rules there are, so sets are numbered and what two of them make is remembered.

use std::rc::Rc;

use crate::table::{Interner, Map, number, small};

number! {
    /// A set of slots, by number.
    pub(crate) Slots
}

impl Slots {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(1);
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Operation {
    Union,
    Common,
    Without,
}

/// All sets of slots of one analysis.
#[derive(Debug)]
pub(crate) struct RuleSets {
    sets: Interner<[u64]>,
    made: Map<(Operation, Slots, Slots), Slots>,
    words: usize,
}

impl RuleSets {
    /// For slots below `count`.
    pub(crate) fn new(count: usize) -> Self {
        let words = count.div_ceil(64).max(1);
        let mut sets = Interner::default();
        sets.number(&vec![0; words]);
        sets.number(&vec![u64::MAX; words]);
        Self {
            sets,
            made: Map::default(),
            words,
        }
    }

    pub(crate) fn of(&mut self, slots: impl IntoIterator<Item = u32>) -> Slots {
        let mut bits = vec![0; self.words];
        for slot in slots {
            if let Some(word) = bits.get_mut(slot as usize / 64) {
                *word |= 1_u64 << (slot % 64);
            }
        }
        Slots(self.sets.number(&bits))
    }

    pub(crate) fn union(&mut self, left: Slots, right: Slots) -> Slots {
        if left == right || right == Slots::NONE || left == Slots::ALL {
            return left;
        }
        if left == Slots::NONE || right == Slots::ALL {
            return right;
        }
        let (low, high) = if left < right {
            (left, right)
        } else {
            (right, left)
        };
        self.make(Operation::Union, low, high)
    }

    pub(crate) fn common(&mut self, left: Slots, right: Slots) -> Slots {
        if left == right || right == Slots::ALL || left == Slots::NONE {
            return left;
        }
        if left == Slots::ALL || right == Slots::NONE {
            return right;
        }
        let (low, high) = if left < right {
            (left, right)
        } else {
            (right, left)
        };
        self.make(Operation::Common, low, high)
    }

    pub(crate) fn without(&mut self, left: Slots, right: Slots) -> Slots {
        if right == Slots::NONE || left == Slots::NONE {
            return left;
        }
        if left == right || right == Slots::ALL {
            return Slots::NONE;
        }
        self.make(Operation::Without, left, right)
    }

    pub(crate) fn holds(&self, set: Slots, slot: u32) -> bool {
        self.sets
            .get(set.0)
            .and_then(|bits| bits.get(slot as usize / 64))
            .is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    /// Whether all slots of one set are in another.
    pub(crate) fn within(&self, one: Slots, other: Slots) -> bool {
        if one == other || other == Slots::ALL || one == Slots::NONE {
            return true;
        }
        let (one, other) = (self.sets.get(one.0), self.sets.get(other.0));
        one.zip(other)
            .is_some_and(|(one, other)| one.iter().zip(other).all(|(one, other)| one & !other == 0))
    }

    /// The slots of a set, in order.
    pub(crate) fn slots(&self, set: Slots) -> Vec<u32> {
        let words = self.sets.get(set.0).unwrap_or(&[]);
        let mut found = Vec::new();
        for (index, &word) in words.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                found.push(small(index) * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        found
    }

    fn make(&mut self, operation: Operation, left: Slots, right: Slots) -> Slots {
        if let Some(&made) = self.made.get(&(operation, left, right)) {
            return made;
        }
        let empty: Rc<[u64]> = Rc::from([]);
        let one = self.sets.shared(left.0).unwrap_or_else(|| Rc::clone(&empty));
        let two = self.sets.shared(right.0).unwrap_or(empty);
        let bits: Vec<u64> = one
            .iter()
            .zip(two.iter())
            .map(|(&one, &two)| match operation {
                Operation::Union => one | two,
                Operation::Common => one & two,
                Operation::Without => one & !two,
            })
            .collect();
        let made = Slots(self.sets.number(&bits));
        self.made.insert((operation, left, right), made);
        made
    }
}
