//! What is assigned to: names, fields, elements, and targets that take a value apart.

use bartizan_syntax::{Kind, NodeId, Operator};

use crate::ir::{Declared, Lvalue, Op, Slot};
use crate::lower::Lowering;
use crate::values::Constant;

impl Lowering<'_, '_> {
    /// Assigns a value to a target.
    pub(super) fn assign(&mut self, target: NodeId, value: Slot) -> Lvalue {
        let place = self.deeper(Lvalue::None, |this| this.assign_plain(target, value));
        if self.marks.of(target).is_some() {
            self.mark_target(target, value, place);
        }
        place
    }

    /// Declares the names of a target in the innermost scope, then assigns.
    pub(super) fn assign_declared(&mut self, target: NodeId, value: Slot, declared: Declared) -> Lvalue {
        self.declare_target(target, declared, false);
        self.assign(target, value)
    }

    /// Declares all names of a target.
    pub(super) fn declare_target(&mut self, target: NodeId, declared: Declared, anew: bool) {
        let ast = self.ast;
        if ast.kind(target) == Kind::Name {
            let name = self.name(target);
            if anew {
                self.declare_anew(name, declared);
            } else {
                self.declare(name, declared);
            }
            return;
        }
        self.deeper((), |this| match ast.kind(target) {
            Kind::Destructure | Kind::Tuple | Kind::List | Kind::Spread => {
                for &child in ast.children(target) {
                    this.declare_target(child, Declared::Nothing, anew);
                }
            }
            Kind::Pair => {
                if let Some(inner) = ast.child(target, 1) {
                    this.declare_target(inner, Declared::Nothing, anew);
                }
            }
            Kind::Assign => {
                if let Some(inner) = ast.child(target, 0) {
                    this.declare_target(inner, Declared::Nothing, anew);
                }
            }
            _ => {}
        });
    }

    /// What rules say of a target counts for the variable that it names.
    fn mark_target(&mut self, target: NodeId, value: Slot, place: Lvalue) {
        let slot = match place {
            Lvalue::Slot(slot) => slot,
            _ => value,
        };
        self.mark(target, slot, place);
    }

    fn assign_plain(&mut self, target: NodeId, value: Slot) -> Lvalue {
        let ast = self.ast;
        match ast.kind(target) {
            Kind::Name => self.write(target, value),
            Kind::Member => {
                let (Some(object), Some(name)) = (ast.child(target, 0), ast.child(target, 1)) else {
                    return Lvalue::None;
                };
                if let Some(place) = self.set_otherwise(target, value) {
                    return place;
                }
                let object = self.value(object);
                let name = self.name(name);
                self.emit(Op::SetField { object, name, value }, target);
                Lvalue::Field(object, name)
            }
            Kind::Index => {
                let (Some(object), Some(key)) = (ast.child(target, 0), ast.child(target, 1)) else {
                    return self.set_last(target, value);
                };
                let object = self.value(object);
                let key = self.value(super::expression::only_of(ast, key));
                self.emit(Op::SetElement { object, key, value }, target);
                Lvalue::Element(object, key)
            }
            Kind::Destructure | Kind::Tuple | Kind::List => {
                self.take_apart(target, value);
                Lvalue::None
            }
            Kind::Variable => {
                let declared = self.declared(ast.child(target, 2));
                let inner = ast.child(target, 1);
                inner.map_or(Lvalue::None, |inner| {
                    self.declare_target(inner, declared, true);
                    self.assign(inner, value)
                })
            }
            Kind::Assign => {
                let inner = ast.child(target, 0);
                let default = self.value_or_unknown(ast.child(target, 1), target);
                let value = self.emit(Op::Default(value, default), target);
                inner.map_or(Lvalue::None, |inner| self.assign(inner, value))
            }
            Kind::Unary if ast.node(target).operator == Operator::Dereference => {
                let Some(inner) = ast.child(target, 0) else {
                    return Lvalue::None;
                };
                let object = self.value(inner);
                let name = self.names.name("*");
                self.emit(Op::SetField { object, name, value }, target);
                Lvalue::Field(object, name)
            }
            Kind::Spread | Kind::Cast | Kind::Param => {
                let inner = ast.children(target).last().copied();
                inner.map_or(Lvalue::None, |inner| self.assign(inner, value))
            }
            _ => Lvalue::None,
        }
    }

