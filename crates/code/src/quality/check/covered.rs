//! Which lines in the scope tests ran, by the reports.
//!
//! In: files, and reports of coverage with paths and lines of their own. Out: the share of lines that ran, findings at files of which too few
//! did, and what is wrong with a report: that it cannot be read, tells of other files, or of another version of these.

use super::judge::Sums;
use super::measure::Own;
use super::{CoverageReport, QualityCheck};
use crate::quality::changes::runs;
use crate::quality::coverage::{Attributed, Coverage, FileCoverage};
use crate::quality::rules::Uncovered;
use bartizan_engine::Sink;
use bartizan_engine::rule::{Found, Place, Verdicts};
use bartizan_model::{self as model, QualityScope};
use bartizan_syntax::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Runs of lines that a message names.
const MOST_RUNS: usize = 6;
/// Files that are told one by one, of those with which a report has the same trouble.
const MOST_FILES: usize = 3;

/// A report that tells of some of the files.
struct Known<'r> {
    read: &'r Coverage,
    files: Attributed<'r, 'r>,
}

/// What is wrong with reports, by file.
#[derive(Default)]
struct Trouble {
    ambiguous: Vec<String>,
    outdated: Vec<String>,
}

impl QualityCheck {
    /// `paths` are those of all files that there are, so that it is known which of them a path of a report means.
    pub(super) fn coverage(&self, own: &[(&str, &Own)], paths: &[&str], sums: &mut Sums, out: &mut Sink) {
        let reports = self.options.reports.iter();
        let reports: Vec<Known<'_>> = reports.filter_map(|report| known(report, paths, out)).collect();
        let told = told_languages(&reports);
        let mut unknown: BTreeSet<&str> = BTreeSet::new();
        let mut trouble = Trouble::default();
        for (path, own) in own {
            if own.tokens.is_none() || self.options.uncovered.matches(path) {
                continue;
            }
            let lines: BTreeMap<u32, bool> = match coverage_of(path, &reports) {
                Some(file) => {
                    let last = file.lines().last().map_or(0, |(line, _)| line);
                    // Some tools count the line after the last one.
                    if last > own.length.saturating_add(1) {
                        trouble
                            .outdated
                            .push(format!("line {last} of `{path}`, which has {}", own.length));
                    }
                    let lines = file
                        .lines()
                        .filter(|(line, _)| *line <= own.length && own.has(*line));
                    lines.map(|(line, hits)| (line, hits > 0)).collect()
                }
                None if reports.iter().any(|report| report.files.is_ambiguous(path)) => {
                    trouble.ambiguous.push(format!("`{path}`"));
                    continue;
                }
                // A report that tells of this language and not of this file: no test ever loaded it.
                None if told.contains(own.language.name()) => {
                    own.statements.iter().map(|line| (*line, false)).collect()
                }
                None => {
                    if !own.statements.is_empty() {
                        unknown.insert(own.language.name());
                    }
                    continue;
                }
            };
            self.covered(path, &lines, sums, out);
        }
        trouble.tell(out);
        let is_read = reports.len() == self.options.reports.len();
        if self.options.min_coverage > 0 && is_read && !unknown.is_empty() {
            let names: Vec<&str> = unknown.into_iter().collect();
            out.error(format!(
                "coverage: no report tells of {}; name one with `quality.coverage` or `--coverage`",
                names.join(", ")
            ));
        }
    }

