//! Whether a version is affected, by the `ranges` and `versions` of an OSV record's `affected` entry.
//!
//! In: events (`introduced`, `fixed`, `last_affected`, `limit`) and listed versions as text. Out: yes, no, or unknown and why. Follows
//! the evaluation of <https://ossf.github.io/osv-schema/#evaluation>. Ranges are compiled to keys once, so that asking about a
//! version costs a few comparisons of bytes.

use crate::ecosystem::Ecosystem;
use crate::version::{Scheme, VersionKey};

/// What the versions in the events of a range are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RangeKind {
    /// Versions in the order of the package's ecosystem.
    Ecosystem,
    /// Semantic versions, whatever the ecosystem.
    SemVer,
    /// Commits, which only their repository orders.
    Git,
}

/// One event of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event<'a> {
    /// Affected from this version on; `0` is before every version.
    Introduced(&'a str),
    /// No longer affected from this version on.
    Fixed(&'a str),
    /// No longer affected after this version.
    LastAffected(&'a str),
    /// The range says nothing from this version on; `*` is beyond every version.
    Limit(&'a str),
}

/// Whether a version is affected. Unknown is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Membership {
    /// It is listed, or lies in a range.
    Affected,
    /// It is not listed and lies in no range, and every range could be judged.
    NotAffected,
    /// It is not listed, lies in no range that could be judged, and there are others.
    Unknown(Unjudged),
}

/// Why a range could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unjudged {
    /// The range is one of commits and no versions are given for it.
    #[error("the advisory names commits only; compare the commit the package was built from")]
    Commits,
    /// The ecosystem has no defined order of versions and lists none.
    #[error("no order of versions is defined for this ecosystem and the advisory lists none")]
    NoOrder,
    /// The entry has neither ranges nor versions.
    #[error("the advisory says nothing about versions")]
    Nothing,
}

/// The versions that one `affected` entry speaks of, ready to be asked.
#[derive(Debug, Clone)]
pub struct AffectedVersions {
    scheme: Option<Scheme>,
    ranges: Vec<Range>,
    listed: Listed,
    unjudged: Option<Unjudged>,
}

#[derive(Debug, Clone)]
enum Listed {
    /// Sorted, for ecosystems with an order: spellings that it calls equal are.
    Keys(Vec<VersionKey>),
    /// Sorted, for those without.
    Texts(Vec<Box<str>>),
}

impl AffectedVersions {
    /// Compiles the ranges and listed versions of a package in `ecosystem`.
    pub fn compile<'a>(
        ecosystem: &Ecosystem,
        ranges: impl IntoIterator<Item = (RangeKind, &'a [Event<'a>])>,
        versions: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let scheme = ecosystem.scheme();
        let (mut compiled, mut commits, mut unordered) = (Vec::new(), false, false);
        for (kind, events) in ranges {
            match (kind, scheme) {
                (RangeKind::Git, _) => commits = true,
                (RangeKind::SemVer, _) => compiled.push(Range::compile(Scheme::SemVer, events)),
                (RangeKind::Ecosystem, Some(scheme)) => compiled.push(Range::compile(scheme, events)),
                (RangeKind::Ecosystem, None) => unordered = true,
            }
        }
        let listed = Listed::new(scheme, versions);
        let unjudged = match (compiled.is_empty() && listed.is_empty(), unordered, commits) {
            (false, ..) => None,
            (true, true, _) => Some(Unjudged::NoOrder),
            (true, false, true) => Some(Unjudged::Commits),
            (true, false, false) => Some(Unjudged::Nothing),
        };
        Self {
            scheme,
            ranges: compiled,
            listed,
            unjudged,
        }
    }

    /// Whether `version` is affected. Commits count for nothing where versions are given too: they name the same thing.
    #[must_use]
    pub fn contains(&self, version: &str) -> Membership {
        self.contains_keyed(&mut Keys::new(version))
    }

    /// Whether the version with these keys is affected, for one version that is asked about often.
    pub(crate) fn contains_keyed(&self, keys: &mut Keys<'_>) -> Membership {
        let version = keys.version;
        let listed = match &self.listed {
            Listed::Texts(texts) => texts.binary_search_by(|text| (**text).cmp(version)).is_ok(),
            Listed::Keys(sorted) if sorted.is_empty() => false,
            Listed::Keys(sorted) => self
                .scheme
                .is_some_and(|scheme| sorted.binary_search(keys.get(scheme)).is_ok()),
        };
        if listed
            || self
                .ranges
                .iter()
                .any(|range| range.contains(keys.get(range.scheme)))
        {
            return Membership::Affected;
        }
        self.unjudged.map_or(Membership::NotAffected, Membership::Unknown)
    }
}

