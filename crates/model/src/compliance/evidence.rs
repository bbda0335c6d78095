//! What is known, and by whom: the input of an assessment.

use crate::{AssetId, CheckStatus, Control, Fingerprint, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// What kind of thing a test is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// A repository of source code.
    Repository,
    /// A container image.
    Image,
    /// A host.
    Host,
    /// The control plane itself. There is one, and it is always in scope.
    ControlPlane,
    /// Every repository, image and host of the system.
    System,
}

impl AssetKind {
    /// The word for people: `repository`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Image => "image",
            Self::Host => "host",
            Self::ControlPlane => "control plane",
            Self::System => "repository, image or host",
        }
    }
}

/// What is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Name of the system.
    pub system: String,
    /// Everything that belongs to it. What is missing here is not asked after.
    pub assets: Vec<ScopeItem>,
}

/// One thing in scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScopeItem {
    /// Which. A repository is named without commit: `repo:git.example/acme/app`.
    pub asset: AssetId,
    /// What it is: repository, image or host.
    pub kind: AssetKind,
}

/// One thing that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFact {
    /// The thing in scope that it is about: what was scanned, and not the package or file within that has a finding.
    /// `repo:git.example/acme/app@COMMIT` is about the repository `repo:git.example/acme/app`.
    pub asset: AssetId,
    /// When it was so.
    pub at: Timestamp,
    /// Who says so: the identity that signed or sent it.
    pub by: String,
    /// Digest of what it is read from, `sha256:` and 64 hexadecimal digits: a report, a statement, an entry of the ledger.
    pub digest: String,
    /// What it shows.
    pub shows: Shown,
}

/// What a fact shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// A check was run over the asset.
    CheckRun {
        /// Id of the check.
        check: String,
        /// What became of it.
        status: CheckStatus,
        /// What was left out though it belongs to the asset: rules, files, findings of a baseline. Such a run is no evidence.
        narrowed: Vec<String>,
    },
    /// A finding about the asset, as it is now.
    Finding {
        /// Which.
        fingerprint: Fingerprint,
        /// Rule that it is of.
        rule: String,
        /// Its severity.
        severity: Severity,
        /// What it says, secrets masked.
        title: String,
        /// Whether it is open.
        state: FindingState,
        /// By when it must be closed, where there is an objective.
        due: Option<Timestamp>,
    },
    /// There is a statement about the asset.
    Statement {
        /// Its predicate type, an address.
        predicate_type: String,
    },
    /// The audit ledger was verified.
    Ledger {
        /// Entries that were looked at.
        entries: u64,
        /// Whether all are there and unchanged.
        is_intact: bool,
    },
    /// Somebody signed in, or tried to.
    SignIn {
        /// Who.
        identity: String,
        /// Whether it is a person and not an account of a program.
        is_person: bool,
        /// Whether a second factor was shown. None where that is not known, which counts as no.
        second_factor: Option<bool>,
        /// Whether it was granted.
        granted: bool,
    },
}

/// Where a finding is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// Neither closed nor accepted.
    Open,
    /// Closed by new evidence, at this time.
    Fixed(Timestamp),
    /// Accepted by a waiver that holds.
    Waived,
}

/// What somebody declares about a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The control.
    pub control: Control,
    /// What is declared.
    pub statement: String,
    /// Who declares it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when it holds.
    pub expires: Timestamp,
    /// Digest of what it rests on or is recorded in, `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}
