//! Calls: what may be called, and what becomes of it.

use bartizan_syntax::Language;

use crate::heap::{Object, State};
use crate::ir::{Argument, Declared, Instruction, Passing, Slot, Span, Target};
use crate::limits::Limit;
use crate::model::Behaviour;
use crate::program::{Binding, ClassId, FileId, FunctionId, Import};
use crate::solve::Engine;
use crate::solve::function::Run;
use crate::table::small;
use crate::values::{Base, Key, Kind, Name, ObjectId, Root, Taint, Value};

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    Function(FunctionId),
    Class(ClassId),
    Module(FileId),
    Global(FileId, Name),
    Outside(Name),
}

/// Something that is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee<'p> {
    Function {
        function: FunctionId,
        receiver: Option<Value>,
        /// What holds the variables that it captured
        closure: Option<ObjectId>,
    },
    Construct(ClassId),
    /// A function that fills a new object
    Fill {
        function: FunctionId,
        closure: Option<ObjectId>,
    },
    Library {
        behaviour: &'p Behaviour,
        receiver: Option<Value>,
        slot: Option<Slot>,
    },
    /// A function of which nothing is known
    Unknown {
        receiver: Option<Value>,
        /// The type that it makes, when it is one
        makes: Option<Name>,
    },
}

/// What a call is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) arguments: Vec<(Value, Passing)>,
    /// The slots that the arguments stand in, where they do
    pub(crate) slots: Vec<Slot>,
}

impl Given {
    pub(crate) const fn none() -> Self {
        Self {
            arguments: Vec::new(),
            slots: Vec::new(),
        }
    }

    pub(crate) fn plain(values: Vec<Value>) -> Self {
        Self {
            arguments: values.into_iter().map(|value| (value, Passing::Plain)).collect(),
            slots: Vec::new(),
        }
    }

    fn of(state: &State, arguments: &[Argument]) -> Self {
        Self {
            arguments: arguments
                .iter()
                .map(|argument| (state.slot(argument.value), argument.passing))
                .collect(),
            slots: arguments.iter().map(|argument| argument.value).collect(),
        }
    }

    pub(crate) fn count(&self) -> u32 {
        small(self.arguments.len())
    }
}

impl<'p> Engine<'p> {
    /// A call; says whether control comes out of it.
    pub(crate) fn call(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        target: Target,
        arguments: Span,
    ) -> bool {
        let code = std::rc::Rc::clone(&run.code);
        let given = Given::of(state, code.arguments(arguments));
        if let Some(value) = self.folded(state, target, &given) {
            state.set_slot(instruction.target, value);
            return true;
        }
        let callees = self.callees(run, state, target, &given);
        self.call_all(run, state, instruction, callees, &given)
    }

    /// Calls whatever may be meant; what comes out is what comes out of any of it.
    pub(crate) fn call_all(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        callees: Vec<Callee<'p>>,
        given: &Given,
    ) -> bool {
        if let [only] = callees.as_slice() {
            return match self.call_one(run, state, instruction, *only, given) {
                Some(value) => {
                    state.set_slot(instruction.target, value);
                    true
                }
                None => false,
            };
        }
        let lasting = state.slots.len();
        let mut joined: Option<State> = None;
        for callee in callees {
            let mut one = state.clone();
            let Some(value) = self.call_one(run, &mut one, instruction, callee, given) else {
                continue;
            };
            one.set_slot(instruction.target, value);
            match &mut joined {
                Some(joined) => {
                    self.values.join_states(joined, &one, lasting, false);
                }
                None => joined = Some(one),
            }
        }
        match joined {
            Some(joined) => {
                *state = joined;
                true
            }
            None => false,
        }
    }