impl Listed {
    fn new<'a>(scheme: Option<Scheme>, versions: impl IntoIterator<Item = &'a str>) -> Self {
        match scheme {
            Some(scheme) => {
                let mut keys: Vec<VersionKey> =
                    versions.into_iter().map(|version| scheme.key(version)).collect();
                keys.sort_unstable();
                keys.dedup();
                Self::Keys(keys)
            }
            None => {
                let mut texts: Vec<Box<str>> = versions.into_iter().map(Box::from).collect();
                texts.sort_unstable();
                texts.dedup();
                Self::Texts(texts)
            }
        }
    }

    const fn is_empty(&self) -> bool {
        match self {
            Self::Keys(keys) => keys.is_empty(),
            Self::Texts(texts) => texts.is_empty(),
        }
    }
}

/// The keys of one version, made when a scheme first asks for them; an entry has at most the ecosystem's scheme and SemVer.
pub(crate) struct Keys<'a> {
    version: &'a str,
    made: Option<(Scheme, VersionKey)>,
}

impl<'a> Keys<'a> {
    pub(crate) const fn new(version: &'a str) -> Self {
        Self { version, made: None }
    }

    fn get(&mut self, scheme: Scheme) -> &VersionKey {
        if self.made.as_ref().is_some_and(|(of, _)| *of != scheme) {
            self.made = None;
        }
        let version = self.version;
        &self.made.get_or_insert_with(|| (scheme, scheme.key(version))).1
    }
}

/// One range, its events in the order of their versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    scheme: Scheme,
    turns: Vec<Turn>,
    /// The greatest limit; none is no limit.
    limit: Option<VersionKey>,
}

/// Where the range begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Turn {
    /// None is before every version.
    at: Option<VersionKey>,
    to: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Affected from here on.
    Affected,
    /// Not affected from here on.
    Fixed,
    /// Not affected after this.
    Ended,
}

impl Range {
    /// Compiles the events of a range, which may come in any order. Of events at the same version the later in the list prevails, so
    /// that a range that ends where the next begins has no gap.
    #[must_use]
    pub fn compile(scheme: Scheme, events: &[Event<'_>]) -> Self {
        let at = |version: &str| (version != "0").then(|| scheme.key(version));
        let mut turns = Vec::with_capacity(events.len());
        let mut limits = Vec::new();
        for event in events {
            match event {
                Event::Introduced(version) => turns.push(Turn {
                    at: at(version),
                    to: State::Affected,
                }),
                Event::Fixed(version) => turns.push(Turn {
                    at: Some(scheme.key(version)),
                    to: State::Fixed,
                }),
                Event::LastAffected(version) => turns.push(Turn {
                    at: Some(scheme.key(version)),
                    to: State::Ended,
                }),
                Event::Limit("*") => limits.push(None),
                Event::Limit(version) => limits.push(Some(scheme.key(version))),
            }
        }
        turns.sort_by(|a, b| a.at.cmp(&b.at));
        // Being before any one of the limits is enough, so the greatest decides.
        let limit = if limits.contains(&None) {
            None
        } else {
            limits.into_iter().flatten().max()
        };
        Self { scheme, turns, limit }
    }

    /// The scheme that its keys are of.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether the version with this key, made by [`Self::scheme`], lies in the range.
    #[must_use]
    pub fn contains(&self, version: &VersionKey) -> bool {
        if self.limit.as_ref().is_some_and(|limit| version >= limit) {
            return false;
        }
        let passed = |turn: &&Turn| match (&turn.at, turn.to) {
            (None, _) => true,
            (Some(at), State::Ended) => version > at,
            (Some(at), State::Affected | State::Fixed) => version >= at,
        };
        self.turns
            .iter()
            .rfind(passed)
            .is_some_and(|turn| turn.to == State::Affected)
    }
}
