//! From a reported finding to a row of the graph.

use super::policy::{Kept, Rules};
use super::remedy::{self, Closing};
use super::tally::rank;
use bartizan_ledger::schedule::Within;
use bartizan_model::{Confidence, Decision, Finding, Remedy, Severity};
use bartizan_store::graph::{FindingRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Bytes of a text that is shown.
const LONGEST: usize = 2_000;

/// A reported finding, ready to be brought together with what is known of a thing that has it.
#[derive(Debug, Clone)]
pub(super) struct Described {
    /// Its row; number, thing, remedy and clock are still to be found.
    pub(super) row: FindingRow,
    /// JSON of it.
    pub(super) detail: Arc<[u8]>,
    /// Within which time it is to be closed.
    pub(super) within: Within,
    /// What covers it.
    pub(super) waiver: Option<Kept>,
    /// Advisories and weaknesses.
    pub(super) ids: Vec<String>,
    /// What closes it.
    pub(super) remedy: Closing,
}

/// Describes findings with the remedies that are offered for them, as they are for things for which these rules hold.
pub(super) fn describe(
    session: &mut Session<'_>,
    findings: &[Finding],
    remedies: &[Remedy],
    rules: &Rules<'_>,
) -> Result<Vec<Described>, StoreError> {
    let components = components_of(session, findings)?;
    let offered = remedy::offered(remedies);
    let mut described = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut finding = finding.clone();
        finding.first_seen = None;
        finding.due = None;
        finding.priority = Some(rules.priority(&finding));
        let decision = finding
            .priority
            .as_ref()
            .map_or(0, |priority| decision_number(priority.decision));
        let severity = severity_number(finding.severity);
        let row = FindingRow {
            id: 0,
            asset: 0,
            fingerprint: finding.fingerprint.to_bytes().to_vec(),
            rule: text(&finding.rule),
            made_by: text(&finding.check),
            severity,
            confidence: confidence_number(finding.confidence),
            title: text(&finding.title),
            message: text(&finding.message),
            place: place_of(&finding),
            component: components.get(finding.asset.as_str()).copied(),
            status: Status::Open,
            decision,
            rank: rank(decision, severity),
            remedy: 0,
            first_seen: 0,
            last_seen: 0,
            opened: 0,
            closed: None,
            due: None,
            waiver: None,
            waived_until: None,
            stood: 0,
        };
        let about: BTreeSet<String> = finding
            .ids
            .iter()
            .chain(&finding.cwe)
            .map(|id| text(id))
            .collect();
        described.push(Described {
            row,
            within: rules.within(&finding),
            waiver: rules.waiver(&finding),
            ids: about.into_iter().collect(),
            remedy: Closing::of(&finding, offered.get(&finding.fingerprint).copied()),
            detail: serde_json::to_vec(&finding).unwrap_or_default().into(),
        });
    }
    Ok(described)
}

fn components_of(
    session: &mut Session<'_>,
    findings: &[Finding],
) -> Result<HashMap<String, i64>, StoreError> {
    let mut purls: Vec<&str> = findings
        .iter()
        .map(|finding| finding.asset.as_str())
        .filter(|asset| asset.starts_with("pkg:"))
        .collect();
    purls.sort_unstable();
    purls.dedup();
    Ok(session.component_ids(&purls)?.into_iter().collect())
}

fn place_of(finding: &Finding) -> String {
    finding.primary().map_or_else(String::new, |location| {
        text(&format!("{}:{}", location.path, location.line))
    })
}

/// A text that both engines take, and that is not longer than what is shown.
pub(super) fn text(text: &str) -> String {
    shortened(text, LONGEST)
}

/// A text without zeros, which the engines do not take, and of at most so many bytes.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(longest));
    for letter in text.chars().filter(|&letter| letter != '\0') {
        if kept.len() + letter.len_utf8() > longest {
            break;
        }
        kept.push(letter);
    }
    kept
}

/// 0 for info to 4 for critical.
pub(crate) const fn severity_number(severity: Severity) -> i64 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

/// 0 for defer to 3 for immediate.
pub(crate) const fn decision_number(decision: Decision) -> i64 {
    match decision {
        Decision::Defer => 0,
        Decision::Scheduled => 1,
        Decision::OutOfCycle => 2,
        Decision::Immediate => 3,
    }
}

const fn confidence_number(confidence: Confidence) -> i64 {
    match confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
    }
}
