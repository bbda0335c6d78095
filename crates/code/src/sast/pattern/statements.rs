//! Matches statements in a row. `...` between them takes any number, and goes down into blocks.

use super::env::{Bound, Env};
use super::matcher::{Matcher, WAYS, Ways};
use bartizan_syntax::pattern::is_statement;
use bartizan_syntax::{Kind, NodeId};

/// A way in which statements match, with the last of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) env: Env,
    pub(super) last: Option<NodeId>,
}

impl Matcher<'_> {
    /// The statements of a block, all of them.
    pub(super) fn block(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (ours, theirs) = (self.pattern.children(pattern), self.ast.children(node));
        let kinds: Vec<Kind> = ours.iter().map(|&one| self.pattern.kind(one)).collect();
        match (kinds.as_slice(), ours) {
            ([Kind::Ellipsis], _) => vec![env.clone()],
            ([Kind::Ellipsis, kind, Kind::Ellipsis], [_, one, _]) if *kind != Kind::MetavariableEllipsis => {
                let mut ways = Vec::new();
                for node in self.flattened(theirs) {
                    ways.extend(self.node(*one, node, env));
                    if ways.len() > WAYS {
                        break;
                    }
                }
                ways
            }
            _ => self
                .run(ours, theirs, env, false, true)
                .into_iter()
                .map(|run| run.env)
                .collect(),
        }
    }

    /// The statements of a row and those below them, in the order of the text.
    fn flattened(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let below = nodes.iter().flat_map(|&node| self.ast.subtree(node));
        below
            .filter(|&node| is_statement(self.ast.kind(node)) && self.ast.kind(node) != Kind::Block)
            .collect()
    }

    /// Statements in a row from the first one on. With `more`, others may follow. With `deep`, the first `...` goes down into blocks.
    pub(super) fn run(
        &self,
        patterns: &[NodeId],
        nodes: &[NodeId],
        env: &Env,
        more: bool,
        deep: bool,
    ) -> Vec<Run> {
        if !self.spend() {
            return Vec::new();
        }
        let done = |env: &Env| {
            vec![Run {
                env: env.clone(),
                last: None,
            }]
        };
        let Some((&first, rest)) = patterns.split_first() else {
            return if more || nodes.is_empty() {
                done(env)
            } else {
                Vec::new()
            };
        };
        match self.pattern.kind(first) {
            Kind::Ellipsis if rest.is_empty() => vec![Run {
                env: env.clone(),
                last: nodes.last().copied(),
            }],
            Kind::Ellipsis => {
                // What follows the last statement that is asked for does not matter once something may stand between.
                let mut runs = self.skip(rest, nodes, env);
                if deep && self.options.go_deeper_stmt && runs.len() <= WAYS {
                    let flat = self.flattened(nodes);
                    if flat.len() > nodes.len() {
                        for run in self.skip(rest, &flat, env) {
                            if !runs.contains(&run) {
                                runs.push(run);
                            }
                        }
                    }
                }
                runs
            }
            Kind::MetavariableEllipsis => {
                let mut runs = Vec::new();
                for count in (0..=nodes.len()).rev() {
                    let (taken, left) = nodes.split_at(count.min(nodes.len()));
                    for env in self.bind_to(self.pattern.text(first), Bound::Nodes(taken.into()), env) {
                        let found = self.run(rest, left, &env, false, deep);
                        runs.extend(found.into_iter().map(|run| run.after(taken.last().copied())));
                    }
                }
                runs
            }
            _ => {
                let Some((&node, left)) = nodes.split_first() else {
                    return Vec::new();
                };
                let mut runs = Vec::new();
                for env in self.node(first, node, env) {
                    let found = self.run(rest, left, &env, more, deep);
                    runs.extend(found.into_iter().map(|run| run.after(Some(node))));
                }
                runs
            }
        }
    }

    /// `...` takes some statements, and the rest of the pattern matches what comes after them.
    fn skip(&self, rest: &[NodeId], nodes: &[NodeId], env: &Env) -> Vec<Run> {
        let mut runs = Vec::new();
        for from in 0..=nodes.len() {
            runs.extend(self.run(rest, nodes.get(from..).unwrap_or(&[]), env, true, false));
            if runs.len() > WAYS || self.exhausted() {
                break;
            }
        }
        runs
    }

    /// A pattern that is an expression as a statement.
    pub(super) fn expression_statement(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let Some(wanted) = self.pattern.child(pattern, 0) else {
            return Vec::new();
        };
        let seen = self.ast.kind(node);
        let kind = self.pattern.kind(wanted);
        if kind == Kind::Metavariable && is_statement(seen) {
            let mut ways = self.bind(self.pattern.text(wanted), node, env);
            if ways.is_empty() && seen == Kind::Expression {
                ways = self
                    .ast
                    .child(node, 0)
                    .map_or_else(Vec::new, |inner| self.node(wanted, inner, env));
            }
            return ways;
        }
        if kind == Kind::DeepEllipsis {
            return self
                .pattern
                .child(wanted, 0)
                .map_or_else(Vec::new, |inner| self.anywhere_below(inner, node, env));
        }
        let value = match seen {
            Kind::Expression | Kind::Return => self.ast.child(node, 0),
            Kind::Variable if self.options.vardef_assign => {
                let ways = self.node(wanted, node, env);
                if !ways.is_empty() {
                    return ways;
                }
                self.ast.child(node, 3)
            }
            Kind::Export | Kind::Spawn | Kind::Defer => None,
            _ if !is_statement(seen) => return self.node(wanted, node, env),
            _ => None,
        };
        let Some(value) = value else {
            return Vec::new();
        };
        let ways = self.node(wanted, value, env);
        if !ways.is_empty() || !self.options.implicit_deep_exprstmt {
            return ways;
        }
        self.within_expression(wanted, value, env)
    }

    /// An expression within another, functions within it left out.
    fn within_expression(&self, wanted: NodeId, value: NodeId, env: &Env) -> Ways {
        let mut ways = Vec::new();
        let mut walk: Vec<NodeId> = self.ast.children(value).iter().rev().copied().collect();
        while let Some(at) = walk.pop() {
            if matches!(
                self.ast.kind(at),
                Kind::Lambda | Kind::Function | Kind::Class | Kind::Block
            ) {
                continue;
            }
            if self.facts.is_expression(at) {
                ways.extend(self.node(wanted, at, env));
            }
            if ways.len() > WAYS || self.exhausted() {
                break;
            }
            walk.extend(self.ast.children(at).iter().rev());
        }
        ways
    }
}

impl Run {
    fn after(self, node: Option<NodeId>) -> Self {
        Self {
            last: self.last.or(node),
            ..self
        }
    }
}
