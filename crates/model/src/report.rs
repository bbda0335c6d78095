//! The whole result of a scan, as `-o json` prints it.

use crate::{
    AssetId, CheckRun, Component, Finding, PackageUrl, PackageUrlParts, Quality, Remedy, Skipped, Timestamp,
    Verdict,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Measures of the quality of code; none where nobody asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
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
    /// Globs of the rules that were asked for, where not all were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Globs of the rules that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<String>,
}

/// What a scan looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As the user wrote it, for instance `.` or `git:main..HEAD`.
    pub name: String,
    /// `dir`, `file`, `git-index`, `git-range`, `git-history`, `image`, `rootfs`, `sbom` or `stdin`.
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
    /// SHA-256 over the sorted list of (path, content digest), of the one file, or of the manifest of an image: the
    /// subject of attestations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Which image it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageIdentity>,
    /// The thing of which this is a state, under the name by which the control plane knows it (`repo:host/owner/name`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    /// Why less than the whole target was looked at; empty where all was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<String>,
    /// What settings and the kind of target left out though it belongs to what is assessed, one line each: excluded and allowed paths, a
    /// range of commits. Unlike [`Target::partial`] it is the same in every scan of this target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed: Vec<String>,
}

/// Which container image was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageIdentity {
    /// Digest of the manifest, or of the configuration where the image has no manifest: `algorithm:hex`.
    pub digest: String,
    /// Digest of the configuration, by which container engines know the image.
    pub config: String,
    /// `os/architecture[/variant]`.
    pub platform: String,
    /// Names that it goes by where it was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl ImageIdentity {
    /// The repository and the tag of the first name that tells a repository: `registry.example/team/app`, `1.0`.
    #[must_use]
    pub fn reference(&self) -> Option<(&str, Option<&str>)> {
        let name = self.names.iter().find(|name| name.contains([':', '/']))?;
        let name = name.split('@').next().unwrap_or(name);
        let path_start = name.rfind('/').map_or(0, |at| at + 1);
        let colon = name.get(path_start..)?.find(':').map(|at| path_start + at);
        Some(match colon {
            Some(at) => (name.get(..at)?, name.get(at + 1..)),
            None => (name, None),
        })
    }

    /// Its package URL of the type `oci`; none where no name tells a repository.
    #[must_use]
    pub fn purl(&self) -> Option<PackageUrl> {
        let (repository, tag) = self.reference()?;
        let mut qualifiers = BTreeMap::from([("repository_url".to_owned(), repository.to_owned())]);
        let architecture = self.platform.split('/').nth(1).filter(|text| !text.is_empty());
        qualifiers.extend(architecture.map(|text| ("arch".to_owned(), text.to_owned())));
        qualifiers.extend(tag.map(|tag| ("tag".to_owned(), tag.to_owned())));
        let parts = PackageUrlParts {
            kind: "oci".to_owned(),
            name: repository.rsplit('/').next()?.to_lowercase(),
            version: Some(self.digest.clone()),
            qualifiers,
            ..PackageUrlParts::default()
        };
        parts.build().ok()
    }

    /// The asset that it is.
    #[must_use]
    pub fn asset(&self) -> AssetId {
        AssetId::from_text(format!("image:{}", self.digest))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_whose_repository_is_known_has_a_package_url() {
        let named = |name: &str| ImageIdentity {
            digest: format!("sha256:{}", "0".repeat(64)),
            platform: "linux/amd64".to_owned(),
            names: vec![name.to_owned()],
            ..ImageIdentity::default()
        };
        let purl = |name: &str| named(name).purl().map(|purl| purl.to_string());
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(
            purl("registry.example:5000/team/App:1.0"),
            Some(format!(
                "pkg:oci/app@{digest}?arch=amd64&repository_url=registry.example:5000%2Fteam%2FApp&tag=1.0"
            ))
        );
        assert_eq!(purl("latest"), None);
        assert_eq!(named("debian:12").reference(), Some(("debian", Some("12"))));
        assert_eq!(named("a.b/c").reference(), Some(("a.b/c", None)));
    }
}
