//! What is known about a rule, whoever made it: the text `explain` prints and reports carry.

use crate::{Confidence, Severity};
use serde::{Deserialize, Serialize};

/// One requirement of a published standard, as `framework` and `id`, for instance `OWASP-ASVS-5.0` `13.3.1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Control {
    /// Short name and version of the standard.
    pub framework: String,
    /// Number of the requirement in it.
    pub id: String,
}

/// Manual of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// `family/name`.
    pub id: String,
    /// One line: what kind of problem it finds.
    pub title: String,
    /// Severity of its findings unless a finding says otherwise.
    pub severity: Severity,
    /// Confidence of its findings unless a finding says otherwise.
    pub confidence: Confidence,
    /// Weaknesses, as `CWE-798`.
    pub cwe: Vec<String>,
    /// Controls and secure-coding practices.
    pub controls: Vec<Control>,
    /// Markdown: what it finds and why that matters.
    pub manual: String,
    /// Markdown: how to mend it.
    pub remediation: String,
    /// Addresses of public documentation.
    pub references: Vec<String>,
}