    fn take_apart(&mut self, target: NodeId, value: Slot) {
        let ast = self.ast;
        let children = ast.children(target);
        if ast.node(target).operator == Operator::Map {
            for &child in children {
                self.take_entry(child, value);
            }
            return;
        }
        let spread = children.iter().position(|&child| is_rest(ast, child));
        for (position, &child) in children.iter().enumerate() {
            if ast.kind(child) == Kind::Nothing {
                continue;
            }
            let after = children.len() - position - 1;
            let part = match spread {
                Some(at) if position == at => {
                    let (from, after) = (crate::table::small(position), crate::table::small(after));
                    self.emit(
                        Op::Rest {
                            object: value,
                            from,
                            after,
                        },
                        child,
                    )
                }
                Some(at) if position > at => {
                    let position = -(i64::try_from(after).unwrap_or(0) + 1);
                    self.emit(
                        Op::At {
                            object: value,
                            position,
                        },
                        child,
                    )
                }
                _ => {
                    let position = i64::try_from(position).unwrap_or(i64::MAX);
                    self.emit(
                        Op::At {
                            object: value,
                            position,
                        },
                        child,
                    )
                }
            };
            let inner = if is_rest(ast, child) {
                ast.child(child, 0)
            } else {
                Some(child)
            };
            if let Some(inner) = inner {
                self.assign(inner, part);
            }
        }
    }

    /// `{key: target}`, `{name}`, `{name = default}`, `{...rest}`.
    fn take_entry(&mut self, child: NodeId, value: Slot) {
        let ast = self.ast;
        match ast.kind(child) {
            Kind::Pair => {
                let (Some(key), Some(inner)) = (ast.child(child, 0), ast.child(child, 1)) else {
                    return;
                };
                let key = if ast.kind(key) == Kind::Name {
                    let text = self.names.text_constant(ast.text(key));
                    self.emit(Op::Constant(text), key)
                } else {
                    self.value(key)
                };
                let part = self.emit(Op::Element { object: value, key }, child);
                self.assign(inner, part);
            }
            Kind::Name | Kind::Assign => {
                let name = if ast.kind(child) == Kind::Name {
                    Some(child)
                } else {
                    ast.child(child, 0)
                };
                let Some(name) = name.filter(|&name| ast.kind(name) == Kind::Name) else {
                    return;
                };
                let text = self.name(name);
                let key = self.names.one(Constant::Text(text));
                let key = self.emit(Op::Constant(key), child);
                let part = self.emit(Op::Element { object: value, key }, child);
                self.assign(child, part);
            }
            Kind::Spread => {
                let part = self.emit(
                    Op::Rest {
                        object: value,
                        from: 0,
                        after: 0,
                    },
                    child,
                );
                if let Some(inner) = ast.child(child, 0) {
                    self.assign(inner, part);
                }
            }
            _ => {}
        }
    }

    /// `del x`, `delete x`.
    pub(super) fn delete(&mut self, target: NodeId) {
        let ast = self.ast;
        let (object, key) = match (ast.kind(target), ast.child(target, 0), ast.child(target, 1)) {
            (Kind::Member, Some(object), Some(name)) => {
                let object = self.value(object);
                let text = self.names.text_constant(ast.text(name));
                (object, self.emit(Op::Constant(text), name))
            }
            (Kind::Index, Some(object), Some(key)) if ast.kind(key) != Kind::Slice => {
                let object = self.value(object);
                (object, self.value(key))
            }
            _ => {
                self.value(target);
                return;
            }
        };
        self.emit(Op::RemoveElement { object, key }, target);
    }
}

fn is_rest(ast: &bartizan_syntax::Ast, node: NodeId) -> bool {
    ast.kind(node) == Kind::Spread
}
