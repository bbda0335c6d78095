//! The format rules, compiled when first needed.
//!
//! In: [`LeakMatcher`]s. Out: for a place where a rule's literal stands, the credential found there. A pattern is
//! compiled when its literal is first met: most rules are never compiled in most scans.

use crate::leak::verify::shape::{self, StandIn};
use crate::leak::verify::{self, Verified};
use bartizan_content::LeakMatcher;
use bartizan_content::load;
use bartizan_model::Confidence;
use globset::{GlobSet, GlobSetBuilder};
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes around a literal that are searched when the pattern has no upper bound.
const UNBOUNDED_REACH: usize = 4 * 1024;
/// Most bytes around a literal that are searched.
const LONGEST_REACH: usize = 32 * 1024;

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) matcher: LeakMatcher,
    compiled: OnceLock<Option<Compiled>>,
    paths: OnceLock<Paths>,
}

/// Which files a rule applies to.
#[derive(Debug, Default)]
struct Paths {
    globs: Option<GlobSet>,
    only: Option<Regex>,
    not: Option<Regex>,
}

#[derive(Debug)]
struct Compiled {
    pattern: Regex,
    secret_group: Option<usize>,
    /// What a match must satisfy besides; compiled when there is the first one.
    demands: OnceLock<Option<Demands>>,
}

#[derive(Debug)]
struct Demands {
    near: Option<(Regex, usize)>,
    not: Vec<Regex>,
    not_whole: Vec<Regex>,
}

/// A credential in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The whole match.
    pub(crate) span: Range<usize>,
    /// The credential.
    pub(crate) secret: Range<usize>,
    /// What was proven of it beyond its format.
    pub(crate) proof: Option<String>,
    /// Whether what was proven speaks against it.
    pub(crate) doubtful: bool,
}

impl Rule {
    pub(crate) const fn new(matcher: LeakMatcher) -> Self {
        Self {
            matcher,
            compiled: OnceLock::new(),
            paths: OnceLock::new(),
        }
    }

    /// Whether the rule applies to files of this path.
    pub(crate) fn applies_to(&self, path: &str) -> bool {
        let matcher = &self.matcher;
        if matcher.paths.is_empty() && matcher.path_pattern.is_none() && matcher.not_path_pattern.is_none() {
            return true;
        }
        let paths = self.paths.get_or_init(|| Paths::new(matcher));
        let name = path.rsplit(['/', '!']).next().unwrap_or(path);
        paths
            .globs
            .as_ref()
            .is_none_or(|globs| globs.is_match(path) || globs.is_match(name))
            && paths.only.as_ref().is_none_or(|only| only.is_match(path))
            && !paths.not.as_ref().is_some_and(|not| not.is_match(path))
    }

    /// The credential whose literal stands at `at`, if there is one that satisfies the rule. The end of a match that
    /// does not satisfy it is returned as the error, so that it is not tried again.
    pub(crate) fn find(&self, bytes: &[u8], at: usize) -> Result<Found, Option<usize>> {
        let facts = &self.matcher.facts;
        let reach = facts
            .longest
            .map_or(UNBOUNDED_REACH, |longest| longest as usize)
            .min(LONGEST_REACH);
        let start = if facts.leads { at } else { at.saturating_sub(reach) };
        let end = at.saturating_add(reach).min(bytes.len());
        if !facts.allow(bytes.get(start..end).unwrap_or_default()) {
            return Err(None);
        }
        let anchored = if facts.leads { Anchored::Yes } else { Anchored::No };
        let compiled = self.compiled().ok_or(None)?;
        let (span, secret) = compiled
            .captured(&Input::new(bytes).span(start..end).anchored(anchored))
            .ok_or(None)?;
        self.accept(compiled, bytes, span, secret)
    }

    /// The first credential in `bytes`, for rules without literals.
    pub(crate) fn find_first(&self, bytes: &[u8]) -> Option<Found> {
        let compiled = self.compiled()?;
        let (span, secret) = compiled.captured(&Input::new(bytes))?;
        self.accept(compiled, bytes, span, secret).ok()
    }

    fn compiled(&self) -> Option<&Compiled> {
        self.compiled
            .get_or_init(|| Compiled::new(&self.matcher))
            .as_ref()
    }

    fn accept(
        &self,
        compiled: &Compiled,
        bytes: &[u8],
        span: Range<usize>,
        secret: Range<usize>,
    ) -> Result<Found, Option<usize>> {
        let text = bytes.get(secret.clone()).unwrap_or_default();
        let demands = compiled
            .demands
            .get_or_init(|| Demands::new(&self.matcher))
            .as_ref()
            .ok_or(None)?;
        let whole = bytes.get(span.clone()).unwrap_or_default();
        if demands.not_whole.iter().any(|not| not.is_match(whole)) || !demands.near_holds(bytes, &span) {
            return Err(Some(span.end));
        }
        match self.verify(demands, text) {
            Verified::Yes(proof) => Ok(Found {
                span,
                secret,
                proof,
                doubtful: false,
            }),
            Verified::Doubtful(doubt) => Ok(Found {
                span,
                secret,
                proof: Some(doubt),
                doubtful: true,
            }),
            Verified::No => Err(Some(span.end)),
        }
    }

