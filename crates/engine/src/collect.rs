//! Gathers what the workers found and puts it into an order that does not depend on them.

use crate::cache::{CachedEntry, CachedUnit};
use crate::check::Check;
use crate::order::report_order;
use crate::program::Judged;
use crate::run::{Outcome, finish_check, status_of};
use crate::sink::{Content, Fact, InlineWaiver};
use bartizan_model::{CheckRun, Component, Finding, PackageUrl, Skipped, Stats};
use bartizan_source::Unit;
use sha2::{Digest, Sha256};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// What one check did in one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CheckTally {
    pub(crate) files: u64,
    pub(crate) findings: u64,
    pub(crate) errors: Vec<String>,
    pub(crate) panics: Vec<String>,
    /// Why there was nothing to judge, known once every file was read.
    pub(crate) not_applicable: Option<String>,
}

/// What was found in one entry (a file with all its windows, or an archive with all its members).
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) findings: Vec<Finding>,
    pub(crate) components: Vec<Component>,
    /// Facts, each with the index of the check that noted it.
    pub(crate) facts: Vec<(usize, Fact)>,
    pub(crate) waivers: Vec<(String, InlineWaiver)>,
    pub(crate) contents: Vec<Content>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) checks: Vec<CheckTally>,
    pub(crate) units: Vec<CachedUnit>,
    pub(crate) from_cache: bool,
    open: Option<(String, blake3::Hasher)>,
    bytes: u64,
}

impl Tally {
    pub(crate) fn new(checks: usize) -> Self {
        Self {
            findings: Vec::new(),
            components: Vec::new(),
            facts: Vec::new(),
            waivers: Vec::new(),
            contents: Vec::new(),
            skipped: Vec::new(),
            checks: vec![CheckTally::default(); checks],
            units: Vec::new(),
            from_cache: false,
            open: None,
            bytes: 0,
        }
    }

    pub(crate) fn check(&mut self, index: usize) -> &mut CheckTally {
        if index >= self.checks.len() {
            self.checks.resize_with(index + 1, CheckTally::default);
        }
        // The line above made room for it.
        #[allow(clippy::indexing_slicing)]
        &mut self.checks[index]
    }

    /// Counts a unit and digests its bytes.
    pub(crate) fn start_unit(&mut self, unit: &Unit<'_>) {
        if unit.window.offset == 0 {
            self.close_unit();
            self.open = Some((unit.meta.path.to_string(), blake3::Hasher::new()));
            self.bytes = 0;
        }
        let fresh = unit.bytes.get(unit.window.overlap..).unwrap_or_default();
        if let Some((_, hasher)) = &mut self.open {
            hasher.update(fresh);
        }
        self.bytes += fresh.len() as u64;
        if unit.window.last {
            self.close_unit();
        }
    }

    fn close_unit(&mut self) {
        if let Some((path, hasher)) = self.open.take() {
            self.units.push(CachedUnit {
                path,
                bytes: self.bytes,
                content: *hasher.finalize().as_bytes(),
            });
        }
    }

    pub(crate) fn take_cached(&mut self, cached: CachedEntry) {
        *self = cached.into_tally();
        self.from_cache = true;
    }
}

/// What one worker gathered.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    /// Position of the entry in the source's list, and what was found in it.
    pub(crate) tallies: Vec<(usize, Tally)>,
    /// What checks came to that judge all of their files together, with the number of the check.
    pub(crate) programs: Vec<(usize, Judged)>,
    pub(crate) cache_error: Option<String>,
}

impl Collector {
    /// Adds what was found in an entry, and gives it back as it is kept.
    pub(crate) fn add(&mut self, position: usize, mut tally: Tally) -> Option<&Tally> {
        tally.close_unit();
        self.tallies.push((position, tally));
        self.tallies.last().map(|(_, tally)| tally)
    }

    pub(crate) fn reuse(&mut self, position: usize, cached: CachedEntry) {
        let mut tally = cached.into_tally();
        tally.from_cache = true;
        self.tallies.push((position, tally));
    }

    pub(crate) fn merge(workers: Vec<Self>) -> Self {
        let mut all = Self::default();
        for mut worker in workers {
            all.tallies.append(&mut worker.tallies);
            all.cache_error = all.cache_error.or(worker.cache_error);
        }
        all.tallies.sort_by_key(|(position, _)| *position);
        all
    }

