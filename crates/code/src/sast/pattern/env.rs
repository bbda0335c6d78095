//! What metavariables stand for.

use bartizan_syntax::{Ast, NodeId, Span};
use std::sync::Arc;

/// What one metavariable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A node of the file.
    Node(NodeId),
    /// Nodes in a row, as `$...X` takes them.
    Nodes(Box<[NodeId]>),
    /// A text, as the content of a string, with its place.
    Text(Arc<str>, Span),
}

impl Bound {
    /// Where it stands; none for no nodes at all.
    #[must_use]
    pub fn span(&self, ast: &Ast) -> Option<Span> {
        match self {
            Self::Node(node) => Some(ast.span(*node)),
            Self::Text(_, span) => Some(*span),
            Self::Nodes(nodes) => {
                let first = ast.span(*nodes.first()?);
                let last = ast.span(*nodes.last()?);
                Some(Span {
                    start: first.start,
                    end: last.end,
                })
            }
        }
    }

    /// Its text as written; the content of a string that `"$X"` took.
    #[must_use]
    pub fn text<'a>(&'a self, ast: &Ast, source: &'a str) -> &'a str {
        match self {
            Self::Text(text, _) => text,
            Self::Node(_) | Self::Nodes(_) => self
                .span(ast)
                .and_then(|span| source.get(span.range()))
                .unwrap_or(""),
        }
    }
}

/// What the metavariables of one match stand for. Names have their dollar.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Env(Vec<(Arc<str>, Bound)>);

impl Env {
    /// What a name stands for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Bound> {
        self.0
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, bound)| bound)
    }

    /// Everything, in the order in which it was bound.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bound)> {
        self.0.iter().map(|(name, bound)| (&**name, bound))
    }

    /// With one name more; a name that is there already keeps what it stands for.
    #[must_use]
    pub fn with(&self, name: &str, bound: Bound) -> Self {
        let mut all = Vec::with_capacity(self.0.len() + 1);
        all.extend(self.0.iter().cloned());
        if self.get(name).is_none() {
            all.push((name.into(), bound));
        }
        Self(all)
    }

    /// With what `other` has and this has not.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut all = self.0.clone();
        let more = other.0.iter().filter(|(name, _)| self.get(name).is_none());
        all.extend(more.cloned());
        Self(all)
    }

    /// Whether nothing is bound.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
