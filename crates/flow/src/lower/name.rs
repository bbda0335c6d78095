//! What names mean where they stand: variables of this function and of those around it, fields, names of the file, imports.

use bartizan_syntax::{Kind, Language, NodeId};

use crate::ir::{Declared, Lvalue, Op, Slot};
use crate::lower::{Lowering, Variable};
use crate::program::{Binding, ClassId, FileId, Import, own_name};
use crate::table::Map;
use crate::values::{Key, Name, Root};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    Local(Slot, Declared),
    /// A variable of a function around, or a name of a module or class
    Outer(Root, Key, Declared),
    /// A field of the object at hand, or of one around it
    Field(Slot, Name, Declared),
    /// Something that never changes
    Fixed(FileId, Binding),
    Class(ClassId),
    Outside(Name),
    Unknown,
}

impl Lowering<'_, '_> {
    /// Declares a variable in the innermost scope; at the top of a file, names of the outermost scope are those of the module.
    pub(super) fn declare(&mut self, name: Name, declared: Declared) {
        let module = self.in_module();
        let Some(frame) = self.frame() else {
            return;
        };
        if module && frame.scopes.len() == 1 {
            return;
        }
        if let Some(scope) = frame.scopes.last()
            && let Some(known) = scope.get(&name)
            && (declared == Declared::Nothing || known.declared == declared)
        {
            return;
        }
        let slot = frame
            .scopes
            .last()
            .and_then(|scope| scope.get(&name))
            .map(|known| known.slot);
        let slot = slot.unwrap_or_else(|| frame.variable());
        if let Some(scope) = frame.scopes.last_mut() {
            scope.insert(
                name,
                Variable {
                    slot,
                    declared,
                    is_reference: false,
                },
            );
        }
    }

    /// The same, where a name that is declared anew hides one of the same scope.
    pub(super) fn declare_anew(&mut self, name: Name, declared: Declared) {
        let module = self.in_module();
        let Some(frame) = self.frame() else {
            return;
        };
        if module && frame.scopes.len() == 1 {
            return;
        }
        let slot = frame.variable();
        if let Some(scope) = frame.scopes.last_mut() {
            scope.insert(
                name,
                Variable {
                    slot,
                    declared,
                    is_reference: false,
                },
            );
        }
    }

    pub(super) fn meaning(&mut self, name: Name) -> Meaning {
        if let Some(found) = self.variable_of(name).or_else(|| self.of_dialect(name)) {
            return found;
        }
        if self.traits().own_type == Some(self.names.text(name))
            && let Some(class) = self.program.class_around(self.function())
        {
            return Meaning::Class(class);
        }
        if self.traits().bare_members
            && let Some(field) = self.field_around(name)
        {
            return field;
        }
        if self.traits().bare_members
            && self.ast.language() != Language::Java
            && let Some(method) = self.method_around(name)
        {
            return method;
        }
        if let Some((home, binding)) = self.program.global(self.file, name) {
            return self.global(home, name, binding);
        }
        if matches!(self.program.language(self.file), Language::Java) {
            if let Some(class) = self.program.class_named(self.file, name) {
                return Meaning::Class(class);
            }
            let text = self.names.text(name).to_owned();
            // By convention a name that begins like this is the first part of a package.
            if text.starts_with(char::is_lowercase) {
                return Meaning::Outside(name);
            }
            return match self
                .program
                .named_type(self.file, &text, self.library, self.names)
            {
                Declared::Class(class) => Meaning::Class(class),
                Declared::Outside(name) => Meaning::Outside(name),
                _ => Meaning::Unknown,
            };
        }
        if let Some(found) = self.wildcard(name) {
            return found;
        }
        Meaning::Outside(name)
    }

