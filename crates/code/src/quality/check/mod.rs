//! The check of the quality of code.
//!
//! In: the files of a directory, or those that a change touched with what they were before; reports of coverage. Out: measures of all lines or
//! of those that changed, and findings at functions, files and lines that are over a limit. Whether the measures suffice is for
//! [`super::gate`] to say.

mod covered;
mod judge;
mod measure;
mod passages;
mod sketch;

use super::coverage::Coverage;
use super::rules::ALL;
use crate::sast::is_foreign;
use bartizan_engine::globs::PathGlobs;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Bounds, Check, CheckError, Input, Meta, Part, Program, Sink, Sketches};
use bartizan_model::{Fingerprint, FingerprintBuilder, QualityScope, RuleInfo};
use bartizan_source::{Before, FileMeta, Interest};
use bartizan_syntax::Language;
use measure::Measured;
use sketch::Landmarks;

/// Bytes of a larger file are not looked at: it was made by a program.
const LARGEST: u64 = 2 << 20;
/// Changes whenever the same files would be measured differently.
const REVISION: &[u8] = b"2";

/// Above what numbers places are told.
#[derive(Debug, Clone, Copy)]
pub struct FunctionLimits {
    /// Cognitive complexity of a function
    pub cognitive: u64,
    /// Cyclomatic complexity of a function
    pub cyclomatic: u64,
    /// Lines of a function
    pub function_lines: u64,
    /// Lines of a file
    pub file_lines: u64,
}

/// A report of coverage as it was read.
#[derive(Debug)]
pub struct CoverageReport {
    /// What it is called: the path that was given
    pub name: String,
    /// What it says, or why it says nothing
    pub read: Result<Coverage, String>,
    /// Digest of its bytes
    pub digest: Fingerprint,
}

/// Globs of files, and what to put before a path to compare it with them.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The globs
    pub globs: PathGlobs,
    /// Ends with a slash unless it is empty
    pub prefix: String,
}

impl Paths {
    fn matches(&self, path: &str) -> bool {
        !self.globs.is_empty() && self.globs.matches(&format!("{}{path}", self.prefix))
    }
}

/// What is measured, and what is told.
#[derive(Debug)]
pub struct QualityOptions {
    /// The rules in force
    pub enabled: Enabled,
    /// Whether all lines are measured or those of a change
    pub scope: QualityScope,
    /// Above what numbers places are told
    pub limits: FunctionLimits,
    /// Share of lines, in a hundred, that tests are to run; 0 where nothing is asked
    pub min_coverage: u64,
    /// Reports of coverage
    pub reports: Vec<CoverageReport>,
    /// Files that are not measured
    pub exclude: Paths,
    /// Files that are tests; where there is no glob, those whose names say so
    pub tests: Paths,
    /// Files whose coverage is not asked
    pub uncovered: Paths,
    /// Whether the verdict depends on everything having been measured
    pub required: bool,
    /// Everything above that settings say, as text: results that are kept depend on it
    pub settings: String,
}

/// Measures code.
pub struct QualityCheck {
    meta: Meta,
    options: QualityOptions,
}

impl QualityCheck {
    /// Its id.
    pub const ID: &'static str = "quality/measures";

    /// The check with its options.
    #[must_use]
    pub fn new(options: QualityOptions) -> Self {
        let builder = FingerprintBuilder::new(Self::ID)
            .part(REVISION)
            .part(options.settings.as_bytes());
        let reports = options.reports.iter();
        let builder = reports.fold(builder, |builder, report| {
            builder
                .part(report.name.as_bytes())
                .part(report.digest.as_str().as_bytes())
        });
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Quality of code",
                required: options.required,
                digest: Meta::digest_of(options.enabled.mark(&ALL, builder)),
            },
            options,
        }
    }

    fn is_test(&self, path: &str) -> bool {
        let tests = &self.options.tests;
        if tests.globs.is_empty() {
            super::role::is_test(path)
        } else {
            tests.matches(path)
        }
    }
}

impl Check for QualityCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        super::rules::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let path = &*file.path;
        // Of languages that are read for patterns alone, trees tell too little.
        let is_code = Language::of_path(path).is_some_and(Language::is_judged) && !is_foreign(path);
        if is_code && !self.options.exclude.matches(path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, _: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }

    fn program(&self) -> Option<&dyn Program> {
        Some(self)
    }
}

impl Program for QualityCheck {
    fn part(&self, input: &Input<'_>, out: &mut Sink) -> Result<Part, CheckError> {
        Ok(Box::new(self.measure(input, &Before::Untold, out)?))
    }

    fn part_around(&self, input: &Input<'_>) -> Result<Part, CheckError> {
        Ok(Box::new(self.compared(input)?))
    }

    fn compares(&self) -> bool {
        self.options.scope == QualityScope::Changes
    }

    fn changed(&self, input: &Input<'_>, before: &Before, out: &mut Sink) -> Result<Part, CheckError> {
        Ok(Box::new(self.measure(input, before, out)?))
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            files: 20_000,
            bytes: 256 << 20,
            told: true,
        }
    }

    fn asks(&self, parts: &[(String, Part)], around: &[&str]) -> Vec<usize> {
        let changed = parts.iter().filter_map(|(_, part)| match part.downcast_ref() {
            Some(Measured::Own(own)) if own.tokens.is_some() => Some(own.language),
            _ => None,
        });
        let names: Vec<&str> = changed.map(Language::name).collect();
        let is_alike = |path: &str| {
            let language = Language::of_path(path).map(Language::name);
            language.is_some_and(|name| names.contains(&name)) && !self.is_test(path)
        };
        let places = around.iter().enumerate();
        places
            .filter(|(_, path)| is_alike(path))
            .map(|(at, _)| at)
            .collect()
    }

    fn sketches(&self) -> Option<&dyn Sketches> {
        Some(&Landmarks)
    }

    fn judge(&self, parts: &[(String, Part)], around: &[String], out: &mut Sink) -> Result<(), CheckError> {
        self.judge_all(parts, around, out);
        Ok(())
    }
}
