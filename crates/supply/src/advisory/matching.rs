//! From an inventory to findings.
//!
//! In: components and an index. Out: one finding for each component and vulnerability, and everything that could not be judged. Records
//! of the same vulnerability, as their aliases say, are one finding, whose evidence names each. A component is looked up in the
//! ecosystem that it came from and nowhere else: packages of a distribution by the distribution's advisories.

mod finding;
mod paths;
mod upgrade;
mod way;

use super::index::{Advisory, Index, IndexError, Listed, Package, Shelf, Storage};
use super::module;
use super::naming::{self, Release};
use super::range::{AffectedVersions, Event, Keys, Membership};
use super::severity::Rating;
use crate::ecosystem::Ecosystem;
use crate::version::{Scheme, VersionKey};
use bartizan_model::{Component, Finding, Remedy, Skipped};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Components that a thread takes at once.
const BATCH: usize = 128;

/// Ids that one line about what could not be judged names.
const MOST_NAMED: usize = 5;

/// What came of an inventory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matches {
    /// Findings, by component and id.
    pub findings: Vec<Finding>,
    /// For every component with findings, the smallest upgrade that closes the most of them.
    pub remedies: Vec<Remedy>,
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

/// A vulnerability of a component.
struct Vulnerability<'a> {
    /// The records that are about it.
    hits: Vec<Hit<'a>>,
    /// The smallest version that they call fixed and none of them contains.
    fixed: Option<String>,
    finding: Finding,
}

/// Matches components with advisories, in `jobs` threads at most (0 lets the machine decide). The result does not depend on it.
///
/// # Errors
/// When the index cannot be read or is damaged.
pub fn find<S: Storage + Sync>(
    index: &Index<S>,
    components: &[Component],
    jobs: usize,
) -> Result<Matches, IndexError> {
    let subjects: Vec<(Ecosystem, &Component)> = components
        .iter()
        .filter_map(|component| {
            let ecosystem = component.ecosystem.as_deref().map(Ecosystem::parse)?.ok()?;
            Some((ecosystem, component))
        })
        .collect();
    let ecosystems: BTreeSet<&'static str> = subjects.iter().map(|(ecosystem, _)| ecosystem.name()).collect();
    let ecosystems: Vec<&'static str> = ecosystems.into_iter().collect();
    let open = |names: &[&'static str]| -> Result<Vec<_>, IndexError> {
        let opened = names.iter().map(|name| Ok((*name, index.shelf(name)?)));
        opened.collect()
    };
    let mut shelves: BTreeMap<&'static str, Option<Shelf>> = BTreeMap::new();
    for opened in in_parallel(&ecosystems, 1, jobs, open) {
        shelves.extend(opened?);
    }
    let paths = paths::Paths::new(components);
    let judge_all = |subjects: &[(Ecosystem, &Component)]| -> Result<Matches, IndexError> {
        let mut matches = Matches::default();
        for (ecosystem, component) in subjects {
            if let Some(Some(shelf)) = shelves.get(ecosystem.name()) {
                judge(shelf, ecosystem, component, &paths, &mut matches)?;
            }
        }
        Ok(matches)
    };
    let judged = in_parallel(&subjects, BATCH, jobs, judge_all);
    let judged = judged.into_iter().collect::<Result<Vec<Matches>, IndexError>>()?;
    let mut all = Matches::default();
    all.findings
        .reserve_exact(judged.iter().map(|part| part.findings.len()).sum());
    for mut matches in judged {
        all.findings.append(&mut matches.findings);
        all.remedies.append(&mut matches.remedies);
        all.unjudged.append(&mut matches.unjudged);
    }
    let homeless = components.len() - subjects.len();
    if homeless > 0 {
        all.unjudged.push(Skipped {
            path: "inventory".to_owned(),
            reason: format!("components of no ecosystem that advisories speak of: {homeless}"),
            required: false,
        });
    }
    Ok(all)
}

