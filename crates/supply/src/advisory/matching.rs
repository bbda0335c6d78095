//! From an inventory to findings.
//!
//! In: components and an index. Out: one finding for each component and vulnerability, and everything that could not be judged. Records
//! of the same vulnerability, as their aliases say, are one finding, whose evidence names each. A component is looked up in the
//! ecosystem that it came from and nowhere else: packages of a distribution by the distribution's advisories.

mod finding;
mod paths;

use super::index::{Advisory, Index, IndexError, Listed, Shelf, Storage};
use super::naming::{self, Release};
use super::range::{AffectedVersions, Event, Membership};
use super::severity::Rating;
use crate::ecosystem::Ecosystem;
use crate::version::Scheme;
use bartizan_model::{Component, Finding, Skipped};
use std::collections::{BTreeMap, HashMap};

/// Ids that one line about what could not be judged names.
const MOST_NAMED: usize = 5;

/// What came of an inventory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matches {
    /// Findings, by component and id.
    pub findings: Vec<Finding>,
    /// Components about which nothing can be said, or not everything.
    pub unjudged: Vec<Skipped>,
}

/// A record that speaks of a component's version.
pub(crate) struct Hit<'a> {
    advisory: Advisory,
    entries: Vec<Entry<'a>>,
}

/// An entry of a record that contains the version, or cannot tell.
struct Entry<'a> {
    listed: Listed<'a>,
    versions: AffectedVersions,
}

/// Matches components with advisories.
///
/// # Errors
/// When the index cannot be read or is damaged.
pub fn find<S: Storage>(index: &Index<S>, components: &[Component]) -> Result<Matches, IndexError> {
    let mut matches = Matches::default();
    let mut shelves: BTreeMap<&'static str, Option<Shelf>> = BTreeMap::new();
    let mut homeless = 0_usize;
    let paths = paths::Paths::new(components);
    for component in components {
        let ecosystem = component.ecosystem.as_deref().map(Ecosystem::parse);
        let Some(Ok(ecosystem)) = ecosystem else {
            homeless += 1;
            continue;
        };
        if !shelves.contains_key(ecosystem.name()) {
            shelves.insert(ecosystem.name(), index.shelf(ecosystem.name())?);
        }
        let Some(Some(shelf)) = shelves.get(ecosystem.name()) else {
            continue;
        };
        judge(shelf, &ecosystem, component, &paths, &mut matches)?;
    }
    if homeless > 0 {
        matches.unjudged.push(Skipped {
            path: "inventory".to_owned(),
            reason: format!("components of no ecosystem that advisories speak of: {homeless}"),
            required: false,
        });
    }
    Ok(matches)
}

fn judge(
    shelf: &Shelf,
    ecosystem: &Ecosystem,
    component: &Component,
    paths: &paths::Paths<'_>,
    matches: &mut Matches,
) -> Result<(), IndexError> {
    let mut hits: Vec<Hit<'_>> = Vec::new();
    let mut unknown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, version) in spellings(ecosystem, component) {
        let Some(package) = shelf.find(&naming::name(ecosystem.name(), name))? else {
            continue;
        };
        for (place, listed) in package.listed()? {
            match ask(ecosystem, version, listed) {
                Answer::Affected(entries) => {
                    let advisory = shelf.advisory(place)?;
                    // Of a binary and its source package, either may be named.
                    if !hits.iter().any(|hit| hit.advisory.id == advisory.id) {
                        hits.push(Hit { advisory, entries });
                    }
                }
                Answer::Unknown(reason) => {
                    unknown.entry(reason).or_default().push(shelf.advisory(place)?.id);
                }
                Answer::NotAffected => {}
            }
        }
    }
    for group in merge(hits) {
        matches
            .findings
            .push(finding::of(ecosystem, component, &group, paths));
    }
    for (reason, mut ids) in unknown {
        ids.sort();
        ids.dedup();
        let more = match ids.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        ids.truncate(MOST_NAMED);
        matches.unjudged.push(Skipped {
            path: component.purl.to_string(),
            reason: format!("not judged by {}{more}: {reason}", ids.join(", ")),
            required: false,
        });
    }
    Ok(())
}

