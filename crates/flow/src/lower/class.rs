//! The members of a class.

use bartizan_syntax::{Kind, Language, NodeId};

use crate::ir::{Op, Target};
use crate::lower::{Frame, Lowering, field_name};
use crate::program::{ClassId, FunctionId, accessors_of, has_modifier, is_object, primary_parameters};
use crate::values::{Key, Root};

impl Lowering<'_, '_> {
    /// The members of a class: methods are functions of their own, static fields are set where the class stands, other fields where an
    /// object is made.
    pub(super) fn class_members(&mut self, node: NodeId) {
        let ast = self.ast;
        let Some(&class) = self.program.class_at.get(&(self.file, node)) else {
            return;
        };
        let position = if ast.kind(node) == Kind::New { 2 } else { 3 };
        let Some(body) = ast.child(node, position) else {
            return;
        };
        let of_object = ast.kind(node) == Kind::Class && is_object(ast, node);
        for &member in ast.children(body) {
            if self.accessors(member) {
                continue;
            }
            match ast.kind(member) {
                Kind::Params => {}
                Kind::Function => {
                    self.annotations(member);
                    self.define(member);
                }
                Kind::Class => {
                    self.deeper((), |this| {
                        this.class_statement(member);
                    });
                }
                Kind::Variable => {
                    let modifiers = ast.child(member, 0);
                    let fixed = of_object || modifiers.is_some_and(|list| has_modifier(ast, list, "static"));
                    if (fixed || ast.language() == Language::Python) && ast.child(member, 3).is_some() {
                        self.class_field(class, ast.child(member, 1), ast.child(member, 3));
                    }
                }
                Kind::Expression if ast.language() == Language::Python => {
                    let inner = ast.child(member, 0);
                    match inner.filter(|&inner| ast.kind(inner) == Kind::Assign) {
                        Some(assign) => self.class_field(class, ast.child(assign, 0), ast.child(assign, 1)),
                        None => self.statement(member),
                    }
                }
                Kind::Block if of_object || !self.traits().bare_members => {
                    self.statement(member);
                }
                Kind::Nothing | Kind::Pass | Kind::Block => {}
                // What stands among members runs when an object is made.
                _ if self.traits().bare_members && !of_object => {}
                _ => self.statement(member),
            }
        }
        let initialiser = self.program.function_at.get(&(self.file, body)).copied();
        if let Some(initialiser) = initialiser {
            self.deeper((), |this| this.initialiser(initialiser, node, body));
        }
    }

    fn class_field(&mut self, class: ClassId, target: Option<NodeId>, value: Option<NodeId>) {
        let (Some(target), Some(value)) = (target, value) else {
            return;
        };
        let slot = self.value(value);
        if self.ast.kind(target) == Kind::Name {
            let name = self.name(target);
            self.emit(Op::SetOuter(Root::Class(class), Key::Name(name), slot), target);
        }
    }

    /// What sets the fields of a new object.
    fn initialiser(&mut self, function: FunctionId, node: NodeId, body: NodeId) {
        let ast = self.ast;
        if self.codes.get(function.index()).is_some_and(Option::is_some) {
            return;
        }
        self.frames.push(Frame::new(function));
        let receiver = self.frame().map(Frame::variable);
        if let Some(frame) = self.frame() {
            frame.receiver = receiver;
        }
        self.primary(node, body);
        for &member in ast.children(body) {
            if accessors_of(ast, member).is_some() {
                continue;
            }
            match ast.kind(member) {
                Kind::Variable => {
                    let fixed = ast
                        .child(member, 0)
                        .is_some_and(|modifiers| has_modifier(ast, modifiers, "static"));
                    if let (false, Some(target), Some(value), Some(object)) =
                        (fixed, ast.child(member, 1), ast.child(member, 3), receiver)
                        && ast.kind(target) == Kind::Name
                    {
                        let value = self.value(value);
                        let name = self.names.name(field_name(ast, target));
                        self.emit(Op::SetField { object, name, value }, target);
                    }
                }
                Kind::Block if self.traits().bare_members => self.block_statement(member),
                Kind::Expression if self.traits().bare_members => self.statement(member),
                _ => {}
            }
        }
        self.finish();
    }

    /// The constructor that a class itself is: its parameters are fields, and what it derives from is given its part of them.
    fn primary(&mut self, node: NodeId, body: NodeId) {
        let ast = self.ast;
        let Some(list) = primary_parameters(ast, body) else {
            return;
        };
        let Some(object) = self.frames.last().and_then(|frame| frame.receiver) else {
            return;
        };
        for &parameter in ast.children(list) {
            self.parameter(parameter);
            if let Some(target) = ast.child(parameter, 1) {
                let name = self.name(target);
                let (value, _) = self.read(target);
                self.emit(Op::SetField { object, name, value }, parameter);
            }
        }
        let above = ast.child(node, 2).filter(|_| ast.kind(node) == Kind::Class);
        for &parent in above.map_or(&[][..], |list| ast.children(list)) {
            if ast.kind(parent) == Kind::Call {
                self.made_as(parent, object, node);
            }
        }
    }

    /// `: Base(x)`: the object at hand is made as one of what it derives from.
    fn made_as(&mut self, parent: NodeId, receiver: crate::ir::Slot, node: NodeId) {
        let ast = self.ast;
        let class = self.program.class_at.get(&(self.file, node)).copied();
        let (Some(class), Some(base)) = (class, ast.child(parent, 0)) else {
            return;
        };
        let crate::ir::Declared::Class(base) = self.declared(Some(base)) else {
            return;
        };
        let Some(name) = self.program.class(base).and_then(|info| info.name) else {
            return;
        };
        let arguments = self.passed(ast.child(parent, 1));
        let target = Target::Super {
            receiver,
            name,
            class,
        };
        self.emit(Op::Call { target, arguments }, parent);
    }
}
