//! Applies what is known of a function outside the program.

use crate::heap::{Object, State};
use crate::ir::{Instruction, Passing, Slot};
use crate::model::{Behaviour, Callee as Asked, Effect, Entry, Made, Place, Then};
use crate::program::FileId;
use crate::solve::Engine;
use crate::solve::call::Given;
use crate::solve::function::Run;
use crate::values::{Base, Constant, Key, Kind, Name, Slots, Step, Taint, Value};

/// A call of a library at work.
struct Work<'a> {
    receiver: Option<Value>,
    slot: Option<Slot>,
    given: &'a Given,
    result: Value,
    /// Objects that this call makes are told apart by number
    made: u32,
}

/// Objects of a call that a library makes are numbered from here on.
const LIBRARY: u32 = 1 << 21;

/// The slots that the result of a call says are clean, and for which result.
pub(crate) fn guards(behaviour: &Behaviour, receiver: Option<Slot>, given: &Given) -> Vec<(Slot, bool)> {
    let mut found = Vec::new();
    for effect in &behaviour.effects {
        let Effect::Guard { place, when } = effect else {
            continue;
        };
        let slots: Vec<Slot> = match place {
            Place::Receiver => receiver.into_iter().collect(),
            Place::Argument(at) | Place::Named(_, at) => {
                given.slots.get(*at as usize).copied().into_iter().collect()
            }
            Place::Arguments => given.slots.clone(),
            _ => Vec::new(),
        };
        found.extend(slots.into_iter().map(|slot| (slot, *when)));
    }
    found
}

