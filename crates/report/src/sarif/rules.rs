//! Rule descriptors and the CWE taxonomy of a SARIF run.

use super::insert;
use crate::Context;
use bartizan_model::{Confidence, Control, Finding, Report, RuleInfo, Severity};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The rules that made findings, in the order of their ids.
pub(super) struct Rules<'a> {
    rules: BTreeMap<&'a str, Rule<'a>>,
    index: BTreeMap<&'a str, usize>,
    weaknesses: Vec<&'a str>,
}

/// A rule's manual, or the finding that stands in for it.
enum Rule<'a> {
    Known(&'a RuleInfo),
    Unknown(&'a Finding),
}

impl<'a> Rules<'a> {
    pub(super) fn of(report: &'a Report, context: &Context<'a>) -> Self {
        let mut rules = BTreeMap::new();
        let mut weaknesses = BTreeSet::new();
        for finding in &report.findings {
            let rule = rules.entry(finding.rule.as_str()).or_insert_with(|| {
                context
                    .rules
                    .get(&finding.rule)
                    .map_or(Rule::Unknown(finding), Rule::Known)
            });
            weaknesses.extend(rule.cwe().iter().chain(&finding.cwe).map(String::as_str));
        }
        let index = rules.keys().enumerate().map(|(index, id)| (*id, index)).collect();
        Self {
            rules,
            index,
            weaknesses: weaknesses.into_iter().collect(),
        }
    }

    /// Position of a rule among the descriptors.
    pub(super) fn index(&self, rule: &str) -> Option<usize> {
        self.index.get(rule).copied()
    }

    pub(super) fn descriptors(&self) -> Vec<Value> {
        self.rules
            .iter()
            .map(|(id, rule)| self.descriptor(id, rule))
            .collect()
    }

    /// The weaknesses that the rules and findings name; none when they name none.
    pub(super) fn taxonomy(&self) -> Option<Value> {
        let taxa: Vec<Value> = self.weaknesses.iter().map(|id| taxon(id)).collect();
        (!taxa.is_empty()).then(|| {
            json!({
                "name": "CWE",
                "organization": "MITRE",
                "shortDescription": { "text": "Common Weakness Enumeration" },
                "informationUri": "https://cwe.mitre.org/",
                "isComprehensive": false,
                "taxa": taxa,
            })
        })
    }

    /// A reference to a weakness in the taxonomy.
    pub(super) fn weakness(&self, id: &str) -> Option<Value> {
        let index = self.weaknesses.binary_search(&id).ok()?;
        Some(json!({ "id": id, "index": index, "toolComponent": { "name": "CWE", "index": 0 } }))
    }

    fn descriptor(&self, id: &str, rule: &Rule<'_>) -> Value {
        let relationships: Vec<Value> = rule
            .cwe()
            .iter()
            .filter_map(|cwe| self.weakness(cwe))
            .map(|target| json!({ "target": target, "kinds": ["superset"] }))
            .collect();
        let (title, severity, confidence) = rule.head();
        let mut descriptor = json!({
            "id": id,
            "name": id.rsplit('/').next().unwrap_or(id),
            "shortDescription": { "text": title },
            "defaultConfiguration": { "level": level(severity) },
            "relationships": relationships,
            "properties": {
                "security-severity": security_severity(severity),
                "precision": precision(confidence),
                "problem.severity": problem_severity(severity),
                "tags": tags(id, rule.cwe(), rule.controls()),
            },
        });
        if let Rule::Known(rule) = rule {
            let (manual, remediation) = (&rule.manual, &rule.remediation);
            let help = format!("{manual}\n\n## How to mend it\n\n{remediation}\n");
            insert(
                &mut descriptor,
                "fullDescription",
                json!({ "text": crate::text::first_paragraph(manual) }),
            );
            insert(
                &mut descriptor,
                "help",
                json!({ "text": crate::text::plain(&help), "markdown": help }),
            );
            if let Some(address) = rule.references.iter().find(|address| is_web_address(address)) {
                insert(&mut descriptor, "helpUri", json!(address));
            }
        }
        descriptor
    }
}

impl Rule<'_> {
    fn head(&self) -> (&str, Severity, Confidence) {
        match self {
            Self::Known(rule) => (&rule.title, rule.severity, rule.confidence),
            Self::Unknown(finding) => (&finding.title, finding.severity, finding.confidence),
        }
    }

    fn controls(&self) -> &[Control] {
        match self {
            Self::Known(rule) => &rule.controls,
            Self::Unknown(finding) => &finding.controls,
        }
    }
}

impl<'a> Rule<'a> {
    fn cwe(&self) -> &'a [String] {
        match self {
            Self::Known(rule) => &rule.cwe,
            Self::Unknown(finding) => &finding.cwe,
        }
    }
}

/// `CWE-798` with the page that describes it, where the id has the usual form.
fn taxon(id: &str) -> Value {
    let number = id
        .strip_prefix("CWE-")
        .filter(|number| number.bytes().all(|b| b.is_ascii_digit()));
    let mut taxon = json!({ "id": id });
    if let Some(number) = number.filter(|number| !number.is_empty()) {
        let address = format!("https://cwe.mitre.org/data/definitions/{number}.html");
        insert(&mut taxon, "helpUri", json!(address));
    }
    taxon
}

/// Whether text can stand where SARIF wants a URI.
fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
    })
}

/// The four levels of SARIF; ours are five.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number within the band that code-scanning dashboards read as our word:
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.0",
    }
}

const fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

const fn precision(confidence: Confidence) -> &'static str {
    confidence.as_str()
}

fn tags(id: &str, cwe: &[String], controls: &[Control]) -> Vec<String> {
    let family = id.split('/').next().unwrap_or(id).to_owned();
    let mut tags = vec!["security".to_owned(), family];
    tags.extend(
        cwe.iter()
            .map(|cwe| format!("external/cwe/{}", cwe.to_lowercase())),
    );
    tags.extend(
        controls
            .iter()
            .map(|control| format!("{} {}", control.framework, control.id)),
    );
    tags.dedup();
    tags
}
