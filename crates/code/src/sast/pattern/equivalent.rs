//! What counts as the same although it is written otherwise: imported names, constants, declarations and assignments.

use super::env::{Bound, Env};
use super::matcher::{Matcher, Ways};
use super::values::Constant;
use bartizan_syntax::{Kind, NodeId, Operator};

impl Matcher<'_> {
    /// The ways in which a pattern matches a node of another kind, or one of its own that is written otherwise.
    pub(super) fn equivalent(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (kind, seen) = (self.pattern.kind(pattern), self.ast.kind(node));
        if kind == seen && !matches!(kind, Kind::Name | Kind::Member) {
            return Vec::new();
        }
        match (kind, seen) {
            (Kind::Str | Kind::Number | Kind::Bool, _) => self.constant(pattern, node, env),
            (Kind::Name | Kind::Member, Kind::Name | Kind::Member) => {
                let mut ways = self.by_full_name(pattern, node, env);
                if ways.is_empty() && kind == Kind::Member && self.chains(pattern) {
                    ways = self.pattern.child(pattern, 0).map_or_else(Vec::new, |object| self.chain(object, node, env));
                }
                ways
            }
            (Kind::Member, Kind::Call | Kind::Index | Kind::Await) if self.chains(pattern) => {
                self.pattern.child(pattern, 0).map_or_else(Vec::new, |object| self.chain(object, node, env))
            }
            (Kind::Assign, Kind::Variable) if self.options.vardef_assign => self.assign_to_variable(pattern, node, env),
            (Kind::Assign, Kind::Pair | Kind::Keyword | Kind::Param) => Vec::new(),
            (Kind::For | Kind::ForEach, Kind::For | Kind::ForEach | Kind::While) if self.only_ellipsis_header(pattern) => {
                self.any_loop(pattern, node, env)
            }
            (Kind::Set | Kind::List, Kind::Map | Kind::Comprehension) => {
                let all = self.pattern.children(pattern);
                let holes = all.iter().all(|&one| self.pattern.kind(one) == Kind::Ellipsis);
                if holes && !all.is_empty() { vec![env.clone()] } else { Vec::new() }
            }
            (Kind::Function, Kind::Variable | Kind::Pair) => self.function_value(pattern, node, env),
            (Kind::Function, Kind::Export) | (Kind::Variable, Kind::Export) | (Kind::Class, Kind::Export) => {
                self.ast.child(node, 0).map_or_else(Vec::new, |inner| self.node(pattern, inner, env))
            }
            (Kind::Type, _) => self.pattern.child(pattern, 0).map_or_else(Vec::new, |inner| self.node(inner, node, env)),
            (_, Kind::Type) => self.ast.child(node, 0).map_or_else(Vec::new, |inner| self.node(pattern, inner, env)),
            (Kind::Name | Kind::Member, Kind::Generic) => self.ast.child(node, 0).map_or_else(Vec::new, |inner| self.node(pattern, inner, env)),
            (Kind::Return, _) if self.facts.is_lambda_body(node) => {
                self.pattern.child(pattern, 0).map_or_else(Vec::new, |value| self.node(value, node, env))
            }
            _ => Vec::new(),
        }
    }

    fn chains(&self, pattern: NodeId) -> bool {
        let name = self.pattern.child(pattern, 1).map(|name| self.pattern.kind(name));
        name == Some(Kind::Ellipsis)
    }

    /// A literal and an expression whose value is known.
    fn constant(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let seen = self.ast.kind(node);
        if !self.options.constant_propagation || !matches!(seen, Kind::Name | Kind::Binary | Kind::Template | Kind::Unary | Kind::Member) {
            return Vec::new();
        }
        let Some(value) = self.facts.values.constant(self.ast, node) else {
            return Vec::new();
        };
        let wanted = self.pattern.text(pattern);
        let equal = match (self.pattern.kind(pattern), &value) {
            (Kind::Str, Constant::Text(text)) => return self.text(wanted, text, node, env),
            (Kind::Number, Constant::Integer(_) | Constant::Float(_)) => super::values::number(wanted).as_ref() == Some(&value),
            (Kind::Bool, Constant::Bool(seen)) => wanted == seen.to_string(),
            _ => false,
        };
        if equal { vec![env.clone()] } else { Vec::new() }
    }

    /// A dotted name of the pattern and a node whose full name is known.
    pub(super) fn by_full_name(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut parts = Vec::new();
        let mut at = pattern;
        loop {
            match self.pattern.kind(at) {
                Kind::Name | Kind::Metavariable => {
                    parts.push(at);
                    break;
                }
                Kind::Member => {
                    let (Some(object), Some(name)) = (self.pattern.child(at, 0), self.pattern.child(at, 1)) else {
                        return Vec::new();
                    };
                    parts.push(name);
                    at = object;
                }
                _ => return Vec::new(),
            }
        }
        if parts.iter().all(|&part| self.pattern.kind(part) == Kind::Metavariable) {
            return Vec::new();
        }
        for full in self.facts.full_names(node).iter() {
            let ways = self.parts_of_name(&parts, full, node, env);
            if !ways.is_empty() {
                return ways;
            }
        }
        Vec::new()
    }

    /// The parts of a dotted name, the last one first, and a full name. A module that is a path counts by its last part, too.
    fn parts_of_name(&self, parts: &[NodeId], full: &str, node: NodeId, env: &Env) -> Ways {
        let mut ways = vec![env.clone()];
        let mut rest = Some(full);
        for (index, &part) in parts.iter().enumerate() {
            let Some(left) = rest else {
                return Vec::new();
            };
            let first = index + 1 == parts.len();
            let (before, text) = match left.rsplit_once('.') {
                Some((before, text)) if !first => (Some(before), text),
                _ => (None, left),
            };
            rest = before;
            let wanted = self.pattern.text(part);
            match self.pattern.kind(part) {
                Kind::Metavariable => {
                    let bound = if index == 0 { Bound::Node(self.last_name(node)) } else { Bound::Text(text.into(), self.ast.span(node)) };
                    ways = ways.iter().flat_map(|env| self.bind_to(wanted, bound.clone(), env)).collect();
                }
                Kind::Name if wanted == text || (first && text.rsplit('/').next() == Some(wanted)) => {}
                _ => return Vec::new(),
            }
        }
        if rest.is_some() { Vec::new() } else { ways }
    }

    fn last_name(&self, node: NodeId) -> NodeId {
        match self.ast.kind(node) {
            Kind::Member => self.ast.child(node, 1).unwrap_or(node),
            _ => node,
        }
    }

    pub(super) fn assign(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let child = |position| (self.pattern.child(pattern, position), self.ast.child(node, position));
        let (target, value) = (child(0), child(1));
        let (Some(ours), Some(theirs)) = target else {
            return Vec::new();
        };
        let (Some(our_value), Some(their_value)) = value else {
            return Vec::new();
        };
        let mut ways = self.and(self.node(ours, theirs, env), our_value, their_value);
        if ways.is_empty() {
            ways = self.assign_in_row(ours, our_value, theirs, their_value, env);
        }
        ways
    }

    /// `a, b = c, d` is `a = c` and `b = d`.
    fn assign_in_row(&self, ours: NodeId, our_value: NodeId, theirs: NodeId, their_value: NodeId, env: &Env) -> Ways {
        let row = |id| matches!(self.ast.kind(id), Kind::Tuple | Kind::List | Kind::Destructure);
        if !row(theirs) || !row(their_value) {
            return Vec::new();
        }
        let (targets, values) = (self.ast.children(theirs), self.ast.children(their_value));
        if targets.len() != values.len() {
            return Vec::new();
        }
        let pairs = targets.iter().zip(values);
        pairs
            .flat_map(|(&target, &value)| self.and(self.node(ours, target, env), our_value, value))
            .collect()
    }

    fn assign_to_variable(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let operator = self.pattern.node(pattern).operator;
        let (Some(target), Some(value)) = (self.ast.child(node, 1), self.ast.child(node, 3)) else {
            return Vec::new();
        };
        let (Some(ours), Some(our_value)) = (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1)) else {
            return Vec::new();
        };
        if operator != Operator::None {
            return Vec::new();
        }
        let ways = if self.pattern.kind(ours) == Kind::TypedMetavariable {
            self.typed_target(ours, node, env)
        } else {
            self.node(ours, target, env)
        };
        let ways = self.and(ways, our_value, value);
        if ways.is_empty() {
            return self.assign_in_row(ours, our_value, target, value, env);
        }
        ways
    }

    /// `function f(…) {…}` and `f = function (…) {…}`.
    fn function_value(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (name, value) = match self.ast.kind(node) {
            Kind::Variable => (self.ast.child(node, 1), self.ast.child(node, 3)),
            _ => (self.ast.child(node, 0), self.ast.child(node, 1)),
        };
        let (Some(name), Some(value)) = (name, value) else {
            return Vec::new();
        };
        if self.ast.kind(value) != Kind::Lambda {
            return Vec::new();
        }
        let mut ways = match self.pattern.child(pattern, 1) {
            Some(ours) => self.node(ours, name, env),
            None => vec![env.clone()],
        };
        if let (Some(ours), Some(theirs)) = (self.pattern.child(pattern, 2), self.ast.child(value, 0)) {
            ways = self.and(ways, ours, theirs);
        }
        self.body(ways, self.pattern.child(pattern, 4), self.ast.child(value, 2))
    }

    /// `from m import a, b`: what the pattern imports is among what the file does.
    pub(super) fn import_from(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (ours, theirs) = (self.pattern.children(pattern), self.ast.children(node));
        let (Some((&path, ours)), Some((&seen, theirs))) = (ours.split_first(), theirs.split_first()) else {
            return Vec::new();
        };
        let ways = self.node(path, seen, env);
        ways.iter().flat_map(|env| self.unordered(ours, theirs, env, true)).collect()
    }

    /// The path of an import, where `$X` stands for a part of it or for all.
    pub(super) fn path(&self, wanted: &str, node: NodeId, env: &Env) -> Ways {
        let seen = self.ast.text(node);
        let span = self.ast.span(node);
        if wanted == seen {
            return vec![env.clone()];
        }
        if !wanted.contains('.') || wanted.contains('/') || wanted == "..." {
            return self.text(wanted, seen, node, env);
        }
        let (ours, theirs): (Vec<&str>, Vec<&str>) = (wanted.split('.').collect(), seen.split('.').collect());
        if ours.len() > theirs.len() {
            return Vec::new();
        }
        let mut ways = vec![env.clone()];
        for (ours, theirs) in ours.iter().zip(theirs) {
            if ours.starts_with('$') {
                ways = ways.iter().flat_map(|env| self.bind_to(ours, Bound::Text(theirs.into(), span), env)).collect();
            } else if *ours != theirs {
                return Vec::new();
            }
        }
        ways
    }
}
