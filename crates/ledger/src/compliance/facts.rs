//! The facts that the report of a scan tells.
//!
//! In: a report, and whom it is from. Out: one fact for each check and each finding, and what the report left out.

use bartizan_model::compliance::{EvidenceFact, FindingState, Shown};
use bartizan_model::{AssetId, Report};

/// What a report is about, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The thing in scope that was scanned.
    pub asset: AssetId,
    /// Who sent or signed it.
    pub by: String,
    /// Digest of the report or of the statement that carries it, `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// The facts that a report tells. What the report leaves out, by request, by a baseline or because it could not be read, makes its runs
/// no evidence.
#[must_use]
pub fn of_report(report: &Report, provenance: &Provenance) -> Vec<EvidenceFact> {
    let narrowed = narrowed(report);
    let fact = |shows: Shown| EvidenceFact {
        asset: provenance.asset.clone(),
        at: report.started,
        by: provenance.by.clone(),
        digest: provenance.digest.clone(),
        shows,
    };
    let runs = report.checks.iter().map(|run| {
        fact(Shown::CheckRun {
            check: run.check.clone(),
            status: run.status.clone(),
            narrowed: narrowed.clone(),
        })
    });
    let findings = report.findings.iter().map(|finding| {
        fact(Shown::Finding {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            title: finding.message.clone(),
            state: if finding.is_waived() {
                FindingState::Waived
            } else {
                FindingState::Open
            },
            due: finding.due,
        })
    });
    runs.chain(findings).collect()
}

/// What the report left out though it belongs to what was looked at, one phrase each: nothing where it looked at all of it.
#[must_use]
pub fn narrowed(report: &Report) -> Vec<String> {
    let mut narrowed = Vec::new();
    for (globs, word) in [(&report.tool.only, "only"), (&report.tool.skip, "without")] {
        if !globs.is_empty() {
            narrowed.push(format!("{word} the rules {}", globs.join(", ")));
        }
    }
    narrowed.extend(report.target.partial.iter().cloned());
    narrowed.extend(report.target.narrowed.iter().cloned());
    if report.stats.known > 0 && report.target.partial.is_empty() {
        narrowed.push("without the findings of a baseline".to_owned());
    }
    let unread = report.skipped.iter().filter(|thing| thing.required).count();
    if unread > 0 {
        narrowed.push(format!("things that could not be looked at: {unread}"));
    }
    narrowed
}
