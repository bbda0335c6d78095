//! One problem, with what proves it and how to mend it.

use crate::{
    AssetId, Confidence, Control, Fingerprint, Location, Priority, Risk, Severity, Timestamp, Waiver,
};
use serde::{Deserialize, Serialize};

/// One problem found by a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, `family/name`.
    pub rule: String,
    /// Id of the check that made it; empty where nobody told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the check is.
    pub confidence: Confidence,
    /// The rule's title: what kind of problem this is.
    pub title: String,
    /// What was found here, one sentence, with secrets masked.
    pub message: String,
    /// Identity that survives moved lines, renamed directories and re-scans.
    pub fingerprint: Fingerprint,
    /// The thing that has the problem.
    pub asset: AssetId,
    /// Where; the first is the place to show. Never empty for findings in files.
    pub locations: Vec<Location>,
    /// Steps that lead to the conclusion, in order.
    #[serde(default)]
    pub evidence: Vec<EvidenceStep>,
    /// Weaknesses, as `CWE-798`.
    #[serde(default)]
    pub cwe: Vec<String>,
    /// Advisory ids (CVE, GHSA, OSV).
    #[serde(default)]
    pub ids: Vec<String>,
    /// Controls and secure-coding practices that the problem breaks.
    #[serde(default)]
    pub controls: Vec<Control>,
    /// How to mend it, where that is known.
    pub fix: Option<Fix>,
    /// The waiver that covers it, if any.
    pub waiver: Option<Waiver>,
    /// What is known of it besides its severity, for vulnerabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// When to act on it, and why, where there is a risk to decide by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// When it was first seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// When it must be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The source lines around the first location, secrets masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
}

impl Finding {
    /// A finding with everything that it must have; title, message, places and the rest are still empty.
    #[must_use]
    pub fn new(
        rule: impl Into<String>,
        (severity, confidence): (Severity, Confidence),
        fingerprint: Fingerprint,
        asset: AssetId,
    ) -> Self {
        Self {
            rule: rule.into(),
            check: String::new(),
            severity,
            confidence,
            title: String::new(),
            message: String::new(),
            fingerprint,
            asset,
            locations: Vec::new(),
            evidence: Vec::new(),
            cwe: Vec::new(),
            ids: Vec::new(),
            controls: Vec::new(),
            fix: None,
            waiver: None,
            risk: None,
            priority: None,
            first_seen: None,
            due: None,
            snippet: None,
        }
    }

    /// The location to show first.
    #[must_use]
    pub fn primary(&self) -> Option<&Location> {
        self.locations.first()
    }

    /// Whether a valid waiver covers the finding.
    #[must_use]
    pub const fn is_waived(&self) -> bool {
        self.waiver.is_some()
    }

    /// Whether it is about a component that a workload which was watched was never seen to use.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.risk.is_some_and(|risk| risk.loaded == Some(false))
    }
}

/// One step of the reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceStep {
    /// What this step shows, secrets masked.
    pub message: String,
    /// Where it shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// How to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What to do, in the imperative.
    pub description: String,
    /// Edits that do it, where that is safe; none when a person must act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<TextEdit>,
}

/// Replacement of one span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdit {
    /// The span to replace.
    pub location: Location,
    /// The new text.
    pub replacement: String,
}

/// Source lines shown with a finding. Secrets in `lines` are masked before they get here; the mask keeps the
/// width of what it hides only up to the end of the line, so columns before the secret stay true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Number of the first line in `lines`, from 1.
    pub first_line: u32,
    /// The lines, without line ends, each cut to a bounded width.
    pub lines: Vec<String>,
    /// Characters of the primary span within its line in `lines`: start and end, from 0, end exclusive.
    pub highlight: (u32, u32),
}
