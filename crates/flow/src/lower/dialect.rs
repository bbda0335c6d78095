//! What only some languages have: macros, infix calls, declarations that make an object, questions.

use bartizan_syntax::{Kind, NodeId, Operator};

use crate::ir::{Argument, Declared, Exit, Op, Passing, Slot, Span, Target};
use crate::lower::Lowering;
use crate::lower::name::Meaning;
use crate::program::{ClassId, own_name};
use crate::values::Kind as Made;

/// Macros of Rust whose first text names variables between braces.
const FORMATS: [&str; 13] = [
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "info",
    "warn",
    "error",
    "debug",
];
/// Names in one text of a macro, at most, that are looked at.
const MOST_NAMED: usize = 64;
/// Nodes of grammars that change nothing of the value in them.
const TRANSPARENT: [&str; 5] = [
    "try_expression",
    "parenthesized_expression",
    "spread_expression",
    "labeled_expression",
    "annotated_expression",
];

impl Lowering<'_, '_> {
    /// A call, or what is written like one.
    pub(super) fn called(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        if self.traits().bare_calls
            && let Some(result) = self.ruby_call(node)
        {
            return result;
        }
        let arguments = ast.child(node, 1).map_or(&[][..], |list| ast.children(list));
        if let ([only], Some(callee)) = (arguments, ast.child(node, 0))
            && ast.kind(*only) == Kind::Other
            && ast.text(*only) == "variadic_placeholder"
        {
            return self.value(callee);
        }
        if let Some(callee) = ast.child(node, 0)
            && self.marks.of(callee).is_none()
        {
            if let [only] = arguments
                && self.wraps(callee)
            {
                return self.value(*only);
            }
            if ast.kind(callee) == Kind::Name && self.are_pairs(arguments) {
                return self.made_of_pairs(node, arguments);
            }
            if let Some(class) = self.made_by(callee) {
                let arguments = self.passed(ast.child(node, 1));
                let declared = Declared::Class(class);
                let class = self.emit(Op::Class(class), callee);
                let target = Target::Construct {
                    class,
                    body: None,
                    declared,
                };
                return self.emit(Op::Call { target, arguments }, node);
            }
            if self.traits().own_type.is_some() && ast.kind(callee) == Kind::Name {
                match (ast.text(callee), arguments) {
                    ("vec", _) => return self.made_of(node, arguments, Made::Set),
                    (name, [first, ..]) if FORMATS.contains(&name) => {
                        let named = self.named_in(*first);
                        return self.call(node, &named);
                    }
                    _ => {}
                }
            }
        }
        self.call(node, &[])
    }

    /// The variables that a text for a macro names between braces: `"{name}"`.
    fn named_in(&mut self, text: NodeId) -> Vec<Slot> {
        let ast = self.ast;
        if ast.kind(text) != Kind::Str {
            return Vec::new();
        }
        let mut found = Vec::new();
        for part in ast.text(text).split('{').skip(1).take(MOST_NAMED) {
            let name = part.split(['}', ':']).next().unwrap_or_default();
            let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
            if !is_name {
                continue;
            }
            let name = self.names.name(name);
            match self.meaning_of_variable(name) {
                Some(Meaning::Local(slot, _)) => found.push(slot),
                Some(Meaning::Outer(root, key, _)) => found.push(self.emit(Op::Outer(root, key), text)),
                _ => {}
            }
        }
        found
    }

    /// What has no kind of its own.
    pub(super) fn other(&mut self, node: NodeId) -> Slot {
        let ast = self.ast;
        match (ast.text(node), ast.children(node)) {
            ("symbol", _) => match self.symbol(node) {
                Some(text) => text,
                None => self.joined(node),
            },
            ("is_pattern_expression", &[value, pattern]) => {
                let value = self.value(value);
                self.bind(pattern, value);
                self.unknown(node)
            }
            (name, &[.., last]) if TRANSPARENT.contains(&name) => self.value(last),
            ("for_expression", &[clauses, body]) => self.for_expression(clauses, body),
            ("field_initializer", &[field, given]) => self.field_initialiser(node, field, given),
            (_, &[only]) if ast.kind(only) == Kind::Block => self.statement_value(only),
            _ => self.joined(node),
        }
    }

