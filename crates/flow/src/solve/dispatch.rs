//! Methods: what calling one may mean, by what is known of the object.

use bartizan_syntax::Language;

use crate::heap::State;
use crate::ir::{Declared, Slot};
use crate::limits::Limit;
use crate::program::{Binding, ClassId, FunctionId, Import};
use crate::solve::Engine;
use crate::solve::call::{Callee, Given};
use crate::solve::function::Run;
use crate::values::{Base, Key, Kind, Name, ObjectId, Root, Value};

impl<'p> Engine<'p> {
    /// What calling a method of a value may mean.
    pub(super) fn methods(
        &mut self,
        run: &mut Run,
        state: &mut State,
        slot: Slot,
        name: Name,
        declared: Declared,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let value = state.slot(slot);
        let ids = self.values.object_list(value.objects).to_vec();
        let mut found = Vec::new();
        let mut opaque = ids.is_empty();
        for id in ids {
            let known = self.values.object_name(id);
            let one = self.alone(value, id);
            let field = match state.object(id).and_then(|object| object.field(Key::Name(name))) {
                Some(field) => field,
                None if matches!(known.base, Base::Given(_)) && known.kind != Kind::Scope => {
                    self.values.load(state, one, Some(Key::Name(name)))
                }
                None => Value::NOTHING,
            };
            if self.is_callable(field) {
                let bound = self.rebound(run, state, field, one, given);
                found.extend(bound);
                continue;
            }
            match (known.base, known.kind) {
                (Base::Imported(path), _) => {
                    let text = format!(
                        "{}.{}",
                        self.values.constants.text(path),
                        self.values.constants.text(name)
                    );
                    let path = self.text_name(&text);
                    let callees = self.imported(run, state, path, given);
                    found.extend(callees.into_iter().map(|callee| with_receiver(callee, one, slot)));
                }
                (Base::Given(symbol), Kind::Scope) => {
                    let root = self.values.symbol_path(symbol).root;
                    found.extend(self.scope_methods(run, state, root, one, name, given));
                }
                (_, Kind::Instance(class, below)) => {
                    let methods = self.instance_methods(run, one, class, below, name, given);
                    if methods.is_empty() {
                        found.push(self.inherited_method(run, class, name, one, slot, given));
                    }
                    found.extend(methods);
                }
                (_, Kind::Class(class)) => {
                    found.extend(self.static_methods(run, class, name, one, slot, given))
                }
                (_, Kind::Function(function)) => {
                    found.extend(self.on_function(run, state, id, function, name, slot, given))
                }
                (_, Kind::Outside(kind)) => {
                    found.push(self.outside(run, Some(kind), Some(name), Some(one), Some(slot), given))
                }
                (_, Kind::List | Kind::Tuple | Kind::Set | Kind::Map) => {
                    let kind = self.builtin(run, known.kind);
                    found.push(self.outside(run, Some(kind), Some(name), Some(one), Some(slot), given));
                }
                _ => opaque = true,
            }
        }
        if opaque {
            found.extend(self.untyped(run, state, value, slot, name, declared, given));
        }
        found
    }

    /// A method of something whose type only a declaration tells, or nothing.
    #[allow(clippy::too_many_arguments, reason = "a call and its receiver")]
    fn untyped(
        &mut self,
        run: &mut Run,
        state: &mut State,
        value: Value,
        slot: Slot,
        name: Name,
        declared: Declared,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        match declared {
            Declared::Class(class) => {
                let found = self.instance_methods(run, value, class, true, name, given);
                if found.is_empty() {
                    vec![self.inherited_method(run, class, name, value, slot, given)]
                } else {
                    found
                }
            }
            Declared::Outside(kind) => {
                vec![self.outside(run, Some(kind), Some(name), Some(value), Some(slot), given)]
            }
            Declared::Nothing | Declared::Scalar => {
                let _ = state;
                let text = self
                    .values
                    .constants
                    .known(value.constants)
                    .is_some_and(|known| !known.is_empty());
                if text {
                    let kind = self.program.traits(run.file).text;
                    let kind = self.text_name(kind);
                    return vec![self.outside(run, Some(kind), Some(name), Some(value), Some(slot), given)];
                }
                if let Some(behaviour) = self.behaviour(run.file, None, Some(name), given.count()) {
                    return vec![Callee::Library {
                        behaviour,
                        receiver: Some(value),
                        slot: Some(slot),
                    }];
                }
                self.by_name(run, value, name, given)
            }
        }
    }

