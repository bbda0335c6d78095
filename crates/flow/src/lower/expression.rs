//! Expressions: every one becomes a slot.

use bartizan_syntax::{Flags, Kind, Language, NodeId, Operator};

use crate::ir::{Argument, Declared, Exit, Lvalue, Op, Passing, Slot};
use crate::lower::{Lowering, literal};
use crate::program::own_name;
use crate::values::{Kind as Made, Name};

impl Lowering<'_, '_> {
    /// The value of an expression, with what rules say of its node.
    pub(super) fn value(&mut self, node: NodeId) -> Slot {
        let place = self.deeper(None, |this| Some(this.plain(node)));
        let (slot, place) = match place {
            Some(found) => found,
            None => (self.unknown(node), Lvalue::None),
        };
        self.mark(node, slot, place)
    }

    /// The value of an expression that may be absent.
    pub(super) fn value_or_unknown(&mut self, node: Option<NodeId>, at: NodeId) -> Slot {
        match node {
            Some(node) => self.value(node),
            None => self.unknown(at),
        }
    }

    /// Applies the marks of a node to the value that it has.
    pub(super) fn mark(&mut self, node: NodeId, slot: Slot, place: Lvalue) -> Slot {
        let marks = self.marks;
        let Some(marks) = marks.of(node) else {
            return slot;
        };
        let marked = self.emit(Op::Marked(slot, place), node);
        if marks.endpoint
            && let Some(frame) = self.frame()
        {
            frame.ends.insert(node, (marked, place));
        }
        for (number, propagator) in marks.propagators.iter().enumerate() {
            let end = |this: &Self, node| {
                this.frames
                    .last()
                    .and_then(|frame| frame.ends.get(&node).copied())
            };
            let (Some((from, _)), Some((to, place))) = (end(self, propagator.from), end(self, propagator.to))
            else {
                continue;
            };
            let number = crate::table::small(number);
            self.emit(
                Op::Propagate {
                    number,
                    from,
                    to,
                    place,
                },
                node,
            );
        }
        marked
    }

    fn plain(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let ast = self.ast;
        let child = |position| ast.child(node, position);
        let slot = match ast.kind(node) {
            Kind::Name if ast.text(node) == "this" && self.traits().bare_members => self.this(node),
            Kind::Name if self.is_this(node) => self.this(node),
            Kind::Name if self.traits().bare_calls => return self.bare_name(node),
            Kind::Name => return self.read(node),
            Kind::Member => return self.member(node),
            Kind::Index => return self.index(node),
            Kind::Assign => return self.assignment(node),
            Kind::Update => return self.update(node),
            Kind::This => self.this(node),
            Kind::Str | Kind::Number | Kind::Bool | Kind::Null => {
                let constant = literal::constant(ast, node, self.names);
                self.emit(Op::Constant(constant), node)
            }
            Kind::Template => self.joined(node),
            Kind::Call => self.called(node),
            Kind::New => self.construct(node),
            Kind::Unary => self.unary(node),
            Kind::Binary => self.binary(node),
            Kind::Conditional => self.conditional(node),
            Kind::Lambda | Kind::Function => self.closure(node),
            Kind::Class => self.class_expression(node),
            Kind::List => self.container(node, Made::List),
            Kind::Tuple => self.container(node, Made::Tuple),
            Kind::Set => self.container(node, Made::Set),
            Kind::Map => self.container(node, Made::Map),
            Kind::Composite => self.composite(node),
            Kind::Comprehension => self.comprehension(node),
            Kind::Await => {
                let inner = self.value_or_unknown(child(0), node);
                self.emit(Op::Await(inner), node)
            }
            Kind::Yield => self.yielded(node),
            Kind::Cast => self.cast(node),
            Kind::TypeTest => {
                let operand = self.value_or_unknown(child(0), node);
                if let Some(name) = child(2) {
                    let name = self.name(name);
                    let declared = self.declared(child(1));
                    self.declare(name, declared);
                    self.write_name(name, node, operand);
                }
                self.unknown(node)
            }
            Kind::MethodReference => self.reference(node),
            Kind::Spread | Kind::Keyword | Kind::Attribute | Kind::Pair => {
                let last = ast.children(node).last().copied();
                self.value_or_unknown(last.filter(|&last| ast.kind(last) != Kind::Nothing), node)
            }
            Kind::Slice | Kind::Element | Kind::Attributes | Kind::Args => self.joined(node),
            Kind::ElementText | Kind::Regex => {
                let name = self.names.text_constant(ast.text(node));
                self.emit(Op::Constant(name), node)
            }
            Kind::Super => match self.traits().bare_calls.then(|| self.super_alone(node)).flatten() {
                Some(result) => result,
                None => self.this(node),
            },
            Kind::Type | Kind::Generic | Kind::ArrayType | Kind::Nothing => self.unknown(node),
            kind if is_statement(kind) => self.statement_value(node),
            Kind::Other => self.other(node),
            _ => self.joined(node),
        };
        (slot, Lvalue::None)
    }

