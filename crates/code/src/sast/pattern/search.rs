//! Finds every place of a file that a pattern matches.
//!
//! In: a pattern and what is known of a file. Out: [`Match`]es in the order of the text. Only nodes of kinds that can match are tried.

use super::env::Env;
use super::facts::{Facts, is_expression_kind};
use super::matcher::{Matcher, Options};
use bartizan_syntax::pattern::{Pattern, is_statement};
use bartizan_syntax::{Kind, Language, NodeId, Span};

/// Steps of matching one pattern with one file, at most; beside them so many for each node of the file.
const STEPS: u64 = 400_000;
const STEPS_A_NODE: u64 = 60;
/// Matches of one pattern in one file, at most.
const MATCHES: usize = 20_000;

/// One place that a pattern matches, in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// All that was matched.
    pub span: Span,
    /// The node, or the first of the statements.
    pub node: NodeId,
    /// What the metavariables stand for.
    pub env: Env,
}

/// What was found, and whether that is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The matches in the order of the text.
    pub matches: Vec<Match>,
    /// Whether a bound was reached, so that matches can be missing.
    pub cut: bool,
}

/// Finds a pattern in a file, or below one node of it.
#[must_use]
pub fn search(pattern: &Pattern, facts: &Facts<'_>, options: Options, below: Option<NodeId>) -> Found {
    let nodes = u64::try_from(facts.ast.len()).unwrap_or(u64::MAX);
    let budget = STEPS.saturating_add(nodes.saturating_mul(STEPS_A_NODE));
    let matcher = Matcher::new(&pattern.ast, facts, options, budget);
    let mut found = Found::default();
    let roots = pattern.roots();
    if let ([root], true) = (roots, pattern.expression) {
        expressions(&matcher, facts, *root, below, &mut found);
    } else if let [root] = roots {
        statements(&matcher, facts, *root, below, &mut found);
    } else {
        sequences(&matcher, facts, roots, below, &mut found);
    }
    found.cut |= matcher.exhausted();
    found
}

/// The kinds that a root of this kind can match; none for all.
fn candidates(matcher: &Matcher<'_>, root: NodeId) -> Option<Vec<Kind>> {
    let kind = matcher.pattern.kind(root);
    Some(match kind {
        Kind::Metavariable | Kind::TypedMetavariable | Kind::DeepEllipsis | Kind::Ellipsis => return None,
        Kind::Name => vec![Kind::Name, Kind::Member, Kind::Generic],
        Kind::Member => vec![Kind::Member, Kind::Name, Kind::Call, Kind::Index, Kind::Await],
        Kind::Call if matcher.pattern.language() == Language::Ruby => vec![kind, Kind::Name, Kind::Member],
        Kind::Call => vec![kind, Kind::Annotation],
        Kind::Lambda => vec![kind, Kind::Function],
        Kind::Template => vec![kind, Kind::Str],
        Kind::Str | Kind::Number | Kind::Bool => {
            vec![kind, Kind::Name, Kind::Binary, Kind::Template, Kind::Unary]
        }
        Kind::Assign => vec![Kind::Assign, Kind::Variable],
        Kind::Set | Kind::List => vec![kind, Kind::Map, Kind::Comprehension],
        Kind::Expression => vec![Kind::Expression, Kind::Return, Kind::Variable],
        Kind::Function => vec![kind, Kind::Variable, Kind::Pair, Kind::Lambda],
        Kind::Import => vec![kind, Kind::ImportFrom],
        Kind::ImportFrom => vec![kind, Kind::Import],
        Kind::For | Kind::ForEach => vec![Kind::For, Kind::ForEach, Kind::While],
        other => vec![other],
    })
}

fn below_of(facts: &Facts<'_>, below: Option<NodeId>, id: NodeId) -> bool {
    below.is_none_or(|below| facts.ast.holds(below, id))
}

