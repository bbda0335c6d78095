//! Applies what a function does to the state of whoever calls it.

use crate::heap::{Object, State};
use crate::ir::{Code, Decider, Instruction, Passing, Slot, Taking};
use crate::program::{ClassId, FunctionId};
use crate::solve::Engine;
use crate::solve::call::Given;
use crate::solve::function::Run;
use crate::solve::summary::{ShapeId, Summary};
use crate::table::{Map, Set, small};
use crate::values::{
    Atom, Base, Constant, Constants, Key, Kind, ObjectId, ObjectName, Objects, Origin, Root, Slots, Step,
    Symbol, Taint, Value,
};

/// Numbers of objects of a call from here on are lists and maps of arguments.
const PACKED: u32 = 1 << 20;

/// What the words of a summary mean at one call.
struct Meaning {
    parameters: Vec<Value>,
    receiver: Value,
    closure: Value,
    before: State,
    symbols: Map<Symbol, Value>,
    taints: Map<Taint, Taint>,
    /// All that comes with what lies at a place
    below: Map<Symbol, Taint>,
    made: Map<ObjectId, ObjectId>,
    node: bartizan_syntax::NodeId,
}

impl Engine<'_> {
    /// Calls a function of the program; none when control does not come back, as far as is known yet.
    #[allow(clippy::too_many_arguments, reason = "a call and its receiver")]
    pub(crate) fn call_function(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        function: FunctionId,
        receiver: Option<Value>,
        closure: Option<ObjectId>,
        given: &Given,
    ) -> Option<Value> {
        let Some(code) = self.code(function) else {
            return Some(Value::ANY);
        };
        let mut given = given.clone();
        let mut receiver = receiver;
        let python = self
            .program
            .function(function)
            .is_some_and(|info| self.program.language(info.file) == bartizan_syntax::Language::Python);
        if python && receiver.is_none() && code.receiver.is_some() && !given.arguments.is_empty() {
            // A method that is taken from its class is given the object as its first argument.
            receiver = Some(given.arguments.remove(0).0);
        }
        self.spread_to_block(function, &code, &mut given);
        let parameters = self.bind(run, state, &code, &given);
        let receiver = receiver.unwrap_or(Value::ANY);
        let closure = match closure {
            Some(id) => Value {
                objects: self.values.objects_of(vec![id]),
                ..Value::ANY
            },
            None => Value::ANY,
        };
        let mut shapes: Vec<(Decider, ShapeId)> = Vec::new();
        for &decider in &code.deciding {
            let value = match decider {
                Decider::Receiver => receiver,
                Decider::Parameter(number) => {
                    parameters.get(number as usize).copied().unwrap_or(Value::NOTHING)
                }
                Decider::Captured(owner, slot) => {
                    self.captured_value(run, state, closure, owner, Key::Variable(owner, slot))
                }
            };
            let shape = self.shape_of(state, value, 0);
            if shape != ShapeId::ANY {
                shapes.push((decider, shape));
            }
        }
        let unit = self.unit(function, shapes);
        self.spend_effort(run.function);
        let summary = self.ask(unit, run.unit)?;
        let mut meaning = Meaning {
            parameters,
            receiver,
            closure,
            before: state.clone(),
            symbols: Map::default(),
            taints: Map::default(),
            below: Map::default(),
            made: Map::default(),
            node: instruction.node,
        };
        self.instantiate(run, state, &mut meaning, &summary)
    }

    /// A block with several parameters that is given one list takes its elements.
    fn spread_to_block(&self, function: FunctionId, code: &Code, given: &mut Given) {
        let is_block = || {
            let info = self.program.function(function)?;
            let ast = self.program.file(info.file)?.ast;
            let flags = ast.node(info.node).flags;
            Some(flags.has(bartizan_syntax::Flags::BLOCK))
        };
        if let ([(_, passing @ Passing::Plain)], 2..) =
            (given.arguments.as_mut_slice(), code.parameters.len())
            && is_block() == Some(true)
        {
            *passing = Passing::Spread;
        }
    }

    /// The value of each parameter; nothing for one that is left out.
    fn bind(&mut self, run: &Run, state: &mut State, code: &Code, given: &Given) -> Vec<Value> {
        let mut values = vec![Value::NOTHING; code.parameters.len()];
        let mut rest: Vec<Value> = Vec::new();
        let mut rest_named: Vec<(crate::values::Name, Value)> = Vec::new();
        let mut spread_rest = Value::NOTHING;
        let mut next = 0;
        let positional = code
            .parameters
            .iter()
            .position(|parameter| parameter.taking != Taking::One)
            .unwrap_or(code.parameters.len());
        for &(value, passing) in &given.arguments {
            match passing {
                Passing::Plain | Passing::Keyed(_) => {
                    if next < positional
                        && let Some(place) = values.get_mut(next)
                    {
                        *place = value;
                    } else {
                        rest.push(value);
                    }
                    next += 1;
                }
                Passing::Named(name) => {
                    let at = code
                        .parameters
                        .iter()
                        .position(|parameter| parameter.name == Some(name));
                    match at.and_then(|at| values.get_mut(at)) {
                        Some(place) => *place = value,
                        None => rest_named.push((name, value)),
                    }
                }
                Passing::Spread => {
                    let length = self.values.length_of(state, value);
                    let mut at = 0;
                    while next < positional && length.is_none_or(|length| at < length) {
                        let element = self.values.load(state, value, Some(Key::Index(i64::from(at))));
                        if let Some(place) = values.get_mut(next) {
                            *place = element;
                        }
                        at += 1;
                        next += 1;
                    }
                    match length {
                        Some(length) => {
                            for at in at..length {
                                rest.push(self.values.load(state, value, Some(Key::Index(i64::from(at)))));
                            }
                        }
                        None => {
                            let any = self.values.load(state, value, None);
                            spread_rest = self.values.join(spread_rest, any);
                        }
                    }
                }
                Passing::SpreadNamed => {
                    for (place, parameter) in values.iter_mut().zip(&code.parameters) {
                        if let (Some(name), true) = (parameter.name, *place == Value::NOTHING) {
                            *place = self.values.load(state, value, Some(Key::Name(name)));
                        }
                    }
                }
            }
        }
        self.keep_named(run, state, code, next, &mut rest_named, &mut values);
        for (number, parameter) in code.parameters.iter().enumerate() {
            let mut object = Object::empty();
            let kind = match parameter.taking {
                Taking::One | Taking::Beside => continue,
                Taking::Rest => {
                    object.length = Some(0);
                    for &value in &rest {
                        self.values.append(&mut object, value);
                    }
                    if spread_rest != Value::NOTHING {
                        object.rest = self.values.join(object.rest, spread_rest);
                        object.length = None;
                    }
                    Kind::List
                }
                Taking::RestNamed => {
                    for &(name, value) in &rest_named {
                        object.set(Key::Name(name), value);
                    }
                    Kind::Map
                }
            };
            object.resized = false;
            let base = Base::Returned(run.at, PACKED + small(number));
            let (value, _) = self.values.make(state, base, kind, object);
            if let Some(place) = values.get_mut(number) {
                *place = value;
            }
        }
        values
    }

    /// Arguments by names that no parameter has are a map, which is the last argument, where there is a place for it.
    fn keep_named(
        &mut self,
        run: &Run,
        state: &mut State,
        code: &Code,
        next: usize,
        named: &mut Vec<(crate::values::Name, Value)>,
        values: &mut [Value],
    ) {
        let block = self.text_name(crate::lower::BLOCK);
        named.retain(|(name, _)| *name != block);
        let is_map = self.program.traits(run.file).bare_calls && !named.is_empty();
        let takes = |taking| code.parameters.iter().any(|one| one.taking == taking);
        let free = code
            .parameters
            .get(next)
            .is_some_and(|one| one.taking == Taking::One);
        if !is_map || takes(Taking::RestNamed) || !free {
            return;
        }
        let mut object = Object::empty();
        for (name, value) in named.drain(..) {
            object.set(Key::Name(name), value);
        }
        object.resized = false;
        let base = Base::Returned(run.at, PACKED + small(code.parameters.len()));
        let (value, _) = self.values.make(state, base, Kind::Map, object);
        if let Some(place) = values.get_mut(next) {
            *place = value;
        }
    }

    fn instantiate(
        &mut self,
        run: &mut Run,
        state: &mut State,
        meaning: &mut Meaning,
        summary: &Summary,
    ) -> Option<Value> {
        for hit in &summary.hits {
            let taint = self.mean_taint(run, meaning, hit.taint);
            if taint != Taint::NONE
                && let Some(rule) = self.sink_rule(hit.sink)
            {
                self.judge(run, hit.sink, &rule, taint);
            }
        }
        if !summary.returns {
            return None;
        }
        for (id, object) in &summary.objects {
            self.mean_object(run, state, meaning, *id, object);
        }
        Some(self.mean(run, meaning, summary.result.unwrap_or(Value::NOTHING)))
    }

    /// What a place of the callee is at the call.
    fn resolve(&mut self, run: &Run, meaning: &mut Meaning, symbol: Symbol) -> Value {
        if let Some(&known) = meaning.symbols.get(&symbol) {
            return known;
        }
        let place = self.values.symbol_path(symbol);
        let mut path = place.path.iter().copied().peekable();
        let mut value = match place.root {
            Root::Parameter(number) => meaning
                .parameters
                .get(number as usize)
                .copied()
                .unwrap_or(Value::NOTHING),
            Root::Receiver => meaning.receiver,
            root @ (Root::Module(_) | Root::Class(_)) => self.scope(root),
            Root::Frame(owner) => match path.next() {
                Some(key) => self.captured_value(run, &meaning.before, meaning.closure, owner, key),
                None => self.scope(Root::Frame(owner)),
            },
        };
        for key in path {
            value = match key {
                Key::Variable(owner, slot) if owner == run.function => meaning.before.slot(Slot(slot)),
                Key::Name(name) if self.values.constants.text(name) == "[]" => {
                    self.values.load(&meaning.before, value, None)
                }
                key => self.values.load(&meaning.before, value, Some(key)),
            };
        }
        meaning.symbols.insert(symbol, value);
        value
    }

    fn captured_value(
        &mut self,
        run: &Run,
        state: &State,
        closure: Value,
        owner: FunctionId,
        key: Key,
    ) -> Value {
        let Key::Variable(_, slot) = key else {
            return Value::ANY;
        };
        if owner == run.function {
            return state.slot(Slot(slot));
        }
        let holder = self.holder(run, state, closure, owner, key);
        self.values.load(state, holder, Some(key))
    }

    /// Where a variable of a function around the callee is found: in what the caller captured itself, or with the callee.
    fn holder(&mut self, run: &Run, state: &State, closure: Value, owner: FunctionId, key: Key) -> Value {
        let has = |engine: &Self, value: Value| {
            engine
                .values
                .object_list(value.objects)
                .iter()
                .any(|&id| state.object(id).is_some_and(|object| object.field(key).is_some()))
        };
        let scope = self.scope(Root::Frame(owner));
        let around = self.program.encloses(owner, run.function);
        if around && (has(self, scope) || !has(self, closure)) {
            scope
        } else {
            closure
        }
    }

    fn mean(&mut self, run: &Run, meaning: &mut Meaning, value: Value) -> Value {
        Value {
            taint: self.mean_taint(run, meaning, value.taint),
            constants: self.mean_constants(run, meaning, value.constants),
            objects: self.mean_objects(run, meaning, value.objects),
        }
    }

    fn mean_constants(&mut self, run: &Run, meaning: &mut Meaning, constants: Constants) -> Constants {
        let Some(list) = self.values.constants.list(constants).map(<[Constant]>::to_vec) else {
            return constants;
        };
        let mut joined = Constants::NONE;
        for constant in list {
            let one = match constant {
                Constant::Given(symbol) => self.resolve(run, meaning, symbol).constants,
                constant => self.values.constants.one(constant),
            };
            joined = self.values.constants.join(joined, one);
        }
        joined
    }

    fn mean_taint(&mut self, run: &Run, meaning: &mut Meaning, taint: Taint) -> Taint {
        if taint == Taint::NONE {
            return taint;
        }
        if let Some(&known) = meaning.taints.get(&taint) {
            return known;
        }
        // An atom of the caller, and by which step it goes on from there.
        let mut atoms: Vec<(Atom, Step)> = Vec::new();
        let mut seen: Set<(Taint, Slots)> = Set::default();
        for atom in self.values.atoms(taint).to_vec() {
            let Some(origin) = self.values.origin_of(atom.origin) else {
                continue;
            };
            let from = match origin {
                Origin::Source { .. } => {
                    atoms.push((atom, Step::Returned));
                    continue;
                }
                Origin::Given(symbol) => self.resolve(run, meaning, symbol).taint,
                Origin::GivenBelow(symbol) => self.all_below(run, meaning, symbol),
            };
            // The way of the first that comes by an origin stays, so what comes again brings nothing.
            if !seen.insert((from, atom.slots)) {
                continue;
            }
            for outer in self.values.atoms(from).to_vec() {
                let slots = self.values.rules.common(outer.slots, atom.slots);
                atoms.push((Atom { slots, ..outer }, Step::Called { inner: atom.trace }));
            }
        }
        let meant = self.values.taint_by_steps(atoms, run.file, meaning.node);
        meaning.taints.insert(taint, meant);
        meant
    }

    /// Everything that comes with what lies at a place.
    fn all_below(&mut self, run: &Run, meaning: &mut Meaning, symbol: Symbol) -> Taint {
        if let Some(&known) = meaning.below.get(&symbol) {
            return known;
        }
        let value = self.resolve(run, meaning, symbol);
        let taint = self.values.deep(&meaning.before, value);
        meaning.below.insert(symbol, taint);
        taint
    }

    fn mean_objects(&mut self, run: &Run, meaning: &mut Meaning, objects: Objects) -> Objects {
        let mut all = Vec::new();
        for id in self.values.object_list(objects).to_vec() {
            all.extend(self.mean_object_id(run, meaning, id));
        }
        self.values.objects_of(all)
    }

    fn mean_object_id(&mut self, run: &Run, meaning: &mut Meaning, id: ObjectId) -> Vec<ObjectId> {
        let name = self.values.object_name(id);
        match name.base {
            Base::Imported(_) => vec![id],
            Base::Given(symbol) => {
                let place = self.values.symbol_path(symbol);
                let lasting = matches!(place.root, Root::Module(_) | Root::Class(_));
                if lasting
                    && (place.path.is_empty() || matches!(name.kind, Kind::Function(_) | Kind::Class(_)))
                {
                    return vec![id];
                }
                let value = self.resolve(run, meaning, symbol);
                self.values.object_list(value.objects).to_vec()
            }
            Base::Part(inside, key) => self
                .mean_object_id(run, meaning, inside)
                .into_iter()
                .map(|inside| {
                    self.values.object(ObjectName {
                        base: Base::Part(inside, key),
                        ..name
                    })
                })
                .collect(),
            Base::Made(_) | Base::Returned(..) => {
                if let Some(&known) = meaning.made.get(&id) {
                    return vec![known];
                }
                let number = small(meaning.made.len());
                let made = self.values.object(ObjectName {
                    base: Base::Returned(run.at, number),
                    ..name
                });
                meaning.made.insert(id, made);
                vec![made]
            }
        }
    }

    /// What the callee did to an object.
    fn mean_object(
        &mut self,
        run: &Run,
        state: &mut State,
        meaning: &mut Meaning,
        id: ObjectId,
        object: &Object,
    ) {
        let meant = Object {
            own: self.mean_taint(run, meaning, object.own),
            fields: Vec::new(),
            rest: self.mean(run, meaning, object.rest),
            keys: self.mean(run, meaning, object.keys),
            ..*object
        };
        let mut meant = meant;
        for &(key, value) in &object.fields {
            let value = self.mean(run, meaning, value);
            meant.set(key, value);
        }
        let name = self.values.object_name(id);
        match name.base {
            Base::Made(_) | Base::Returned(..) => {
                for target in self.mean_object_id(run, meaning, id) {
                    if state.object(target).is_some() && !name.older {
                        self.values.age(state, target);
                    }
                    state.set_object(target, meant.clone());
                }
            }
            Base::Given(symbol) => {
                let place = self.values.symbol_path(symbol);
                if let (Root::Frame(owner), true) = (place.root, place.path.is_empty()) {
                    self.write_captured(run, state, meaning, owner, &meant);
                    return;
                }
                let targets = self.mean_object_id(run, meaning, id);
                self.write_back(run, state, &targets, &meant);
            }
            Base::Imported(_) | Base::Part(..) => {
                let targets = self.mean_object_id(run, meaning, id);
                self.write_back(run, state, &targets, &meant);
            }
        }
    }

    fn write_captured(
        &mut self,
        run: &Run,
        state: &mut State,
        meaning: &Meaning,
        owner: FunctionId,
        meant: &Object,
    ) {
        for &(key, value) in &meant.fields {
            match key {
                Key::Variable(of, slot) if of == run.function => state.set_slot(Slot(slot), value),
                key => {
                    let holder = self.holder(run, &meaning.before, meaning.closure, owner, key);
                    self.values.store(state, holder, Some(key), value);
                }
            }
        }
    }

    fn write_back(&mut self, run: &Run, state: &mut State, targets: &[ObjectId], meant: &Object) {
        let into = Value {
            objects: self.values.objects_of(targets.to_vec()),
            ..Value::ANY
        };
        let mut slots = Vec::new();
        self.values.change(state, into, |values, _, object| {
            object.own = values.join_taints(object.own, meant.own);
            if meant.closed && object.closed {
                object.fields.clone_from(&meant.fields);
                object.rest = meant.rest;
                object.keys = meant.keys;
                object.length = meant.length;
                object.resized |= meant.resized;
                return;
            }
            for &(key, value) in &meant.fields {
                if let Key::Variable(owner, slot) = key
                    && owner == run.function
                {
                    slots.push((slot, value));
                    continue;
                }
                object.set(key, value);
            }
            if meant.resized {
                object.resized = true;
                object.length = None;
            }
            if meant.rest != Value::NOTHING {
                for index in 0..object.fields.len() {
                    let Some(&(key, old)) = object.fields.get(index) else {
                        continue;
                    };
                    if Self::is_inner_key(key) || meant.field(key).is_some() {
                        continue;
                    }
                    let joined = values.join(old, meant.rest);
                    if let Some(field) = object.fields.get_mut(index) {
                        field.1 = joined;
                    }
                }
                object.rest = values.join(object.rest, meant.rest);
            }
            object.keys = values.join(object.keys, meant.keys);
        });
        for (slot, value) in slots {
            state.set_slot(Slot(slot), value);
        }
    }

    /// Makes an object of a class of the program.
    pub(crate) fn construct(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        class: ClassId,
        given: &Given,
    ) -> Option<Value> {
        let lineage = self.program.lineage(class);
        let outside = lineage.iter().any(|&class| {
            self.program
                .class(class)
                .is_some_and(|info| !info.outside.is_empty())
        });
        let mut object = if outside { Object::open() } else { Object::empty() };
        let methods: Vec<FunctionId> = self.program.class(class).map_or_else(Vec::new, |info| {
            info.methods.iter().map(|(_, method)| *method).collect()
        });
        for method in methods {
            for (owner, slot) in self.captured(method) {
                let key = Key::Variable(owner, slot);
                let value = self.outer(run, state, Root::Frame(owner), key);
                object.set(key, value);
            }
        }
        let (value, id) = self
            .values
            .make(state, Base::Made(run.at), Kind::Instance(class, false), object);
        let constructor = self
            .program
            .constructor(class, given.count(), &self.values.constants);
        let primary = self.program.primary(class, constructor, given.count());
        let none = Given::none();
        for &above in lineage.iter().rev() {
            let initialiser = self.program.class(above).and_then(|info| info.initialiser);
            if let Some(initialiser) = initialiser.filter(|&initialiser| self.code(initialiser).is_some()) {
                let given = if primary == Some(initialiser) {
                    given
                } else {
                    &none
                };
                self.call_function(run, state, instruction, initialiser, Some(value), Some(id), given)?;
            }
        }
        match constructor {
            _ if primary.is_some() => {}
            Some(constructor) if self.code(constructor).is_some() => {
                self.call_function(run, state, instruction, constructor, Some(value), Some(id), given)?;
            }
            _ => self.fill(state, value, class, given),
        }
        Some(value)
    }

    /// Without a constructor, arguments are the declared fields in their order, or something that the object keeps.
    fn fill(&mut self, state: &mut State, value: Value, class: ClassId, given: &Given) {
        let fields = self
            .program
            .class(class)
            .map_or_else(Vec::new, |info| info.fields.clone());
        for (number, &(argument, passing)) in given.arguments.iter().enumerate() {
            let name = match passing {
                Passing::Named(name) => Some(name),
                _ => fields.get(number).map(|field| field.name),
            };
            match name {
                Some(name) => self.values.store(state, value, Some(Key::Name(name)), argument),
                None => {
                    let taint = self.values.deep(state, argument);
                    self.values.taint_objects(state, value, taint);
                }
            }
        }
    }
}
