//! Functions and classes within what surrounds them.

use bartizan_syntax::{Flags, Kind, Language, NodeId, Operator};

use crate::ir::{Declared, Exit, Op, Parameter, Slot, Span, Taking};
use crate::lower::{BLOCK, Frame, Lowering, field_name};
use crate::program::{ClassId, FunctionId, Role, has_modifier, is_name_space, own_name, takes_self};
use crate::traits::Tails;
use crate::values::{Kind as Made, Name};

impl Lowering<'_, '_> {
    /// The statements at the top of the file.
    pub(super) fn module(&mut self, function: FunctionId) {
        self.frames.push(Frame::new(function));
        self.body(NodeId::ROOT);
        self.finish();
    }

    /// A function that is declared: its name is a variable.
    pub(super) fn function_statement(&mut self, node: NodeId) {
        let ast = self.ast;
        if let Some(&known) = self.program.function_at.get(&(self.file, node))
            && self.codes.get(known.index()).is_some_and(Option::is_some)
        {
            return;
        }
        self.annotations(node);
        let Some(function) = self.define(node) else {
            return;
        };
        let Some(name) = ast.child(node, 1).filter(|_| ast.child(node, 5).is_none()) else {
            return;
        };
        let value = self.emit(Op::Function(function), node);
        let place = self.assign(name, value);
        self.mark(node, value, place);
    }

    /// Decorators are calls like others.
    pub(super) fn annotations(&mut self, node: NodeId) {
        let ast = self.ast;
        let Some(modifiers) = ast.child(node, 0) else {
            return;
        };
        for &annotation in ast.children(modifiers) {
            if ast.kind(annotation) == Kind::Annotation
                && ast.language() != Language::Java
                && let Some(expression) = ast.child(annotation, 0)
            {
                self.value(expression);
            }
        }
    }

    /// Lowers a function; none when it is not one that the scan knows.
    pub(super) fn define(&mut self, node: NodeId) -> Option<FunctionId> {
        let function = *self.program.function_at.get(&(self.file, node))?;
        if self.codes.get(function.index()).is_some_and(Option::is_some) {
            return Some(function);
        }
        self.deeper((), |this| this.lower_function(function, node));
        Some(function)
    }

    fn lower_function(&mut self, function: FunctionId, node: NodeId) {
        let ast = self.ast;
        let lambda = ast.kind(node) == Kind::Lambda;
        let (parameters, body) = if lambda { (0, 2) } else { (2, 4) };
        let info = self.program.function(function).cloned();
        let class = info.as_ref().and_then(|info| info.class);
        let is_static = info.as_ref().is_some_and(|info| info.is_static);
        self.frames.push(Frame::new(function));
        let returns = self.declared(ast.child(node, parameters + 1));
        if let Some(frame) = self.frame() {
            frame.returns = returns;
        }
        self.wall(node);
        self.receive(node, class, is_static);
        let python = ast.language() == Language::Python;
        let list = ast
            .child(node, parameters)
            .map_or(&[][..], |list| ast.children(list));
        let own_receiver = python && class.is_some() && !is_static && !lambda;
        if own_receiver {
            self.own_receiver(node, class, list.first().copied());
        }
        // Rust: `self` is the receiver already.
        let takes_self = !lambda && takes_self(ast, node);
        for &parameter in list.iter().skip(usize::from(own_receiver || takes_self)) {
            self.parameter(parameter);
        }
        if lambda && list.is_empty() {
            self.implied_parameter(node);
        }
        self.hidden_block(node);
        self.assigned_property(node);
        if ast.node(node).flags.has(Flags::GENERATOR)
            && let Some(yields) = self.frame().map(Frame::variable)
        {
            self.emit_to(yields, Op::Build(Made::List, Span::default()), node);
            if let Some(frame) = self.frame() {
                frame.yields = Some(yields);
            }
        }
        if let Some(body) = ast.child(node, body) {
            self.function_body(node, body, python);
        }
        self.finish();
    }

    /// `it`, which a closure has that names no parameter.
    fn implied_parameter(&mut self, node: NodeId) {
        let Some(name) = self.traits().implied_parameter else {
            return;
        };
        let name = self.names.name(name);
        let slot = self.add_parameter(node, Some(name), Declared::Nothing);
        self.bind_parameter(name, slot, Declared::Nothing, node);
    }

