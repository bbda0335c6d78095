//! What the kernel has to tell for rules: which calls, and of those that open files, which files and how they are opened.
//!
//! In: conditions that were specialized for a call. Out: [`Needs`], never less than what could match, so that a sensor may leave out the rest
//! where it costs least.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bartizan_model::runtime::{Action, Event};

use super::leaf::{Compare, Leaf, Relation, Test};
use super::matcher::How;
use super::nodes::{Node, NodeId, Nodes};
use crate::calls::Kind;
use crate::fields::{outcome, reads, writes};
use crate::pattern::{literal_prefix, without_end};

/// The highest number of an error (`MAX_ERRNO`)
const ERRORS: i64 = 4095;

/// What the kernel has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// By names of calls, as in [`Event::call`]; what is not here need not be told
    pub calls: BTreeMap<&'static str, CallNeeds>,
}

/// When a call has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own to the kernel"
)]
pub struct CallNeeds {
    /// It succeeded
    pub success: bool,
    /// It failed
    pub failure: bool,
    /// It opened a file for reading; true for calls that open none
    pub reading: bool,
    /// It opened a file for writing; true for calls that open none
    pub writing: bool,
    /// Of what it opened; all for calls that open none
    pub paths: Paths,
}

/// Which files matter, by the path as [`bartizan_model::runtime::File::path`] has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paths {
    /// Any
    All,
    /// These
    Some {
        /// Whole paths
        exact: BTreeSet<Box<[u8]>>,
        /// What paths begin with; not always a whole name at its end
        prefix: BTreeSet<Box<[u8]>>,
    },
}

impl Paths {
    const fn none() -> Self {
        Self::Some {
            exact: BTreeSet::new(),
            prefix: BTreeSet::new(),
        }
    }

    fn prefixes<'a>(prefixes: impl Iterator<Item = &'a [u8]>) -> Self {
        let prefix: BTreeSet<Box<[u8]>> = prefixes.map(Into::into).collect();
        if prefix.iter().any(|prefix| prefix.is_empty()) {
            return Self::All;
        }
        Self::Some {
            exact: BTreeSet::new(),
            prefix,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::All => usize::MAX,
            // A whole directory is more than a file.
            Self::Some { exact, prefix } => exact.len() + prefix.len().saturating_mul(16),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Some {
                    mut exact,
                    mut prefix,
                },
                Self::Some {
                    exact: others,
                    prefix: begun,
                },
            ) => {
                exact.extend(others);
                prefix.extend(begun);
                Self::Some { exact, prefix }
            }
            _ => Self::All,
        }
    }

    /// Whether a path is among them
    #[must_use]
    pub fn has(&self, path: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Some { exact, prefix } => {
                exact.contains(path) || prefix.iter().any(|prefix| path.starts_with(prefix))
            }
        }
    }
}

impl Needs {
    /// Whether an event is among what is needed
    #[must_use]
    pub fn cover(&self, event: &Event<'_>) -> bool {
        self.calls.get(event.call).is_some_and(|call| call.cover(event))
    }

    /// Adds what is needed of a call
    pub(super) fn add(&mut self, call: &'static str, kind: Kind, reach: Reach) {
        if reach.is_nothing() {
            return;
        }
        let needs = reach.needs(kind);
        match self.calls.entry(call) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(needs);
            }
            std::collections::btree_map::Entry::Occupied(place) => {
                let call = place.into_mut();
                call.success |= needs.success;
                call.failure |= needs.failure;
                call.reading |= needs.reading;
                call.writing |= needs.writing;
                let paths = std::mem::replace(&mut call.paths, Paths::All);
                call.paths = paths.or(needs.paths);
            }
        }
    }
}

