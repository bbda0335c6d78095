//! Which lines tests ran, as tools for coverage report it: lcov, Cobertura, JaCoCo, Go's profiles, and the JSON of llvm-cov.
//!
//! The text of a report flows in, hits by file and line flow out. A report has its own idea of paths (absolute, within a module, below a source
//! root): [`Coverage::attributed`] finds the files of a repository that they mean.

mod cobertura;
mod go;
mod jacoco;
mod lcov;
mod llvm;
mod places;
mod xml;

pub use places::Attributed;

use std::collections::BTreeMap;

/// Bytes of a report at most.
pub const MAX_BYTES: usize = 256 << 20;
/// Lines that a report may tell of, all files together, those it tells of again counted again.
pub const MAX_LINES: usize = 20_000_000;
/// The largest number of a line that is believed.
pub const MAX_LINE: u32 = 1_000_000;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `geninfo`'s tracefile: <https://manpages.debian.org/unstable/lcov/geninfo.1.en.html#FILES>
    Lcov,
    /// Cobertura's XML: <https://raw.githubusercontent.com/cobertura/web/master/htdocs/xml/coverage-04.dtd>
    Cobertura,
    /// JaCoCo's XML: <https://www.jacoco.org/jacoco/trunk/coverage/report.dtd>
    Jacoco,
    /// `go test -coverprofile`: <https://pkg.go.dev/golang.org/x/tools/cover#Profile>
    Go,
    /// `llvm-cov export`: <https://llvm.org/docs/CommandGuide/llvm-cov.html#llvm-cov-export>
    Llvm,
}

impl Format {
    /// The format that a text begins like; none when it is none of them.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        let head: String = start.chars().take(4096).collect();
        if head.starts_with('<') {
            return if head.contains("<report") {
                Some(Self::Jacoco)
            } else if head.contains("<coverage") {
                Some(Self::Cobertura)
            } else {
                None
            };
        }
        if head.starts_with("mode: ") {
            return Some(Self::Go);
        }
        // Keys of JSON come in any order, and what says the type may stand at the end.
        if head.starts_with('{') && text.contains("llvm.coverage.json.export") {
            return Some(Self::Llvm);
        }
        let lcov = |line: &str| line.starts_with("TN:") || line.starts_with("SF:");
        head.lines().next().is_some_and(lcov).then_some(Self::Lcov)
    }
}

/// Why a report could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// More than [`MAX_BYTES`]
    #[error("the report is larger than {MAX_BYTES} bytes; report on fewer files at a time")]
    TooLarge,
    /// More than [`MAX_LINES`]
    #[error("the report tells of more than {MAX_LINES} lines; report on fewer files at a time")]
    TooManyLines,
    /// It begins like none of the formats
    #[error(
        "this is no report of lcov, Cobertura, JaCoCo, Go or llvm-cov; name the file that the tool wrote"
    )]
    Unknown,
    /// A line of it is not what its format says
    #[error("line {line} of the report is not what {format:?} says: {what}")]
    Malformed {
        /// The format that it was read as
        format: Format,
        /// Which line, from 1
        line: usize,
        /// What is wrong with it
        what: &'static str,
    },
    /// It ends before what it tells does
    #[error("the report ends in the middle: it was cut off, or the tool was; make it again")]
    Truncated,
    /// It is no JSON, or not that of llvm-cov
    #[error("this is not the JSON of `llvm-cov export`: {0}")]
    Json(String),
}

/// Which lines of which files ran.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    files: BTreeMap<String, FileCoverage>,
    told: usize,
}

/// Which lines of a file ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCoverage {
    lines: BTreeMap<u32, u64>,
    branches: BTreeMap<u32, Branches>,
}

/// Ways out of a line, and how many of them were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Branches {
    /// Ways that were taken at least once
    pub taken: u32,
    /// All ways
    pub all: u32,
}

/// Lines that may run, and those of them that did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Lines that ran
    pub covered: u32,
    /// Lines that may run
    pub all: u32,
}

impl Share {
    /// From 0 to 1; none where no line may run.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        (self.all > 0).then(|| f64::from(self.covered) / f64::from(self.all))
    }
}

