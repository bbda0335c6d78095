//! What is known of a vulnerability besides its severity, when to act on it, and what closes it.

use crate::{Fingerprint, PackageUrl, Severity};
use serde::{Deserialize, Serialize};
use std::fmt;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What is known of a vulnerability besides its severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    /// CVSS base score, 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Known to be exploited (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>), or made to do harm.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exploited: bool,
    /// Known to be used by ransomware.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ransomware: bool,
    /// Probability of exploitation within thirty days, 0 to 1 (<https://www.first.org/epss/>).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f32>,
    /// Whether attacks can be automated: over the network, without privileges, without a person who helps, under no
    /// condition. None where no vector says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatable: Option<bool>,
    /// Whether a successful attack gives full control over confidentiality and integrity. None where no vector says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_impact: Option<bool>,
    /// Used in development or tests only, as the manifest says.
    #[serde(default, skip_serializing_if = "is_false")]
    pub development_only: bool,
    /// Whether a workload that was watched was seen to use the component. None where nobody watched, or where it is not known which files
    /// are the component's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded: Option<bool>,
}

/// When to act, in the words of the deployer's decision of SSVC
/// (<https://certcc.github.io/SSVC/howto/deployer_tree/>). Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Not now.
    Defer,
    /// With the next regular maintenance.
    Scheduled,
    /// Sooner than that, at the next occasion.
    OutOfCycle,
    /// Now, whatever else waits.
    Immediate,
}

impl Decision {
    /// Every decision, least urgent first.
    pub const ALL: [Self; 4] = [Self::Defer, Self::Scheduled, Self::OutOfCycle, Self::Immediate];

    /// The word used in every format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Defer => "defer",
            Self::Scheduled => "scheduled",
            Self::OutOfCycle => "out-of-cycle",
            Self::Immediate => "immediate",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// When to act on a finding, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// When.
    pub decision: Decision,
    /// Why, one fact each.
    pub reasons: Vec<String>,
}

/// One thing to do, with the findings that it closes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What to do, in the imperative.
    pub description: String,
    /// The upgrade that it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Upgrade>,
    /// The most urgent decision among the findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The gravest severity among the findings.
    pub severity: Severity,
    /// Findings that it closes.
    pub closes: Vec<Fingerprint>,
    /// Findings of the same thing that stay: nothing is known that closes them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<Fingerprint>,
}

/// The upgrade of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade {
    /// The component as it is.
    pub component: PackageUrl,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The version to go to.
    pub to: String,
    /// How the component comes to be there, where the project does not ask for it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_way_of: Option<Way>,
}

/// How a component that a project does not ask for itself comes to be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// From what the project asks for to what asks for the component; at least one.
    pub path: Vec<PackageUrl>,
    /// Whether all that ask for the component admit the version to go to, so that the lock file alone needs to change. None
    /// where the evidence does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted: Option<bool>,
}
