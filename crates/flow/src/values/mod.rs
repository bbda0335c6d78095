//! What the analysis knows of a value: the constants that it may be, the taint that it carries, the objects that it may refer to.
//!
//! All three are numbers into the tables of one [`Values`], so that a [`Value`] is twelve bytes, equality is that of numbers, and joins
//! are remembered.

mod constant;
mod object;
mod rule_set;
mod taint;

pub(crate) use constant::{Constant, ConstantSets, Constants, Name};
pub(crate) use object::{
    Base, Key, Kind, LONGEST_PATH, ObjectId, ObjectName, Objects, Root, Symbol, SymbolPath,
};
pub(crate) use rule_set::{RuleSets, Slots};
pub(crate) use taint::{Atom, Origin, OriginId, Step, Taint, Trace, TraceId};

use crate::table::{Interner, Map, Numbers};

/// What a variable, a field or an expression may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Value {
    pub(crate) taint: Taint,
    pub(crate) constants: Constants,
    pub(crate) objects: Objects,
}

impl Value {
    /// No value at all: the place was not reached, or nothing is there.
    pub(crate) const NOTHING: Self = Self {
        taint: Taint::NONE,
        constants: Constants::NONE,
        objects: Objects::NONE,
    };

    /// Any value, untainted.
    pub(crate) const ANY: Self = Self {
        taint: Taint::NONE,
        constants: Constants::ANY,
        objects: Objects::NONE,
    };

    pub(crate) const fn constant(constants: Constants) -> Self {
        Self {
            constants,
            ..Self::NOTHING
        }
    }

    pub(crate) const fn tainted(taint: Taint) -> Self {
        Self { taint, ..Self::ANY }
    }

    pub(crate) const fn with_taint(self, taint: Taint) -> Self {
        Self { taint, ..self }
    }
}

/// The tables of one analysis.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) constants: ConstantSets,
    pub(crate) rules: RuleSets,
    origins: Numbers<Origin>,
    traces: Numbers<Trace>,
    taints: Interner<[Atom]>,
    /// Sets of atoms without their traces, to compare results of two rounds.
    bare: Interner<[(OriginId, Slots)]>,
    joined_taints: Map<(Taint, Taint), Taint>,
    stepped: Map<(Taint, Trace), Taint>,
    symbols: Numbers<SymbolPath>,
    /// For places that were come to from another, that other
    above: Map<Symbol, Symbol>,
    /// The places one step further that were asked for
    below: Map<(Symbol, Key), Symbol>,
    /// For each place what a caller gave there, once it was asked for
    given: Vec<Option<Value>>,
    names: Numbers<ObjectName>,
    objects: Interner<[ObjectId]>,
    joined_objects: Map<(Objects, Objects), Objects>,
    /// Atoms and steps that were gone through so far, for the count of work
    pub(crate) effort: u64,
    /// What is known to lie at places that outlive calls
    known: Map<Symbol, Objects>,
}

impl Values {
    /// For an analysis of rules with `slots` slots.
    pub(crate) fn new(slots: usize) -> Self {
        let mut values = Self {
            constants: ConstantSets::new(),
            rules: RuleSets::new(slots),
            origins: Numbers::default(),
            traces: Numbers::default(),
            taints: Interner::default(),
            bare: Interner::default(),
            joined_taints: Map::default(),
            stepped: Map::default(),
            symbols: Numbers::default(),
            above: Map::default(),
            below: Map::default(),
            given: Vec::new(),
            names: Numbers::default(),
            objects: Interner::default(),
            joined_objects: Map::default(),
            effort: 0,
            known: Map::default(),
        };
        let none: [Atom; 0] = [];
        values.taints.number(&none);
        let none: [ObjectId; 0] = [];
        values.objects.number(&none);
        values
    }

    pub(crate) fn join(&mut self, left: Value, right: Value) -> Value {
        if left == right {
            return left;
        }
        Value {
            taint: self.join_taints(left.taint, right.taint),
            constants: self.constants.join(left.constants, right.constants),
            objects: self.join_objects(left.objects, right.objects),
        }
    }

    /// A value that equals this one exactly when they differ in nothing but the ways on which taint came.
    pub(crate) fn without_traces(&mut self, value: Value) -> (u32, Constants, Objects) {
        (self.bare_taint(value.taint), value.constants, value.objects)
    }
}