    /// Where the pattern's credential stands in `bytes`, whether or not it satisfies the rest of the rule.
    pub(crate) fn secret_in(&self, bytes: &[u8]) -> Option<Range<usize>> {
        let compiled = self.compiled()?;
        compiled.captured(&Input::new(bytes)).map(|(_, secret)| secret)
    }

    fn verify(&self, demands: &Demands, text: &[u8]) -> Verified {
        let require = &self.matcher.require;
        let count =
            |is: fn(&u8) -> bool| u32::try_from(text.iter().filter(|b| is(b)).count()).unwrap_or(u32::MAX);
        let shaped = count(u8::is_ascii_digit) >= require.digits
            && count(u8::is_ascii_uppercase) >= require.upper
            && count(u8::is_ascii_lowercase) >= require.lower
            && shape::distinct(text) >= require.distinct as usize
            && (require.entropy <= 0.0 || shape::entropy(text) >= require.entropy);
        if !shaped || demands.not.iter().any(|not| not.is_match(text)) {
            return Verified::No;
        }
        let is_key_block = require.check == Some(bartizan_content::leak::Structure::PrivateKey);
        let stand_in = if is_key_block {
            StandIn::No
        } else {
            shape::stand_in(text)
        };
        // A format that says little by itself has nothing to set against a doubt.
        let weak = self.matcher.confidence == Confidence::Low;
        if stand_in == StandIn::Certain || stand_in == StandIn::Likely && weak {
            return Verified::No;
        }
        let verified = require
            .check
            .map_or(Verified::Yes(None), |kind| verify::structure(kind, text));
        match verified {
            Verified::Yes(_) if stand_in == StandIn::Likely => Verified::Doubtful(
                "a run of successive characters in it suggests that it is made up".to_owned(),
            ),
            other => other,
        }
    }
}

impl Paths {
    fn new(matcher: &LeakMatcher) -> Self {
        let mut set = GlobSetBuilder::new();
        for glob in matcher
            .paths
            .iter()
            .filter_map(|text| globset::Glob::new(text).ok())
        {
            set.add(glob);
        }
        let pattern = |text: &Option<String>| text.as_deref().and_then(|text| load::compile(text).ok());
        Self {
            globs: (!matcher.paths.is_empty()).then(|| set.build().unwrap_or_default()),
            only: pattern(&matcher.path_pattern),
            not: pattern(&matcher.not_path_pattern),
        }
    }
}

impl Compiled {
    /// `None` when the pattern does not compile: foreign rules are checked when they are read, built-in ones at build
    /// time, so this does not happen unless a caller skipped that.
    fn new(matcher: &LeakMatcher) -> Option<Self> {
        let pattern = load::compile_for_short_texts(&matcher.pattern).ok()?;
        let named = pattern
            .group_info()
            .to_index(regex_automata::PatternID::ZERO, "secret");
        let secret_group = named.or_else(|| matcher.group.map(|group| group as usize));
        Some(Self {
            secret_group,
            demands: OnceLock::new(),
            pattern,
        })
    }

    fn captured(&self, input: &Input<'_>) -> Option<(Range<usize>, Range<usize>)> {
        self.pattern.search_half(input)?;
        let mut captures = self.pattern.create_captures();
        self.pattern.search_captures(input, &mut captures);
        let span = captures.get_match()?.range();
        let secret = match self.secret_group {
            Some(group) => captures.get_group(group).map(|group| group.range()),
            None => (1..captures.group_len())
                .find_map(|group| captures.get_group(group))
                .map(|group| group.range()),
        };
        let secret = secret
            .filter(|secret| !secret.is_empty())
            .unwrap_or_else(|| span.clone());
        Some((span, secret))
    }
}

impl Demands {
    /// `None` when one of the patterns does not compile, as for [`Compiled::new`].
    fn new(matcher: &LeakMatcher) -> Option<Self> {
        let compiled = |patterns: &[String]| -> Option<Vec<Regex>> {
            patterns.iter().map(|one| load::compile(one).ok()).collect()
        };
        Some(Self {
            near: match &matcher.near {
                Some(near) => Some((load::compile(&near.pattern).ok()?, near.bytes as usize)),
                None => None,
            },
            not: compiled(&matcher.require.not)?,
            not_whole: compiled(&matcher.require.not_whole)?,
        })
    }

    fn near_holds(&self, bytes: &[u8], span: &Range<usize>) -> bool {
        let Some((near, reach)) = &self.near else {
            return true;
        };
        let around = span.start.saturating_sub(*reach)..(span.end + reach).min(bytes.len());
        near.is_match(Input::new(bytes).span(around))
    }
}
