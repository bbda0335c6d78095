//! The rule set embedded in the binary.
//!
//! The build script reads `content/`, validates it, and writes two blobs: what detection needs (decoded at the start
//! of every scan) and the complete rules with manuals and examples (decoded when somebody asks for them).

use crate::facts::Facts;
use crate::leak::{LeakRule, Near, Require};
use crate::literals::Literal;
use bartizan_model::{Confidence, Control, RuleInfo, Severity};
use serde::{Deserialize, Serialize};

/// What detection needs of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeakMatcher {
    /// `leak/name`.
    pub id: String,
    /// One line naming the credential.
    pub title: String,
    /// How bad a leak of it is.
    pub severity: Severity,
    /// How sure a match is.
    pub confidence: Confidence,
    /// CWE numbers.
    pub cwe: Vec<u32>,
    /// Pattern, macros replaced.
    pub pattern: String,
    /// Number of the group that is the credential, where it has no name.
    pub group: Option<u32>,
    /// Literals of which every match contains one.
    pub literals: Vec<Literal>,
    /// What else every match satisfies.
    pub facts: Facts,
    /// Context that must stand near the match.
    pub near: Option<Near>,
    /// Globs of which one must match the path or the file name.
    pub paths: Vec<String>,
    /// Pattern that must match somewhere in the path.
    pub path_pattern: Option<String>,
    /// Pattern that must match nowhere in the path.
    pub not_path_pattern: Option<String>,
    /// What the credential must satisfy.
    pub require: Require,
    /// First sentence of the remediation, shown with each finding.
    pub fix: String,
}

impl From<&LeakRule> for LeakMatcher {
    fn from(rule: &LeakRule) -> Self {
        let literals = crate::load::literals_of(rule);
        Self {
            id: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            confidence: rule.confidence,
            cwe: rule.cwe.clone(),
            pattern: rule.pattern.clone(),
            group: rule.group,
            facts: Facts::of(&rule.pattern, &literals),
            literals,
            near: rule.near.clone(),
            paths: rule.paths.clone(),
            path_pattern: rule.path_pattern.clone(),
            not_path_pattern: rule.not_path_pattern.clone(),
            require: rule.require.clone(),
            fix: first_step(&rule.remediation),
        }
    }
}

/// The first item of a numbered list, or the first paragraph, on one line.
fn first_step(markdown: &str) -> String {
    let mut step = String::new();
    for line in markdown.trim().lines() {
        let line = line.trim();
        let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_item =
            numbered.len() < line.len() && (numbered.starts_with(". ") || numbered.starts_with(") "));
        if line.is_empty() || (is_item && !step.is_empty()) {
            break;
        }
        if !step.is_empty() {
            step.push(' ');
        }
        step.push_str(if is_item {
            numbered.get(2..).unwrap_or_default().trim()
        } else {
            line
        });
    }
    step
}

/// Controls that any leaked credential breaks.
///
/// Sources: OWASP ASVS 5.0 chapter 13.3 (secret management), OWASP Proactive Controls 2024, PCI DSS 4.0.1
/// requirement 8.6.2, NIST SP 800-53 r5 IA-5(7), CIS Controls v8.1 safeguard 16.1.
#[must_use]
pub fn leak_controls() -> Vec<Control> {
    [
        ("OWASP-ASVS-5.0", "13.3.1"),
        ("OWASP-Top10-2021", "A07"),
        ("OWASP-Proactive-Controls-2024", "C5"),
        ("NIST-800-53-r5", "IA-5(7)"),
        ("PCI-DSS-4.0.1", "8.6.2"),
    ]
    .into_iter()
    .map(|(framework, id)| Control {
        framework: framework.to_owned(),
        id: id.to_owned(),
    })
    .collect()
}

impl LeakRule {
    /// The manual of the rule.
    #[must_use]
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity,
            confidence: self.confidence,
            cwe: self.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
            controls: leak_controls(),
            manual: self.manual.clone(),
            remediation: self.remediation.clone(),
            references: self.references.clone(),
        }
    }
}
