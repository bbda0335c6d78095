//! Patterns that take a value apart and bind names to its parts.
//!
//! In: a pattern of a `match`, a `let`, a parameter or a loop. Out: assignments of parts of the subject to the names in it. A pattern of which
//! nothing is known gives the whole subject to every name in it.

use bartizan_syntax::{Kind, NodeId, Operator};

use crate::ir::{Declared, Op, Slot};
use crate::lower::Lowering;

/// Patterns that name the fields that they take.
const OF_FIELDS: [&str; 2] = ["struct_pattern", "case_class_pattern"];
/// Patterns with one part, which is the whole.
const OF_ONE: [&str; 3] = ["reference_pattern", "ref_pattern", "parenthesized_pattern"];

impl Lowering<'_, '_> {
    /// Whether a target is a pattern of the language at hand, rather than something that an assignment could stand for.
    pub(super) fn is_pattern(&self, target: NodeId) -> bool {
        let ast = self.ast;
        match ast.kind(target) {
            Kind::Other | Kind::Patterns | Kind::Composite => true,
            Kind::Call | Kind::Tuple | Kind::List => self.traits().binds_in_patterns && !self.is_python(),
            _ => false,
        }
    }

    /// Declares the names of a pattern anew, and gives each its part of the subject.
    pub(super) fn bind(&mut self, pattern: NodeId, subject: Slot) {
        self.deeper((), |this| this.bind_plain(pattern, subject));
    }

    fn bind_plain(&mut self, pattern: NodeId, subject: Slot) {
        let ast = self.ast;
        match ast.kind(pattern) {
            Kind::Name => self.bind_name(pattern, subject),
            Kind::Tuple | Kind::List | Kind::Destructure => self.bind_list(ast.children(pattern), subject),
            Kind::Call => self.bind_arguments(pattern, subject),
            Kind::Cast => {
                if let Some(name) = ast.child(pattern, 1) {
                    self.bind(name, subject);
                }
            }
            Kind::TypeTest | Kind::Variable => {
                let position = if ast.kind(pattern) == Kind::TypeTest { 2 } else { 1 };
                if let Some(name) = ast.child(pattern, position) {
                    self.bind(name, subject);
                }
            }
            Kind::Other if ast.text(pattern) == "structured_binding_declarator" => {
                self.bind_list(ast.children(pattern), subject);
            }
            Kind::Other if OF_FIELDS.contains(&ast.text(pattern)) => self.bind_fields(pattern, subject),
            Kind::Other if OF_ONE.contains(&ast.text(pattern)) => {
                if let Some(&inner) = ast.children(pattern).last() {
                    self.bind(inner, subject);
                }
            }
            Kind::Other | Kind::Patterns | Kind::Binary => {
                for &child in ast.children(pattern) {
                    self.bind(child, subject);
                }
            }
            _ => {}
        }
    }

    /// A name that begins with a capital letter is one that is there already.
    fn bind_name(&mut self, name: NodeId, subject: Slot) {
        let text = self.ast.text(name);
        if matches!(text, "_" | "..") || text.starts_with(char::is_uppercase) {
            return;
        }
        let key = self.name(name);
        self.declare_anew(key, Declared::Nothing);
        self.assign(name, subject);
    }

    /// `(a, .., b)`, `[first, rest @ ..]`.
    fn bind_list(&mut self, parts: &[NodeId], subject: Slot) {
        let ast = self.ast;
        let is_rest = |part: NodeId| {
            ast.kind(part) == Kind::Spread
                || ast
                    .subtree(part)
                    .any(|below| ast.kind(below) == Kind::Name && ast.text(below) == "..")
        };
        let rest = parts.iter().position(|&part| is_rest(part));
        for (at, &part) in parts.iter().enumerate() {
            let value = match rest {
                Some(rest) if rest == at => {
                    let (from, after) = (crate::table::small(at), crate::table::small(parts.len() - at - 1));
                    self.emit(
                        Op::Rest {
                            object: subject,
                            from,
                            after,
                        },
                        part,
                    )
                }
                Some(rest) if at > rest => {
                    let back = i64::try_from(parts.len() - at).unwrap_or(i64::MAX);
                    self.part_at(part, subject, -back)
                }
                _ => self.part_at(part, subject, i64::try_from(at).unwrap_or(i64::MAX)),
            };
            self.bind(part, value);
        }
    }

    fn part_at(&mut self, part: NodeId, subject: Slot, position: i64) -> Slot {
        self.emit(
            Op::At {
                object: subject,
                position,
            },
            part,
        )
    }

    /// `Some(x)`, `Shape::Circle(x, y)`: what wraps one value is taken to be that value.
    fn bind_arguments(&mut self, pattern: NodeId, subject: Slot) {
        let ast = self.ast;
        let parts = ast.child(pattern, 1).map_or(&[][..], |list| ast.children(list));
        let callee = ast.child(pattern, 0);
        match (callee.filter(|&callee| self.wraps(callee)), parts) {
            (Some(_), [only]) => self.bind(*only, subject),
            _ => self.bind_list(parts, subject),
        }
    }

    /// Whether a constructor is known to hold what it is given and nothing else.
    pub(super) fn wraps(&self, callee: NodeId) -> bool {
        self.ast.kind(callee) == Kind::Name && self.traits().wrappers.contains(&self.ast.text(callee))
    }

    /// `User { name, age: years, .. }`, `User(name, age)`.
    fn bind_fields(&mut self, pattern: NodeId, subject: Slot) {
        let ast = self.ast;
        let Some((&callee, parts)) = ast.children(pattern).split_first() else {
            return;
        };
        if let ([only], true) = (parts, self.wraps(callee)) {
            self.bind(*only, subject);
            return;
        }
        let is_named = ast.text(pattern) == "struct_pattern";
        if !is_named {
            self.bind_list(parts, subject);
            return;
        }
        for &part in parts {
            let (key, inner) = match (ast.kind(part), ast.children(part)) {
                (Kind::Other, [key]) => (*key, *key),
                (Kind::Other, [.., key, inner]) => (*key, *inner),
                _ => continue,
            };
            let name = self.name(key);
            let text = self.names.one(crate::values::Constant::Text(name));
            let text = self.emit(Op::Constant(text), key);
            let value = self.emit(
                Op::Element {
                    object: subject,
                    key: text,
                },
                part,
            );
            self.bind(inner, value);
        }
    }

    /// Goes to `yes` with the names of a pattern bound, or to `no`; what decides is not followed.
    pub(super) fn match_bound(
        &mut self,
        pattern: NodeId,
        subject: (Slot, Slot),
        yes: crate::ir::BlockId,
        no: crate::ir::BlockId,
    ) {
        let ast = self.ast;
        let is_value = matches!(
            ast.kind(pattern),
            Kind::Str | Kind::Number | Kind::Bool | Kind::Null | Kind::Unary
        );
        if is_value {
            let expected = self.value(pattern);
            let condition = self.emit(Op::Binary(Operator::Equal, subject.1, expected), pattern);
            self.exit(crate::ir::Exit::Branch { condition, yes, no });
            return;
        }
        self.bind(pattern, subject.0);
        let always = ast.kind(pattern) == Kind::Name && !ast.text(pattern).starts_with(char::is_uppercase);
        if always {
            self.jump(yes);
        } else {
            self.exit(crate::ir::Exit::Choose(vec![yes, no]));
        }
    }
}
