//! Applies edits of findings to the bytes of a file, and proves each.
//!
//! In: bytes, checks, what is waived. Out: bytes in which as much is mended as can be proved. A change is kept only if the file is judged
//! again without a new problem of reading it, every rule whose findings were mended finds less, and none finds more.

use bartizan_engine::{Check, Reported};
use bartizan_model::{Finding, TextEdit};
use bartizan_source::{FileMeta, Interest};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// Most times that a file is judged again.
const MOST_ROUNDS: usize = 200;

/// A mended file.
#[derive(Debug)]
pub(super) struct Mended {
    /// What it became.
    pub(super) bytes: Vec<u8>,
    /// How many findings were mended.
    pub(super) count: usize,
}

/// Judges one file.
pub(super) struct Judge<'c> {
    path: &'c str,
    checks: Vec<&'c dyn Check>,
}

impl<'c> Judge<'c> {
    /// The checks that look at a file of this path.
    pub(super) fn new(path: &'c str, checks: &'c [Box<dyn Check>]) -> Self {
        let about = FileMeta::new(path, 0);
        let wants = |check: &&dyn Check| !matches!(check.wants(&about), Interest::No);
        Self {
            path,
            checks: checks.iter().map(AsRef::as_ref).filter(wants).collect(),
        }
    }

    fn judge(&self, bytes: &[u8]) -> Reported {
        let mut all = Reported::default();
        for check in &self.checks {
            let reported = bartizan_engine::rule::scan(*check, &[(self.path, bytes)]);
            all.findings.extend(reported.findings);
            all.errors.extend(reported.errors);
        }
        all
    }

    /// Whether the bytes still hold what a scan found, with the same edits.
    pub(super) fn still_finds(&self, bytes: &[u8], findings: &[&Finding]) -> bool {
        let now = self.judge(bytes);
        findings.iter().all(|one| {
            now.findings.iter().any(|other| {
                other.rule == one.rule && other.fingerprint == one.fingerprint && edits(other) == edits(one)
            })
        })
    }
}

fn edits(finding: &Finding) -> &[TextEdit] {
    finding.fix.as_ref().map_or(&[], |fix| &fix.edits)
}

/// Mends what can be proved to be mended.
pub(super) fn mend(before: &[u8], judge: &Judge<'_>, waived: &HashSet<&str>) -> Mended {
    let mut mended = Mended {
        bytes: before.to_vec(),
        count: 0,
    };
    let mut now = judge.judge(before);
    let mut given_up: HashSet<String> = HashSet::new();
    for _ in 0..MOST_ROUNDS {
        let open = now.findings.iter().filter(|one| {
            let print = one.fingerprint.as_str();
            !edits(one).is_empty() && !waived.contains(print) && !given_up.contains(print)
        });
        let open: Vec<&Finding> = open.collect();
        let together = apart(&mended.bytes, &open);
        let Some(first) = together.first() else { break };
        let all: Vec<&Finding> = together.iter().map(|(finding, _)| *finding).collect();
        let tries = [together.as_slice(), std::slice::from_ref(first)];
        let kept = tries.into_iter().find_map(|tried| {
            let bytes = applied(&mended.bytes, tried)?;
            let after = judge.judge(&bytes);
            let rules = tried.iter().map(|(finding, _)| finding.rule.as_str()).collect();
            is_better(&now, &after, &rules).then_some((bytes, after, tried.len()))
        });
        if let Some((bytes, after, count)) = kept {
            mended.bytes = bytes;
            mended.count += count;
            now = after;
        } else if let Some(finding) = all.first() {
            given_up.insert(finding.fingerprint.as_str().to_owned());
        }
    }
    mended
}

type Edit = (Range<usize>, String);

/// Findings whose edits do not touch each other's.
fn apart<'f>(bytes: &[u8], findings: &[&'f Finding]) -> Vec<(&'f Finding, Vec<Edit>)> {
    let lines = starts(bytes);
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut chosen = Vec::new();
    for finding in findings {
        let placed: Option<Vec<Edit>> = edits(finding)
            .iter()
            .map(|edit| placed(bytes, &lines, edit))
            .collect();
        let Some(placed) = placed else { continue };
        let touches = |range: &Range<usize>| {
            taken
                .iter()
                .any(|one| range.start <= one.end && one.start <= range.end)
        };
        if placed.iter().any(|(range, _)| touches(range)) {
            continue;
        }
        taken.extend(placed.iter().map(|(range, _)| range.clone()));
        chosen.push((*finding, placed));
    }
    chosen
}

/// Where lines begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
}

fn placed(bytes: &[u8], lines: &[usize], edit: &TextEdit) -> Option<Edit> {
    let offset = |line: u32, column: u32| {
        let line = usize::try_from(line.checked_sub(1)?).ok()?;
        let column = usize::try_from(column.checked_sub(1)?).ok()?;
        let at = lines.get(line)? + column;
        let end = lines.get(line + 1).copied().unwrap_or(bytes.len());
        (at <= end).then_some(at)
    };
    let place = &edit.location;
    let start = offset(place.line, place.column)?;
    let end = offset(place.end_line, place.end_column)?;
    (start <= end).then(|| (start..end, edit.replacement.clone()))
}

/// The bytes with the edits of findings applied; none where edits of one overlap.
fn applied(bytes: &[u8], findings: &[(&Finding, Vec<Edit>)]) -> Option<Vec<u8>> {
    let mut edits: Vec<&Edit> = findings.iter().flat_map(|(_, edits)| edits).collect();
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = Vec::with_capacity(bytes.len() + 256);
    let mut at = 0;
    for (range, replacement) in edits {
        out.extend_from_slice(bytes.get(at..range.start)?);
        out.extend_from_slice(replacement.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
}

/// Whether the rules that were mended find less, no rule finds more, and the file is read as well as before.
fn is_better(before: &Reported, after: &Reported, rules: &HashSet<&str>) -> bool {
    let (old, new) = (places(before), places(after));
    let count = |counts: &BTreeMap<&str, usize>, rule: &str| counts.get(rule).copied().unwrap_or_default();
    after.errors.len() <= before.errors.len()
        && rules.iter().all(|rule| count(&new, rule) < count(&old, rule))
        && new.iter().all(|(rule, number)| *number <= count(&old, rule))
}

/// How many places each rule finds something at.
fn places(reported: &Reported) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for finding in &reported.findings {
        *counts.entry(finding.rule.as_str()).or_default() += finding.locations.len();
    }
    counts
}
