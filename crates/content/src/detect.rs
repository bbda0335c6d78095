//! The format of `content/rules/detect/<name>.yaml`: one rule about what running hosts do.
//!
//! ```yaml
//! id: detect/example-file-read
//! title: A file that nobody reads is read
//! priority: warning                    # as in Falco; how bad it is follows from it
//! attack: { credential-access: [T1003.008] }   # tactic of MITRE ATT&CK: techniques
//! controls: { NIST-800-53-r5: [IA-5] } # framework: numbers; optional
//! condition: |                         # the language of Falco; macros and lists stand in `shared/`
//!   bartizan_open_read and fd.name = /etc/example
//! output: '%proc.exepath read %fd.name'
//! manual: |
//!   Markdown: why it matters.
//! respond: |
//!   What to do first.
//! false_alarms: |
//!   How to tell one, and what to write then.
//! references: ['https://docs.example.com'] # optional, beside the pages of the techniques
//! examples:                            # events as documents; judged when tests run
//!   fire: ['{call: openat, path: /etc/example, process: cat}']
//!   quiet: ['{call: openat, path: /etc/hosts, process: cat}']
//! ```
//!
//! The name of the rule, in alerts and for files that change it, is its id. Files of `content/rules/detect/shared` are files of Falco's rules with
//! nothing but macros and lists. Their names begin with `bartizan_`, so that none of a file that is loaded beside takes their place.

use crate::requirements;
use bartizan_model::runtime::Priority;
use bartizan_model::{Confidence, Control, RuleInfo, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What macros and lists of the pack begin with
pub const OWN: &str = "bartizan_";

/// All rules of the product about running hosts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct DetectPack {
    /// Macros and lists: names of files and their text
    pub shared: Vec<(String, String)>,
    /// Ordered by id
    pub rules: Vec<DetectRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectRule {
    /// `detect/name`.
    pub id: String,
    /// One line.
    pub title: String,
    /// How pressing its alerts are.
    pub priority: Priority,
    /// How sure an alert is.
    #[serde(default = "fairly_sure")]
    pub confidence: Confidence,
    /// Tactics of MITRE ATT&CK with the numbers of techniques.
    pub attack: BTreeMap<String, Vec<String>>,
    /// Requirements of published standards: framework and numbers.
    #[serde(default)]
    pub controls: BTreeMap<String, Vec<String>>,
    /// When it fires.
    pub condition: String,
    /// One line of an alert, with fields of the event.
    pub output: String,
    /// Markdown: why it matters.
    pub manual: String,
    /// Markdown: what to do first.
    pub respond: String,
    /// Markdown: how to tell a false alarm.
    pub false_alarms: String,
    /// Addresses of public documentation, beside those of the techniques.
    #[serde(default)]
    pub references: Vec<String>,
    /// What must and what must not fire.
    pub examples: DetectExamples,
}

/// Events on which a rule is tried, each a document of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectExamples {
    /// It fires on each of these.
    pub fire: Vec<String>,
    /// It passes each of these.
    pub quiet: Vec<String>,
}

/// Why a rule file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectRuleError {
    /// It is no YAML of the form required.
    #[error("the rule file does not parse: {0}")]
    Yaml(String),
    /// A field has a value that makes no sense.
    #[error("`{0}` {1}")]
    Field(&'static str, &'static str),
}

const fn fairly_sure() -> Confidence {
    Confidence::Medium
}

/// Tactics of ATT&CK for enterprises that a host can see.
const TACTICS: &[&str] = &[
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
];

