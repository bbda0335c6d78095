//! Checks that judge all of their files together, as a compiler does.
//!
//! In: the entries of a source and what became of each. Out: what every [`Program`] found. A file is read for it by itself, in parallel
//! with others, and made into a [`Part`]; then all parts are judged at once. The result is kept under the paths and contents of all
//! files, so that a program none of whose files changed is neither read nor judged again.

use crate::cache::Cache;
use crate::check::{Check, CheckError};
use crate::collect::{CheckTally, Collector};
use crate::input::Input;
use crate::run::{RunOptions, contained, made_by, too_large};
use crate::sink::{Reported, Sink};
use bartizan_model::{Finding, Skipped};
use bartizan_source::{Consumer, Entry, FileMeta, Interest, Source, Unit};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a check made of one file.
pub type Part = Box<dyn Any + Send + Sync>;

/// Judges all files of a program together. Must be a pure function of their paths and contents.
pub trait Program: Send + Sync {
    /// Looks at one file by itself. What is put out counts with what [`Program::judge`] puts out.
    ///
    /// # Errors
    /// When this file could not be read as what it is: it is no part of the program, and the check's status becomes Partial.
    fn part(&self, input: &Input<'_>, out: &mut Sink) -> Result<Part, CheckError>;

    /// Judges all files, ordered by path.
    ///
    /// # Errors
    /// When the program could not be judged; the check's status becomes Partial.
    fn judge(&self, parts: &[(String, Part)], out: &mut Sink) -> Result<(), CheckError>;
}

/// What a program came to, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CachedProgram {
    /// Of the check and all files.
    pub(crate) key: [u8; 32],
    /// As JSON.
    findings: Vec<u8>,
    errors: Vec<String>,
}

/// What a program came to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tally: CheckTally,
    /// To be kept; none where a part of it broke, which is tried again.
    pub(crate) kept: Option<CachedProgram>,
    pub(crate) from_cache: bool,
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
    if let Some(known) = cache.and_then(|cache| cache.program(&key))
        && let Ok(findings) = serde_json::from_slice::<Vec<Finding>>(&known.findings)
    {
        return Some(Judged {
            tally: CheckTally {
                findings: findings.len() as u64,
                errors: known.errors.clone(),
                ..CheckTally::default()
            },
            findings,
            kept: Some(known.clone()),
            from_cache: true,
        });
    }
    let read = Read {
        check,
        program,
        source,
        files: &files,
        options,
        next: AtomicUsize::new(0),
    };
    let mut looked = read.all(jobs);
    if options.interrupt.load(Ordering::Relaxed) {
        return Some(Judged::default());
    }
    looked.parts.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut sink = Sink::default();
    contained(&mut looked.tally, "", || program.judge(&looked.parts, &mut sink));
    looked.take(check.meta().id, "", sink.into_reported());
    looked.tally.errors.sort();
    let whole = looked.tally.panics.is_empty() && looked.unread == 0;
    let kept = serde_json::to_vec(&looked.findings).ok().filter(|_| whole);
    Some(Judged {
        kept: kept.map(|findings| CachedProgram {
            key,
            findings,
            errors: looked.tally.errors.clone(),
        }),
        findings: looked.findings,
        tally: looked.tally,
        from_cache: false,
    })
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

/// What the files came to, one by one.
#[derive(Default)]
struct Looked {
    parts: Vec<(String, Part)>,
    findings: Vec<Finding>,
    tally: CheckTally,
    /// Files that could be read the first time and now cannot.
    unread: usize,
}

impl Looked {
    fn take(&mut self, check: &str, path: &str, reported: Reported) {
        let named = |error: String| match path {
            "" => error,
            path => format!("{path}: {error}"),
        };
        self.tally.findings += reported.findings.len() as u64;
        self.tally.errors.extend(reported.errors.into_iter().map(named));
        self.findings.extend(made_by(check, reported.findings));
    }

    fn join(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self.findings.extend(other.findings);
        self.tally.findings += other.tally.findings;
        self.tally.errors.extend(other.tally.errors);
        self.tally.panics.extend(other.tally.panics);
        self.unread += other.unread;
        self
    }
}

/// Reads the files of a program.
struct Read<'a> {
    check: &'a dyn Check,
    program: &'a dyn Program,
    source: &'a dyn Source,
    files: &'a [ProgramFile<'a>],
    options: &'a RunOptions<'a>,
    next: AtomicUsize,
}

impl Read<'_> {
    fn all(&self, jobs: usize) -> Looked {
        std::thread::scope(|scope| {
            let spawn = |_| std::thread::Builder::new().spawn_scoped(scope, || self.some());
            let handles: Vec<_> = (1..jobs).map_while(|job| spawn(job).ok()).collect();
            let own = self.some();
            let others = handles.into_iter().map(|handle| {
                handle
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            others.fold(own, Looked::join)
        })
    }

    fn some(&self) -> Looked {
        let mut looked = Looked::default();
        let mut buffer = Vec::new();
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let stopped = self.options.interrupt.load(Ordering::Relaxed);
            let Some(file) = self.files.get(at).filter(|_| !stopped) else {
                return looked;
            };
            self.one(file.entry, &mut buffer, &mut looked);
        }
    }

    fn one(&self, entry: &Entry, buffer: &mut Vec<u8>, looked: &mut Looked) {
        let path = &*entry.meta.path;
        let mut whole = Whole {
            path,
            most: match self.check.wants(&entry.meta) {
                Interest::Entire(most) => most,
                _ => u64::MAX,
            },
            read: self,
            bytes: Vec::new(),
            size: None,
        };
        self.source.read(entry, buffer, &mut whole);
        let (bytes, most) = (whole.bytes, whole.most);
        match whole.size {
            None => looked.unread += 1,
            Some(size) if size > most => looked.tally.errors.push(too_large(path, size, most)),
            Some(_) => {
                let mut sink = Sink::default();
                let input = Input::whole(&entry.meta, &bytes);
                let part = contained(&mut looked.tally, path, || self.program.part(&input, &mut sink));
                looked.take(self.check.meta().id, path, sink.into_reported());
                looked.parts.extend(part.map(|part| (path.to_owned(), part)));
            }
        }
    }
}

/// Receives one file, all of it.
struct Whole<'a> {
    path: &'a str,
    most: u64,
    read: &'a Read<'a>,
    bytes: Vec<u8>,
    /// Once its end came.
    size: Option<u64>,
}

impl Consumer for Whole<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        if &*meta.path == self.path {
            Interest::Whole
        } else {
            Interest::No
        }
    }

    fn unit(&mut self, unit: Unit<'_>) {
        let end = unit.window.offset + unit.bytes.len() as u64;
        if end <= self.most {
            let fresh = unit.bytes.get(unit.window.overlap..).unwrap_or_default();
            self.bytes.extend_from_slice(fresh);
        }
        self.size = unit.window.last.then_some(end);
    }

    fn skipped(&mut self, _: Skipped) {
        self.size = None;
    }

    fn stopped(&self) -> bool {
        self.read.options.interrupt.load(Ordering::Relaxed)
    }
}