    /// Calls one thing; none when control does not come back.
    pub(crate) fn call_one(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        callee: Callee<'p>,
        given: &Given,
    ) -> Option<Value> {
        match callee {
            Callee::Function {
                function,
                receiver,
                closure,
            } => self.call_function(run, state, instruction, function, receiver, closure, given),
            Callee::Construct(class) => self.construct(run, state, instruction, class, given),
            Callee::Fill { function, closure } => {
                let (object, _) = self
                    .values
                    .make(state, Base::Made(run.at), Kind::Unknown, Object::open());
                let back =
                    self.call_function(run, state, instruction, function, Some(object), closure, given)?;
                let returned = !self.values.object_list(back.objects).is_empty();
                Some(if returned { back } else { object })
            }
            Callee::Library {
                behaviour,
                receiver,
                slot,
            } => Some(self.behave(run, state, instruction, behaviour, receiver, slot, given)),
            Callee::Unknown { receiver, makes } => {
                Some(self.call_unknown(run, state, instruction, receiver, makes, given))
            }
        }
    }

    /// A method of a constant text.
    fn folded(&mut self, _state: &State, target: Target, given: &Given) -> Option<Value> {
        let Target::Method { receiver, name, .. } = target else {
            return None;
        };
        let receiver = _state.slot(receiver);
        self.values.constants.known(receiver.constants)?;
        let name = self.values.constants.text(name).to_owned();
        let arguments: Vec<Value> = given.arguments.iter().map(|(value, _)| *value).collect();
        let constants = self.fold_method(receiver.constants, &name, &arguments)?;
        let mut taint = receiver.taint;
        for argument in arguments {
            taint = self.values.join_taints(taint, argument.taint);
        }
        Some(Value {
            taint,
            ..Value::constant(constants)
        })
    }