    /// Adds the lines of a file that can run, each with whether it did.
    fn covered(&self, path: &str, lines: &BTreeMap<u32, bool>, sums: &mut Sums, out: &mut Sink) {
        let share = sums.measures.coverage.get_or_insert_default();
        let all = lines.len() as u64;
        let missed: BTreeSet<u32> = lines
            .iter()
            .filter(|(_, ran)| !**ran)
            .map(|(line, _)| *line)
            .collect();
        let part = model::Part {
            part: all - missed.len() as u64,
            of: all,
        };
        share.part += part.part;
        share.of += part.of;
        let Some(first) = missed.first() else { return };
        let at = Place(*first, 1, *first, 1);
        sums.note("coverage", missed.len() as u64, &at.location(path));
        #[allow(clippy::cast_precision_loss, reason = "at most 100")]
        let enough = part
            .percent()
            .is_none_or(|percent| percent >= self.options.min_coverage as f64);
        if enough || !self.options.enabled.has(Uncovered::ABOUT.id) {
            return;
        }
        let last = missed.last().copied().unwrap_or(0);
        let named = runs((1..=last).map(|line| missed.contains(&line)));
        let new = match self.options.scope {
            QualityScope::Changes => "new ",
            QualityScope::All => "",
        };
        let found = Found {
            message: format!(
                "{} of {all} {new}lines that can run are not run by tests: {}",
                missed.len(),
                shown(&named)
            ),
            fix: "write tests that run them".to_owned(),
            ..Found::default()
        };
        let places: Vec<(&str, Place)> = named
            .iter()
            .map(|(first, last)| (path, Place(*first, 1, *last, 1)))
            .collect();
        Verdicts::new(&Uncovered::ABOUT, out).finding(found, &places);
    }
}

/// A report with what it says of the files; none where that is nothing, which is told.
fn known<'r>(report: &'r CoverageReport, paths: &[&'r str], out: &mut Sink) -> Option<Known<'r>> {
    let read = match &report.read {
        Ok(read) => read,
        Err(why) => {
            out.error(format!("coverage: `{}`: {why}", report.name));
            return None;
        }
    };
    let files = read.attributed(paths);
    let mut code = read
        .files()
        .map(|(path, _)| path)
        .filter(|path| Language::of_path(path).is_some_and(Language::is_judged));
    if let (true, Some(first)) = (files.is_elsewhere(), code.next()) {
        let (all, name) = (code.count() + 1, &report.name);
        out.error(format!(
            "coverage: `{name}` tells of {all} files of code, and none of them is here, nor one whose path ends alike; the first is `{first}`"
        ));
        return None;
    }
    Some(Known { read, files })
}

/// What all reports together say of a file.
fn coverage_of(path: &str, reports: &[Known<'_>]) -> Option<FileCoverage> {
    let mut all: Option<FileCoverage> = None;
    for file in reports.iter().filter_map(|report| report.files.of(path)) {
        all.get_or_insert_default().join(file);
    }
    all
}

/// Languages of which some report tells.
fn told_languages(reports: &[Known<'_>]) -> BTreeSet<&'static str> {
    let files = reports.iter().flat_map(|report| report.read.files());
    let languages = files.filter_map(|(path, _)| Language::of_path(path));
    languages.map(Language::name).collect()
}

impl Trouble {
    fn tell(&self, out: &mut Sink) {
        let named = |files: &[String]| {
            let more = match files.len().saturating_sub(MOST_FILES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let first: Vec<&str> = files.iter().take(MOST_FILES).map(String::as_str).collect();
            format!("{}{more}", first.join(", "))
        };
        if !self.outdated.is_empty() {
            let files = named(&self.outdated);
            out.error(format!(
                "coverage: reports tell of {files}: they were made of another version; make them again"
            ));
        }
        if !self.ambiguous.is_empty() {
            let files = named(&self.ambiguous);
            out.error(format!("coverage: it is not known which file of the reports is {files}; have their paths begin at the root"));
        }
    }
}

/// `lines 3-9, 14 and 2 more places`.
fn shown(runs: &[(u32, u32)]) -> String {
    let one = |(first, last): &(u32, u32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    let named: Vec<String> = runs.iter().take(MOST_RUNS).map(one).collect();
    let more = match runs.len().saturating_sub(MOST_RUNS) {
        0 => String::new(),
        more => format!(" and {more} more places"),
    };
    let noun = if runs.len() == 1 && runs.iter().all(|(first, last)| first == last) {
        "line"
    } else {
        "lines"
    };
    format!("{noun} {}{more}", named.join(", "))
}
