//! `bartizan policy`: policies and their tests.

mod coverage;
mod suites;

use crate::args::PolicyVerb;
use crate::error::{Code, Error, Outcome};
use crate::output::print;
use crate::policies::{files, is_module};
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_policy::rego::test::Outcome as Tested;
use bartizan_policy::rego::{Dialect, Rego, Surroundings};
use bartizan_policy::suite::{Case, Outcome as Came};
use bartizan_policy::{Cause, Limits};
use std::path::{Path, PathBuf};

/// Runs the verb.
pub(crate) fn run(verb: PolicyVerb, terminal: Terminal) -> Outcome {
    match verb {
        PolicyVerb::Test { paths, coverage, now } => test(&paths, coverage, now, terminal),
    }
}

/// How tests went, and a line for each that did not hold.
#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    skipped: usize,
    unknown: usize,
    unreadable: usize,
    lines: String,
}

impl Totals {
    fn failed(&mut self, place: &str, why: &str) {
        self.failed += 1;
        self.lines.push_str(&format!("failed      {place}{why}\n"));
    }

    fn unknown(&mut self, place: &str, cause: &Cause) {
        self.unknown += 1;
        self.lines
            .push_str(&format!("unknown     {place}: {cause}; {}\n", cause.help()));
    }

    fn unreadable(&mut self, path: &Path, cause: &Cause) {
        self.unreadable += 1;
        self.lines.push_str(&format!(
            "unreadable  {}: {cause}; {}\n",
            path.display(),
            cause.help()
        ));
    }

    fn case(&mut self, path: &Path, case: &Case) {
        let place = format!("{}: {}", path.display(), case.name);
        match &case.outcome {
            Came::Passed => self.passed += 1,
            Came::Skipped => self.skipped += 1,
            Came::Failed(why) => self.failed(&place, &format!(": {why}")),
            Came::Unknown(cause) => self.unknown(&place, cause),
        }
    }

    fn all(&self) -> usize {
        self.passed + self.failed + self.skipped + self.unknown
    }

    fn code(&self) -> u8 {
        if self.failed > 0 {
            Code::Failed as u8
        } else if self.unknown > 0 || self.unreadable > 0 {
            Code::Unknown as u8
        } else {
            0
        }
    }
}

fn test(paths: &[PathBuf], coverage: bool, now_ns: Option<i64>, terminal: Terminal) -> Outcome {
    let surroundings = Surroundings { now_ns };
    let found = files(paths)?;
    let (modules, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|path| is_module(path));
    let mut totals = Totals::default();
    let mut report = String::new();
    rego(&modules, coverage, surroundings, &mut totals, &mut report)?;
    for path in &others {
        suites::run(path, surroundings, &mut totals)?;
    }
    if totals.all() == 0 && totals.unreadable == 0 {
        return Err(Error::nothing(
            "there is no test of a policy",
            "name a directory with .rego files in which rules begin with `test_`, with a `Suite` of Gatekeeper, or with a `Test` of Kyverno",
        ));
    }
    print(&totals.lines)?;
    print(report)?;
    terminal.note(format_args!(
        "{}: {} passed, {} failed, {} unknown, {} left out; {} could not be read",
        counted(totals.all(), "test"),
        totals.passed,
        totals.failed,
        totals.unknown,
        totals.skipped,
        counted(totals.unreadable, "file"),
    ));
    Ok(totals.code())
}

fn rego(
    modules: &[PathBuf],
    coverage: bool,
    surroundings: Surroundings,
    totals: &mut Totals,
    report: &mut String,
) -> Result<(), Error> {
    let mut rego = Rego::new(Limits::default(), surroundings).map_err(unusable)?;
    for path in modules {
        let text = std::fs::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
        if let Err(cause) = rego.add_module(&path.display().to_string(), &text, Dialect::Either) {
            totals.unreadable(path, &cause);
        }
    }
    let tests = rego.tests();
    if tests.is_empty() {
        return Ok(());
    }
    let covered = rego
        .run_tests(&tests, coverage, |test, outcome| {
            let place = format!("{}:{}: {}", test.path, test.line, test.name);
            match outcome {
                Tested::Passed => totals.passed += 1,
                Tested::Skipped => totals.skipped += 1,
                Tested::Failed(cases) if cases.is_empty() => totals.failed(&place, ""),
                Tested::Failed(cases) => totals.failed(&place, &format!(" [{}]", cases.join("], ["))),
                Tested::Unknown(cause) => totals.unknown(&place, cause),
            }
        })
        .map_err(|cause| {
            Error::usage(
                format!("these policies cannot be loaded together: {cause}"),
                "name the directories of those that belong together, one run each",
            )
        })?;
    if coverage {
        report.push_str(&coverage::lines(&covered));
    }
    Ok(())
}

fn unusable(cause: Cause) -> Error {
    Error::usage(cause.to_string(), cause.help())
}
