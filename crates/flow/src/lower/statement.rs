//! Statements without control flow of their own, and blocks.

use bartizan_syntax::{Flags, Kind, Language, NodeId};

use crate::ir::{Declared, Exit, Lvalue, Op, Slot};
use crate::lower::Lowering;
use crate::program::{Import, has_modifier};

impl Lowering<'_, '_> {
    pub(super) fn statement(&mut self, node: NodeId) {
        self.deeper((), |this| this.plain_statement(node));
    }

    fn plain_statement(&mut self, node: NodeId) {
        let ast = self.ast;
        let child = |position| ast.child(node, position);
        match ast.kind(node) {
            Kind::Nothing | Kind::Pass | Kind::Global | Kind::Package => {}
            Kind::Block => self.block_statement(node),
            Kind::Expression => {
                if let Some(inner) = child(0) {
                    let value = self.value(inner);
                    self.mark(node, value, Lvalue::None);
                }
            }
            Kind::Variable => self.variable(node),
            Kind::If => self.branch(node, None),
            Kind::While => self.while_loop(node, None),
            Kind::DoWhile => self.do_while(node),
            Kind::For => self.for_loop(node),
            Kind::ForEach => self.for_each(node),
            Kind::Switch => self.switch(node, None),
            Kind::Try => self.tried(node, None),
            Kind::With => self.with(node),
            Kind::Return => {
                let value = child(0).map(|value| self.value(value));
                self.check(node, value);
                self.give_back(node, value);
            }
            Kind::Throw => {
                let value = self.value_or_unknown(child(0), node);
                self.check(node, Some(value));
                self.throw(node, value);
            }
            Kind::Break | Kind::Continue => self.jump_out(node),
            Kind::Labelled => self.labelled(node),
            Kind::Assert => {
                if child(0).is_some() {
                    let (yes, no) = (self.block(), self.block());
                    self.condition(child(0), yes, no);
                    self.enter(no);
                    let value = self.value_or_unknown(child(1), node);
                    self.throw(node, value);
                    self.jump(yes);
                    self.enter(yes);
                }
            }
            Kind::Delete => {
                for &target in ast.children(node) {
                    self.delete(target);
                }
            }
            Kind::Spawn | Kind::Defer => {
                if let Some(call) = child(0) {
                    self.value(call);
                }
            }
            Kind::Function => {
                if !self.made_by_promise(node) {
                    self.function_statement(node);
                }
            }
            Kind::Class => {
                self.class_statement(node);
            }
            Kind::Import | Kind::ImportFrom => self.import(node),
            Kind::Export => self.export(node),
            _ => {
                self.value(node);
            }
        }
    }

    /// A statement that rules call a sink.
    fn check(&mut self, node: NodeId, value: Option<Slot>) {
        if self.marks.of(node).is_some() {
            let arguments = crate::ir::Span::default();
            self.emit(
                Op::Check {
                    target: None,
                    arguments,
                    value,
                },
                node,
            );
        }
    }

    /// A block with a scope of its own, where the language gives it one.
    pub(super) fn block_statement(&mut self, node: NodeId) {
        let scoped = self.program.language(self.file) != Language::Python;
        if scoped {
            self.open_scope();
        }
        self.body(node);
        if scoped {
            self.close_scope();
        }
    }

    /// The statements of a block in the scope at hand.
    pub(super) fn body(&mut self, node: NodeId) {
        let ast = self.ast;
        self.hoist(node);
        for &child in ast.children(node) {
            self.statement(child);
        }
    }

    /// Names that are known before their declaration is reached.
    pub(super) fn hoist(&mut self, block: NodeId) {
        let ast = self.ast;
        let script = self.is_script();
        for &child in ast.children(block) {
            let child = match ast.kind(child) {
                Kind::Export => ast.child(child, 0).unwrap_or(child),
                _ => child,
            };
            match ast.kind(child) {
                Kind::Function | Kind::Class
                    if !self.in_module()
                        || self.frames.last().is_some_and(|frame| frame.scopes.len() > 1) =>
                {
                    if let Some(name) = ast.child(child, 1) {
                        let name = self.name(name);
                        self.declare(name, Declared::Nothing);
                    }
                }
                Kind::Variable
                    if script
                        && !ast
                            .child(child, 0)
                            .is_some_and(|list| has_modifier(ast, list, "var")) =>
                {
                    if let Some(target) = ast.child(child, 1) {
                        let declared = self.declared(ast.child(child, 2));
                        self.declare_target(target, declared, false);
                    }
                }
                _ => {}
            }
        }
        if !script {
            return;
        }
        // A function may be called above its declaration.
        for &child in ast.children(block) {
            if ast.kind(child) == Kind::Function && !self.at_top() {
                self.function_statement(child);
            }
        }
    }

    /// Whether names declared here are those of the module.
    pub(super) fn at_top(&self) -> bool {
        self.in_module() && self.frames.last().is_some_and(|frame| frame.scopes.len() == 1)
    }

