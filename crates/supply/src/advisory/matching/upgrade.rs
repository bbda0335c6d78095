//! The smallest upgrade of a component that closes the most of its findings.
//!
//! In: the vulnerabilities of one component, and the findings made of them. Out: a [`Remedy`]. Only versions that an advisory names
//! as fixed are weighed: that others exist is not known.

use super::Hit;
use crate::advisory::range::{Event, Keys, Membership};
use crate::version::{Scheme, VersionKey};
use bartizan_model::{Component, Finding, Remedy, Severity, Upgrade};

/// Versions that are weighed, the greatest of those that advisories name.
const MOST_WEIGHED: usize = 64;

/// The remedy for a component with these vulnerabilities. `now` is the key of its version.
pub(super) fn of(
    component: &Component,
    (scheme, now): (Scheme, &VersionKey),
    vulnerabilities: &[(Vec<Hit<'_>>, Finding)],
) -> Remedy {
    let mut best: (usize, Option<&str>) = (0, None);
    for version in candidates((scheme, now), vulnerabilities) {
        let mut keys = Keys::new(version);
        let closed = vulnerabilities
            .iter()
            .filter(|(hits, _)| is_closed(hits, &mut keys))
            .count();
        if closed > best.0 {
            best = (closed, Some(version));
        }
    }
    let (_, to) = best;
    let mut keys = to.map(Keys::new);
    let (mut closes, mut leaves) = (Vec::new(), Vec::new());
    for (hits, finding) in vulnerabilities {
        let is_closed = keys.as_mut().is_some_and(|keys| is_closed(hits, keys));
        let list = if is_closed { &mut closes } else { &mut leaves };
        list.push(finding.fingerprint.clone());
    }
    let (name, version) = (&component.name, component.version.as_deref().unwrap_or_default());
    Remedy {
        description: to.map_or_else(
            || format!("replace or isolate `{name}` {version}: no version is known that closes anything"),
            |to| format!("upgrade `{name}` from {version} to {to}"),
        ),
        upgrade: to.map(|to| Upgrade {
            component: component.purl.clone(),
            from: component.version.clone(),
            to: to.to_owned(),
        }),
        decision: None,
        severity: vulnerabilities
            .iter()
            .map(|(_, finding)| finding.severity)
            .max()
            .unwrap_or(Severity::Info),
        closes,
        leaves,
    }
}

fn is_closed(hits: &[Hit<'_>], keys: &mut Keys<'_>) -> bool {
    let mut entries = hits.iter().flat_map(|hit| &hit.entries);
    entries.all(|entry| entry.versions.contains_keyed(keys) == Membership::NotAffected)
}

/// Versions that an advisory names as fixed, later than now, the smallest first.
fn candidates<'h>(
    (scheme, now): (Scheme, &VersionKey),
    vulnerabilities: &'h [(Vec<Hit<'_>>, Finding)],
) -> Vec<&'h str> {
    let mut named: Vec<&str> = vulnerabilities
        .iter()
        .flat_map(|(hits, _)| hits)
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
