//! Front ends that are tables: for each kind of a grammar, which [`Kind`] it becomes and where the children of that are found.
//!
//! A language for which no built-in rules are written is told by a [`Table`]: rows of names of kinds and what they
//! become ([`Becomes`]). A row says with [`Slot`]s and [`Pick`]s which children of the grammar's node stand in which place. What several languages
//! need beyond that (texts, calls, declarations, imports) is shared code beside this file; a kind without a row becomes [`Kind::Other`].

#[cfg(feature = "bash")]
mod bash;
#[cfg(any(feature = "c", feature = "cpp"))]
mod c;
#[cfg(feature = "csharp")]
mod csharp;
mod declarator;
mod import;
#[cfg(feature = "kotlin")]
mod kotlin;
mod parts;
#[cfg(feature = "php")]
mod php;
#[cfg(feature = "ruby")]
mod ruby;
#[cfg(feature = "rust")]
mod rust;
#[cfg(feature = "scala")]
mod scala;
mod shape;
mod slot;
mod statement;
mod text;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::escape::Escapes;
use super::{Child, Front, Grammar, Tables};
use crate::ast::Flags;
use crate::builder::Draft;
use crate::kind::{Kind, Operator};
use crate::language::Language;

type Reader<'t> = Front<'t, Tabled>;
type Node<'t> = Child<'t, Tabled>;

/// The rows of a language. A later row counts more than an earlier one of the same name, so that a dialect can go before its own rows.
pub(super) struct Table {
    /// Kinds of nodes
    rows: &'static [&'static [Row]],
    /// Tokens that stand where a node does (`this` of C#)
    tokens: &'static [Row],
}

/// What kinds of a grammar become: their names, with spaces between.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row(&'static str, Becomes);

