//! Matches the tree of a pattern with a node of a file.
//!
//! A pattern can match one node in several ways, as `f(..., $X, ...)` does; each way is an [`Env`]. The meaning of holes and what counts
//! as equal is that of Semgrep: <https://semgrep.dev/docs/writing-rules/pattern-syntax>. The work is counted: when a budget of steps is used up,
//! nothing more is found and [`Matcher::exhausted`] says so.

use super::env::{Bound, Env};
use super::facts::Facts;
use super::text::{TextHole, text_hole};
use bartizan_syntax::{Ast, Flags, Kind, NodeId, Operator};
use std::cell::Cell;

/// Ways in which one pattern matches one node, at most.
pub(super) const WAYS: usize = 200;
/// Levels of a pattern, at most, with what variables stand for.
const DEPTH: usize = 400;

/// What is taken as equal; the names are those of Semgrep's `options`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A literal matches a variable that has its value.
    pub constant_propagation: bool,
    /// A pattern matches a variable that stands for what it matches.
    pub symbolic_propagation: bool,
    /// Operands are regrouped.
    pub ac_matching: bool,
    /// `$X = $Y` matches declarations.
    pub vardef_assign: bool,
    /// Patterns of expressions match annotations.
    pub attr_expr: bool,
    /// `var` matches `let` and `const`.
    pub let_is_var: bool,
    /// `...` between statements goes down into blocks.
    pub go_deeper_stmt: bool,
    /// A pattern of an expression statement matches within the expression.
    pub implicit_deep_exprstmt: bool,
    /// Maps match when they have more entries.
    pub implicit_ellipsis: bool,
    /// `&&` and `||` match in either order.
    pub commutative_boolop: bool,
    /// `==` matches in either order.
    pub symmetric_eq: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            constant_propagation: true,
            symbolic_propagation: false,
            ac_matching: true,
            vardef_assign: true,
            attr_expr: true,
            let_is_var: true,
            go_deeper_stmt: true,
            implicit_deep_exprstmt: true,
            implicit_ellipsis: true,
            commutative_boolop: false,
            symmetric_eq: false,
        }
    }
}

/// Ways in which something matches; none when it does not.
pub(super) type Ways = Vec<Env>;

/// Matches one pattern with nodes of one file.
#[derive(Debug)]
pub struct Matcher<'a> {
    pub(super) pattern: &'a Ast,
    pub(super) ast: &'a Ast,
    pub(super) facts: &'a Facts<'a>,
    pub(super) options: Options,
    steps: Cell<u64>,
    depth: Cell<usize>,
    cut: Cell<bool>,
}

impl<'a> Matcher<'a> {
    /// A matcher that takes so many steps at most.
    #[must_use]
    pub const fn new(pattern: &'a Ast, facts: &'a Facts<'a>, options: Options, steps: u64) -> Self {
        Self {
            pattern,
            ast: facts.ast,
            facts,
            options,
            steps: Cell::new(steps),
            depth: Cell::new(0),
            cut: Cell::new(false),
        }
    }