    pub(crate) fn into_outcome(
        self,
        checks: &[Box<dyn Check>],
        mut skipped: Vec<Skipped>,
        interrupted: bool,
    ) -> Outcome {
        let mut totals = vec![CheckTally::default(); checks.len()];
        let mut findings = Vec::new();
        let mut components = Vec::new();
        let mut facts = vec![Vec::new(); checks.len()];
        let mut inline_waivers = Vec::new();
        let mut contents = Vec::new();
        let mut stats = Stats::default();
        let mut units = Vec::new();
        for (_, tally) in self.tallies {
            for (total, one) in totals.iter_mut().zip(tally.checks) {
                total.files += one.files;
                total.findings += one.findings;
                total.errors.extend(one.errors);
                total.panics.extend(one.panics);
            }
            stats.files += tally.units.len() as u64;
            stats.cached += if tally.from_cache {
                tally.units.len() as u64
            } else {
                0
            };
            stats.bytes += tally.units.iter().map(|unit| unit.bytes).sum::<u64>();
            units.extend(tally.units);
            findings.extend(tally.findings);
            components.extend(tally.components);
            for (index, fact) in tally.facts {
                if let Some(own) = facts.get_mut(index) {
                    own.push(fact);
                }
            }
            inline_waivers.extend(tally.waivers);
            contents.extend(tally.contents);
            skipped.extend(tally.skipped);
        }
        let mut measured = None;
        for (index, judged) in self.programs {
            measured = measured.or(judged.measured);
            if let Some(total) = totals.get_mut(index) {
                total.findings += judged.tally.findings;
                total.errors.extend(judged.tally.errors);
                total.panics.extend(judged.tally.panics);
            }
            findings.extend(judged.findings);
        }
        if !interrupted {
            for ((check, mut own), total) in checks.iter().zip(facts).zip(&mut totals) {
                own.sort();
                findings.extend(finish_check(check.as_ref(), &own, total));
            }
        }
        skipped.sort();
        skipped.dedup();
        inline_waivers.sort_by(|(a, x), (b, y)| (a, x.line, &x.rule).cmp(&(b, y.line, &y.rule)));
        let checks = checks.iter().zip(totals).map(|(check, total)| CheckRun {
            check: check.meta().id.to_owned(),
            required: check.meta().required,
            files: total.files,
            findings: total.findings,
            status: status_of(total),
        });
        Outcome {
            checks: checks.collect(),
            findings: merge_findings(findings),
            components: merge_components(components),
            inline_waivers,
            contents,
            measured,
            skipped,
            stats,
            sha256: digest_of(units),
            interrupted,
            cache_error: self.cache_error,
        }
    }
}

/// One finding for each fingerprint, with all its places, in the order of the report.
fn merge_findings(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut by_fingerprint: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let key = finding.fingerprint.as_str().to_owned();
        match by_fingerprint.get(&key).and_then(|&at| merged.get_mut(at)) {
            Some(first) => first.locations.extend(finding.locations),
            None => {
                by_fingerprint.insert(key, merged.len());
                merged.push(finding);
            }
        }
    }
    for finding in &mut merged {
        // The first place stays first: the snippet belongs to it.
        if let Some((first, rest)) = finding.locations.split_first() {
            let mut rest: Vec<_> = rest.iter().filter(|at| *at != first).cloned().collect();
            rest.sort();
            rest.dedup();
            rest.insert(0, first.clone());
            finding.locations = rest;
        }
    }
    merged.sort_by(report_order);
    merged
}

/// One component for each package URL, with everything that is known of it, ordered by package URL.
fn merge_components(components: Vec<Component>) -> Vec<Component> {
    let mut merged: BTreeMap<PackageUrl, Component> = BTreeMap::new();
    for component in components {
        match merged.entry(component.purl.clone()) {
            Entry::Vacant(place) => {
                place.insert(component);
            }
            Entry::Occupied(mut known) => known.get_mut().absorb(component),
        }
    }
    for component in merged.values_mut() {
        component.tidy();
    }
    merged.into_values().collect()
}

fn digest_of(mut units: Vec<CachedUnit>) -> String {
    units.sort_by(|a, b| (&a.path, &a.content).cmp(&(&b.path, &b.content)));
    let mut hasher = Sha256::new();
    for unit in &units {
        hasher.update((unit.path.len() as u64).to_le_bytes());
        hasher.update(unit.path.as_bytes());
        hasher.update(unit.content);
    }
    bartizan_model::encoding::hex(&hasher.finalize())
}