    /// `: name(value)` of a constructor: a field, or a class above.
    fn field_initialiser(&mut self, node: NodeId, field: NodeId, given: NodeId) -> Slot {
        let ast = self.ast;
        let class = self.program.class_around(self.function());
        let (Some(class), Some(object)) = (class, self.receiver_for(None)) else {
            return self.joined(node);
        };
        let name = self.names.name(own_name(ast, field));
        let known = self.program.field(class, name);
        let Some((_, known)) = known else {
            let arguments = self.passed(Some(given));
            let target = Target::Super {
                receiver: object,
                name,
                class,
            };
            return self.emit(Op::Call { target, arguments }, node);
        };
        let value = match (known.declared, ast.children(given)) {
            (Declared::Class(made), _) => {
                let arguments = self.passed(Some(given));
                let class = self.emit(Op::Class(made), field);
                let target = Target::Construct {
                    class,
                    body: None,
                    declared: known.declared,
                };
                self.emit(Op::Call { target, arguments }, given)
            }
            (_, &[only]) => self.value(only),
            _ => self.joined(given),
        };
        self.emit(Op::SetField { object, name, value }, node);
        value
    }

    /// `for (a <- as; b = f(a); if g(b)) yield h(b)`: a list of what the body gives.
    fn for_expression(&mut self, clauses: NodeId, body: NodeId) -> Slot {
        let ast = self.ast;
        let Some(list) = self.frame().map(super::Frame::variable) else {
            return self.unknown(body);
        };
        self.emit_to(list, Op::Build(Made::List, Span::default()), body);
        let end = self.block();
        let mut head = end;
        self.open_scope();
        for &clause in ast.children(clauses) {
            let next = self.block();
            if let &[pattern, value] = ast.children(clause) {
                let collection = self.value(value);
                let out = head;
                head = self.head();
                self.exit(Exit::Choose(vec![next, out]));
                self.enter(next);
                let keys = false;
                let element = self.emit(Op::Each { collection, keys }, pattern);
                // What is not gone through is what the name stands for.
                let value = self.emit(Op::Default(element, collection), pattern);
                self.bind(pattern, value);
            } else {
                self.condition(ast.children(clause).first().copied(), next, head);
                self.enter(next);
            }
        }
        let value = self.value(body);
        let key = None;
        self.emit(Op::Add { list, value, key }, body);
        self.close_scope();
        self.jump(head);
        self.enter(end);
        list
    }

    /// `a to b`, `a f b`: a pair, or a method called on what stands to the left; none for an operator like others.
    pub(super) fn infix(&mut self, node: NodeId) -> Option<Slot> {
        let ast = self.ast;
        let (left, right) = (ast.child(node, 0)?, ast.child(node, 1)?);
        let name = ast.text(node);
        if ast.node(node).operator != Operator::Other || !self.traits().infix {
            return None;
        }
        if matches!(name, "to" | "->") {
            return Some(self.made_of(node, &[left, right], Made::Tuple));
        }
        if !name.starts_with(char::is_alphabetic) {
            return None;
        }
        let name = self.name(node);
        let declared = self.declared_of(left);
        let receiver = self.value(left);
        let value = self.value(right);
        let arguments = self.arguments(vec![Argument {
            value,
            passing: Passing::Plain,
        }]);
        let target = Target::Method {
            receiver,
            name,
            declared,
        };
        Some(self.emit(Op::Call { target, arguments }, node))
    }

    /// What a variable holds that is declared with a type: an object, where the declaration makes one.
    pub(super) fn made_by_declaration(&mut self, node: NodeId, declared: Declared) -> Option<Slot> {
        let ast = self.ast;
        if !self.traits().declarations_make {
            return None;
        }
        let value = ast.child(node, 3);
        let typed = ast.child(node, 2)?;
        let points = ast.child(typed, 0).is_some_and(|inner| {
            ast.kind(inner) == Kind::ArrayType && ast.node(inner).operator != Operator::None
        });
        let given = match value {
            None if points || declared == Declared::Scalar => return None,
            None => None,
            Some(value) if ast.kind(value) == Kind::Args => Some(value),
            Some(value) if ast.kind(value) == Kind::List && matches!(declared, Declared::Class(_)) => {
                Some(value)
            }
            Some(_) => return None,
        };
        let list = given.map_or(&[][..], |given| ast.children(given));
        let named = list.iter().any(|&part| ast.kind(part) == Kind::Pair);
        if named && let Declared::Class(class) = declared {
            return Some(self.filled(node, list, class));
        }
        let arguments = self.passed(given);
        let class = match declared {
            Declared::Class(class) => self.emit(Op::Class(class), typed),
            Declared::Outside(name) => self.emit(Op::Imported(name), typed),
            _ => return Some(self.emit(Op::Build(Made::Unknown, arguments), node)),
        };
        if given.is_none()
            && self
                .ast
                .child(typed, 0)
                .is_some_and(|inner| ast.kind(inner) == Kind::ArrayType)
        {
            return Some(self.emit(Op::Build(Made::List, arguments), node));
        }
        let target = Target::Construct {
            class,
            body: None,
            declared,
        };
        Some(self.emit(Op::Call { target, arguments }, node))
    }

