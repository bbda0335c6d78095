//! `bartizan policy`: policies and their tests.

use crate::args::PolicyVerb;
use crate::error::{Code, Error, Outcome};
use crate::output::print;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_policy::rego::test::{Coverage, Outcome as Tested};
use bartizan_policy::rego::{Dialect, Rego, Surroundings};
use bartizan_policy::{Cause, Limits};
use std::path::{Path, PathBuf};

/// Directories inside one another that are walked.
const DEPTH: usize = 64;

/// Runs the verb.
pub(crate) fn run(verb: PolicyVerb, terminal: Terminal) -> Outcome {
    match verb {
        PolicyVerb::Test { paths, coverage, now } => test(&paths, coverage, now, terminal),
    }
}

#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    skipped: usize,
    unknown: usize,
}

fn test(paths: &[PathBuf], coverage: bool, now_ns: Option<i64>, terminal: Terminal) -> Outcome {
    let mut rego = Rego::new(Limits::default(), Surroundings { now_ns }).map_err(unusable)?;
    let mut files = Vec::new();
    for path in paths {
        collect(path, 0, &mut files)?;
    }
    let mut unreadable = 0_usize;
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| Error::reading(file, &error))?;
        if let Err(cause) = rego.add_module(&file.display().to_string(), &text, Dialect::Either) {
            unreadable += 1;
            print(format!("unreadable {}: {cause}\n", file.display()))?;
        }
    }
    let tests = rego.tests();
    if tests.is_empty() && unreadable == 0 {
        return Err(Error::nothing(
            "there is no test of a policy",
            "name a directory with .rego files in which rules begin with `test_`",
        ));
    }
    let mut totals = Totals::default();
    let mut lines = String::new();
    let covered = rego
        .run_tests(&tests, coverage, |test, outcome| {
            let place = format!("{}:{}: {}", test.path, test.line, test.name);
            match outcome {
                Tested::Passed => totals.passed += 1,
                Tested::Skipped => totals.skipped += 1,
                Tested::Failed => {
                    totals.failed += 1;
                    lines.push_str(&format!("failed     {place}\n"));
                }
                Tested::Unknown(cause) => {
                    totals.unknown += 1;
                    lines.push_str(&format!("unknown    {place}: {cause}; {}\n", cause.help()));
                }
            }
        })
        .map_err(unusable)?;
    print(lines)?;
    if coverage {
        print(coverage_lines(&covered))?;
    }
    terminal.note(format_args!(
        "{}: {} passed, {} failed, {} unknown, {} left out by name; {} could not be read",
        counted(tests.len(), "test"),
        totals.passed,
        totals.failed,
        totals.unknown,
        totals.skipped,
        counted(unreadable, "file"),
    ));
    Ok(if totals.failed > 0 {
        Code::Failed as u8
    } else if totals.unknown > 0 || unreadable > 0 {
        Code::Unknown as u8
    } else {
        0
    })
}

fn unusable(cause: Cause) -> Error {
    Error::usage(cause.to_string(), cause.help())
}

fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let about = std::fs::symlink_metadata(path).map_err(|error| Error::reading(path, &error))?;
    if !about.is_dir() {
        // A file that is named is read whatever it is called.
        if depth == 0 || (about.is_file() && path.extension().is_some_and(|ext| ext == "rego")) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    if depth >= DEPTH {
        return Err(Error::usage(
            format!("`{}` is more than {DEPTH} directories deep", path.display()),
            "name the directory of the policies itself",
        ));
    }
    let entries = std::fs::read_dir(path).map_err(|error| Error::reading(path, &error))?;
    let mut inner = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::reading(path, &error))?;
    inner.sort();
    inner.iter().try_for_each(|path| collect(path, depth + 1, files))
}

/// One line a file: how many of its lines tests evaluate, and which they do not.
fn coverage_lines(all: &[Coverage]) -> String {
    let mut out = String::new();
    for file in all {
        let lines = file.covered.len() + file.missed.len();
        out.push_str(&format!(
            "covered    {}: {} of {lines} lines",
            file.path,
            file.covered.len()
        ));
        if !file.missed.is_empty() {
            let missed: Vec<String> = file.missed.iter().map(ToString::to_string).collect();
            out.push_str(&format!("; not {}", missed.join(", ")));
        }
        out.push('\n');
    }
    out
}