    /// Gives a parameter its name.
    pub(super) fn bind_parameter(
        &mut self,
        name: Name,
        value: Slot,
        declared: Declared,
        node: NodeId,
    ) -> Option<Slot> {
        self.declare_anew(name, declared);
        let frame = self.frames.last()?;
        let variable = frame.scopes.last()?.get(&name)?.slot;
        self.emit_to(variable, Op::Assign(value, declared), node);
        Some(variable)
    }

    fn function_body(&mut self, node: NodeId, body: NodeId, python: bool) {
        let ast = self.ast;
        if ast.kind(body) == Kind::Block {
            if python || self.traits().function_scope {
                self.declare_assigned(body);
            } else if self.is_script() {
                self.declare_vars(body);
            }
            let gives = match self.traits().tails {
                Tails::All => true,
                Tails::Closures => ast.kind(node) == Kind::Lambda,
                Tails::No => false,
            };
            match self.frame().map(Frame::variable).filter(|_| gives) {
                Some(result) => {
                    self.emit_to(result, Op::Unknown, node);
                    self.tail_of_body(body, result);
                    self.give_back(body, Some(result));
                }
                None => {
                    self.body(body);
                    self.end_function(node);
                }
            }
        } else {
            let value = self.value(body);
            self.emit(Op::Return(value), body);
        }
        self.exit(Exit::Return);
    }

    /// `var` declares for the whole function.
    fn declare_vars(&mut self, body: NodeId) {
        let ast = self.ast;
        let mut skip: Option<NodeId> = None;
        for id in ast.subtree(body) {
            if skip.is_some_and(|outer| ast.holds(outer, id)) {
                continue;
            }
            skip = None;
            match ast.kind(id) {
                Kind::Function | Kind::Lambda | Kind::Class => skip = Some(id),
                Kind::Variable
                    if ast
                        .child(id, 0)
                        .is_some_and(|list| has_modifier(ast, list, "var")) =>
                {
                    if let Some(target) = ast.child(id, 1) {
                        self.declare_target(target, Declared::Nothing, false);
                    }
                }
                _ => {}
            }
        }
    }

    /// Gives the function a receiver where the language has one that is not a parameter.
    fn receive(&mut self, node: NodeId, class: Option<ClassId>, is_static: bool) {
        let ast = self.ast;
        let method = class.is_some() && !is_static && ast.language() != Language::Python;
        let constructor = self.is_script() && ast.kind(node) == Kind::Function;
        if !method && !constructor {
            return;
        }
        let slot = self.frame().map(Frame::variable);
        if let Some(frame) = self.frame() {
            frame.receiver = slot;
        }
        // Go names the receiver.
        if let (Some(slot), Some(receiver)) = (slot, ast.child(node, 5))
            && let Some(name) = ast.child(receiver, 1)
        {
            let name = self.name(name);
            let declared = class.map_or(Declared::Nothing, Declared::Class);
            if let Some(scope) = self.frame().and_then(|frame| frame.scopes.last_mut()) {
                scope.insert(
                    name,
                    super::Variable {
                        slot,
                        declared,
                        is_reference: false,
                    },
                );
            }
        }
    }

    /// Python: the first parameter is the object, or the class.
    fn own_receiver(&mut self, node: NodeId, class: Option<ClassId>, parameter: Option<NodeId>) {
        let ast = self.ast;
        let Some(target) = parameter.and_then(|parameter| ast.child(parameter, 1)) else {
            return;
        };
        let name = self.name(target);
        let declared = class.map_or(Declared::Nothing, Declared::Class);
        self.declare(name, declared);
        let slot = self
            .frames
            .last()
            .and_then(|frame| frame.scopes.last()?.get(&name).map(|variable| variable.slot));
        let Some(slot) = slot else {
            return;
        };
        let of_class = ast
            .child(node, 0)
            .is_some_and(|list| has_modifier(ast, list, "classmethod"));
        match class {
            Some(class) if of_class => {
                self.emit_to(slot, Op::Class(class), node);
            }
            _ => {
                if let Some(frame) = self.frame() {
                    frame.receiver = Some(slot);
                }
            }
        }
    }

