//! Profiles of Go: after a line that says the mode, one for each run of statements, `file:line.column,line.column statements count`.

use super::{Coverage, CoverageError, Format, count_of};

pub(super) fn read(text: &str) -> Result<Coverage, CoverageError> {
    let mut coverage = Coverage::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        // Profiles that were put together say the mode again.
        if line.is_empty() || line.starts_with("mode:") {
            continue;
        }
        let run = run_of(line).ok_or(CoverageError::Malformed {
            format: Format::Go,
            line: number + 1,
            what: "it is not `file:line.column,line.column statements count`",
        })?;
        if run.statements > 0 {
            coverage.lines(run.path, run.first, run.last, run.count)?;
        }
    }
    Ok(coverage)
}

struct Run<'a> {
    path: &'a str,
    first: u32,
    last: u32,
    statements: u64,
    count: u64,
}

fn run_of(line: &str) -> Option<Run<'_>> {
    let mut words = line.rsplitn(3, ' ');
    let count = words.next()?;
    let count = count
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| count_of(count))?;
    let statements = words.next()?.parse().ok()?;
    let (path, range) = words.next()?.rsplit_once(':')?;
    let (first, last) = range.split_once(',')?;
    let line_of = |place: &str| place.split_once('.').and_then(|(line, _)| line.parse().ok());
    Some(Run {
        path,
        first: line_of(first)?,
        last: line_of(last)?,
        statements,
        count,
    })
}
