//! What is known of a file beside its tree: which subtrees are equal, which nodes are expressions, what names mean and stand for.
//!
//! In: the tree and its text. Out: tables by node, made once a file and used by every pattern.

use super::imports::Imports;
use super::text::Regexes;
use super::values::Values;
use bartizan_syntax::{Ast, Kind, Language, Names, NodeId, Operator};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A file as patterns see it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Its tree.
    pub ast: &'a Ast,
    /// Its text.
    pub source: &'a str,
    /// For each node, a number that equal subtrees share.
    shapes: Vec<u64>,
    /// For each node, whether it stands where an expression does.
    expressions: Vec<bool>,
    /// Nodes by kind, in preorder.
    by_kind: HashMap<Kind, Vec<NodeId>>,
    /// What names mean.
    pub names: Names<'a>,
    /// What modules are imported as, in the order of the text.
    imports: Imports,
    /// What names may be called in full, as far as they were asked for.
    full: RefCell<HashMap<NodeId, Rc<[Box<str>]>>>,
    /// What variables stand for.
    pub values: Values,
    /// Regular expressions of patterns.
    pub(super) regexes: &'a Regexes,
}

impl<'a> Facts<'a> {
    /// What is known of a file.
    #[must_use]
    pub fn new(ast: &'a Ast, source: &'a str, regexes: &'a Regexes) -> Self {
        let expressions = expressions(ast);
        let mut by_kind: HashMap<Kind, Vec<NodeId>> = HashMap::new();
        for id in ast.ids() {
            by_kind.entry(ast.kind(id)).or_default().push(id);
        }
        let values = Values::new(ast, &expressions);
        Self {
            ast,
            source,
            shapes: shapes(ast),
            expressions,
            by_kind,
            names: Names::of(ast),
            imports: Imports::of(ast),
            full: RefCell::default(),
            values,
            regexes,
        }
    }

    /// Whether two subtrees are equal but for their places.
    #[must_use]
    pub fn equal(&self, left: NodeId, right: NodeId) -> bool {
        left == right || self.shapes.get(left.index()) == self.shapes.get(right.index())
    }

    /// Whether the node stands where an expression does.
    #[must_use]
    pub fn is_expression(&self, id: NodeId) -> bool {
        self.expressions.get(id.index()).copied().unwrap_or(false)
    }

    /// The nodes of a kind, in preorder.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> &[NodeId] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Whether the node is what a function without a block returns.
    #[must_use]
    pub fn is_lambda_body(&self, id: NodeId) -> bool {
        let parent = self.ast.parent(id);
        parent.is_some_and(|parent| {
            self.ast.kind(parent) == Kind::Lambda
                && self.ast.child(parent, 2) == Some(id)
                && self.ast.kind(id) != Kind::Block
        })
    }

    /// What functions without a block return.
    pub fn lambda_bodies(&self) -> impl Iterator<Item = NodeId> + '_ {
        let bodies = self
            .of_kind(Kind::Lambda)
            .iter()
            .filter_map(|&id| self.ast.child(id, 2));
        bodies.filter(|&id| self.ast.kind(id) != Kind::Block)
    }

    /// Whether the node is the expression of an annotation or decorator.
    #[must_use]
    pub fn in_annotation(&self, id: NodeId) -> bool {
        self.ast
            .parent(id)
            .is_some_and(|parent| self.ast.kind(parent) == Kind::Annotation)
    }

    /// Whether a name or member is a call without arguments: in Ruby what is neither called, nor a constant, nor ever assigned.
    #[must_use]
    pub fn is_call_alone(&self, id: NodeId) -> bool {
        let ast = self.ast;
        let (Language::Ruby, Some(parent)) = (ast.language(), ast.parent(id)) else {
            return false;
        };
        let is_first = ast.child(parent, 0) == Some(id);
        let called = ast.kind(parent) == Kind::Call && is_first;
        let assigned = matches!(ast.kind(parent), Kind::Assign | Kind::Update) && is_first;
        let name = match ast.kind(id) {
            Kind::Member => ast.child(id, 1),
            _ => Some(id),
        };
        let is_method =
            name.is_some_and(|name| ast.text(name).starts_with(|c: char| c.is_lowercase() || c == '_'));
        if called || assigned || !is_method {
            return false;
        }
        ast.kind(id) == Kind::Member || !self.is_variable(id)
    }

    /// Whether the function around assigns to a name, or takes it as a parameter.
    fn is_variable(&self, name: NodeId) -> bool {
        let ast = self.ast;
        let places = [Kind::Member, Kind::Param, Kind::Keyword, Kind::Function];
        let parent = ast.parent(name).unwrap_or(name);
        if places.contains(&ast.kind(parent)) && ast.child(parent, 1) == Some(name) {
            return true;
        }
        let mut around = ast.ancestors(name);
        let function = around.find(|&above| ast.kind(above) == Kind::Function);
        let text = ast.text(name);
        ast.subtree(function.unwrap_or(NodeId::ROOT)).any(|below| {
            ast.kind(below) == Kind::Name
                && ast.text(below) == text
                && ast
                    .ancestors(below)
                    .take(3)
                    .zip(ast.ancestors(below).skip(1))
                    .any(|(child, above)| match ast.kind(above) {
                        Kind::Assign | Kind::ForEach => ast.child(above, 0) == Some(child),
                        Kind::Param | Kind::Catch => ast.child(above, 1) == Some(child),
                        _ => false,
                    })
        })
    }

    /// What a name, or members of one, may be called in full, the likeliest first.
    #[must_use]
    pub fn full_names(&self, id: NodeId) -> Rc<[Box<str>]> {
        if let Some(known) = self.full.borrow().get(&id) {
            return Rc::clone(known);
        }
        // What a name is imported as later in the text is not what it means here.
        let root = self
            .ast
            .subtree(id)
            .find(|&below| self.ast.kind(below) == Kind::Name);
        let later = root
            .and_then(|root| self.names.declaration(root))
            .is_some_and(|at| at > id);
        let found: Rc<[Box<str>]> = if later {
            self.imports.before(self.ast, id).into_iter().collect()
        } else {
            let candidates = self.names.candidates(id).into_iter();
            candidates
                .map(|name| name.into_owned().into_boxed_str())
                .collect()
        };
        self.full.borrow_mut().insert(id, Rc::clone(&found));
        found
    }
}

