//! What C# has: properties with code of their own, objects that are filled where they are made, patterns that compare.

use bartizan_syntax::{Kind, NodeId, Operator};

use crate::ir::{Argument, BlockId, Declared, Exit, Op, Passing, Slot, Span, Target};
use crate::lower::Lowering;
use crate::program::accessors_of;
use crate::values::{Kind as Made, Name};

/// What a setter calls what it is given.
const GIVEN: &str = "value";

impl Lowering<'_, '_> {
    /// The functions that a property is; says whether it is one.
    pub(super) fn accessors(&mut self, member: NodeId) -> bool {
        let Some(block) = accessors_of(self.ast, member) else {
            return false;
        };
        self.define(block);
        for &accessor in self.ast.children(block) {
            self.define(accessor);
        }
        true
    }

    /// What only functions of properties have: a parameter that is not written, or an expression for a body.
    pub(super) fn assigned_property(&mut self, node: NodeId) {
        let ast = self.ast;
        if !self.traits().creation_fills {
            return;
        }
        let is_accessor = ast.node(node).flags.has(bartizan_syntax::Flags::ACCESSOR);
        if ast.kind(node) == Kind::Block {
            if let Some(expression) = ast.child(node, 0).and_then(|only| ast.child(only, 0)) {
                let value = self.value(expression);
                self.emit(Op::Return(value), node);
            }
        } else if is_accessor && ast.child(node, 1).is_some_and(|name| ast.text(name) != "get") {
            let name = self.names.name(GIVEN);
            let slot = self.add_parameter(node, Some(name), Declared::Nothing);
            self.bind_parameter(name, slot, Declared::Nothing, node);
        }
    }

    /// The method that sets a field of this name, if any class has one.
    pub(super) fn setter(&self, field: &str) -> Option<Name> {
        let traits = self.traits();
        if !traits.creation_fills && !traits.bare_calls {
            return None;
        }
        let name = self.names.known_name(&format!("{field}="))?;
        self.program.methods_named.contains_key(&name).then_some(name)
    }

    pub(super) fn call_setter(
        &mut self,
        node: NodeId,
        (receiver, declared): (Slot, Declared),
        name: Name,
        value: Slot,
    ) {
        let arguments = self.arguments(vec![Argument {
            value,
            passing: Passing::Plain,
        }]);
        let target = Target::Method {
            receiver,
            name,
            declared,
        };
        self.emit(Op::Call { target, arguments }, node);
    }

    /// `new() { … }`: an object whose type stands elsewhere.
    pub(super) fn filled_anew(&mut self, node: NodeId) -> Slot {
        if !self.traits().creation_fills {
            return self.unknown(node);
        }
        let arguments = self.passed(self.ast.child(node, 1));
        let made = self.emit(Op::Build(Made::Unknown, arguments), node);
        self.filled_where_made(node, made)
    }

    /// `new T { A = a, [k] = b, c, { d, e } }`: fields, entries, elements.
    pub(super) fn filled_where_made(&mut self, node: NodeId, made: Slot) -> Slot {
        let ast = self.ast;
        let Some(block) = ast.child(node, 2).filter(|_| self.traits().creation_fills) else {
            return made;
        };
        let is_array = ast
            .child(node, 0)
            .is_some_and(|kind| ast.kind(kind) == Kind::ArrayType);
        let kept = self.frame().map(super::Frame::variable).unwrap_or(made);
        if is_array {
            self.emit_to(kept, Op::Build(Made::List, Span::default()), node);
        } else {
            self.emit_to(kept, Op::Copy(made), node);
        }
        for &statement in ast.children(block) {
            self.deeper((), |this| this.fill(kept, statement));
        }
        kept
    }

    fn fill(&mut self, object: Slot, statement: NodeId) {
        let ast = self.ast;
        if let (Kind::Block, &[key, value]) = (ast.kind(statement), ast.children(statement)) {
            let key = self.value_or_unknown(ast.child(key, 0), key);
            let value = self.value_or_unknown(ast.child(value, 0), value);
            self.emit(Op::SetElement { object, key, value }, statement);
            return;
        }
        let Some(inner) = ast.child(statement, 0) else {
            return;
        };
        let (target, value) = (ast.child(inner, 0), ast.child(inner, 1));
        let (Kind::Assign, Some(target), Some(value)) = (ast.kind(inner), target, value) else {
            let (list, value, key) = (object, self.value(inner), None);
            self.emit(Op::Add { list, value, key }, statement);
            return;
        };
        let value = self.value(value);
        match (ast.kind(target), ast.child(target, 0)) {
            (Kind::Name, _) => {
                if let Some(setter) = self.setter(ast.text(target)) {
                    self.call_setter(target, (object, Declared::Nothing), setter, value);
                    return;
                }
                let name = self.name(target);
                self.emit(Op::SetField { object, name, value }, target);
            }
            (_, Some(key)) => {
                let key = self.value(key);
                self.emit(Op::SetElement { object, key, value }, target);
            }
            _ => {}
        }
    }

    /// `< 0`, `>= 0 and < 10`, `1 or 2`, `not null`, `_`; says whether the pattern is one of these.
    pub(super) fn match_compared(
        &mut self,
        pattern: NodeId,
        subject: (Slot, Slot),
        yes: BlockId,
        no: BlockId,
    ) -> bool {
        let ast = self.ast;
        if !self.traits().creation_fills {
            return false;
        }
        let every = Some(subject);
        match (ast.kind(pattern), ast.text(pattern), ast.children(pattern)) {
            (Kind::Name, "_", _) => self.jump(yes),
            (Kind::Other, "relational_pattern", &[bound]) => {
                let bound = self.value(bound);
                let operator = ast.node(pattern).operator;
                let condition = self.emit(Op::Binary(operator, subject.0, bound), pattern);
                self.exit(Exit::Branch { condition, yes, no });
            }
            (Kind::Other, "and_pattern", &[one, other]) => {
                let next = self.block();
                self.deeper((), |this| this.match_pattern(one, every, next, no));
                self.enter(next);
                self.deeper((), |this| this.match_pattern(other, every, yes, no));
            }
            (Kind::Other, "or_pattern", &[one, other]) => {
                let next = self.block();
                self.deeper((), |this| this.match_pattern(one, every, yes, next));
                self.enter(next);
                self.deeper((), |this| this.match_pattern(other, every, yes, no));
            }
            (Kind::Other, "negated_pattern", &[inner]) => {
                self.deeper((), |this| this.match_pattern(inner, every, no, yes));
            }
            (Kind::Other, "parenthesized_pattern", &[inner]) => {
                self.deeper((), |this| this.match_pattern(inner, every, yes, no));
            }
            _ => return false,
        }
        true
    }

    /// `list << value` of Ruby: a method that models know.
    pub(super) fn appended(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        if !self.traits().bare_calls || ast.node(node).operator != Operator::ShiftLeft {
            return None;
        }
        let (left, right) = (ast.child(node, 0)?, ast.child(node, 1)?);
        let declared = self.declared_of(left);
        let receiver = self.value(left);
        let value = self.value(right);
        let arguments = self.arguments(vec![Argument {
            value,
            passing: Passing::Plain,
        }]);
        let target = Target::Method {
            receiver,
            name: self.names.name("<<"),
            declared,
        };
        Some(self.finish_call(node, target, arguments, None))
    }
}
