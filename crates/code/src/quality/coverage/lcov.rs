//! Tracefiles of lcov, which many tools write: records from `SF:` to `end_of_record`.

use std::collections::BTreeMap;

use super::{Branches, Coverage, CoverageError, Format, count_of};

pub(super) fn read(text: &str) -> Result<Coverage, CoverageError> {
    let mut coverage = Coverage::default();
    let mut path: Option<&str> = None;
    let mut hits: BTreeMap<(&str, u32), u64> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what| CoverageError::Malformed {
            format: Format::Lcov,
            line: number + 1,
            what,
        };
        let line = line.trim_end();
        if line == "end_of_record" {
            path = None;
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        match (key, path) {
            ("SF", _) => path = Some(value),
            ("DA", Some(path)) => {
                let mut parts = value.split(',');
                let line = parts.next().and_then(|part| part.trim().parse::<u32>().ok());
                let count = parts.next().map(count_of);
                let (Some(line), Some(count)) = (line, count) else {
                    return Err(wrong("`DA` is a line and how often it ran"));
                };
                // The same file may have several records, one of each test.
                let sum = hits.entry((path, line)).or_default();
                *sum = sum.saturating_add(count);
                coverage.line(path, line, *sum)?;
            }
            ("BRDA", Some(path)) => {
                let mut parts = value.split(',');
                let line = parts.next().and_then(|part| part.trim().parse::<u32>().ok());
                let (Some(line), Some(taken)) = (line, parts.next_back()) else {
                    return Err(wrong(
                        "`BRDA` is a line, a block, a branch, and how often it was taken",
                    ));
                };
                let taken = u32::from(count_of(taken) > 0);
                coverage.branches(path, line, Branches { taken, all: 1 });
            }
            ("DA" | "BRDA", None) => return Err(wrong("it belongs to no file: no `SF` stands before it")),
            _ => {}
        }
    }
    // Each record has its end.
    if path.is_some() {
        Err(CoverageError::Truncated)
    } else {
        Ok(coverage)
    }
}
