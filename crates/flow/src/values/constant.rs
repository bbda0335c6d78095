//! Constants, and sets of few of them: what is known of a value besides its taint.

use crate::table::{Interner, Map, number};
use crate::values::Symbol;

number! {
    /// A text of the analysis: a name, a qualified name, the value of a string.
    pub(crate) Name
}

number! {
    /// A set of constants, by number.
    pub(crate) Constants
}

/// More possible values than these are any value.
const MOST: usize = 6;
/// A longer text is any value: what decides a branch is short, and loops would build ever longer ones.
const LONGEST_TEXT: usize = 4096;

/// One value that an expression may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    /// A number with a fraction, as its bits
    Float(u64),
    Text(Name),
    /// Whatever the caller gave there
    Given(Symbol),
}

impl Constants {
    /// No value: the place was not reached.
    pub(crate) const NONE: Self = Self(0);
    /// Any value.
    pub(crate) const ANY: Self = Self(1);
}

/// All sets of constants of one analysis, and all texts.
#[derive(Debug)]
pub(crate) struct ConstantSets {
    texts: Interner<str>,
    /// None stands for any value.
    sets: Interner<Option<Vec<Constant>>>,
    joined: Map<(Constants, Constants), Constants>,
}

impl ConstantSets {
    pub(crate) fn new() -> Self {
        let mut sets = Interner::default();
        sets.number_of(Some(Vec::new()));
        sets.number_of(None);
        Self {
            texts: Interner::default(),
            sets,
            joined: Map::default(),
        }
    }

    pub(crate) fn name(&mut self, text: &str) -> Name {
        Name(self.texts.number(text))
    }

    pub(crate) fn known_name(&self, text: &str) -> Option<Name> {
        self.texts.known(text).map(Name)
    }

    pub(crate) fn text(&self, name: Name) -> &str {
        self.texts.get(name.0).unwrap_or_default()
    }

    pub(crate) fn one(&mut self, constant: Constant) -> Constants {
        if let Constant::Text(name) = constant
            && self.text(name).len() > LONGEST_TEXT
        {
            return Constants::ANY;
        }
        Constants(self.sets.number_of(Some(vec![constant])))
    }

    pub(crate) fn text_constant(&mut self, text: &str) -> Constants {
        if text.len() > LONGEST_TEXT {
            return Constants::ANY;
        }
        let name = self.name(text);
        self.one(Constant::Text(name))
    }

    pub(crate) fn of(&mut self, mut constants: Vec<Constant>) -> Constants {
        constants.sort_unstable();
        constants.dedup();
        if constants.len() > MOST {
            return Constants::ANY;
        }
        Constants(self.sets.number_of(Some(constants)))
    }

    /// The possible values; none when it may be any.
    pub(crate) fn list(&self, set: Constants) -> Option<&[Constant]> {
        self.sets.get(set.0).and_then(Option::as_deref)
    }

    /// The possible values when each is known, what callers give being unknown.
    pub(crate) fn known(&self, set: Constants) -> Option<&[Constant]> {
        self.list(set).filter(|constants| {
            !constants
                .iter()
                .any(|constant| matches!(constant, Constant::Given(_)))
        })
    }

    /// The value, when it can only be this one.
    pub(crate) fn only(&self, set: Constants) -> Option<Constant> {
        match self.known(set)? {
            [one] => Some(*one),
            _ => None,
        }
    }

    pub(crate) fn join(&mut self, left: Constants, right: Constants) -> Constants {
        if left == right || right == Constants::NONE || left == Constants::ANY {
            return left;
        }
        if left == Constants::NONE || right == Constants::ANY {
            return right;
        }
        if let Some(&joined) = self.joined.get(&(left, right)) {
            return joined;
        }
        let joined = match (self.list(left), self.list(right)) {
            (Some(one), Some(two)) => {
                let both = one.iter().chain(two).copied().collect();
                self.of(both)
            }
            _ => Constants::ANY,
        };
        self.joined.insert((left, right), joined);
        joined
    }
}
