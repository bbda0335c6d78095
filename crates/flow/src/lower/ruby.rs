//! What Ruby has: names that call, blocks beside the arguments, fields with a sign, values that only symbols name.
//!
//! A block is an argument of the name [`BLOCK`], and every method that yields has a parameter of that name, whether it says so or not.

use bartizan_syntax::{Flags, Kind, NodeId};

use crate::ir::{Argument, Declared, Lvalue, Op, Passing, Slot, Span, Target};
use crate::lower::name::Meaning;
use crate::lower::{Frame, Lowering};
use crate::program::{Binding, Role};
use crate::values::{Constant, Key, Name, Root};

/// What a block is passed as.
pub(crate) const BLOCK: &str = "block";
/// Methods that call the one that their first argument names.
const SENDERS: [&str; 3] = ["send", "public_send", "__send__"];
/// Functions that give back their block.
const CLOSERS: [&str; 2] = ["lambda", "proc"];

impl Lowering<'_, '_> {
    /// What a name with a sign is: `@x`, `@@x`, `$x`.
    pub(super) fn signed(&mut self, name: Name) -> Option<Meaning> {
        let text = self.names.text(name);
        let (field, global) = (text.starts_with('@'), text.starts_with('$'));
        if global {
            let key = Key::Name(name);
            return Some(Meaning::Outer(Root::Module(self.file), key, Declared::Nothing));
        }
        if !field {
            return None;
        }
        let shared = text.starts_with("@@");
        let receiver = if shared { None } else { self.receiver_for(None) };
        if let Some(receiver) = receiver {
            return Some(Meaning::Field(receiver, name, Declared::Nothing));
        }
        let root = match self.program.class_around(self.function()) {
            Some(class) => Root::Class(class),
            None => Root::Module(self.file),
        };
        Some(Meaning::Outer(root, Key::Name(name), Declared::Nothing))
    }

    /// A name that stands alone: a variable, a constant, or a call without arguments.
    pub(super) fn bare_name(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let name = self.name(node);
        if self.is_no_call(node, name) {
            return self.read(node);
        }
        let target = self.own_method(node, name);
        (
            self.finish_call(node, target, Span::default(), None),
            Lvalue::None,
        )
    }

    fn is_no_call(&mut self, node: NodeId, name: Name) -> bool {
        let text = self.ast.text(node);
        if text.starts_with(['@', '$']) || text.starts_with(char::is_uppercase) {
            return true;
        }
        if self.meaning_of_variable(name).is_some() {
            return true;
        }
        let global = self.program.global(self.file, name);
        !self.is_walled() && global.is_some_and(|(_, binding)| !self.is_method(binding))
    }

    fn is_method(&self, binding: Binding) -> bool {
        let Binding::Function(function) = binding else {
            return false;
        };
        self.program
            .function(function)
            .is_some_and(|info| info.role == Role::Function)
    }

    /// What a name calls that is called on nothing: a method of the object at hand, one of the file, or something outside.
    fn own_method(&mut self, node: NodeId, name: Name) -> Target {
        let mut class = self.program.class_around(self.function());
        let own = class;
        for _ in 0..32 {
            let Some(at) = class else {
                break;
            };
            let known = self.program.method(at, name, None);
            if known.is_some() || self.program.methods_named.contains_key(&name) && own == Some(at) {
                let is_static = known
                    .and_then(|method| self.program.function(method))
                    .is_some_and(|info| info.is_static);
                let receiver = if is_static {
                    None
                } else {
                    self.receiver_for(Some(at))
                };
                let receiver = receiver.unwrap_or_else(|| self.emit(Op::Class(at), node));
                let declared = Declared::Class(at);
                return Target::Method {
                    receiver,
                    name,
                    declared,
                };
            }
            class = self.program.class(at).and_then(|info| info.outer);
        }
        if let (Some(class), Some("new")) = (own, self.traits().maker)
            && self.ast.text(node) == "new"
        {
            let declared = Declared::Class(class);
            let class = self.emit(Op::Class(class), node);
            return Target::Construct {
                class,
                body: None,
                declared,
            };
        }
        Target::Value(self.read(node).0)
    }

