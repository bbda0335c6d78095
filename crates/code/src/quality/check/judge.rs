//! What all files together come to: duplicates and sums; coverage is in [`super::covered`].

use super::QualityCheck;
use super::measure::{Measured, Own};
use super::passages::{Passage, passages};
use crate::quality::duplication::{self, Limits, Tokens};
use crate::quality::rules::Duplicate;
use bartizan_engine::rule::{Found, Place, Verdicts};
use bartizan_engine::{Part, Sink};
use bartizan_model::{self as model, Fingerprint, Location, Measures};
use std::collections::BTreeMap;

/// Most findings of duplicates.
const MOST_DUPLICATES: usize = 200;
/// Other places that a finding of a duplicate names.
const MOST_PLACES: usize = 20;
/// Minutes that it takes to make one of a duplicate and what it repeats.
const DUPLICATE_MINUTES: u64 = 10;

/// What was summed up so far.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) measures: Measures,
    minutes: BTreeMap<Fingerprint, u64>,
    worst: BTreeMap<String, (u64, Location)>,
}

impl Sums {
    /// Notes a place for a condition, where there is more to do than at those before.
    pub(super) fn note(&mut self, condition: &str, much: u64, at: &Location) {
        let worst = self.worst.entry(condition.to_owned());
        let worst = worst.or_insert_with(|| (much, at.clone()));
        if much > worst.0 {
            *worst = (much, at.clone());
        }
    }
}

impl QualityCheck {
    /// Judges all files, those to compare with among them.
    pub(super) fn judge_all(&self, parts: &[(String, Part)], beside: &[String], out: &mut Sink) {
        let own: Vec<(&str, &Own)> = parts
            .iter()
            .filter_map(|(path, part)| match part.downcast_ref() {
                Some(Measured::Own(own)) => Some((path.as_str(), own.as_ref())),
                _ => None,
            })
            .collect();
        let mut sums = Sums::default();
        for (path, own) in &own {
            add(path, own, &mut sums);
        }
        let around: Vec<(&str, &Tokens)> = parts
            .iter()
            .filter_map(|(path, part)| match part.downcast_ref() {
                Some(Measured::Around(tokens)) => Some((path.as_str(), tokens)),
                _ => None,
            })
            .collect();
        self.duplicates(&own, &around, &mut sums, out);
        let paths = parts.iter().map(|(path, _)| path).chain(beside);
        let paths: Vec<&str> = paths.map(String::as_str).collect();
        self.coverage(&own, &paths, &mut sums, out);
        let changed = own
            .iter()
            .filter_map(|(path, own)| Some(((*path).to_owned(), own.changed.clone()?)));
        out.measured(model::Measured {
            scope: self.options.scope,
            measures: sums.measures,
            minutes: sums.minutes,
            changed: changed.collect(),
            worst: sums.worst.into_iter().map(|(name, (_, at))| (name, at)).collect(),
        });
    }

    fn duplicates(&self, own: &[(&str, &Own)], around: &[(&str, &Tokens)], sums: &mut Sums, out: &mut Sink) {
        let products = own
            .iter()
            .filter_map(|(path, own)| Some((*path, own.tokens.as_ref()?, Some(*own))));
        let files: Vec<(&str, &Tokens, Option<&Own>)> = around
            .iter()
            .map(|(path, tokens)| (*path, *tokens, None))
            .chain(products)
            .collect();
        let tokens: Vec<&Tokens> = files.iter().map(|file| file.1).collect();
        let found = duplication::duplicates(&tokens, around.len(), Limits::default());
        for (path, ..) in found.limited.iter().filter_map(|file| files.get(*file)) {
            out.error(format!("{path}: more code stands twice than is compared"));
        }
        for ((path, _, own), lines) in files.iter().zip(&found.lines) {
            let Some(own) = own else { continue };
            let lines = lines.iter().flat_map(|(first, last)| *first..=*last);
            let here: Vec<u32> = lines.filter(|line| own.has(*line)).collect();
            sums.measures.duplicated += here.len() as u64;
            if let Some(first) = here.first() {
                let at = Place(*first, 1, *first, 1).location(path);
                sums.note("duplication", here.len() as u64, &at);
            }
        }
        if !self.options.enabled.has(Duplicate::ABOUT.id) {
            return;
        }
        let pairs = found.pairs.iter().filter_map(|pair| {
            let ends = [(pair.copy, pair.original), (pair.original, pair.copy)];
            let shown = ends.into_iter().find(|(here, _)| {
                let own = files.get(here.file).and_then(|file| file.2);
                own.is_some_and(|own| own.touches(here.first_line, here.last_line))
            });
            shown.map(|(here, there)| (here, there, pair.tokens))
        });
        let paths: Vec<&str> = files.iter().map(|file| file.0).collect();
        tell_duplicates(&passages(pairs.collect()), &paths, sums, out);
    }
}

