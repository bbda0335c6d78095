//! One question about an event: what is asked for, and what the answer must be.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use crate::fields::{Argument, Field};
use crate::language::Transformer;

/// A field of the table, the same where the name is.
#[derive(Clone, Copy)]
pub(crate) struct FieldRef(pub(crate) &'static Field);

impl PartialEq for FieldRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for FieldRef {}

impl Hash for FieldRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl PartialOrd for FieldRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FieldRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.name.cmp(other.0.name)
    }
}

impl std::fmt::Debug for FieldRef {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.0.name)
    }
}

/// What an event is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    Field(FieldRef, Argument),
    /// What a transformer makes of another
    Apply(Transformer, Box<Self>),
    /// Several, with a text between them
    Join(Box<str>, Vec<Self>),
    /// A text of the rule
    Text(Box<str>),
}

/// What an answer must be. Where a test has several values, one of them is enough.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    Exists,
    Text(Compare, BTreeSet<Box<[u8]>>),
    Number(Relation, i64),
    Numbers(BTreeSet<i64>),
    Boolean(bool),
    Addresses(BTreeSet<IpAddr>),
    Networks(BTreeSet<Network>),
    /// It stands so to another part of the event
    Other(Compare, Subject),
    /// It stands so to another number of the event
    OtherNumber(Relation, Subject),
}

/// How texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Compare {
    Equal,
    Contains,
    /// With the values in lower case
    ContainsAnyCase,
    StartsWith,
    EndsWith,
    Glob,
    GlobAnyCase,
    PathMatch,
    Regex,
}

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    pub(crate) const fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// A network by its first address and the bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// `10.0.0.0/8`, or an address alone
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether an address lies in it
    pub(crate) fn has(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                let part = |address: u32| address.checked_shr(shift).unwrap_or(0);
                part(own.to_bits()) == part(other.to_bits())
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                let part = |address: u128| address.checked_shr(shift).unwrap_or(0);
                part(own.to_bits()) == part(other.to_bits())
            }
            _ => false,
        }
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Leaf {
    pub(crate) subject: Subject,
    pub(crate) test: Test,
}

/// What Falco writes where a field has no answer; a rule may ask for it.
pub(crate) const NO_ANSWER: &[u8] = b"<NA>";

impl Leaf {
    /// What it is where the event has no answer
    pub(crate) fn without_answer(&self) -> bool {
        matches!(&self.test, Test::Text(Compare::Equal, values) if values.contains(NO_ANSWER))
    }

    /// The question that is true where this or the other one is; None where there is none
    pub(crate) fn or(&self, other: &Self) -> Option<Self> {
        if self.subject != other.subject {
            return None;
        }
        let test = match (&self.test, &other.test) {
            // A pattern each, so that its mistakes have a place
            (Test::Text(Compare::Regex, _), _) => return None,
            (Test::Text(how, own), Test::Text(same, others)) if how == same => Test::Text(*how, own | others),
            (Test::Numbers(own), Test::Numbers(others)) => Test::Numbers(own | others),
            (Test::Addresses(own), Test::Addresses(others)) => Test::Addresses(own | others),
            (Test::Networks(own), Test::Networks(others)) => Test::Networks(own | others),
            _ => return None,
        };
        Some(Self {
            subject: self.subject.clone(),
            test,
        })
    }

    /// All fields that are asked for, on both sides
    pub(crate) fn fields(&self, each: &mut dyn FnMut(FieldRef)) {
        self.subject.fields(each);
        if let Test::Other(_, other) | Test::OtherNumber(_, other) = &self.test {
            other.fields(each);
        }
    }

    /// The field that is asked for, where nothing is made of it
    pub(crate) const fn field(&self) -> Option<&'static Field> {
        match &self.subject {
            Subject::Field(field, _) => Some(field.0),
            _ => None,
        }
    }
}

impl Subject {
    /// All fields that are asked for
    pub(crate) fn fields(&self, each: &mut dyn FnMut(FieldRef)) {
        match self {
            Self::Field(field, _) => each(*field),
            Self::Apply(_, inner) => inner.fields(each),
            Self::Join(_, parts) => parts.iter().for_each(|part| part.fields(each)),
            Self::Text(_) => {}
        }
    }
}
