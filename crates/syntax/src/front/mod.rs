//! Front ends: the tree of a grammar flows in, a tree of our [`Kind`]s flows out.
//!
//! A front end declares with [`grammar!`] which kinds and fields of its grammar it knows, and says in [`Grammar::lower`] what a node of each
//! kind becomes. [`Front`] does what is the same for all: bounds, children with their fields, the fallback to [`Kind::Other`].

pub(crate) mod escape;
#[cfg(feature = "go")]
mod go;
#[cfg(feature = "java")]
mod java;
#[cfg(any(feature = "javascript", feature = "typescript"))]
mod javascript;
mod lay;
#[cfg(feature = "python")]
mod python;
mod table;

use tree_sitter::{Node, Tree, TreeCursor};

use crate::ast::{Ast, Span};
use crate::builder::{Builder, Draft};
use crate::kind::{Kind, Operator};
use crate::language::Language;
use crate::parse::{MAX_DEPTH, MAX_NESTING, MAX_NODES, Problem, Trouble, note, span_of};

/// The grammar of a language; none when this program was compiled without it.
pub(crate) fn grammar_of(language: Language) -> Option<tree_sitter::Language> {
    match language {
        #[cfg(feature = "python")]
        Language::Python => Some(python::Python::language()),
        #[cfg(feature = "go")]
        Language::Go => Some(go::Go::language()),
        #[cfg(feature = "java")]
        Language::Java => Some(java::Java::language()),
        #[cfg(feature = "javascript")]
        Language::JavaScript => Some(tree_sitter_javascript::LANGUAGE.into()),
        #[cfg(feature = "typescript")]
        Language::TypeScript => Some(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()),
        #[cfg(feature = "typescript")]
        Language::Tsx => Some(tree_sitter_typescript::LANGUAGE_TSX.into()),
        #[cfg(feature = "ruby")]
        Language::Ruby => Some(tree_sitter_ruby::LANGUAGE.into()),
        #[cfg(feature = "php")]
        Language::Php => Some(tree_sitter_php::LANGUAGE_PHP.into()),
        #[cfg(feature = "csharp")]
        Language::CSharp => Some(tree_sitter_c_sharp::LANGUAGE.into()),
        #[cfg(feature = "kotlin")]
        Language::Kotlin => Some(tree_sitter_kotlin_ng::LANGUAGE.into()),
        #[cfg(feature = "rust")]
        Language::Rust => Some(tree_sitter_rust::LANGUAGE.into()),
        #[cfg(feature = "c")]
        Language::C => Some(tree_sitter_c::LANGUAGE.into()),
        #[cfg(feature = "cpp")]
        Language::Cpp => Some(tree_sitter_cpp::LANGUAGE.into()),
        #[cfg(feature = "scala")]
        Language::Scala => Some(tree_sitter_scala::LANGUAGE.into()),
        #[cfg(feature = "bash")]
        Language::Bash => Some(tree_sitter_bash::LANGUAGE.into()),
        #[allow(unreachable_patterns, reason = "none is left where every feature is on")]
        _ => None,
    }
}

/// A text of the same length that the grammar of `language` knows better; none where there is nothing to mend.
pub(crate) fn mended(text: &str, language: Language) -> Option<String> {
    match language {
        #[cfg(any(feature = "javascript", feature = "typescript"))]
        Language::JavaScript | Language::TypeScript | Language::Tsx => javascript::mend::mended(text),
        _ => None,
    }
}

/// The tree of ours for a tree of the grammar of `language`, and what limits were hit on the way; none when there is no front end.
pub(crate) fn lower(text: &str, tree: &Tree, language: Language) -> Option<(Ast, Vec<Problem>)> {
    match language {
        #[cfg(feature = "python")]
        Language::Python => Some(Front::<python::Python>::run(text, tree, language)),
        #[cfg(feature = "go")]
        Language::Go => Some(Front::<go::Go>::run(text, tree, language)),
        #[cfg(feature = "java")]
        Language::Java => Some(Front::<java::Java>::run(text, tree, language)),
        #[cfg(any(feature = "javascript", feature = "typescript"))]
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            Some(Front::<javascript::JavaScript>::run(text, tree, language))
        }
        _ if language.is_judged() => None,
        _ => Some(Front::<table::Tabled>::run(text, tree, language)),
    }
}