    /// What stands in a block with a name (`ns::f`, `module::T`) and is known to the file by its last name.
    pub(super) fn in_name_space(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        if !self.traits().name_spaces || self.marks.of(node).is_some() {
            return None;
        }
        let (mut object, name) = (ast.child(node, 0)?, ast.child(node, 1)?);
        while ast.kind(object) == Kind::Member {
            object = ast.child(object, 0)?;
        }
        let outermost = match ast.kind(object) {
            Kind::Name => {
                let object = self.name(object);
                matches!(self.meaning(object), Meaning::Outside(_))
            }
            // `self::f` and `super::f` of Rust
            Kind::Super => true,
            _ => false,
        };
        if !outermost {
            return None;
        }
        let name = self.names.name(own_name(ast, name));
        let (home, binding) = self.program.global(self.file, name)?;
        match self.global(home, name, binding) {
            Meaning::Class(class) => Some(self.emit(Op::Class(class), node)),
            Meaning::Fixed(home, binding) => Some(self.fixed(home, binding, node)),
            Meaning::Outer(root, key, _) => Some(self.emit(Op::Outer(root, key), node)),
            _ => None,
        }
    }

    /// What a name is, as far as variables go.
    pub(super) fn meaning_of_variable(&self, name: Name) -> Option<Meaning> {
        self.variable_of(name)
    }

