//! Runs checks over a source: one read of every file, all interested checks on it, in parallel.
//!
//! In: a source, checks and options. Out: an [`Outcome`] whose order does not depend on the number of workers.
//! A check that panics is caught and reported as Failed; the scan goes on.

use crate::cache::{Cache, CacheOptions, CachedEntry};
use crate::check::{Check, CheckError};
use crate::collect::{CheckTally, Collector, Tally};
use crate::input::Input;
use crate::program;
use crate::shelf::Shelf;
use crate::sink::{Content, Fact, InlineWaiver, Sink};
use bartizan_model::{CheckRun, CheckStatus, Component, Finding, Measured, Skipped, Stats};
use bartizan_source::{Consumer, ContentDigests, Entry, FileMeta, Interest, Source, SourceError, Unit};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Told how far the scan is; called from several threads.
pub trait Progress: Sync {
    /// Everything is listed: so many files and bytes are to be read.
    fn planned(&self, files: u64, bytes: u64);
    /// So many more are done.
    fn advanced(&self, files: u64, bytes: u64);
}

/// A [`Progress`] that tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _: u64, _: u64) {}
    fn advanced(&self, _: u64, _: u64) {}
}

/// How a scan runs.
pub struct RunOptions<'a> {
    /// Worker threads; 0 means one for each processor.
    pub jobs: usize,
    /// Keeps results between scans; none means no cache.
    pub cache: Option<CacheOptions>,
    /// Whether files in which something is found are told by digests of their content.
    pub identify: bool,
    /// Set from outside to stop the scan early.
    pub interrupt: Arc<AtomicBool>,
    /// Told how far the scan is.
    pub progress: &'a dyn Progress,
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings, sorted, one for each fingerprint; waivers are not applied yet.
    pub findings: Vec<Finding>,
    /// Components of the inventory, one for each package URL, sorted by it.
    pub components: Vec<Component>,
    /// Waiver comments with the path of their file, sorted.
    pub inline_waivers: Vec<(String, InlineWaiver)>,
    /// Contents of the files in which something was found, as far as [`RunOptions::identify`] asked for them and they were held at
    /// once; in the order of the entries.
    pub contents: Vec<Content>,
    /// What was measured of the quality of code, where a check did so.
    pub measured: Option<Measured>,
    /// What became of every check, in the order the checks were given.
    pub checks: Vec<CheckRun>,
    /// Everything that was not looked at, sorted.
    pub skipped: Vec<Skipped>,
    /// Totals; the time is the caller's to fill in.
    pub stats: Stats,
    /// SHA-256 over the sorted list of every path and content digest that was looked at: 64 hexadecimal digits.
    pub sha256: String,
    /// Whether the scan was stopped early.
    pub interrupted: bool,
    /// Why the result cache could not be written, if it could not: the next scan will be slower.
    pub cache_error: Option<String>,
}

thread_local! {
    static IN_CHECK: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread is inside a check, where a panic is caught and reported as the check's failure: a
/// panic hook should then stay silent.
#[must_use]
pub fn panic_is_contained() -> bool {
    IN_CHECK.with(Cell::get)
}

/// Runs every check over everything the source lists.
///
/// # Errors
/// When the source cannot be listed at all. Everything else is told in the outcome.
pub fn run(
    source: &dyn Source,
    checks: &[Box<dyn Check>],
    options: &RunOptions<'_>,
) -> Result<Outcome, SourceError> {
    let mut skipped = Vec::new();
    let entries = source.list(&mut skipped)?;
    let bytes = entries.iter().map(|entry| entry.meta.size).sum::<u64>();
    options.progress.planned(entries.len() as u64, bytes);
    let asked = options.cache.as_ref();
    let cache = asked
        .filter(|cache| !cache.by_entry)
        .map(|cache| Cache::open(cache, checks));
    let shelf = asked
        .filter(|cache| cache.by_entry)
        .map(|cache| Shelf::open(cache, checks));
    let next = AtomicUsize::new(0);
    let jobs = worker_count(options.jobs, entries.len(), bytes);
    let shared = Shared {
        source,
        checks,
        options,
        entries: &entries,
        cache: cache.as_ref(),
        shelf: shelf.as_ref(),
        next: &next,
        batch: (entries.len() / (jobs * 16)).clamp(1, LARGEST_BATCH),
    };

    let workers: Vec<Collector> = std::thread::scope(|scope| {
        // A machine that gives no more threads is no reason to fail: those that there are do all of the work.
        let handles: Vec<_> = (1..jobs)
            .map_while(|_| {
                std::thread::Builder::new()
                    .spawn_scoped(scope, || work(&shared))
                    .ok()
            })
            .collect();
        let mut done = vec![work(&shared)];
        // A worker can only panic outside of checks, which is a bug: it must not pass for an empty result.
        done.extend(
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|p| std::panic::resume_unwind(p))),
        );
        done
    });

    if let Some(shelf) = &shelf {
        shelf.tidy();
    }
    let interrupted = options.interrupt.load(Ordering::Relaxed);
    let mut collected = Collector::merge(workers);
    if !interrupted {
        judge_programs(&shared, jobs, &mut collected);
    }
    let interrupted = options.interrupt.load(Ordering::Relaxed);
    if let (Some(cache), false) = (&cache, interrupted)
        && let Err(error) = cache.store(&entries, &collected)
    {
        collected.cache_error = Some(error.to_string());
    }
    Ok(collected.into_outcome(checks, skipped, interrupted))
}

