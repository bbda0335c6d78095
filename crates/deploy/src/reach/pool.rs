//! Sets of connections by number, so that each is kept and joined with another once.

use super::ports::Connections;
use std::collections::HashMap;

/// The number of a set of connections.
pub(super) type Id = u32;
/// The empty set.
pub(super) const NONE: Id = 0;
/// Every connection.
pub(super) const ALL: Id = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum How {
    Union,
    Intersection,
    Minus,
}

/// Sets with numbers below this are joined by a table, the others by a map.
const SMALL: Id = 256;
/// No number of a set: the table does not know yet.
const UNKNOWN: Id = Id::MAX;

#[derive(Debug)]
pub(super) struct Pool {
    sets: Vec<Connections>,
    texts: Vec<Box<str>>,
    small: Vec<Id>,
    ids: HashMap<Connections, Id>,
    joined: HashMap<(How, Id, Id), Id>,
    empty: Connections,
}

impl Default for Pool {
    fn default() -> Self {
        let mut pool = Self {
            sets: Vec::new(),
            texts: Vec::new(),
            small: vec![UNKNOWN; (SMALL * SMALL) as usize],
            ids: HashMap::new(),
            joined: HashMap::new(),
            empty: Connections::default(),
        };
        pool.id(Connections::default());
        pool.id(Connections::all());
        pool
    }
}

impl Pool {
    pub(super) fn id(&mut self, set: Connections) -> Id {
        if let Some(id) = self.ids.get(&set) {
            return *id;
        }
        let id = Id::try_from(self.sets.len()).unwrap_or(Id::MAX);
        self.texts.push(set.to_string().into());
        self.sets.push(set.clone());
        self.ids.insert(set, id);
        id
    }

    pub(super) fn get(&self, id: Id) -> &Connections {
        self.sets.get(id as usize).unwrap_or(&self.empty)
    }

    /// A set as it is written.
    pub(super) fn text(&self, id: Id) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    pub(super) fn union(&mut self, one: Id, other: Id) -> Id {
        match (one, other) {
            (NONE, id) | (id, NONE) => id,
            (ALL, _) | (_, ALL) => ALL,
            _ if one == other => one,
            _ => self.join(How::Union, one.min(other), one.max(other)),
        }
    }

    pub(super) fn intersection(&mut self, one: Id, other: Id) -> Id {
        match (one, other) {
            (NONE, _) | (_, NONE) => NONE,
            (ALL, id) | (id, ALL) => id,
            _ if one == other => one,
            _ if one < SMALL && other < SMALL => {
                let at = (one * SMALL + other) as usize;
                match self.small.get(at) {
                    Some(id) if *id != UNKNOWN => *id,
                    _ => {
                        let id = self.join(How::Intersection, one.min(other), one.max(other));
                        if let Some(slot) = self.small.get_mut(at) {
                            *slot = id;
                        }
                        id
                    }
                }
            }
            _ => self.join(How::Intersection, one.min(other), one.max(other)),
        }
    }

    pub(super) fn minus(&mut self, one: Id, other: Id) -> Id {
        match (one, other) {
            (NONE, _) | (_, ALL) => NONE,
            (id, NONE) => id,
            _ if one == other => NONE,
            _ => self.join(How::Minus, one, other),
        }
    }

    fn join(&mut self, how: How, one: Id, other: Id) -> Id {
        if let Some(id) = self.joined.get(&(how, one, other)) {
            return *id;
        }
        let (left, right) = (self.get(one), self.get(other));
        let set = match how {
            How::Union => left.union(right),
            How::Intersection => left.intersection(right),
            How::Minus => left.minus(right),
        };
        let id = self.id(set);
        self.joined.insert((how, one, other), id);
        id
    }
}