impl CallNeeds {
    fn cover(&self, event: &Event<'_>) -> bool {
        let outcome = if event.result < 0 {
            self.failure
        } else {
            self.success
        };
        let opened = match &event.action {
            Action::Open { file, flags, .. } => {
                self.paths.has(file.path)
                    && ((self.reading && reads(*flags)) || (self.writing && writes(*flags)))
            }
            _ => true,
        };
        outcome && opened
    }
}

/// Ways of opening (for reading, writing, both), each succeeding and failing, as bits; and paths.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    situations: u8,
    paths: Paths,
}

const SUCCESS: u8 = 0b01_01_01;
const FAILURE: u8 = 0b10_10_10;
const EVERY: u8 = SUCCESS | FAILURE;
const READ: u8 = 0b00_00_11;
const WRITE: u8 = 0b00_11_00;
const BOTH: u8 = 0b11_00_00;

impl Reach {
    const fn every() -> Self {
        Self {
            situations: EVERY,
            paths: Paths::All,
        }
    }

    const fn nothing() -> Self {
        Self {
            situations: 0,
            paths: Paths::none(),
        }
    }

    const fn when(situations: u8) -> Self {
        Self {
            situations,
            paths: Paths::All,
        }
    }

    fn is_nothing(&self) -> bool {
        self.situations == 0 || self.paths == Paths::none()
    }

    fn and(self, other: Self) -> Self {
        Self {
            situations: self.situations & other.situations,
            paths: if self.paths.size() <= other.paths.size() {
                self.paths
            } else {
                other.paths
            },
        }
    }

    fn or(self, other: Self) -> Self {
        if self.is_nothing() {
            return other;
        }
        if other.is_nothing() {
            return self;
        }
        Self {
            situations: self.situations | other.situations,
            paths: self.paths.or(other.paths),
        }
    }

    fn needs(self, kind: Kind) -> CallNeeds {
        let when = |situations: u8| self.situations & situations != 0;
        let opens = kind == Kind::Open;
        CallNeeds {
            success: when(SUCCESS),
            failure: when(FAILURE),
            reading: !opens || when(READ),
            // What is opened for both is told by either.
            writing: !opens || when(WRITE) || (when(BOTH) && !when(READ)),
            paths: if opens { self.paths } else { Paths::All },
        }
    }
}

/// All situations in which a condition may be true of a call that opens files, or false where it is not `positive`.
pub(super) fn reach(
    nodes: &Nodes,
    id: NodeId,
    positive: bool,
    done: &mut HashMap<(NodeId, bool), Reach>,
) -> Reach {
    if let Some(known) = done.get(&(id, positive)) {
        return known.clone();
    }
    let reached = match nodes.get(id) {
        Node::Constant(value) if *value == positive => Reach::every(),
        Node::Constant(_) => Reach::nothing(),
        Node::Leaf(number) => {
            let how = nodes.matcher(*number).map(|matcher| &matcher.how);
            match (nodes.leaf_of(*number), how) {
                (Some(leaf), Some(how)) => of_leaf(leaf, how, positive),
                _ => Reach::every(),
            }
        }
        Node::Not(inner) => reach(nodes, *inner, !positive, done),
        Node::And(parts) | Node::Or(parts) => {
            let all = matches!(nodes.get(id), Node::And(_)) == positive;
            let parts = parts.iter().map(|part| reach(nodes, *part, positive, done));
            if all {
                parts.fold(Reach::every(), Reach::and)
            } else {
                parts.fold(Reach::nothing(), Reach::or)
            }
        }
    };
    done.insert((id, positive), reached.clone());
    reached
}