/// Judges the checks that look at all of their files together.
fn judge_programs(shared: &Shared<'_>, jobs: usize, collected: &mut Collector) {
    for (index, check) in shared.checks.iter().enumerate() {
        let place = (shared.source, shared.entries);
        let judged = program::judge(
            check.as_ref(),
            place,
            shared.options,
            jobs,
            shared.cache,
            collected,
        );
        let error = judged.as_ref().and_then(|judged| judged.cache_error.clone());
        collected.cache_error = collected.cache_error.take().or(error);
        collected.programs.extend(judged.map(|judged| (index, judged)));
    }
}

/// Bytes of few large files that are worth a thread.
const WORTH_A_THREAD: u64 = 4 << 20;

/// How many threads so many entries are worth.
pub(crate) fn worker_count(asked: usize, entries: usize, bytes: u64) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = if asked == 0 { processors() } else { asked };
    // A thread costs more than a handful of files, unless they are large.
    let by_bytes = usize::try_from(bytes / WORTH_A_THREAD).unwrap_or(usize::MAX);
    wanted.min(entries.div_ceil(8).max(by_bytes.min(entries))).max(1)
}

struct Shared<'a> {
    source: &'a dyn Source,
    checks: &'a [Box<dyn Check>],
    options: &'a RunOptions<'a>,
    entries: &'a [Entry],
    cache: Option<&'a Cache>,
    shelf: Option<&'a Shelf>,
    next: &'a AtomicUsize,
    /// Entries taken at once: few enough to keep the workers equally busy to the end.
    batch: usize,
}

/// Most entries taken at once. Neighbours in a git history are deltas of one another and are cheapest read together.
const LARGEST_BATCH: usize = 64;

fn work(shared: &Shared<'_>) -> Collector {
    let mut collector = Collector::default();
    let mut buffer = Vec::new();
    loop {
        let start = shared.next.fetch_add(shared.batch, Ordering::Relaxed);
        let Some(rest) = shared.entries.get(start..).filter(|rest| !rest.is_empty()) else {
            break;
        };
        let mut bytes = 0;
        let batch = rest.get(..shared.batch).unwrap_or(rest);
        for (position, entry) in batch.iter().enumerate() {
            if shared.options.interrupt.load(Ordering::Relaxed) {
                return collector;
            }
            let told = look_at(shared, start + position, entry, &mut buffer, &mut collector);
            bytes += entry.meta.size.saturating_sub(told);
        }
        shared.options.progress.advanced(batch.len() as u64, bytes);
    }
    collector
}

/// Looks at one entry; answers how many bytes of it progress was told of meanwhile.
fn look_at(
    shared: &Shared<'_>,
    position: usize,
    entry: &Entry,
    buffer: &mut Vec<u8>,
    collector: &mut Collector,
) -> u64 {
    if let Some(cached) = shared.cache.and_then(|cache| cache.by_signature(entry)) {
        collector.reuse(position, cached.clone());
        return 0;
    }
    if let Some(cached) = shared.shelf.and_then(|shelf| shelf.take(entry))
        && let Some(kept) = cached.kept()
        && shared.source.restore(entry, kept)
    {
        collector.reuse(position, cached);
        return 0;
    }
    let mut reader = Reader {
        shared,
        entry_position: position,
        tally: Tally::new(shared.checks.len()),
        skip_rest: false,
        joined: Vec::new(),
        wanted: Vec::new(),
        told: 0,
        findings_before: 0,
    };
    shared.source.read(entry, buffer, &mut reader);
    let (tally, told) = (reader.tally, reader.told);
    let tally = collector.add(position, tally);
    if let (Some(shelf), Some(tally), false) = (
        shared.shelf,
        tally,
        shared.options.interrupt.load(Ordering::Relaxed),
    ) && let Some(result) = shared
        .source
        .kept(entry)
        .and_then(|kept| CachedEntry::from_kept(entry, tally, kept))
        && let Err(error) = shelf.put(entry, &result)
    {
        collector.cache_error = Some(error.to_string());
    }
    told
}

