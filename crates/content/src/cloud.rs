//! The format of `content/rules/deploy/cloud/<name>.yaml`: one rule for one kind of resource of a cloud.
//!
//! ```yaml
//! id: deploy/example-bucket-public
//! title: Bucket that anybody reads
//! severity: high                       # critical, high, medium, low, info
//! cwe: [732]
//! controls: { PCI-DSS-4.0.1: [1.4.4] } # framework: numbers; optional
//! resources: [example_bucket]          # types of Terraform that it judges
//! each: grant                          # optional: judge every such block by itself; the condition calls it `it`
//! fail: it.who == "everyone"           # an expression of Terraform, true where the resource is wrong
//! at: who                              # optional: the attribute to show, as `a.b`, within the resource or the block
//! message: is readable by anybody      # goes after the address of the resource
//! fix: grant nothing to everyone
//! manual: |
//!   Markdown: what that means, and why it matters.
//! references: ['https://docs.example.com/bucket']
//! examples:                            # Terraform; judged when tests run
//!   fire: ['resource "example_bucket" "b" { ... }']
//!   quiet: ['resource "example_bucket" "b" { ... }']
//!   unknown: ['resource "example_bucket" "b" { ... }']
//! ```
//!
//! What expressions mean stands in `docs/terraform.md`.

use crate::requirements;
use bartizan_model::{Confidence, Control, RuleInfo, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One rule for some kinds of resources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudRule {
    /// `deploy/name`.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure a finding is.
    #[serde(default = "sure")]
    pub confidence: Confidence,
    /// CWE numbers.
    pub cwe: Vec<u32>,
    /// Requirements of published standards: framework and numbers.
    #[serde(default)]
    pub controls: BTreeMap<String, Vec<String>>,
    /// Types of resources.
    pub resources: Vec<String>,
    /// Blocks that are judged one by one; empty where the resource is judged as a whole.
    #[serde(default)]
    pub each: String,
    /// The condition of a finding.
    pub fail: String,
    /// The attribute to show; empty for the head.
    #[serde(default)]
    pub at: String,
    /// What is wrong, to go after the address.
    pub message: String,
    /// What to do, in the imperative.
    pub fix: String,
    /// Markdown.
    pub manual: String,
    /// Addresses of public documentation.
    pub references: Vec<String>,
    /// What must and what must not fire.
    pub examples: CloudExamples,
}

/// Configurations on which a rule is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudExamples {
    /// It fires on each of these.
    pub fire: Vec<String>,
    /// It passes each of these.
    pub quiet: Vec<String>,
    /// It cannot decide these.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// Why a rule file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloudRuleError {
    /// It is no YAML of the form required.
    #[error("the rule file does not parse: {0}")]
    Yaml(String),
    /// A field has a value that makes no sense.
    #[error("`{0}` {1}")]
    Field(&'static str, &'static str),
}

const fn sure() -> Confidence {
    Confidence::High
}

/// Reads one rule file.
///
/// # Errors
/// When the file is no valid rule; the error names the field.
pub fn read(yaml: &str) -> Result<CloudRule, CloudRuleError> {
    let rule: CloudRule =
        serde_saphyr::from_str(yaml).map_err(|error| CloudRuleError::Yaml(error.to_string()))?;
    let words = |text: &str| {
        text.bytes()
            .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-')
    };
    if !rule
        .id
        .strip_prefix("deploy/")
        .is_some_and(|name| !name.is_empty() && words(name))
    {
        return Err(CloudRuleError::Field(
            "id",
            "must be `deploy/` and lower-case words joined by `-`",
        ));
    }
    let texts = [
        ("title", &rule.title),
        ("fail", &rule.fail),
        ("message", &rule.message),
        ("fix", &rule.fix),
        ("manual", &rule.manual),
    ];
    for (field, text) in texts {
        if text.trim().is_empty() {
            return Err(CloudRuleError::Field(field, "is empty"));
        }
    }
    let lists = [
        ("cwe", rule.cwe.is_empty()),
        ("resources", rule.resources.is_empty()),
        ("references", rule.references.is_empty()),
        ("examples.fire", rule.examples.fire.is_empty()),
        ("examples.quiet", rule.examples.quiet.is_empty()),
    ];
    for (field, is_empty) in lists {
        if is_empty {
            return Err(CloudRuleError::Field(field, "names nothing"));
        }
    }
    Ok(rule)
}

impl CloudRule {
    /// Its requirements of published standards.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        requirements::controls(&self.controls)
    }

    /// Its manual.
    #[must_use]
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity,
            confidence: self.confidence,
            cwe: self.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
            controls: self.controls(),
            manual: self.manual.clone(),
            remediation: self.fix.clone(),
            references: self.references.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "
id: deploy/example
title: Example
severity: high
cwe: [732]
resources: [example]
fail: self.open == true
message: is open
fix: close it
manual: What it means.
references: ['https://docs.example.com']
examples: { fire: [a], quiet: [b] }
";

    #[test]
    fn a_rule_needs_an_id_a_weakness_and_examples_of_both_kinds() {
        assert!(read(RULE).is_ok());
        for (from, to) in [
            ("deploy/example", "deploy/Example"),
            ("[732]", "[]"),
            ("quiet: [b]", "quiet: []"),
            ("fix: close it", "fix: ''"),
            ("severity: high", "severity: huge"),
            ("title:", "colour: red\ntitle:"),
        ] {
            assert!(read(&RULE.replace(from, to)).is_err(), "{to}");
        }
    }
}