/// The names under which advisories may speak of a component, each with the version that counts there.
fn spellings<'a>(ecosystem: &Ecosystem, component: &'a Component) -> Vec<(&'a str, Option<&'a str>)> {
    let own = component.version.as_deref();
    let strip = |version: Option<&'a str>| version.map(|version| naming::version(ecosystem.name(), version));
    let binary = (component.name.as_str(), strip(own));
    let Some(source) = &component.source else {
        return vec![binary];
    };
    let source = (source.name.as_str(), strip(source.version.as_deref().or(own)));
    if naming::by_source(ecosystem.name()) || source == binary {
        vec![source]
    } else {
        vec![source, binary]
    }
}

enum Answer<'a> {
    Affected(Vec<Entry<'a>>),
    NotAffected,
    Unknown(String),
}

fn ask<'a>(ecosystem: &Ecosystem, version: Option<&str>, listed: Vec<Listed<'a>>) -> Answer<'a> {
    let mut affected = Vec::new();
    let mut unknown = None;
    for listed in listed {
        match naming::release(ecosystem, listed.release) {
            Release::Other => continue,
            Release::Unknown => {
                unknown = Some("the release of the distribution is not known".to_owned());
                continue;
            }
            Release::Same => {}
        }
        let Some(version) = version else {
            unknown = Some("its version is not known".to_owned());
            continue;
        };
        let versions = listed.compile(ecosystem);
        match versions.contains(version) {
            Membership::Affected => affected.push(Entry { listed, versions }),
            Membership::NotAffected => {}
            Membership::Unknown(why) => unknown = Some(why.to_string()),
        }
    }
    match (affected.is_empty(), unknown) {
        (false, _) => Answer::Affected(affected),
        (true, Some(reason)) => Answer::Unknown(reason),
        (true, None) => Answer::NotAffected,
    }
}

/// Groups records of the same vulnerability. An advisory of a distribution that answers to one vulnerability is one of them; one
/// that answers to several stays by itself.
fn merge(hits: Vec<Hit<'_>>) -> Vec<Vec<Hit<'_>>> {
    let mut group_of: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<Hit<'_>>> = Vec::new();
    for hit in hits {
        let ids = hit.advisory.same();
        let mut joined: Vec<usize> = ids.iter().filter_map(|id| group_of.get(*id).copied()).collect();
        joined.sort_unstable();
        joined.dedup();
        let target = joined.first().copied().unwrap_or(groups.len());
        for id in ids {
            group_of.insert(id.to_owned(), target);
        }
        if groups.len() == target {
            groups.push(Vec::new());
        }
        for other in joined.into_iter().skip(1) {
            let moved = groups.get_mut(other).map(std::mem::take).unwrap_or_default();
            group_of
                .values_mut()
                .filter(|group| **group == other)
                .for_each(|group| *group = target);
            if let Some(group) = groups.get_mut(target) {
                group.extend(moved);
            }
        }
        if let Some(group) = groups.get_mut(target) {
            group.push(hit);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

impl Advisory {
    /// Ids of the same vulnerability.
    fn same(&self) -> Vec<&str> {
        let upstream = match self.upstream.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        };
        let others = self.aliases.iter().map(String::as_str).chain(upstream);
        [self.id.as_str()].into_iter().chain(others).collect()
    }
}

impl Hit<'_> {
    /// The rating that counts: that of the package where there is one.
    fn rating(&self) -> Rating {
        let own = self.entries.iter().filter_map(|entry| entry.listed.rating);
        own.reduce(Rating::max)
            .filter(|rating| rating.severity().is_some())
            .unwrap_or(self.advisory.rating)
    }
}

/// The smallest version after `version` that a record names as fixed and none of them contains.
fn fixed(ecosystem: &Ecosystem, version: &str, hits: &[Hit<'_>]) -> Option<String> {
    let scheme = ecosystem.scheme().unwrap_or(Scheme::SemVer);
    let entries = || hits.iter().flat_map(|hit| &hit.entries);
    let now = scheme.key(version);
    let mut candidates: Vec<_> = entries()
        .flat_map(|entry| &entry.listed.ranges)
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            Event::Fixed(fixed) => Some((scheme.key(fixed), *fixed)),
            _ => None,
        })
        .filter(|(key, _)| *key > now)
        .collect();
    candidates.sort();
    let is_clean =
        |version: &str| entries().all(|entry| entry.versions.contains(version) == Membership::NotAffected);
    candidates
        .into_iter()
        .map(|(_, version)| version)
        .find(|version| is_clean(version))
        .map(str::to_owned)
}