/// Reads a report, as the format says or, without one, as it begins.
pub fn read(text: &str, format: Option<Format>) -> Result<Coverage, CoverageError> {
    if text.len() > MAX_BYTES {
        return Err(CoverageError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    match format
        .or_else(|| Format::of(text))
        .ok_or(CoverageError::Unknown)?
    {
        Format::Lcov => lcov::read(text),
        Format::Cobertura => cobertura::read(text),
        Format::Jacoco => jacoco::read(text),
        Format::Go => go::read(text),
        Format::Llvm => llvm::read(text),
    }
}

impl Coverage {
    /// Files by the paths of the report, parted by `/` and without one at their beginning.
    pub fn files(&self) -> impl Iterator<Item = (&str, &FileCoverage)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// Notes that a line may run and did so `hits` times; told again, the higher number stands.
    fn line(&mut self, path: &str, line: u32, hits: u64) -> Result<(), CoverageError> {
        self.lines(path, line, line, hits)
    }

    /// The same of each line from `first` to `last`.
    fn lines(&mut self, path: &str, first: u32, last: u32, hits: u64) -> Result<(), CoverageError> {
        let lines = first.max(1)..=last.min(MAX_LINE);
        self.told += lines.clone().count();
        if self.told > MAX_LINES {
            return Err(CoverageError::TooManyLines);
        }
        let file = self.file(path);
        for line in lines {
            let known = file.lines.entry(line).or_default();
            *known = (*known).max(hits);
        }
        Ok(())
    }

    /// Notes ways out of a line, beside those that are known.
    fn branches(&mut self, path: &str, line: u32, branches: Branches) {
        let known = self.file(path).branches.entry(line).or_default();
        known.taken = known.taken.saturating_add(branches.taken);
        known.all = known.all.saturating_add(branches.all);
    }

    fn file(&mut self, path: &str) -> &mut FileCoverage {
        // Reports from Windows write paths its way; empty parts and `.` lead nowhere.
        let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
        let path = parts.collect::<Vec<_>>().join("/");
        self.files.entry(path).or_default()
    }
}

impl FileCoverage {
    /// How often a line ran; none when nothing on it can run.
    #[must_use]
    pub fn hits(&self, line: u32) -> Option<u64> {
        self.lines.get(&line).copied()
    }

    /// Ways out of a line; none when there is only one, or the report does not tell.
    #[must_use]
    pub fn ways(&self, line: u32) -> Option<Branches> {
        self.branches.get(&line).copied()
    }

    /// Lines that may run, in order, with how often they did.
    pub fn lines(&self) -> impl Iterator<Item = (u32, u64)> {
        self.lines.iter().map(|(&line, &hits)| (line, hits))
    }

    /// Adds what another report says of the file: a line ran as often as the one says that says more.
    pub fn join(&mut self, other: &Self) {
        for (line, hits) in other.lines() {
            let known = self.lines.entry(line).or_default();
            *known = (*known).max(hits);
        }
        for (line, ways) in &other.branches {
            let known = self.branches.entry(*line).or_default();
            if ways.taken > known.taken || known.all == 0 {
                *known = *ways;
            }
        }
    }

    /// How much of the file ran.
    #[must_use]
    pub fn share(&self) -> Share {
        self.share_of(|_| true)
    }

    /// How much of some lines of the file ran: those that a change touched, for instance.
    #[must_use]
    pub fn share_of(&self, lines: impl Fn(u32) -> bool) -> Share {
        let mut share = Share::default();
        for (_, hits) in self.lines().filter(|&(line, _)| lines(line)) {
            share.all += 1;
            share.covered += u32::from(hits > 0);
        }
        share
    }
}

/// How often something ran, as tools write it. `-` is never; some write fractions or powers of ten, and numbers below zero where a counter ran over.
fn count_of(text: &str) -> u64 {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(count) => count,
        Err(_) if digits => u64::MAX,
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is below zero is none, and what is too much is the most there is"
        )]
        Err(_) => text.parse::<f64>().map_or(0, |count| count.ceil() as u64),
    }
}
