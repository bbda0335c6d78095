//! Matches children in a row, or in any order: arguments, statements, entries, modifiers.

use super::env::{Bound, Env};
use super::matcher::{Matcher, WAYS, Ways};
use bartizan_syntax::{Kind, Language, NodeId};

/// Where nothing more is asked for, nothing may be left.
fn end(nodes: &[NodeId], env: &Env) -> Ways {
    if nodes.is_empty() {
        vec![env.clone()]
    } else {
        Vec::new()
    }
}

impl Matcher<'_> {
    pub(super) fn has_ellipsis(&self, patterns: &[NodeId]) -> bool {
        patterns
            .iter()
            .any(|&one| self.pattern.kind(one) == Kind::Ellipsis)
    }

    /// Children in order, where `...` and `$...X` take any number of them.
    pub(super) fn row(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        self.in_order(patterns, nodes, env, false)
    }

    /// Arguments: those by position in order, those by name in any order.
    pub(super) fn arguments(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        self.in_order(patterns, nodes, env, true)
    }

    fn in_order(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env, by_name: bool) -> Ways {
        if !self.spend() {
            return Vec::new();
        }
        let Some((&first, rest)) = patterns.split_first() else {
            return end(nodes, env);
        };
        match self.pattern.kind(first) {
            Kind::Ellipsis if rest.is_empty() => vec![env.clone()],
            // What is named needs no skipping: it is looked for among all that is left.
            Kind::Ellipsis if by_name && self.begins_with_name(rest) => {
                self.named_argument(rest, nodes, env, true)
            }
            Kind::Ellipsis => {
                let mut ways = Vec::new();
                for from in 0..=nodes.len() {
                    ways.extend(self.in_order(rest, nodes.get(from..).unwrap_or(&[]), env, by_name));
                    if ways.len() > WAYS {
                        break;
                    }
                }
                ways
            }
            Kind::MetavariableEllipsis => {
                let mut ways = Vec::new();
                for count in (0..=nodes.len()).rev() {
                    let (taken, left) = nodes.split_at(count.min(nodes.len()));
                    for env in self.bind_to(self.pattern.text(first), Bound::Nodes(taken.into()), env) {
                        ways.extend(self.in_order(rest, left, &env, by_name));
                    }
                    if ways.len() > WAYS || (rest.is_empty() && !ways.is_empty()) {
                        break;
                    }
                }
                ways
            }
            Kind::Keyword if by_name => self.named_argument(patterns, nodes, env, false),
            _ => {
                let Some((&node, left)) = nodes.split_first() else {
                    return Vec::new();
                };
                let ways = self.node(first, node, env);
                ways.iter()
                    .flat_map(|env| self.in_order(rest, left, env, by_name))
                    .collect()
            }
        }
    }

    fn begins_with_name(&self, patterns: &[NodeId]) -> bool {
        patterns
            .first()
            .is_some_and(|&next| self.pattern.kind(next) == Kind::Keyword)
    }

    /// Children in any order. With `more`, the file may have others beside them.
    pub(super) fn unordered(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env, more: bool) -> Ways {
        let needed: Vec<NodeId> = patterns
            .iter()
            .copied()
            .filter(|&one| self.pattern.kind(one) != Kind::Ellipsis)
            .collect();
        if !more && needed.len() != nodes.len() {
            return Vec::new();
        }
        let mut used = vec![false; nodes.len()];
        self.unordered_from(&needed, nodes, &mut used, env)
    }

    fn unordered_from(&self, needed: &[NodeId], nodes: &[NodeId], used: &mut [bool], env: &Env) -> Ways {
        let Some((&first, rest)) = needed.split_first() else {
            return vec![env.clone()];
        };
        if !self.spend() {
            return Vec::new();
        }
        if self.pattern.kind(first) == Kind::MetavariableEllipsis {
            let left: Vec<NodeId> = nodes
                .iter()
                .zip(used.iter())
                .filter(|&(_, &used)| !used)
                .map(|(&node, _)| node)
                .collect();
            let ways = self.bind_to(self.pattern.text(first), Bound::Nodes(left.into()), env);
            return ways
                .iter()
                .flat_map(|env| self.unordered_from(rest, nodes, used, env))
                .collect();
        }
        let mut ways = Vec::new();
        for (index, &node) in nodes.iter().enumerate() {
            if used.get(index).copied().unwrap_or(true) {
                continue;
            }
            for env in self.node(first, node, env) {
                if let Some(place) = used.get_mut(index) {
                    *place = true;
                }
                ways.extend(self.unordered_from(rest, nodes, used, &env));
                if let Some(place) = used.get_mut(index) {
                    *place = false;
                }
            }
            if ways.len() > WAYS {
                break;
            }
        }
        ways
    }

    /// An argument by name, anywhere among those left. With `skips`, `...` stood before it, which takes what is not asked for.
    fn named_argument(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env, skips: bool) -> Ways {
        let Some((&first, rest)) = patterns.split_first() else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        for (index, &node) in nodes.iter().enumerate() {
            if self.ast.kind(node) != Kind::Keyword {
                continue;
            }
            for env in self.node(first, node, env) {
                let mut left: Vec<NodeId> = nodes.to_vec();
                left.remove(index);
                if skips && !self.has_ellipsis(rest) {
                    let asked = rest.iter().all(|&one| self.pattern.kind(one) == Kind::Keyword);
                    if asked {
                        ways.extend(self.some_named(rest, &left, &env));
                    } else {
                        left.retain(|&one| self.ast.kind(one) != Kind::Keyword);
                        let start = left.len().saturating_sub(rest.len());
                        ways.extend(self.arguments(rest, left.get(start..).unwrap_or(&[]), &env));
                    }
                } else {
                    ways.extend(self.arguments(rest, &left, &env));
                }
            }
        }
        ways
    }

    fn some_named(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        match patterns {
            [] => vec![env.clone()],
            _ => self.named_argument(patterns, nodes, env, true),
        }
    }

    /// Entries of a map, in any order.
    pub(super) fn map(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        let implicit = self.options.implicit_ellipsis
            && matches!(
                self.ast.language(),
                Language::JavaScript | Language::TypeScript | Language::Tsx
            );
        let more = implicit || self.has_ellipsis(patterns);
        self.unordered(patterns, nodes, env, more)
    }

    /// A literal with its type: the type, then entries in any order or elements in a row.
    pub(super) fn composite(&self, pattern: NodeId, node: NodeId, env: &Env) -> Ways {
        let (ours, theirs) = (self.pattern.children(pattern), self.ast.children(node));
        let (Some((&kind, ours)), Some((&seen, theirs))) = (ours.split_first(), theirs.split_first()) else {
            return Vec::new();
        };
        let entries = ours.iter().any(|&one| self.pattern.kind(one) == Kind::Pair);
        let ways = self.node(kind, seen, env);
        ways.iter()
            .flat_map(|env| {
                if entries {
                    self.unordered(ours, theirs, env, self.has_ellipsis(ours))
                } else {
                    self.row(ours, theirs, env)
                }
            })
            .collect()
    }

    /// Targets that take a value apart: by name in any order, by place in a row.
    pub(super) fn destructure(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        let ways = self.row(patterns, nodes, env);
        if ways.is_empty() {
            return self.unordered(patterns, nodes, env, true);
        }
        ways
    }

    /// The parts of a string with places for expressions. `...` between quotes takes any number of parts.
    pub(super) fn template(&self, patterns: &[NodeId], nodes: &[NodeId], env: &Env) -> Ways {
        if !self.spend() {
            return Vec::new();
        }
        let Some((&first, rest)) = patterns.split_first() else {
            return end(nodes, env);
        };
        let kind = self.pattern.kind(first);
        if kind == Kind::Ellipsis || (kind == Kind::Str && self.pattern.text(first) == "...") {
            if rest.is_empty() {
                return vec![env.clone()];
            }
            let mut ways = Vec::new();
            for from in 0..=nodes.len() {
                ways.extend(self.template(rest, nodes.get(from..).unwrap_or(&[]), env));
            }
            return ways;
        }
        let Some((&node, left)) = nodes.split_first() else {
            return Vec::new();
        };
        if kind == Kind::Metavariable && self.ast.kind(node) == Kind::Str {
            return Vec::new();
        }
        let ways = self.node(first, node, env);
        ways.iter()
            .flat_map(|env| self.template(rest, left, env))
            .collect()
    }
}
