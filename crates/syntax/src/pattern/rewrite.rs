//! Makes the tree of a pattern from the tree of its text with names in place of holes.

use super::hole::{DEEP, ELLIPSIS, MANY, METAVARIABLE, TYPED};
use super::{is_hole, is_statement};
use crate::ast::{Ast, Flags, NodeId, Span};
use crate::builder::{Builder, Draft};
use crate::kind::{Kind, Operator};

/// Levels of a pattern at most; what is deeper is not copied.
const DEPTH: usize = 300;

/// The tree whose root has the given nodes as children, holes put back.
pub(super) fn rewrite(ast: &Ast, source: &str, roots: &[NodeId]) -> Ast {
    let mut copy = Copy {
        ast,
        source,
        builder: Builder::new(ast.language()),
    };
    let mut children = Vec::with_capacity(roots.len());
    for &root in roots {
        let draft = copy.node(root, 0);
        let kind = copy.builder.kind(draft);
        // Among statements, an expression is one.
        let bare = roots.len() > 1
            && !is_statement(kind)
            && !is_hole(kind)
            && !matches!(kind, Kind::Case | Kind::Catch | Kind::Param);
        children.push(if bare {
            copy.builder.node(Kind::Expression, ast.span(root), vec![draft])
        } else {
            draft
        });
    }
    let span = roots
        .iter()
        .map(|&root| ast.span(root))
        .reduce(|all, one| Span {
            start: all.start.min(one.start),
            end: all.end.max(one.end),
        })
        .unwrap_or_default();
    let root = copy.builder.node(Kind::Module, span, children);
    copy.builder.finish(root)
}

/// Puts the names of holes in a text back.
pub(super) fn restored(text: &str) -> String {
    if !text.contains("0ZZ") {
        return text.to_owned();
    }
    text.replace(MANY, "$...")
        .replace(METAVARIABLE, "$")
        .replace(ELLIPSIS, "...")
}

struct Copy<'a> {
    ast: &'a Ast,
    source: &'a str,
    builder: Builder,
}

