//! What each instruction does to the state.

use crate::heap::{Object, State};
use crate::ir::{Code, Declared, Instruction, Lvalue, Op, Passing, Slot, Span};
use crate::solve::Engine;
use crate::solve::function::Run;
use crate::table::small;
use crate::values::{
    Base, Constant, Constants, Key, Kind, Name, ObjectName, Objects, Root, Slots, Step, Taint, Value,
};

impl Engine<'_> {
    /// Applies an instruction; says whether control comes out of it.
    pub(crate) fn transfer(&mut self, run: &mut Run, state: &mut State, instruction: Instruction) -> bool {
        let node = instruction.node;
        let value = match instruction.op {
            Op::Constant(constants) => Value::constant(constants),
            Op::Unknown => self.fresh(run, Kind::Unknown),
            Op::Copy(slot) => state.slot(slot),
            Op::Refer(slot) => self.referred(run, state, slot),
            Op::Await(slot) => state.slot(slot),
            Op::Assign(slot, declared) => self.assigned(run, state.slot(slot), declared, node),
            Op::Default(slot, default) => self.values.join(state.slot(slot), state.slot(default)),
            Op::Function(function) => self.closure(run, state, function),
            Op::Class(class) => {
                let symbol = self.class_symbol(class);
                self.statically(Base::Given(symbol), Kind::Class(class))
            }
            Op::Imported(name) => self.statically(Base::Imported(name), Kind::Unknown),
            Op::Module(file) => {
                let symbol = self.values.symbol(Root::Module(file), &[]);
                self.statically(Base::Given(symbol), Kind::Scope)
            }
            Op::Outer(root, key) => self.outer(run, state, root, key),
            Op::SetOuter(root, key, slot) => {
                let value = self.assigned(run, state.slot(slot), Declared::Nothing, node);
                self.set_outer(run, state, root, key, value);
                return true;
            }
            Op::Field {
                object,
                name,
                declared,
            } => return self.field(run, state, instruction, object, name, declared),
            Op::SetField { object, name, value } => {
                self.put(run, state, object, Some(Key::Name(name)), value, node);
                return true;
            }
            Op::Element { object, key } => self.element(state, state.slot(object), state.slot(key)),
            Op::SetElement { object, key, value } => {
                let key = self.element_key(state, state.slot(object), state.slot(key));
                self.put_keyed(run, state, object, instruction, key, value);
                return true;
            }
            Op::RemoveElement { object, key } => {
                let object = state.slot(object);
                let at = state.slot(key);
                self.remove(state, object, at);
                return true;
            }
            Op::Slice {
                object,
                low,
                high,
                step,
            } => self.slice(run, state, object, [low, high, step]),
            Op::Rest { object, from, after } => self.rest(run, state, state.slot(object), from, after),
            Op::At { object, position } => self.at(state, state.slot(object), position),
            Op::Unary(operator, slot) => {
                self.unary(self.program.language(run.file), state, operator, state.slot(slot))
            }
            Op::Binary(operator, left, right) => {
                self.binary(run, state, operator, state.slot(left), state.slot(right))
            }
            Op::Join(parts) => self.joined(run, state, parts),
            Op::Build(kind, parts) => self.build(run, state, kind, parts),
            Op::Each { collection, keys } => self.each(run, state, state.slot(collection), keys),
            Op::Add { list, value, key } => {
                let list = state.slot(list);
                let value = state.slot(value);
                self.add(state, list, value, key.map(|key| state.slot(key)));
                return true;
            }
            Op::Call { target, arguments } => return self.call(run, state, instruction, target, arguments),
            Op::Check {
                target,
                arguments,
                value,
            } => {
                self.check(run, state, node, target, arguments, value);
                return true;
            }
            Op::Marked(slot, place) => self.marked(run, state, node, state.slot(slot), place),
            Op::Propagate {
                number,
                from,
                to,
                place,
            } => {
                self.propagate(run, state, node, number, [from, to], place);
                return true;
            }
            Op::Return(slot) => {
                let value = state.slot(slot);
                run.give_back(value, &mut self.values);
                return true;
            }
            Op::Throw(slot) => state.slot(slot),
        };
        state.set_slot(instruction.target, value);
        true
    }

    /// Something that this instruction comes to of which nothing else is known.
    pub(crate) fn fresh(&mut self, run: &Run, kind: Kind) -> Value {
        self.values.reference(ObjectName {
            base: Base::Made(run.at),
            kind,
            older: false,
        })
    }

    fn statically(&mut self, base: Base, kind: Kind) -> Value {
        self.values.reference(ObjectName {
            base,
            kind,
            older: false,
        })
    }

    fn class_symbol(&mut self, class: crate::program::ClassId) -> crate::values::Symbol {
        self.values.symbol(Root::Class(class), &[])
    }

    /// A value under the name of a variable: one step further on its way.
    fn assigned(
        &mut self,
        run: &Run,
        value: Value,
        declared: Declared,
        node: bartizan_syntax::NodeId,
    ) -> Value {
        let value = if declared == Declared::Scalar {
            self.scalar(value)
        } else {
            value
        };
        let taint = self.values.step(value.taint, run.file, node, Step::Assigned);
        value.with_taint(taint)
    }

    /// A variable that others may change: what they keep in it lies in an object.
    fn referred(&mut self, run: &Run, state: &mut State, slot: Slot) -> Value {
        let value = state.slot(slot);
        if value.objects != Objects::NONE {
            return value;
        }
        let base = Base::Made(run.at);
        let (made, _) = self.values.make(state, base, Kind::Unknown, Object::open());
        let value = Value {
            taint: value.taint,
            constants: value.constants,
            objects: made.objects,
        };
        state.set_slot(slot, value);
        value
    }

    /// What is left of a value where only a number or a truth value has a place: no text lies in it.
    pub(crate) fn scalar(&mut self, value: Value) -> Value {
        let taint = self.values.restrict(value.taint, self.marks.through_scalars);
        if taint == value.taint {
            return value;
        }
        Value {
            taint,
            constants: value.constants,
            objects: Objects::NONE,
        }
    }

    pub(crate) fn closure(
        &mut self,
        run: &Run,
        state: &mut State,
        function: crate::program::FunctionId,
    ) -> Value {
        let captured = self.captured(function);
        let kind = Kind::Function(function);
        if captured.is_empty() {
            // It is the same object wherever it is named.
            let info = self.program.function(function);
            let file = info.map_or(run.file, |info| info.file);
            let name = self.values.constants.name("function");
            let symbol = self
                .values
                .symbol(Root::Module(file), &[Key::Variable(function, 0), Key::Name(name)]);
            return self.statically(Base::Given(symbol), kind);
        }
        let mut object = Object::open();
        for (owner, slot) in captured {
            let key = Key::Variable(owner, slot);
            let value = self.outer(run, state, Root::Frame(owner), key);
            object.set(key, value);
        }
        self.values.make(state, Base::Made(run.at), kind, object).0
    }

    /// The variables of functions around that a function, or one within it, uses.
    pub(crate) fn captured(
        &self,
        function: crate::program::FunctionId,
    ) -> Vec<(crate::program::FunctionId, u32)> {
        let mut found = Vec::new();
        let mut todo = vec![function];
        let mut seen = 0;
        while let Some(at) = todo.pop() {
            seen += 1;
            if seen > 64 {
                break;
            }
            let Some(code) = self.codes.get(at.index()).and_then(Option::as_ref) else {
                continue;
            };
            for instruction in code.blocks.iter().flat_map(|block| &block.instructions) {
                match instruction.op {
                    Op::Outer(Root::Frame(owner), Key::Variable(_, slot))
                    | Op::SetOuter(Root::Frame(owner), Key::Variable(_, slot), _)
                        if !self.program.encloses(function, owner) =>
                    {
                        found.push((owner, slot));
                    }
                    Op::Function(inner)
                        if self
                            .program
                            .function(inner)
                            .is_some_and(|info| info.parent == Some(at)) =>
                    {
                        todo.push(inner);
                    }
                    _ => {}
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(crate) fn outer(&mut self, run: &Run, state: &State, root: Root, key: Key) -> Value {
        if let (Root::Frame(owner), Key::Variable(_, slot)) = (root, key)
            && owner == run.function
        {
            return state.slot(Slot(slot));
        }
        let scope = self.scope(root);
        self.values.load(state, scope, Some(key))
    }

    pub(crate) fn scope(&mut self, root: Root) -> Value {
        let symbol = self.values.symbol(root, &[]);
        self.statically(Base::Given(symbol), Kind::Scope)
    }

    pub(crate) fn set_outer(&mut self, run: &Run, state: &mut State, root: Root, key: Key, value: Value) {
        if let (Root::Frame(owner), Key::Variable(_, slot)) = (root, key)
            && owner == run.function
        {
            state.set_slot(Slot(slot), value);
            return;
        }
        let scope = self.scope(root);
        self.values.store(state, scope, Some(key), value);
    }

    /// Writes to an object in a slot; what is no object yet becomes one.
    fn put(
        &mut self,
        run: &Run,
        state: &mut State,
        object: Slot,
        key: Option<Key>,
        value: Slot,
        node: bartizan_syntax::NodeId,
    ) {
        let into = self.object_in(run, state, object);
        let value = self.assigned(run, state.slot(value), Declared::Nothing, node);
        let into = self.class_as_scope(into);
        self.values.store(state, into, key, value);
    }

    /// What is written to a class is found in its scope.
    fn class_as_scope(&mut self, value: Value) -> Value {
        let ids = self.values.object_list(value.objects).to_vec();
        match ids.as_slice() {
            [only] => match self.values.object_name(*only).kind {
                Kind::Class(class) => self.scope(Root::Class(class)),
                _ => value,
            },
            _ => value,
        }
    }

    fn object_in(&mut self, run: &Run, state: &mut State, slot: Slot) -> Value {
        let value = state.slot(slot);
        if !self.values.object_list(value.objects).is_empty() {
            return value;
        }
        let object = self.fresh(run, Kind::Unknown);
        let value = Value {
            objects: object.objects,
            constants: Constants::ANY,
            taint: value.taint,
        };
        state.set_slot(slot, value);
        value
    }

    fn put_keyed(
        &mut self,
        run: &Run,
        state: &mut State,
        object: Slot,
        instruction: Instruction,
        key: Option<Key>,
        value: Slot,
    ) {
        self.put(run, state, object, key, value, instruction.node);
        let Op::SetElement { key: slot, .. } = instruction.op else {
            return;
        };
        if key.is_none() || state.slot(slot).taint != Taint::NONE {
            let key = state.slot(slot);
            let into = state.slot(object);
            self.values.change(state, into, |values, _, object| {
                object.keys = values.join(object.keys, key)
            });
        }
    }

    /// The key of an element; negative positions count from the end.
    pub(crate) fn element_key(&mut self, state: &State, object: Value, key: Value) -> Option<Key> {
        match self.values.key_of(key)? {
            Key::Index(at) if at < 0 => self.values.counted_from_start(state, object, at).map(Key::Index),
            key => Some(key),
        }
    }

    pub(crate) fn element(&mut self, state: &State, object: Value, key: Value) -> Value {
        if let Some(constants) = self.fold_element(object.constants, key.constants) {
            return Value {
                taint: object.taint,
                constants,
                objects: crate::values::Objects::NONE,
            };
        }
        let place = self.element_key(state, object, key);
        let mut found = self.values.load(state, object, place);
        if self.marks.through_indices != Slots::NONE && key.taint != Taint::NONE {
            let also = self.values.restrict(key.taint, self.marks.through_indices);
            found.taint = self.values.join_taints(found.taint, also);
        }
        found
    }

    pub(crate) fn remove(&mut self, state: &mut State, object: Value, at: Value) {
        let key = self.element_key(state, object, at);
        self.values.change(state, object, |values, id, object| match key {
            Some(Key::Index(at)) if object.length.is_some() => {
                values.take(id, object, Some(at));
            }
            Some(key) => {
                if object.closed {
                    object.remove(key);
                } else {
                    object.set(key, Value::NOTHING);
                }
                object.resized = true;
            }
            None => object.resized = true,
        });
    }

    pub(crate) fn at(&mut self, state: &State, object: Value, position: i64) -> Value {
        let key = match self.field_at(object, position) {
            Some(name) => Some(Key::Name(name)),
            None => self
                .values
                .counted_from_start(state, object, position)
                .map(Key::Index),
        };
        self.values.load(state, object, key)
    }

    /// The field that stands at a position of the class of an object.
    fn field_at(&self, object: Value, position: i64) -> Option<Name> {
        let position = usize::try_from(position).ok()?;
        self.values.object_list(object.objects).iter().find_map(|&id| {
            let Kind::Instance(class, _) = self.values.object_name(id).kind else {
                return None;
            };
            self.program
                .class(class)?
                .fields
                .get(position)
                .map(|field| field.name)
        })
    }

    fn slice(&mut self, run: &Run, state: &mut State, object: Slot, bounds: [Option<Slot>; 3]) -> Value {
        let value = state.slot(object);
        let bounds = bounds.map(|slot| slot.map(|slot| state.slot(slot)));
        if let Some(constants) = self.fold_slice(value.constants, bounds) {
            return Value {
                taint: value.taint,
                ..Value::constant(constants)
            };
        }
        let numbers = bounds.map(|bound| bound.map(|bound| self.values.constants.only(bound.constants)));
        let number = |at: usize, otherwise: i64| match numbers.get(at) {
            Some(None) => Some(otherwise),
            Some(Some(Some(Constant::Int(value)))) => Some(*value),
            _ => None,
        };
        if let (Some(length), Some(low), Some(1)) =
            (self.values.length_of(state, value), number(0, 0), number(2, 1))
            && let Some(high) = number(1, i64::from(length))
        {
            let length = i64::from(length);
            let clamp = |at: i64| {
                if at < 0 {
                    (at + length).max(0)
                } else {
                    at.min(length)
                }
            };
            let (low, high) = (clamp(low), clamp(high));
            return self.part_of_list(run, state, value, low, high.max(low));
        }
        if self.values.object_list(value.objects).is_empty() {
            return Value::tainted(value.taint);
        }
        self.some_of(run, state, value, Kind::List)
    }

    fn part_of_list(&mut self, run: &Run, state: &mut State, value: Value, low: i64, high: i64) -> Value {
        let mut object = Object::empty();
        for at in low..high {
            let element = self.values.load(state, value, Some(Key::Index(at)));
            object.set(Key::Index(at - low), element);
        }
        object.length = u32::try_from(high - low).ok();
        self.values.make(state, Base::Made(run.at), Kind::List, object).0
    }

    /// A new container with any elements of a value.
    pub(crate) fn some_of(&mut self, run: &Run, state: &mut State, value: Value, kind: Kind) -> Value {
        let element = self.values.load(state, value, None);
        let mut object = Object::empty();
        object.rest = element;
        let made = self.values.make(state, Base::Made(run.at), kind, object).0;
        made.with_taint(value.taint)
    }

    fn rest(&mut self, run: &Run, state: &mut State, value: Value, from: u32, after: u32) -> Value {
        if let Some(length) = self.values.length_of(state, value) {
            let low = i64::from(from.min(length));
            let high = i64::from(length.saturating_sub(after)).max(low);
            return self.part_of_list(run, state, value, low, high);
        }
        let mut object = Object::open();
        let ids = self.values.object_list(value.objects).to_vec();
        let mut taint = value.taint;
        for id in ids {
            let inside = self.values.inside(state, id);
            taint = self.values.join_taints(taint, inside.own);
            object.rest = self.values.join(object.rest, inside.rest);
            for &(key, field) in &inside.fields {
                match key {
                    Key::Index(at) if at < i64::from(from) => {}
                    Key::Index(at) => object.set(Key::Index(at - i64::from(from)), field),
                    key => object.set(key, field),
                }
            }
            if !inside.closed {
                let any = self.values.any_element(id, &Object::open());
                object.rest = self.values.join(object.rest, any);
            }
        }
        self.values
            .make(state, Base::Made(run.at), Kind::List, object)
            .0
            .with_taint(taint)
    }

    fn joined(&mut self, run: &Run, state: &State, parts: Span) -> Value {
        let code = std::rc::Rc::clone(&run.code);
        let values: Vec<Value> = code
            .arguments(parts)
            .iter()
            .map(|part| state.slot(part.value))
            .collect();
        let mut taint = Taint::NONE;
        for &value in &values {
            let deep = self.values.deep(state, value);
            taint = self.values.join_taints(taint, deep);
        }
        let constants = self.fold_join(&values);
        Value {
            taint,
            ..Value::constant(constants)
        }
    }

    pub(crate) fn build(&mut self, run: &Run, state: &mut State, kind: Kind, parts: Span) -> Value {
        let code = std::rc::Rc::clone(&run.code);
        let object = self.filled(state, &code, kind, parts);
        self.values.make(state, Base::Made(run.at), kind, object).0
    }

    fn filled(&mut self, state: &State, code: &Code, kind: Kind, parts: Span) -> Object {
        let mut object = Object::empty();
        let listed = matches!(kind, Kind::List | Kind::Tuple);
        object.length = listed.then_some(0);
        for part in code.arguments(parts) {
            let value = state.slot(part.value);
            match part.passing {
                Passing::Plain if listed => self.values.append(&mut object, value),
                Passing::Plain => {
                    let key = self.values.key_of(value);
                    match key {
                        Some(key) => object.set(key, value),
                        None => object.rest = self.values.join(object.rest, value),
                    }
                }
                Passing::Named(name) => object.set(Key::Name(name), value),
                Passing::Keyed(slot) => {
                    let at = state.slot(slot);
                    match self.values.key_of(at) {
                        Some(key) => object.set(key, value),
                        None => {
                            object.rest = self.values.join(object.rest, value);
                            object.keys = self.values.join(object.keys, at);
                        }
                    }
                }
                Passing::Spread | Passing::SpreadNamed => self.spread(state, &mut object, value, listed),
            }
        }
        object.resized = false;
        object
    }

    /// Adds everything of a value to a container.
    pub(crate) fn spread(&mut self, state: &State, object: &mut Object, value: Value, listed: bool) {
        if listed && let Some(length) = self.values.length_of(state, value) {
            for at in 0..length {
                let element = self.values.load(state, value, Some(Key::Index(i64::from(at))));
                self.values.append(object, element);
            }
            return;
        }
        let ids = self.values.object_list(value.objects).to_vec();
        if ids.is_empty() {
            let any = Value::tainted(value.taint);
            object.rest = self.values.join(object.rest, any);
        }
        for id in ids {
            let inside = self.values.inside(state, id);
            if listed {
                let any = self.values.any_element(id, &inside);
                object.rest = self.values.join(object.rest, any);
                object.length = None;
                continue;
            }
            for &(key, field) in &inside.fields {
                object.set(key, field);
            }
            object.rest = self.values.join(object.rest, inside.rest);
            object.keys = self.values.join(object.keys, inside.keys);
            object.own = self.values.join_taints(object.own, inside.own);
            if !inside.closed {
                let any = self.values.any_element(id, &Object::open());
                object.rest = self.values.join(object.rest, any);
            }
        }
        if !listed {
            object.own = self.values.join_taints(object.own, value.taint);
        }
        object.resized = true;
    }

    fn each(&mut self, run: &Run, state: &mut State, value: Value, keys: bool) -> Value {
        let ids = self.values.object_list(value.objects).to_vec();
        let mut result = Value::NOTHING;
        let python = self.program.language(run.file) == bartizan_syntax::Language::Python;
        for &id in &ids {
            let object = self.values.inside(state, id);
            let kind = self.values.object_name(id).kind;
            let by_key = keys || (python && kind == Kind::Map);
            let part = if by_key {
                self.any_key(&object, kind)
            } else {
                self.values.any_element(id, &object)
            };
            let mut part = part;
            if !object.closed && !by_key {
                part.taint = self.values.join_taints(part.taint, value.taint);
            } else if by_key && !object.closed {
                let own = self.values.join_taints(object.own, value.taint);
                part.taint = self.values.join_taints(part.taint, own);
            }
            result = self.values.join(result, part);
        }
        if ids.is_empty() {
            result = if keys {
                Value::ANY
            } else {
                Value::tainted(value.taint)
            };
        }
        if result == Value::NOTHING {
            result = Value::ANY;
        }
        result
    }

    pub(crate) fn any_key(&mut self, object: &Object, kind: Kind) -> Value {
        let mut result = object.keys;
        for &(key, _) in &object.fields {
            let constant = match key {
                Key::Name(name) => Constant::Text(name),
                Key::Index(at) => Constant::Int(at),
                Key::Bound | Key::Variable(..) => continue,
            };
            let one = self.values.constants.one(constant);
            result = self.values.join(result, Value::constant(one));
        }
        if !object.closed || matches!(kind, Kind::List | Kind::Tuple) || object.rest != Value::NOTHING {
            result = self.values.join(result, Value::ANY);
        }
        result
    }

    pub(crate) fn add(&mut self, state: &mut State, list: Value, value: Value, key: Option<Value>) {
        match key {
            Some(at) => {
                let place = self.values.key_of(at);
                self.values.store(state, list, place, value);
                if place.is_none() {
                    self.values.change(state, list, |values, _, object| {
                        object.keys = values.join(object.keys, at)
                    });
                }
            }
            None => self.values.change(state, list, |values, _, object| {
                object.length = None;
                values.append(object, value);
            }),
        }
    }

    /// The place that a mark names.
    pub(crate) fn write_place(
        &mut self,
        run: &Run,
        state: &mut State,
        place: Lvalue,
        change: &mut dyn FnMut(&mut crate::values::Values, Value) -> Value,
    ) {
        match place {
            Lvalue::None => {}
            Lvalue::Slot(slot) => {
                let value = change(&mut self.values, state.slot(slot));
                state.set_slot(slot, value);
            }
            Lvalue::Outer(root, key) => {
                let old = self.outer(run, state, root, key);
                let value = change(&mut self.values, old);
                self.set_outer(run, state, root, key, value);
            }
            Lvalue::Field(object, name) => {
                let into = self.object_in(run, state, object);
                let old = self.values.load(state, into, Some(Key::Name(name)));
                let value = change(&mut self.values, old);
                self.values.store(state, into, Some(Key::Name(name)), value);
            }
            Lvalue::Element(object, key) => {
                let into = self.object_in(run, state, object);
                let key = self.element_key(state, into, state.slot(key));
                let old = self.values.load(state, into, key);
                let value = change(&mut self.values, old);
                self.values.store(state, into, key, value);
            }
        }
    }

    pub(crate) fn text_name(&mut self, text: &str) -> Name {
        self.values.constants.name(text)
    }

    pub(crate) fn number(&mut self, number: usize) -> Constants {
        self.values.constants.one(Constant::Int(i64::from(small(number))))
    }
}
