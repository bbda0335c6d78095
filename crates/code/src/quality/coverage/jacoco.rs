//! XML of JaCoCo: `<package name>`, `<sourcefile name>`, and a `<line nr>` each with how many instructions and branches of it were missed and covered.

use super::{Branches, Coverage, CoverageError, count_of, xml};

pub(super) fn read(text: &str) -> Result<Coverage, CoverageError> {
    let mut coverage = Coverage::default();
    let mut package = String::new();
    let mut path = None;
    let mut is_whole = false;
    for tag in xml::tags(text) {
        is_whole |= tag.name == "report" && (tag.ends || tag.is_empty);
        match (tag.name, tag.ends) {
            ("package", false) => package = tag.attribute("name").unwrap_or_default().into_owned(),
            ("sourcefile", false) => {
                path = tag.attribute("name").map(|name| match package.as_str() {
                    "" => name.into_owned(),
                    package => format!("{package}/{name}"),
                });
            }
            ("sourcefile", true) => path = None,
            ("line", false) => {
                let (Some(path), Some(line)) = (path.as_deref(), tag.number::<u32>("nr")) else {
                    continue;
                };
                coverage.line(
                    path,
                    line,
                    tag.attribute("ci").map_or(0, |count| count_of(&count)),
                )?;
                let taken = tag.number("cb").unwrap_or(0);
                let missed: u32 = tag.number("mb").unwrap_or(0);
                let all = missed.saturating_add(taken);
                if all > 0 {
                    coverage.branches(path, line, Branches { taken, all });
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
