//! XML of Cobertura, which coverage.py, gcovr and others write: `<class filename>` with a `<line number hits>` each.

use super::{Branches, Coverage, CoverageError, count_of, xml};

pub(super) fn read(text: &str) -> Result<Coverage, CoverageError> {
    let mut coverage = Coverage::default();
    let mut path = None;
    // Lines of methods stand within the class once more.
    let mut methods = 0_usize;
    let mut is_whole = false;
    for tag in xml::tags(text) {
        is_whole |= tag.name == "coverage" && (tag.ends || tag.is_empty);
        match (tag.name, tag.ends) {
            ("class", false) => path = tag.attribute("filename"),
            ("class", true) => path = None,
            ("method", false) => methods += 1,
            ("method", true) => methods = methods.saturating_sub(1),
            ("line", false) => {
                let (Some(path), Some(line)) = (path.as_deref(), tag.number("number")) else {
                    continue;
                };
                coverage.line(
                    path,
                    line,
                    tag.attribute("hits").map_or(0, |hits| count_of(&hits)),
                )?;
                if methods == 0
                    && let Some(branches) = tag
                        .attribute("condition-coverage")
                        .and_then(|text| branches_of(&text))
                {
                    coverage.branches(path, line, branches);
                }
            }
            _ => {}
        }
    }
    if is_whole {
        Ok(coverage)
    } else {
        Err(CoverageError::Truncated)
    }
}

/// `50% (1/2)`.
fn branches_of(text: &str) -> Option<Branches> {
    let (_, inner) = text.split_once('(')?;
    let (taken, all) = inner.split_once(')')?.0.split_once('/')?;
    Some(Branches {
        taken: taken.trim().parse().ok()?,
        all: all.trim().parse().ok()?,
    })
}
