//! From a reported finding to a row of the graph.

use super::policy::{Kept, Rules};
use super::tally::rank;
use bartizan_ledger::bill::package_of;
use bartizan_ledger::schedule::Within;
use bartizan_model::{Confidence, Decision, Finding, Fingerprint, Remedy, Report, Severity};
use bartizan_store::graph::{FindingRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeSet, HashMap};

/// Bytes of a text that is shown.
const LONGEST: usize = 2_000;

/// A reported finding, ready to be brought together with what is known.
pub(super) struct Described {
    /// Its row; number and clock are still to be found.
    pub(super) row: FindingRow,
    /// JSON of it.
    pub(super) detail: Vec<u8>,
    /// Within which time it is to be closed.
    pub(super) within: Within,
    /// What covers it.
    pub(super) waiver: Option<Kept>,
    /// Advisories and weaknesses.
    pub(super) ids: Vec<String>,
}

/// Describes every finding of a report about a thing.
pub(super) fn describe(
    session: &mut Session<'_>,
    asset: i64,
    report: &Report,
    rules: &Rules,
) -> Result<Vec<Described>, StoreError> {
    let components = components_of(session, &report.findings)?;
    let mut remedies = Remedies::of(session, asset, &report.remedies)?;
    let mut described = Vec::with_capacity(report.findings.len());
    for finding in &report.findings {
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
            asset,
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
            remedy: remedies.closing(session, &finding)?,
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
            detail: serde_json::to_vec(&finding).unwrap_or_default(),
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

/// What closes findings of one thing.
struct Remedies<'r> {
    asset: i64,
    offered: HashMap<&'r Fingerprint, &'r Remedy>,
    known: HashMap<String, i64>,
}

impl<'r> Remedies<'r> {
    fn of(session: &mut Session<'_>, asset: i64, remedies: &'r [Remedy]) -> Result<Self, StoreError> {
        let mut offered = HashMap::new();
        for remedy in remedies {
            for print in remedy.closes.iter().chain(&remedy.leaves) {
                offered.entry(print).or_insert(remedy);
            }
        }
        let known = session.remedies_of(asset)?;
        Ok(Self {
            asset,
            offered,
            known: known.into_iter().map(|row| (row.what, row.id)).collect(),
        })
    }

    /// The number of what closes the finding.
    fn closing(&mut self, session: &mut Session<'_>, finding: &Finding) -> Result<i64, StoreError> {
        let own = finding
            .fix
            .as_ref()
            .map_or(&finding.title, |fix| &fix.description);
        let offered = self.offered.get(&finding.fingerprint);
        let what = text(offered.map_or(own, |remedy| &remedy.description));
        if let Some(id) = self.known.get(&what) {
            return Ok(*id);
        }
        let upgrade = offered.and_then(|remedy| remedy.upgrade.as_ref());
        let change = match upgrade {
            Some(upgrade) => format!("{} to {}", package_of(&upgrade.component), upgrade.to),
            None => format!("{}: {what}", finding.rule),
        };
        let json = upgrade.and_then(|upgrade| serde_json::to_string(upgrade).ok());
        let id = session.see_remedy(self.asset, &what, &text(&change), json.as_deref())?;
        self.known.insert(what, id);
        Ok(id)
    }
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
