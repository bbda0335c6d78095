//! Taint: where data came from, for which rules that still counts, and on which way it came.

use bartizan_syntax::NodeId;

use crate::program::FileId;
use crate::table::number;
use crate::values::{Slots, Symbol, Values};

number! {
    /// A set of atoms, by number.
    pub(crate) Taint
}

number! {
    /// An origin, by number.
    pub(crate) OriginId
}

number! {
    /// A way, by number of its last step.
    pub(crate) TraceId
}

impl Taint {
    pub(crate) const NONE: Self = Self(0);
}

impl TraceId {
    /// The way that has no step yet.
    pub(crate) const START: Self = Self(u32::MAX);
}

/// Where taint comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A source of some rule
    Source { file: FileId, node: NodeId },
    /// Whatever taint the caller's value has there
    Given(Symbol),
    /// Whatever taint the caller's value has there and in everything that it holds
    GivenBelow(Symbol),
}

/// One origin, the slots for which it still counts, and the way from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Atom {
    pub(crate) origin: OriginId,
    pub(crate) slots: Slots,
    pub(crate) trace: TraceId,
}

/// What happened at one step of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Came into being
    Source,
    /// Entered a function
    Entered,
    /// Was given a name, or a place in an object
    Assigned,
    /// Went through a call: `inner` is the way within what was called
    Called { inner: TraceId },
    /// Came back from the function where it has its source
    Returned,
    /// Went through something that a rule or a library says passes it on
    Passed,
    /// Went through a sanitizer that counts only for these slots
    Cleaned(Slots),
}

/// The last step of a way and the way before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Trace {
    pub(crate) before: TraceId,
    pub(crate) file: FileId,
    pub(crate) node: NodeId,
    pub(crate) step: Step,
}

/// More origins than these in one value are not told apart any more; the first of them stay.
const MOST_ATOMS: usize = 96;

impl Values {
    pub(crate) fn origin(&mut self, origin: Origin) -> OriginId {
        OriginId(self.origins.number_of(origin))
    }

    pub(crate) fn origin_of(&self, id: OriginId) -> Option<Origin> {
        self.origins.get(id.0).copied()
    }

    pub(crate) fn trace(&mut self, trace: Trace) -> TraceId {
        TraceId(self.traces.number_of(trace))
    }

    pub(crate) fn trace_of(&self, id: TraceId) -> Option<Trace> {
        self.traces.get(id.0).copied()
    }

    pub(crate) fn taint_of_given(&mut self, symbol: Symbol, below: bool) -> Taint {
        let origin = self.origin(if below {
            Origin::GivenBelow(symbol)
        } else {
            Origin::Given(symbol)
        });
        self.taint(vec![Atom {
            origin,
            slots: Slots::ALL,
            trace: TraceId::START,
        }])
    }

    /// The set of these atoms; of two with the same origin the way of the first stays.
    pub(crate) fn taint(&mut self, atoms: Vec<Atom>) -> Taint {
        let mut atoms = atoms;
        atoms.retain(|atom| atom.slots != Slots::NONE);
        atoms.sort_by_key(|atom| atom.origin);
        let mut merged: Vec<Atom> = Vec::with_capacity(atoms.len());
        for atom in atoms {
            match merged.last_mut() {
                Some(last) if last.origin == atom.origin => {
                    last.slots = self.rules.union(last.slots, atom.slots);
                }
                _ => merged.push(atom),
            }
        }
        merged.truncate(MOST_ATOMS);
        Taint(self.taints.number(&merged))
    }

    pub(crate) fn atoms(&self, taint: Taint) -> &[Atom] {
        self.taints.get(taint.0).unwrap_or(&[])
    }

    pub(crate) fn join_taints(&mut self, left: Taint, right: Taint) -> Taint {
        if left == right || right == Taint::NONE {
            return left;
        }
        if left == Taint::NONE {
            return right;
        }
        if let Some(&joined) = self.joined_taints.get(&(left, right)) {
            return joined;
        }
        let mut atoms = self.atoms(left).to_vec();
        atoms.extend_from_slice(self.atoms(right));
        let joined = self.taint(atoms);
        self.joined_taints.insert((left, right), joined);
        joined
    }

    /// What is left when it does not count for `slots` any more.
    pub(crate) fn clean(&mut self, taint: Taint, slots: Slots) -> Taint {
        self.map_slots(taint, |values, had| values.rules.without(had, slots))
    }

    /// What counts for `slots`.
    pub(crate) fn restrict(&mut self, taint: Taint, slots: Slots) -> Taint {
        self.map_slots(taint, |values, had| values.rules.common(had, slots))
    }

    fn map_slots(&mut self, taint: Taint, change: impl Fn(&mut Self, Slots) -> Slots) -> Taint {
        if taint == Taint::NONE {
            return taint;
        }
        let mut atoms = self.atoms(taint).to_vec();
        for atom in &mut atoms {
            atom.slots = change(self, atom.slots);
        }
        self.taint(atoms)
    }

    /// The same taint one step further on its way.
    pub(crate) fn step(&mut self, taint: Taint, file: FileId, node: NodeId, step: Step) -> Taint {
        if taint == Taint::NONE {
            return taint;
        }
        let key = Trace {
            before: TraceId::START,
            file,
            node,
            step,
        };
        if let Some(&stepped) = self.stepped.get(&(taint, key)) {
            return stepped;
        }
        let mut atoms = self.atoms(taint).to_vec();
        for atom in &mut atoms {
            // A way that comes by a second time (in a loop) is not made longer by it.
            let last = self.trace_of(atom.trace);
            if last.is_some_and(|last| last.node == node && last.file == file && last.step == step) {
                continue;
            }
            atom.trace = self.trace(Trace {
                before: atom.trace,
                ..key
            });
        }
        let stepped = self.taint(atoms);
        self.stepped.insert((taint, key), stepped);
        stepped
    }

    /// A number that two taints share exactly when they differ in nothing but their ways.
    pub(crate) fn bare_taint(&mut self, taint: Taint) -> u32 {
        let bare: Vec<_> = self
            .atoms(taint)
            .iter()
            .map(|atom| (atom.origin, atom.slots))
            .collect();
        self.bare.number(&bare)
    }
}
