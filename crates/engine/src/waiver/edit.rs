//! Changes `bartizan.waivers.toml` and leaves comments, order and spacing of the rest as they are.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// What a new entry says. Text is written as given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// Rule id or glob.
    pub rule: Option<String>,
    /// Fingerprint of one finding.
    pub fingerprint: Option<String>,
    /// Path glob.
    pub scope: Option<String>,
    /// Why the risk is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day on which it holds.
    pub until: Option<String>,
    /// VEX justification.
    pub vex: Option<String>,
}

/// Why a waiver file cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("the waiver file is no TOML: {0}")]
    Syntax(String),
    /// `waiver` is something else than a list of tables.
    #[error("`waiver` in the waiver file is not a list of `[[waiver]]` tables")]
    Shape,
}

/// The text of the file with one more entry at its end.
///
/// # Errors
/// When the text is no waiver file.
pub fn add(text: &str, addition: &Addition) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let empty = document.as_table().is_empty();
    let mut entry = Table::new();
    let fields = [
        ("rule", addition.rule.as_ref()),
        ("fingerprint", addition.fingerprint.as_ref()),
        ("scope", addition.scope.as_ref()),
        ("reason", Some(&addition.reason)),
        ("owner", addition.owner.as_ref()),
        ("until", addition.until.as_ref()),
        ("vex", addition.vex.as_ref()),
    ];
    for (key, text) in fields {
        if let Some(text) = text {
            entry.insert(key, value(text));
        }
    }
    // Comments at the end of a file belong to what stands above them: the new entry goes below.
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    document.set_trailing("");
    let gap = if empty && trailing.is_empty() { "" } else { "\n" };
    entry.decor_mut().set_prefix(format!("{trailing}{gap}"));
    let waivers = document
        .entry("waiver")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    waivers
        .as_array_of_tables_mut()
        .ok_or(EditError::Shape)?
        .push(entry);
    Ok(document.to_string())
}

/// The text of the file without the entries at these positions, which count from 0.
///
/// # Errors
/// When the text is no waiver file.
pub fn remove(text: &str, positions: &[usize]) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let Some(waivers) = document.get_mut("waiver") else {
        return Ok(text.to_owned());
    };
    let waivers = waivers.as_array_of_tables_mut().ok_or(EditError::Shape)?;
    let mut at = 0;
    waivers.retain(|_| {
        at += 1;
        !positions.contains(&(at - 1))
    });
    if waivers.is_empty() {
        document.remove("waiver");
    }
    Ok(document.to_string())
}

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse()
        .map_err(|error: toml_edit::TomlError| EditError::Syntax(error.message().to_owned()))
}