    fn variable_of(&self, name: Name) -> Option<Meaning> {
        let innermost = self.frames.len();
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            if depth + 1 == innermost && frame.elsewhere.contains(&name) {
                if frame.sees.is_some() {
                    break;
                }
                continue;
            }
            let found = frame.scopes.iter().rev().find_map(|scope| scope.get(&name));
            let hides = frame.sees.as_ref().is_some_and(|seen| !seen.contains(&name));
            if let Some(variable) = found {
                return Some(if depth + 1 == innermost {
                    Meaning::Local(variable.slot, variable.declared)
                } else {
                    let key = Key::Variable(frame.function, variable.slot.0);
                    Meaning::Outer(Root::Frame(frame.function), key, variable.declared)
                });
            }
            if hides {
                break;
            }
        }
        None
    }

    /// A field of the class at hand, of those above it and of those around it.
    fn field_around(&mut self, name: Name) -> Option<Meaning> {
        let mut class = self.program.class_around(self.function());
        for _ in 0..32 {
            let at = class?;
            if let Some((home, field)) = self.program.field(at, name) {
                if let Some(literal) = field.literal {
                    let file = self.program.class(home)?.file;
                    return Some(Meaning::Fixed(file, Binding::Literal(literal)));
                }
                if field.is_static {
                    return Some(Meaning::Outer(Root::Class(home), Key::Name(name), field.declared));
                }
                let this = self.receiver_for(Some(at));
                return this.map(|this| Meaning::Field(this, name, field.declared));
            }
            class = self.program.class(at)?.outer;
        }
        None
    }

    /// A method of the class at hand or of one around it, as a value.
    fn method_around(&mut self, name: Name) -> Option<Meaning> {
        let mut class = self.program.class_around(self.function());
        for _ in 0..32 {
            let at = class?;
            if let Some(method) = self.program.method(at, name, None) {
                let is_static = self.program.function(method).is_some_and(|info| info.is_static);
                let node = self
                    .program
                    .function(method)
                    .map_or(NodeId::ROOT, |info| info.node);
                let receiver = if is_static {
                    None
                } else {
                    self.receiver_for(Some(at))
                };
                let receiver = receiver.unwrap_or_else(|| self.emit(Op::Class(at), node));
                return Some(Meaning::Field(receiver, name, Declared::Nothing));
            }
            class = self.program.class(at)?.outer;
        }
        None
    }

    /// The object at hand: the receiver of this function, or of the nearest one around that has one (whose class has `class` in its line).
    pub(super) fn receiver_for(&mut self, class: Option<ClassId>) -> Option<Slot> {
        let innermost = self.frames.len();
        let mut found = None;
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let Some(slot) = frame.receiver else {
                continue;
            };
            let own = self.program.function(frame.function).and_then(|info| info.class);
            let fits = match (class, own) {
                (Some(wanted), Some(own)) => self.program.lineage(own).contains(&wanted),
                (Some(_), None) => false,
                (None, _) => true,
            };
            if fits {
                found = Some((depth, frame.function, slot));
                break;
            }
        }
        let (depth, function, slot) = found?;
        if depth + 1 == innermost {
            return Some(slot);
        }
        let node = self
            .program
            .function(self.function())
            .map_or(NodeId::ROOT, |info| info.node);
        Some(self.emit(
            Op::Outer(Root::Frame(function), Key::Variable(function, slot.0)),
            node,
        ))
    }

    fn global(&self, home: FileId, name: Name, binding: Binding) -> Meaning {
        let key = Key::Name(name);
        match binding {
            Binding::Variable => Meaning::Outer(Root::Module(home), key, Declared::Nothing),
            Binding::Import(Import::Member(from, member)) => match self.program.exported(from, member) {
                Some((_, _, Binding::Class(class))) => Meaning::Class(class),
                Some((home, member, Binding::Variable)) => {
                    Meaning::Outer(Root::Module(home), Key::Name(member), Declared::Nothing)
                }
                Some((home, _, binding)) => Meaning::Fixed(home, binding),
                None => match self.program.class_named(from, member) {
                    Some(class) => Meaning::Class(class),
                    None => Meaning::Outer(Root::Module(from), Key::Name(member), Declared::Nothing),
                },
            },
            Binding::Import(Import::Outside(name)) => Meaning::Outside(name),
            Binding::Class(class) => Meaning::Class(class),
            fixed => Meaning::Fixed(home, fixed),
        }
    }

    /// A name that `from m import *` may have brought.
    fn wildcard(&self, name: Name) -> Option<Meaning> {
        let wildcards = &self.program.scopes.get(self.file.index())?.wildcards;
        wildcards.iter().find_map(|&path| {
            let path = self.names.text(path);
            let module = self
                .program
                .tables
                .module(&self.program.files, self.file, path, self.names)?;
            let (home, binding) = self.program.global(module, name)?;
            Some(self.global(home, name, binding))
        })
    }

    /// Reads a name.
    pub(super) fn read(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let name = self.name(node);
        match self.meaning(name) {
            Meaning::Local(slot, _) => (slot, Lvalue::Slot(slot)),
            Meaning::Outer(root, key, _) => (self.emit(Op::Outer(root, key), node), Lvalue::Outer(root, key)),
            Meaning::Field(object, name, declared) => {
                let slot = self.emit(
                    Op::Field {
                        object,
                        name,
                        declared,
                    },
                    node,
                );
                (slot, Lvalue::Field(object, name))
            }
            Meaning::Fixed(home, binding) => (self.fixed(home, binding, node), Lvalue::None),
            Meaning::Class(class) => (self.emit(Op::Class(class), node), Lvalue::None),
            Meaning::Outside(name) => (self.emit(Op::Imported(name), node), Lvalue::None),
            Meaning::Unknown => (self.unknown(node), Lvalue::None),
        }
    }

    pub(super) fn fixed(&mut self, home: FileId, binding: Binding, node: NodeId) -> Slot {
        let op = match binding {
            Binding::Function(function) => Op::Function(function),
            Binding::Class(class) => Op::Class(class),
            Binding::Import(Import::Module(module)) => Op::Module(module),
            Binding::Import(Import::Outside(name)) => Op::Imported(name),
            Binding::Literal(literal) => match self.program.file(home) {
                Some(file) => Op::Constant(super::literal::constant(file.ast, literal, self.names)),
                None => Op::Unknown,
            },
            Binding::Variable | Binding::Import(Import::Member(..)) => Op::Unknown,
        };
        self.emit(op, node)
    }

    /// Assigns to a name.
    pub(super) fn write(&mut self, node: NodeId, value: Slot) -> Lvalue {
        let name = self.name(node);
        self.write_name(name, node, value)
    }

    pub(super) fn write_name(&mut self, name: Name, node: NodeId, value: Slot) -> Lvalue {
        match self.written(name) {
            Meaning::Local(slot, declared) => {
                if self.is_reference(name) {
                    let (object, name) = (slot, self.names.name("*"));
                    self.emit(Op::SetField { object, name, value }, node);
                }
                self.emit_to(slot, Op::Assign(value, declared), node);
                Lvalue::Slot(slot)
            }
            Meaning::Field(object, name, _) => {
                if let Some(setter) = self.setter(self.ast.text(node)) {
                    self.call_setter(node, (object, Declared::Nothing), setter, value);
                    return Lvalue::Field(object, name);
                }
                self.emit(Op::SetField { object, name, value }, node);
                Lvalue::Field(object, name)
            }
            Meaning::Outer(root, key, _) => {
                self.emit(Op::SetOuter(root, key, value), node);
                Lvalue::Outer(root, key)
            }
            _ => {
                let (root, key) = (Root::Module(self.file), Key::Name(name));
                self.emit(Op::SetOuter(root, key, value), node);
                Lvalue::Outer(root, key)
            }
        }
    }

    fn is_reference(&self, name: Name) -> bool {
        let scopes = self.frames.last().map_or(&[][..], |frame| &frame.scopes);
        scopes
            .iter()
            .rev()
            .find_map(|scope| scope.get(&name))
            .is_some_and(|variable| variable.is_reference)
    }

    fn written(&mut self, name: Name) -> Meaning {
        if let Some(found) = self.variable_of(name).or_else(|| self.of_dialect(name)) {
            return found;
        }
        if self.traits().bare_members
            && let Some(field) = self.field_around(name)
        {
            return field;
        }
        let home = self
            .program
            .global(self.file, name)
            .map_or(self.file, |(home, _)| home);
        Meaning::Outer(Root::Module(home), Key::Name(name), Declared::Nothing)
    }

    /// What a type means where it stands.
    pub(super) fn declared(&mut self, node: Option<NodeId>) -> Declared {
        if let Some(node) = node
            && self
                .traits()
                .own_type
                .is_some_and(|own| self.type_name(node) == own)
            && let Some(class) = self.program.class_around(self.function())
        {
            return Declared::Class(class);
        }
        self.program.declared(self.file, node, self.library, self.names)
    }

    /// The name that a type is written with.
    fn type_name(&self, node: NodeId) -> &str {
        let ast = self.ast;
        let mut at = node;
        while matches!(ast.kind(at), Kind::Type | Kind::ArrayType)
            && let Some(inner) = ast.child(at, 0)
        {
            at = inner;
        }
        ast.text(at)
    }

    /// What is known of the type of an expression from declarations.
    pub(super) fn declared_of(&mut self, node: NodeId) -> Declared {
        match self.ast.kind(node) {
            Kind::Name if self.is_this(node) => self.declared_this(),
            Kind::Name => {
                let name = self.name(node);
                match self.meaning(name) {
                    Meaning::Local(_, declared)
                    | Meaning::Outer(_, _, declared)
                    | Meaning::Field(_, _, declared) => declared,
                    _ => Declared::Nothing,
                }
            }
            Kind::This => self.declared_this(),
            Kind::Member => {
                let (Some(object), Some(name)) = (self.ast.child(node, 0), self.ast.child(node, 1)) else {
                    return Declared::Nothing;
                };
                let Declared::Class(class) = self.deeper(Declared::Nothing, |this| this.declared_of(object))
                else {
                    return Declared::Nothing;
                };
                let name = self.name(name);
                self.program
                    .field(class, name)
                    .map_or(Declared::Nothing, |(_, field)| field.declared)
            }
            Kind::Cast | Kind::New => {
                let kind = self.ast.child(node, 0);
                self.declared(kind)
            }
            Kind::Str | Kind::Template => {
                let text = self.traits().text;
                Declared::Outside(self.names.name(text))
            }
            Kind::Await => match self.ast.child(node, 0) {
                Some(inner) => self.deeper(Declared::Nothing, |this| this.declared_of(inner)),
                None => Declared::Nothing,
            },
            _ => Declared::Nothing,
        }
    }

    fn declared_this(&self) -> Declared {
        let class = self.program.class_around(self.function());
        class.map_or(Declared::Nothing, Declared::Class)
    }

    /// Names that a body assigns, where a language makes them variables of the whole function.
    pub(super) fn declare_assigned(&mut self, body: NodeId) {
        let ast = self.ast;
        let mut skip: Option<NodeId> = None;
        let mut found: Map<Name, ()> = Map::default();
        let mut order = Vec::new();
        let mut elsewhere = Vec::new();
        for id in ast.subtree(body) {
            if skip.is_some_and(|outer| ast.holds(outer, id)) {
                continue;
            }
            skip = None;
            let mut bind = |this: &mut Self, node: NodeId| {
                if this.is_never_local(node) {
                    return;
                }
                let name = this.name(node);
                if found.insert(name, ()).is_none() {
                    order.push(name);
                }
            };
            match ast.kind(id) {
                Kind::Function | Kind::Class if id != body => {
                    if let Some(name) = ast.child(id, 1) {
                        bind(self, name);
                    }
                    skip = Some(id);
                }
                Kind::Lambda | Kind::Comprehension if id != body => skip = Some(id),
                Kind::Global => {
                    for &name in ast.children(id) {
                        elsewhere.push(self.name(name));
                    }
                }
                Kind::Import | Kind::ImportFrom => {
                    for name in self.bound_by_import(id) {
                        if found.insert(name, ()).is_none() {
                            order.push(name);
                        }
                    }
                }
                Kind::Name if is_target(ast, id) => bind(self, id),
                _ => {}
            }
        }
        for name in order {
            if !elsewhere.contains(&name) {
                self.declare(name, Declared::Nothing);
            }
        }
        if let Some(frame) = self.frame() {
            frame.elsewhere = elsewhere;
        }
    }

    pub(super) fn bound_by_import(&mut self, id: NodeId) -> Vec<Name> {
        self.imports_of(id).into_iter().map(|(name, _)| name).collect()
    }

    pub(super) fn imports_of(&mut self, id: NodeId) -> Vec<(Name, Import)> {
        let mut ignored = Vec::new();
        if self.ast.kind(id) == Kind::Import {
            return self
                .program
                .import(self.file, self.ast, id, &mut ignored, self.names)
                .into_iter()
                .collect();
        }
        let items = self.ast.children(id).iter().skip(1);
        items
            .filter_map(|&item| {
                self.program
                    .import_item(self.file, self.ast, id, item, &mut ignored, self.names)
            })
            .collect()
    }
}

