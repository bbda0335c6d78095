//! Finds the functions, classes, imports and top-level names of all files.

use bartizan_syntax::{Ast, Kind, Language, NodeId, Operator};

use crate::ir::Declared;
use crate::model::Library;
use crate::program::member::{accessors_of, is_arrow_property, is_of_singleton, mixed_in, property_of};
use crate::program::{
    Binding, ClassId, ClassInfo, FieldInfo, File, FileId, FileScope, FunctionId, FunctionInfo, ImportTables,
    Program, Role, has_modifier,
};
use crate::table::{Map, small};
use crate::traits::{Constructors, Traits};
use crate::values::{ConstantSets, Name};

impl<'a> Program<'a> {
    /// The program of these files.
    pub(crate) fn new(given: &[File<'a>], library: &dyn Library, names: &mut ConstantSets) -> Self {
        let mut order: Vec<usize> = (0..given.len()).collect();
        order.sort_by_key(|&index| given.get(index).map(|file| file.path));
        let files: Vec<File<'a>> = order
            .iter()
            .filter_map(|&index| given.get(index).copied())
            .collect();
        let tables = ImportTables::new(&files, names);
        let mut program = Self {
            scopes: vec![FileScope::default(); files.len()],
            files,
            given: order,
            functions: Vec::new(),
            classes: Vec::new(),
            tables,
            function_at: Map::default(),
            class_at: Map::default(),
            class_in: Map::default(),
            methods_named: Map::default(),
        };
        for index in 0..program.files.len() {
            program.scan(FileId::at(index), names);
        }
        program.index_packages();
        for index in 0..program.files.len() {
            program.read_imports(FileId::at(index), names);
        }
        program.note_assigned_members(names);
        program.attach_receivers(library, names);
        for index in 0..program.classes.len() {
            program.read_class(ClassId::at(index), library, names);
        }
        program.implement_interfaces();
        for (index, info) in program.functions.iter().enumerate() {
            if let (Some(_), Some(name)) = (info.class, info.name) {
                program
                    .methods_named
                    .entry(name)
                    .or_default()
                    .push(FunctionId::at(index));
            }
        }
        program
    }

    fn index_packages(&mut self) {
        for (index, info) in self.classes.iter().enumerate() {
            let package = self.scopes.get(info.file.index()).and_then(|scope| scope.package);
            if let (Some(package), Some(name)) = (package, info.name) {
                self.class_in.entry((package, name)).or_insert(ClassId::at(index));
            }
        }
    }

    /// Functions, classes and top-level names of one file.
    fn scan(&mut self, file: FileId, names: &mut ConstantSets) {
        let Some(ast) = self.file(file).map(|file| file.ast) else {
            return;
        };
        let mut functions: Vec<FunctionId> = Vec::new();
        let traits = Traits::of(ast.language());
        let mut classes: Vec<(ClassId, NodeId)> = Vec::new();
        for id in ast.ids() {
            while let Some(&last) = functions.last()
                && self
                    .functions
                    .get(last.index())
                    .is_some_and(|info| !ast.holds(info.node, id))
            {
                functions.pop();
            }
            while let Some(&(_, node)) = classes.last()
                && !ast.holds(node, id)
            {
                classes.pop();
            }
            let parent = functions.last().copied();
            let outer = classes.last().map(|(class, _)| *class);
            match ast.kind(id) {
                Kind::Module if id == NodeId::ROOT => {
                    functions.push(self.add_function(file, id, Role::Module, None, None, names));
                }
                Kind::Function => {
                    let is_plain = property_of(ast, id).is_some() && ast.child(id, 4).is_none();
                    let class = method_of(ast, id)
                        .filter(|_| !is_plain)
                        .and_then(|node| self.class_at.get(&(file, node)).copied());
                    functions.push(self.add_function(file, id, Role::Function, class, parent, names));
                }
                Kind::Lambda => {
                    functions.push(self.add_function(file, id, Role::Lambda, None, parent, names))
                }
                Kind::Class if traits.name_spaces && is_name_space(ast, id) => {}
                Kind::Class => classes.push((self.add_class(file, id, outer, parent, names), id)),
                Kind::Other if ast.text(id) == "type_definition" => self.add_alias(file, ast, id, names),
                Kind::Block if is_arrow_property(ast, id) => {
                    let class = method_of(ast, id).and_then(|node| self.class_at.get(&(file, node)).copied());
                    self.add_function(file, id, Role::Function, class, parent, names);
                }
                Kind::Call if traits.bare_calls => self.add_accessors(file, ast, id, outer, names),
                Kind::Package => {
                    let path = ast.child(id, 0).map_or("", |path| ast.text(path));
                    let package = names.name(path);
                    if let Some(scope) = self.scopes.get_mut(file.index()) {
                        scope.package = Some(package);
                    }
                }
                Kind::New if ast.child(id, 2).is_some() && !traits.creation_fills => {
                    classes.push((self.add_class(file, id, outer, parent, names), id));
                }
                _ => {}
            }
        }
        self.scan_globals(file, ast, names);
    }

    /// A name of a module that any file assigns to as a member is no constant.
    fn note_assigned_members(&mut self, names: &ConstantSets) {
        let mut assigned: Vec<Name> = Vec::new();
        for file in &self.files {
            let ast = file.ast;
            for id in ast
                .ids()
                .filter(|&id| matches!(ast.kind(id), Kind::Assign | Kind::Update))
            {
                let target = ast
                    .child(id, 0)
                    .filter(|&target| ast.kind(target) == Kind::Member);
                let own = |object: NodeId| {
                    ast.kind(object) == Kind::This || matches!(ast.text(object), "self" | "cls")
                };
                if let Some(target) = target
                    && ast.child(target, 0).is_some_and(|object| !own(object))
                    && let Some(name) = ast
                        .child(target, 1)
                        .and_then(|name| names.known_name(ast.text(name)))
                {
                    assigned.push(name);
                }
            }
        }
        assigned.sort_unstable();
        assigned.dedup();
        for scope in &mut self.scopes {
            for name in &assigned {
                if let Some(global) = scope.globals.get_mut(name)
                    && matches!(global.0, Binding::Literal(_))
                {
                    global.1 += 1;
                }
            }
        }
    }

    fn add_function(
        &mut self,
        file: FileId,
        node: NodeId,
        role: Role,
        class: Option<ClassId>,
        parent: Option<FunctionId>,
        names: &mut ConstantSets,
    ) -> FunctionId {
        let id = FunctionId::at(self.functions.len());
        let Some(ast) = self.file(file).map(|file| file.ast) else {
            return id;
        };
        let traits = Traits::of(ast.language());
        let named = ast.child(node, 1).filter(|_| role == Role::Function);
        let mut name = named.map(|name| names.name(own_name(ast, name)));
        if let (None, Some(_), Role::Function, Constructors::Named(constructor)) =
            (name, class, role, traits.constructors)
        {
            name = Some(names.name(constructor));
        }
        if let Some(property) = property_of(ast, node).filter(|_| class.is_some()) {
            let sets = named.is_some_and(|named| ast.text(named) != "get");
            let property = ast.text(property);
            name = Some(names.name(&if sets {
                format!("{property}=")
            } else {
                property.to_owned()
            }));
        }
        let is_static = role == Role::Function
            && (ast.child(node, 0).is_some_and(|modifiers| {
                has_modifier(ast, modifiers, "static")
                    || has_modifier(ast, modifiers, "staticmethod")
                    || traits.bare_calls && ast.child(modifiers, 0).is_some()
            }) || is_of_object(ast, node)
                || (ast.language() == Language::Rust && class.is_some() && !takes_self(ast, node)));
        let position = if role == Role::Lambda { 0 } else { 2 };
        let count = match role {
            Role::Function | Role::Lambda => ast
                .child(node, position)
                .map_or(0, |list| ast.children(list).len()),
            Role::Initialiser => primary_parameters(ast, node).map_or(0, |list| ast.children(list).len()),
            Role::Writer => 1,
            Role::Module | Role::Reader => 0,
        };
        let implied = role == Role::Lambda && count == 0 && traits.implied_parameter.is_some();
        let count = count + usize::from(implied);
        let own_receiver = class.is_some()
            && !is_static
            && matches!(ast.language(), Language::Python | Language::Rust)
            && role == Role::Function;
        self.functions.push(FunctionInfo {
            file,
            node,
            role,
            name,
            class,
            parent,
            is_static,
            parameters: small(count.saturating_sub(usize::from(own_receiver))),
        });
        self.function_at.insert((file, node), id);
        if let (Some(class), Some(name)) = (class, name)
            && let Some(info) = self.classes.get_mut(class.index())
        {
            info.methods.push((name, id));
        }
        id
    }

    /// `attr_accessor :a`: methods that read and set a field.
    fn add_accessors(
        &mut self,
        file: FileId,
        ast: &Ast,
        call: NodeId,
        class: Option<ClassId>,
        names: &mut ConstantSets,
    ) {
        let (Some(class), Some(callee), Some(list)) = (class, ast.child(call, 0), ast.child(call, 1)) else {
            return;
        };
        let (reads, sets) = match ast.text(callee) {
            "attr_accessor" => (true, true),
            "attr_reader" => (true, false),
            "attr_writer" => (false, true),
            _ => return,
        };
        for &symbol in ast.children(list) {
            let Some(name) = ast.child(symbol, 0) else {
                continue;
            };
            let text = ast.text(name);
            for (role, node, text) in [
                (Role::Reader, symbol, text.to_owned()),
                (Role::Writer, name, format!("{text}=")),
            ] {
                if (role == Role::Reader && reads) || (role == Role::Writer && sets) {
                    let id = self.add_function(file, node, role, Some(class), None, names);
                    let method = names.name(&text);
                    if let Some(info) = self.functions.get_mut(id.index()) {
                        info.name = Some(method);
                    }
                    if let Some(info) = self.classes.get_mut(class.index()) {
                        info.methods.push((method, id));
                    }
                }
            }
        }
    }

    fn add_class(
        &mut self,
        file: FileId,
        node: NodeId,
        outer: Option<ClassId>,
        parent: Option<FunctionId>,
        names: &mut ConstantSets,
    ) -> ClassId {
        let id = ClassId::at(self.classes.len());
        let Some(ast) = self.file(file).map(|file| file.ast) else {
            return id;
        };
        let name = (ast.kind(node) == Kind::Class)
            .then(|| ast.child(node, 1))
            .flatten()
            .map(|name| names.name(own_name(ast, name)));
        if let Some(known) = self.declared_before(file, ast, node, (name, outer)) {
            return known;
        }
        self.classes.push(ClassInfo {
            file,
            node: Some(node),
            name,
            outer,
            ..ClassInfo::default()
        });
        self.class_at.insert((file, node), id);
        if let Some(name) = name
            && let Some(scope) = self.scopes.get_mut(file.index())
        {
            scope.classes.entry(name).or_insert(id);
        }
        if !matches!(
            ast.language(),
            Language::Python | Language::Go | Language::Rust | Language::C
        ) && let Some(body) = class_body(ast, node)
        {
            let initialiser = self.add_function(file, body, Role::Initialiser, None, parent, names);
            if let Some(info) = self.functions.get_mut(initialiser.index()) {
                info.class = Some(id);
            }
            if let Some(info) = self.classes.get_mut(id.index()) {
                info.initialiser = Some(initialiser);
            }
        }
        id
    }

    /// The class that a declaration is another part of.
    fn declared_before(
        &mut self,
        file: FileId,
        ast: &Ast,
        node: NodeId,
        (name, outer): (Option<Name>, Option<ClassId>),
    ) -> Option<ClassId> {
        let known = match ast.language() {
            Language::Rust | Language::Scala => *self.scopes.get(file.index())?.classes.get(&name?)?,
            Language::Kotlin if name.is_none() => outer.filter(|_| is_object(ast, node))?,
            _ => return None,
        };
        let info = self.classes.get_mut(known.index())?;
        // What is written with its fields is the first part.
        let holds_fields = |node| !is_object(ast, node) && ast.node(node).operator != Operator::Class;
        match info.node {
            Some(first) if holds_fields(node) && !holds_fields(first) => {
                info.parts.push(first);
                info.node = Some(node);
            }
            _ => info.parts.push(node),
        }
        self.class_at.insert((file, node), known);
        Some(known)
    }

    /// `typedef struct a b;`: another name of a class.
    fn add_alias(&mut self, file: FileId, ast: &Ast, node: NodeId, names: &mut ConstantSets) {
        let &[of, alias] = ast.children(node) else {
            return;
        };
        let of = match ast.kind(of) {
            Kind::Class => self.class_at.get(&(file, of)).copied(),
            _ => {
                let name = names.name(ast.text(of));
                let scope = self.scopes.get(file.index());
                scope.and_then(|scope| scope.classes.get(&name).copied())
            }
        };
        if let (Some(class), Kind::Name, Some(scope)) =
            (of, ast.kind(alias), self.scopes.get_mut(file.index()))
        {
            scope.classes.insert(names.name(ast.text(alias)), class);
        }
    }

    /// What is assigned, declared and imported at the top of a file, and how often.
    fn scan_globals(&mut self, file: FileId, ast: &Ast, names: &mut ConstantSets) {
        let script = matches!(
            ast.language(),
            Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Go
        );
        let traits = Traits::of(ast.language());
        let mut found: Vec<(Name, Binding)> = Vec::new();
        let mut promised: Vec<(Name, Binding)> = Vec::new();
        let mut inside: Option<NodeId> = None;
        for id in ast.ids() {
            if inside.is_some_and(|outer| !ast.holds(outer, id)) {
                inside = None;
            }
            let top = inside.is_none();
            match ast.kind(id) {
                Kind::Class if top && traits.name_spaces && is_name_space(ast, id) => {}
                Kind::Function | Kind::Class if top => {
                    if let Some(name) = ast
                        .child(id, 1)
                        .filter(|&name| ast.child(id, 5).is_none() && is_own(ast, name))
                    {
                        let binding = match ast.kind(id) {
                            Kind::Class => self.class_at.get(&(file, id)).copied().map(Binding::Class),
                            _ => self.function_at.get(&(file, id)).copied().map(Binding::Function),
                        };
                        let binding = (
                            names.name(own_name(ast, name)),
                            binding.unwrap_or(Binding::Variable),
                        );
                        // A function that is only promised is the one that is written elsewhere.
                        if ast.kind(id) == Kind::Function && ast.child(id, 4).is_none() {
                            promised.push(binding);
                        } else if !(found.contains(&binding) && ast.kind(id) == Kind::Class) {
                            found.push(binding);
                        }
                    }
                    inside = Some(id);
                }
                Kind::Function | Kind::Class | Kind::Lambda if inside.is_none() => inside = Some(id),
                Kind::Variable if top => {
                    let (target, value) = (ast.child(id, 1), ast.child(id, 3));
                    self.assigned(file, ast, target, value, true, names, &mut found);
                }
                Kind::Assign if top || script => {
                    let (target, value) = (ast.child(id, 0), ast.child(id, 1));
                    let plain = top && ast.node(id).operator == Operator::None;
                    self.assigned(file, ast, target, value, plain, names, &mut found);
                }
                Kind::Update if top || script => {
                    self.assigned(file, ast, ast.child(id, 0), None, false, names, &mut found);
                }
                Kind::ForEach | Kind::ForClause if top => {
                    self.assigned(file, ast, ast.child(id, 0), None, false, names, &mut found);
                }
                Kind::Global => {
                    for &name in ast.children(id) {
                        let name = names.name(ast.text(name));
                        found.push((name, Binding::Variable));
                        found.push((name, Binding::Variable));
                    }
                }
                _ => {}
            }
        }
        promised.retain(|(name, _)| !found.iter().any(|(known, _)| known == name));
        promised.dedup_by_key(|(name, _)| *name);
        found.extend(promised);
        let Some(scope) = self.scopes.get_mut(file.index()) else {
            return;
        };
        for (name, binding) in found {
            let overloads = scope.overloads.entry(name).or_default();
            let entry = scope.globals.entry(name).or_insert((binding, 0));
            match binding {
                Binding::Function(function)
                    if traits.overloads && (entry.1 == 0 || !overloads.is_empty()) =>
                {
                    overloads.push(function);
                    entry.1 = 1;
                }
                _ => entry.1 += 1,
            }
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "what an assignment is, and where it goes"
    )]
    fn assigned(
        &self,
        file: FileId,
        ast: &Ast,
        target: Option<NodeId>,
        value: Option<NodeId>,
        plain: bool,
        names: &mut ConstantSets,
        found: &mut Vec<(Name, Binding)>,
    ) {
        let Some(target) = target else {
            return;
        };
        if ast.kind(target) != Kind::Name {
            for below in ast.subtree(target).filter(|_| is_target_list(ast, target)) {
                if ast.kind(below) == Kind::Name {
                    found.push((names.name(ast.text(below)), Binding::Variable));
                }
            }
            return;
        }
        let name = names.name(ast.text(target));
        let binding = match value {
            Some(value) if plain && is_literal(ast, value) => Binding::Literal(value),
            Some(value) if plain && ast.kind(value) == Kind::Lambda => self
                .function_at
                .get(&(file, value))
                .map_or(Binding::Variable, |&id| Binding::Function(id)),
            _ => Binding::Variable,
        };
        found.push((name, binding));
    }

    /// In Go whatever has the methods of an interface implements it.
    fn implement_interfaces(&mut self) {
        let is_interface = |program: &Self, info: &ClassInfo| {
            info.node.is_some_and(|node| {
                program.file(info.file).is_some_and(|file| {
                    file.ast.language() == Language::Go && file.ast.node(node).operator == Operator::Interface
                })
            })
        };
        let mut found: Vec<(usize, ClassId)> = Vec::new();
        for (index, interface) in self.classes.iter().enumerate() {
            if interface.methods.is_empty() || !is_interface(self, interface) {
                continue;
            }
            for (other, info) in self.classes.iter().enumerate() {
                let has = |name: Name| info.methods.iter().any(|(own, _)| *own == name);
                if self.language(info.file) == Language::Go
                    && other != index
                    && !is_interface(self, info)
                    && interface.methods.iter().all(|(name, _)| has(*name))
                {
                    found.push((index, ClassId::at(other)));
                }
            }
        }
        for (interface, class) in found {
            if let Some(info) = self.classes.get_mut(interface) {
                info.children.push(class);
            }
        }
    }

    /// Methods that stand outside of their type, as in Go.
    fn attach_receivers(&mut self, library: &dyn Library, names: &mut ConstantSets) {
        for index in 0..self.functions.len() {
            let id = FunctionId::at(index);
            let Some(info) = self.function(id).cloned() else {
                continue;
            };
            let Some(ast) = self.file(info.file).map(|file| file.ast) else {
                continue;
            };
            if info.role != Role::Function || info.class.is_some() {
                continue;
            }
            let of = match (ast.child(info.node, 5), ast.child(info.node, 1)) {
                (Some(receiver), _) => ast.child(receiver, 2),
                // `void A::f()`
                (None, Some(name)) if ast.kind(name) == Kind::Member => ast.child(name, 0),
                _ => continue,
            };
            let Declared::Class(class) = self.declared(info.file, of, library, names) else {
                continue;
            };
            let parameters = info.parameters;
            let promised: Vec<FunctionId> = self.class(class).map_or_else(Vec::new, |class| {
                let same = class.methods.iter().filter(|(name, _)| Some(*name) == info.name);
                same.map(|(_, method)| *method)
                    .filter(|&method| {
                        self.function(method).is_some_and(|method| {
                            method.parameters == parameters && ast.child(method.node, 4).is_none()
                        })
                    })
                    .collect()
            });
            if let (Some(name), Some(info)) = (info.name, self.classes.get_mut(class.index())) {
                info.methods.retain(|(_, method)| !promised.contains(method));
                info.methods.push((name, id));
            }
            if let Some(info) = self.functions.get_mut(index) {
                info.class = Some(class);
            }
        }
    }

    /// What a class derives from, and its fields.
    fn read_class(&mut self, id: ClassId, library: &dyn Library, names: &mut ConstantSets) {
        let Some((file, node)) = self.class(id).and_then(|info| Some((info.file, info.node?))) else {
            return;
        };
        let parts = self.class(id).map_or_else(Vec::new, |info| info.parts.clone());
        self.read_part(id, file, node, library, names);
        for part in parts {
            self.read_part(id, file, part, library, names);
        }
    }

    fn read_part(
        &mut self,
        id: ClassId,
        file: FileId,
        node: NodeId,
        library: &dyn Library,
        names: &mut ConstantSets,
    ) {
        let Some(ast) = self.file(file).map(|file| file.ast) else {
            return;
        };
        let supers: Vec<NodeId> = match ast.kind(node) {
            Kind::New => ast.child(node, 0).into_iter().collect(),
            _ => ast
                .child(node, 2)
                .map_or_else(Vec::new, |supers| ast.children(supers).to_vec()),
        };
        let mixed = class_body(ast, node).map_or_else(Vec::new, |body| mixed_in(ast, body));
        for parent in supers
            .into_iter()
            .chain(mixed)
            .filter(|&parent| ast.kind(parent) != Kind::Keyword)
        {
            match self.declared(file, Some(parent), library, names) {
                Declared::Class(parent) if parent != id => {
                    if let Some(info) = self.classes.get_mut(parent.index()) {
                        info.children.push(id);
                    }
                    if let Some(info) = self.classes.get_mut(id.index()) {
                        info.parents.push(parent);
                    }
                }
                Declared::Outside(name) => {
                    if let Some(info) = self.classes.get_mut(id.index()) {
                        info.outside.push(name);
                    }
                }
                _ => {}
            }
        }
        let Some(body) = class_body(ast, node) else {
            return;
        };
        let mut fields = Vec::new();
        if let Some(list) = primary_parameters(ast, body) {
            for &parameter in ast.children(list) {
                if let Some(target) = ast.child(parameter, 1) {
                    fields.push(FieldInfo {
                        name: names.name(ast.text(target)),
                        is_static: false,
                        declared: self.declared(file, ast.child(parameter, 2), library, names),
                        literal: None,
                    });
                }
            }
        }
        let of_object = is_object(ast, node);
        for (number, &member) in ast.children(body).iter().enumerate() {
            // Fields of a struct of Rust that have no names
            if ast.kind(member) == Kind::Expression && ast.node(node).operator == Operator::Struct {
                fields.push(FieldInfo {
                    name: names.name(&number.to_string()),
                    is_static: false,
                    declared: Declared::Nothing,
                    literal: None,
                });
            }
            if ast.kind(member) != Kind::Variable {
                continue;
            }
            let Some(target) = ast
                .child(member, 1)
                .filter(|&target| ast.kind(target) == Kind::Name)
            else {
                continue;
            };
            let modifier = |word| {
                ast.child(member, 0)
                    .is_some_and(|list| has_modifier(ast, list, word))
            };
            let fixed = modifier("final") || modifier("readonly") || modifier("const");
            let name = if modifier("static") {
                ast.text(target)
            } else {
                crate::lower::field_name(ast, target)
            };
            fields.push(FieldInfo {
                name: names.name(name),
                is_static: modifier("static") || of_object || ast.language() == Language::Python,
                declared: self.declared(file, ast.child(member, 2), library, names),
                literal: ast
                    .child(member, 3)
                    .filter(|&value| fixed && is_literal(ast, value)),
            });
        }
        if let Some(info) = self.classes.get_mut(id.index()) {
            info.fields.extend(fields);
        }
    }
}

/// Whether a class is a block with a name, which holds what a file does.
pub(crate) fn is_name_space(ast: &Ast, node: NodeId) -> bool {
    ast.kind(node) == Kind::Class && ast.node(node).operator == Operator::Namespace
}

/// Whether a class is an object of which there is only one.
pub(crate) fn is_object(ast: &Ast, node: NodeId) -> bool {
    ast.child(node, 0)
        .is_some_and(|modifiers| has_modifier(ast, modifiers, "object"))
}

/// Whether a member is one of such an object.
fn is_of_object(ast: &Ast, member: NodeId) -> bool {
    method_of(ast, member).is_some_and(|class| ast.kind(class) == Kind::Class && is_object(ast, class))
}

/// Whether the first parameter of a method is the object.
pub(crate) fn takes_self(ast: &Ast, function: NodeId) -> bool {
    let list = ast.child(function, 2);
    let first = list.and_then(|list| ast.child(list, 0));
    let target = first.and_then(|first| ast.child(first, 1));
    target.is_some_and(|target| ast.kind(target) == Kind::This)
}

/// The parameters of a class itself, in its body.
pub(crate) fn primary_parameters(ast: &Ast, body: NodeId) -> Option<NodeId> {
    ast.child(body, 0)
        .filter(|&first| ast.kind(first) == Kind::Params)
}

/// The name that a declaration gives, without what it is in and what it takes as types.
pub(crate) fn own_name(ast: &Ast, name: NodeId) -> &str {
    let inner = match ast.kind(name) {
        Kind::Member => ast.child(name, 1),
        Kind::Generic | Kind::Type => ast.child(name, 0),
        _ => None,
    };
    inner.map_or_else(|| ast.text(name), |inner| ast.text(inner))
}

/// Whether a declaration stands in what it belongs to.
fn is_own(ast: &Ast, name: NodeId) -> bool {
    ast.kind(name) != Kind::Member
}

/// The block of a class, or of an anonymous one.
pub(crate) fn class_body(ast: &Ast, node: NodeId) -> Option<NodeId> {
    ast.child(node, if ast.kind(node) == Kind::New { 2 } else { 3 })
}

/// The class that a function is a method of.
fn method_of(ast: &Ast, function: NodeId) -> Option<NodeId> {
    let mut body = ast.parent(function)?;
    let around = ast.parent(body)?;
    if accessors_of(ast, around) == Some(body) || is_of_singleton(ast, around) {
        body = ast.parent(around)?;
    } else if accessors_of(ast, body) == Some(function) {
        body = around;
    }
    let class = ast.parent(body)?;
    (matches!(ast.kind(class), Kind::Class | Kind::New) && class_body(ast, class) == Some(body))
        .then_some(class)
}

/// Whether a target takes a value apart, so that names below it are targets themselves.
fn is_target_list(ast: &Ast, target: NodeId) -> bool {
    matches!(
        ast.kind(target),
        Kind::Destructure | Kind::Tuple | Kind::List | Kind::Spread
    )
}

/// Whether a node is a literal, a sign before it included.
pub(crate) fn is_literal(ast: &Ast, node: NodeId) -> bool {
    match ast.kind(node) {
        Kind::Str | Kind::Number | Kind::Bool | Kind::Null => true,
        Kind::Unary => ast
            .child(node, 0)
            .is_some_and(|inner| matches!(ast.kind(inner), Kind::Number | Kind::Bool)),
        _ => false,
    }
}