fn of_leaf(leaf: &Leaf, how: &How, positive: bool) -> Reach {
    let Some(field) = leaf.field() else {
        return Reach::every();
    };
    let modes = |yes: u8| match &leaf.test {
        Test::Boolean(value) if *value == positive => Reach::when(yes),
        Test::Boolean(_) => Reach::when(!yes & EVERY),
        _ => Reach::every(),
    };
    match field.name {
        "evt.is_open_read" => modes(READ | BOTH),
        "evt.is_open_write" => modes(WRITE | BOTH),
        "evt.failed" => modes(FAILURE),
        "fd.num" => outcomes(leaf, positive, -1),
        "evt.rawres" | "evt.rawarg.res" => outcomes(leaf, positive, -ERRORS),
        "evt.res" | "evt.arg.res" => named_outcomes(how, positive),
        _ if positive && !leaf.without_answer() => Reach {
            situations: EVERY,
            paths: paths(field.name, &leaf.test),
        },
        _ => Reach::every(),
    }
}

fn when(success: bool, failure: bool) -> Reach {
    Reach::when(if success { SUCCESS } else { 0 } | if failure { FAILURE } else { 0 })
}

/// By a number that is at least 0 for success, and from `lowest` to -1 for failure
fn outcomes(leaf: &Leaf, positive: bool, lowest: i64) -> Reach {
    let holds = |value: i64| match &leaf.test {
        Test::Number(relation, other) => relation.holds(value, *other) == positive,
        Test::Numbers(values) => values.contains(&value) == positive,
        _ => true,
    };
    let bounds = match &leaf.test {
        // Next to the number that it is compared with, and far from it
        Test::Number(
            Relation::Equal
            | Relation::Less
            | Relation::LessOrEqual
            | Relation::Greater
            | Relation::GreaterOrEqual,
            other,
        ) => {
            vec![
                0,
                i64::MAX,
                *other,
                other.saturating_add(1),
                other.saturating_sub(1),
            ]
        }
        Test::Numbers(values) => {
            let near = values.iter().flat_map(|value| [*value, value.saturating_add(1)]);
            near.chain([0]).collect()
        }
        _ => vec![0],
    };
    let success = bounds.into_iter().any(|value| value >= 0 && holds(value));
    when(success, (lowest..0).any(holds))
}

fn named_outcomes(how: &How, positive: bool) -> Reach {
    let How::Text(matcher) = how else {
        return Reach::every();
    };
    let mut text = Vec::new();
    let mut holds = |result: i64| {
        text.clear();
        outcome(result, &mut text);
        matcher.matches(&text) == positive
    };
    let success = holds(0);
    when(success, (-ERRORS..0).any(holds))
}

/// The paths for which a comparison may be true
fn paths(field: &str, test: &Test) -> Paths {
    let Test::Text(compare, values) = test else {
        return Paths::All;
    };
    let values = || values.iter().map(|value| &**value);
    let begins = |value| literal_prefix(value);
    match (field, compare) {
        ("fd.name" | "fs.path.name", Compare::Equal) => Paths::Some {
            exact: values().map(Into::into).collect(),
            prefix: BTreeSet::new(),
        },
        ("fd.name" | "fs.path.name", Compare::StartsWith) => Paths::prefixes(values()),
        ("fd.name" | "fs.path.name", Compare::Glob) => Paths::prefixes(values().map(begins)),
        ("fd.name" | "fs.path.name", Compare::PathMatch) => {
            Paths::prefixes(values().map(without_end).map(begins))
        }
        ("fd.directory", Compare::Equal) => {
            let below = values().map(|value| [value, b"/"].concat());
            let below: Vec<_> = below.collect();
            in_directories(below.iter().map(Vec::as_slice))
        }
        ("fd.directory", Compare::StartsWith) => in_directories(values()),
        ("fd.directory", Compare::Glob) => in_directories(values().map(begins)),
        ("fd.directory", Compare::PathMatch) => in_directories(values().map(without_end).map(begins)),
        _ => Paths::All,
    }
}

/// The root is the directory of a path without a slash, too.
fn in_directories<'a>(prefixes: impl Iterator<Item = &'a [u8]> + Clone) -> Paths {
    if prefixes
        .clone()
        .any(|prefix| matches!(prefix, b"" | b"/" | b"//"))
    {
        return Paths::All;
    }
    Paths::prefixes(prefixes)
}