    /// `a.b`: a call without arguments, unless it names something in a module.
    pub(super) fn bare_member(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        let (object, name) = (ast.child(node, 0)?, ast.child(node, 1)?);
        if ast.text(name).starts_with(char::is_uppercase) {
            return None;
        }
        let name = self.name(name);
        let target = self.method_of(object, name);
        Some(self.finish_call(node, target, Span::default(), None))
    }

    fn method_of(&mut self, object: NodeId, name: Name) -> Target {
        let declared = self.declared_of(object);
        let receiver = self.value(object);
        Target::Method {
            receiver,
            name,
            declared,
        }
    }

    /// Calls that are written in a way of their own; none for the others.
    pub(super) fn ruby_call(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        let callee = ast.child(node, 0)?;
        let list = ast.child(node, 1);
        let arguments = list.map_or(&[][..], |list| ast.children(list));
        match ast.kind(callee) {
            Kind::Name => {
                let name = self.name(callee);
                match (ast.text(callee), arguments) {
                    (word, &[.., block]) if CLOSERS.contains(&word) && is_block(ast, block) => {
                        return Some(self.value(block));
                    }
                    ("attr_accessor" | "attr_reader" | "attr_writer", _) => {
                        for &symbol in arguments {
                            self.field_accessors(symbol);
                        }
                        return Some(self.unknown(node));
                    }
                    ("raise", _) => {
                        let value = self.value_or_unknown(arguments.first().copied(), node);
                        self.throw(node, value);
                        return Some(self.unknown(node));
                    }
                    _ => {}
                }
                if self.is_no_call(callee, name) {
                    return None;
                }
                let target = self.own_method(callee, name);
                let arguments = self.passed(list);
                Some(self.finish_call(node, target, arguments, None))
            }
            Kind::Super => {
                let target = self.method_above()?;
                let arguments = self.passed(list);
                Some(self.finish_call(node, target, arguments, None))
            }
            Kind::Member => {
                let object = ast.child(callee, 0)?;
                let Some(name) = ast.child(callee, 1) else {
                    // `f.(x)`
                    let function = self.value(object);
                    let arguments = self.passed(list);
                    return Some(self.finish_call(node, Target::Value(function), arguments, None));
                };
                let (&first, _) = arguments.split_first()?;
                if ast.kind(object) == Kind::Name
                    && (ast.text(object), ast.text(name)) == ("Proc", "new")
                    && is_block(ast, first)
                {
                    return Some(self.value(first));
                }
                if !SENDERS.contains(&ast.text(name)) {
                    return None;
                }
                let text = symbol_of(ast, first)?;
                let name = self.name(text);
                let target = self.method_of(object, name);
                let given = self.given(arguments.get(1..).unwrap_or(&[]));
                let arguments = self.arguments(given);
                Some(self.finish_call(node, target, arguments, None))
            }
            _ => None,
        }
    }

    /// The methods that a class asks for by a symbol: one gives a field, one sets it.
    fn field_accessors(&mut self, symbol: NodeId) {
        let Some(text) = symbol_of(self.ast, symbol) else {
            return;
        };
        let field = self.names.name(&format!("@{}", self.ast.text(text)));
        for node in [symbol, text] {
            let Some(&function) = self.program.function_at.get(&(self.file, node)) else {
                continue;
            };
            self.frames.push(Frame::new(function));
            let Some(object) = self.frame().map(Frame::variable) else {
                return;
            };
            if let Some(frame) = self.frame() {
                frame.receiver = Some(object);
            }
            if node == text {
                let value = self.add_parameter(node, None, Declared::Nothing);
                let name = field;
                self.emit(Op::SetField { object, name, value }, node);
                self.emit(Op::Return(value), node);
            } else {
                let (name, declared) = (field, Declared::Nothing);
                let value = self.emit(
                    Op::Field {
                        object,
                        name,
                        declared,
                    },
                    node,
                );
                self.emit(Op::Return(value), node);
            }
            self.exit(crate::ir::Exit::Return);
            self.finish();
        }
    }

    /// The method above the one at hand.
    fn method_above(&mut self) -> Option<Target> {
        let class = self.program.class_around(self.function())?;
        let receiver = self.receiver_for(None)?;
        let mut at = Some(self.function());
        while let Some(info) = at.and_then(|at| self.program.function(at)) {
            if let (Some(name), Some(_)) = (info.name, info.class) {
                return Some(Target::Super {
                    receiver,
                    name,
                    class,
                });
            }
            at = info.parent;
        }
        None
    }

