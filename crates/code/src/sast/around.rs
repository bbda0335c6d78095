//! The functions and classes around a place, and rules that mean nothing in some of them.

use super::late::LateRegex;
use bartizan_content::CodeRule;
use bartizan_syntax::{Ast, Kind, NodeId};

/// The names of the functions and classes around a place, outermost first, with dots between.
pub(super) fn names_around(ast: &Ast, node: NodeId) -> String {
    let named = ast
        .ancestors(node)
        .filter(|&above| matches!(ast.kind(above), Kind::Function | Kind::Class));
    let mut names: Vec<&str> = named
        .filter_map(|above| Some(ast.text(ast.child(above, 1)?)))
        .collect();
    names.reverse();
    names.join(".")
}

/// Where a rule means nothing.
#[derive(Debug, Default)]
pub(super) struct NotAround(Option<LateRegex>);

impl NotAround {
    /// What a rule says of it; that its expression can be read was seen when the rule was.
    pub(super) fn of(rule: &CodeRule) -> Self {
        Self(rule.not_around.as_deref().map(LateRegex::of))
    }

    /// Whether the rule means nothing at a place.
    pub(super) fn holds(&self, ast: &Ast, node: Option<NodeId>) -> bool {
        match (&self.0, node) {
            (Some(regex), Some(node)) => regex.is_match(&names_around(ast, node)),
            _ => false,
        }
    }
}
