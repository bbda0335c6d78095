//! Places as sets: what lies within what, and with which metavariables.

use crate::sast::pattern::{Env, Facts, Options, same};
use bartizan_flow::PathStep;
use bartizan_syntax::{NodeId, Span};

/// How a place counts when it is joined with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A pattern.
    Plain,
    /// What something is inside of.
    Inside,
    /// What a regular expression matched.
    Text,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Where.
    pub span: Span,
    /// The node, where it is one: the first of several statements.
    pub node: Option<NodeId>,
    /// What the metavariables stand for.
    pub env: Env,
    /// How it counts.
    pub role: Role,
    /// For data that got here: the way that it took, the source first.
    pub steps: Vec<PathStep>,
}

/// Whether a place lies within another and no metavariable contradicts.
fn within(facts: &Facts<'_>, options: Options, inner: &Hit, outer: &Hit) -> bool {
    outer.span.holds(inner.span) && agree(facts, options, &inner.env, &outer.env)
}

fn agree(facts: &Facts<'_>, options: Options, left: &Env, right: &Env) -> bool {
    left.iter().all(|(name, bound)| {
        let group = name
            .trim_start_matches('$')
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        group
            || right
                .get(name)
                .is_none_or(|other| same(facts, options, bound, other))
    })
}

/// Places of either that lie within one of the other.
pub(super) fn intersection(facts: &Facts<'_>, options: Options, left: &[Hit], right: &[Hit]) -> Vec<Hit> {
    let mut found = Vec::new();
    for one in left {
        for other in right {
            for (inner, outer) in [(one, other), (other, one)] {
                let direction = inner.role != Role::Inside || outer.role == Role::Inside;
                if direction && within(facts, options, inner, outer) {
                    let hit = Hit {
                        env: inner.env.joined(&outer.env),
                        ..inner.clone()
                    };
                    if found.last() != Some(&hit) {
                        found.push(hit);
                    }
                }
            }
        }
    }
    dedup(found)
}

/// Without equal places.
pub(super) fn dedup(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.span.start, hit.span.end));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let mut recent = kept
            .iter()
            .rev()
            .take_while(|known| known.span == hit.span)
            .take(200);
        if !recent.any(|known| *known == hit) {
            kept.push(hit);
        }
    }
    kept
}

/// The places that none of `removed` takes away.
pub(super) fn difference(facts: &Facts<'_>, options: Options, hits: Vec<Hit>, removed: &[Hit]) -> Vec<Hit> {
    let taken = |hit: &Hit| {
        removed.iter().any(|other| match other.role {
            Role::Inside => within(facts, options, hit, other),
            Role::Text => within(facts, options, hit, other) || within(facts, options, other, hit),
            Role::Plain => within(facts, options, hit, other) && within(facts, options, other, hit),
        })
    };
    hits.into_iter().filter(|hit| !taken(hit)).collect()
}
