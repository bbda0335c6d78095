//! Fields and methods: what a name means on an object.

use bartizan_syntax::{Flags, Kind as Node};

use crate::heap::{Object, State};
use crate::ir::{Declared, Instruction, Slot};
use crate::program::{Binding, ClassId, FileId, FunctionId, Import};
use crate::solve::Engine;
use crate::solve::call::{Callee, Entity, Given};
use crate::solve::function::Run;
use crate::values::{Base, Key, Kind, Name, ObjectId, Root, Value};

impl Engine<'_> {
    /// Reads a field; a getter runs. Says whether control comes out of it.
    pub(crate) fn field(
        &mut self,
        run: &mut Run,
        state: &mut State,
        instruction: Instruction,
        object: Slot,
        name: Name,
        declared: Declared,
    ) -> bool {
        let value = state.slot(object);
        let ids = self.values.object_list(value.objects).to_vec();
        if let Some(length) = self.length_field(run, state, value, name) {
            state.set_slot(instruction.target, length);
            return true;
        }
        let mut result = Value::NOTHING;
        let mut getters = Vec::new();
        for &id in &ids {
            let part = match self.member(run, state, id, name) {
                Member::Value(part) => part,
                Member::Getter(function) => {
                    getters.push(Callee::Function {
                        function,
                        receiver: Some(self.alone(value, id)),
                        closure: None,
                    });
                    continue;
                }
                Member::Unknown => {
                    let one = self.alone(value, id);
                    self.values.load(state, one, Some(Key::Name(name)))
                }
            };
            result = self.values.join(result, part);
        }
        if ids.is_empty() {
            result = self.values.load(state, value, Some(Key::Name(name)));
        } else if self.is_opaque(state, &ids) {
            result.taint = self.values.join_taints(result.taint, value.taint);
        }
        if result.objects == crate::values::Objects::NONE
            && declared != Declared::Nothing
            && declared != Declared::Scalar
        {
            let kind = super::function::declared_kind(declared);
            result.objects = self.fresh(run, kind).objects;
        }
        if self.is_length_of_array(run, &ids, name) {
            result = self.scalar(result);
        }
        if getters.is_empty() {
            state.set_slot(instruction.target, result);
            return true;
        }
        let given = Given::none();
        let ends = self.call_all(run, state, instruction, getters, &given);
        let got = self.values.join(state.slot(instruction.target), result);
        state.set_slot(instruction.target, got);
        ends
    }

    /// Whether a field is the number of elements of an array: only objects of the program's own classes have another field of that name.
    fn is_length_of_array(&self, run: &Run, ids: &[ObjectId], name: Name) -> bool {
        self.program.traits(run.file).length_is_number
            && self.values.constants.text(name) == "length"
            && !ids.iter().any(|&id| {
                matches!(
                    self.values.object_name(id).kind,
                    Kind::Instance(..) | Kind::Class(_)
                )
            })
    }

    /// Whether objects tell nothing of their fields, so that the taint of the reference is that of what lies in them.
    fn is_opaque(&self, state: &State, ids: &[ObjectId]) -> bool {
        ids.iter().all(|&id| {
            matches!(self.values.object_name(id).base, Base::Imported(_)) && state.object(id).is_none()
        })
    }

    pub(crate) fn alone(&mut self, value: Value, id: ObjectId) -> Value {
        Value {
            objects: self.values.objects_of(vec![id]),
            ..value
        }
    }

    /// `length`, where it is a field.
    fn length_field(&mut self, run: &Run, state: &State, value: Value, name: Name) -> Option<Value> {
        if self.program.language(run.file) == bartizan_syntax::Language::Python
            || self.values.constants.text(name) != "length"
        {
            return None;
        }
        if let Some(constants) = self.fold_method(value.constants, "length", &[]) {
            return Some(Value::constant(constants));
        }
        let length = self.values.length_of(state, value)?;
        let constants = self.number(length as usize);
        Some(Value::constant(constants))
    }

    /// What a name means on an object.
    fn member(&mut self, run: &Run, state: &mut State, id: ObjectId, name: Name) -> Member {
        let known = self.values.object_name(id);
        if state
            .object(id)
            .is_some_and(|object| object.field(Key::Name(name)).is_some())
        {
            return Member::Unknown;
        }
        match (known.base, known.kind) {
            (Base::Imported(path), _) => {
                let text = format!(
                    "{}.{}",
                    self.values.constants.text(path),
                    self.values.constants.text(name)
                );
                let path = self.text_name(&text);
                Member::Value(self.entity_value(run, state, path))
            }
            (Base::Given(symbol), Kind::Scope) => {
                let place = self.values.symbol_path(symbol);
                match (place.root, place.path.is_empty()) {
                    (Root::Module(file), true) => self.module_member(run, state, file, name),
                    _ => Member::Unknown,
                }
            }
            (_, Kind::Instance(class, below)) => self.instance_member(run, state, id, class, below, name),
            (_, Kind::Class(class)) => self.class_member(run, state, class, name),
            _ => Member::Unknown,
        }
    }

    fn module_member(&mut self, run: &Run, state: &mut State, file: FileId, name: Name) -> Member {
        match self.program.exported(file, name) {
            Some((_, _, Binding::Variable)) => Member::Unknown,
            Some((home, found, binding)) => {
                let entity = match binding {
                    Binding::Function(function) => Entity::Function(function),
                    Binding::Class(class) => Entity::Class(class),
                    Binding::Import(Import::Module(module)) => Entity::Module(module),
                    Binding::Import(Import::Outside(name)) => Entity::Outside(name),
                    Binding::Literal(_) | Binding::Variable | Binding::Import(Import::Member(..)) => {
                        Entity::Global(home, found)
                    }
                };
                Member::Value(self.value_of(run, state, entity))
            }
            None => match self.program.class_named(file, name) {
                Some(class) => Member::Value(self.value_of(run, state, Entity::Class(class))),
                None => Member::Unknown,
            },
        }
    }

    fn instance_member(
        &mut self,
        run: &Run,
        state: &mut State,
        id: ObjectId,
        class: ClassId,
        below: bool,
        name: Name,
    ) -> Member {
        let file = self.program.class(class).map(|info| info.file);
        let apart = file.is_some_and(|file| self.program.traits(file).fields_apart);
        if apart && self.program.field(class, name).is_some() {
            return Member::Unknown;
        }
        if let Some(function) = self.program.method(class, name, None) {
            if self.is_getter(function) {
                return Member::Getter(function);
            }
            if self.program.traits(run.file).dollars {
                // Fields and methods may have the same names.
                return Member::Unknown;
            }
            let own = self.values.objects_of(vec![id]);
            let receiver = Value {
                objects: own,
                ..Value::ANY
            };
            return Member::Value(self.bound(run, state, function, receiver));
        }
        // What no instance has of its own may be a field of the class.
        let lineage = self.program.lineage(class);
        let found = lineage.into_iter().find_map(|class| {
            let scope = self.scope(Root::Class(class));
            let ids = self.values.object_list(scope.objects).to_vec();
            let set = ids.iter().any(|&id| {
                state
                    .object(id)
                    .is_some_and(|object| object.field(Key::Name(name)).is_some())
            });
            let declared = self.program.class(class).is_some_and(|info| {
                info.fields
                    .iter()
                    .any(|field| field.name == name && field.is_static)
            });
            (set || declared).then_some(scope)
        });
        match found {
            Some(scope)
                if !below
                    || self
                        .program
                        .field(class, name)
                        .is_some_and(|(_, field)| field.is_static) =>
            {
                let own = self.values.objects_of(vec![id]);
                let own = self.values.load(
                    state,
                    Value {
                        objects: own,
                        ..Value::NOTHING
                    },
                    Some(Key::Name(name)),
                );
                let shared = self.values.load(state, scope, Some(Key::Name(name)));
                Member::Value(self.values.join(shared, own))
            }
            _ => Member::Unknown,
        }
    }

    fn class_member(&mut self, run: &Run, state: &mut State, class: ClassId, name: Name) -> Member {
        if let Some(function) = self.program.method(class, name, None) {
            return Member::Value(self.function_value(run, state, function));
        }
        if let Some(inner) = self.program.inner_class(class, name) {
            return Member::Value(self.value_of(run, state, Entity::Class(inner)));
        }
        if let Some((home, field)) = self.program.field(class, name)
            && let Some(literal) = field.literal
            && let Some(file) = self
                .program
                .class(home)
                .and_then(|info| self.program.file(info.file))
        {
            let constants = crate::lower::literal_constant(file.ast, literal, &mut self.values.constants);
            return Member::Value(Value::constant(constants));
        }
        for class in self.program.lineage(class) {
            let scope = self.scope(Root::Class(class));
            let declared = self
                .program
                .class(class)
                .is_some_and(|info| info.fields.iter().any(|field| field.name == name));
            let ids = self.values.object_list(scope.objects).to_vec();
            let set = ids.iter().any(|&id| {
                state
                    .object(id)
                    .is_some_and(|object| object.field(Key::Name(name)).is_some())
            });
            if declared || set {
                return Member::Value(self.values.load(state, scope, Some(Key::Name(name))));
            }
        }
        let scope = self.scope(Root::Class(class));
        Member::Value(self.values.load(state, scope, Some(Key::Name(name))))
    }

    fn is_getter(&self, function: FunctionId) -> bool {
        let Some(info) = self.program.function(function) else {
            return false;
        };
        let Some(ast) = self.program.file(info.file).map(|file| file.ast) else {
            return false;
        };
        if ast.kind(info.node) != Node::Function {
            // A property that is an expression
            return ast.kind(info.node) == Node::Block && info.class.is_some();
        }
        let traits = self.program.traits(info.file);
        (traits.calls_by_name || ast.node(info.node).flags.has(Flags::ACCESSOR)) && info.parameters == 0
            || ast.child(info.node, 0).is_some_and(|list| {
                ["property", "cached_property"]
                    .iter()
                    .any(|word| crate::program::has_modifier(ast, list, word))
            })
    }

    /// A method with the object that it belongs to.
    fn bound(&mut self, run: &Run, state: &mut State, function: FunctionId, receiver: Value) -> Value {
        let mut object = Object::open();
        object.set(Key::Bound, receiver);
        self.values
            .make(state, Base::Made(run.at), Kind::Function(function), object)
            .0
    }

    /// What a name or path of the program is as a value.
    pub(crate) fn value_of(&mut self, run: &Run, state: &mut State, entity: Entity) -> Value {
        match entity {
            Entity::Function(function) => self.function_value(run, state, function),
            Entity::Class(class) => {
                let symbol = self.values.symbol(Root::Class(class), &[]);
                self.values.reference(crate::values::ObjectName {
                    base: Base::Given(symbol),
                    kind: Kind::Class(class),
                    older: false,
                })
            }
            Entity::Module(file) => self.scope(Root::Module(file)),
            Entity::Global(file, name) => {
                if let Some((home, Binding::Literal(literal))) = self.program.global(file, name)
                    && let Some(file) = self.program.file(home)
                {
                    let constants =
                        crate::lower::literal_constant(file.ast, literal, &mut self.values.constants);
                    return Value::constant(constants);
                }
                let scope = self.scope(Root::Module(file));
                self.values.load(state, scope, Some(Key::Name(name)))
            }
            Entity::Outside(name) => self.values.reference(crate::values::ObjectName {
                base: Base::Imported(name),
                kind: Kind::Unknown,
                older: false,
            }),
        }
    }

    fn entity_value(&mut self, run: &Run, state: &mut State, path: Name) -> Value {
        let entity = self.entity(run.file, path);
        self.value_of(run, state, entity)
    }

    fn function_value(&mut self, run: &Run, state: &mut State, function: FunctionId) -> Value {
        self.closure(run, state, function)
    }
}

/// What a name means on an object.
enum Member {
    Value(Value),
    Getter(FunctionId),
    /// An entry like any other
    Unknown,
}
