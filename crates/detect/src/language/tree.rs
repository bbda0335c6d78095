//! The tree of a condition.

use std::ops::Range;

/// What is true or false of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    /// All of these
    And(Vec<Self>),
    /// Any of these
    Or(Vec<Self>),
    /// Not this
    Not(Box<Self>),
    /// What a macro says
    Macro {
        /// Its name
        name: Box<str>,
        /// Where it is written
        at: Range<usize>,
    },
    /// A comparison
    Check(Check),
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) left: Operand,
    pub(crate) operator: Operator,
    pub(crate) right: Right,
    /// Where it is written
    pub(crate) at: Range<usize>,
}

/// Something that an event is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A field
    Field {
        /// With its dots
        name: Box<str>,
        /// What stands in brackets after it
        argument: Option<Box<str>>,
        /// Where it is written
        at: Range<usize>,
    },
    /// What a transformer makes of others
    Transformed {
        by: Transformer,
        of: Vec<Argument>,
        /// Where it is written
        at: Range<usize>,
    },
}

/// What a transformer is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    Operand(Operand),
    Text(Box<str>),
    List(Vec<Self>),
}

/// Functions of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Transformer {
    /// In lower case
    Lower,
    /// In upper case
    Upper,
    /// What it says in Base64
    Base64,
    /// What stands after the last slash
    Basename,
    /// How long it is
    Length,
    /// Itself
    Value,
    /// Several with one text between them
    Join,
    /// Several, one after the other
    Concat,
}

impl Transformer {
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("tolower", Self::Lower),
        ("toupper", Self::Upper),
        ("b64", Self::Base64),
        ("basename", Self::Basename),
        ("len", Self::Length),
        ("val", Self::Value),
        ("join", Self::Join),
        ("concat", Self::Concat),
    ];
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operator {
    Exists,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Intersects,
    PathMatch,
    Glob,
    GlobAnyCase,
    Contains,
    ContainsAnyCase,
    ContainsBytes,
    StartsWith,
    StartsWithBytes,
    EndsWith,
    Regex,
}

impl Operator {
    /// As they are written; of two of which one begins like the other, the longer first.
    pub(crate) const ALL: [(&'static str, Self); 20] = [
        ("exists", Self::Exists),
        ("==", Self::Equal),
        ("=", Self::Equal),
        ("!=", Self::Unequal),
        ("<=", Self::LessOrEqual),
        ("<", Self::Less),
        (">=", Self::GreaterOrEqual),
        (">", Self::Greater),
        ("intersects", Self::Intersects),
        ("in", Self::In),
        ("pmatch", Self::PathMatch),
        ("glob", Self::Glob),
        ("iglob", Self::GlobAnyCase),
        ("contains", Self::Contains),
        ("icontains", Self::ContainsAnyCase),
        ("bcontains", Self::ContainsBytes),
        ("startswith", Self::StartsWith),
        ("bstartswith", Self::StartsWithBytes),
        ("endswith", Self::EndsWith),
        ("regex", Self::Regex),
    ];

    /// The operator of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, operator)| *operator)
    }

    /// Whether its right side is a list
    pub(crate) const fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Intersects | Self::PathMatch)
    }

    /// As it is written
    pub(crate) fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, operator)| *operator == self);
        found.map_or("", |(name, _)| name)
    }
}

/// What a comparison is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Right {
    /// Nothing: `exists`
    Nothing,
    /// Values, of which the name of a list stands for all that are in it
    Values(Vec<Value>),
    /// Another part of the event
    Operand(Operand),
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: Box<str>,
    /// Within quotes, where it is never the name of a list
    pub(crate) quoted: bool,
    pub(crate) at: Range<usize>,
}
