//! By when a finding must be closed.
//!
//! In: a finding that was seen, and the objectives. Out: its day. The stricter of severity and priority counts: what calls for
//! immediate action has the time of a critical finding, what cannot wait for the next maintenance that of a high one.

use bartizan_model::{Decision, Finding, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// Hours from first sight within which findings must be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objectives {
    /// Critical findings, and all on which to act immediately.
    pub critical: u32,
    /// High findings, and all on which to act out of cycle.
    pub high: u32,
    /// Medium findings.
    pub medium: u32,
    /// Low findings.
    pub low: u32,
}

/// A day, a week, and a sprint of two weeks.
impl Default for Objectives {
    fn default() -> Self {
        Self {
            critical: 24,
            high: 7 * 24,
            medium: 14 * 24,
            low: 14 * 24,
        }
    }
}

impl Objectives {
    /// Hours within which the finding must be closed; none where there is no objective.
    #[must_use]
    pub fn hours(&self, finding: &Finding) -> Option<u32> {
        let by_severity = match finding.severity {
            Severity::Critical => Some(self.critical),
            Severity::High => Some(self.high),
            Severity::Medium => Some(self.medium),
            Severity::Low => Some(self.low),
            Severity::Info => None,
        };
        let by_priority = match finding.priority.as_ref().map(|priority| priority.decision) {
            Some(Decision::Immediate) => Some(self.critical),
            Some(Decision::OutOfCycle) => Some(self.high),
            _ => None,
        };
        [by_severity, by_priority].into_iter().flatten().min()
    }

    /// When the finding must be closed; none where there is no objective, or it was never seen.
    #[must_use]
    pub fn due(&self, finding: &Finding) -> Option<Timestamp> {
        let first = finding.first_seen?.unix_seconds();
        let hours = i64::from(self.hours(finding)?);
        Some(Timestamp::from_unix_seconds(first.saturating_add(hours * 3_600)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{AssetId, Confidence, FingerprintBuilder, Priority};

    const OBJECTIVES: Objectives = Objectives {
        critical: 24,
        high: 168,
        medium: 336,
        low: 400,
    };

    fn finding(severity: Severity, decision: Option<Decision>) -> Finding {
        let mut finding = Finding::new(
            "supply/vulnerable-package",
            (severity, Confidence::High),
            FingerprintBuilder::new("x").finish(),
            AssetId::from_text("pkg:npm/x@1"),
        );
        finding.first_seen = Some(Timestamp::from_unix_seconds(1_000));
        finding.priority = decision.map(|decision| Priority {
            decision,
            reasons: Vec::new(),
        });
        finding
    }

    #[test]
    fn the_stricter_of_severity_and_priority_counts() {
        let hours = |severity, decision| OBJECTIVES.hours(&finding(severity, decision));
        assert_eq!(hours(Severity::Critical, None), Some(24));
        assert_eq!(hours(Severity::Critical, Some(Decision::Defer)), Some(24));
        assert_eq!(hours(Severity::Low, Some(Decision::Immediate)), Some(24));
        assert_eq!(hours(Severity::Low, Some(Decision::OutOfCycle)), Some(168));
        assert_eq!(hours(Severity::Medium, Some(Decision::Scheduled)), Some(336));
        assert_eq!(hours(Severity::Low, None), Some(400));
        assert_eq!(hours(Severity::Info, None), None);
    }

    #[test]
    fn time_runs_from_first_sight() {
        let mut finding = finding(Severity::Critical, None);
        assert_eq!(OBJECTIVES.due(&finding).unwrap().unix_seconds(), 1_000 + 86_400);
        finding.first_seen = None;
        assert_eq!(OBJECTIVES.due(&finding), None);
    }
}