/// What a front end says of its language.
pub(crate) trait Grammar: Sized + 'static {
    /// Kinds of the grammar, named nodes and tokens
    type Kind: Copy + Eq + 'static;
    /// Fields of the grammar
    type Field: Copy + Eq + 'static;
    /// What a front end remembers on its way
    type State: Default;
    /// How many levels of [`MAX_NESTING`] one construct within another takes, by the room that it needs on the stack
    const LEVELS: usize = 1;

    /// Kinds and fields by their numbers in the grammar of `language`, for a front end may read several.
    fn tables(language: Language) -> &'static Tables<Self::Kind, Self::Field>;

    /// The node of ours for a node of the grammar, children included.
    fn lower<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>) -> Draft;

    /// The statements that a node stands for; more than one where the grammar takes several together.
    fn statements<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>, into: &mut Vec<Draft>) {
        let draft = front.lower(node);
        into.push(draft);
    }
}

/// Kinds and fields by the numbers that a grammar gives them.
pub(crate) struct Tables<K, F> {
    pub(crate) kinds: Vec<K>,
    pub(crate) fields: Vec<F>,
    pub(crate) comments: Vec<bool>,
    pub(crate) no_kind: K,
    pub(crate) no_field: F,
}

/// Declares the kinds, tokens and fields of a grammar that a front end tells apart: types `Kind` and `Field`, in which everything else is
/// `Unknown` and `None`, and a type that implements the parts of [`Grammar`] that follow from them.
///
/// Kinds and fields are written as the grammar names them (`r#true` where the name is a word of Rust), tokens with a name for each. A front end
/// that reads several grammars names none here, and asks for tables of each.
macro_rules! grammar {
    (
        $name:ident;
        kinds { $($kind:ident)* }
        tokens { $($token:ident = $text:literal)* }
        fields { $($field:ident)* }
    ) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(non_camel_case_types)]
        pub(crate) enum Kinds { Unknown, $($kind,)* $($token,)* }

        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(non_camel_case_types)]
        pub(crate) enum Fields { None, $($field,)* }

        pub(crate) struct $name;

        impl $name {
            fn tables_of(language: &tree_sitter::Language) -> $crate::front::Tables<Kinds, Fields> {
                $crate::front::Tables::of(
                    language,
                    &[$((stringify!($kind), Kinds::$kind),)*],
                    &[$(($text, Kinds::$token),)*],
                    &[$((stringify!($field), Fields::$field),)*],
                    (Kinds::Unknown, Fields::None),
                )
            }
        }
    };
    ($name:ident: $language:expr; $($names:tt)*) => {
        $crate::front::grammar! { $name; $($names)* }

        impl $name {
            pub(crate) fn language() -> tree_sitter::Language {
                $language.into()
            }

            fn tables_once() -> &'static $crate::front::Tables<Kinds, Fields> {
                static TABLES: std::sync::OnceLock<$crate::front::Tables<Kinds, Fields>> = std::sync::OnceLock::new();
                TABLES.get_or_init(|| Self::tables_of(&Self::language()))
            }
        }
    };
}
pub(crate) use grammar;

