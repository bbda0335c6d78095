//! Builds a tree from the leaves up, and numbers it from the root down.
//!
//! A front end makes nodes as it comes to them, children first; [`Builder::finish`] puts them in the order that [`Ast`] promises and
//! drops what no parent took.

use std::collections::HashMap;

use crate::ast::{Ast, Flags, Node, NodeId, Span, Symbol};
use crate::kind::{Kind, Operator};
use crate::language::Language;

/// Nodes below one that may have two parents at most.
const MAX_SHARED: u32 = 64;

/// A node of a tree that is being built; not an id of the finished tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft(u32);

/// A tree that is being built.
#[derive(Debug)]
pub struct Builder {
    language: Language,
    drafts: Vec<(Node, Vec<Draft>)>,
    sizes: Vec<u32>,
    symbols: Vec<Box<str>>,
    by_text: HashMap<Box<str>, Symbol>,
    comments: Vec<Span>,
}

impl Builder {
    /// An empty tree.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            drafts: Vec::new(),
            sizes: Vec::new(),
            symbols: Vec::new(),
            by_text: HashMap::new(),
            comments: Vec::new(),
        }
    }

    /// A node with its children, in the order that [`Kind`] says.
    pub fn node(&mut self, kind: Kind, span: Span, children: Vec<Draft>) -> Draft {
        self.push(kind, span, None, children)
    }

    /// A node without children whose symbol is `text`.
    pub fn leaf(&mut self, kind: Kind, span: Span, text: &str) -> Draft {
        let symbol = self.intern(text);
        self.push(kind, span, Some(symbol), Vec::new())
    }

    /// The stand-in for an absent child, at byte `at`.
    pub fn nothing(&mut self, at: u32) -> Draft {
        self.push(Kind::Nothing, Span { start: at, end: at }, None, Vec::new())
    }

    /// Gives a node its operator.
    pub fn operator(&mut self, draft: Draft, operator: Operator) -> Draft {
        if let Some((node, _)) = self.drafts.get_mut(draft.0 as usize) {
            node.operator = operator;
        }
        draft
    }

    /// Adds marks to a node.
    pub fn flag(&mut self, draft: Draft, flags: Flags) -> Draft {
        if let Some((node, _)) = self.drafts.get_mut(draft.0 as usize) {
            node.flags = node.flags.with(flags);
        }
        draft
    }

    /// Gives a node with children a symbol, too ([`Kind::Other`], [`Operator::Other`]).
    pub fn name(&mut self, draft: Draft, text: &str) -> Draft {
        let symbol = self.intern(text);
        if let Some((node, _)) = self.drafts.get_mut(draft.0 as usize) {
            node.symbol = Some(symbol);
        }
        draft
    }

    /// The node once more, for a second parent; when there is much below it, an [`Kind::Other`] of its place instead, since what is shared
    /// within what is shared would multiply.
    pub fn shared(&mut self, draft: Draft) -> Draft {
        if self.size(draft) <= MAX_SHARED {
            return draft;
        }
        let other = self.leaf(Kind::Other, self.span(draft), "shared");
        self.flag(other, Flags::IMPLIED)
    }

    /// Notes a comment.
    pub fn comment(&mut self, span: Span) {
        self.comments.push(span);
    }

    /// The kind of a node made before.
    #[must_use]
    pub fn kind(&self, draft: Draft) -> Kind {
        self.drafts
            .get(draft.0 as usize)
            .map_or(Kind::Nothing, |(node, _)| node.kind)
    }

    /// The range of bytes of a node made before.
    #[must_use]
    pub fn span(&self, draft: Draft) -> Span {
        self.drafts
            .get(draft.0 as usize)
            .map_or_else(Span::default, |(node, _)| node.span)
    }

    /// The children of a node made before.
    #[must_use]
    pub fn children(&self, draft: Draft) -> &[Draft] {
        self.drafts
            .get(draft.0 as usize)
            .map_or(&[], |(_, children)| children.as_slice())
    }

    /// The text of a leaf made before.
    #[must_use]
    pub fn text(&self, draft: Draft) -> &str {
        self.drafts
            .get(draft.0 as usize)
            .and_then(|(node, _)| self.symbols.get(node.symbol?.0 as usize))
            .map_or("", AsRef::as_ref)
    }

    /// How many nodes were made; a front end bounds them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Whether no node was made yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// The tree below `root`. A node that several parents took stands in it once for each.
    #[must_use]
    pub fn finish(mut self, root: Draft) -> Ast {
        let mut nodes: Vec<Node> = Vec::with_capacity(self.drafts.len());
        let mut children: Vec<NodeId> = Vec::with_capacity(self.drafts.len());
        let mut steps = vec![Step::Enter {
            draft: root,
            parent: 0,
            slot: None,
        }];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(id) => {
                    let end = number(nodes.len());
                    if let Some(node) = nodes.get_mut(id.index()) {
                        node.end = end;
                    }
                }
                Step::Enter { draft, parent, slot } => {
                    let Some((node, below)) = self.drafts.get(draft.0 as usize) else {
                        continue;
                    };
                    let id = NodeId(number(nodes.len()));
                    if let Some(place) = slot.and_then(|slot| children.get_mut(slot)) {
                        *place = id;
                    }
                    let first = children.len();
                    nodes.push(Node {
                        parent,
                        first: number(first),
                        count: number(below.len()),
                        ..*node
                    });
                    children.resize(first + below.len(), id);
                    steps.push(Step::Leave(id));
                    let enter = |(slot, &draft)| Step::Enter {
                        draft,
                        parent: id.0,
                        slot: Some(first + slot),
                    };
                    steps.extend(below.iter().enumerate().map(enter).rev());
                }
            }
        }
        self.comments.sort_unstable();
        self.comments.dedup();
        nodes.shrink_to_fit();
        children.shrink_to_fit();
        self.symbols.shrink_to_fit();
        Ast {
            language: self.language,
            nodes,
            children,
            symbols: self.symbols,
            comments: self.comments,
        }
    }

    /// A span that holds those of its children: where a text is broken, a grammar may put them elsewhere. Absent children go where it is.
    fn around(&mut self, mut span: Span, children: &[Draft]) -> Span {
        for child in children {
            if let Some((node, _)) = self.drafts.get(child.0 as usize)
                && node.kind != Kind::Nothing
                && !node.flags.has(Flags::IMPLIED)
            {
                span.start = span.start.min(node.span.start);
                span.end = span.end.max(node.span.end);
            }
        }
        for child in children {
            if let Some((node, _)) = self.drafts.get_mut(child.0 as usize)
                && node.kind == Kind::Nothing
            {
                node.span = Span::empty(node.span.start.clamp(span.start, span.end));
            }
        }
        span
    }

    fn size(&self, draft: Draft) -> u32 {
        self.sizes.get(draft.0 as usize).copied().unwrap_or(0)
    }

    fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.by_text.get(text) {
            return symbol;
        }
        let symbol = Symbol(number(self.symbols.len()));
        self.symbols.push(text.into());
        self.by_text.insert(text.into(), symbol);
        symbol
    }

    fn push(&mut self, kind: Kind, span: Span, symbol: Option<Symbol>, children: Vec<Draft>) -> Draft {
        let draft = Draft(number(self.drafts.len()));
        let span = self.around(span, &children);
        let node = Node {
            kind,
            operator: Operator::None,
            flags: Flags::NONE,
            span,
            symbol,
            parent: 0,
            first: 0,
            count: 0,
            end: 0,
        };
        let below = children.iter().map(|&child| self.size(child));
        let size = below.fold(1, u32::saturating_add);
        self.drafts.push((node, children));
        self.sizes.push(size);
        draft
    }
}

/// A step of the walk that numbers the nodes.
enum Step {
    Enter {
        draft: Draft,
        parent: u32,
        slot: Option<usize>,
    },
    Leave(NodeId),
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
