//! Reads a catalogue of controls.
//!
//! In: text. Lines `@NAME VALUE` first, then `= ID TITLE` for each group and, below it, `NUMBER TITLE` for each control; `- ` before
//! the number says that the control is withdrawn. Out: a [`Catalog`].

use bartizan_model::compliance::{Catalog, CatalogControl, ControlGroup, Wording};
use std::collections::BTreeMap;

/// Why a text is no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// A line of the head is missing.
    #[error("the head lacks `@{0}`")]
    Lacks(&'static str),
    /// A line says nothing.
    #[error("line {0}: an identity, a blank and a title are needed")]
    Line(usize),
    /// A control stands before the first group.
    #[error("line {0}: a control stands under a group")]
    NoGroup(usize),
    /// Two controls have one number.
    #[error("the control {0} is listed twice")]
    Twice(String),
}

/// Reads a catalogue.
///
/// # Errors
/// When a line is none, the head is not complete or a number stands twice.
pub fn read(text: &str) -> Result<Catalog, CatalogError> {
    let mut head: BTreeMap<&str, &str> = BTreeMap::new();
    let mut groups: Vec<ControlGroup> = Vec::new();
    let mut controls: Vec<CatalogControl> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if let Some((name, value)) = line.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
            head.insert(name, value);
            continue;
        }
        let (is_group, withdrawn, rest) = match (line.strip_prefix("= "), line.strip_prefix("- ")) {
            (Some(rest), _) => (true, false, rest),
            (None, Some(rest)) => (false, true, rest),
            (None, None) => (false, false, line),
        };
        let (id, title) = rest.split_once(' ').ok_or(CatalogError::Line(number))?;
        if is_group {
            groups.push(ControlGroup {
                id: id.to_owned(),
                title: title.to_owned(),
            });
        } else {
            let group = groups.last().ok_or(CatalogError::NoGroup(number))?;
            controls.push(CatalogControl {
                id: id.to_owned(),
                oscal: String::new(),
                title: title.to_owned(),
                group: group.id.clone(),
                parent: None,
                withdrawn,
            });
        }
    }
    finish(&head, groups, controls)
}

fn finish(
    head: &BTreeMap<&str, &str>,
    groups: Vec<ControlGroup>,
    mut controls: Vec<CatalogControl>,
) -> Result<Catalog, CatalogError> {
    let value = |name: &'static str| {
        head.get(name)
            .map(|value| (*value).to_owned())
            .ok_or(CatalogError::Lacks(name))
    };
    let key = value("key")?;
    let mut ids: Vec<String> = controls.iter().map(|control| control.id.clone()).collect();
    ids.sort_unstable();
    if let Some([twice, _]) = ids.array_windows().find(|[one, other]| one == other) {
        return Err(CatalogError::Twice(twice.clone()));
    }
    for control in &mut controls {
        control.oscal = oscal_id(&key, &control.id);
        control.parent = parent(&control.id)
            .filter(|parent| ids.binary_search_by(|id| id.as_str().cmp(parent)).is_ok())
            .map(str::to_owned);
    }
    Ok(Catalog {
        framework: value("framework")?,
        name: value("name")?,
        version: value("version")?,
        wording: if value("wording")? == "published" {
            Wording::Published
        } else {
            Wording::Own
        },
        licence: value("licence")?,
        source: value("source")?,
        key,
        groups,
        controls,
    })
}

/// The token by which OSCAL knows a control. Those of SP 800-53 are NIST's own; the others begin with the catalogue's key, because
/// a token begins with a letter (<https://pages.nist.gov/metaschema/specification/datatypes/#token>).
fn oscal_id(key: &str, id: &str) -> String {
    let token = id.replace('(', ".").replace(')', "");
    if key == "nist" {
        token.to_lowercase()
    } else {
        format!("{key}-{token}")
    }
}

/// The number without its last part.
fn parent(id: &str) -> Option<&str> {
    let at = id.rfind(['(', '.'])?;
    id.get(..at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "@key x\n@framework X-1\n@name X\n@version 1\n@wording own\n@licence none\n@source here\n";

    #[test]
    fn a_line_without_title_and_a_number_twice_are_refused() {
        assert_eq!(read(&format!("{HEAD}= a A\n1.1\n")), Err(CatalogError::Line(9)));
        assert_eq!(read(&format!("{HEAD}1.1 one\n")), Err(CatalogError::NoGroup(8)));
        assert_eq!(
            read(&format!("{HEAD}= a A\n1.1 one\n1.1 two\n")),
            Err(CatalogError::Twice("1.1".into()))
        );
        assert_eq!(read("= a A\n"), Err(CatalogError::Lacks("key")));
    }

    #[test]
    fn only_a_control_that_exists_is_a_parent() {
        let catalog = read(&format!("{HEAD}= a A\n1.1 one\n1.1.2 two\n- 2.1.1 three\n")).unwrap();
        let parents: Vec<_> = catalog.controls.iter().map(|c| c.parent.as_deref()).collect();
        assert_eq!(parents, [None, Some("1.1"), None]);
        assert!(catalog.controls[2].withdrawn);
    }
}