/// Tells passages that stand somewhere else, too.
fn tell_duplicates(passages: &[Passage], paths: &[&str], sums: &mut Sums, out: &mut Sink) {
    let path = |part: &duplication::Part| paths.get(part.file).copied().unwrap_or_default();
    let place = |part: &duplication::Part| Place(part.first_line, 1, part.last_line, 1);
    let mut ordinals: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for passage in passages.iter().take(MOST_DUPLICATES) {
        let Some(other) = passage.others.first() else {
            continue;
        };
        let here = &passage.here;
        let ordinal = ordinals.entry((path(here), path(other))).or_default();
        *ordinal += 1;
        let lines = here.last_line - here.first_line + 1;
        let size = match passage.runs {
            1 => format!("{lines} lines ({} tokens)", passage.tokens),
            _ => format!("{lines} lines"),
        };
        let where_else = |other: &duplication::Part| {
            if other.file == here.file {
                "in this file".to_owned()
            } else {
                format!("in `{}`", path(other))
            }
        };
        let elsewhere = where_else(other);
        let (first, last) = (other.first_line, other.last_line);
        let more = match passage.others.len() - 1 {
            0 => String::new(),
            1 => " and 1 more place".to_owned(),
            more => format!(" and {more} more places"),
        };
        let found = Found {
            message: format!("{size} stand {elsewhere}, too: lines {first}-{last}{more}"),
            key: format!("{} {ordinal}", path(other)),
            fix: format!("make one function of these lines and lines {first}-{last} {elsewhere}"),
            ..Found::default()
        };
        let places = std::iter::once(here).chain(passage.others.iter().take(MOST_PLACES));
        let places: Vec<(&str, Place)> = places.map(|part| (path(part), place(part))).collect();
        Verdicts::new(&Duplicate::ABOUT, out).finding(found, &places);
        if let Some(finding) = out.findings().last() {
            sums.minutes
                .insert(finding.fingerprint.clone(), DUPLICATE_MINUTES);
            sums.note(
                "maintainability",
                DUPLICATE_MINUTES,
                &place(here).location(path(here)),
            );
        }
    }
    if let Some(more @ 1..) = passages.len().checked_sub(MOST_DUPLICATES) {
        out.error(format!("{more} more duplicates than are told one by one"));
    }
}

/// Adds what was measured of one file.
fn add(path: &str, own: &Own, sums: &mut Sums) {
    let (measures, size) = (&mut sums.measures, &own.size);
    if own.tokens.is_none() {
        measures.tests += u64::from(size.code);
        return;
    }
    measures.files += 1;
    measures.lines += u64::from(size.lines);
    measures.code += u64::from(size.code);
    measures.comments += u64::from(size.comments);
    measures.functions += own.functions;
    measures.cyclomatic += own.cyclomatic;
    measures.cognitive += own.cognitive;
    let first = own
        .changed
        .as_ref()
        .and_then(|runs| runs.first())
        .map_or(1, |run| run.0);
    let start = Place(first, 1, first, 1).location(path);
    for condition in ["comments", "tests"] {
        sums.note(condition, u64::from(size.code), &start);
    }
    for (fingerprint, minutes, at) in &own.minutes {
        sums.minutes.insert(fingerprint.clone(), *minutes);
        sums.note("maintainability", *minutes, at);
    }
}