/// Receives what the source reads from one entry and runs the checks on it.
struct Reader<'a> {
    shared: &'a Shared<'a>,
    entry_position: usize,
    tally: Tally,
    /// The entry's result was found in the cache by its content.
    skip_rest: bool,
    /// The windows of the file so far, for checks that want it at once.
    joined: Vec<u8>,
    /// For each check how many bytes it takes of the file at once; none where it does not want it so.
    wanted: Vec<Option<u64>>,
    /// Bytes of the entry that progress was told of: all but one window of a large file.
    told: u64,
    /// Findings in the entry before the file that is being read.
    findings_before: usize,
}

impl Reader<'_> {
    /// Joins the windows of a file for the checks that want it at once, and runs them when it is complete. A file that
    /// is larger than the check takes is said to be so.
    fn join(&mut self, unit: &Unit<'_>) {
        let checks = self.shared.checks;
        if unit.window.offset == 0 {
            let wanted = |check: &dyn Check| match check.wants(unit.meta) {
                Interest::Entire(most) if check.recognises(unit.meta, unit.bytes) => Some(most),
                _ => None,
            };
            self.wanted = checks.iter().map(|check| wanted(check.as_ref())).collect();
            self.joined.clear();
        }
        let Some(most) = self.wanted.iter().copied().flatten().max() else {
            return;
        };
        let end = unit.window.offset + unit.bytes.len() as u64;
        if end <= most {
            let fresh = unit.bytes.get(unit.window.overlap..).unwrap_or_default();
            self.joined.extend_from_slice(fresh);
        }
        if !unit.window.last {
            return;
        }
        let joined = std::mem::take(&mut self.joined);
        if joined.len() as u64 == end {
            self.identify(unit.meta, || Some(ContentDigests::of(&joined)));
        }
        let wanted = std::mem::take(&mut self.wanted);
        for (index, (check, wanted)) in checks.iter().zip(wanted).enumerate() {
            match wanted {
                Some(most) if end > most => {
                    self.tally
                        .check(index)
                        .errors
                        .push(too_large(&unit.meta.path, end, most));
                }
                Some(_) => run_check(
                    check.as_ref(),
                    index,
                    &Input::whole(unit.meta, &joined),
                    &mut self.tally,
                ),
                None => {}
            }
        }
    }
}

impl Reader<'_> {
    /// Notes the content of the file in which something was just found.
    fn identify(&mut self, meta: &FileMeta, digests: impl FnOnce() -> Option<ContentDigests>) {
        if !self.shared.options.identify || self.tally.findings.len() == self.findings_before {
            return;
        }
        if let Some(digests) = digests() {
            self.tally.contents.push(Content {
                path: meta.path.to_string(),
                layer: meta.layer.as_deref().map(str::to_owned),
                digests,
            });
        }
    }
}

impl Consumer for Reader<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        self.shared
            .checks
            .iter()
            .map(|check| check.wants(meta))
            .max()
            .unwrap_or(Interest::No)
    }

    fn unit(&mut self, unit: Unit<'_>) {
        if self.skip_rest {
            return;
        }
        self.tally.start_unit(&unit);
        let is_entry_itself = self
            .shared
            .entries
            .get(self.entry_position)
            .is_some_and(|entry| entry.meta.path == unit.meta.path);
        if is_entry_itself && !unit.window.is_whole() && !unit.window.last {
            let fresh = unit.bytes.len().saturating_sub(unit.window.overlap) as u64;
            self.told += fresh;
            self.shared.options.progress.advanced(0, fresh);
        }
        if is_entry_itself
            && unit.window.is_whole()
            && let Some(cached) = self
                .shared
                .cache
                .and_then(|cache| cache.by_content(unit.meta, unit.bytes))
        {
            self.tally.take_cached(cached);
            self.skip_rest = true;
            return;
        }
        if unit.window.offset == 0 {
            self.findings_before = self.tally.findings.len();
        }
        let input = Input::from(&unit);
        for (index, check) in self.shared.checks.iter().enumerate() {
            let seen = match check.wants(unit.meta) {
                Interest::No => continue,
                Interest::Head(most) => head_of(&input, most),
                Interest::Whole => Some(input),
                Interest::Entire(_) if unit.window.is_whole() => Some(input),
                Interest::Entire(_) => continue,
            };
            if let Some(seen) = seen {
                run_check(check.as_ref(), index, &seen, &mut self.tally);
            }
        }
        if unit.window.is_whole() {
            self.identify(unit.meta, || Some(ContentDigests::of(unit.bytes)));
        } else {
            self.join(&unit);
        }
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.tally.skipped.push(skipped);
    }

    fn stopped(&self) -> bool {
        self.shared.options.interrupt.load(Ordering::Relaxed)
    }

    fn read_so_far(&mut self, bytes: u64) {
        self.told += bytes;
        self.shared.options.progress.advanced(0, bytes);
    }

    fn expanded(&mut self, meta: &FileMeta, content: &mut dyn FnMut() -> Option<ContentDigests>) {
        // Members come one after the other, so a finding in any of them is among the last.
        let own = |path: &str| {
            path.strip_prefix(&*meta.path)
                .is_some_and(|rest| rest.starts_with("!/"))
        };
        let last = self.tally.findings.last();
        if last.is_some_and(|finding| finding.locations.iter().any(|place| own(&place.path))) {
            self.findings_before = 0;
            self.identify(meta, content);
        }
    }
}

