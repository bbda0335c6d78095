//! The tree: nodes in one vector, children as ranges of another, names as numbers.
//!
//! Nodes are stored in preorder: a parent comes before its children, and what is below a node follows it without a gap. A [`Symbol`] is equal to
//! another of the same tree exactly when their texts are.

use std::ops::Range;

use crate::kind::{Kind, Operator};
use crate::language::Language;

/// A node of one [`Ast`]; the root is `NodeId::ROOT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The node of the whole file.
    pub const ROOT: Self = Self(0);

    /// The place of the node in the order of the tree, from zero; for tables beside the tree.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A text of one [`Ast`], by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub(crate) u32);

impl Symbol {
    /// The number of the text, from zero; for tables beside the tree.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes of the file, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte, from zero
    pub start: u32,
    /// First byte after it
    pub end: u32,
}

impl Span {
    /// As a range to cut a text with.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// No bytes, at byte `at`.
    #[must_use]
    pub const fn empty(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// From the start of this one to the end of `last`.
    #[must_use]
    pub const fn to(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: last.end,
        }
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub const fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// Marks of a node; which kinds carry which is said at [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Flags(u16);

impl Flags {
    /// No mark
    pub const NONE: Self = Self(0);
    /// Taken only when the object is there (`?.`)
    pub const OPTIONAL: Self = Self(1);
    /// A tagged template
    pub const TAGGED: Self = Self(1 << 1);
    /// The operator stands before its operand
    pub const PREFIX: Self = Self(1 << 2);
    /// `yield from`, `except*`
    pub const SPREAD: Self = Self(1 << 3);
    /// The loop declares its variable
    pub const DECLARES: Self = Self(1 << 4);
    /// The loop goes over keys
    pub const KEYS: Self = Self(1 << 5);
    /// The case goes on into the next
    pub const FALLS_THROUGH: Self = Self(1 << 6);
    /// The default export
    pub const DEFAULT: Self = Self(1 << 7);
    /// An asynchronous function or loop
    pub const ASYNC: Self = Self(1 << 8);
    /// A generator
    pub const GENERATOR: Self = Self(1 << 9);
    /// A getter or setter
    pub const ACCESSOR: Self = Self(1 << 10);
    /// Bytes rather than text (`b"…"`)
    pub const BYTES: Self = Self(1 << 11);
    /// The node was made by the front end and has no text of its own (a default target, a shared operand)
    pub const IMPLIED: Self = Self(1 << 12);
    /// A function that is given to a call beside its arguments, or the parameter that takes it (blocks of Ruby)
    pub const BLOCK: Self = Self(1 << 13);

    /// Whether every mark of `other` is set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of marks.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One node. Its children are asked of the [`Ast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is, and which children it has
    pub kind: Kind,
    /// Its operator, or what tells nodes of its kind apart
    pub operator: Operator,
    /// Its marks
    pub flags: Flags,
    /// Where it stands
    pub span: Span,
    /// The name or value of a leaf; see [`Kind`]. None for nodes that have none.
    pub symbol: Option<Symbol>,
    pub(crate) parent: u32,
    pub(crate) first: u32,
    pub(crate) count: u32,
    pub(crate) end: u32,
}

/// A file as a tree.
#[derive(Clone, Debug)]
pub struct Ast {
    pub(crate) language: Language,
    pub(crate) nodes: Vec<Node>,
    pub(crate) children: Vec<NodeId>,
    pub(crate) symbols: Vec<Box<str>>,
    pub(crate) comments: Vec<Span>,
}

/// The children of a node, in order.
pub type Children<'a> = &'a [NodeId];

impl Ast {
    /// The language it was read as.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node, not even a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node; one of another tree reads as [`Kind::Nothing`].
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.index()).unwrap_or(&NOTHING)
    }

    /// The kind of the node.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// The range of bytes of the node.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The children, in the order that [`Kind`] says.
    #[must_use]
    pub fn children(&self, id: NodeId) -> Children<'_> {
        let node = self.node(id);
        let first = node.first as usize;
        self.children
            .get(first..first + node.count as usize)
            .unwrap_or(&[])
    }

    /// The child at a position, or none when it is absent or [`Kind::Nothing`].
    #[must_use]
    pub fn child(&self, id: NodeId, position: usize) -> Option<NodeId> {
        self.children(id)
            .get(position)
            .copied()
            .filter(|&child| self.kind(child) != Kind::Nothing)
    }

    /// The parent; none for the root.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != NodeId::ROOT).then(|| NodeId(self.node(id).parent))
    }

    /// The node and those above it, up to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |&below| self.parent(below))
    }

    /// The node and everything below it, in preorder.
    pub fn subtree(&self, id: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (id.0..self.node(id).end.max(id.0)).map(NodeId)
    }

    /// Whether `below` is the node or lies below it.
    #[must_use]
    pub fn holds(&self, id: NodeId, below: NodeId) -> bool {
        id <= below && below.0 < self.node(id).end
    }

    /// Every node, a parent before its children.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The name or value of the node, empty when it has none.
    #[must_use]
    pub fn text(&self, id: NodeId) -> &str {
        self.node(id).symbol.map_or("", |symbol| self.symbol_text(symbol))
    }

    /// The text of a symbol.
    #[must_use]
    pub fn symbol_text(&self, symbol: Symbol) -> &str {
        self.symbols.get(symbol.0 as usize).map_or("", AsRef::as_ref)
    }

    /// All texts, in the order of their symbols.
    pub fn symbol_texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.symbols.iter().map(AsRef::as_ref)
    }

    /// How many different texts there are.
    #[must_use]
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// The symbol of a text, if it occurs in this tree as a name or a value. All texts are gone through.
    #[must_use]
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        let at = self.symbols.iter().position(|symbol| **symbol == *text)?;
        u32::try_from(at).ok().map(Symbol)
    }

    /// Comments, in the order of the text, their marks included.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }
}

static NOTHING: Node = Node {
    kind: Kind::Nothing,
    operator: Operator::None,
    flags: Flags::NONE,
    span: Span { start: 0, end: 0 },
    symbol: None,
    parent: 0,
    first: 0,
    count: 0,
    end: 0,
};