    /// `{.name = x}`
    fn filled(&mut self, node: NodeId, list: &[NodeId], class: ClassId) -> Slot {
        let ast = self.ast;
        let mut parts = Vec::with_capacity(list.len());
        for &part in list {
            let name = ast.child(part, 0).filter(|_| ast.kind(part) == Kind::Pair);
            let value = self.value(part);
            let passing = name.map_or(Passing::Plain, |name| Passing::Named(self.name(name)));
            parts.push(Argument { value, passing });
        }
        let parts = self.arguments(parts);
        self.emit(Op::Build(Made::Instance(class, false), parts), node)
    }

    /// `std::make_unique<T>(…)`: what makes a new object of a class of the program.
    fn made_by(&mut self, callee: NodeId) -> Option<ClassId> {
        let ast = self.ast;
        let named = match ast.kind(callee) {
            Kind::Member => ast.child(callee, 1)?,
            _ => callee,
        };
        if ast.kind(named) != Kind::Generic || !self.traits().makers.contains(&ast.text(ast.child(named, 0)?))
        {
            return None;
        }
        match self.declared(ast.child(named, 1)) {
            Declared::Class(class) => Some(class),
            _ => None,
        }
    }

    /// `mapOf("a" to b)`: what is given nothing but pairs makes a map of them.
    fn are_pairs(&self, arguments: &[NodeId]) -> bool {
        let is_pair = |&one: &NodeId| {
            let ast = self.ast;
            ast.node(one).operator == Operator::Other && matches!(ast.text(one), "to" | "->")
        };
        self.traits().infix && !arguments.is_empty() && arguments.iter().all(is_pair)
    }

    fn made_of_pairs(&mut self, node: NodeId, pairs: &[NodeId]) -> Slot {
        let ast = self.ast;
        let mut parts = Vec::with_capacity(pairs.len());
        for &pair in pairs {
            let key = self.value_or_unknown(ast.child(pair, 0), pair);
            let value = self.value_or_unknown(ast.child(pair, 1), pair);
            parts.push(Argument {
                value,
                passing: Passing::Keyed(key),
            });
        }
        let parts = self.arguments(parts);
        self.emit(Op::Build(Made::Map, parts), node)
    }

    /// `T name(a, b);` within a function, which reads as if it promised one: an object, where what stands between the parentheses are variables.
    pub(super) fn made_by_promise(&mut self, node: NodeId) -> bool {
        let ast = self.ast;
        if !self.traits().declarations_make || self.in_module() || ast.child(node, 4).is_some() {
            return false;
        }
        let (Some(name), Some(typed), Some(list)) =
            (ast.child(node, 1), ast.child(node, 3), ast.child(node, 2))
        else {
            return false;
        };
        let mut arguments = Vec::new();
        for &parameter in ast.children(list) {
            let of = ast.child(parameter, 2).and_then(|of| ast.child(of, 0));
            let Some(of) = of.filter(|&of| ast.kind(of) == Kind::Name && ast.child(parameter, 1).is_none())
            else {
                return false;
            };
            let key = self.name(of);
            if self.meaning_of_variable(key).is_none() {
                return false;
            }
            let (value, _) = self.read(of);
            arguments.push(Argument {
                value,
                passing: Passing::Plain,
            });
        }
        if arguments.is_empty() {
            return false;
        }
        let declared = self.declared(Some(typed));
        let class = match declared {
            Declared::Class(class) => self.emit(Op::Class(class), typed),
            Declared::Outside(name) => self.emit(Op::Imported(name), typed),
            _ => return false,
        };
        let arguments = self.arguments(arguments);
        let target = Target::Construct {
            class,
            body: None,
            declared,
        };
        let made = self.emit(Op::Call { target, arguments }, node);
        self.declare_target(name, declared, true);
        self.assign(name, made);
        true
    }

    fn made_of(&mut self, node: NodeId, elements: &[NodeId], made: Made) -> Slot {
        let mut parts = Vec::with_capacity(elements.len());
        for &element in elements {
            let value = self.value(element);
            parts.push(Argument {
                value,
                passing: Passing::Plain,
            });
        }
        let parts = self.arguments(parts);
        self.emit(Op::Build(made, parts), node)
    }
}
