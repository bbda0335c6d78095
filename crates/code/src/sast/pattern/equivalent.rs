//! What counts as the same although it is written otherwise: imported names, constants, declarations and assignments.

use super::env::{Bound, Env};
use super::matcher::{Matcher, Ways};
use super::values::Constant;
use bartizan_syntax::{Kind, Language, NodeId, Operator};

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
                    ways = self
                        .pattern
                        .child(pattern, 0)
                        .map_or_else(Vec::new, |object| self.chain(object, node, env));
                }
                ways
            }
            (Kind::Member, Kind::Call | Kind::Index | Kind::Await) if self.chains(pattern) => self
                .pattern
                .child(pattern, 0)
                .map_or_else(Vec::new, |object| self.chain(object, node, env)),
            (Kind::Assign, Kind::Variable) if self.options.vardef_assign => {
                self.assign_to_variable(pattern, node, env)
            }
            (Kind::Assign, Kind::Pair | Kind::Keyword | Kind::Param) => Vec::new(),
            (Kind::For | Kind::ForEach, Kind::For | Kind::ForEach | Kind::While)
                if self.only_ellipsis_header(pattern) =>
            {
                self.any_loop(pattern, node, env)
            }
            (Kind::Set | Kind::List, Kind::Map | Kind::Comprehension) => {
                let all = self.pattern.children(pattern);
                let holes = all.iter().all(|&one| self.pattern.kind(one) == Kind::Ellipsis);
                if holes && !all.is_empty() {
                    vec![env.clone()]
                } else {
                    Vec::new()
                }
            }
            (Kind::Function, Kind::Variable | Kind::Pair) => self.function_value(pattern, node, env),
            (Kind::Function, Kind::Export) | (Kind::Variable, Kind::Export) | (Kind::Class, Kind::Export) => {
                self.ast
                    .child(node, 0)
                    .map_or_else(Vec::new, |inner| self.node(pattern, inner, env))
            }
            (Kind::Import, Kind::ImportFrom) => self.import_of(pattern, node, env),
            (Kind::ImportFrom, Kind::Import) if self.pattern.children(pattern).len() == 1 => {
                match (self.pattern.child(pattern, 0), self.ast.child(node, 0)) {
                    (Some(ours), Some(theirs)) => self.node(ours, theirs, env),
                    _ => Vec::new(),
                }
            }
            (Kind::Call, Kind::Name | Kind::Member)
                if self.facts.in_annotation(node) || self.facts.is_call_alone(node) =>
            {
                self.bare_call(pattern, node, env)
            }
            (Kind::Function, Kind::Lambda) => self.function_without_name(pattern, node, env),
            (Kind::Lambda, Kind::Function) => self.lambda_with_name(pattern, node, env),
            (Kind::Template, Kind::Str) => self.whole_template(pattern, node, env),
            (Kind::Type, _) => self
                .pattern
                .child(pattern, 0)
                .map_or_else(Vec::new, |inner| self.node(inner, node, env)),
            (_, Kind::Type) => self
                .ast
                .child(node, 0)
                .map_or_else(Vec::new, |inner| self.node(pattern, inner, env)),
            (Kind::Name | Kind::Member, Kind::Generic) => self
                .ast
                .child(node, 0)
                .map_or_else(Vec::new, |inner| self.node(pattern, inner, env)),
            (Kind::Return, _) if self.facts.is_lambda_body(node) => self
                .pattern
                .child(pattern, 0)
                .map_or_else(Vec::new, |value| self.node(value, node, env)),
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
        if !self.options.constant_propagation
            || !matches!(
                seen,
                Kind::Name | Kind::Binary | Kind::Template | Kind::Unary | Kind::Member
            )
        {
            return Vec::new();
        }
        let Some(value) = self.facts.values.constant(self.ast, node) else {
            return Vec::new();
        };
        let wanted = self.pattern.text(pattern);
        let equal = match (self.pattern.kind(pattern), &value) {
            (Kind::Str, Constant::Text(text)) => return self.text(wanted, text, self.literal_of(node), env),
            (Kind::Number, Constant::Integer(_) | Constant::Float(_)) => {
                super::values::number(wanted).as_ref() == Some(&value)
            }
            (Kind::Bool, Constant::Bool(seen)) => wanted == seen.to_string(),
            _ => false,
        };
        if equal { vec![env.clone()] } else { Vec::new() }
    }

    /// The literal that a variable stands for; the node itself where it is put together.
    fn literal_of(&self, node: NodeId) -> NodeId {
        let mut at = node;
        for _ in 0..16 {
            match self.facts.values.of_name(self.ast, at) {
                Some(value) => at = value,
                None => break,
            }
        }
        if self.ast.kind(at) == Kind::Str { at } else { node }
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
                    let (Some(object), Some(name)) = (self.pattern.child(at, 0), self.pattern.child(at, 1))
                    else {
                        return Vec::new();
                    };
                    parts.push(name);
                    at = object;
                }
                _ => return Vec::new(),
            }
        }
        if parts
            .iter()
            .all(|&part| self.pattern.kind(part) == Kind::Metavariable)
        {
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
                    let bound = if index == 0 {
                        Bound::Node(self.last_name(node))
                    } else {
                        Bound::Text(text.into(), self.ast.span(node))
                    };
                    ways = ways
                        .iter()
                        .flat_map(|env| self.bind_to(wanted, bound.clone(), env))
                        .collect();
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
        let child = |position| {
            (
                self.pattern.child(pattern, position),
                self.ast.child(node, position),
            )
        };
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
    fn assign_in_row(
        &self,
        ours: NodeId,
        our_value: NodeId,
        theirs: NodeId,
        their_value: NodeId,
        env: &Env,
    ) -> Ways {
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
        let (Some(ours), Some(our_value)) = (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
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
        if self.ast.kind(value) != Kind::Lambda || self.is_decorated(pattern) {
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

    /// `import a.b.c` and `from a.b import c`; of a whole module, whatever is imported of it.
    fn import_of(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(ours), Some(theirs)) = (self.pattern.child(pattern, 0), self.ast.child(node, 0)) else {
            return Vec::new();
        };
        let alias = self.pattern.child(pattern, 1);
        let mut ways = Vec::new();
        if alias.is_none() {
            ways = self.node(ours, theirs, env);
        }
        if self.ast.language() != Language::Python || !ways.is_empty() {
            return ways;
        }
        let wanted = self.pattern.text(ours);
        for &item in self.ast.children(node).iter().skip(1) {
            let Some(name) = self.ast.child(item, 0) else {
                continue;
            };
            if self.ast.kind(item) != Kind::ImportItem {
                continue;
            }
            let full = format!("{}.{}", self.ast.text(theirs), self.ast.text(name));
            let mut found = self.path_text(wanted, &full, item, env);
            if let (Some(alias), Some(seen)) = (alias, self.ast.child(item, 1).or(Some(name))) {
                found = self.and(found, alias, seen);
            }
            ways.extend(found);
        }
        ways
    }

    /// A decorator without arguments is a call without any, and so is a name or member of Ruby.
    fn bare_call(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(callee), Some(arguments)) =
            (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
            return Vec::new();
        };
        let ways = self.node(callee, node, env);
        ways.iter()
            .flat_map(|env| self.arguments(self.pattern.children(arguments), &[], env))
            .collect()
    }

    /// A function among expressions has a name that nobody else sees, so that the pattern's counts for nothing; so does `...` as a name.
    fn function_without_name(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let statement = self
            .pattern
            .parent(pattern)
            .is_none_or(|above| matches!(self.pattern.kind(above), Kind::Module | Kind::Block));
        let named = self
            .pattern
            .child(pattern, 1)
            .is_some_and(|name| self.pattern.kind(name) != Kind::Ellipsis);
        if (statement && named) || self.is_decorated(pattern) {
            return Vec::new();
        }
        let mut ways = vec![env.clone()];
        if let (Some(ours), Some(theirs)) = (self.pattern.child(pattern, 2), self.ast.child(node, 0)) {
            ways = self.and(ways, ours, theirs);
        }
        self.body(ways, self.pattern.child(pattern, 4), self.ast.child(node, 2))
    }

    /// Whether a pattern asks for decorators, which a function without a name has none of.
    fn is_decorated(&self, pattern: NodeId) -> bool {
        let modifiers = self.pattern.child(pattern, 0);
        let mut all = modifiers
            .iter()
            .flat_map(|&modifiers| self.pattern.children(modifiers));
        all.any(|&one| self.pattern.kind(one) == Kind::Annotation)
    }

    /// A pattern of a function without a name, and a function that has one where an expression stands.
    fn lambda_with_name(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let parent = self.ast.parent(node).map(|parent| self.ast.kind(parent));
        if matches!(parent, Some(Kind::Module | Kind::Block | Kind::Export) | None) {
            return Vec::new();
        }
        let mut ways = vec![env.clone()];
        if let (Some(ours), Some(theirs)) = (self.pattern.child(pattern, 0), self.ast.child(node, 2)) {
            ways = self.and(ways, ours, theirs);
        }
        self.body(ways, self.pattern.child(pattern, 2), self.ast.child(node, 4))
    }

    /// A string with places for expressions, of any content, and one that has none but could.
    fn whole_template(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let anything = self
            .pattern
            .children(pattern)
            .iter()
            .all(|&part| self.pattern.kind(part) == Kind::Ellipsis);
        let written = self.facts.source.get(self.ast.span(node).range()).unwrap_or("");
        let lead = written
            .find(['"', '\'', '`'])
            .and_then(|quote| written.get(..=quote))
            .unwrap_or("");
        if anything && (lead.contains(['f', 'F']) || lead.ends_with('`')) {
            vec![env.clone()]
        } else {
            Vec::new()
        }
    }

    /// `from m import a, b`: what the pattern imports is among what the file does.
    pub(super) fn import_from(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (ours, theirs) = (self.pattern.children(pattern), self.ast.children(node));
        let (Some((&path, ours)), Some((&seen, theirs))) = (ours.split_first(), theirs.split_first()) else {
            return Vec::new();
        };
        let ways = self.node(path, seen, env);
        ways.iter()
            .flat_map(|env| self.unordered(ours, theirs, env, true))
            .collect()
    }

    /// The path of an import, where `$X` stands for a part of it or for all. A module holds those within it.
    pub(super) fn path(&self, wanted: &str, node: NodeId, env: &Env) -> Ways {
        self.path_text(wanted, self.ast.text(node), node, env)
    }

    fn path_text(&self, wanted: &str, seen: &str, node: NodeId, env: &Env) -> Ways {
        let span = self.ast.span(node);
        if wanted == seen {
            return vec![env.clone()];
        }
        let mark = match self.ast.language() {
            Language::Python | Language::Java | Language::CSharp | Language::Kotlin | Language::Scala => ".",
            Language::Rust | Language::Cpp => "::",
            Language::Php => "\\",
            _ => "",
        };
        let dotted = !mark.is_empty() && !wanted.starts_with('.') && !wanted.starts_with("=~");
        if !dotted || (wanted.starts_with('$') && !wanted.contains(mark)) {
            return self.text(wanted, seen, node, env);
        }
        let (ours, theirs): (Vec<&str>, Vec<&str>) =
            (wanted.split(mark).collect(), seen.split(mark).collect());
        if ours.len() > theirs.len() {
            return Vec::new();
        }
        let mut ways = vec![env.clone()];
        for (ours, theirs) in ours.iter().zip(theirs) {
            if ours.starts_with('$') {
                ways = ways
                    .iter()
                    .flat_map(|env| self.bind_to(ours, Bound::Text(theirs.into(), span), env))
                    .collect();
            } else if *ours != theirs {
                return Vec::new();
            }
        }
        ways
    }
}