    fn variable(&mut self, node: NodeId) {
        let ast = self.ast;
        let Some(target) = ast.child(node, 1) else {
            return;
        };
        let mut declared = self.declared(ast.child(node, 2));
        if let (Declared::Nothing, Some(value)) = (declared, ast.child(node, 3))
            && matches!(ast.kind(value), Kind::New | Kind::Cast)
        {
            declared = self.declared_of(value);
        }
        let python = ast.language() == Language::Python;
        let var = ast
            .child(node, 0)
            .is_some_and(|list| has_modifier(ast, list, "var"));
        let value = match self.made_by_declaration(node, declared) {
            Some(made) => Some(made),
            None => ast.child(node, 3).map(|value| self.value(value)),
        };
        if let (true, Some(value)) = (self.is_pattern(target), value) {
            self.bind(target, value);
            self.mark(node, value, Lvalue::None);
            return;
        }
        if !(python || var && self.is_script()) {
            self.declare_target(target, declared, self.traits().hides);
        } else if let (Declared::Class(_) | Declared::Outside(_) | Declared::Scalar, Kind::Name) =
            (declared, ast.kind(target))
        {
            let name = self.name(target);
            self.declare(name, declared);
        }
        match value {
            Some(value) => {
                let place = self.assign(target, value);
                self.mark(node, value, place);
            }
            None if !python && !var && ast.kind(target) == Kind::Name => {
                // Only in JavaScript is it known what lies there.
                let nothing = if self.is_script() {
                    self.names.one(crate::values::Constant::Null)
                } else {
                    crate::values::Constants::ANY
                };
                let value = self.emit(Op::Constant(nothing), node);
                let place = self.write(target, value);
                self.mark(target, value, place);
            }
            None => {}
        }
    }

    /// Ends the function with a value, after every `finally` around.
    pub(super) fn give_back(&mut self, node: NodeId, value: Option<Slot>) {
        let yields = self.frames.last().and_then(|frame| frame.yields);
        if let Some(value) = value
            && yields.is_none()
        {
            // What runs in between may assign to what is given back.
            let kept = self.frame().map(super::Frame::variable);
            if let Some(kept) = kept {
                let returns = self.frames.last().map(|frame| frame.returns);
                let op = match returns {
                    Some(Declared::Scalar) => Op::Assign(value, Declared::Scalar),
                    _ => Op::Copy(value),
                };
                self.emit_to(kept, op, node);
                self.leave_finals(0);
                self.emit(Op::Return(kept), node);
                self.leave(Exit::Return);
                return;
            }
        }
        self.leave_finals(0);
        self.end_function(node);
        self.leave(Exit::Return);
    }

    /// What a function gives back that comes to its end.
    pub(super) fn end_function(&mut self, node: NodeId) {
        if let Some(yields) = self.frames.last().and_then(|frame| frame.yields) {
            self.emit(Op::Return(yields), node);
        }
    }

    pub(super) fn throw(&mut self, node: NodeId, value: Slot) {
        if let Some(thrown) = self.frame().map(super::Frame::thrown) {
            self.emit_to(thrown, Op::Throw(value), node);
        }
        self.leave(Exit::Throw);
    }

    fn import(&mut self, node: NodeId) {
        for (name, import) in self.imports_of(node) {
            let op = match import {
                Import::Module(module) => Op::Module(module),
                Import::Outside(name) => Op::Imported(name),
                Import::Member(home, member) => {
                    let slot = match self.program.exported(home, member) {
                        Some((home, name, crate::program::Binding::Variable)) => {
                            let key = crate::values::Key::Name(name);
                            self.emit(Op::Outer(crate::values::Root::Module(home), key), node)
                        }
                        Some((home, _, binding)) => self.fixed(home, binding, node),
                        None => {
                            let key = crate::values::Key::Name(member);
                            self.emit(Op::Outer(crate::values::Root::Module(home), key), node)
                        }
                    };
                    self.bind_import(name, node, slot);
                    continue;
                }
            };
            let slot = self.emit(op, node);
            self.bind_import(name, node, slot);
        }
    }

    fn bind_import(&mut self, name: crate::values::Name, node: NodeId, slot: Slot) {
        if !self.at_top() {
            self.declare(name, Declared::Nothing);
        }
        self.write_name(name, node, slot);
    }

    fn export(&mut self, node: NodeId) {
        let ast = self.ast;
        let Some(inner) = ast.child(node, 0) else {
            return;
        };
        let named = matches!(ast.kind(inner), Kind::Function | Kind::Class) && ast.child(inner, 1).is_some();
        if ast.node(node).flags.has(Flags::DEFAULT) && !named {
            let value = self.value(inner);
            let name = self.names.name("default");
            self.write_name(name, node, value);
            return;
        }
        if ast.kind(inner) == Kind::Other || ast.kind(inner) == Kind::ImportFrom {
            return;
        }
        self.statement(inner);
    }
}
