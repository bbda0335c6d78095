//! Checks that judge all of their files together, as a compiler does.
//!
//! In: the entries of a source and what became of each. Out: what every [`Program`] found. A file is read for it by itself, in parallel
//! with others, and made into a [`Part`]; then all parts are judged at once. The result is kept under the paths and contents of all
//! files, so that a program none of whose files changed is neither read nor judged again.

mod around;
mod read;
mod sketch;

use crate::cache::Cache;
use crate::check::{Check, CheckError};
use crate::collect::{CheckTally, Collector};
use crate::input::Input;
use crate::run::{RunOptions, contained};
use crate::sink::Sink;
use around::understand;
use bartizan_model::{Finding, Measured};
use bartizan_source::{Before, Entry, Interest, Source};
use read::{Purpose, Read};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// What a check made of one file.
pub type Part = Box<dyn Any + Send + Sync>;

/// How much of what lies around its files a program is given at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Whether it is an error of the check where there is more.
    pub told: bool,
}

/// Judges all files of a program together. Must be a pure function of their paths and contents.
pub trait Program: Send + Sync {
    /// Looks at one file by itself. What is put out counts with what [`Program::judge`] puts out.
    ///
    /// # Errors
    /// When this file could not be read as what it is: it is no part of the program, and the check's status becomes Partial.
    fn part(&self, input: &Input<'_>, out: &mut Sink) -> Result<Part, CheckError>;

    /// How many bytes of files are judged together. Those beyond, in the order of paths, are looked at one by one only, and it is said.
    fn most_bytes(&self) -> u64 {
        u64::MAX
    }

    /// Looks at a file that others are only to be understood by: what would be put out of it is not asked.
    ///
    /// # Errors
    /// When this file could not be read as what it is: it is no part of the program.
    fn part_around(&self, input: &Input<'_>) -> Result<Part, CheckError> {
        self.part(input, &mut Sink::default())
    }

    /// Whether it looks at what files were before a change: then [`Program::changed`] is asked of those that changed.
    fn compares(&self) -> bool {
        false
    }

    /// Looks at one file that changed, and what it was before; [`Program::part`] otherwise.
    ///
    /// # Errors
    /// As [`Program::part`].
    fn changed(&self, input: &Input<'_>, _before: &Before, out: &mut Sink) -> Result<Part, CheckError> {
        self.part(input, out)
    }

    /// How much it is given of what it asks for.
    fn bounds(&self) -> Bounds {
        Bounds {
            files: 40,
            bytes: 256 << 10,
            told: false,
        }
    }

    /// Which of the files around those that are looked at it has to know to understand them, by their places in `around`. Asked again
    /// with what came of the answer, a few times. `around` are the paths that are left, sorted; none where all is looked at anyway.
    fn asks(&self, _parts: &[(String, Part)], _around: &[&str]) -> Vec<usize> {
        Vec::new()
    }

    /// How files around those that are looked at are told in short, where it can say by that which of those it asked for it has to know.
    fn sketches(&self) -> Option<&dyn Sketches> {
        None
    }

    /// Judges all files, ordered by path; those among them that were asked for are only to be understood by. `around` are the paths of all
    /// files that could have been asked for, sorted; none where all is looked at anyway. Findings none of whose places and steps lie in a
    /// file that is looked at are dropped. Whoever takes long looks at [`Sink::is_stopped`]; what is put out then counts for nothing.
    ///
    /// # Errors
    /// When the program could not be judged; the check's status becomes Partial.
    fn judge(&self, parts: &[(String, Part)], around: &[String], out: &mut Sink) -> Result<(), CheckError>;

    /// Takes out what need not be told beside the rest of all that was found, in files and in the program.
    fn sift(&self, _findings: &mut Vec<Finding>) {}
}

/// Files in short. A sketch is kept from scan to scan by what its file holds, so that of all files around a change only those are read that
/// the program has to know, and those that are new.
pub trait Sketches: Send + Sync {
    /// Digest of everything that a sketch depends on besides the path and the content of its file.
    fn digest(&self) -> [u8; 32];

    /// A file in short; nothing where there is nothing to know of it.
    fn sketch(&self, input: &Input<'_>) -> Vec<u8>;

    /// Which files the program has to know, by their places among the sketches.
    fn matching(&self, parts: &[(String, Part)], sketches: &[&[u8]]) -> Vec<usize>;
}

/// What a program came to, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CachedProgram {
    /// Of the check and all files.
    pub(crate) key: [u8; 32],
    /// As JSON.
    findings: Vec<u8>,
    errors: Vec<String>,
    /// As JSON.
    measured: Vec<u8>,
}

/// What a program came to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tally: CheckTally,
    pub(crate) measured: Option<Measured>,
    /// To be kept; none where a part of it broke, which is tried again.
    pub(crate) kept: Option<CachedProgram>,
    pub(crate) from_cache: bool,
    /// Why something could not be kept for the next scan.
    pub(crate) cache_error: Option<String>,
}