impl<'p> Engine<'p> {
    /// What is known of a function or method outside the program.
    pub(crate) fn behaviour(
        &mut self,
        file: FileId,
        qualified: Option<Name>,
        method: Option<Name>,
        arguments: u32,
    ) -> Option<&'p Behaviour> {
        let language = self.program.language(file);
        let key = (language, qualified, method, arguments);
        if let Some(&known) = self.behaviours.get(&key) {
            return known;
        }
        let text = |name: Option<Name>| name.map(|name| self.values.constants.text(name));
        let (type_name, method_name) = (text(qualified), text(method));
        let ask = |qualified: Option<&str>| {
            self.library.behaviour(&Asked {
                language,
                qualified,
                method: method_name,
                arguments: arguments as usize,
            })
        };
        let found = ask(type_name).or_else(|| {
            let above = type_name
                .filter(|_| method_name.is_some())
                .map_or(&[][..], |name| self.library.supertypes(name));
            above.iter().find_map(|name| ask(Some(name)))
        });
        self.behaviours.insert(key, found);
        found
    }

    /// Does what a library function does; gives its result.
    #[allow(clippy::too_many_arguments, reason = "a call and its receiver")]
    pub(crate) fn behave(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        behaviour: &'p Behaviour,
        receiver: Option<Value>,
        slot: Option<Slot>,
        given: &Given,
    ) -> Value {
        let mut work = Work {
            receiver,
            slot,
            given,
            result: Value::NOTHING,
            made: 0,
        };
        for effect in &behaviour.effects {
            self.effect(run, state, instruction, &mut work, effect);
        }
        if work.result == Value::NOTHING {
            self.fresh(run, Kind::Unknown)
        } else {
            work.result
        }
    }

    fn effect(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        work: &mut Work<'_>,
        effect: &Effect,
    ) {
        match effect {
            Effect::Pass { from, to } => {
                let from = self.place(state, work, from);
                let taint = self.values.deep(state, from);
                let taint = self.values.step(taint, run.file, instruction.node, Step::Passed);
                self.pass_to(run, state, work, to, taint);
            }
            Effect::Be(place) => {
                let value = self.place(state, work, place);
                work.result = self.values.join(work.result, value);
            }
            Effect::Store {
                object,
                entries,
                value,
            } => {
                let value = self.place(state, work, value);
                self.store_entry(run, state, work, object, entries, value);
            }
            Effect::Load {
                object,
                entries,
                otherwise,
            } => {
                let value = self.load_entry(state, work, object, entries, otherwise.as_ref());
                work.result = self.values.join(work.result, value);
            }
            Effect::Append { object, value } => {
                let value = self.place(state, work, value);
                let into = self.container(run, state, work, object);
                self.values
                    .change(state, into, |values, _, object| values.append(object, value));
            }
            Effect::Extend { object, from } => {
                let from = self.place(state, work, from);
                let into = self.container(run, state, work, object);
                self.extend(state, into, from);
            }
            Effect::Insert { object, at, value } => {
                let value = self.place(state, work, value);
                let into = self.container(run, state, work, object);
                let at = self.entry_position(state, work, at);
                self.values
                    .change(state, into, |values, _, object| values.insert(object, at, value));
            }
            Effect::Remove { object, entry } => {
                let value = self.take_entry(run, state, work, object, entry);
                work.result = self.values.join(work.result, value);
            }
            Effect::Clear(place) => {
                let into = self.place(state, work, place);
                self.values.change(state, into, |_, _, object| {
                    let length = object.length.map(|_| 0);
                    *object = Object::empty();
                    object.length = length;
                    object.resized = true;
                });
            }
            Effect::Make {
                made,
                elements,
                contents,
            } => self.make_container(run, state, work, made, elements, contents),
            Effect::Length(place) => self.length_effect(state, work, place),
            Effect::Text(text) => {
                let constants = self.values.constants.text_constant(text);
                work.result = self.values.join(work.result, Value::constant(constants));
            }
            Effect::Truth(is) => {
                let constants = self.values.constants.one(Constant::Bool(*is));
                work.result = self.values.join(work.result, Value::constant(constants));
            }
            Effect::Call {
                function,
                arguments,
                then,
            } => self.call_effect(run, state, instruction, work, function, arguments, *then),
            Effect::Guard { .. } => {}
            Effect::Clean(place) => {
                let value = self.place(state, work, place);
                self.values.clean_objects(state, value, Slots::ALL);
                for slot in slots_of(work, place) {
                    let value = state.slot(slot);
                    state.set_slot(slot, value.with_taint(Taint::NONE));
                }
            }
        }
    }

    fn length_effect(&mut self, state: &State, work: &mut Work<'_>, place: &Place) {
        let value = self.place(state, work, place);
        let folded = self.fold_method(value.constants, "length", &[]);
        let constants = match (folded, self.values.length_of(state, value)) {
            (Some(folded), _) => folded,
            (None, Some(length)) => self.number(length as usize),
            (None, None) => crate::values::Constants::ANY,
        };
        work.result = self.values.join(work.result, Value::constant(constants));
    }

    /// The value at a place; all values of several, joined.
    fn place(&mut self, state: &State, work: &Work<'_>, place: &Place) -> Value {
        let join = |engine: &mut Self, values: &[(Value, Passing)]| {
            let mut result = Value::NOTHING;
            for &(value, _) in values {
                result = engine.values.join(result, value);
            }
            result
        };
        match place {
            Place::Receiver => work.receiver.unwrap_or(Value::NOTHING),
            Place::Argument(at) => self.argument(state, work.given, *at),
            Place::Named(name, at) => {
                let name = self.text_name(name);
                let named = work
                    .given
                    .arguments
                    .iter()
                    .find(|(_, passing)| *passing == Passing::Named(name));
                match named {
                    Some((value, _)) => *value,
                    None => self.argument(state, work.given, *at),
                }
            }
            Place::Arguments => join(self, &work.given.arguments),
            Place::ArgumentsFrom(at) => join(self, work.given.arguments.get(*at as usize..).unwrap_or(&[])),
            Place::Result => work.result,
            Place::ElementOf(inner) => {
                let value = self.place(state, work, inner);
                self.values.load(state, value, None)
            }
            Place::KeyOf(inner) => {
                let value = self.place(state, work, inner);
                let mut result = Value::NOTHING;
                for id in self.values.object_list(value.objects).to_vec() {
                    let object = self.values.inside(state, id);
                    let keys = self.any_key(&object, self.values.object_name(id).kind);
                    let keys = if object.closed {
                        keys
                    } else {
                        keys.with_taint(self.values.join_taints(keys.taint, value.taint))
                    };
                    result = self.values.join(result, keys);
                }
                result
            }
        }
    }

    fn argument(&mut self, state: &State, given: &Given, at: u32) -> Value {
        let plain = |passing: &Passing| matches!(passing, Passing::Plain | Passing::Keyed(_));
        let mut before = 0;
        for (value, passing) in &given.arguments {
            if matches!(passing, Passing::Spread) {
                let within = i64::from(at - before);
                return self.values.load(state, *value, Some(Key::Index(within)));
            }
            if plain(passing) {
                if before == at {
                    return *value;
                }
                before += 1;
            }
        }
        Value::NOTHING
    }

    fn pass_to(&mut self, run: &Run, state: &mut State, work: &mut Work<'_>, to: &Place, taint: Taint) {
        match to {
            Place::Result => {
                let result = if work.result == Value::NOTHING {
                    self.fresh(run, Kind::Unknown)
                } else {
                    work.result
                };
                work.result = result.with_taint(self.values.join_taints(result.taint, taint));
            }
            place => {
                let value = self.place(state, work, place);
                self.values.taint_objects(state, value, taint);
                if self.values.object_list(value.objects).is_empty() {
                    for slot in slots_of(work, place) {
                        let value = state.slot(slot);
                        let joined = self.values.join_taints(value.taint, taint);
                        state.set_slot(slot, value.with_taint(joined));
                    }
                }
            }
        }
    }

    /// A container that is changed; what is no object yet becomes one.
    fn container(&mut self, run: &Run, state: &mut State, work: &mut Work<'_>, place: &Place) -> Value {
        let value = self.place(state, work, place);
        if !self.values.object_list(value.objects).is_empty() {
            return value;
        }
        let base = Base::Returned(run.at, LIBRARY + work.made);
        work.made += 1;
        let (made, _) = self.values.make(state, base, Kind::Unknown, Object::open());
        let value = made.with_taint(value.taint);
        for slot in slots_of(work, place) {
            state.set_slot(slot, value);
        }
        if *place == Place::Receiver {
            work.receiver = Some(value);
        }
        value
    }

    fn entry_key(
        &mut self,
        state: &State,
        work: &Work<'_>,
        object: Value,
        entry: &Entry,
    ) -> (Option<Key>, Value) {
        match entry {
            Entry::At(place) => {
                let value = self.place(state, work, place);
                (self.element_key(state, object, value), value)
            }
            Entry::Text(text) => {
                let name = self.text_name(text);
                (Some(Key::Name(name)), Value::NOTHING)
            }
            Entry::Position(at) => (
                self.values.counted_from_start(state, object, *at).map(Key::Index),
                Value::NOTHING,
            ),
            Entry::Any => (None, Value::NOTHING),
        }
    }

    fn entry_position(&mut self, state: &State, work: &Work<'_>, entry: &Entry) -> Option<i64> {
        match entry {
            Entry::At(place) => {
                let value = self.place(state, work, place);
                match self.values.constants.only(value.constants)? {
                    Constant::Int(at) => Some(at),
                    _ => None,
                }
            }
            Entry::Position(at) => Some(*at),
            Entry::Text(_) | Entry::Any => None,
        }
    }

    fn store_entry(
        &mut self,
        run: &Run,
        state: &mut State,
        work: &mut Work<'_>,
        object: &Place,
        entries: &[Entry],
        value: Value,
    ) {
        let mut into = self.container(run, state, work, object);
        let Some((last, before)) = entries.split_last() else {
            return;
        };
        for entry in before {
            let (key, _) = self.entry_key(state, work, into, entry);
            let inner = self.values.load(state, into, key);
            if self.values.object_list(inner.objects).is_empty() || inner == Value::NOTHING {
                let base = Base::Returned(run.at, LIBRARY + work.made);
                work.made += 1;
                let (made, _) = self.values.make(state, base, Kind::Map, Object::empty());
                self.values.store(state, into, key, made);
                into = made;
            } else {
                into = inner;
            }
        }
        let (key, at) = self.entry_key(state, work, into, last);
        self.values.store(state, into, key, value);
        if key.is_none() {
            self.values.change(state, into, |values, _, object| {
                object.keys = values.join(object.keys, at)
            });
        }
    }

    fn load_entry(
        &mut self,
        state: &State,
        work: &Work<'_>,
        object: &Place,
        entries: &[Entry],
        otherwise: Option<&Place>,
    ) -> Value {
        let mut value = self.place(state, work, object);
        for entry in entries {
            let (key, _) = self.entry_key(state, work, value, entry);
            value = self.values.load(state, value, key);
        }
        match otherwise {
            Some(place)
                if value == Value::NOTHING || self.values.constants.known(value.constants).is_none() =>
            {
                let default = self.place(state, work, place);
                self.values.join(value, default)
            }
            _ if value == Value::NOTHING => {
                let null = self.values.constants.one(Constant::Null);
                Value::constant(null)
            }
            _ => value,
        }
    }

    fn take_entry(
        &mut self,
        run: &Run,
        state: &mut State,
        work: &mut Work<'_>,
        object: &Place,
        entry: &Entry,
    ) -> Value {
        let into = self.container(run, state, work, object);
        let (key, _) = self.entry_key(state, work, into, entry);
        let mut taken = Value::NOTHING;
        let listed = |engine: &Self| {
            engine
                .values
                .object_list(into.objects)
                .iter()
                .all(|&id| state.object(id).is_some_and(|object| object.length.is_some()))
        };
        match key {
            Some(Key::Index(at)) if listed(self) => {
                self.values.change(state, into, |values, id, object| {
                    let one = values.take(id, object, Some(at));
                    taken = values.join(taken, one);
                });
            }
            Some(Key::Index(_)) | None => {
                taken = self.values.load(state, into, None);
                self.values.change(state, into, |values, id, object| {
                    values.take(id, object, None);
                });
            }
            Some(key) => {
                taken = self.values.load(state, into, Some(key));
                self.values.change(state, into, |_, _, object| {
                    if object.closed {
                        object.remove(key);
                    } else {
                        object.set(key, Value::NOTHING);
                    }
                    object.resized = true;
                });
            }
        }
        taken
    }

    fn extend(&mut self, state: &mut State, into: Value, from: Value) {
        let before = state.clone();
        let mut lists = Vec::new();
        for &id in self.values.object_list(into.objects) {
            lists.push((
                id,
                !matches!(self.values.object_name(id).kind, Kind::Map | Kind::Instance(..)),
            ));
        }
        let keyed = self
            .values
            .object_list(from.objects)
            .iter()
            .any(|&id| matches!(self.values.object_name(id).kind, Kind::Map));
        for (id, listed) in lists {
            let one = self.alone(into, id);
            let mut spread = Vec::new();
            if listed && !keyed {
                spread.push(true);
            } else {
                spread.push(false);
            }
            for listed in spread {
                let mut object = (*self.values.inside(&before, id)).clone();
                self.spread(&before, &mut object, from, listed);
                self.values
                    .change(state, one, |_, _, place| *place = object.clone());
            }
        }
    }

    fn make_container(
        &mut self,
        run: &Run,
        state: &mut State,
        work: &mut Work<'_>,
        made: &Made,
        elements: &[Place],
        contents: &[Place],
    ) {
        let mut object = Object::empty();
        let (kind, listed) = match made {
            Made::List => (Kind::List, true),
            Made::Set => (Kind::Set, false),
            Made::Map => (Kind::Map, false),
            Made::Instance(name) => (Kind::Outside(self.text_name(name)), false),
        };
        // An instance may be a list: what is put at its end is told apart, too.
        let counted = listed || matches!(made, Made::Instance(_));
        object.length = counted.then_some(0);
        for place in contents {
            let value = self.place(state, work, place);
            if value == Value::NOTHING {
                continue;
            }
            let lists = !self
                .values
                .object_list(value.objects)
                .iter()
                .any(|&id| matches!(self.values.object_name(id).kind, Kind::Map));
            let keyed = matches!(made, Made::Map) || (matches!(made, Made::Instance(_)) && !lists);
            self.spread(state, &mut object, value, !keyed);
        }
        for place in elements {
            let values: Vec<Value> = match place {
                Place::Arguments => work.given.arguments.iter().map(|(value, _)| *value).collect(),
                Place::ArgumentsFrom(at) => {
                    let rest = work.given.arguments.get(*at as usize..).unwrap_or(&[]);
                    rest.iter().map(|(value, _)| *value).collect()
                }
                place => vec![self.place(state, work, place)],
            };
            for value in values {
                if value == Value::NOTHING {
                    continue;
                }
                if counted {
                    self.values.append(&mut object, value);
                } else {
                    object.rest = self.values.join(object.rest, value);
                }
            }
        }
        object.resized = false;
        let base = Base::Returned(run.at, LIBRARY + work.made);
        work.made += 1;
        let (value, _) = self.values.make(state, base, kind, object);
        work.result = if work.result == Value::NOTHING {
            value
        } else {
            self.values.join(work.result, value)
        };
    }

    #[allow(clippy::too_many_arguments, reason = "a call within a call")]
    fn call_effect(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        work: &mut Work<'_>,
        function: &Place,
        arguments: &[Place],
        then: Then,
    ) {
        let function = self.place(state, work, function);
        let values: Vec<Value> = arguments
            .iter()
            .map(|place| self.place(state, work, place))
            .collect();
        let given = Given::plain(values);
        let mut back = Value::NOTHING;
        for callee in self.callees_of(run, state, function, &given) {
            let mut after = state.clone();
            if let Some(value) = self.call_one(run, &mut after, instruction, callee, &given) {
                let lasting = state.slots.len();
                self.values.join_states(state, &after, lasting, false);
                back = self.values.join(back, value);
            }
        }
        match then {
            Then::Dropped => {}
            Then::Result => work.result = self.values.join(work.result, back),
            Then::Element | Then::Elements => {
                if then == Then::Elements {
                    back = self.values.load(state, back, None);
                }
                let mut object = Object::empty();
                object.rest = back;
                let base = Base::Returned(run.at, LIBRARY + work.made);
                work.made += 1;
                let (value, _) = self.values.make(state, base, Kind::List, object);
                work.result = self.values.join(work.result, value);
            }
        }
    }
}

/// The slots that a place stands in.
fn slots_of(work: &Work<'_>, place: &Place) -> Vec<Slot> {
    match place {
        Place::Receiver => work.slot.into_iter().collect(),
        Place::Argument(at) | Place::Named(_, at) => {
            work.given.slots.get(*at as usize).copied().into_iter().collect()
        }
        Place::Arguments => work.given.slots.clone(),
        Place::ArgumentsFrom(at) => work.given.slots.get(*at as usize..).unwrap_or(&[]).to_vec(),
        Place::Result | Place::ElementOf(_) | Place::KeyOf(_) => Vec::new(),
    }
}