/// What comes of batches of so many items, in the order of the items, made in `jobs` threads at most (0 lets the machine decide).
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    batch: usize,
    jobs: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let jobs = match jobs {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        asked => asked,
    };
    let batches: Vec<&[T]> = items.chunks(batch).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, batch)) = take(&batches, &next) {
            done.push((at, work(batch)));
        }
        done
    };
    let mut done = std::thread::scope(|scope| {
        // A machine that gives no more threads is no reason to fail: those that there are do all of the work.
        let handles: Vec<_> = (1..jobs.min(batches.len()))
            .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut done = work();
        for handle in handles {
            done.extend(
                handle
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The next batch that nobody has taken, with its number.
fn take<'b, T>(batches: &[&'b [T]], next: &AtomicUsize) -> Option<(usize, &'b [T])> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    batches.get(at).map(|batch| (at, *batch))
}

fn judge(
    shelf: &Shelf,
    ecosystem: &Ecosystem,
    component: &Component,
    paths: &paths::Paths<'_>,
    matches: &mut Matches,
) -> Result<(), IndexError> {
    let mut answers = Answers::default();
    for (name, version) in spellings(ecosystem, component) {
        let Some(package) = shelf.find(&naming::name(ecosystem.name(), name))? else {
            continue;
        };
        ask((ecosystem, component), version, &package, &mut answers)?;
    }
    let mut hits = Vec::with_capacity(answers.affected.len());
    for (place, entries) in answers.affected {
        answers.unknown.remove(&place);
        let advisory = shelf.advisory(place)?;
        hits.push(Hit { advisory, entries });
    }
    if !hits.is_empty() {
        let subject = finding::Subject::new(ecosystem, component, paths);
        let found: Vec<Vulnerability<'_>> = merge(hits)
            .into_iter()
            .map(|mut hits| {
                let fixed = fixed(subject.version(), &hits);
                let finding = subject.finding(&mut hits, fixed.as_deref());
                Vulnerability { hits, fixed, finding }
            })
            .collect();
        let remedy = upgrade::of(component, subject.version(), &found, paths);
        matches.remedies.push(remedy);
        matches.findings.extend(found.into_iter().map(|one| one.finding));
    }
    let mut unknown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, reason) in answers.unknown {
        unknown.entry(reason).or_default().push(shelf.advisory(place)?.id);
    }
    for (reason, mut ids) in unknown {
        ids.sort();
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

/// What the records about a component say, by the place of each record. Of a binary and its source package either may be named
/// by the same record.
#[derive(Default)]
struct Answers<'a> {
    affected: BTreeMap<u64, Vec<Entry<'a>>>,
    unknown: BTreeMap<u64, String>,
}

fn ask<'a>(
    (ecosystem, component): (&Ecosystem, &Component),
    version: Option<&str>,
    package: &Package<'a>,
    answers: &mut Answers<'a>,
) -> Result<(), IndexError> {
    let narrowed = |release: Option<&str>| naming::release(ecosystem, module::split(release).0);
    let speaks = |release: Option<&str>| narrowed(release) != Release::Other;
    let mut keys = version.map(Keys::new);
    let is_rpm = ecosystem.scheme() == Some(Scheme::Rpm);
    package.listed(speaks, |place, listed| {
        if narrowed(listed.release) == Release::Unknown {
            let reason = "the release of the distribution is not known".to_owned();
            answers.unknown.insert(place, reason);
            return Ok(());
        }
        let stream = if is_rpm {
            module::speaks(component, &listed)
        } else {
            Release::Same
        };
        let Some(keys) = &mut keys else {
            answers
                .unknown
                .insert(place, "its version is not known".to_owned());
            return Ok(());
        };
        if stream == Release::Other {
            return Ok(());
        }
        let versions = listed.compile(ecosystem);
        match versions.contains_keyed(keys) {
            Membership::Affected if stream == Release::Unknown => {
                let reason = "the stream of its module, or of the advisory's, is not known".to_owned();
                answers.unknown.insert(place, reason);
            }
            Membership::Affected => {
                let entries = answers.affected.entry(place).or_default();
                entries.push(Entry { listed, versions });
            }
            Membership::NotAffected => {}
            Membership::Unknown(why) => {
                answers.unknown.insert(place, why.to_string());
            }
        }
        Ok(())
    })
}

/// Groups records of the same vulnerability. An advisory of a distribution that answers to one vulnerability is one of them; one
/// that answers to several stays by itself.
fn merge(hits: Vec<Hit<'_>>) -> Vec<Vec<Hit<'_>>> {
    if hits.len() == 1 {
        return vec![hits];
    }
    let mut groups = Groups {
        parents: Vec::with_capacity(hits.len()),
        named: HashMap::with_capacity(hits.len() * 3),
    };
    for (at, hit) in hits.iter().enumerate() {
        groups.add(at);
        for id in hit.advisory.same() {
            groups.name(at, id);
        }
    }
    let roots: Vec<usize> = (0..hits.len()).map(|at| groups.root(at)).collect();
    let mut merged: BTreeMap<usize, Vec<Hit<'_>>> = BTreeMap::new();
    for (hit, root) in hits.into_iter().zip(roots) {
        merged.entry(root).or_default().push(hit);
    }
    merged.into_values().collect()
}

/// Sets of positions that share an id; the least position stands for its set.
struct Groups<'a> {
    parents: Vec<usize>,
    named: HashMap<&'a str, usize>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, at: usize) {
        self.parents.push(at);
    }

    fn name(&mut self, at: usize, id: &'a str) {
        let other = *self.named.entry(id).or_insert(at);
        let (a, b) = (self.root(at), self.root(other));
        if let Some(parent) = self.parents.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }

    fn root(&self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at)
            && *parent != at
        {
            at = *parent;
        }
        at
    }
}

impl Advisory {
    /// Ids of the same vulnerability.
    fn same(&self) -> impl Iterator<Item = &str> {
        let upstream = match self.upstream.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        };
        let others = self.aliases.iter().map(String::as_str).chain(upstream);
        [self.id.as_str()].into_iter().chain(others)
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

/// The smallest version after the one with the key `now` that a record names as fixed and none of them contains.
fn fixed((scheme, now): (Scheme, &VersionKey), hits: &[Hit<'_>]) -> Option<String> {
    let entries = || hits.iter().flat_map(|hit| &hit.entries);
    let mut candidates: Vec<&str> = entries()
        .flat_map(|entry| &entry.listed.ranges)
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            Event::Fixed(fixed) => Some(*fixed),
            _ => None,
        })
        .filter(|fixed| scheme.is_above(fixed, now))
        .collect();
    if candidates.len() > 1 {
        candidates.sort_by_cached_key(|version| (scheme.key(version), *version));
    }
    let is_clean = |version: &&str| {
        let mut keys = Keys::new(version);
        entries().all(|entry| entry.versions.contains_keyed(&mut keys) == Membership::NotAffected)
    };
    candidates.into_iter().find(is_clean).map(str::to_owned)
}
