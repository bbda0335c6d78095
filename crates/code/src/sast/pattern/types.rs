//! Metavariables with types, `($X: T)`: what is known of the type of an expression without a compiler.

use super::env::{Bound, Env};
use super::matcher::{Matcher, Ways};
use bartizan_syntax::{Kind, Language, NodeId, Operator};

impl Matcher<'_> {
    /// `($X: T)` and an expression.
    pub(super) fn typed(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(metavariable), Some(wanted)) =
            (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
            return Vec::new();
        };
        let ways = self.has_type(wanted, node, env);
        ways.iter()
            .flat_map(|env| self.bind_to(self.pattern.text(metavariable), Bound::Node(node), env))
            .collect()
    }

    /// `($X: T) = …` and a declaration.
    pub(super) fn typed_target(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(metavariable), Some(wanted)) =
            (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
            return Vec::new();
        };
        let (Some(target), Some(kind)) = (self.ast.child(node, 1), self.ast.child(node, 2)) else {
            return Vec::new();
        };
        let ways = self.node(wanted, kind, env);
        ways.iter()
            .flat_map(|env| self.bind_to(self.pattern.text(metavariable), Bound::Node(target), env))
            .collect()
    }

    /// The ways in which an expression has a type.
    pub(super) fn has_type(&self, wanted: NodeId, node: NodeId, env: &Env) -> Ways {
        if matches!(self.ast.language(), Language::C | Language::Cpp) && self.ast.kind(node) == Kind::Str {
            let fits = self.is_text_of_c(wanted);
            return if fits { vec![env.clone()] } else { Vec::new() };
        }
        let wanted_name = self.name_of_type(wanted);
        if let Some(name) = built_in(self.ast.language(), self.ast.kind(node), self.ast.text(node)) {
            let fits = name.contains(&wanted_name);
            return if fits { vec![env.clone()] } else { Vec::new() };
        }
        match self.ast.kind(node) {
            Kind::Binary if self.ast.node(node).operator == Operator::Plus => {
                let sides = self.ast.children(node).iter();
                sides
                    .flat_map(|&side| self.has_type(wanted, side, env))
                    .take(1)
                    .collect()
            }
            Kind::New | Kind::Composite | Kind::Cast => self
                .ast
                .child(node, 0)
                .map_or_else(Vec::new, |kind| self.node(wanted, kind, env)),
            Kind::Unary if self.ast.node(node).operator == Operator::AddressOf => {
                self.address(wanted, node, env)
            }
            Kind::Name => {
                for kind in [
                    self.facts.names.declared_type(node),
                    self.facts.values.declared_type(self.ast, node),
                ]
                .into_iter()
                .flatten()
                {
                    let ways = self.node(wanted, kind, env);
                    if !ways.is_empty() {
                        return ways;
                    }
                }
                match self.facts.values.of_name(self.ast, node) {
                    Some(value) if self.ast.kind(value) != Kind::Call => self.has_type(wanted, value, env),
                    _ => Vec::new(),
                }
            }
            Kind::Member => match self.facts.names.declared_type(node) {
                Some(kind) => self.node(wanted, kind, env),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// `&T{…}` has the type `*T`.
    fn address(&self, wanted: NodeId, node: NodeId, env: &Env) -> Ways {
        let inner = match self.pattern.kind(wanted) {
            Kind::Type => self.pattern.child(wanted, 0),
            _ => Some(wanted),
        };
        let pointed = inner
            .filter(|&inner| self.pattern.kind(inner) == Kind::ArrayType)
            .and_then(|inner| self.pattern.child(inner, 0));
        match (pointed, self.ast.child(node, 0)) {
            (Some(pointed), Some(operand)) => self.has_type(pointed, operand, env),
            _ => Vec::new(),
        }
    }

    /// `char *`, which a literal text of C is.
    fn is_text_of_c(&self, wanted: NodeId) -> bool {
        let inner = match self.pattern.kind(wanted) {
            Kind::Type => self.pattern.child(wanted, 0),
            _ => Some(wanted),
        };
        inner.is_some_and(|inner| {
            let pointed = self.pattern.child(inner, 0);
            self.pattern.node(inner).operator == Operator::Dereference
                && pointed.is_some_and(|pointed| self.pattern.text(pointed) == "char")
        })
    }

    fn name_of_type(&self, wanted: NodeId) -> &str {
        let mut at = wanted;
        loop {
            match self.pattern.kind(at) {
                Kind::Type | Kind::Generic => match self.pattern.child(at, 0) {
                    Some(inner) => at = inner,
                    None => return "",
                },
                Kind::Member => match self.pattern.child(at, 1) {
                    Some(name) => at = name,
                    None => return "",
                },
                _ => return self.pattern.text(at),
            }
        }
    }
}

/// The names of the type of a literal.
fn built_in(language: Language, kind: Kind, text: &str) -> Option<&'static [&'static str]> {
    let decimal = text.contains('.');
    Some(match (kind, language) {
        (Kind::Str | Kind::Template, Language::Python) => &["str", "string"],
        (Kind::Str, Language::Java) => &["String"],
        (Kind::Str | Kind::Template, _) => &["string"],
        (Kind::Number, Language::JavaScript | Language::TypeScript | Language::Tsx) => {
            &["number", "int", "float"]
        }
        (Kind::Number, Language::Python) if decimal => &["float"],
        (Kind::Number, Language::Java) if decimal => &["double", "float"],
        (Kind::Number, Language::Go) if decimal => &["float64"],
        (Kind::Number, _) => &["int", "long"],
        (Kind::Bool, Language::Python | Language::Go) => &["bool"],
        (Kind::Bool, _) => &["boolean"],
        _ => return None,
    })
}
