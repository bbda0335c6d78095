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
use crate::fields::{base, outcome, reads, writes};
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
    /// The same for calls that open files, told apart by the rules that ask: an event that fits none of these matches no rule. Empty for calls
    /// that open none.
    pub openings: Vec<Opening>,
}

/// Files that are opened in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own to the kernel"
)]
pub struct Opening {
    /// It succeeded
    pub success: bool,
    /// It failed
    pub failure: bool,
    /// For reading, or for both
    pub reading: bool,
    /// For writing, or for both
    pub writing: bool,
    /// With all of these flags, as in `open(2)`: `O_TRUNC` and `O_CREAT` at most
    pub flags: u32,
    /// Only by a process in a container
    pub contained: bool,
    /// Only where the path, as it was asked for, has `..` in it
    pub upward: bool,
    /// Which ones
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
        /// What stands after the last slash of paths, in whichever directory
        names: BTreeSet<Box<[u8]>>,
    },
}

impl Paths {
    const fn none() -> Self {
        Self::Some {
            exact: BTreeSet::new(),
            prefix: BTreeSet::new(),
            names: BTreeSet::new(),
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
            names: BTreeSet::new(),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::All => usize::MAX,
            // A whole directory is more than a file.
            Self::Some { exact, prefix, names } => {
                exact.len() + prefix.len().saturating_mul(16) + names.len().saturating_mul(64)
            }
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Some {
                    mut exact,
                    mut prefix,
                    mut names,
                },
                Self::Some {
                    exact: others,
                    prefix: begun,
                    names: named,
                },
            ) => {
                exact.extend(others);
                prefix.extend(begun);
                names.extend(named);
                Self::Some { exact, prefix, names }
            }
            _ => Self::All,
        }
    }

    /// Whether a path is among them
    #[must_use]
    pub fn has(&self, path: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Some { exact, prefix, names } => {
                exact.contains(path)
                    || names.contains(base(path))
                    || prefix.iter().any(|prefix| path.starts_with(prefix))
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
        let opens = kind == Kind::Open;
        let needs = self.calls.entry(call).or_insert_with(|| CallNeeds {
            success: false,
            failure: false,
            reading: !opens,
            writing: !opens,
            paths: if opens { Paths::none() } else { Paths::All },
            openings: Vec::new(),
        });
        let opening = reach.opening();
        needs.success |= opening.success;
        needs.failure |= opening.failure;
        if !opens {
            return;
        }
        needs.reading |= opening.reading;
        needs.writing |= opening.writing;
        let paths = std::mem::replace(&mut needs.paths, Paths::All);
        needs.paths = paths.or(opening.paths.clone());
        match needs.openings.iter_mut().find(|one| one.same_way(&opening)) {
            Some(alike) => {
                let paths = std::mem::replace(&mut alike.paths, Paths::All);
                alike.paths = paths.or(opening.paths);
            }
            None => needs.openings.push(opening),
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
            Action::Open { .. } => self.openings.iter().any(|opening| opening.covers(event)),
            _ => true,
        };
        outcome && opened
    }
}

impl Opening {
    /// Whether they differ in paths alone
    fn same_way(&self, other: &Self) -> bool {
        let way = |one: &Self| {
            (
                one.success,
                one.failure,
                one.reading,
                one.writing,
                one.flags,
                one.contained,
                one.upward,
            )
        };
        way(self) == way(other)
    }

    fn covers(&self, event: &Event<'_>) -> bool {
        let Action::Open {
            file, asked, flags, ..
        } = &event.action
        else {
            return false;
        };
        (if event.result < 0 {
            self.failure
        } else {
            self.success
        }) && ((self.reading && reads(*flags)) || (self.writing && writes(*flags)))
            && flags & self.flags == self.flags
            && (!self.contained || event.process.container.is_some())
            && (!self.upward || memchr::memmem::find(asked, UP).is_some())
            && self.paths.has(file.path)
    }
}

/// Ways of opening (for reading, writing, both), each succeeding and failing, as bits; what holds in all of them; and paths.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    situations: u8,
    flags: u32,
    contained: bool,
    upward: bool,
    paths: Paths,
}

const UP: &[u8] = b"..";
/// Flags of `open(2)` that rules ask for by name and that the kernel may tell apart
const FLAGS: [(&[u8], u32); 2] = [(b"O_CREAT", 0o100), (b"O_TRUNC", 0o1000)];

const SUCCESS: u8 = 0b01_01_01;
const FAILURE: u8 = 0b10_10_10;
const EVERY: u8 = SUCCESS | FAILURE;
const READ: u8 = 0b00_00_11;
const WRITE: u8 = 0b00_11_00;
const BOTH: u8 = 0b11_00_00;

impl Reach {
    const fn every() -> Self {
        Self::when(EVERY)
    }

    fn nothing() -> Self {
        Self {
            paths: Paths::none(),
            ..Self::when(0)
        }
    }

    const fn when(situations: u8) -> Self {
        Self {
            situations,
            flags: 0,
            contained: false,
            upward: false,
            paths: Paths::All,
        }
    }