    pub(super) fn parameter(&mut self, node: NodeId) {
        let ast = self.ast;
        if ast.kind(node) != Kind::Param {
            return;
        }
        let Some(target) = ast.child(node, 1) else {
            self.add_parameter(node, None, Declared::Nothing);
            return;
        };
        let declared = self.declared(ast.child(node, 2));
        let plain = ast.kind(target) == Kind::Name;
        let taking = ast.node(node).operator;
        let declared = if taking == Operator::None {
            declared
        } else {
            Declared::Nothing
        };
        let name = plain.then(|| self.name(target));
        let beside = ast.node(node).flags.has(Flags::BLOCK);
        let known_as = if beside {
            Some(self.names.name(BLOCK))
        } else {
            plain.then(|| self.names.name(field_name(ast, target)))
        };
        let slot = self.add_parameter(node, known_as, declared);
        let default = ast.child(node, 3).map(|default| self.value(default));
        let value = match default {
            Some(default) => self.emit(Op::Default(slot, default), node),
            None => slot,
        };
        if let Some(name) = name {
            let Some(variable) = self.bind_parameter(name, value, declared, target) else {
                return;
            };
            if self.traits().passes_references
                && let Some(typed) = ast.child(node, 2).and_then(|typed| ast.child(typed, 0))
                && ast.node(typed).operator == Operator::AddressOf
                && let Some(known) = self
                    .frame()
                    .and_then(|frame| frame.scopes.last_mut()?.get_mut(&name))
            {
                known.is_reference = true;
            }
            for marked in [node, target] {
                if self.marks.of(marked).is_some() {
                    let value = self.mark(marked, variable, crate::ir::Lvalue::Slot(variable));
                    self.emit_to(variable, Op::Copy(value), target);
                }
            }
        } else {
            let value = self.mark(node, value, crate::ir::Lvalue::None);
            if self.is_pattern(target) {
                self.bind(target, value);
            } else {
                self.assign_declared(target, value, Declared::Nothing);
            }
        }
        self.parameter_property(node, name);
    }

    /// TypeScript: a parameter of a constructor with a modifier is a field.
    fn parameter_property(&mut self, node: NodeId, name: Option<Name>) {
        let ast = self.ast;
        let modified = (self.is_script() || self.traits().dollars)
            && ast.child(node, 0).is_some_and(|list| {
                ["public", "private", "protected", "readonly"]
                    .iter()
                    .any(|word| has_modifier(ast, list, word))
            });
        let receiver = self.frames.last().and_then(|frame| frame.receiver);
        if let (true, Some(name), Some(object)) = (modified, name, receiver)
            && let super::name::Meaning::Local(value, _) = self.meaning(name)
        {
            let name = ast
                .child(node, 1)
                .map_or(name, |target| self.names.name(field_name(ast, target)));
            self.emit(Op::SetField { object, name, value }, node);
        }
    }

    pub(super) fn add_parameter(&mut self, node: NodeId, name: Option<Name>, declared: Declared) -> Slot {
        let block = name.is_some_and(|name| self.names.text(name) == BLOCK) && self.traits().bare_calls;
        let taking = match self.ast.node(node).operator {
            _ if block => Taking::Beside,
            Operator::Times => Taking::Rest,
            Operator::Power => Taking::RestNamed,
            _ => Taking::One,
        };
        let Some(frame) = self.frame() else {
            return Slot(0);
        };
        let slot = frame.variable();
        frame.parameters.push(Parameter {
            slot,
            name,
            taking,
            declared,
            node,
        });
        slot
    }

    pub(super) fn class_expression(&mut self, node: NodeId) -> Slot {
        match self.class_statement(node) {
            Some(class) => self.emit(Op::Class(class), node),
            None => self.unknown(node),
        }
    }

    pub(super) fn class_statement(&mut self, node: NodeId) -> Option<ClassId> {
        let ast = self.ast;
        if self.traits().name_spaces && is_name_space(ast, node) {
            if let Some(body) = ast.child(node, 3) {
                self.deeper((), |this| this.body(body));
            }
            return None;
        }
        let class = *self.program.class_at.get(&(self.file, node))?;
        self.annotations(node);
        self.class_members(node);
        if let Some(name) = ast.child(node, 1)
            && (!self.at_top() || self.is_script() || self.is_python())
            && ast.kind(ast.parent(node).unwrap_or(node)) != Kind::Variable
        {
            let inside_class = self.frames.last().is_some_and(|frame| {
                self.program
                    .function(frame.function)
                    .is_some_and(|info| info.role == Role::Initialiser)
            });
            if !inside_class && !self.traits().bare_members {
                let value = self.emit(Op::Class(class), node);
                let name = self.names.name(own_name(ast, name));
                if !self.at_top() {
                    self.declare(name, Declared::Nothing);
                }
                self.write_name(name, node, value);
            }
        }
        Some(class)
    }
}