/// What a node of a grammar becomes.
#[derive(Debug, PartialEq, Eq)]
enum Becomes {
    /// A leaf with its text
    Leaf(Kind),
    /// A leaf with this text
    Word(Kind, &'static str),
    /// A number, whose text has no separators
    Number,
    /// A name, or a word that the grammar takes for one: `true`, `null`, `break`
    NameOrWord,
    /// `true` or `false`, however it is written
    Truth,
    /// What its first node becomes
    Same,
    /// What stands in one place, and nothing around it
    Only(Slot),
    /// Nothing: as a statement it is left out
    Skip,
    /// The statements in it, each for itself
    Splice,
    /// A [`Kind::Block`] of the statements in it
    Block,
    /// `a::b.c`: members of one another
    Dotted,
    /// A node with its children in their places
    Node(Kind, &'static [Slot]),
    /// The same with an operator
    Marked(Kind, Operator, &'static [Slot]),
    /// The same with a mark
    Flagged(Kind, Flags, &'static [Slot]),
    /// A [`Kind::Other`] of the grammar's name of it, with the operator that stands in it
    Compared,
    /// A [`Kind::Other`] of this name
    Named(&'static str, &'static [Slot]),
    /// A [`Kind::Class`]; a word before its name tells which
    Class(&'static [Slot]),
    /// Fields `left`, `operator` and `right`
    Binary,
    /// An operator before or after an operand
    Unary,
    /// Fields `left`, `operator` and `right`; without an operator a plain one
    Assign,
    /// A text, which is a [`Kind::Template`] where there are expressions in it
    Text(&'static Quotes),
    /// A text within a [`Kind::Other`] of the grammar's name of it (a command between backquotes)
    TextIn(&'static Quotes),
    /// A [`Kind::Other`] (`symbol`) with its name in it, whatever marks it as one
    Symbol,
    /// Texts beside each other, which are one
    Joined,
    /// A call: what is called, the arguments, and nodes after them that are arguments, too. Without any argument it is the callee alone when
    /// the language has such calls.
    Call {
        callee: Slot,
        arguments: Pick,
        bare: bool,
    },
    /// Two operands with a name between them
    Infix,
    /// A type by a name with dots, which may have types of its own after it
    UserType,
    /// A [`Kind::Keyword`] when there is a `=` between two nodes, else the first one
    NamedArgument,
    /// A word of the language used as a function: its first token, then all nodes as arguments
    WordCall,
    /// Parameters: whatever is none by itself becomes one by its name
    Params(Pick),
    /// A [`Kind::Keyword`] when there is a name, else the value
    Argument { name: Pick, value: Pick },
    /// A [`Kind::Pair`] of two nodes, or the only one
    PairOrOne,
    /// A [`Kind::Map`] when there is a pair in it, else a [`Kind::List`]
    ListOrMap,
    /// A value: none, the only one, or all in a [`Kind::Tuple`], within a node of a kind
    Values(Kind),
    /// Declarations of variables with the same type and modifiers
    Declare(&'static Declare),
    /// Statements with handlers among them: a [`Kind::Try`] when there are handlers, else a [`Kind::Block`]
    Guarded(&'static Guards),
    /// A [`Kind::Switch`]; a block among the cases is the default one
    Switch { subject: Pick, cases: Pick },
    /// A namespace: with a body a [`Kind::Class`], else a [`Kind::Package`]
    Namespace,
    /// A [`Kind::Annotation`]: a name, or a call of it
    Annotated { name: Pick, arguments: Pick },
    /// A [`Kind::Generic`]: a base, and a node with types in it
    Generic,
    /// `a?.b`: the member, or the element, of the first node
    Conditioned,
    /// Imports, read from their text
    Imports,
    /// A command of Bash
    Command,
    /// Operands with the same sign between all of them, those on the left together
    Chain(&'static str),
    /// `x.y` and `x->y` of C
    Reached,
    /// A statement that is an expression, or nothing
    Statement,
    /// A struct, union or enumeration of C: a class when it has a body, else its name
    ClassOrName,
    /// A declaration of C: a type and declarators
    Declarators,
    /// A function of C
    DeclaredFunction,
    /// A parameter of C
    DeclaredParam,
    /// A type of C with what stands around a name that is not there
    DescribedType,
}

/// Which children of a node are meant. What was picked once is not picked again, except by [`Pick::In`].
#[derive(Debug, PartialEq, Eq)]
enum Pick {
    /// Those of one of these fields
    Field(&'static str),
    /// Those of one of these kinds
    Kind(&'static str),
    /// The node of this number, from zero
    Nth(usize),
    /// Nodes before the last colon
    Labels,
    /// Nodes that are no further branch of an `if`
    Branch,
    /// The node after `=`
    Value,
    /// Those of one of the later kinds after the first one of the earlier kinds
    After(&'static str, &'static str),
    /// All nodes, and tokens of these names
    With(&'static str),
    /// All nodes
    Rest,
    /// Children of the first one that is meant, as they are meant there
    In(&'static Pick, &'static Pick),
    /// None
    None,
}

/// A place among the children of a node of ours.
#[derive(Debug, PartialEq, Eq)]
enum Slot {
    /// The first one, or nothing
    One(Pick),
    /// Each one
    All(Pick),
    /// The first one as a [`Kind::Type`]
    Type(Pick),
    /// The first one as a [`Kind::Block`]
    Block(Pick),
    /// All of them as statements of one [`Kind::Block`]
    Body(Pick),
    /// A [`Kind::Block`]: parameters of the constructor, and the statements of a body
    Members(Pick, Pick),
    /// The same where there are such parameters, or another node that comes before the statements; nothing otherwise
    Begun(Pick, Pick),
    /// What follows `else`, and what follows that
    Else(Pick),
    /// The first one; an empty node of a kind where there is none
    OrEmpty(Kind, Pick),
    /// A node of a kind around all of them; nodes of that kind among them give their children
    Group(Kind, Pick),
    /// The only one, or all of them in a [`Kind::Tuple`]
    OneOrTuple(Pick),
    /// A leaf with the text of the first one, without quotes
    Path(Pick),
    /// [`Kind::Modifiers`]: nodes and tokens of these names
    Modifiers(&'static str),
    /// A node of a kind with its own places, of the same node of the grammar; nothing when its first place is empty
    Nested(Kind, &'static [Slot]),
    /// The first of these that is not nothing
    Either(&'static [Slot]),
    /// A [`Slot::Nested`] with an operator
    Operated(Kind, Operator, &'static [Slot]),
    /// Nothing
    Absent,
}

/// How texts of a language are written.
#[derive(Debug, PartialEq, Eq)]
struct Quotes {
    /// What a text without expressions becomes
    plain: Kind,
    /// Which escapes are resolved; none of them when absent
    escapes: Option<Escapes>,
    /// Whether it is a [`Kind::Template`] in any case
    template: bool,
    /// Whether a name after a dollar is an expression that the grammar does not know
    dollar: bool,
}

/// How variables are declared.
#[derive(Debug, PartialEq, Eq)]
struct Declare {
    /// Names of what stands before them
    modifiers: &'static str,
    typed: Pick,
    /// Which nodes declare one each
    each: Pick,
    /// What it is called, among the children of that node; the node itself when there is none
    target: Pick,
    value: Pick,
}

/// Which nodes among statements handle what goes wrong in them.
#[derive(Debug, PartialEq, Eq)]
struct Guards {
    handlers: &'static str,
    otherwise: &'static str,
    finally: &'static str,
}

/// The grammar of every language that is told by a table.
pub(super) struct Tabled;

/// What the table says of a kind of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry(Option<&'static Becomes>);

impl Grammar for Tabled {
    type Kind = Entry;
    type Field = &'static str;
    type State = ();
    const LEVELS: usize = 2;

    fn tables(language: Language) -> &'static Tables<Entry, &'static str> {
        static EMPTY: Tables<Entry, &'static str> = Tables::unknown(Entry(None), "");
        static READ: OnceLock<HashMap<Language, Tables<Entry, &'static str>>> = OnceLock::new();
        let read = READ.get_or_init(|| {
            let languages = Language::ALL.iter().copied();
            languages
                .filter_map(|language| Some((language, tables_of(language)?)))
                .collect()
        });
        read.get(&language).unwrap_or(&EMPTY)
    }

    fn lower<'t>(front: &mut Reader<'t>, node: Node<'t>) -> Draft {
        match node.kind.0 {
            Some(becomes) => front.shaped(node, becomes),
            None => front.other(node),
        }
    }

    fn statements<'t>(front: &mut Reader<'t>, node: Node<'t>, into: &mut Vec<Draft>) {
        front.as_statements(node, into);
    }
}

/// The rows of a language.
fn table_of(language: Language) -> Option<&'static Table> {
    match language {
        #[cfg(feature = "ruby")]
        Language::Ruby => Some(&ruby::TABLE),
        #[cfg(feature = "php")]
        Language::Php => Some(&php::TABLE),
        #[cfg(feature = "csharp")]
        Language::CSharp => Some(&csharp::TABLE),
        #[cfg(feature = "kotlin")]
        Language::Kotlin => Some(&kotlin::TABLE),
        #[cfg(feature = "rust")]
        Language::Rust => Some(&rust::TABLE),
        #[cfg(feature = "c")]
        Language::C => Some(&c::C),
        #[cfg(feature = "cpp")]
        Language::Cpp => Some(&c::CPP),
        #[cfg(feature = "scala")]
        Language::Scala => Some(&scala::TABLE),
        #[cfg(feature = "bash")]
        Language::Bash => Some(&bash::TABLE),
        _ => None,
    }
}

/// Kinds and fields by the numbers of the grammar.
fn tables_of(language: Language) -> Option<Tables<Entry, &'static str>> {
    let table = table_of(language)?;
    let grammar = super::grammar_of(language)?;
    let mut rows: HashMap<&str, &'static Becomes> = HashMap::new();
    for Row(names, becomes) in table.rows.iter().copied().flatten() {
        rows.extend(names.split_whitespace().map(|name| (name, becomes)));
    }
    let mut tokens: HashMap<&str, &'static Becomes> = HashMap::new();
    for Row(names, becomes) in table.tokens {
        tokens.extend(names.split_whitespace().map(|name| (name, becomes)));
    }
    let count = u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
    let name = |id| grammar.node_kind_for_id(id).unwrap_or("");
    let entry = |id| {
        let among = if grammar.node_kind_is_named(id) {
            &rows
        } else {
            &tokens
        };
        Entry(among.get(name(id)).copied())
    };
    let fields = u16::try_from(grammar.field_count()).unwrap_or(u16::MAX);
    // Tables live as long as the program, and so do the names in them.
    let field = |id| -> &'static str {
        let name = grammar.field_name_for_id(id).unwrap_or("");
        Box::leak(name.to_owned().into_boxed_str())
    };
    Some(Tables {
        kinds: (0..count).map(entry).collect(),
        fields: (0..=fields).map(&field).collect(),
        comments: (0..count).map(|id| name(id).contains("comment")).collect(),
        no_kind: Entry(None),
        no_field: "",
    })
}

/// Whether a name is one of a list with spaces between.
fn is_among(names: &str, name: &str) -> bool {
    names.split_whitespace().any(|one| one == name)
}

// What rows are written with.

const fn field(name: &'static str) -> Slot {
    Slot::One(Pick::Field(name))
}

const fn nth(number: usize) -> Slot {
    Slot::One(Pick::Nth(number))
}

const fn block(name: &'static str) -> Slot {
    Slot::Block(Pick::Field(name))
}

const fn typed(name: &'static str) -> Slot {
    Slot::Type(Pick::Field(name))
}

const fn kind(name: &'static str) -> Slot {
    Slot::One(Pick::Kind(name))
}

const REST: Slot = Slot::One(Pick::Rest);
const ALL: Slot = Slot::All(Pick::Rest);
const ABSENT: Slot = Slot::Absent;

/// Escapes that languages after C have; each says what it has beside or without them.
const ESCAPES: Escapes = Escapes {
    bell: true,
    octal: 3,
    hexadecimal: true,
    unicode: true,
    braces: true,
    long: true,
    joins_lines: true,
    keeps_unknown: false,
};

const TEXT: Quotes = Quotes {
    plain: Kind::Str,
    escapes: Some(ESCAPES),
    template: false,
    dollar: false,
};

const RAW: Quotes = Quotes {
    plain: Kind::Str,
    escapes: None,
    template: false,
    dollar: false,
};
