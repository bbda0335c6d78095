//! Names of the output formats.

use std::fmt;
use std::str::FromStr;

/// An output format for the result of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One frame a finding, for people at a terminal.
    Pretty,
    /// One line a finding.
    Concise,
    /// One JSON object, `bartizan/report/v1`.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0, for code-scanning dashboards.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A GitLab security report.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// A comment for a pull request.
    Markdown,
    /// An in-toto v1 Statement, not signed.
    Statement,
    /// A CycloneDX 1.6 bill of materials.
    Cyclonedx,
    /// An SPDX 2.3 document.
    Spdx,
    /// An OpenVEX 0.2 document.
    Openvex,
}

impl Format {
    /// Every format, in the order of the manual.
    pub const ALL: [Self; 13] = [
        Self::Pretty,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Statement,
        Self::Cyclonedx,
        Self::Spdx,
        Self::Openvex,
    ];

    /// The word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Statement => "statement",
            Self::Cyclonedx => "cyclonedx",
            Self::Spdx => "spdx",
            Self::Openvex => "openvex",
        }
    }

    /// Whether it lists the components of the inventory, and of findings only those about them.
    #[must_use]
    pub const fn is_bill(self) -> bool {
        matches!(self, Self::Cyclonedx | Self::Spdx)
    }

    /// Whether every finding is in it.
    #[must_use]
    pub const fn has_every_finding(self) -> bool {
        !self.is_bill() && !matches!(self, Self::Openvex)
    }

    /// Whether people read it: then it may be styled when it goes to a terminal.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Pretty | Self::Concise)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Formats of the contract that say nothing about the result of a scan yet.
const LATER: [&str; 2] = ["ocsf", "oscal"];

/// A word that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Nothing of that name exists.
    #[error("`{given}` is no output format{}; the formats are {}", did_you_mean(.suggestion), list())]
    Unknown {
        /// What was written.
        given: String,
        /// The nearest name, if one is near.
        suggestion: Option<&'static str>,
    },
    /// The format exists, but not for the result of a scan.
    #[error("`{given}` is not available for scan results yet; the formats are {}", list())]
    NotYet {
        /// What was written.
        given: String,
    },
}

fn did_you_mean(near: &Option<&'static str>) -> String {
    near.map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

fn list() -> String {
    Format::ALL.map(Format::as_str).join(", ")
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.to_lowercase();
        if let Some(format) = Self::ALL.into_iter().find(|format| format.as_str() == word) {
            return Ok(format);
        }
        if LATER.contains(&word.as_str()) {
            return Err(FormatError::NotYet { given: word });
        }
        let suggestion = Self::ALL
            .into_iter()
            .map(|format| {
                (
                    strsim::damerau_levenshtein(&word, format.as_str()),
                    format.as_str(),
                )
            })
            .min()
            .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
            .map(|(_, name)| name);
        Err(FormatError::Unknown {
            given: crate::text::line(text),
            suggestion,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read_back_from_its_name_in_any_case() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
            assert_eq!(format.as_str().to_uppercase().parse(), Ok(format));
        }
    }

    #[test]
    fn a_misspelt_format_is_answered_with_the_nearest_name() {
        let error = "jsno".parse::<Format>().unwrap_err().to_string();
        assert!(error.contains("did you mean `json`?"), "{error}");
        let error = "powerpoint".parse::<Format>().unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
        assert!(error.contains("pretty, concise, json"), "{error}");
    }

    #[test]
    fn a_format_for_other_results_is_said_not_to_be_available_yet() {
        for name in LATER {
            let error = name.parse::<Format>().unwrap_err().to_string();
            assert!(error.contains("not available for scan results yet"), "{error}");
        }
    }

    #[test]
    fn a_hostile_name_is_escaped_in_the_answer() {
        let error = "\u{1b}[31mx".parse::<Format>().unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
}
