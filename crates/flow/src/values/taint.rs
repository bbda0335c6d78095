//! Taint: where data came from, for which rules that still counts, and on which way it came.

use bartizan_syntax::NodeId;

use crate::program::FileId;
use crate::table::{Set, number};
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
    /// Lay where one call left it and another finds it: `inner` is the way within what found it
    Found { inner: TraceId },
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
        self.effort += 1;
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
    pub(crate) fn taint(&mut self, atoms: impl IntoIterator<Item = Atom>) -> Taint {
        let atoms = self.merged(atoms.into_iter().map(|atom| (atom, ())).collect());
        let atoms: Vec<Atom> = atoms.into_iter().map(|(atom, ())| atom).collect();
        Taint(self.taints.number(&atoms))
    }

    /// The set of these atoms, each of which goes on by a step at a node. Only ways that stay are made.
    pub(crate) fn taint_by_steps(&mut self, atoms: Vec<(Atom, Step)>, file: FileId, node: NodeId) -> Taint {
        let atoms = self.merged(atoms);
        let stepped: Vec<Atom> = atoms
            .into_iter()
            .map(|(atom, step)| {
                let before = atom.trace;
                let trace = self.trace(Trace {
                    before,
                    file,
                    node,
                    step,
                });
                Atom { trace, ..atom }
            })
            .collect();
        Taint(self.taints.number(&stepped))
    }

    /// One atom for each origin, in their order, the first of those that came.
    fn merged<T>(&mut self, atoms: Vec<(Atom, T)>) -> Vec<(Atom, T)> {
        let mut atoms = atoms;
        self.effort += atoms.len() as u64;
        atoms.retain(|(atom, _)| atom.slots != Slots::NONE);
        atoms.sort_by_key(|(atom, _)| atom.origin);
        atoms.dedup_by(|(later, _), (first, _)| {
            let same = later.origin == first.origin;
            if same {
                first.slots = self.rules.union(first.slots, later.slots);
            }
            same
        });
        if atoms.len() > 1 {
            self.drop_covered(&mut atoms);
        }
        atoms.truncate(MOST_ATOMS);
        atoms
    }

    /// Leaves out what a caller may bring at a place where another atom stands for all that it brings there or around it.
    fn drop_covered<T>(&mut self, atoms: &mut Vec<(Atom, T)>) {
        let mut covered: Vec<usize> = Vec::new();
        let mut ways: Vec<(usize, TraceId)> = Vec::new();
        for (index, (atom, _)) in atoms.iter().enumerate() {
            let Some((cover, same)) = self.cover_of(atom, atoms.as_slice()) else {
                continue;
            };
            covered.push(index);
            // Where it came by under its own name, the way says more than that it was part of something.
            if same {
                ways.push((cover, atom.trace));
            }
        }
        for (cover, way) in ways {
            if let Some((atom, _)) = atoms.get_mut(cover)
                && atom.trace == TraceId::START
            {
                atom.trace = way;
            }
        }
        let mut covered = covered.into_iter().peekable();
        let mut index = 0;
        atoms.retain(|_| {
            let drop = covered.next_if_eq(&index).is_some();
            index += 1;
            !drop
        });
    }

    /// The atom that stands for another of a caller, by its place, and whether it is of the same place. What lies in different fields of
    /// the object that a method is called on is told apart: other methods fill them.
    fn cover_of<T>(&self, atom: &Atom, atoms: &[(Atom, T)]) -> Option<(usize, bool)> {
        let (place, below) = match self.origin_of(atom.origin)? {
            Origin::Source { .. } => return None,
            Origin::Given(place) => (place, false),
            Origin::GivenBelow(place) => (place, true),
        };
        let find = |place: Symbol| {
            let origin = OriginId(self.origins.known(&Origin::GivenBelow(place))?);
            let at = atoms
                .binary_search_by_key(&origin, |(atom, _)| atom.origin)
                .ok()?;
            let (cover, _) = atoms.get(at)?;
            self.rules.within(atom.slots, cover.slots).then_some(at)
        };
        if !below && let Some(at) = find(place) {
            return Some((at, true));
        }
        let mut place = place;
        while let Some(&above) = self.above.get(&place) {
            let whole = self.symbols.get(above.0)?;
            if whole.path.is_empty() && !matches!(whole.root, super::Root::Parameter(_)) {
                return None;
            }
            if let Some(at) = find(above) {
                return Some((at, false));
            }
            place = above;
        }
        None
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

    /// What all of them are together; of two atoms with the same origin the way of the first stays.
    pub(crate) fn join_all_taints(&mut self, taints: &[Taint]) -> Taint {
        let mut seen: Set<Taint> = Set::default();
        let mut different = taints
            .iter()
            .filter(|&&taint| taint != Taint::NONE && seen.insert(taint));
        let Some(&first) = different.next() else {
            return Taint::NONE;
        };
        let mut all: Vec<Atom> = Vec::new();
        for &taint in different {
            all.extend_from_slice(self.atoms(taint));
        }
        if all.is_empty() {
            return first;
        }
        all.splice(0..0, self.atoms(first).iter().copied());
        self.taint(all)
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