    /// Whether the steps, or the ways, were used up, so that matches can be missing.
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        self.cut.get()
    }

    pub(super) fn spend(&self) -> bool {
        match self.steps.get().checked_sub(1) {
            Some(left) => {
                self.steps.set(left);
                true
            }
            None => {
                self.cut.set(true);
                false
            }
        }
    }

    /// The ways in which `pattern` matches `node`, given what is bound already.
    pub fn node(&self, pattern: NodeId, node: NodeId, env: &Env) -> Vec<Env> {
        if !self.spend() {
            return Vec::new();
        }
        if self.depth.get() >= DEPTH {
            self.cut.set(true);
            return Vec::new();
        }
        self.depth.set(self.depth.get() + 1);
        let mut ways = self.node_inner(pattern, node, env);
        self.depth.set(self.depth.get() - 1);
        if ways.len() > 1 {
            self.dedup(&mut ways);
        }
        ways
    }

    fn dedup(&self, ways: &mut Ways) {
        if ways.len() > WAYS {
            ways.truncate(WAYS);
            self.cut.set(true);
        }
        let mut kept: Ways = Vec::with_capacity(ways.len());
        for way in ways.drain(..) {
            if !kept.contains(&way) {
                kept.push(way);
            }
        }
        *ways = kept;
    }

    fn node_inner(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (kind, seen) = (self.pattern.kind(pattern), self.ast.kind(node));
        match kind {
            Kind::Ellipsis => return vec![env.clone()],
            Kind::Metavariable | Kind::MetavariableEllipsis => {
                return self.bind(self.pattern.text(pattern), node, env);
            }
            Kind::DeepEllipsis => return self.deep(pattern, node, env),
            Kind::TypedMetavariable => return self.typed(pattern, node, env),
            Kind::Expression => return self.expression_statement(pattern, node, env),
            _ => {}
        }
        let mut ways = if kind == seen {
            self.same_kind(pattern, node, env)
        } else {
            Vec::new()
        };
        if ways.is_empty() {
            ways = self.equivalent(pattern, node, env);
        }
        if ways.is_empty()
            && self.options.symbolic_propagation
            && self.depth.get() > 1
            && seen == Kind::Name
            && let Some(value) = self.facts.values.of_name(self.ast, node)
        {
            ways = self.node(pattern, value, env);
        }
        ways
    }

    /// Binds a metavariable, or compares with what it stands for.
    pub(super) fn bind(&self, name: &str, node: NodeId, env: &Env) -> Ways {
        let kind = self.ast.kind(node);
        if matches!(kind, Kind::Nothing | Kind::Keyword | Kind::Params | Kind::Args) {
            return Vec::new();
        }
        let node = match kind {
            Kind::Type | Kind::Param if self.simple(node).is_some() => self.simple(node).unwrap_or(node),
            Kind::Annotation => self.ast.child(node, 0).unwrap_or(node),
            _ => node,
        };
        self.bind_to(name, Bound::Node(node), env)
    }

    /// The one child that says all of a type or of a parameter.
    fn simple(&self, node: NodeId) -> Option<NodeId> {
        match self.ast.kind(node) {
            Kind::Type => self.ast.child(node, 0),
            Kind::Param => self.ast.child(node, 1),
            _ => None,
        }
    }

    pub(super) fn bind_to(&self, name: &str, bound: Bound, env: &Env) -> Ways {
        if name == "$_" || name == "$..._" {
            return vec![env.clone()];
        }
        match env.get(name) {
            None => vec![env.with(name, bound)],
            Some(known) if same(self.facts, self.options, known, &bound) => vec![env.clone()],
            Some(_) => Vec::new(),
        }
    }

    /// Goes on with a further pair in each way.
    pub(super) fn and(&self, ways: Ways, pattern: NodeId, node: NodeId) -> Ways {
        ways.iter()
            .flat_map(|env| self.node(pattern, node, env))
            .collect()
    }

    /// Matches the children at a position, where the pattern may leave out what the file has.
    fn lenient(&self, ways: Ways, pattern: NodeId, node: NodeId, position: usize) -> Ways {
        match (
            self.pattern.child(pattern, position),
            self.ast.child(node, position),
        ) {
            (None, _) => ways,
            (Some(one), Some(other)) => self.and(ways, one, other),
            (Some(one), None) if self.pattern.kind(one) == Kind::Ellipsis => ways,
            (Some(_), None) => Vec::new(),
        }
    }

    /// Matches the children at a position, where the pattern must have what the file has.
    fn strict(&self, ways: Ways, pattern: NodeId, node: NodeId, position: usize) -> Ways {
        match (
            self.pattern.child(pattern, position),
            self.ast.child(node, position),
        ) {
            (None, None) => ways,
            (None, Some(_)) => Vec::new(),
            _ => self.lenient(ways, pattern, node, position),
        }
    }

    fn positions(&self, pattern: NodeId, node: NodeId, env: &Env, strict: &[bool]) -> Ways {
        let mut ways = vec![env.clone()];
        for (position, &strict) in strict.iter().enumerate() {
            if ways.is_empty() {
                break;
            }
            ways = if strict {
                self.strict(ways, pattern, node, position)
            } else {
                self.lenient(ways, pattern, node, position)
            };
        }
        ways
    }

    fn marks_fit(&self, pattern: NodeId, node: NodeId) -> bool {
        let (wanted, seen) = (self.pattern.node(pattern).flags, self.ast.node(node).flags);
        let needed = [
            Flags::SPREAD,
            Flags::PREFIX,
            Flags::DEFAULT,
            Flags::ASYNC,
            Flags::GENERATOR,
            Flags::TAGGED,
        ];
        needed.iter().all(|&flag| !wanted.has(flag) || seen.has(flag))
    }

    fn same_kind(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (wanted, seen) = (self.pattern.node(pattern), self.ast.node(node));
        let operators = wanted.operator == seen.operator || matches!(wanted.kind, Kind::Binary | Kind::Class);
        if !operators || !self.marks_fit(pattern, node) {
            return Vec::new();
        }
        let (ours, theirs) = (self.pattern.children(pattern), self.ast.children(node));
        match wanted.kind {
            Kind::Str => self.string(pattern, node, env),
            Kind::Regex => self.string(pattern, node, env),
            Kind::Number => self.number(pattern, node, env),
            Kind::Name | Kind::Bool | Kind::Null | Kind::ElementText => self.leaf(pattern, node, env),
            Kind::Path => self.path(self.pattern.text(pattern), node, env),
            Kind::Nothing | Kind::This | Kind::Super | Kind::Pass => vec![env.clone()],
            Kind::Member => self.member(pattern, node, env),
            Kind::Call => self.call(pattern, node, env),
            Kind::New => self.positions(pattern, node, env, &[true, true, false]),
            Kind::Args => self.arguments(ours, theirs, env),
            Kind::Binary => self.binary(pattern, node, env),
            Kind::Map => self.map(ours, theirs, env),
            Kind::Set | Kind::Composite if wanted.kind == Kind::Set => {
                self.unordered(ours, theirs, env, self.has_ellipsis(ours))
            }
            Kind::Composite => self.composite(pattern, node, env),
            Kind::Supers | Kind::Modifiers | Kind::Attributes | Kind::Catches => {
                self.unordered(ours, theirs, env, true)
            }
            Kind::Block | Kind::Module => self.block(pattern, node, env),
            Kind::Template => self.template(ours, theirs, env),
            Kind::Destructure => self.destructure(ours, theirs, env),
            Kind::Assign => self.assign(pattern, node, env),
            Kind::Variable => self.variable(pattern, node, env),
            Kind::Function => self.function(pattern, node, env),
            Kind::Lambda => self.lambda(pattern, node, env),
            Kind::Class => self.class(pattern, node, env),
            Kind::Params => self.row(ours, theirs, env),
            Kind::Param => self.positions(pattern, node, env, &[false, true, false, false]),
            Kind::If => self.positions(pattern, node, env, &[true, true, false]),
            Kind::While => self.positions(pattern, node, env, &[true, true, false]),
            Kind::ForEach => self.positions(pattern, node, env, &[true, true, true, false]),
            Kind::For => self.for_loop(pattern, node, env),
            Kind::Try => self.positions(pattern, node, env, &[false, true, true, true, true]),
            Kind::Catch => self.positions(pattern, node, env, &[false, false, true]),
            Kind::Case => self.positions(pattern, node, env, &[false, false, true]),
            Kind::Import => self.positions(pattern, node, env, &[true, false]),
            Kind::ImportFrom => self.import_from(pattern, node, env),
            Kind::ImportItem => self.positions(pattern, node, env, &[true, false]),
            Kind::Annotation => self.annotation(pattern, node, env),
            Kind::WithItem | Kind::Throw | Kind::Assert => self.positions(pattern, node, env, &[true, false]),
            Kind::Attribute => self.positions(pattern, node, env, &[true, false]),
            Kind::Element => self.element(pattern, node, env),
            Kind::Other if wanted.symbol.is_some() && self.pattern.text(pattern) != self.ast.text(node) => {
                Vec::new()
            }
            _ => self.row(ours, theirs, env),
        }
    }

    fn leaf(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (wanted, seen) = (self.pattern.text(pattern).trim(), self.ast.text(node).trim());
        if wanted == seen {
            return vec![env.clone()];
        }
        if self.pattern.kind(pattern) == Kind::Name {
            return self.by_full_name(pattern, node, env);
        }
        Vec::new()
    }

    fn string(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        self.text(self.pattern.text(pattern), self.ast.text(node), node, env)
    }

    /// Matches the content of a string, where the pattern can be `...`, `$X` or `=~/…/`.
    pub(super) fn text(&self, wanted: &str, seen: &str, node: NodeId, env: &Env) -> Ways {
        let fits = match text_hole(wanted) {
            TextHole::Anything => true,
            TextHole::Bind(name) => {
                let bound = Bound::Text(seen.into(), self.ast.span(node));
                return self.bind_to(name, bound, env);
            }
            TextHole::Regex(pattern, "") => self.facts.regexes.is_match(pattern, seen),
            TextHole::Regex(pattern, flags) => {
                self.facts.regexes.is_match(&format!("(?{flags}){pattern}"), seen)
            }
            TextHole::Exact => wanted == seen,
        };
        if fits { vec![env.clone()] } else { Vec::new() }
    }

    fn number(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (wanted, seen) = (self.pattern.text(pattern), self.ast.text(node));
        let equal = wanted == seen
            || super::values::number(wanted)
                .is_some_and(|number| super::values::number(seen) == Some(number));
        if equal { vec![env.clone()] } else { Vec::new() }
    }

    fn member(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(object), Some(name)) = (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
            return Vec::new();
        };
        if self.pattern.kind(name) == Kind::Ellipsis {
            return self.chain(object, node, env);
        }
        let (Some(seen), Some(seen_name)) = (self.ast.child(node, 0), self.ast.child(node, 1)) else {
            return Vec::new();
        };
        let mut ways = self.node(object, seen, env);
        if self.is_chain(object)
            && let Some(inner) = self.pattern.child(object, 0)
        {
            ways.extend(self.node(inner, seen, env));
        }
        let mut ways = self.and(ways, name, seen_name);
        if ways.is_empty() {
            ways = self.by_full_name(pattern, node, env);
        }
        ways
    }

    fn is_chain(&self, pattern: NodeId) -> bool {
        let name = || self.pattern.child(pattern, 1).map(|name| self.pattern.kind(name));
        self.pattern.kind(pattern) == Kind::Member && name() == Some(Kind::Ellipsis)
    }

    /// `x. ...`: the object of a chain of calls and members, any number of them taken off.
    pub(super) fn chain(&self, object: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut ways = Vec::new();
        let mut at = node;
        loop {
            ways.extend(self.node(object, at, env));
            let next = match self.ast.kind(at) {
                Kind::Call | Kind::Member | Kind::Index | Kind::Await => self.ast.child(at, 0),
                _ => None,
            };
            match next {
                Some(inner) => at = inner,
                None => return ways,
            }
        }
    }

    fn call(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        self.positions(pattern, node, env, &[true, true])
    }

    fn annotation(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (Some(wanted), Some(seen)) = (self.pattern.child(pattern, 0), self.ast.child(node, 0)) else {
            return Vec::new();
        };
        let call_with_anything = self.pattern.kind(wanted) == Kind::Call
            && self.ast.kind(seen) != Kind::Call
            && self.pattern.child(wanted, 1).is_some_and(|args| {
                let args = self.pattern.children(args);
                args.iter().all(|&one| self.pattern.kind(one) == Kind::Ellipsis)
            });
        match self.pattern.child(wanted, 0) {
            Some(callee) if call_with_anything => self.node(callee, seen, env),
            _ => self.node(wanted, seen, env),
        }
    }

    fn element(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let ways = self.positions(pattern, node, env, &[true, false]);
        let visible =
            |ast: &Ast, id: &NodeId| ast.kind(*id) != Kind::ElementText || !ast.text(*id).trim().is_empty();
        let ours = self.pattern.children(pattern).iter().skip(2).copied();
        let ours: Vec<NodeId> = ours.filter(|id| visible(self.pattern, id)).collect();
        let theirs = self.ast.children(node).iter().skip(2).copied();
        let theirs: Vec<NodeId> = theirs.filter(|id| visible(self.ast, id)).collect();
        if ours.is_empty() {
            return ways;
        }
        ways.iter()
            .flat_map(|env| self.row(&ours, &theirs, env))
            .collect()
    }

    fn for_loop(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let ours = self.pattern.children(pattern);
        let ways = self.positions(pattern, node, env, &[true, true, true, true]);
        if ways.is_empty() && ours.len() == 4 && self.only_ellipsis_header(pattern) {
            return self.any_loop(pattern, node, env);
        }
        ways
    }

    /// Whether the head of a loop is `...` and nothing else.
    pub(super) fn only_ellipsis_header(&self, pattern: NodeId) -> bool {
        let head = |id: Option<NodeId>| {
            id.is_none_or(|id| {
                let mut children = self.pattern.children(id).iter();
                self.pattern.kind(id) == Kind::Ellipsis
                    || (self.pattern.kind(id) == Kind::Block
                        && children.all(|&one| self.pattern.kind(one) == Kind::Ellipsis))
            })
        };
        let child = |position| self.pattern.child(pattern, position);
        match self.pattern.kind(pattern) {
            Kind::For => head(child(0)) && head(child(1)) && head(child(2)),
            Kind::ForEach => head(child(0)) && head(child(1)),
            _ => false,
        }
    }

    /// A loop of any form whose body matches.
    pub(super) fn any_loop(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let body = match self.pattern.kind(pattern) {
            Kind::For => self.pattern.child(pattern, 3),
            _ => self.pattern.child(pattern, 2),
        };
        let seen = match self.ast.kind(node) {
            Kind::For => self.ast.child(node, 3),
            Kind::ForEach => self.ast.child(node, 2),
            Kind::While if self.ast.language() == bartizan_syntax::Language::Go => self.ast.child(node, 1),
            _ => None,
        };
        match (body, seen) {
            (Some(body), Some(seen)) => self.node(body, seen, env),
            _ => Vec::new(),
        }
    }

    /// `<... x ...>`: an `x` at any depth.
    fn deep(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let Some(inner) = self.pattern.child(pattern, 0) else {
            return Vec::new();
        };
        self.anywhere_below(inner, node, env)
    }

    pub(super) fn anywhere_below(&self, inner: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut ways = Vec::new();
        for below in self.ast.subtree(node) {
            if below == node || self.facts.is_expression(below) {
                ways.extend(self.node(inner, below, env));
            }
            if ways.len() > WAYS || self.exhausted() {
                break;
            }
        }
        ways
    }

    fn function(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut ways = self.lenient(vec![env.clone()], pattern, node, 0);
        ways = self.lenient(ways, pattern, node, 1);
        ways = self.strict(ways, pattern, node, 2);
        ways = self.lenient(ways, pattern, node, 3);
        ways = self.lenient(ways, pattern, node, 5);
        self.body(ways, self.pattern.child(pattern, 4), self.ast.child(node, 4))
    }

    /// Matches the body of a function, which can be an expression.
    pub(super) fn body(&self, ways: Ways, body: Option<NodeId>, seen: Option<NodeId>) -> Ways {
        let Some(body) = body else {
            return ways;
        };
        let (statements, is_block) = (
            self.pattern.children(body),
            self.pattern.kind(body) == Kind::Block,
        );
        let Some(seen) = seen else {
            let all = is_block
                && statements
                    .iter()
                    .all(|&one| self.pattern.kind(one) == Kind::Ellipsis);
            return if all { ways } else { Vec::new() };
        };
        let as_block = self.ast.kind(seen) == Kind::Block;
        match (is_block, as_block) {
            (true, false) => {
                let needed: Vec<NodeId> = statements
                    .iter()
                    .copied()
                    .filter(|&one| self.pattern.kind(one) != Kind::Ellipsis)
                    .collect();
                match needed.as_slice() {
                    [] => ways,
                    [one] => match (self.pattern.kind(*one), self.pattern.child(*one, 0)) {
                        (Kind::Return | Kind::Expression, Some(value)) => ways
                            .iter()
                            .flat_map(|env| self.anywhere_below(value, seen, env))
                            .collect(),
                        _ => Vec::new(),
                    },
                    _ => Vec::new(),
                }
            }
            _ => self.and(ways, body, seen),
        }
    }

    fn lambda(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut ways = self.strict(vec![env.clone()], pattern, node, 0);
        ways = self.lenient(ways, pattern, node, 1);
        self.body(ways, self.pattern.child(pattern, 2), self.ast.child(node, 2))
    }

    fn class(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (wanted, seen) = (self.pattern.node(pattern).operator, self.ast.node(node).operator);
        if wanted != seen {
            return Vec::new();
        }
        let mut ways = self.lenient(vec![env.clone()], pattern, node, 0);
        ways = self.lenient(ways, pattern, node, 1);
        ways = self.lenient(ways, pattern, node, 2);
        match (self.pattern.child(pattern, 3), self.ast.child(node, 3)) {
            (Some(body), Some(seen)) => {
                let (ours, theirs) = (self.pattern.children(body), self.ast.children(seen));
                ways.iter()
                    .flat_map(|env| self.unordered(ours, theirs, env, true))
                    .collect()
            }
            (None, _) => ways,
            (Some(body), None) => {
                let all = self
                    .pattern
                    .children(body)
                    .iter()
                    .all(|&one| self.pattern.kind(one) == Kind::Ellipsis);
                if all { ways } else { Vec::new() }
            }
        }
    }

    fn variable(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let mut ways = vec![env.clone()];
        if let (Some(ours), Some(theirs)) = (self.pattern.child(pattern, 0), self.ast.child(node, 0)) {
            let ours: Vec<NodeId> = self
                .pattern
                .children(ours)
                .iter()
                .copied()
                .filter(|&one| !(self.options.let_is_var && self.pattern.text(one) == "var"))
                .collect();
            ways = self.unordered(&ours, self.ast.children(theirs), env, true);
        }
        ways = self.strict(ways, pattern, node, 1);
        ways = self.lenient(ways, pattern, node, 2);
        self.strict(ways, pattern, node, 3)
    }

    fn binary(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (wanted, seen) = (self.pattern.node(pattern).operator, self.ast.node(node).operator);
        let (Some(first), Some(second)) = (self.pattern.child(pattern, 0), self.pattern.child(pattern, 1))
        else {
            return Vec::new();
        };
        let (Some(left), Some(right)) = (self.ast.child(node, 0), self.ast.child(node, 1)) else {
            return Vec::new();
        };
        if wanted != seen || (wanted == Operator::Other && self.pattern.text(pattern) != self.ast.text(node))
        {
            return Vec::new();
        }
        let mut ways = self.and(self.node(first, left, env), second, right);
        if self.pattern.kind(second) == Kind::Ellipsis && self.ast.kind(left) == Kind::Binary {
            ways.extend(self.node(pattern, left, env));
        }
        let swaps = match wanted {
            Operator::And | Operator::Or => self.options.commutative_boolop,
            Operator::Equal | Operator::NotEqual => self.options.symmetric_eq,
            Operator::BitAnd | Operator::BitOr | Operator::BitXor => self.options.ac_matching,
            _ => false,
        };
        if ways.is_empty() && swaps {
            ways = self.and(self.node(first, right, env), second, left);
        }
        if ways.is_empty() && self.options.ac_matching && super::facts::is_associative(wanted) {
            ways = self.regrouped(pattern, node, wanted, env);
        }
        ways
    }

    /// Operands of one operator in a row, however they are grouped.
    fn regrouped(&self, pattern: NodeId, node: NodeId, operator: Operator, env: &Env) -> Ways {
        let ours = operands(self.pattern, pattern, operator);
        let theirs = operands(self.ast, node, operator);
        let holes = ours.iter().any(|&one| self.pattern.kind(one) == Kind::Ellipsis);
        if ours.len() < 3 && !holes || theirs.len() < 2 {
            return Vec::new();
        }
        self.row(&ours, &theirs, env)
    }
}

