//! Calls and creations.

use bartizan_syntax::{Kind, Language, NodeId, Operator};

use crate::ir::{Argument, Declared, Lvalue, Op, Passing, Slot, Span, Target};
use crate::lower::Lowering;
use crate::lower::name::Meaning;
use crate::program::own_name;
use crate::traits::Constructors;
use crate::values::Name;

impl Lowering<'_, '_> {
    /// A call; `more` is given to it beside its arguments.
    pub(super) fn call(&mut self, node: NodeId, more: &[Slot]) -> Slot {
        let ast = self.ast;
        let Some(callee) = ast.child(node, 0) else {
            return self.unknown(node);
        };
        match self.program.required(self.file, ast, node, self.names) {
            Some(crate::program::Import::Module(module)) => return self.emit(Op::Module(module), node),
            Some(crate::program::Import::Outside(name)) => return self.emit(Op::Imported(name), node),
            _ => {}
        }
        let (target, also) = self.callee(callee);
        let arguments = self.passed_with(ast.child(node, 1), more);
        self.finish_call(node, target, arguments, also)
    }

    pub(super) fn finish_call(
        &mut self,
        node: NodeId,
        target: Target,
        arguments: Span,
        also: Option<Slot>,
    ) -> Slot {
        if self.marks.of(node).is_some_and(|marks| !marks.sinks.is_empty()) {
            self.emit(
                Op::Check {
                    target: Some(target),
                    arguments,
                    value: None,
                },
                node,
            );
        }
        let result = self.emit(Op::Call { target, arguments }, node);
        match also {
            Some(also) => self.emit(Op::Default(result, also), node),
            None => result,
        }
    }

    /// What is called, and the value of a callee of which rules say something.
    fn callee(&mut self, callee: NodeId) -> (Target, Option<Slot>) {
        let ast = self.ast;
        match ast.kind(callee) {
            Kind::Generic if self.marks.of(callee).is_none() => match ast.child(callee, 0) {
                Some(inner) => self.deeper((Target::Value(Slot(0)), None), |this| this.callee(inner)),
                None => (Target::Value(self.unknown(callee)), None),
            },
            Kind::Member => {
                let (Some(object), Some(name)) = (ast.child(callee, 0), ast.child(callee, 1)) else {
                    return (Target::Value(self.unknown(callee)), None);
                };
                if let Some(value) = self.in_name_space(callee) {
                    return (Target::Value(value), None);
                }
                let name = self.names.name(own_name(ast, name));
                if let Some(target) = self.scoped_method(object, name) {
                    return (target, None);
                }
                if let Some(target) = self.super_method(object, name) {
                    return (target, None);
                }
                let declared = self.declared_of(object);
                let receiver = self.value(object);
                let also = self.marked_callee(callee, receiver, name);
                let target = Target::Method {
                    receiver,
                    name,
                    declared,
                };
                (target, also)
            }
            Kind::Index if ast.child(callee, 1).is_some_and(|key| ast.kind(key) == Kind::Str) => {
                let (Some(object), Some(key)) = (ast.child(callee, 0), ast.child(callee, 1)) else {
                    return (Target::Value(self.unknown(callee)), None);
                };
                let declared = self.declared_of(object);
                let receiver = self.value(object);
                let name = self.name(key);
                let target = Target::Method {
                    receiver,
                    name,
                    declared,
                };
                (target, None)
            }
            Kind::Super => {
                let receiver = self.value(callee);
                let class = self.program.class_around(self.function());
                match class {
                    Some(class) => (self.super_constructor(receiver, class), None),
                    None => (Target::Value(receiver), None),
                }
            }
            Kind::This => {
                let receiver = self.value(callee);
                let class = self.program.class_around(self.function());
                let name = class.and_then(|class| self.program.class(class)?.name);
                match name {
                    Some(name) => {
                        let declared = class.map_or(Declared::Nothing, Declared::Class);
                        (
                            Target::Method {
                                receiver,
                                name,
                                declared,
                            },
                            None,
                        )
                    }
                    None => (Target::Value(receiver), None),
                }
            }
            Kind::Name => (self.named_callee(callee), None),
            _ => (Target::Value(self.value(callee)), None),
        }
    }

    fn marked_callee(&mut self, callee: NodeId, object: Slot, name: Name) -> Option<Slot> {
        self.marks.of(callee)?;
        let declared = Declared::Nothing;
        let value = self.emit(
            Op::Field {
                object,
                name,
                declared,
            },
            callee,
        );
        Some(self.mark(callee, value, Lvalue::Field(object, name)))
    }

    /// `super.m()`, `super().m()`.
    fn super_method(&mut self, object: NodeId, name: Name) -> Option<Target> {
        let ast = self.ast;
        let python = ast.kind(object) == Kind::Call
            && ast
                .child(object, 0)
                .is_some_and(|callee| ast.kind(callee) == Kind::Name && ast.text(callee) == "super");
        if ast.kind(object) != Kind::Super && !python {
            return None;
        }
        let class = self.program.class_around(self.function())?;
        let receiver = self.receiver_for(None)?;
        Some(Target::Super {
            receiver,
            name,
            class,
        })
    }