    /// Methods of the program with that name, when they are few; and something outside of it, which may be meant as well. Where types are
    /// declared, one that is not known is none of the program.
    fn by_name(&mut self, run: &Run, value: Value, name: Name, given: &Given) -> Vec<Callee<'p>> {
        const FEW: usize = 3;
        let mut found = vec![Callee::Unknown {
            receiver: Some(value),
            makes: None,
        }];
        let language = self.program.language(run.file);
        if matches!(language, Language::Java | Language::Go | Language::CSharp) {
            return found;
        }
        let named = self
            .program
            .methods_named
            .get(&name)
            .map_or(&[][..], Vec::as_slice);
        let fits = |id: &FunctionId| {
            self.program.function(*id).is_some_and(|info| {
                let fits = info.parameters == given.count() || self.program.traits(info.file).bare_calls;
                fits && self.program.language(info.file) == language
            })
        };
        let fitting: Vec<FunctionId> = named.iter().copied().filter(fits).collect();
        if fitting.len() <= FEW {
            found.extend(fitting.into_iter().map(|function| Callee::Function {
                function,
                receiver: Some(value),
                closure: None,
            }));
        }
        found
    }

    /// A function that is a field is called on the object.
    fn rebound(
        &mut self,
        run: &mut Run,
        state: &mut State,
        field: Value,
        receiver: Value,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let callees = self.callees_of(run, state, field, given);
        callees
            .into_iter()
            .map(|callee| match callee {
                Callee::Function {
                    function,
                    receiver: None,
                    closure,
                } => Callee::Function {
                    function,
                    receiver: Some(receiver),
                    closure,
                },
                other => other,
            })
            .collect()
    }

    pub(super) fn scope_methods(
        &mut self,
        run: &mut Run,
        state: &mut State,
        root: Root,
        one: Value,
        name: Name,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let unknown = Callee::Unknown {
            receiver: Some(one),
            makes: None,
        };
        let Root::Module(file) = root else {
            return vec![unknown];
        };
        match self.program.exported(file, name) {
            Some((_, _, Binding::Function(function))) => vec![Callee::Function {
                function,
                receiver: None,
                closure: None,
            }],
            Some((_, _, Binding::Class(class))) => vec![Callee::Construct(class)],
            Some((_, _, Binding::Import(Import::Outside(path)))) => self.imported(run, state, path, given),
            _ => match self.program.class_named(file, name) {
                Some(class) => vec![Callee::Construct(class)],
                None => {
                    let scope = self.scope(root);
                    let value = self.values.load(state, scope, Some(Key::Name(name)));
                    self.callees_of(run, state, value, given)
                }
            },
        }
    }

    pub(crate) fn instance_methods(
        &mut self,
        run: &Run,
        receiver: Value,
        class: ClassId,
        below: bool,
        name: Name,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let count = Some(given.count());
        let functions = if below {
            let most = self.limits.implementations;
            let (found, more) = self.program.implementations(class, name, count, most);
            if more {
                self.limit(run.function, Limit::Implementations);
            }
            found
        } else {
            self.program.method(class, name, count).into_iter().collect()
        };
        functions
            .into_iter()
            .filter(|&function| self.code(function).is_some())
            .map(|function| Callee::Function {
                function,
                receiver: Some(receiver),
                closure: self.values.object_list(receiver.objects).first().copied(),
            })
            .collect()
    }

    /// A method that a class has from something outside the program.
    fn inherited_method(
        &mut self,
        run: &Run,
        class: ClassId,
        name: Name,
        receiver: Value,
        slot: Slot,
        given: &Given,
    ) -> Callee<'p> {
        for class in self.program.lineage(class) {
            let outside = self
                .program
                .class(class)
                .map_or_else(Vec::new, |info| info.outside.clone());
            for kind in outside {
                if let Some(behaviour) = self.behaviour(run.file, Some(kind), Some(name), given.count()) {
                    return Callee::Library {
                        behaviour,
                        receiver: Some(receiver),
                        slot: Some(slot),
                    };
                }
            }
        }
        self.outside(run, None, Some(name), Some(receiver), Some(slot), given)
    }

    fn static_methods(
        &mut self,
        run: &Run,
        class: ClassId,
        name: Name,
        one: Value,
        slot: Slot,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let Some(function) = self.program.method(class, name, Some(given.count())) else {
            if self.program.traits(run.file).maker == Some(self.values.constants.text(name)) {
                return vec![Callee::Construct(class)];
            }
            return vec![self.inherited_method(run, class, name, one, slot, given)];
        };
        vec![Callee::Function {
            function,
            receiver: None,
            closure: None,
        }]
    }

    /// A method of a function: `call` and `apply` of JavaScript; of a functional interface it is the function itself.
    #[allow(clippy::too_many_arguments, reason = "a call and its receiver")]
    fn on_function(
        &mut self,
        run: &mut Run,
        state: &mut State,
        id: ObjectId,
        function: FunctionId,
        name: Name,
        slot: Slot,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let receiver = state.object(id).and_then(|object| object.field(Key::Bound));
        let callee = Callee::Function {
            function,
            receiver,
            closure: Some(id),
        };
        let calls = match self.program.language(run.file) {
            Language::Java | Language::Python => true,
            _ => self.program.traits(run.file).invoke == Some(self.values.constants.text(name)),
        };
        if !calls {
            let value = state.slot(slot);
            return vec![self.outside(run, None, Some(name), Some(value), Some(slot), given)];
        }
        vec![callee]
    }

    pub(super) fn super_methods(
        &mut self,
        state: &State,
        receiver: Slot,
        name: Name,
        class: ClassId,
        given: &Given,
    ) -> Vec<Callee<'p>> {
        let value = state.slot(receiver);
        let parents = self
            .program
            .class(class)
            .map_or_else(Vec::new, |info| info.parents.clone());
        let count = Some(given.count());
        let constructor = self
            .program
            .constructor(class, given.count(), &self.values.constants)
            .and_then(|function| self.program.function(function)?.name);
        for parent in parents {
            let found = self.program.method(parent, name, count).or_else(|| {
                let wanted = constructor == Some(name)
                    || self.program.class(parent).and_then(|info| info.name) == Some(name);
                if wanted {
                    let constructor = self
                        .program
                        .constructor(parent, given.count(), &self.values.constants);
                    let primary = self.program.primary(parent, constructor, given.count());
                    primary.or(constructor)
                } else {
                    None
                }
            });
            if let Some(function) = found {
                return vec![Callee::Function {
                    function,
                    receiver: Some(value),
                    closure: None,
                }];
            }
        }
        vec![Callee::Unknown {
            receiver: Some(value),
            makes: None,
        }]
    }

    /// The name that libraries know a container of a language by.
    fn builtin(&mut self, run: &Run, kind: Kind) -> Name {
        let traits = self.program.traits(run.file);
        let text = match (self.program.language(run.file), kind) {
            (Language::Python, Kind::Tuple) => "tuple",
            (Language::Python, Kind::Set) => "set",
            (_, Kind::List | Kind::Tuple | Kind::Set) => traits.list,
            (_, _) => traits.map,
        };
        self.text_name(text)
    }
}

fn with_receiver<'p>(callee: Callee<'p>, receiver: Value, slot: Slot) -> Callee<'p> {
    match callee {
        Callee::Library { behaviour, .. } => Callee::Library {
            behaviour,
            receiver: Some(receiver),
            slot: Some(slot),
        },
        Callee::Unknown { makes, .. } => Callee::Unknown {
            receiver: Some(receiver),
            makes,
        },
        other => other,
    }
}
