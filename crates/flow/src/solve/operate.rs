//! Operators, and what a condition says on either way out of it.

use bartizan_syntax::{Language, Operator};

use crate::heap::{Object, State};
use crate::ir::{Block, Instruction, Op, Slot, Target};
use crate::solve::Engine;
use crate::solve::function::Run;
use crate::values::{Base, Constant, Constants, Key, Kind, Slots, Taint, Value};

impl Engine<'_> {
    pub(crate) fn unary(
        &mut self,
        language: Language,
        state: &State,
        operator: Operator,
        value: Value,
    ) -> Value {
        if let Some(constants) = self.fold_unary(operator, value.constants) {
            return Value {
                taint: value.taint,
                ..Value::constant(constants)
            };
        }
        match operator {
            Operator::Not => {
                let constants = match self.truth_of(language, state, value) {
                    (true, false) => self.values.constants.one(Constant::Bool(false)),
                    (false, true) => self.values.constants.one(Constant::Bool(true)),
                    _ => self.truth_constants(),
                };
                let taint = self.values.restrict(value.taint, self.marks.through_comparisons);
                Value {
                    taint,
                    ..Value::constant(constants)
                }
            }
            Operator::AddressOf => value,
            Operator::Dereference => {
                let name = self.text_name("*");
                let inner = self.values.load(state, value, Some(Key::Name(name)));
                self.values.join(value, inner.with_taint(inner.taint))
            }
            Operator::TypeOf | Operator::Void => Value::ANY,
            _ => {
                let taint = self.values.deep(state, value);
                Value::tainted(taint)
            }
        }
    }

    fn truth_constants(&mut self) -> Constants {
        self.values
            .constants
            .of(vec![Constant::Bool(false), Constant::Bool(true)])
    }

    pub(crate) fn binary(
        &mut self,
        run: &Run,
        state: &mut State,
        operator: Operator,
        left: Value,
        right: Value,
    ) -> Value {
        let language = self.program.language(run.file);
        let comparison = is_comparison(operator);
        let known = self.fold_binary(language, operator, left.constants, right.constants);
        let known = known.or_else(|| self.membership(state, operator, left, right));
        let known = known.or_else(|| self.never_null(operator, left, right));
        if !comparison
            && operator == Operator::Plus
            && let Some(joined) = self.joined_lists(run, state, left, right)
        {
            return joined;
        }
        let mut taint = self.values.deep(state, left);
        let other = self.values.deep(state, right);
        taint = self.values.join_taints(taint, other);
        let constants = match known {
            Some(known) => known,
            None if comparison => self.truth_constants(),
            None => Constants::ANY,
        };
        if comparison {
            taint = self.values.restrict(taint, self.marks.through_comparisons);
        }
        Value {
            taint,
            ..Value::constant(constants)
        }
    }

    /// `x in [1, 2]` where everything is constant.
    fn membership(
        &mut self,
        state: &State,
        operator: Operator,
        left: Value,
        right: Value,
    ) -> Option<Constants> {
        if !matches!(operator, Operator::In | Operator::NotIn) {
            return None;
        }
        let [id] = *self.values.object_list(right.objects) else {
            return None;
        };
        let object = state.object(id)?.clone();
        if !object.closed || object.rest != Value::NOTHING || object.keys != Value::NOTHING {
            return None;
        }
        let wanted = self.values.constants.only(left.constants)?;
        let mut found = false;
        for &(key, field) in &object.fields {
            let here = if self.values.object_name(id).kind == Kind::Map {
                match key {
                    Key::Name(name) => Constant::Text(name),
                    Key::Index(at) => Constant::Int(at),
                    Key::Bound | Key::Variable(..) => continue,
                }
            } else {
                self.values.constants.only(field.constants)?
            };
            found |= here == wanted;
        }
        Some(
            self.values
                .constants
                .one(Constant::Bool(found == (operator == Operator::In))),
        )
    }

    /// What was just made is not null.
    fn never_null(&mut self, operator: Operator, left: Value, right: Value) -> Option<Constants> {
        let equal = match operator {
            Operator::Equal | Operator::Identical => true,
            Operator::NotEqual | Operator::NotIdentical => false,
            _ => return None,
        };
        let null = |engine: &Self, value: Value| {
            engine.values.constants.only(value.constants) == Some(Constant::Null)
        };
        let other = match (null(self, left), null(self, right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        let ids = self.values.object_list(other.objects);
        let made = |kind: Kind| {
            matches!(
                kind,
                Kind::List | Kind::Map | Kind::Set | Kind::Tuple | Kind::Function(_) | Kind::Class(_)
            )
        };
        if ids.is_empty()
            || !ids.iter().all(|&id| {
                let name = self.values.object_name(id);
                matches!(name.base, Base::Made(_))
                    && (made(name.kind) || matches!(name.kind, Kind::Instance(_, false)))
            })
        {
            return None;
        }
        Some(self.values.constants.one(Constant::Bool(!equal)))
    }

    /// `[a] + [b]`.
    fn joined_lists(&mut self, run: &Run, state: &mut State, left: Value, right: Value) -> Option<Value> {
        let is_list = |engine: &Self, value: Value| {
            let ids = engine.values.object_list(value.objects);
            !ids.is_empty()
                && ids
                    .iter()
                    .all(|&id| matches!(engine.values.object_name(id).kind, Kind::List | Kind::Tuple))
        };
        if self.program.language(run.file) != Language::Python
            || !is_list(self, left)
            || !is_list(self, right)
        {
            return None;
        }
        let mut object = Object::empty();
        object.length = Some(0);
        self.spread(state, &mut object, left, true);
        self.spread(state, &mut object, right, true);
        object.resized = false;
        let made = self.values.make(state, Base::Made(run.at), Kind::List, object).0;
        let taint = self.values.join_taints(left.taint, right.taint);
        Some(made.with_taint(taint))
    }

    /// Which truth values a value may have: true, false.
    pub(crate) fn truth_of(&self, language: Language, state: &State, value: Value) -> (bool, bool) {
        if let Some(known) = self.truths(value.constants) {
            return known;
        }
        let ids = self.values.object_list(value.objects);
        let container = |&id| {
            matches!(
                self.values.object_name(id).kind,
                Kind::List | Kind::Tuple | Kind::Map | Kind::Set
            )
        };
        match self.values.length_of(state, value) {
            // An empty container is false in Python only.
            Some(length) if !ids.is_empty() && ids.iter().all(container) => {
                let holds = length > 0 || language != Language::Python;
                (holds, !holds)
            }
            _ => (true, true),
        }
    }

    /// Narrows the state to where a condition holds, or does not; says whether that can be.
    pub(crate) fn assume(
        &mut self,
        run: &mut Run,
        state: &mut State,
        block: &Block,
        condition: Slot,
        holds: bool,
    ) -> bool {
        let value = state.slot(condition);
        let (may, may_not) = self.truth_of(self.program.language(run.file), state, value);
        if !(if holds { may } else { may_not }) {
            return false;
        }
        let mut condition = condition;
        let mut holds = holds;
        for instruction in block.instructions.iter().rev() {
            if instruction.target != condition {
                continue;
            }
            match instruction.op {
                Op::Copy(slot) | Op::Marked(slot, _) => condition = slot,
                Op::Unary(Operator::Not, slot) => {
                    condition = slot;
                    holds = !holds;
                }
                Op::Binary(operator, left, right) => {
                    self.assume_compared(state, operator, left, right, holds);
                    break;
                }
                Op::Call { .. } => {
                    self.assume_called(run, state, *instruction, holds);
                    break;
                }
                _ => break,
            }
        }
        true
    }

    fn assume_compared(
        &mut self,
        state: &mut State,
        operator: Operator,
        left: Slot,
        right: Slot,
        holds: bool,
    ) {
        let equal = match operator {
            Operator::Equal | Operator::Identical => holds,
            Operator::NotEqual | Operator::NotIdentical => !holds,
            Operator::In if holds => return self.assume_member(state, left, right),
            Operator::NotIn if !holds => return self.assume_member(state, left, right),
            Operator::In | Operator::NotIn => return self.assume_without(state, right, left),
            _ => return,
        };
        if !equal {
            return;
        }
        for (variable, other) in [(left, right), (right, left)] {
            let constants = state.slot(other).constants;
            if self
                .values
                .constants
                .known(constants)
                .is_some_and(|known| !known.is_empty())
                && state.slot(other).taint == Taint::NONE
                && self
                    .values
                    .constants
                    .known(state.slot(variable).constants)
                    .is_none()
            {
                state.set_slot(variable, Value::constant(constants));
            }
        }
    }

    /// What is one of a few constants is no one else's data.
    fn assume_member(&mut self, state: &mut State, left: Slot, right: Slot) {
        let list = state.slot(right);
        let ids = self.values.object_list(list.objects).to_vec();
        if ids.is_empty() || list.taint != Taint::NONE {
            return;
        }
        for id in ids {
            let object = self.values.inside(state, id);
            let constant = |value: Value| {
                value == Value::NOTHING
                    || (value.taint == Taint::NONE && self.values.constants.known(value.constants).is_some())
            };
            let keyed = self.values.object_name(id).kind == Kind::Map;
            let fine = object.closed
                && object.own == Taint::NONE
                && if keyed {
                    constant(object.keys)
                } else {
                    constant(object.rest) && object.fields.iter().all(|(_, value)| constant(*value))
                };
            if !fine {
                return;
            }
        }
        let value = state.slot(left);
        state.set_slot(left, value.with_taint(Taint::NONE));
        self.values.clean_objects(state, value, Slots::ALL);
    }

    /// A text that does not contain what makes it dangerous.
    fn assume_without(&mut self, state: &mut State, text: Slot, part: Slot) {
        let Some(Constant::Text(name)) = self.values.constants.only(state.slot(part).constants) else {
            return;
        };
        let part = self.values.constants.text(name);
        let slots = self
            .marks
            .harmless_without
            .iter()
            .find(|(text, _)| text == part)
            .map(|(_, slots)| *slots);
        if let Some(slots) = slots {
            let value = state.slot(text);
            let taint = self.values.clean(value.taint, slots);
            state.set_slot(text, value.with_taint(taint));
            self.values.clean_objects(state, value, slots);
        }
    }

    /// What a call says of its receiver and arguments when it gives a truth value.
    fn assume_called(&mut self, run: &mut Run, state: &mut State, instruction: Instruction, holds: bool) {
        let Op::Call { target, arguments } = instruction.op else {
            return;
        };
        let code = std::rc::Rc::clone(&run.code);
        let given = code.arguments(arguments);
        if let (Target::Method { receiver, name, .. }, [only], true) = (target, given, holds) {
            let name = self.values.constants.text(name).to_owned();
            let (one, two) = (state.slot(receiver), state.slot(only.value));
            match name.as_str() {
                "equals" | "equalsIgnoreCase" | "contentEquals" => {
                    self.assume_compared(state, Operator::Equal, receiver, only.value, true);
                }
                "contains" | "includes" | "containsKey" | "has"
                    if self.values.constants.known(one.constants).is_none() && two.taint != Taint::NONE =>
                {
                    self.assume_member(state, only.value, receiver);
                }
                _ => {}
            }
        }
        if let (Target::Method { receiver, name, .. }, [only], false) = (target, given, holds)
            && matches!(self.values.constants.text(name), "contains" | "includes")
        {
            self.assume_without(state, receiver, only.value);
        }
        for (slot, when) in self.guarded(run, state, target, given) {
            if when == holds {
                let value = state.slot(slot);
                state.set_slot(slot, value.with_taint(Taint::NONE));
                self.values.clean_objects(state, value, Slots::ALL);
            }
        }
    }
}

/// Whether an operator gives a truth value.
pub(crate) const fn is_comparison(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Equal
            | Operator::NotEqual
            | Operator::Identical
            | Operator::NotIdentical
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::In
            | Operator::NotIn
    )
}
