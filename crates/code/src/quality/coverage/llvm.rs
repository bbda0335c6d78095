//! JSON of `llvm-cov export`: for each file the places where the count of what runs changes, from which the lines follow.
//!
//! A line can run when a region with a count reaches into it from above, or begins on it. It ran as often as the one of these that ran most.

use serde_json::Value;

use super::{Branches, Coverage, CoverageError};

/// A place where the count changes: `[line, column, count, has count, begins a region, gap]`.
#[derive(Clone, Copy)]
struct Segment {
    line: u32,
    count: u64,
    has_count: bool,
    begins: bool,
    gap: bool,
}

impl Segment {
    const fn starts(self) -> bool {
        self.has_count && self.begins && !self.gap
    }
}

pub(super) fn read(text: &str) -> Result<Coverage, CoverageError> {
    let report: Value = serde_json::from_str(text).map_err(|error| CoverageError::Json(error.to_string()))?;
    let exports = report
        .get("data")
        .and_then(Value::as_array)
        .ok_or_else(|| CoverageError::Json("it has no `data`".to_owned()))?;
    let mut coverage = Coverage::default();
    for file in exports.iter().flat_map(|export| list(export, "files")) {
        let Some(path) = file.get("filename").and_then(Value::as_str) else {
            continue;
        };
        let segments: Vec<Segment> = list(file, "segments").iter().filter_map(segment).collect();
        lines(path, &segments, &mut coverage)?;
        for branch in list(file, "branches") {
            // From line and column to line and column, how often true, how often false.
            let number = |at: usize| branch.get(at).and_then(Value::as_u64);
            if let (Some(line), Some(yes), Some(no)) = (number(0), number(4), number(5)) {
                let taken = u32::from(yes > 0) + u32::from(no > 0);
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                coverage.branches(path, line, Branches { taken, all: 2 });
            }
        }
    }
    Ok(coverage)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn segment(value: &Value) -> Option<Segment> {
    let flag = |at: usize| {
        value
            .get(at)
            .is_some_and(|value| value.as_bool() == Some(true) || value.as_u64() == Some(1))
    };
    Some(Segment {
        line: u32::try_from(value.get(0)?.as_u64()?).ok()?,
        count: value.get(2)?.as_u64()?,
        has_count: flag(3),
        begins: flag(4),
        gap: flag(5),
    })
}

fn lines(path: &str, segments: &[Segment], coverage: &mut Coverage) -> Result<(), CoverageError> {
    let mut reaching: Option<Segment> = None;
    let mut rest = segments;
    while let Some(line) = rest.first().map(|segment| segment.line) {
        let here = rest.iter().take_while(|segment| segment.line <= line).count();
        let (on_line, after) = rest.split_at_checked(here).unwrap_or((rest, &[]));
        rest = after;
        let skipped = on_line
            .first()
            .is_some_and(|segment| !segment.has_count && segment.begins);
        let above = reaching.filter(|segment| segment.has_count);
        let begun = on_line.iter().filter(|segment| segment.starts());
        let counts = begun.chain(above.as_ref()).map(|segment| segment.count);
        if let Some(count) = counts.max().filter(|_| !skipped) {
            coverage.line(path, line, count)?;
        }
        reaching = on_line.last().copied().or(reaching);
        // Up to where the count changes next, it stays.
        if let (Some(count), Some(next)) = (reaching.filter(|segment| segment.has_count), rest.first()) {
            let between = line.saturating_add(1);
            coverage.lines(path, between, next.line.saturating_sub(1), count.count)?;
        }
    }
    Ok(())
}
