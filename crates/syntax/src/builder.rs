//! Builds a tree from the leaves up, and numbers it from the root down.
//!
//! A front end makes nodes as it comes to them, children first; [`Builder::finish`] puts them in the order that [`Ast`] promises and
//! drops what no parent took.

use std::collections::HashMap;

use crate::ast::{Ast, Flags, Node, NodeId, Span, Symbol};
use crate::kind::{Kind, Operator};
use crate::language::Language;

/// A node of a tree that is being built; not an id of the finished tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft(u32);

/// A tree that is being built.
#[derive(Debug)]
pub struct Builder {
    language: Language,
    drafts: Vec<(Node, Vec<Draft>)>,
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
        Ast {
            language: self.language,
            nodes,
            children,
            symbols: self.symbols,
            by_text: self.by_text,
            comments: self.comments,
        }
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
        self.drafts.push((node, children));
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