fn expressions(
    matcher: &Matcher<'_>,
    facts: &Facts<'_>,
    root: NodeId,
    below: Option<NodeId>,
    found: &mut Found,
) {
    let wanted = matcher.pattern.kind(root);
    let needs_expression = is_expression_kind(wanted)
        || matches!(
            wanted,
            Kind::Metavariable | Kind::TypedMetavariable | Kind::DeepEllipsis
        );
    let mut nodes: Vec<NodeId> = match (candidates(matcher, root), below) {
        (None, None) => facts.ast.ids().collect(),
        (None, Some(below)) => facts.ast.subtree(below).collect(),
        (Some(kinds), _) => kinds
            .iter()
            .flat_map(|&kind| facts.of_kind(kind))
            .copied()
            .collect(),
    };
    for id in &mut nodes {
        if facts.ast.kind(*id) == Kind::Annotation && wanted == Kind::Call {
            *id = facts.ast.child(*id, 0).unwrap_or(*id);
        }
    }
    nodes.retain(|&id| {
        let fits = !needs_expression
            || facts.is_expression(id)
            || facts.ast.kind(id) == Kind::Function
            || facts.ast.kind(id) == Kind::Variable
            || below == Some(id);
        fits && below_of(facts, below, id)
    });
    nodes.sort_unstable();
    nodes.dedup();
    for id in nodes {
        if facts.ast.kind(id) == Kind::Variable && wanted != Kind::Assign {
            continue;
        }
        if !matcher.options.attr_expr && facts.in_annotation(id) {
            continue;
        }
        note(matcher, root, id, facts, found);
        if found.cut {
            return;
        }
    }
}

fn statements(
    matcher: &Matcher<'_>,
    facts: &Facts<'_>,
    root: NodeId,
    below: Option<NodeId>,
    found: &mut Found,
) {
    let mut nodes: Vec<NodeId> = match candidates(matcher, root) {
        None => facts
            .ast
            .ids()
            .filter(|&id| is_statement(facts.ast.kind(id)))
            .collect(),
        Some(kinds) => kinds
            .iter()
            .flat_map(|&kind| facts.of_kind(kind))
            .copied()
            .collect(),
    };
    if matcher.pattern.kind(root) == Kind::Return {
        nodes.extend(facts.lambda_bodies());
    }
    if let Some(inner) = matcher.pattern.child(root, 0)
        && matcher.pattern.kind(root) == Kind::Expression
        && matches!(
            matcher.pattern.kind(inner),
            Kind::Metavariable | Kind::DeepEllipsis
        )
    {
        nodes = facts
            .ast
            .ids()
            .filter(|&id| is_statement(facts.ast.kind(id)))
            .collect();
    }
    nodes.retain(|&id| below_of(facts, below, id));
    nodes.sort_unstable();
    for id in nodes {
        note(matcher, root, id, facts, found);
        if found.cut {
            return;
        }
    }
}

fn note(matcher: &Matcher<'_>, root: NodeId, id: NodeId, facts: &Facts<'_>, found: &mut Found) {
    for env in matcher.node(root, id, &Env::default()) {
        if found.matches.len() >= MATCHES {
            found.cut = true;
            return;
        }
        found.matches.push(Match {
            span: facts.ast.span(id),
            node: id,
            env,
        });
    }
}

fn sequences(
    matcher: &Matcher<'_>,
    facts: &Facts<'_>,
    roots: &[NodeId],
    below: Option<NodeId>,
    found: &mut Found,
) {
    let leads = roots
        .first()
        .is_some_and(|&first| matcher.pattern.kind(first) == Kind::Ellipsis);
    for kind in [Kind::Module, Kind::Block] {
        for &block in facts.of_kind(kind) {
            if !below_of(facts, below, block) {
                continue;
            }
            let statements = facts.ast.children(block);
            for (from, &first) in statements.iter().enumerate() {
                let rest = statements.get(from..).unwrap_or(&[]);
                for run in matcher.run(roots, rest, &Env::default(), true, true) {
                    let last = run.last.unwrap_or(first);
                    let span = Span {
                        start: facts.ast.span(first).start,
                        end: facts.ast.span(last).end.max(facts.ast.span(first).end),
                    };
                    let one = Match {
                        span,
                        node: first,
                        env: run.env,
                    };
                    if !found.matches.contains(&one) || found.matches.len() > 500 {
                        found.matches.push(one);
                    }
                }
                found.cut |= found.matches.len() >= MATCHES || matcher.exhausted();
                if found.cut {
                    return;
                }
                if leads {
                    break;
                }
            }
        }
    }
}