    /// Everything that a call may mean.
    pub(crate) fn callees(
        &mut self,
        run: &mut Run,
        state: &mut State,
        target: Target,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let mut found = match target {
            Target::Value(slot) => self.callees_of(run, state, state.slot(slot), given),
            Target::Method {
                receiver,
                name,
                declared,
            } => self.methods(run, state, receiver, name, declared, given),
            Target::Super {
                receiver,
                name,
                class,
            } => self.super_methods(state, receiver, name, class, given),
            Target::Construct {
                class,
                body,
                declared,
            } => match (body, declared) {
                (Some(body), _) => vec![Callee::Construct(body)],
                (None, Declared::Class(class)) => vec![Callee::Construct(class)],
                _ => self.constructors(run, state, class, given),
            },
        };
        let key = |callee: &Callee<'_>| match callee {
            Callee::Function {
                function, closure, ..
            }
            | Callee::Fill { function, closure } => (0, function.0, closure.map_or(0, |id| id.0 + 1)),
            Callee::Construct(class) => (1, class.0, 0),
            Callee::Library { .. } => (2, 0, 0),
            Callee::Unknown { .. } => (3, 0, 0),
        };
        // A library's and an unknown function's share of a call is the same however many objects lead to it.
        let mut seen = Vec::new();
        found.retain(|callee| {
            let key = key(callee);
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
        if found.len() > self.limits.implementations {
            self.limit(run.function, Limit::Implementations);
            found.truncate(self.limits.implementations);
        }
        found
    }

    /// What creating an object by a value may mean. A function that is no class fills a new object.
    fn constructors(
        &mut self,
        run: &mut Run,
        state: &mut State,
        class: Slot,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let callees = self.callees_of(run, state, state.slot(class), given);
        callees
            .into_iter()
            .map(|callee| match callee {
                Callee::Function {
                    function, closure, ..
                } => Callee::Fill { function, closure },
                other => other,
            })
            .collect()
    }

    /// What calling a value may mean.
    pub(crate) fn callees_of(
        &mut self,
        run: &mut Run,
        state: &mut State,
        value: Value,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let mut found = Vec::new();
        for id in self.values.object_list(value.objects).to_vec() {
            let name = self.values.object_name(id);
            match (name.base, name.kind) {
                (_, Kind::Function(function)) => {
                    let function = self.overload(function, given.count());
                    let receiver = state.object(id).and_then(|object| object.field(Key::Bound));
                    found.push(Callee::Function {
                        function,
                        receiver,
                        closure: Some(id),
                    });
                }
                (_, Kind::Class(class)) => found.push(Callee::Construct(class)),
                (Base::Imported(path), _) => found.extend(self.imported(run, state, path, given)),
                (Base::Given(symbol), Kind::Scope) => {
                    // A module that is called is what it exports as a whole.
                    let root = self.values.symbol_path(symbol).root;
                    let name = self.text_name("default");
                    let one = self.alone(value, id);
                    found.extend(self.scope_methods(run, state, root, one, name, given));
                }
                (_, Kind::Instance(class, below)) => {
                    // An object that can be called.
                    let call = self.text_name("__call__");
                    let receiver = self.alone(value, id);
                    found.extend(self.instance_methods(run, receiver, class, below, call, given));
                }
                _ => {}
            }
        }
        if found.is_empty() {
            // Whatever a tainted function gives back is tainted, too.
            found.push(Callee::Unknown {
                receiver: Some(value),
                makes: None,
            });
        }
        found
    }

    /// Of functions of one name the one that takes as much.
    fn overload(&self, function: FunctionId, arguments: u32) -> FunctionId {
        let takes = |function: FunctionId| {
            self.program
                .function(function)
                .is_some_and(|info| info.parameters == arguments)
        };
        let others = || {
            let info = self.program.function(function)?;
            let scope = self.program.scopes.get(info.file.index())?;
            let others = scope.overloads.get(&info.name?)?;
            others
                .contains(&function)
                .then(|| others.iter().copied().find(|&other| takes(other)))?
        };
        if takes(function) {
            return function;
        }
        others().unwrap_or(function)
    }

    /// What a path of imports is.
    pub(crate) fn entity(&mut self, from: FileId, path: Name) -> Entity {
        if let Some(&known) = self.entities.get(&path) {
            return known;
        }
        let text = self.values.constants.text(path).to_owned();
        let found = self.find_entity(from, &text).unwrap_or(Entity::Outside(path));
        self.entities.insert(path, found);
        found
    }

    fn find_entity(&mut self, from: FileId, path: &str) -> Option<Entity> {
        if self.program.language(from) != Language::Python {
            return None;
        }
        let names = &self.values.constants;
        if let Some(module) = self.program.tables.module(&self.program.files, from, path, names) {
            return Some(Entity::Module(module));
        }
        let (module, member) = path.rsplit_once('.')?;
        let module = self
            .program
            .tables
            .module(&self.program.files, from, module, names)?;
        let name = names.known_name(member)?;
        match self.program.exported(module, name) {
            Some((_, _, Binding::Function(function))) => Some(Entity::Function(function)),
            Some((_, _, Binding::Class(class))) => Some(Entity::Class(class)),
            Some((_, _, Binding::Import(Import::Module(module)))) => Some(Entity::Module(module)),
            Some((_, _, Binding::Import(Import::Outside(name)))) => Some(Entity::Outside(name)),
            Some((home, name, _)) => Some(Entity::Global(home, name)),
            None => self.program.class_named(module, name).map(Entity::Class),
        }
    }

    pub(super) fn imported(
        &mut self,
        run: &mut Run,
        state: &mut State,
        path: Name,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        match self.entity(run.file, path) {
            Entity::Function(function) => vec![Callee::Function {
                function,
                receiver: None,
                closure: None,
            }],
            Entity::Class(class) => vec![Callee::Construct(class)],
            Entity::Global(file, name) => {
                let scope = self.scope(Root::Module(file));
                let value = self.values.load(state, scope, Some(Key::Name(name)));
                let plain = self
                    .values
                    .object_list(value.objects)
                    .iter()
                    .all(|&id| !matches!(self.values.object_name(id).base, Base::Imported(_)));
                if plain {
                    self.callees_of(run, state, value, given)
                } else {
                    vec![self.outside(run, Some(path), None, None, None, given)]
                }
            }
            Entity::Outside(path) => vec![self.outside(run, Some(path), None, None, None, given)],
            Entity::Module(_) => vec![Callee::Unknown {
                receiver: None,
                makes: None,
            }],
        }
    }

    /// A function outside the program, with what is known of it.
    pub(super) fn outside(
        &mut self,
        run: &Run,
        qualified: Option<Name>,
        method: Option<Name>,
        receiver: Option<Value>,
        slot: Option<Slot>,
        given: &Given,
    ) -> Callee<'p> {
        match self.behaviour(run.file, qualified, method, given.count()) {
            Some(behaviour) => Callee::Library {
                behaviour,
                receiver,
                slot,
            },
            None => Callee::Unknown {
                receiver,
                makes: qualified.filter(|_| method.is_none()),
            },
        }
    }

