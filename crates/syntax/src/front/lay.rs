//! What front ends have in common when they put children in their places.

use super::{Child, Front, Grammar, Kids};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::Kind;

impl<'t, G: Grammar> Front<'t, G> {
    /// A node with its children in their places; for an absent one a stand-in.
    pub(super) fn lay<const N: usize>(
        &mut self,
        kind: Kind,
        span: Span,
        children: [Option<Draft>; N],
    ) -> Draft {
        let mut at = span.start;
        let mut laid = Vec::with_capacity(N);
        for child in children {
            let child = child.unwrap_or_else(|| self.build.nothing(at));
            at = at.max(self.build.span(child).end).min(span.end);
            laid.push(child);
        }
        self.build.node(kind, span, laid)
    }

    /// A node around children that has no text of its own; without any it stands at byte `at`.
    pub(super) fn enclose(&mut self, kind: Kind, children: Vec<Draft>, at: u32) -> Draft {
        let span = self.around(&children, at);
        self.build.node(kind, span, children)
    }

    /// A leaf that the text does not say, at byte `at`.
    pub(super) fn implied(&mut self, kind: Kind, at: u32, text: &str) -> Draft {
        let leaf = self.build.leaf(kind, Span { start: at, end: at }, text);
        self.build.flag(leaf, Flags::IMPLIED)
    }

    /// A node without children, at byte `at`.
    pub(super) fn empty(&mut self, kind: Kind, at: u32) -> Draft {
        self.build.node(kind, Span { start: at, end: at }, Vec::new())
    }

    /// The first node below, as what it is.
    pub(super) fn inner(&mut self, node: Child<'t, G>) -> Option<Draft> {
        let inner = self.kids(node).named().next()?;
        Some(self.lower(inner))
    }

    /// The node of a field, as what it is.
    pub(super) fn field(&mut self, kids: &Kids<'t, G>, field: G::Field) -> Option<Draft> {
        kids.field(field).map(|kid| self.lower(kid))
    }

    /// All nodes below as children of a node of a kind.
    pub(super) fn gather(&mut self, kind: Kind, node: Child<'t, G>) -> Draft {
        let kids = self.kids(node);
        let children = self.lower_all(kids.named());
        self.build.node(kind, node.span(), children)
    }
}
