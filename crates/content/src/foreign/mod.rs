//! Reads the leak rules of other tools, as they are.
//!
//! In: the text of a gitleaks or betterleaks TOML file, or of a Kingfisher or Nosey Parker YAML file. Out: [`LeakRule`]s
//! for every rule that cannot run a [`Refused`] that says why, and for every condition that was dropped from a rule that
//! does run a [`Caveat`]. Only conditions whose loss reports more, never less, are dropped.

mod gitleaks;
mod yaml_rules;

use crate::leak::{LeakExamples, LeakRule, Require};
use crate::load;
use bartizan_model::{Confidence, Severity};

/// Largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 16 * 1024 * 1024;

/// What a foreign file gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// Name of the format, for people.
    pub format: &'static str,
    /// The rules that run.
    pub rules: Vec<LeakRule>,
    /// The rules that do not run.
    pub refused: Vec<Refused>,
    /// What was dropped from rules that run.
    pub caveats: Vec<Caveat>,
    /// What the file as a whole asks for and does not get.
    pub notes: Vec<String>,
}

/// A rule that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Id of the rule in its file.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// A condition that a rule runs without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caveat {
    /// Id of the rule as it was taken over, `leak/…`.
    pub rule: String,
    /// Which condition, and why it is not honoured.
    pub reason: String,
}

/// Why a file could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// It does not parse.
    #[error("does not parse as {format}: {cause}")]
    Syntax {
        /// Format it was taken for.
        format: &'static str,
        /// What the parser said.
        cause: String,
    },
    /// It is too large.
    #[error("is larger than {LARGEST_FILE} bytes")]
    TooLarge,
    /// It is none of the known formats.
    #[error("is no rule file of gitleaks, betterleaks, Kingfisher, Nosey Parker or Bartizan")]
    UnknownFormat,
}

/// Reads a rule file of another tool, telling the formats apart by their content.
///
/// # Errors
/// When the file as a whole cannot be read; single rules that cannot are listed in the result.
pub fn read(text: &str) -> Result<Imported, ForeignError> {
    if text.len() > LARGEST_FILE {
        return Err(ForeignError::TooLarge);
    }
    if text
        .lines()
        .any(|line| line.trim_start().starts_with("[[rules]]"))
    {
        gitleaks::read(text)
    } else if text.lines().any(|line| line.starts_with("rules:")) {
        yaml_rules::read(text)
    } else {
        Err(ForeignError::UnknownFormat)
    }
}

/// `text` in the form of the second part of a rule id.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A rule with the fields every foreign rule has; the adapters fill in the rest.
fn skeleton(id: String, title: &str, format: &str, pattern: String) -> LeakRule {
    LeakRule {
        id: format!("leak/{id}"),
        title: if title.trim().is_empty() {
            id
        } else {
            title.trim().trim_end_matches('.').to_owned()
        },
        provider: String::new(),
        severity: Severity::High,
        confidence: Confidence::Medium,
        cwe: vec![798],
        pattern,
        group: None,
        literals: Vec::new(),
        literals_ignore_case: false,
        near: None,
        paths: Vec::new(),
        path_pattern: None,
        not_path_pattern: None,
        require: Require::default(),
        manual: format!("This rule comes from a {format} rule file; see there for what it finds."),
        remediation:
            "Revoke the credential where it was issued, replace it, and keep the new one in a secret store."
                .to_owned(),
        references: Vec::new(),
        examples: LeakExamples::default(),
    }
}

/// A rule on its way in.
struct Candidate<'a> {
    rule: LeakRule,
    /// Id of the rule in its file.
    name: &'a str,
    /// Words that each match contains, as the file says.
    keywords: &'a [String],
    /// Conditions that were dropped.
    dropped: Vec<&'static str>,
}

/// Takes a rule whose literals are derived, or else the given keywords; or says why it cannot run.
fn admit(candidate: Candidate<'_>, imported: &mut Imported) {
    let Candidate {
        mut rule,
        name,
        keywords,
        dropped,
    } = candidate;
    if load::literals_of(&rule).is_empty() {
        rule.literals = keywords.iter().filter(|word| word.len() >= 3).cloned().collect();
        rule.literals_ignore_case = true;
    }
    if imported.rules.iter().any(|known| known.id == rule.id) {
        rule.id = format!("{}-{}", rule.id, imported.rules.len());
    }
    match load::validate(&rule) {
        Ok(()) => {
            imported.caveats.extend(dropped.into_iter().map(|reason| Caveat {
                rule: rule.id.clone(),
                reason: reason.to_owned(),
            }));
            imported.rules.push(rule);
        }
        Err(error) => imported.refuse(name, error.to_string()),
    }
}

impl Imported {
    fn refuse(&mut self, rule: &str, reason: impl Into<String>) {
        self.refused.push(Refused {
            rule: rule.to_owned(),
            reason: reason.into(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_lower_case_words() {
        assert_eq!(slug("kingfisher.aws.1"), "kingfisher-aws-1");
        assert_eq!(slug("__A  b__"), "a-b");
    }

    #[test]
    fn a_file_of_no_known_format_is_refused() {
        assert_eq!(read("hello: world"), Err(ForeignError::UnknownFormat));
        assert_eq!(read(""), Err(ForeignError::UnknownFormat));
    }
}
