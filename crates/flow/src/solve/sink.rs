//! Sources, sinks, sanitizers and propagators where they stand.

use bartizan_syntax::NodeId;

use crate::heap::State;
use crate::ir::{Lvalue, Passing, Slot, Span, Target};
use crate::model::{Label, Parts, Requires};
use crate::solve::Engine;
use crate::solve::function::Run;
use crate::solve::marks::SinkRule;
use crate::solve::summary::SinkId;
use crate::table::small;
use crate::values::{Atom, Origin, Slots, Step, Taint, Trace, TraceId, Value};

impl Engine<'_> {
    /// Applies the marks of a node to its value.
    pub(crate) fn marked(
        &mut self,
        run: &mut Run,
        state: &mut State,
        node: NodeId,
        value: Value,
        place: Lvalue,
    ) -> Value {
        let Some(rules) = self.marks.of(run.file, node).cloned() else {
            return value;
        };
        let given = value;
        let mut value = value;
        if let Some(slots) = rules.cleans.value {
            value = self.cleaned(run, state, node, value, slots);
        }
        if let Some(slots) = rules.cleans.place {
            self.values.clean_objects(state, given, slots);
            self.write_place(run, state, place, &mut |values, old| {
                old.with_taint(values.clean(old.taint, slots))
            });
        }
        for source in &rules.sources {
            if let Some((first, requires)) = &source.requires {
                let taint = self.values.deep(state, value);
                if !self.labels_hold(taint, *first, requires) {
                    continue;
                }
            }
            let taint = self.source(run, node, source.slots);
            value.taint = self.values.join_taints(value.taint, taint);
            // Whoever calls it a source says that it may be anything.
            value.constants = crate::values::Constants::ANY;
            if source.by_side_effect {
                self.values.taint_objects(state, value, taint);
                self.write_place(run, state, place, &mut |values, old| {
                    old.with_taint(values.join_taints(old.taint, taint))
                });
            }
        }
        for (number, sink) in rules.sinks.iter().enumerate() {
            let call = self.is_call(run, node);
            if !call || sink.parts == Parts::Value {
                let taint = self.values.deep(state, value);
                self.reaches(run, node, number, sink, taint);
            }
        }
        value
    }

    /// What goes through a sanitizer; for rules that it does not count for, the way remembers it.
    fn cleaned(&mut self, run: &Run, state: &State, node: NodeId, value: Value, slots: Slots) -> Value {
        let deep = self.values.deep(state, value);
        let taint = self.values.clean(deep, slots);
        let taint = self.values.step(taint, run.file, node, Step::Cleaned(slots));
        Value {
            taint,
            constants: value.constants,
            objects: crate::values::Objects::NONE,
        }
    }

    fn source(&mut self, run: &Run, node: NodeId, slots: Slots) -> Taint {
        let origin = self.values.origin(Origin::Source { file: run.file, node });
        let trace = self.values.trace(Trace {
            before: TraceId::START,
            file: run.file,
            node,
            step: Step::Source,
        });
        self.values.taint(vec![Atom { origin, slots, trace }])
    }

    /// Whether labels are there that a rule asks for; what a caller may bring is not.
    fn labels_hold(&self, taint: Taint, first: u32, requires: &Requires) -> bool {
        let has = |label: Label| {
            self.values.atoms(taint).iter().any(|atom| {
                matches!(self.values.origin_of(atom.origin), Some(Origin::Source { .. }))
                    && self.values.rules.holds(atom.slots, first + u32::from(label.0))
            })
        };
        requires.holds(&has)
    }

    fn is_call(&self, run: &Run, node: NodeId) -> bool {
        use bartizan_syntax::Kind;
        self.program
            .file(run.file)
            .is_some_and(|file| matches!(file.ast.kind(node), Kind::Call | Kind::New))
    }

    /// Looks at what a call, or a statement, is given before it acts.
    pub(crate) fn check(
        &mut self,
        run: &mut Run,
        state: &State,
        node: NodeId,
        target: Option<Target>,
        arguments: Span,
        value: Option<Slot>,
    ) {
        let Some(rules) = self.marks.of(run.file, node).cloned() else {
            return;
        };
        let code = std::rc::Rc::clone(&run.code);
        for (number, sink) in rules.sinks.iter().enumerate() {
            let mut slots: Vec<Slot> = value.into_iter().collect();
            let receiver = match target {
                Some(Target::Method { receiver, .. }) => Some(receiver),
                _ => None,
            };
            if matches!(sink.parts, Parts::All | Parts::Receiver) {
                slots.extend(receiver);
            }
            let given = code.arguments(arguments);
            match sink.parts {
                Parts::All | Parts::Arguments => slots.extend(given.iter().map(|argument| argument.value)),
                Parts::Argument(at) => {
                    let plain = given
                        .iter()
                        .filter(|argument| !matches!(argument.passing, Passing::Named(_)));
                    slots.extend(plain.skip(at as usize).take(1).map(|argument| argument.value));
                }
                Parts::Receiver | Parts::Value => {}
            }
            let mut taint = Taint::NONE;
            for slot in slots {
                let deep = self.values.deep(state, state.slot(slot));
                taint = self.values.join_taints(taint, deep);
            }
            self.reaches(run, node, number, sink, taint);
        }
    }

    fn reaches(&mut self, run: &mut Run, node: NodeId, number: usize, sink: &SinkRule, taint: Taint) {
        let id = SinkId {
            file: run.file,
            node,
            number: small(number),
        };
        self.judge(run, id, sink, taint);
    }

    /// Taint that comes to a sink: sources are found, what a caller may bring waits for it.
    pub(crate) fn judge(&mut self, run: &mut Run, id: SinkId, sink: &SinkRule, taint: Taint) {
        let taint = self.values.restrict(taint, sink.slots);
        if taint == Taint::NONE {
            return;
        }
        let atoms = self.values.atoms(taint).to_vec();
        let given = |engine: &Self, atom: &Atom| {
            !matches!(engine.values.origin_of(atom.origin), Some(Origin::Source { .. }))
        };
        let waits: Vec<Atom> = atoms.iter().copied().filter(|atom| given(self, atom)).collect();
        let met = match &sink.requires {
            Some((first, requires)) => self.labels_hold(taint, *first, requires),
            None => true,
        };
        if met {
            for atom in atoms.iter().filter(|atom| !given(self, atom)) {
                for slot in self.values.rules.slots(atom.slots) {
                    run.reach(id, slot, atom.origin, atom.trace);
                }
            }
        }
        if waits.is_empty() {
            return;
        }
        // Labels are judged together, so what is known already waits, too.
        let waiting = if sink.requires.is_some() {
            taint
        } else {
            self.values.taint(waits)
        };
        run.hit(id, waiting, &mut self.values);
    }

    pub(crate) fn sink_rule(&self, id: SinkId) -> Option<SinkRule> {
        self.marks
            .of(id.file, id.node)?
            .sinks
            .get(id.number as usize)
            .cloned()
    }

    pub(crate) fn propagate(
        &mut self,
        run: &mut Run,
        state: &mut State,
        node: NodeId,
        number: u32,
        ends: [Slot; 2],
        place: Lvalue,
    ) {
        let Some(Some(rule)) = self
            .marks
            .of(run.file, node)
            .and_then(|rules| rules.propagators.get(number as usize).cloned())
        else {
            return;
        };
        let [from, to] = ends.map(|slot| state.slot(slot));
        let taint = self.values.deep(state, from);
        let mut taint = self.values.restrict(taint, rule.slots);
        if let Some((first, requires)) = &rule.requires
            && !self.labels_hold(taint, *first, requires)
        {
            return;
        }
        if let Some(label) = rule.label {
            let slots = self.values.rules.of([label]);
            let mut atoms = self.values.atoms(taint).to_vec();
            for atom in &mut atoms {
                atom.slots = slots;
            }
            taint = self.values.taint(atoms);
        }
        let taint = self.values.step(taint, run.file, node, Step::Passed);
        if taint == Taint::NONE {
            return;
        }
        self.values.taint_objects(state, to, taint);
        let [_, target] = ends;
        let changed = state.slot(target);
        let joined = self.values.join_taints(changed.taint, taint);
        state.set_slot(target, changed.with_taint(joined));
        self.write_place(run, state, place, &mut |values, old| {
            old.with_taint(values.join_taints(old.taint, taint))
        });
    }
}
