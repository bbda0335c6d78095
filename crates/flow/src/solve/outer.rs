//! What nobody is seen to bring: names of modules, fields of classes and of objects, as whoever runs first leaves them.
//!
//! A sink may be reached by what lies in a global variable, or in a field that another method of the class has set. No call shows in which
//! order these run, so whatever is ever put there may be there. Entries of containers that lie there are told apart by their keys.

use crate::program::{ClassId, FunctionId};
use crate::solve::Engine;
use crate::solve::summary::{Hit, Reached};
use crate::table::Map;
use crate::values::{Atom, Base, Key, Origin, Root, Step, SymbolPath, Taint, Trace};

/// A place that outlives calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Root(Root, Key),
    /// A field of objects of a class
    Field(ClassId, Key),
}

/// Which part of what lies at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What is put there itself
    Whole,
    /// What is put under a key of it, or deeper
    Entry(Key),
    /// What is put under some key
    Somewhere,
}

impl Part {
    /// Whether what is put into one part may be found in another.
    fn may_be(self, other: Self) -> bool {
        match (self, other) {
            (Self::Entry(one), Self::Entry(other)) => one == other,
            _ => true,
        }
    }
}

/// Taint by place.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    taints: Map<Place, Vec<(Part, Taint)>>,
    pub(crate) reached: Vec<Reached>,
}

/// Rounds in which one such place may feed another.
const ROUNDS: usize = 4;

impl Engine<'_> {
    /// Judges sinks by what lies in places that outlive calls.
    pub(crate) fn close(&mut self) {
        for _ in 0..ROUNDS {
            if !self.collect() {
                break;
            }
        }
        let mut reached = Vec::new();
        for index in 0..self.units.len() {
            let Some(unit) = self.units.get(index) else {
                continue;
            };
            if !unit.shapes.is_empty() {
                continue;
            }
            let (function, hits) = (unit.function, unit.summary.hits.clone());
            for hit in hits {
                self.close_hit(function, hit, &mut reached);
            }
        }
        self.surroundings.reached = reached;
    }

    /// Notes what every function leaves behind; says whether anything is new.
    fn collect(&mut self) -> bool {
        let mut changed = false;
        for index in 0..self.units.len() {
            let Some(unit) = self.units.get(index) else {
                continue;
            };
            let (function, summary) = (unit.function, std::rc::Rc::clone(&unit.summary));
            for (id, object) in &summary.objects {
                let Base::Given(symbol) = self.values.object_name(*id).base else {
                    continue;
                };
                let holder = self.values.symbol_path(symbol);
                let fields = object.fields.iter().map(|&(key, value)| (Some(key), value.taint));
                for (key, taint) in fields.chain([(None, object.rest.taint)]) {
                    let mut keys = holder.path.iter().copied().map(Some).chain([key]);
                    let place = keys
                        .next()
                        .flatten()
                        .and_then(|first| self.place_of(function, holder.root, first));
                    let Some(place) = place else { continue };
                    let part = match keys.next() {
                        None => Part::Whole,
                        Some(key) => self.part_at(key),
                    };
                    changed |= self.leave(function, place, part, taint);
                }
            }
        }
        changed
    }

    /// Notes what a function puts at a place; says whether it is new.
    fn leave(&mut self, function: FunctionId, place: Place, part: Part, taint: Taint) -> bool {
        let known = self.known_part(function, taint);
        let known = self.values.restrict(known, self.marks.between_calls);
        if known == Taint::NONE {
            return false;
        }
        let parts = self.surroundings.taints.entry(place).or_default();
        let at = parts.iter().position(|(one, _)| *one == part).unwrap_or_else(|| {
            parts.push((part, Taint::NONE));
            parts.len() - 1
        });
        let Some((_, held)) = parts.get_mut(at) else {
            return false;
        };
        let before = *held;
        *held = self.values.join_taints(before, known);
        *held != before
    }

    /// The part under a key; the engine has a key of its own for any element.
    fn part_at(&self, key: Option<Key>) -> Part {
        match key {
            Some(Key::Name(name)) if self.values.constants.text(name) == "[]" => Part::Somewhere,
            Some(key) => Part::Entry(key),
            None => Part::Somewhere,
        }
    }

    fn place_of(&self, function: FunctionId, root: Root, first: Key) -> Option<Place> {
        match root {
            Root::Module(_) | Root::Class(_) => Some(Place::Root(root, first)),
            Root::Receiver => {
                let class = self.program.function(function)?.class?;
                Some(Place::Field(self.home(class), first))
            }
            _ => None,
        }
    }

    /// The topmost class of a line, so that a field that one class sets and another reads is one.
    fn home(&self, class: ClassId) -> ClassId {
        self.program.lineage(class).last().copied().unwrap_or(class)
    }

    /// What lies where a path leads.
    fn held_at(&mut self, function: FunctionId, path: &SymbolPath, below: bool) -> Taint {
        let Some((first, rest)) = path.path.split_first() else {
            return Taint::NONE;
        };
        let Some(place) = self.place_of(function, path.root, *first) else {
            return Taint::NONE;
        };
        let part = match rest.first() {
            Some(&key) => self.part_at(Some(key)),
            None => Part::Whole,
        };
        let only_itself = rest.is_empty() && !below;
        let held: Vec<Taint> = self
            .surroundings
            .taints
            .get(&place)
            .into_iter()
            .flatten()
            .filter(|(one, _)| one.may_be(part) && (!only_itself || *one == Part::Whole))
            .map(|(_, taint)| *taint)
            .collect();
        self.values.join_all_taints(&held)
    }

    /// The part of taint that has a source, what lies in lasting places included.
    fn known_part(&mut self, function: FunctionId, taint: Taint) -> Taint {
        let mut atoms = Vec::new();
        for atom in self.values.atoms(taint).to_vec() {
            let (symbol, below) = match self.values.origin_of(atom.origin) {
                Some(Origin::Source { .. }) => {
                    atoms.push(atom);
                    continue;
                }
                Some(Origin::Given(symbol)) => (symbol, false),
                Some(Origin::GivenBelow(symbol)) => (symbol, true),
                None => continue,
            };
            let path = self.values.symbol_path(symbol);
            let held = self.held_at(function, &path, below);
            let Some(info) = self.program.function(function) else {
                continue;
            };
            let (file, node) = (info.file, info.node);
            for outer in self.values.atoms(held).to_vec() {
                let slots = self.values.rules.common(outer.slots, atom.slots);
                let trace = self.values.trace(Trace {
                    before: outer.trace,
                    file,
                    node,
                    step: Step::Found { inner: atom.trace },
                });
                atoms.push(Atom {
                    origin: outer.origin,
                    slots,
                    trace,
                });
            }
        }
        self.values.taint(atoms)
    }

    fn close_hit(&mut self, function: FunctionId, hit: Hit, reached: &mut Vec<Reached>) {
        let Some(rule) = self.sink_rule(hit.sink) else {
            return;
        };
        let taint = self.known_part(function, hit.taint);
        let taint = self.values.restrict(taint, rule.slots);
        if let Some((first, requires)) = &rule.requires {
            let has = |label: crate::model::Label| {
                self.values
                    .atoms(taint)
                    .iter()
                    .any(|atom| self.values.rules.holds(atom.slots, first + u32::from(label.0)))
            };
            if !requires.holds(&has) {
                return;
            }
        }
        for atom in self.values.atoms(taint).to_vec() {
            for slot in self.values.rules.slots(atom.slots) {
                reached.push(Reached {
                    sink: hit.sink,
                    slot,
                    origin: atom.origin,
                    trace: atom.trace,
                });
            }
        }
    }
}
