//! The whole result of a scan, as `-o json` prints it.

use crate::{CheckRun, Component, Finding, Remedy, Skipped, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

/// Value of `schema` in every report of this form.
pub const REPORT_SCHEMA: &str = "bartizan/report/v1";

/// Result of one scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always [`REPORT_SCHEMA`].
    pub schema: String,
    /// Who made it.
    pub tool: Tool,
    /// What was looked at.
    pub target: Target,
    /// When the scan began.
    pub started: Timestamp,
    /// The answer.
    pub verdict: Verdict,
    /// Problems, in a stable order: severity (highest first), confidence (highest first), path, line, column, rule.
    pub findings: Vec<Finding>,
    /// What closes the findings that are not waived, the one to do first at the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// Components of the inventory, ordered by package URL; empty unless an inventory was asked for.
    pub components: Vec<Component>,
    /// What became of every check.
    pub checks: Vec<CheckRun>,
    /// Everything that was not looked at, in a stable order.
    pub skipped: Vec<Skipped>,
    /// Totals.
    pub stats: Stats,
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `bartizan`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Digest over the rules in force (64 hexadecimal digits): two reports with the same digest judged alike.
    pub rules_digest: String,
}

/// What a scan looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As the user wrote it, for instance `.` or `git:main..HEAD`.
    pub name: String,
    /// `dir`, `file`, `git-index`, `git-range`, `git-history`, `archive` or `stdin`.
    pub kind: String,
    /// Commit that was checked out or is the newest of the range, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Address of the repository it comes from, without credentials, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The branch that was checked out, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// SHA-256 over the sorted list of (path, content digest), or of the one file: the subject of attestations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Totals of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Files (blobs, archive members) looked at.
    pub files: u64,
    /// Of these, the number whose result came from the cache.
    pub cached: u64,
    /// Findings that are left out of the report because the baseline knows them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Wall-clock time.
    pub seconds: f64,
}