    pub(super) fn this(&mut self, node: NodeId) -> Slot {
        match self.receiver_for(None) {
            Some(slot) => slot,
            None => self.unknown(node),
        }
    }

    /// All children, as parts of one text.
    pub(super) fn joined(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let mut parts = Vec::new();
        for &child in ast.children(node) {
            if ast.kind(child) != Kind::Nothing {
                let value = self.value(child);
                parts.push(Argument {
                    value,
                    passing: Passing::Plain,
                });
            }
        }
        let parts = self.arguments(parts);
        self.emit(Op::Join(parts), node)
    }

    fn member(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let (Some(object), Some(name)) = (self.ast.child(node, 0), self.ast.child(node, 1)) else {
            return (self.unknown(node), Lvalue::None);
        };
        if let Some(value) = self.in_name_space(node) {
            return (value, Lvalue::None);
        }
        if self.traits().bare_calls
            && let Some(value) = self.bare_member(node)
        {
            return (value, Lvalue::None);
        }
        if let Some(found) = self.chosen_field(node) {
            return found;
        }
        if self.ast.kind(name) == Kind::Number {
            // A part of a tuple
            let position = self.ast.text(name).parse().unwrap_or(0);
            let object = self.value(object);
            return (self.emit(Op::At { object, position }, node), Lvalue::None);
        }
        let declared = self.declared_of(node);
        let object = self.value(object);
        let name = self.names.name(own_name(self.ast, name));
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

    fn index(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let ast = self.ast;
        let (Some(object), Some(index)) = (ast.child(node, 0), ast.child(node, 1)) else {
            return (self.unknown(node), Lvalue::None);
        };
        let object = self.value(object);
        let index = only_of(ast, index);
        if ast.kind(index) == Kind::Slice {
            let mut bound = |position| ast.child(index, position).map(|bound| self.value(bound));
            let (low, high, step) = (bound(0), bound(1), bound(2));
            return (
                self.emit(
                    Op::Slice {
                        object,
                        low,
                        high,
                        step,
                    },
                    node,
                ),
                Lvalue::None,
            );
        }
        let key = self.value(index);
        (
            self.emit(Op::Element { object, key }, node),
            Lvalue::Element(object, key),
        )
    }

    fn assignment(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let ast = self.ast;
        let (Some(target), Some(value)) = (ast.child(node, 0), ast.child(node, 1)) else {
            return (self.unknown(node), Lvalue::None);
        };
        let operator = ast.node(node).operator;
        match operator {
            Operator::None => {
                let value = self.value(value);
                let place = self.assign(target, value);
                (value, place)
            }
            Operator::And | Operator::Or | Operator::Coalesce => {
                let old = self.value(target);
                let new = self.value(value);
                let both = self.emit(Op::Default(new, old), node);
                let place = self.assign(target, both);
                (both, place)
            }
            operator => {
                let old = self.value(target);
                let new = self.value(value);
                let sum = self.emit(Op::Binary(operator, old, new), node);
                let place = self.assign(target, sum);
                (sum, place)
            }
        }
    }

    fn update(&mut self, node: NodeId) -> (Slot, Lvalue) {
        let Some(target) = self.ast.child(node, 0) else {
            return (self.unknown(node), Lvalue::None);
        };
        let operator = self.ast.node(node).operator;
        let old = self.value(target);
        let before = self.emit(Op::Copy(old), node);
        let one = self.names.one(crate::values::Constant::Int(1));
        let one = self.emit(Op::Constant(one), node);
        let new = self.emit(Op::Binary(operator, old, one), node);
        let place = self.assign(target, new);
        let prefix = self.ast.node(node).flags.has(Flags::PREFIX);
        (if prefix { new } else { before }, place)
    }

    fn unary(&mut self, node: NodeId) -> Slot {
        let operator = self.ast.node(node).operator;
        let operand = self.ast.child(node, 0);
        match (operator, operand) {
            (Operator::Delete, Some(target)) => {
                self.delete(target);
                self.unknown(node)
            }
            (Operator::Channel, Some(channel)) => {
                let collection = self.value(channel);
                self.emit(
                    Op::Each {
                        collection,
                        keys: false,
                    },
                    node,
                )
            }
            (Operator::AddressOf, Some(target))
                if self.traits().addresses && self.ast.kind(target) == Kind::Name =>
            {
                self.referred(target)
            }
            (operator, operand) => {
                let operand = self.value_or_unknown(operand, node);
                self.emit(Op::Unary(operator, operand), node)
            }
        }
    }

    /// A variable that others may change.
    pub(super) fn referred(&mut self, name: NodeId) -> Slot {
        let (slot, place) = self.read(name);
        let slot = self.mark(name, slot, place);
        match place {
            Lvalue::Slot(variable) if variable == slot => self.emit(Op::Refer(variable), name),
            _ => slot,
        }
    }

    /// Operands to the left lie one below the other, as deep as a text is long; they are walked in a loop.
    fn binary(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let operator = ast.node(node).operator;
        if matches!(operator, Operator::And | Operator::Or | Operator::Coalesce) {
            return self.logical(node);
        }
        if let Some(value) = self.infix(node).or_else(|| self.appended(node)) {
            return value;
        }
        let mut spine = vec![node];
        let mut lowest = ast.child(node, 0);
        while let Some(left) = lowest
            && ast.kind(left) == Kind::Binary
            && !matches!(
                ast.node(left).operator,
                Operator::And | Operator::Or | Operator::Coalesce
            )
            && ast.child(left, 0).is_some()
        {
            spine.push(left);
            lowest = ast.child(left, 0);
        }
        let mut value = self.value_or_unknown(lowest, node);
        while let Some(at) = spine.pop() {
            let right = self.value_or_unknown(ast.child(at, 1), at);
            let operator = ast.node(at).operator;
            if operator == Operator::Channel {
                self.emit(
                    Op::Add {
                        list: value,
                        value: right,
                        key: None,
                    },
                    at,
                );
            }
            value = self.emit(Op::Binary(operator, value, right), at);
            if at != node {
                value = self.mark(at, value, Lvalue::None);
            }
        }
        value
    }

    fn logical(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let operator = ast.node(node).operator;
        let Some(result) = self.frame().map(super::Frame::variable) else {
            return self.unknown(node);
        };
        let end = self.block();
        let mut operands = Vec::new();
        let mut at = node;
        // The same operator to the left is one chain.
        loop {
            operands.push(ast.child(at, 1));
            match ast.child(at, 0) {
                Some(left)
                    if ast.kind(left) == Kind::Binary
                        && ast.node(left).operator == operator
                        && self.marks.of(left).is_none() =>
                {
                    at = left;
                }
                left => {
                    operands.push(left);
                    break;
                }
            }
        }
        let mut left = operands.pop();
        while let Some(operand) = left {
            let value = self.value_or_unknown(operand, node);
            self.emit_to(result, Op::Copy(value), node);
            left = operands.pop();
            if left.is_none() {
                break;
            }
            let next = self.block();
            self.exit(match operator {
                Operator::And => Exit::Branch {
                    condition: result,
                    yes: next,
                    no: end,
                },
                Operator::Or => Exit::Branch {
                    condition: result,
                    yes: end,
                    no: next,
                },
                _ => Exit::Choose(vec![next, end]),
            });
            self.enter(next);
        }
        self.go(end);
        result
    }

    fn conditional(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let Some(result) = self.frame().map(super::Frame::variable) else {
            return self.unknown(node);
        };
        let (yes, no, end) = (self.block(), self.block(), self.block());
        self.condition(ast.child(node, 0), yes, no);
        for (block, part) in [(yes, 1), (no, 2)] {
            self.enter(block);
            let value = self.value_or_unknown(ast.child(node, part), node);
            self.emit_to(result, Op::Copy(value), node);
            self.jump(end);
        }
        self.enter(end);
        result
    }

    pub(super) fn closure(&mut self, node: NodeId) -> Slot {
        match self.define(node) {
            Some(function) => self.emit(Op::Function(function), node),
            None => self.unknown(node),
        }
    }

    fn container(&mut self, node: NodeId, made: Made) -> Slot {
        let ast = self.ast;
        let mut parts = Vec::new();
        for &child in ast.children(node) {
            if let Some(part) = self.part(child) {
                parts.push(part);
            }
        }
        let parts = self.arguments(parts);
        self.emit(Op::Build(made, parts), node)
    }

    /// An element of a literal.
    fn part(&mut self, child: NodeId) -> Option<Argument> {
        let ast = self.ast;
        Some(match ast.kind(child) {
            Kind::Nothing => return None,
            Kind::Pair => {
                let key = self.value_or_unknown(ast.child(child, 0), child);
                let value = self.value_or_unknown(ast.child(child, 1), child);
                let value = self.mark(child, value, Lvalue::None);
                Argument {
                    value,
                    passing: Passing::Keyed(key),
                }
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
            Kind::Function => {
                let name = ast.child(child, 1).map(|name| self.name(name));
                let value = self.value(child);
                let passing = name.map_or(Passing::Plain, Passing::Named);
                Argument { value, passing }
            }
            _ => Argument {
                value: self.value(child),
                passing: Passing::Plain,
            },
        })
    }

    /// `T{a, b: c}` of Go: a struct, a slice or a map.
    fn composite(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let declared = self.declared(ast.child(node, 0));
        let mut parts = Vec::new();
        for &child in ast.children(node).iter().skip(1) {
            let fields_only = self.traits().own_type.is_some();
            if ast.kind(child) == Kind::Name && fields_only {
                let name = self.name(child);
                let value = self.value(child);
                parts.push(Argument {
                    value,
                    passing: Passing::Named(name),
                });
                continue;
            }
            let field = match (ast.kind(child), ast.child(child, 0)) {
                (Kind::Pair, Some(key)) if ast.kind(key) == Kind::Name => Some(key),
                _ => None,
            };
            let struct_like = matches!(declared, Declared::Class(_))
                || field.is_some_and(|key| fields_only || self.is_unbound(key));
            match field {
                Some(key) if struct_like => {
                    let name = self.name(key);
                    let value = self.value_or_unknown(ast.child(child, 1), child);
                    parts.push(Argument {
                        value: self.mark(child, value, Lvalue::None),
                        passing: Passing::Named(name),
                    });
                }
                _ => parts.extend(self.part(child)),
            }
        }
        let keyed = parts.iter().any(|part| !matches!(part.passing, Passing::Plain));
        let made = match declared {
            Declared::Class(class) => Made::Instance(class, false),
            _ if keyed => Made::Map,
            Declared::Outside(name) if self.names.text(name) != "slice" => Made::Map,
            _ => Made::List,
        };
        if let Made::Instance(class, _) = made {
            self.name_fields(class, &mut parts);
        }
        let parts = self.arguments(parts);
        self.emit(Op::Build(made, parts), node)
    }

    fn is_unbound(&mut self, key: NodeId) -> bool {
        let name = self.name(key);
        !matches!(self.meaning(name), super::name::Meaning::Local(..))
    }

    /// Fields of a struct that are given by position.
    fn name_fields(&mut self, class: crate::program::ClassId, parts: &mut [Argument]) {
        let fields: Vec<Name> = self.program.class(class).map_or_else(Vec::new, |info| {
            info.fields.iter().map(|field| field.name).collect()
        });
        for (part, name) in parts.iter_mut().zip(fields) {
            if part.passing == Passing::Plain {
                part.passing = Passing::Named(name);
            }
        }
    }

    fn yielded(&mut self, node: NodeId) -> Slot {
        if self.traits().bare_calls {
            return self.yield_to_block(node);
        }
        let value = self.value_or_unknown(self.ast.child(node, 0), node);
        let value = if self.ast.node(node).flags.has(Flags::SPREAD) {
            self.emit(
                Op::Each {
                    collection: value,
                    keys: false,
                },
                node,
            )
        } else {
            value
        };
        if let Some(list) = self.frames.last().and_then(|frame| frame.yields) {
            self.emit(
                Op::Add {
                    list,
                    value,
                    key: None,
                },
                node,
            );
        }
        self.unknown(node)
    }

    fn cast(&mut self, node: NodeId) -> Slot {
        let operand = self.value_or_unknown(self.ast.child(node, 1), node);
        let declared = self.declared(self.ast.child(node, 0));
        let Declared::Scalar = declared else {
            return operand;
        };
        let target = self.temporary();
        self.emit_to(target, Op::Assign(operand, declared), node);
        target
    }

    /// `object::method`.
    fn reference(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        let (object, name) = match (ast.child(node, 0), ast.child(node, 1)) {
            (Some(object), Some(name)) => (object, name),
            // `::function` of Kotlin
            (Some(function), None) => return self.value(function),
            _ => return self.unknown(node),
        };
        let object = match ast.kind(object) {
            Kind::Type | Kind::Generic | Kind::ArrayType => match self.declared(Some(object)) {
                Declared::Class(class) => self.emit(Op::Class(class), object),
                Declared::Outside(name) => self.emit(Op::Imported(name), object),
                _ => self.unknown(object),
            },
            _ => self.value(object),
        };
        let name = self.name(name);
        let declared = Declared::Nothing;
        self.emit(
            Op::Field {
                object,
                name,
                declared,
            },
            node,
        )
    }

    pub(super) fn is_python(&self) -> bool {
        self.ast.language() == Language::Python
    }

    pub(super) fn is_script(&self) -> bool {
        matches!(
            self.program.language(self.file),
            Language::JavaScript | Language::TypeScript | Language::Tsx
        )
    }
}

/// The only part of a tuple, or what is none.
pub(super) fn only_of(ast: &bartizan_syntax::Ast, node: NodeId) -> NodeId {
    match ast.children(node) {
        [only] if ast.kind(node) == Kind::Tuple => *only,
        _ => node,
    }
}

/// Whether a kind is one of statements rather than of expressions.
pub(super) fn is_statement(kind: Kind) -> bool {
    use Kind::{
        Assert, Block, Break, Continue, Defer, Delete, DoWhile, Export, Expression, For, ForEach, Global, If,
        Import, ImportFrom, Labelled, Package, Pass, Return, Spawn, Switch, Throw, Try, Variable, While,
        With,
    };
    matches!(
        kind,
        Block
            | Expression
            | Variable
            | If
            | While
            | DoWhile
            | For
            | ForEach
            | Switch
            | Try
            | With
            | Return
            | Throw
            | Break
            | Continue
            | Labelled
            | Assert
            | Delete
            | Global
            | Pass
            | Spawn
            | Defer
            | Import
            | ImportFrom
            | Package
            | Export
    )
}