    fn is_nothing(&self) -> bool {
        self.situations == 0 || self.paths == Paths::none()
    }

    fn and(self, other: Self) -> Self {
        Self {
            situations: self.situations & other.situations,
            flags: self.flags | other.flags,
            contained: self.contained || other.contained,
            upward: self.upward || other.upward,
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
            flags: self.flags & other.flags,
            contained: self.contained && other.contained,
            upward: self.upward && other.upward,
            paths: self.paths.or(other.paths),
        }
    }

    fn opening(self) -> Opening {
        let when = |situations: u8| self.situations & situations != 0;
        Opening {
            success: when(SUCCESS),
            failure: when(FAILURE),
            reading: when(READ),
            // What is opened for both is told by either.
            writing: when(WRITE) || (when(BOTH) && !when(READ)),
            flags: self.flags,
            contained: self.contained,
            upward: self.upward,
            paths: self.paths,
        }
    }
}

/// What was found out of conditions for calls of one kind: whether they are to be true, and when they may be
#[derive(Debug)]
pub(super) struct Reached {
    done: HashMap<(NodeId, bool), Reach>,
    /// The descriptor that rules ask for is what the call makes
    makes: bool,
}

impl Reached {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            done: HashMap::new(),
            makes: matches!(
                kind,
                Kind::Open | Kind::MemoryFile | Kind::Socket | Kind::Accept | Kind::Duplicate
            ),
        }
    }

    /// All situations in which a condition may be true, or false where it is not `positive`.
    pub(super) fn reach(&mut self, nodes: &Nodes, id: NodeId, positive: bool) -> Reach {
        if let Some(known) = self.done.get(&(id, positive)) {
            return known.clone();
        }
        let reached = match nodes.get(id) {
            Node::Constant(value) if *value == positive => Reach::every(),
            Node::Constant(_) => Reach::nothing(),
            Node::Leaf(number) => {
                let how = nodes.matcher(*number).map(|matcher| &matcher.how);
                match (nodes.leaf_of(*number), how) {
                    (Some(leaf), Some(how)) => of_leaf(leaf, how, positive, self.makes),
                    _ => Reach::every(),
                }
            }
            Node::Not(inner) => self.reach(nodes, *inner, !positive),
            Node::And(parts) | Node::Or(parts) => {
                let all = matches!(nodes.get(id), Node::And(_)) == positive;
                let parts = parts.iter().map(|part| self.reach(nodes, *part, positive));
                if all {
                    parts.fold(Reach::every(), Reach::and)
                } else {
                    parts.fold(Reach::nothing(), Reach::or)
                }
            }
        };
        self.done.insert((id, positive), reached.clone());
        reached
    }
}

fn of_leaf(leaf: &Leaf, how: &How, positive: bool, makes: bool) -> Reach {
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
        "fd.num" if makes => outcomes(leaf, positive, -1),
        "evt.rawres" | "evt.rawarg.res" => outcomes(leaf, positive, -ERRORS),
        "evt.res" | "evt.arg.res" => named_outcomes(how, positive),
        "container.id" | "container.full_id" | "container.name" | "container.type" if !positive => Reach {
            contained: asks_for(&leaf.test, Compare::Equal, |value| value == b"host"),
            ..Reach::every()
        },
        "fd.nameraw" | "fs.path.nameraw" | "evt.arg.name" if positive && !leaf.without_answer() => Reach {
            upward: holds_up(&leaf.test),
            ..Reach::every()
        },
        "evt.arg.flags" if positive => {
            let named = FLAGS
                .iter()
                .filter(|(name, _)| asks_for(&leaf.test, Compare::Contains, |value| value == *name));
            Reach {
                flags: named.fold(0, |all, (_, flag)| all | flag),
                ..Reach::every()
            }
        }
        _ if positive && !leaf.without_answer() => Reach {
            paths: paths(field.name, &leaf.test),
            ..Reach::every()
        },
        _ => Reach::every(),
    }
}

/// Whether a test is made so with one value, of which this holds
fn asks_for(test: &Test, compare: Compare, holds: impl Fn(&[u8]) -> bool) -> bool {
    match test {
        Test::Text(how, values) if *how == compare && values.len() == 1 => {
            values.iter().all(|value| holds(value))
        }
        _ => false,
    }
}

/// Whether every text that is matched has `..` in it
fn holds_up(test: &Test) -> bool {
    let Test::Text(compare, values) = test else {
        return false;
    };
    let literal = matches!(
        compare,
        Compare::Equal | Compare::Contains | Compare::StartsWith | Compare::EndsWith
    );
    let glob = *compare == Compare::Glob && !values.iter().any(|value| value.contains(&b'['));
    (literal || glob)
        && values
            .iter()
            .all(|value| memchr::memmem::find(value, UP).is_some())
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
            names: BTreeSet::new(),
        },
        ("fd.filename", Compare::Equal) => Paths::Some {
            exact: BTreeSet::new(),
            prefix: BTreeSet::new(),
            names: values().map(Into::into).collect(),
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