    fn super_constructor(&mut self, receiver: Slot, class: crate::program::ClassId) -> Target {
        let name = match self.traits().constructors {
            Constructors::AsClass => self
                .program
                .class(class)
                .and_then(|info| self.program.class(*info.parents.first()?)?.name),
            Constructors::Named(name) => Some(self.names.name(name)),
            Constructors::None => None,
        };
        match name {
            Some(name) => Target::Super {
                receiver,
                name,
                class,
            },
            None => Target::Value(receiver),
        }
    }

    /// A name that is called: in Java a method of the class at hand or of one around it.
    fn named_callee(&mut self, callee: NodeId) -> Target {
        let name = self.name(callee);
        let local = || {
            matches!(
                self.meaning_of_variable(name),
                Some(Meaning::Local(..) | Meaning::Outer(..))
            )
        };
        if self.traits().bare_members && (self.ast.language() == Language::Java || !local()) {
            let mut class = self.program.class_around(self.function());
            for _ in 0..32 {
                let Some(at) = class else {
                    break;
                };
                if let Some(method) = self.program.method(at, name, None) {
                    let declared = Declared::Class(at);
                    let is_static = self.program.function(method).is_some_and(|info| info.is_static);
                    let receiver = if is_static {
                        None
                    } else {
                        self.receiver_for(Some(at))
                    };
                    let receiver = receiver.unwrap_or_else(|| self.emit(Op::Class(at), callee));
                    return Target::Method {
                        receiver,
                        name,
                        declared,
                    };
                }
                class = self.program.class(at).and_then(|info| info.outer);
            }
            if self.ast.language() == Language::Java
                && let Some(receiver) = self.receiver_for(None)
            {
                let declared = Declared::Nothing;
                return Target::Method {
                    receiver,
                    name,
                    declared,
                };
            }
        }
        Target::Value(self.value(callee))
    }

    /// The arguments of a call.
    pub(super) fn passed(&mut self, list: Option<NodeId>) -> Span {
        self.passed_with(list, &[])
    }

    fn passed_with(&mut self, list: Option<NodeId>, more: &[Slot]) -> Span {
        let ast = self.ast;
        let mut arguments = self.given(list.map_or(&[][..], |list| ast.children(list)));
        arguments.extend(more.iter().map(|&value| Argument {
            value,
            passing: Passing::Plain,
        }));
        self.arguments(arguments)
    }

    pub(super) fn given(&mut self, list: &[NodeId]) -> Vec<Argument> {
        let ast = self.ast;
        let mut arguments = Vec::new();
        for &child in list {
            if let Some(argument) = self.ruby_argument(child) {
                arguments.push(argument);
                continue;
            }
            let argument = match ast.kind(child) {
                Kind::Nothing => continue,
                Kind::Keyword => {
                    let value = self.value(child);
                    let passing = match ast.child(child, 0) {
                        Some(name) => Passing::Named(self.name(name)),
                        None => Passing::Plain,
                    };
                    Argument { value, passing }
                }
                Kind::Spread => {
                    let value = self.value(child);
                    let named = ast.node(child).operator == Operator::Power;
                    Argument {
                        value,
                        passing: if named {
                            Passing::SpreadNamed
                        } else {
                            Passing::Spread
                        },
                    }
                }
                Kind::Name if self.traits().passes_references => Argument {
                    value: self.referred(child),
                    passing: Passing::Plain,
                },
                _ => Argument {
                    value: self.value(child),
                    passing: Passing::Plain,
                },
            };
            arguments.push(argument);
        }
        arguments
    }

    /// `new T(…)`, with a body where it is an anonymous class.
    pub(super) fn construct(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let Some(kind) = ast.child(node, 0) else {
            return self.filled_anew(node);
        };
        let body = self.program.class_at.get(&(self.file, node)).copied();
        let declared = self.declared(Some(kind));
        let typed = self.program.language(self.file) == Language::Java;
        let class = match declared {
            Declared::Class(class) => self.emit(Op::Class(class), kind),
            Declared::Outside(name) if typed => self.emit(Op::Imported(name), kind),
            _ if typed => self.unknown(kind),
            _ => {
                let inner = if ast.kind(kind) == Kind::Type {
                    ast.child(kind, 0)
                } else {
                    Some(kind)
                };
                self.value_or_unknown(inner, kind)
            }
        };
        let arguments = self.passed(ast.child(node, 1));
        if body.is_some() {
            self.class_members(node);
        }
        let target = Target::Construct {
            class,
            body,
            declared,
        };
        let made = self.finish_call(node, target, arguments, None);
        self.filled_where_made(node, made)
    }
}
