//! Reads the files of a program, one by one and in parallel, and makes parts of them.

use super::sketch::Sketch;
use super::{Part, Program, Sketches};
use crate::check::Check;
use crate::collect::CheckTally;
use crate::input::Input;
use crate::run::{RunOptions, contained, made_by, too_large};
use crate::sink::{Reported, Sink};
use bartizan_model::{Finding, Measured, Skipped};
use bartizan_source::{Before, Consumer, Entry, FileMeta, Interest, Source, Unit};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What files are read for.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// They are judged
    Judged,
    /// Others are understood by them
    Around,
    /// To tell them in short; parts are each a [`Sketch`]
    Sketched(&'a dyn Sketches),
}

/// What the files came to, one by one.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) parts: Vec<(String, Part)>,
    pub(super) findings: Vec<Finding>,
    pub(super) tally: CheckTally,
    pub(super) measured: Option<Measured>,
    /// Bytes of the files that were read, by path.
    pub(super) sizes: HashMap<String, u64>,
    /// Files that could be read the first time and now cannot.
    pub(super) unread: usize,
    /// Why something could not be kept for the next scan.
    pub(super) cache_error: Option<String>,
}

impl Looked {
    pub(super) fn take(&mut self, check: &str, path: &str, reported: Reported) {
        let named = |error: String| match path {
            "" => error,
            path => format!("{path}: {error}"),
        };
        self.tally.findings += reported.findings.len() as u64;
        self.tally.errors.extend(reported.errors.into_iter().map(named));
        self.findings.extend(made_by(check, reported.findings));
        self.measured = self.measured.take().or(reported.measured);
    }

    fn join(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self.sizes.extend(other.sizes);
        self.findings.extend(other.findings);
        self.tally.findings += other.tally.findings;
        self.tally.errors.extend(other.tally.errors);
        self.tally.panics.extend(other.tally.panics);
        self.unread += other.unread;
        self
    }
}

/// Reads the files of a program.
pub(super) struct Read<'a> {
    pub(super) check: &'a dyn Check,
    pub(super) program: &'a dyn Program,
    pub(super) source: &'a dyn Source,
    pub(super) entries: &'a [&'a Entry],
    /// How many of them, from the first on, are judged together.
    pub(super) together: usize,
    /// Bytes of a larger file are not looked at, whatever the check wants.
    pub(super) most: u64,
    pub(super) purpose: Purpose<'a>,
    pub(super) options: &'a RunOptions<'a>,
    pub(super) next: AtomicUsize,
}

impl Read<'_> {
    pub(super) fn all(&self, jobs: usize) -> Looked {
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
            let Some(entry) = self.entries.get(at).filter(|_| !stopped) else {
                return looked;
            };
            self.one(entry, at < self.together, &mut buffer, &mut looked);
        }
    }

    fn one(&self, entry: &Entry, is_kept: bool, buffer: &mut Vec<u8>, looked: &mut Looked) {
        let path = &*entry.meta.path;
        let mut whole = Whole {
            path,
            most: match self.check.wants(&entry.meta) {
                Interest::Entire(most) => most.min(self.most),
                _ => self.most,
            },
            read: self,
            bytes: Vec::new(),
            size: None,
        };
        self.source.read(entry, buffer, &mut whole);
        let (bytes, most) = (whole.bytes, whole.most);
        let size = whole.size.map(|size| (path.to_owned(), size));
        looked.sizes.extend(size);
        let whole = match whole.size {
            None => None,
            Some(size) if size > most => Some(Err(size)),
            Some(_) => Some(Ok(Input::whole(&entry.meta, &bytes))),
        };
        let part = match (self.purpose, whole) {
            (_, None) => {
                looked.unread += 1;
                None
            }
            (Purpose::Sketched(sketches), Some(input)) => {
                // What is too large is not known, however often it is read.
                let size = input
                    .as_ref()
                    .map_or_else(|size| *size, |input| input.bytes.len() as u64);
                let sketch = input
                    .ok()
                    .map(|input| contained(&mut looked.tally, path, || Ok(sketches.sketch(&input))));
                let sketch = sketch.unwrap_or(Some(Vec::new()));
                sketch.map(|sketch| Box::new(Sketch { size, sketch }) as Part)
            }
            (_, Some(Err(size))) => {
                looked.tally.errors.push(too_large(path, size, most));
                None
            }
            (Purpose::Around, Some(Ok(input))) => {
                contained(&mut looked.tally, path, || self.program.part_around(&input))
            }
            (Purpose::Judged, Some(Ok(input))) => self.judged(entry, &input, looked),
        };
        let kept = part.filter(|_| is_kept);
        looked.parts.extend(kept.map(|part| (path.to_owned(), part)));
    }

    fn judged(&self, entry: &Entry, input: &Input<'_>, looked: &mut Looked) -> Option<Part> {
        let path = input.path();
        let before = if self.program.compares() {
            self.source.before(entry)
        } else {
            Before::Untold
        };
        let mut sink = Sink::default();
        let part = contained(&mut looked.tally, path, || match &before {
            Before::Untold => self.program.part(input, &mut sink),
            before => self.program.changed(input, before, &mut sink),
        });
        looked.take(self.check.meta().id, path, sink.into_reported());
        part
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