/// Judges the program of a check; none where it has none.
pub(crate) fn judge(
    check: &dyn Check,
    (source, entries): (&dyn Source, &[Entry]),
    options: &RunOptions<'_>,
    jobs: usize,
    cache: Option<&Cache>,
    collected: &Collector,
) -> Option<Judged> {
    let program = check.program()?;
    let files = files(check, entries, collected);
    let key = key_of(check, &files);
    if source.around().is_none()
        && let Some(known) = cache.and_then(|cache| cache.program(&key))
        && let Ok(findings) = serde_json::from_slice::<Vec<Finding>>(&known.findings)
        && let Ok(measured) = serde_json::from_slice(&known.measured)
    {
        return Some(Judged {
            tally: CheckTally {
                findings: findings.len() as u64,
                errors: known.errors.clone(),
                ..CheckTally::default()
            },
            findings,
            measured,
            kept: Some(known.clone()),
            from_cache: true,
            cache_error: None,
        });
    }
    let mut entries: Vec<&Entry> = files.iter().map(|file| file.entry).collect();
    entries.sort_by(|one, other| one.meta.path.cmp(&other.meta.path));
    let together = together(&entries, program.most_bytes());
    let read = Read {
        check,
        program,
        source,
        entries: &entries,
        together,
        most: u64::MAX,
        purpose: Purpose::Judged,
        options,
        next: AtomicUsize::new(0),
    };
    let mut looked = read.all(jobs);
    looked.parts.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Some(first) = entries.get(together) {
        looked.tally.errors.push(format!(
            "{} files, from {} on, are looked at one by one only: what comes before them is all that is judged together",
            entries.len() - together,
            first.meta.path
        ));
    }
    let around = source.around().filter(|_| !looked.parts.is_empty());
    let beside = around.map_or_else(Vec::new, |around| understand(&read, around, &mut looked));
    let mut sink = Sink::until(Arc::clone(&options.interrupt));
    if !sink.is_stopped() {
        contained(&mut looked.tally, "", || {
            program.judge(&looked.parts, &beside, &mut sink)
        });
    }
    if sink.is_stopped() {
        return Some(Judged::default());
    }
    let mut reported = sink.into_reported();
    if around.is_some() {
        let own: HashSet<&str> = entries.iter().map(|entry| &*entry.meta.path).collect();
        reported.findings.retain(|finding| concerns(finding, &own));
    }
    looked.take(check.meta().id, "", reported);
    program.sift(&mut looked.findings);
    looked.tally.findings = looked.findings.len() as u64;
    looked.tally.errors.sort();
    let whole = looked.tally.panics.is_empty() && looked.unread == 0 && around.is_none();
    let json = serde_json::to_vec(&looked.findings)
        .ok()
        .zip(serde_json::to_vec(&looked.measured).ok());
    let kept = json.filter(|_| whole).map(|(findings, measured)| CachedProgram {
        key,
        findings,
        errors: looked.tally.errors.clone(),
        measured,
    });
    Some(Judged {
        kept,
        findings: looked.findings,
        tally: looked.tally,
        measured: looked.measured,
        from_cache: false,
        cache_error: looked.cache_error,
    })
}

/// How many of the files, ordered by path, are no more than so many bytes.
fn together(entries: &[&Entry], most: u64) -> usize {
    let mut bytes = 0_u64;
    let fits = |entry: &&&Entry| {
        bytes = bytes.saturating_add(entry.meta.size);
        bytes <= most
    };
    entries.iter().take_while(fits).count()
}

/// Whether a finding has a place or a step in one of the files.
fn concerns(finding: &Finding, own: &HashSet<&str>) -> bool {
    let steps = finding.evidence.iter().filter_map(|step| step.location.as_ref());
    finding
        .locations
        .iter()
        .chain(steps)
        .any(|place| own.contains(place.path.as_str()))
}

/// A file of a program: its entry, and what its content is.
struct ProgramFile<'e> {
    entry: &'e Entry,
    content: [u8; 32],
}

/// The files that a check wants and that were read to their end.
fn files<'e>(check: &dyn Check, entries: &'e [Entry], collected: &Collector) -> Vec<ProgramFile<'e>> {
    let mut contents: HashMap<&str, [u8; 32]> = HashMap::new();
    for (_, tally) in &collected.tallies {
        contents.extend(tally.units.iter().map(|unit| (unit.path.as_str(), unit.content)));
    }
    let wanted = entries
        .iter()
        .filter(|entry| check.wants(&entry.meta) != Interest::No);
    let files = wanted.filter_map(|entry| {
        let content = *contents.get(&*entry.meta.path)?;
        Some(ProgramFile { entry, content })
    });
    files.collect()
}

fn key_of(check: &dyn Check, files: &[ProgramFile<'_>]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("bartizan program cache v1");
    hasher.update(check.meta().id.as_bytes());
    hasher.update(&check.meta().digest);
    for file in files {
        hasher.update(&(file.entry.meta.path.len() as u64).to_le_bytes());
        hasher.update(file.entry.meta.path.as_bytes());
        hasher.update(&file.content);
    }
    *hasher.finalize().as_bytes()
}
