//! The smallest upgrade of a component that closes the most of its findings.
//!
//! In: the vulnerabilities of one component, and the findings made of them. Out: a [`Remedy`]. Only versions that an advisory names
//! as fixed are weighed: that others exist is not known.

use super::paths::Paths;
use super::{Hit, Vulnerability, way};
use crate::advisory::range::{Event, Keys, Membership};
use crate::version::{Scheme, VersionKey};
use bartizan_model::{Component, Remedy, Severity, Upgrade};

/// Versions that are weighed, the greatest of those that advisories name.
const MOST_WEIGHED: usize = 64;

/// The remedy for a component with these vulnerabilities. `now` is the key of its version.
pub(super) fn of(
    component: &Component,
    (scheme, now): (Scheme, &VersionKey),
    vulnerabilities: &[Vulnerability<'_>],
    paths: &Paths<'_>,
) -> Remedy {
    let to = plain((scheme, now), vulnerabilities).or_else(|| searched((scheme, now), vulnerabilities));
    let mut keys = to.map(Keys::new);
    let (mut closes, mut leaves) = (Vec::new(), Vec::new());
    for one in vulnerabilities {
        let is_closed = keys.as_mut().is_some_and(|keys| is_closed(&one.hits, keys));
        let list = if is_closed { &mut closes } else { &mut leaves };
        list.push(one.finding.fingerprint.clone());
    }
    let (name, version) = (&component.name, component.version.as_deref().unwrap_or_default());
    let way = to.and_then(|to| way::to(component, to, paths));
    let description = match (to, &way) {
        (None, _) => {
            format!("replace or isolate `{name}` {version}: no version is known that closes anything")
        }
        (Some(to), None) => format!("upgrade `{name}` from {version} to {to}"),
        (Some(_), Some((_, description))) => description.clone(),
    };
    Remedy {
        description,
        upgrade: to.map(|to| Upgrade {
            component: component.purl.clone(),
            from: component.version.clone(),
            to: to.to_owned(),
            by_way_of: way.map(|(way, _)| way),
        }),
        decision: None,
        severity: vulnerabilities
            .iter()
            .map(|one| one.finding.severity)
            .max()
            .unwrap_or(Severity::Info),
        closes,
        leaves,
    }
}

/// The greatest of the versions that close one vulnerability each, where it closes them all. No smaller version does: what ends only
/// with a fix contains everything up to it.
fn plain<'h>(
    (scheme, _): (Scheme, &VersionKey),
    vulnerabilities: &'h [Vulnerability<'_>],
) -> Option<&'h str> {
    let fixed: Option<Vec<&str>> = vulnerabilities.iter().map(|one| one.fixed.as_deref()).collect();
    let greatest = fixed?.into_iter().max_by_key(|version| scheme.key(version))?;
    let mut keys = Keys::new(greatest);
    let closes = |one: &Vulnerability<'_>| ends_with_fixes(&one.hits) && is_closed(&one.hits, &mut keys);
    vulnerabilities.iter().all(closes).then_some(greatest)
}

fn ends_with_fixes(hits: &[Hit<'_>]) -> bool {
    let mut entries = hits.iter().flat_map(|hit| &hit.entries);
    entries.all(|entry| {
        let mut events = entry.listed.ranges.iter().flat_map(|(_, events)| events);
        entry.listed.versions.is_empty()
            && events.all(|event| matches!(event, Event::Introduced(_) | Event::Fixed(_)))
    })
}

/// The smallest of the candidates that closes the most; none where none closes any.
fn searched<'h>(now: (Scheme, &VersionKey), vulnerabilities: &'h [Vulnerability<'_>]) -> Option<&'h str> {
    let mut best: (usize, Option<&str>) = (0, None);
    for version in candidates(now, vulnerabilities) {
        let mut keys = Keys::new(version);
        let closed = vulnerabilities
            .iter()
            .filter(|one| is_closed(&one.hits, &mut keys))
            .count();
        if closed > best.0 {
            best = (closed, Some(version));
        }
    }
    best.1
}

fn is_closed(hits: &[Hit<'_>], keys: &mut Keys<'_>) -> bool {
    let mut entries = hits.iter().flat_map(|hit| &hit.entries);
    entries.all(|entry| entry.versions.contains_keyed(keys) == Membership::NotAffected)
}

/// Versions that an advisory names as fixed, later than now, the smallest first.
fn candidates<'h>(
    (scheme, now): (Scheme, &VersionKey),
    vulnerabilities: &'h [Vulnerability<'_>],
) -> Vec<&'h str> {
    let mut named: Vec<&str> = vulnerabilities
        .iter()
        .flat_map(|one| &one.hits)
        .flat_map(|hit| &hit.entries)
        .flat_map(|entry| &entry.listed.ranges)
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            Event::Fixed(version) => Some(*version),
            _ => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    let mut keyed: Vec<(VersionKey, &str)> = named
        .into_iter()
        .map(|version| (scheme.key(version), version))
        .filter(|(key, _)| key > now)
        .collect();
    keyed.sort_unstable();
    let first = keyed.len().saturating_sub(MOST_WEIGHED);
    keyed
        .into_iter()
        .skip(first)
        .map(|(_, version)| version)
        .collect()
}