/// The operands of a tree of one operator, from left to right.
fn operands(ast: &Ast, id: NodeId, operator: Operator) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut walk = vec![id];
    while let Some(at) = walk.pop() {
        if ast.kind(at) == Kind::Binary && ast.node(at).operator == operator {
            walk.extend(ast.children(at).iter().rev());
        } else {
            found.push(at);
        }
    }
    found
}

/// Whether two metavariables' values are the same code: written alike, and of the same variables.
#[must_use]
pub fn same(facts: &Facts<'_>, options: Options, left: &Bound, right: &Bound) -> bool {
    match (left, right) {
        (Bound::Node(left), Bound::Node(right)) => {
            same_code(facts, *left, *right)
                || same_name(facts, *left, *right)
                || (options.symbolic_propagation && same_value(facts, *left, *right))
        }
        (Bound::Text(left, _), Bound::Text(right, _)) => left == right,
        (Bound::Nodes(left), Bound::Nodes(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(&left, &right)| same_code(facts, left, right))
        }
        (Bound::Text(text, _), Bound::Node(node)) | (Bound::Node(node), Bound::Text(text, _)) => {
            let kind = facts.ast.kind(*node);
            matches!(kind, Kind::Name | Kind::Str | Kind::Number) && facts.ast.text(*node) == &**text
        }
        _ => false,
    }
}