    pub(crate) fn is_callable(&self, value: Value) -> bool {
        self.values.object_list(value.objects).iter().any(|&id| {
            matches!(
                self.values.object_name(id).kind,
                Kind::Function(_) | Kind::Class(_)
            )
        })
    }

    /// What becomes of what a function of which nothing is known is given.
    fn call_unknown(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        receiver: Option<Value>,
        makes: Option<Name>,
        given: &Given,
    ) -> Value {
        let mut taint = Taint::NONE;
        for value in receiver
            .into_iter()
            .chain(given.arguments.iter().map(|(value, _)| *value))
        {
            let deep = self.values.deep(state, value);
            taint = self.values.join_taints(taint, deep);
        }
        taint = self.values.restrict(taint, self.marks.through_calls);
        for &(value, _) in &given.arguments {
            let back = self.call_back(run, state, instruction, value, taint);
            if let Some(back) = back {
                let deep = self.values.deep(state, back);
                let deep = self.values.restrict(deep, self.marks.through_calls);
                taint = self.values.join_taints(taint, deep);
            }
            self.let_go(state, value);
        }
        let kind = makes.map_or(Kind::Unknown, Kind::Outside);
        self.fresh(run, kind).with_taint(taint)
    }

    /// A function that is given to one of which nothing is known may be called with anything.
    fn call_back(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        value: Value,
        taint: Taint,
    ) -> Option<Value> {
        if !self.is_callable(value) {
            return None;
        }
        let callees: Vec<Callee<'p>> = self
            .callees_of(run, state, value, &Given::none())
            .into_iter()
            .filter(|callee| matches!(callee, Callee::Function { .. }))
            .collect();
        let mut result = None;
        for callee in callees {
            let Callee::Function { function, .. } = callee else {
                continue;
            };
            let count = self.program.function(function).map_or(0, |info| info.parameters);
            let given = Given::plain((0..count.min(16)).map(|_| Value::tainted(taint)).collect());
            let mut after = state.clone();
            if let Some(value) = self.call_one(run, &mut after, instruction, callee, &given) {
                let lasting = state.slots.len();
                self.values.join_states(state, &after, lasting, false);
                let before = result.unwrap_or(Value::NOTHING);
                result = Some(self.values.join(before, value));
            }
        }
        result
    }

    /// What somebody unknown has seen is not known to be as it was.
    fn let_go(&mut self, state: &mut State, value: Value) {
        for id in self.values.object_list(value.objects).to_vec() {
            let Some(object) = state.object(id) else {
                continue;
            };
            let listed = matches!(
                self.values.object_name(id).kind,
                Kind::List | Kind::Map | Kind::Set | Kind::Tuple
            );
            if listed && object.closed {
                let mut object: Object = (**object).clone();
                object.length = None;
                object.resized = true;
                state.set_object(id, object);
            }
        }
    }

    /// Slots of arguments and receivers that the result of a call says are clean.
    pub(crate) fn guarded(
        &mut self,
        run: &mut Run,
        state: &mut State,
        target: Target,
        given: &[Argument],
    ) -> Vec<(Slot, bool)> {
        let all = Given::of(state, given);
        let mut found = Vec::new();
        for callee in self.callees(run, state, target, &all) {
            if let Callee::Library { behaviour, slot, .. } = callee {
                found.extend(super::library::guards(behaviour, slot, &all));
            }
        }
        found
    }
}
