//! What answers a question fast: sets that are hashed, beginnings that are sorted, patterns that are compiled.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

use memchr::memmem::Finder;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::leaf::{Compare, Leaf, Network, Relation, Subject, Test};
use crate::fields::Read;
use crate::language::Transformer;
use crate::pattern;

/// Up to so many texts are compared one by one
const FEW: usize = 4;
/// Bytes of a compiled pattern at most
const REGEX_MAX: usize = 4 << 20;

/// What answers a question.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) how: How,
    /// What asking costs, in comparisons of a short text
    pub(crate) cost: u32,
}

/// How the answer is found.
#[derive(Debug)]
pub(crate) enum How {
    Exists,
    Text(TextMatcher),
    Number(Relation, i64),
    Numbers(Box<[i64]>),
    Boolean(bool),
    Addresses(Box<[IpAddr]>),
    Networks(Box<[Network]>),
    Other(Compare, Subject),
    OtherNumber(Relation, Subject),
}

/// How a text is judged.
#[derive(Debug)]
pub(crate) enum TextMatcher {
    OneOf(Box<[Box<[u8]>]>),
    Set(HashSet<Box<[u8]>>),
    Contains(Box<[Finder<'static>]>),
    /// In lower case
    ContainsAnyCase(Box<[Box<[u8]>]>),
    /// In order, and none begins with another
    StartsWith(Box<[Box<[u8]>]>),
    EndsWith(Box<[Box<[u8]>]>),
    Glob(Box<[Box<[u8]>]>, bool),
    PathMatch(Box<[Box<[u8]>]>),
    Regex(Box<Regex>),
}

impl Matcher {
    /// Compiles a question. Only a regular expression can be wrong.
    pub(super) fn new(leaf: &Leaf) -> Result<Self, String> {
        let how = match &leaf.test {
            Test::Exists => How::Exists,
            Test::Text(compare, values) => How::Text(TextMatcher::new(*compare, values)?),
            Test::Number(relation, value) => How::Number(*relation, *value),
            Test::Numbers(values) => How::Numbers(values.iter().copied().collect()),
            Test::Boolean(value) => How::Boolean(*value),
            Test::Addresses(values) => How::Addresses(values.iter().copied().collect()),
            Test::Networks(values) => How::Networks(values.iter().copied().collect()),
            Test::Other(compare, other) => How::Other(*compare, other.clone()),
            Test::OtherNumber(relation, other) => How::OtherNumber(*relation, other.clone()),
        };
        let cost = cost_of(&leaf.subject) + how.cost();
        Ok(Self { how, cost })
    }
}

fn cost_of(subject: &Subject) -> u32 {
    match subject {
        Subject::Text(_) => 1,
        Subject::Field(field, _) => match field.0.read {
            Read::Text(_) | Read::Number(_) | Read::Boolean(_) | Read::Never(_) => 1,
            Read::Numbers(_) | Read::Address(_) | Read::Network(_) => 2,
            Read::Many(_) => 6,
            Read::Built(_) => 12,
        },
        Subject::Apply(transformer, inner) => {
            let own = if *transformer == Transformer::Base64 {
                20
            } else {
                8
            };
            own + cost_of(inner)
        }
        Subject::Join(_, parts) => parts
            .iter()
            .fold(8_u32, |sum, part| sum.saturating_add(cost_of(part))),
    }
}

impl How {
    fn cost(&self) -> u32 {
        match self {
            Self::Exists | Self::Number(..) | Self::Boolean(_) => 1,
            Self::Numbers(_) | Self::Addresses(_) | Self::Networks(_) => 2,
            Self::Text(text) => text.cost(),
            Self::Other(_, subject) | Self::OtherNumber(_, subject) => 2 + cost_of(subject),
        }
    }
}

impl TextMatcher {
    fn new(compare: Compare, values: &BTreeSet<Box<[u8]>>) -> Result<Self, String> {
        let list = || values.iter().cloned().collect::<Box<[_]>>();
        Ok(match compare {
            Compare::Equal if values.len() <= FEW => Self::OneOf(list()),
            Compare::Equal => Self::Set(values.iter().cloned().collect()),
            Compare::Contains => Self::Contains(
                values
                    .iter()
                    .map(|value| Finder::new(value).into_owned())
                    .collect(),
            ),
            Compare::ContainsAnyCase => Self::ContainsAnyCase(list()),
            Compare::StartsWith => {
                let mut kept: Vec<Box<[u8]>> = Vec::new();
                for value in values {
                    // In order, one that begins with another comes after it.
                    if !kept.last().is_some_and(|last| value.starts_with(last)) {
                        kept.push(value.clone());
                    }
                }
                Self::StartsWith(kept.into())
            }
            Compare::EndsWith => Self::EndsWith(list()),
            Compare::Glob => Self::Glob(list(), false),
            Compare::GlobAnyCase => Self::Glob(list(), true),
            Compare::PathMatch => Self::PathMatch(list()),
            Compare::Regex => {
                let texts = values.iter().map(|value| String::from_utf8_lossy(value));
                let whole = texts.map(|text| format!(r"\A(?:{text})\z"));
                let whole = whole.collect::<Vec<_>>().join("|");
                let regex = Regex::builder()
                    .configure(Regex::config().nfa_size_limit(Some(REGEX_MAX)).utf8_empty(false))
                    .syntax(syntax::Config::new().utf8(false))
                    .build(&whole);
                Self::Regex(Box::new(regex.map_err(|error| first_line(&error))?))
            }
        })
    }

    fn cost(&self) -> u32 {
        let each = |values: &[Box<[u8]>], cost: u32| {
            u32::try_from(values.len())
                .unwrap_or(u32::MAX)
                .saturating_mul(cost)
        };
        match self {
            Self::OneOf(_) => 1,
            Self::Set(_) => 3,
            Self::StartsWith(_) => 2,
            Self::EndsWith(values) => each(values, 1),
            Self::Contains(values) => u32::try_from(values.len()).unwrap_or(u32::MAX).saturating_mul(4),
            Self::ContainsAnyCase(values) => each(values, 8),
            Self::Glob(values, _) | Self::PathMatch(values) => each(values, 6),
            Self::Regex(_) => 40,
        }
    }

    /// Whether a text is one of them
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|value| **value == *text),
            Self::Set(values) => values.contains(text),
            Self::Contains(finders) => finders.iter().any(|finder| finder.find(text).is_some()),
            Self::ContainsAnyCase(values) => values.iter().any(|value| contains_any_case(text, value)),
            Self::StartsWith(values) => {
                let after = values.partition_point(|value| **value <= *text);
                let before = after.checked_sub(1).and_then(|index| values.get(index));
                before.is_some_and(|value| text.starts_with(value))
            }
            Self::EndsWith(values) => values.iter().any(|value| text.ends_with(value)),
            Self::Glob(values, any_case) => values
                .iter()
                .any(|value| pattern::matches(value, text, *any_case)),
            Self::PathMatch(values) => values.iter().any(|value| pattern::path_matches(value, text)),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

fn first_line(error: &regex_automata::meta::BuildError) -> String {
    let text = error
        .syntax_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    text.lines().last().unwrap_or_default().trim().to_owned()
}

/// Whether `text` holds `lower`, which is in lower case
pub(crate) fn contains_any_case(text: &[u8], lower: &[u8]) -> bool {
    let Some(first) = lower.first() else { return true };
    let mut rest = text;
    while let Some(at) = memchr::memchr2(*first, first.to_ascii_uppercase(), rest) {
        let here = rest.get(at..).unwrap_or_default();
        if here
            .get(..lower.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(lower))
        {
            return true;
        }
        rest = here.get(1..).unwrap_or_default();
    }
    false
}

/// Whether two texts stand so to one another
pub(crate) fn stand(compare: Compare, left: &[u8], right: &[u8]) -> bool {
    match compare {
        Compare::Equal => left == right,
        Compare::Contains => memchr::memmem::find(left, right).is_some(),
        Compare::ContainsAnyCase => contains_any_case(left, &right.to_ascii_lowercase()),
        Compare::StartsWith => left.starts_with(right),
        Compare::EndsWith => left.ends_with(right),
        Compare::Glob => pattern::matches(right, left, false),
        Compare::GlobAnyCase => pattern::matches(right, left, true),
        Compare::PathMatch => pattern::path_matches(right, left),
        // Never made: a regular expression is a text of the rule.
        Compare::Regex => false,
    }
}