/// Whether two subtrees are written alike and the names in them are declared in the same places, as far as that is known.
fn same_code(facts: &Facts<'_>, left: NodeId, right: NodeId) -> bool {
    if left == right {
        return true;
    }
    if !facts.equal(left, right) {
        return false;
    }
    let mut pairs = facts.ast.subtree(left).zip(facts.ast.subtree(right));
    pairs.all(|(one, other)| facts.ast.kind(one) != Kind::Name || same_variable(facts, one, other))
}

/// Whether two names written alike can be of one variable: declared in one function, or declarations themselves, or not known.
fn same_variable(facts: &Facts<'_>, one: NodeId, other: NodeId) -> bool {
    let declared = (facts.names.declaration(one), facts.names.declaration(other));
    let (Some(first), Some(second)) = declared else {
        return true;
    };
    first == second
        || (first == one && second == other)
        || facts.values.scope(first) == facts.values.scope(second)
}

/// Whether a variable stands for what the other is.
fn same_value(facts: &Facts<'_>, left: NodeId, right: NodeId) -> bool {
    let value = |id: NodeId| {
        let mut at = id;
        for _ in 0..16 {
            match facts.values.of_name(facts.ast, at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    };
    let (first, second) = (value(left), value(right));
    (first != left || second != right) && same_code(facts, first, second)
}

/// Whether one is a key and the other the name that it stands for.
fn same_name(facts: &Facts<'_>, left: NodeId, right: NodeId) -> bool {
    let kinds = (facts.ast.kind(left), facts.ast.kind(right));
    matches!(kinds, (Kind::Name, Kind::Path) | (Kind::Path, Kind::Name))
        && facts.ast.text(left) == facts.ast.text(right)
}