impl Copy<'_> {
    fn node(&mut self, id: NodeId, depth: usize) -> Draft {
        let node = *self.ast.node(id);
        let text = self.ast.text(id);
        if depth > DEPTH {
            return self.builder.node(Kind::Broken, node.span, Vec::new());
        }
        if let Some(hole) = self.hole(id, node.kind, node.span, text) {
            return hole;
        }
        if let Some(object) = self.target_of(id) {
            return self.node(object, depth + 1);
        }
        if let Some(draft) = self
            .call_of(id, node.span, depth)
            .or_else(|| self.typed(id, node.span, depth))
        {
            return draft;
        }
        if collapses(node.kind) && self.only_ellipsis(id) {
            return self.leaf_of_ellipsis(id, node.span);
        }
        let children: Vec<Draft> = self
            .ast
            .children(id)
            .iter()
            .map(|&child| self.node(child, depth + 1))
            .collect();
        let draft = self.builder.node(node.kind, node.span, children);
        if node.operator != Operator::None {
            self.builder.operator(draft, node.operator);
        }
        if node.flags != Flags::NONE {
            self.builder.flag(draft, node.flags);
        }
        if node.symbol.is_some() {
            let raw = self.expression_text(node.kind, node.span);
            self.builder.name(draft, &raw.unwrap_or_else(|| restored(text)));
        }
        draft
    }

    /// The regular expression that a string of the pattern holds, as it is written: escapes are its own, not those of the language.
    fn expression_text(&self, kind: Kind, span: Span) -> Option<String> {
        if kind != Kind::Str {
            return None;
        }
        let written = self.source.get(span.range())?;
        let inner = written.get(written.find("=~/")?..)?;
        let quote = written.chars().find(|c| matches!(c, '"' | '\'' | '`'))?;
        Some(inner.trim_end_matches(quote).to_owned())
    }

    /// A leaf that stands for a hole.
    fn hole(&mut self, id: NodeId, kind: Kind, span: Span, text: &str) -> Option<Draft> {
        if !self.ast.children(id).is_empty() || matches!(kind, Kind::Str | Kind::Regex | Kind::Number) {
            return None;
        }
        let text = bare(text);
        if text == ELLIPSIS {
            return Some(self.builder.leaf(Kind::Ellipsis, span, "..."));
        }
        let whole = |rest: &str| rest.chars().all(super::token::is_word);
        if let Some(name) = text.strip_prefix(MANY).filter(|rest| whole(rest)) {
            return Some(
                self.builder
                    .leaf(Kind::MetavariableEllipsis, span, &format!("$...{name}")),
            );
        }
        let name = text.strip_prefix(METAVARIABLE).filter(|rest| whole(rest))?;
        Some(self.builder.leaf(Kind::Metavariable, span, &format!("${name}")))
    }

    /// The arguments of a call of one of the names that stand for something.
    fn arguments_of(&self, id: NodeId, name: &str) -> Option<Vec<NodeId>> {
        if self.ast.kind(id) != Kind::Call {
            return None;
        }
        let callee = self.ast.child(id, 0)?;
        if self.ast.kind(callee) != Kind::Name || self.ast.text(callee) != name {
            return None;
        }
        Some(self.ast.children(self.ast.child(id, 1)?).to_vec())
    }

    /// The object of a member that stands there only so that it can be assigned to.
    fn target_of(&self, id: NodeId) -> Option<NodeId> {
        let name = self.ast.child(id, 1)?;
        (self.ast.kind(id) == Kind::Member && self.ast.text(name) == TYPED).then(|| self.ast.child(id, 0))?
    }

    /// `<... x ...>`, and `($X: T)` where the type is an argument.
    fn call_of(&mut self, id: NodeId, span: Span, depth: usize) -> Option<Draft> {
        if let Some(arguments) = self.arguments_of(id, DEEP) {
            let inner = self.node(*arguments.first()?, depth + 1);
            return Some(self.builder.node(Kind::DeepEllipsis, span, vec![inner]));
        }
        let arguments = self.arguments_of(id, TYPED)?;
        let [metavariable, kind] = arguments.as_slice() else {
            return None;
        };
        let metavariable = self.node(*metavariable, depth + 1);
        let kind = self.node(*kind, depth + 1);
        let kind = self.builder.node(Kind::Type, span, vec![kind]);
        Some(
            self.builder
                .node(Kind::TypedMetavariable, span, vec![metavariable, kind]),
        )
    }

    /// `($X: T)` where the type is that of a cast.
    fn typed(&mut self, id: NodeId, span: Span, depth: usize) -> Option<Draft> {
        if self.ast.kind(id) != Kind::Cast {
            return None;
        }
        let arguments = self.arguments_of(self.ast.child(id, 1)?, TYPED)?;
        let metavariable = self.node(*arguments.first()?, depth + 1);
        let kind = self.node(self.ast.child(id, 0)?, depth + 1);
        Some(
            self.builder
                .node(Kind::TypedMetavariable, span, vec![metavariable, kind]),
        )
    }

    /// Whether the node holds nothing but stand-ins for one `...` or `$...X`.
    fn only_ellipsis(&self, id: NodeId) -> bool {
        let mut found = false;
        for below in self.ast.subtree(id) {
            let text = bare(self.ast.text(below));
            if below == id && self.ast.kind(id) == Kind::Other && STAND_INS.contains(&self.ast.text(id)) {
                continue;
            }
            if text == ELLIPSIS || text.starts_with(MANY) {
                found = true;
            } else if !text.is_empty() {
                return false;
            }
        }
        found
    }

    fn leaf_of_ellipsis(&mut self, id: NodeId, span: Span) -> Draft {
        let texts = self.ast.subtree(id).map(|below| bare(self.ast.text(below)));
        let many = texts.filter_map(|text| text.strip_prefix(MANY)).next();
        match many {
            Some(name) => self
                .builder
                .leaf(Kind::MetavariableEllipsis, span, &format!("$...{name}")),
            None => self.builder.leaf(Kind::Ellipsis, span, "..."),
        }
    }
}

/// Declarations and commands that are written where a language wants one in place of a hole, as the grammars name them.
const STAND_INS: [&str; 4] = ["command", "type_item", "type_alias", "use_declaration"];

/// What stands for a hole, without what a language writes before names.
fn bare(text: &str) -> &str {
    text.trim().trim_start_matches(['#', '$', '_'])
}

/// Whether a node of this kind that holds only a hole is the hole.
const fn collapses(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Expression
            | Kind::Variable
            | Kind::Param
            | Kind::Attribute
            | Kind::Keyword
            | Kind::Pair
            | Kind::Spread
            | Kind::Import
            | Kind::ImportItem
            | Kind::Type
            | Kind::Annotation
            | Kind::Case
            | Kind::Patterns
            | Kind::Other
            | Kind::Element
            | Kind::WithItem
            | Kind::Assign
    )
}