/// A number for each subtree; equal subtrees have equal numbers.
fn shapes(ast: &Ast) -> Vec<u64> {
    let mut shapes = vec![0_u64; ast.len()];
    let ids: Vec<NodeId> = ast.ids().collect();
    for &id in ids.iter().rev() {
        let node = ast.node(id);
        let text = node.symbol.map_or(0, |symbol| text_hash(ast.symbol_text(symbol)));
        let mut shape = mix(mix(text, node.kind as u64 + 1), node.operator as u64 + 1);
        for &child in ast.children(id) {
            shape = mix(shape, shapes.get(child.index()).copied().unwrap_or(0));
        }
        if let Some(place) = shapes.get_mut(id.index()) {
            *place = shape;
        }
    }
    shapes
}

const fn mix(state: u64, value: u64) -> u64 {
    let mixed = (state.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

fn text_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// For each node, whether it is an expression that a pattern of one can be.
fn expressions(ast: &Ast) -> Vec<bool> {
    let mut all = vec![false; ast.len()];
    for id in ast.ids() {
        let kind = ast.kind(id);
        let is = is_expression_kind(kind) && stands_as_expression(ast, id);
        if let Some(place) = all.get_mut(id.index()) {
            *place = is;
        }
    }
    all
}

/// Whether nodes of this kind are expressions when they stand where one does.
pub(super) const fn is_expression_kind(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Name
            | Kind::This
            | Kind::Super
            | Kind::Str
            | Kind::Number
            | Kind::Bool
            | Kind::Null
            | Kind::Regex
            | Kind::Template
            | Kind::Member
            | Kind::Index
            | Kind::Call
            | Kind::New
            | Kind::Unary
            | Kind::Update
            | Kind::Binary
            | Kind::Assign
            | Kind::Conditional
            | Kind::Lambda
            | Kind::List
            | Kind::Tuple
            | Kind::Set
            | Kind::Map
            | Kind::Comprehension
            | Kind::Await
            | Kind::Yield
            | Kind::Cast
            | Kind::TypeTest
            | Kind::MethodReference
            | Kind::Composite
            | Kind::Element
            | Kind::Slice
            | Kind::Other
    )
}

fn stands_as_expression(ast: &Ast, id: NodeId) -> bool {
    let Some(parent) = ast.parent(id) else {
        return false;
    };
    let position = || {
        ast.children(parent)
            .iter()
            .position(|&child| child == id)
            .unwrap_or(0)
    };
    match ast.kind(parent) {
        Kind::Member | Kind::MethodReference => position() == 0,
        Kind::Keyword | Kind::Attribute => position() == 1,
        Kind::Pair => {
            position() == 1
                || !matches!(
                    ast.language(),
                    Language::JavaScript | Language::TypeScript | Language::Tsx
                )
        }
        Kind::Function => position() == 4,
        Kind::Class | Kind::ImportItem | Kind::Import | Kind::ImportFrom | Kind::Global => false,
        Kind::Lambda => position() == 2,
        Kind::Param => position() == 3,
        Kind::Variable => position() == 3,
        Kind::New | Kind::Composite => position() != 0,
        Kind::Cast => position() == 1,
        Kind::TypeTest => position() == 0,
        Kind::Catch | Kind::Break | Kind::Continue | Kind::Labelled | Kind::Package => false,
        Kind::Modifiers | Kind::Generic | Kind::ArrayType | Kind::Type => false,
        Kind::Element => position() != 0,
        Kind::Comprehension => true,
        _ => true,
    }
}

/// The operators whose operands can be regrouped.
pub(super) const fn is_associative(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::And | Operator::Or | Operator::BitAnd | Operator::BitOr | Operator::BitXor | Operator::Plus
    )
}