/// Whether a name stands where it is assigned.
fn is_target(ast: &bartizan_syntax::Ast, name: NodeId) -> bool {
    let mut below = name;
    for _ in 0..32 {
        let Some(above) = ast.parent(below) else {
            return false;
        };
        let position = ast.children(above).iter().position(|&child| child == below);
        match (ast.kind(above), position) {
            (Kind::Assign | Kind::ForEach | Kind::ForClause, Some(0))
            | (Kind::Variable | Kind::WithItem | Kind::Catch | Kind::TypeTest, Some(1 | 2))
            | (Kind::Patterns, _) => return true,
            (Kind::Destructure | Kind::Spread, _) | (Kind::Tuple | Kind::List, _) | (Kind::Pair, Some(1)) => {
                below = above
            }
            (Kind::Pair, _)
                if ast
                    .parent(above)
                    .is_some_and(|loop_| ast.kind(loop_) == Kind::ForEach) =>
            {
                below = above
            }
            (Kind::Args | Kind::Call | Kind::Keyword | Kind::Binary | Kind::Other, _)
                if in_patterns(ast, above) =>
            {
                return position != Some(0) || ast.kind(above) != Kind::Call;
            }
            _ => return false,
        }
    }
    false
}

fn in_patterns(ast: &bartizan_syntax::Ast, node: NodeId) -> bool {
    ast.ancestors(node)
        .take(16)
        .take_while(|&above| !matches!(ast.kind(above), Kind::Block | Kind::Module))
        .any(|above| ast.kind(above) == Kind::Patterns)
}