impl<K: Copy, F: Copy> Tables<K, F> {
    /// Asks a grammar for the numbers of these names.
    pub(crate) fn of(
        language: &tree_sitter::Language,
        kinds: &[(&'static str, K)],
        tokens: &[(&'static str, K)],
        fields: &[(&'static str, F)],
        (no_kind, no_field): (K, F),
    ) -> Self {
        fn find<T: Copy>(among: &[(&'static str, T)], name: Option<&str>, otherwise: T) -> T {
            among
                .iter()
                .find(|(known, _)| Some(grammar_name(known)) == name)
                .map_or(otherwise, |&(_, value)| value)
        }
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let kind = |id| {
            let among = if language.node_kind_is_named(id) {
                kinds
            } else {
                tokens
            };
            find(among, language.node_kind_for_id(id), no_kind)
        };
        let last_field = u16::try_from(language.field_count()).unwrap_or(u16::MAX);
        let field = |id| find(fields, language.field_name_for_id(id), no_field);
        Self {
            kinds: (0..count).map(kind).collect(),
            fields: (0..=last_field).map(field).collect(),
            comments: (0..count)
                .map(|id| {
                    language
                        .node_kind_for_id(id)
                        .is_some_and(|name| name.contains("comment"))
                })
                .collect(),
            no_kind,
            no_field,
        }
    }

    /// Knows no name.
    pub(crate) const fn unknown(no_kind: K, no_field: F) -> Self {
        Self {
            kinds: Vec::new(),
            fields: Vec::new(),
            comments: Vec::new(),
            no_kind,
            no_field,
        }
    }
}

/// What a grammar calls a kind or field that is declared under a name that Rust allows.
fn grammar_name(declared: &'static str) -> &'static str {
    match declared {
        "super_keyword" => "super",
        _ => declared.strip_prefix("r#").unwrap_or(declared),
    }
}

/// A node of a grammar, with the field by which its parent knows it.
pub(crate) struct Child<'t, G: Grammar> {
    pub(crate) node: Node<'t>,
    pub(crate) kind: G::Kind,
    pub(crate) field: G::Field,
    pub(crate) named: bool,
}

impl<G: Grammar> Clone for Child<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G: Grammar> Copy for Child<'_, G> {}

impl<G: Grammar> Child<'_, G> {
    /// The range of bytes of the node.
    pub(crate) fn span(&self) -> Span {
        span_of(&self.node)
    }

    /// Whether it is text that the grammar could not read.
    pub(crate) fn is_error(&self) -> bool {
        self.node.is_error()
    }
}

/// The children of a node of a grammar: tokens too, comments not. Those of no node are none.
pub(crate) struct Kids<'t, G: Grammar>(Vec<Child<'t, G>>);

impl<'t, G: Grammar> Kids<'t, G> {
    /// None at all.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// All of them, in the order of the text.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = Child<'t, G>> + '_ {
        self.0.iter().copied()
    }

    /// Those that are nodes, not tokens.
    pub(crate) fn named(&self) -> impl DoubleEndedIterator<Item = Child<'t, G>> + '_ {
        self.all().filter(|child| child.named)
    }

    /// The first one of a field.
    pub(crate) fn field(&self, field: G::Field) -> Option<Child<'t, G>> {
        self.all().find(|child| child.field == field)
    }

    /// Each one of a field.
    pub(crate) fn fields(&self, field: G::Field) -> impl DoubleEndedIterator<Item = Child<'t, G>> + '_ {
        self.named().filter(move |child| child.field == field)
    }

    /// The first one of a kind, tokens included.
    pub(crate) fn kind(&self, kind: G::Kind) -> Option<Child<'t, G>> {
        self.all().find(|child| child.kind == kind)
    }

    /// Whether one of a kind is there, tokens included.
    pub(crate) fn has(&self, kind: G::Kind) -> bool {
        self.kind(kind).is_some()
    }
}

/// A front end at work.
pub(crate) struct Front<'t, G: Grammar> {
    pub(crate) text: &'t str,
    pub(crate) build: Builder,
    pub(crate) state: G::State,
    tables: &'static Tables<G::Kind, G::Field>,
    cursor: TreeCursor<'t>,
    nesting: usize,
    depth: usize,
    problems: Vec<Problem>,
}

impl<'t, G: Grammar> Front<'t, G> {
    fn run(text: &'t str, tree: &'t Tree, language: Language) -> (Ast, Vec<Problem>) {
        let mut front = Self {
            text,
            build: Builder::new(language),
            state: G::State::default(),
            tables: G::tables(language),
            cursor: tree.walk(),
            nesting: 0,
            depth: 0,
            problems: Vec::new(),
        };
        let whole = Span {
            start: 0,
            end: u32::try_from(text.len()).unwrap_or(u32::MAX),
        };
        let root = front.child_of(tree.root_node(), None);
        let statements = if root.is_error() {
            vec![front.lower(root)]
        } else {
            front.statements(root)
        };
        let module = front.build.node(Kind::Module, whole, statements);
        (front.build.finish(module), front.problems)
    }

    /// The node of ours for a node of the grammar; a [`Kind::Broken`] for what lies too deep, or is too much.
    pub(crate) fn lower(&mut self, child: Child<'t, G>) -> Draft {
        self.below(child, |front, child| {
            if child.is_error() {
                let children = front.statements(child);
                front.build.node(Kind::Broken, child.span(), children)
            } else {
                G::lower(front, child)
            }
        })
    }

    /// The same, but `how` says what the node becomes: each recursion goes through here, so that none is without a bound.
    pub(crate) fn below(
        &mut self,
        child: Child<'t, G>,
        how: impl FnOnce(&mut Self, Child<'t, G>) -> Draft,
    ) -> Draft {
        if let Some(refused) = self.refused(child) {
            return refused;
        }
        self.nesting += G::LEVELS;
        self.depth += 1;
        let draft = how(self, child);
        self.nesting -= G::LEVELS;
        self.depth -= 1;
        draft
    }

    /// The same for a child that may be absent; it would be at byte `at`.
    pub(crate) fn lower_or_nothing(&mut self, child: Option<Child<'t, G>>, at: u32) -> Draft {
        match child {
            Some(child) => self.lower(child),
            None => self.build.nothing(at),
        }
    }

    /// Each of them.
    pub(crate) fn lower_all(&mut self, children: impl Iterator<Item = Child<'t, G>>) -> Vec<Draft> {
        children.map(|child| self.lower(child)).collect()
    }

    /// The first node below another, as what it is; nothing when there is none.
    pub(crate) fn lower_first(&mut self, child: Child<'t, G>) -> Draft {
        let kids = self.kids(child);
        let first = kids.named().next();
        self.lower_or_nothing(first, child.span().end)
    }

    /// The node of a field; nothing, at byte `at`, when it is absent.
    pub(crate) fn field_or_nothing(&mut self, kids: &Kids<'t, G>, field: G::Field, at: u32) -> Draft {
        let child = kids.field(field);
        self.lower_or_nothing(child, at)
    }

    /// All nodes below another as children of a node of `kind`.
    pub(crate) fn node_of_all(&mut self, child: Child<'t, G>, kind: Kind) -> Draft {
        let kids = self.kids(child);
        let children = self.lower_all(kids.named());
        self.build.node(kind, child.span(), children)
    }

    /// The only one, or all of them in a [`Kind::Tuple`]; nothing, at byte `at`, when there are none.
    pub(crate) fn one_or_tuple(&mut self, drafts: Vec<Draft>, at: u32) -> Draft {
        match drafts.as_slice() {
            [] => self.build.nothing(at),
            [only] => *only,
            several => {
                let place = self.around(several, at);
                self.build.node(Kind::Tuple, place, drafts)
            }
        }
    }

    /// From the first of some nodes to the last; empty, at byte `at`, when there are none.
    pub(crate) fn around(&self, drafts: &[Draft], at: u32) -> Span {
        match (drafts.first(), drafts.last()) {
            (Some(&first), Some(&last)) => self.build.span(first).to(self.build.span(last)),
            _ => Span::empty(at),
        }
    }

    /// The statements among the children of a node.
    pub(crate) fn statements(&mut self, of: Child<'t, G>) -> Vec<Draft> {
        let kids = self.kids(of);
        let mut drafts = Vec::new();
        for kid in kids.named() {
            self.statement(kid, &mut drafts);
        }
        drafts
    }

    /// The statements that a node stands for.
    pub(crate) fn statement(&mut self, kid: Child<'t, G>, into: &mut Vec<Draft>) {
        if kid.is_error() {
            into.push(self.lower(kid));
        } else if let Some(refused) = self.refused(kid) {
            into.push(refused);
        } else {
            G::statements(self, kid, into);
        }
    }

    /// A block of the statements among the children of a node.
    pub(crate) fn block(&mut self, of: Child<'t, G>) -> Draft {
        let statements = self.statements(of);
        self.build.node(Kind::Block, of.span(), statements)
    }

    /// What has no kind of its own: the grammar's name of it, and whatever nodes it has.
    pub(crate) fn other(&mut self, child: Child<'t, G>) -> Draft {
        let kids = self.kids(child);
        let children = self.lower_all(kids.named());
        let draft = self.build.node(Kind::Other, child.span(), children);
        self.build.name(draft, child.node.kind())
    }

    /// A leaf with the text of a node.
    pub(crate) fn leaf(&mut self, kind: Kind, child: Child<'t, G>) -> Draft {
        let text = self.text_of(child);
        self.build.leaf(kind, child.span(), text)
    }

    /// Operators between two operands, those on the left in a loop rather than by recursion: a long sum is deep on that side.
    /// `parts` gives the left operand, the operator and the right operand of a node, and none for anything else.
    pub(crate) fn binary(
        &mut self,
        child: Child<'t, G>,
        parts: impl Fn(&mut Self, Child<'t, G>) -> Option<(Child<'t, G>, Operator, Child<'t, G>)>,
    ) -> Draft {
        let mut spine = Vec::new();
        let mut leftmost = child;
        while let Some((left, operator, right)) = parts(self, leftmost) {
            spine.push((leftmost.span(), operator, right));
            leftmost = left;
            if self.depth + spine.len() >= MAX_DEPTH {
                break;
            }
        }
        if spine.is_empty() {
            return self.other(child);
        }
        self.depth += spine.len();
        let mut draft = self.lower(leftmost);
        for (span, operator, right) in spine.into_iter().rev() {
            self.depth -= 1;
            let right = self.lower(right);
            let between = self.build.span(draft).end as usize..self.build.span(right).start as usize;
            let node = self.build.node(Kind::Binary, span, vec![draft, right]);
            draft = self.build.operator(node, operator);
            if operator == Operator::Other {
                let sign = self.text.get(between).unwrap_or("").trim();
                self.build.name(draft, sign);
            }
        }
        draft
    }

    /// Whether so many more levels fit below where the front end is.
    pub(crate) fn room_for(&self, levels: usize) -> bool {
        self.depth + levels < MAX_DEPTH
    }

    /// The children of a node, comments left out.
    pub(crate) fn kids(&mut self, of: Child<'t, G>) -> Kids<'t, G> {
        let mut kids = Vec::with_capacity(of.node.child_count() as usize);
        self.cursor.reset(of.node);
        if self.cursor.goto_first_child() {
            loop {
                let node = self.cursor.node();
                if !node.is_extra() || node.is_error() {
                    let field = self.cursor.field_id().map(std::num::NonZero::get);
                    kids.push(self.child_of(node, field));
                } else if self.tables.comments.get(node.kind_id() as usize) == Some(&true) {
                    self.build.comment(span_of(&node));
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        Kids(kids)
    }

    /// The text of a node.
    pub(crate) fn text_of(&self, child: Child<'t, G>) -> &'t str {
        self.text.get(child.node.byte_range()).unwrap_or("")
    }

    fn child_of(&self, node: Node<'t>, field: Option<u16>) -> Child<'t, G> {
        let kind = self.tables.kinds.get(node.kind_id() as usize);
        let field = self.tables.fields.get(field.unwrap_or(0) as usize);
        Child {
            node,
            kind: kind.copied().unwrap_or(self.tables.no_kind),
            field: field.copied().unwrap_or(self.tables.no_field),
            named: node.is_named(),
        }
    }

    /// What stands for a node that is not read; none when there is room for it.
    fn refused(&mut self, child: Child<'t, G>) -> Option<Draft> {
        let what = if self.nesting >= MAX_NESTING || self.depth >= MAX_DEPTH {
            Trouble::TooDeep
        } else if self.build.len() >= MAX_NODES {
            Trouble::TooMany
        } else {
            return None;
        };
        let span = child.span();
        let told = |problem: &Problem| problem.what == what;
        if what == Trouble::TooDeep || !self.problems.iter().any(told) {
            note(&mut self.problems, Problem { span, what });
        }
        Some(self.build.node(Kind::Broken, span, Vec::new()))
    }
}
