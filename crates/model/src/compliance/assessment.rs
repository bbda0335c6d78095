//! What an assessment says.

use super::{AssetKind, Wording};
use crate::{AssetId, Control, Fingerprint, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// Value of `schema` in every assessment of this form.
pub const ASSESSMENT_SCHEMA: &str = "bartizan/assessment/v1";

/// What is known of every control of a framework at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Always [`ASSESSMENT_SCHEMA`].
    pub schema: String,
    /// What was assessed against.
    pub framework: AssessedFramework,
    /// Name of the system.
    pub system: String,
    /// When.
    pub at: Timestamp,
    /// Time of the oldest evidence that counts, or `at` where there is none.
    pub oldest: Timestamp,
    /// Every control that is asked for, in the catalogue's order.
    pub controls: Vec<ControlResult>,
    /// Every automatic test that bears on one of them, by id, each once.
    pub tests: Vec<TestResult>,
    /// How many controls have which status.
    pub counts: StatusCounts,
}

impl Assessment {
    /// The test of this id.
    #[must_use]
    pub fn test(&self, id: &str) -> Option<&TestResult> {
        let at = self
            .tests
            .binary_search_by(|test| test.test.as_str().cmp(id))
            .ok()?;
        self.tests.get(at)
    }
}

/// What was assessed against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessedFramework {
    /// Name on the command line: `fedramp:moderate`.
    pub key: String,
    /// Name for people.
    pub title: String,
    /// Name of the catalogue that its controls are of, as in [`Control::framework`].
    pub catalog: String,
    /// Version of the catalogue.
    pub version: String,
    /// Where the catalogue is published.
    pub source: String,
    /// Whose words the titles of controls are in.
    pub wording: Wording,
}

/// What is known of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// The control.
    pub control: Control,
    /// Its identity in OSCAL.
    pub oscal: String,
    /// Its title.
    pub title: String,
    /// Title of its group.
    pub group: String,
    /// What is known.
    pub status: ControlStatus,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// How much of it evidence answers without a person.
    pub automation: Automation,
    /// The tests that bear on it.
    pub tests: Vec<ControlTest>,
    /// What a person must attest, unless evidence answers all.
    pub manual: Option<ManualPart>,
}

impl ControlResult {
    /// Whether a person attests it, or what tests leave of it, and that holds.
    #[must_use]
    pub const fn is_attested(&self) -> bool {
        matches!(
            &self.manual,
            Some(ManualPart {
                state: ManualState::Attested { .. },
                ..
            })
        )
    }

    /// Whether something is to be done for it: it is neither satisfied, nor manual and attested.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        match self.status {
            ControlStatus::Satisfied => false,
            ControlStatus::Manual => !self.is_attested(),
            ControlStatus::NotSatisfied | ControlStatus::NoEvidence => true,
        }
    }
}

/// The four things that can be known of a control. Only the first is a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlStatus {
    /// Fresh evidence answers every test, nothing speaks against it, and a person attests what tests leave.
    Satisfied,
    /// Something speaks against it.
    NotSatisfied,
    /// A person must attest it, or what tests leave of it. A control without tests stays here when it is attested.
    Manual,
    /// Nothing speaks against it, and a test that bears on it has no evidence, or none that is fresh and complete.
    NoEvidence,
}

impl ControlStatus {
    /// Every status, in the order in which they are told.
    pub const ALL: [Self; 4] = [
        Self::Satisfied,
        Self::NotSatisfied,
        Self::Manual,
        Self::NoEvidence,
    ];

    /// The word used in every format for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "not-satisfied",
            Self::Manual => "manual",
            Self::NoEvidence => "no-evidence",
        }
    }
}

/// How much of a control evidence answers without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automation {
    /// All of it.
    Whole,
    /// Some of it.
    Part,
    /// None of it.
    None,
}

/// That a test bears on a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlTest {
    /// [`TestResult::test`].
    pub test: String,
    /// Why it bears on the control.
    pub why: String,
    /// Where that comes from.
    pub source: String,
}

/// What a person must attest of a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualPart {
    /// What tests leave; empty where there is no test and it is the whole control.
    pub left: Vec<String>,
    /// Whether it is attested.
    pub state: ManualState,
}

/// Whether something is attested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ManualState {
    /// Somebody attests it, and it holds.
    Attested {
        /// What is declared.
        statement: String,
        /// Until when it holds.
        expires: Timestamp,
        /// Who, when, and the digest of what it rests on.
        evidence: EvidenceRef,
    },
    /// It was attested, and no longer holds.
    Expired {
        /// Since when it does not hold.
        expired: Timestamp,
        /// Who, when, and the digest of what it rested on.
        evidence: EvidenceRef,
    },
    /// Nobody attests it.
    Missing,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Short name of the test.
    pub test: String,
    /// What is so when it passes.
    pub title: String,
    /// What it was asked of.
    pub over: AssetKind,
    /// Days for which evidence counts.
    pub within_days: u16,
    /// What came out.
    pub outcome: TestOutcome,
    /// Why, one sentence each, at most a bounded number.
    pub reasons: Vec<String>,
    /// What it rests on, newest first, at most a bounded number.
    pub evidence: Vec<EvidenceRef>,
    /// Pieces of evidence, those that are not listed included.
    pub evidence_count: u64,
    /// Findings that speak against it, gravest first, at most a bounded number.
    pub open: Vec<OpenFinding>,
    /// Findings that speak against it, those that are not listed included.
    pub open_count: u64,
    /// Findings that a waiver accepts.
    pub waived_count: u64,
    /// Findings that were there and are gone.
    #[serde(default)]
    pub fixed_count: u64,
    /// Pieces of evidence that are older than the days for which evidence counts, so that they count no longer.
    #[serde(default)]
    pub stale_count: u64,
}

/// What came out of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestOutcome {
    /// Fresh and complete evidence says that it is so.
    Pass,
    /// Evidence says that it is not so.
    Fail,
    /// There is no evidence, or none that is fresh and complete.
    NoEvidence,
}

impl TestOutcome {
    /// The word used in every format for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NoEvidence => "no-evidence",
        }
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// What it shows, in a few words.
    pub shows: String,
    /// What it is about; none where it is about the system as a whole.
    pub asset: Option<AssetId>,
    /// When it was so.
    pub at: Timestamp,
    /// Seconds from then to the assessment, from 0.
    pub age: u64,
    /// Who says so.
    pub by: String,
    /// Digest of what it is read from.
    pub digest: String,
}

/// A finding that speaks against a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFinding {
    /// Which.
    pub fingerprint: Fingerprint,
    /// Its rule.
    pub rule: String,
    /// Its severity.
    pub severity: Severity,
    /// What has it.
    pub asset: AssetId,
    /// What it says, secrets masked.
    pub title: String,
    /// By when it must be closed, where there is an objective.
    pub due: Option<Timestamp>,
    /// Digest of the evidence that shows it.
    pub digest: String,
}

/// How many controls have which status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCounts {
    /// [`ControlStatus::Satisfied`].
    pub satisfied: u64,
    /// [`ControlStatus::NotSatisfied`].
    pub not_satisfied: u64,
    /// [`ControlStatus::Manual`], attested or not.
    pub manual: u64,
    /// Of these, the number that somebody attests. They are not passed.
    pub manual_attested: u64,
    /// [`ControlStatus::NoEvidence`].
    pub no_evidence: u64,
}

impl StatusCounts {
    /// Controls in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.satisfied + self.not_satisfied + self.manual + self.no_evidence
    }
}