/// That a file is larger than what a check takes at once.
pub(crate) fn too_large(path: &str, size: u64, most: u64) -> String {
    format!("{path}: {size} bytes are more than the {most} that are read at once")
}

fn head_of<'a>(input: &Input<'a>, most: usize) -> Option<Input<'a>> {
    if input.window.offset > 0 {
        return None;
    }
    let bytes = input.bytes.get(..most).unwrap_or(input.bytes);
    Some(Input { bytes, ..*input })
}

fn run_check(check: &dyn Check, index: usize, input: &Input<'_>, tally: &mut Tally) {
    let mut sink = Sink::default();
    let outcome = tally.check(index);
    outcome.files += u64::from(input.window.offset == 0);
    if check.program().is_some() {
        return;
    }
    let path = input.path();
    contained(outcome, path, || check.run(input, &mut sink));
    let reported = sink.into_reported();
    let errors = reported.errors.into_iter();
    outcome
        .errors
        .extend(errors.map(|error| format!("{path}: {error}")));
    outcome.findings += reported.findings.len() as u64;
    tally.findings.extend(made_by(check.meta().id, reported.findings));
    tally.components.extend(reported.components);
    let facts = reported.facts.into_iter().map(|data| Fact {
        path: path.to_owned(),
        data,
    });
    tally.facts.extend(facts.map(|fact| (index, fact)));
    let waivers = reported.waivers.into_iter();
    tally
        .waivers
        .extend(waivers.map(|waiver| (path.to_owned(), waiver)));
}

/// Calls a check, and notes what it could not do and where it broke.
pub(crate) fn contained<T>(
    tally: &mut CheckTally,
    path: &str,
    call: impl FnOnce() -> Result<T, CheckError>,
) -> Option<T> {
    IN_CHECK.with(|flag| flag.set(true));
    let result = catch_unwind(AssertUnwindSafe(call));
    IN_CHECK.with(|flag| flag.set(false));
    let named = |what: String| match path {
        "" => what,
        path => format!("{path}: {what}"),
    };
    match result {
        Ok(Ok(value)) => return Some(value),
        Ok(Err(error)) => tally.errors.push(named(error.to_string())),
        Err(panic) => tally.panics.push(named(panic_text(panic.as_ref()))),
    }
    None
}

/// Lets a check judge its facts; what it finds is counted as its own.
pub(crate) fn finish_check(check: &dyn Check, facts: &[Fact], tally: &mut CheckTally) -> Vec<Finding> {
    let mut sink = Sink::default();
    contained(tally, "", || check.finish(facts, &mut sink));
    let reported = sink.into_reported();
    tally.errors.extend(reported.errors);
    tally.not_applicable = reported.not_applicable;
    tally.findings += reported.findings.len() as u64;
    made_by(check.meta().id, reported.findings)
}

/// The findings, with the check that made them.
pub(crate) fn made_by(check: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    for finding in &mut findings {
        check.clone_into(&mut finding.check);
    }
    findings
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "the check panicked: {}",
        text.unwrap_or_else(|| "no message".to_owned())
    )
}

/// The status of a check from what happened in all files.
pub(crate) fn status_of(tally: CheckTally) -> CheckStatus {
    /// Most errors listed one by one.
    const LISTED: usize = 20;
    let CheckTally {
        mut errors,
        mut panics,
        not_applicable,
        ..
    } = tally;
    if !panics.is_empty() {
        panics.sort();
        let more = panics.len() - 1;
        let first = panics.into_iter().next().unwrap_or_default();
        let error = if more == 0 {
            first
        } else {
            format!("{first} (and in {more} more files)")
        };
        return CheckStatus::Failed { error };
    }
    if errors.is_empty() {
        return match not_applicable {
            Some(reason) => CheckStatus::NotApplicable { reason },
            None => CheckStatus::Ran,
        };
    }
    errors.sort();
    let more = errors.len().saturating_sub(LISTED);
    errors.truncate(LISTED);
    if more > 0 {
        errors.push(format!("and {more} more"));
    }
    CheckStatus::Partial { errors }
}