    /// `super` alone passes on what the method was given.
    pub(super) fn super_alone(&mut self, node: NodeId) -> Option<Slot> {
        let target = self.method_above()?;
        let frame = self
            .frames
            .iter()
            .rev()
            .find(|frame| frame.receiver.is_some())
            .map(|frame| frame.parameters.clone())?;
        let given = frame
            .iter()
            .filter(|parameter| parameter.taking == crate::ir::Taking::One)
            .map(|parameter| Argument {
                value: parameter.slot,
                passing: Passing::Plain,
            });
        let given: Vec<Argument> = given.collect();
        let arguments = self.arguments(given);
        Some(self.finish_call(node, target, arguments, None))
    }

    /// An argument that other languages do not have: a block, or an entry by a symbol.
    pub(super) fn ruby_argument(&mut self, child: NodeId) -> Option<Argument> {
        let ast = self.ast;
        if !self.traits().bare_calls {
            return None;
        }
        if is_block(ast, child) {
            let value = match (ast.kind(child), ast.child(child, 0)) {
                (Kind::Lambda, _) => self.value(child),
                (_, Some(inner)) if symbol_of(ast, inner).is_none() => self.value(inner),
                _ => self.unknown(child),
            };
            let passing = Passing::Named(self.names.name(BLOCK));
            return Some(Argument { value, passing });
        }
        let key = ast.child(child, 0).filter(|_| ast.kind(child) == Kind::Pair)?;
        let name = self.name(symbol_of(ast, key)?);
        let value = self.value_or_unknown(ast.child(child, 1), child);
        let passing = Passing::Named(name);
        Some(Argument { value, passing })
    }

    /// `yield x`: calls the block of the method around.
    pub(super) fn yield_to_block(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let name = self.names.name(BLOCK);
        let block = match self.meaning_of_variable(name) {
            Some(Meaning::Local(slot, _)) => slot,
            Some(Meaning::Outer(root, key, _)) => self.emit(Op::Outer(root, key), node),
            _ => self.unknown(node),
        };
        let given = match ast.child(node, 0) {
            Some(all) if ast.kind(all) == Kind::Tuple => self.given(ast.children(all)),
            Some(_) => self.given(ast.children(node)),
            None => Vec::new(),
        };
        let arguments = self.arguments(given);
        self.finish_call(node, Target::Value(block), arguments, None)
    }

    /// Gives a method that yields the block that it does not name.
    pub(super) fn hidden_block(&mut self, node: NodeId) {
        let ast = self.ast;
        let name = self.names.name(BLOCK);
        let named = self
            .frames
            .last()
            .is_some_and(|frame| frame.parameters.iter().any(|one| one.name == Some(name)));
        let yields = || ast.subtree(node).any(|below| ast.kind(below) == Kind::Yield);
        if !self.traits().bare_calls || ast.kind(node) != Kind::Function || named || !yields() {
            return;
        }
        let slot = self.add_parameter(node, Some(name), Declared::Nothing);
        self.bind_parameter(name, slot, Declared::Nothing, node);
    }

    /// The text of a symbol.
    pub(super) fn symbol(&mut self, node: NodeId) -> Option<Slot> {
        let text = symbol_of(self.ast, node)?;
        let name = self.name(text);
        let constant = self.names.one(Constant::Text(name));
        Some(self.emit(Op::Constant(constant), node))
    }
}

/// Whether an argument is a block.
fn is_block(ast: &bartizan_syntax::Ast, node: NodeId) -> bool {
    match ast.kind(node) {
        Kind::Lambda => ast.node(node).flags.has(Flags::BLOCK),
        Kind::Other => ast.text(node) == "block_argument",
        _ => false,
    }
}

/// The name that a symbol is.
pub(super) fn symbol_of(ast: &bartizan_syntax::Ast, node: NodeId) -> Option<NodeId> {
    let inner = ast.child(node, 0)?;
    let is_symbol = ast.kind(node) == Kind::Other && ast.text(node) == "symbol";
    (is_symbol && matches!(ast.kind(inner), Kind::Name | Kind::Str)).then_some(inner)
}