/// Reads one rule file.
///
/// # Errors
/// When the file is no valid rule; the error names the field.
pub fn read(yaml: &str) -> Result<DetectRule, DetectRuleError> {
    let rule: DetectRule =
        serde_saphyr::from_str(yaml).map_err(|error| DetectRuleError::Yaml(error.to_string()))?;
    let words = |text: &str| {
        text.bytes()
            .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-')
    };
    if !rule
        .id
        .strip_prefix("detect/")
        .is_some_and(|name| !name.is_empty() && words(name))
    {
        return Err(DetectRuleError::Field(
            "id",
            "must be `detect/` and lower-case words joined by `-`",
        ));
    }
    let texts = [
        ("title", &rule.title),
        ("condition", &rule.condition),
        ("output", &rule.output),
        ("manual", &rule.manual),
        ("respond", &rule.respond),
        ("false_alarms", &rule.false_alarms),
    ];
    for (field, text) in texts {
        if text.trim().is_empty() {
            return Err(DetectRuleError::Field(field, "is empty"));
        }
    }
    if rule.techniques().next().is_none() || rule.attack.values().any(Vec::is_empty) {
        return Err(DetectRuleError::Field("attack", "names no technique"));
    }
    if !rule.attack.keys().all(|tactic| TACTICS.contains(&&**tactic)) {
        return Err(DetectRuleError::Field("attack", "names a tactic that is none"));
    }
    if !rule.techniques().all(is_technique) {
        return Err(DetectRuleError::Field(
            "attack",
            "names techniques as `T1003` or `T1003.008`",
        ));
    }
    for (field, examples) in [
        ("examples.fire", &rule.examples.fire),
        ("examples.quiet", &rule.examples.quiet),
    ] {
        if examples.is_empty() {
            return Err(DetectRuleError::Field(field, "names nothing"));
        }
    }
    Ok(rule)
}

fn is_technique(number: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    number
        .strip_prefix('T')
        .is_some_and(|rest| match rest.split_once('.') {
            Some((technique, part)) => digits(technique, 4) && digits(part, 3),
            None => digits(rest, 4),
        })
}

impl DetectRule {
    /// Numbers of its techniques.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.attack.values().flatten().map(String::as_str)
    }

    /// Its requirements of published standards.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        requirements::controls(&self.controls)
    }

    /// How bad it is, by how pressing it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self.priority {
            Priority::Emergency | Priority::Alert | Priority::Critical => Severity::Critical,
            Priority::Error => Severity::High,
            Priority::Warning => Severity::Medium,
            Priority::Notice => Severity::Low,
            Priority::Informational | Priority::Debug => Severity::Info,
        }
    }

    /// Its manual.
    #[must_use]
    pub fn info(&self) -> RuleInfo {
        let tactics = self
            .attack
            .iter()
            .map(|(tactic, techniques)| format!("{} ({tactic})", techniques.join(", ")));
        let tactics = tactics.collect::<Vec<_>>().join(", ");
        let pages = self.techniques().map(|technique| {
            let page = technique.replace('.', "/");
            format!("https://attack.mitre.org/techniques/{page}/")
        });
        RuleInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity(),
            confidence: self.confidence,
            cwe: Vec::new(),
            controls: self.controls(),
            manual: format!("{}\n\nMITRE ATT&CK: {tactics}.", self.manual.trim()),
            remediation: format!(
                "{}\n\n**False alarms.** {}",
                self.respond.trim(),
                self.false_alarms.trim()
            ),
            references: pages.chain(self.references.iter().cloned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "
id: detect/example
title: Example
priority: warning
attack: { credential-access: [T1003.008] }
condition: evt.type = open
output: o
manual: Why.
respond: What.
false_alarms: When.
examples: { fire: [a], quiet: [b] }
";

    #[test]
    fn a_rule_needs_an_id_a_technique_a_manual_and_examples_of_both_kinds() {
        assert!(read(RULE).is_ok());
        for (from, to) in [
            ("detect/example", "detect/Example"),
            ("T1003.008", "T103"),
            ("[T1003.008]", "[]"),
            ("credential-access", "credentials"),
            ("quiet: [b]", "quiet: []"),
            ("fire: [a]", "fire: []"),
            ("manual: Why.", "manual: ''"),
            ("priority: warning", "priority: loud"),
            ("title:", "colour: red\ntitle:"),
        ] {
            assert!(read(&RULE.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_manual_names_techniques_and_their_pages() {
        let info = read(RULE).unwrap().info();
        assert!(
            info.manual
                .ends_with("MITRE ATT&CK: T1003.008 (credential-access).")
        );
        assert_eq!(
            info.references,
            ["https://attack.mitre.org/techniques/T1003/008/"]
        );
        assert_eq!(info.severity, Severity::Medium);
    }
}
