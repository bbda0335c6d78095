//! What nobody is seen to bring: names of modules, fields of classes and of objects, as whoever runs first leaves them.
//!
//! A sink may be reached by what lies in a global variable, or in a field that another method of the class has set. No call shows in which
//! order these run, so whatever is ever put there may be there.

use crate::program::ClassId;
use crate::solve::Engine;
use crate::solve::summary::{Hit, Reached};
use crate::table::Map;
use crate::values::{Atom, Base, Key, Kind, Origin, Path, Root, Step, SymbolPath, Taint, Trace};

/// A place that outlives calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Root(Root, Key),
    /// A field of objects of a class
    Field(ClassId, Key),
}

/// Taint by place.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    taints: Map<Place, Taint>,
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
                let name = self.values.object_name(*id);
                let Base::Given(symbol) = name.base else {
                    continue;
                };
                let root = self.values.symbol_path(symbol);
                for &(key, value) in &object.fields {
                    let Some(place) = self.place_of(function, &root, name.kind, key) else {
                        continue;
                    };
                    let known = self.known_part(function, value.taint);
                    let known = self.values.restrict(known, self.marks.between_calls);
                    let before = self
                        .surroundings
                        .taints
                        .get(&place)
                        .copied()
                        .unwrap_or(Taint::NONE);
                    let after = self.values.join_taints(before, known);
                    if after != before {
                        self.surroundings.taints.insert(place, after);
                        changed = true;
                    }
                }
            }
        }
        changed
    }

    fn place_of(
        &self,
        function: crate::program::FunctionId,
        path: &SymbolPath,
        kind: Kind,
        key: Key,
    ) -> Option<Place> {
        match (path.root, &*path.path, kind) {
            (root @ (Root::Module(_) | Root::Class(_)), [], _) => Some(Place::Root(root, key)),
            (root @ (Root::Module(_) | Root::Class(_)), [first, ..], _) => Some(Place::Root(root, *first)),
            (Root::Receiver, [], _) => {
                let class = self.program.function(function)?.class?;
                Some(Place::Field(self.home(class, key), key))
            }
            (Root::Receiver, [first, ..], _) => {
                let class = self.program.function(function)?.class?;
                Some(Place::Field(self.home(class, *first), *first))
            }
            _ => None,
        }
    }

    /// The topmost class of a line, so that a field that one class sets and another reads is one.
    fn home(&self, class: ClassId, _key: Key) -> ClassId {
        self.program.lineage(class).last().copied().unwrap_or(class)
    }

    /// The part of taint that has a source, what lies in lasting places included.
    fn known_part(&mut self, function: crate::program::FunctionId, taint: Taint) -> Taint {
        let mut atoms = Vec::new();
        for atom in self.values.atoms(taint).to_vec() {
            let symbol = match self.values.origin_of(atom.origin) {
                Some(Origin::Source { .. }) => {
                    atoms.push(atom);
                    continue;
                }
                Some(Origin::Given(symbol) | Origin::GivenBelow(symbol)) => symbol,
                None => continue,
            };
            let path = self.values.symbol_path(symbol);
            let Some((key, rest)) = path.path.split_first() else {
                continue;
            };
            let whole = SymbolPath {
                root: path.root,
                path: Path::EMPTY,
            };
            let Some(place) = self.place_of(function, &whole, Kind::Unknown, *key) else {
                continue;
            };
            let _ = rest;
            let held = self
                .surroundings
                .taints
                .get(&place)
                .copied()
                .unwrap_or(Taint::NONE);
            let file = self.program.function(function).map(|info| (info.file, info.node));
            let Some((file, node)) = file else {
                continue;
            };
            for outer in self.values.atoms(held).to_vec() {
                let slots = self.values.rules.common(outer.slots, atom.slots);
                let trace = self.values.trace(Trace {
                    before: outer.trace,
                    file,
                    node,
                    step: Step::Called { inner: atom.trace },
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

    fn close_hit(&mut self, function: crate::program::FunctionId, hit: Hit, reached: &mut Vec<Reached>) {
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
