//! What was there before: findings that are known and do not count as new.
//!
//! In: findings, and the text of a baseline file. Out: the text of a baseline file, and findings split into new and
//! known ones. A baseline holds fingerprints, with rule and path for people; never a secret.

use bartizan_model::{Finding, Fingerprint};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Value of `schema` in every baseline.
pub const SCHEMA: &str = "bartizan/baseline/v1";

/// Known findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<Fingerprint, Known>);

/// What people are told about a known finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its rule.
    pub rule: String,
    /// Where it was when the baseline was made.
    pub path: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: Fingerprint,
    rule: String,
    path: String,
}

/// Why a baseline cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON of the right shape.
    #[error("it is no baseline: {0}")]
    Shape(String),
    /// It is of another version.
    #[error("it has the schema `{0}`, and this version reads `{SCHEMA}`")]
    Schema(String),
}

impl BaselineError {
    /// What the user can do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        "make it anew with `bartizan baseline create`"
    }
}

impl Baseline {
    /// The findings that are neither waived nor about waivers: an expired waiver must not be hidden.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let counted = findings
            .iter()
            .filter(|finding| belongs(finding) && !finding.is_waived());
        Self(
            counted
                .map(|finding| (finding.fingerprint.clone(), Known::of(finding)))
                .collect(),
        )
    }

    /// Reads a baseline file.
    ///
    /// # Errors
    /// When the text is no baseline of this version.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| BaselineError::Shape(error.to_string()))?;
        if document.schema != SCHEMA {
            return Err(BaselineError::Schema(document.schema));
        }
        let mut known = BTreeMap::new();
        for entry in document.findings {
            let fingerprint = Fingerprint::parse(entry.fingerprint.as_str())
                .ok_or_else(|| BaselineError::Shape(format!("`{}` is no fingerprint", entry.fingerprint)))?;
            known.insert(
                fingerprint,
                Known {
                    rule: entry.rule,
                    path: entry.path,
                },
            );
        }
        Ok(Self(known))
    }

    /// The text of the baseline file: sorted, one line a finding, so that changes of it can be reviewed.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"schema\": \"{SCHEMA}\",\n  \"findings\": [");
        for (index, (fingerprint, known)) in self.0.iter().enumerate() {
            let entry = serde_json::json!({
                "fingerprint": fingerprint,
                "rule": known.rule,
                "path": known.path,
            });
            text.push_str(if index == 0 { "\n    " } else { ",\n    " });
            text.push_str(&entry.to_string());
        }
        text.push_str(if self.0.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }

    /// The findings that are not known, and how many are.
    #[must_use]
    pub fn hide(&self, findings: Vec<Finding>) -> (Vec<Finding>, usize) {
        let before = findings.len();
        let new: Vec<Finding> = findings
            .into_iter()
            .filter(|finding| !(belongs(finding) && self.0.contains_key(&finding.fingerprint)))
            .collect();
        let hidden = before - new.len();
        (new, hidden)
    }

    /// The baseline without what is found no more, and how many findings that were.
    #[must_use]
    pub fn prune(&self, findings: &[Finding]) -> (Self, usize) {
        let found: BTreeSet<&Fingerprint> = findings.iter().map(|finding| &finding.fingerprint).collect();
        let kept: BTreeMap<_, _> = self
            .0
            .iter()
            .filter(|(fingerprint, _)| found.contains(fingerprint))
            .map(|(fingerprint, known)| (fingerprint.clone(), known.clone()))
            .collect();
        let gone = self.0.len() - kept.len();
        (Self(kept), gone)
    }

    /// Every known finding, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = (&Fingerprint, &Known)> {
        self.0.iter()
    }

    /// How many findings are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Known {
    fn of(finding: &Finding) -> Self {
        let path = finding
            .primary()
            .map_or_else(|| finding.asset.to_string(), |place| place.path.clone());
        Self {
            rule: finding.rule.clone(),
            path,
        }
    }
}

fn belongs(finding: &Finding) -> bool {
    !finding.rule.starts_with("waiver/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::finding;
    use bartizan_model::Severity;

    fn two() -> Vec<Finding> {
        vec![
            finding("leak/b", Severity::High, "b.py", 2),
            finding("leak/a", Severity::Low, "x/\"a\".py", 1),
        ]
    }

    #[test]
    fn a_baseline_reads_back_and_is_sorted() {
        let baseline = Baseline::of(&two());
        assert_eq!(Baseline::read(&baseline.write()), Ok(baseline.clone()));
        let mut reversed = two();
        reversed.reverse();
        assert_eq!(Baseline::of(&reversed).write(), baseline.write());
        assert_eq!(
            Baseline::read(&Baseline::default().write()),
            Ok(Baseline::default())
        );
    }

    #[test]
    fn known_findings_are_hidden_and_counted() {
        let baseline = Baseline::of(&two()[..1]);
        let (new, hidden) = baseline.hide(two());
        assert_eq!((new.len(), hidden), (1, 1));
        assert_eq!(new[0].rule, "leak/a");
    }

    #[test]
    fn an_expired_waiver_is_never_hidden() {
        let expired = vec![finding("waiver/expired", Severity::High, "a.py", 1)];
        let baseline = Baseline::of(&expired);
        assert!(baseline.is_empty());
        assert_eq!(baseline.hide(expired).1, 0);
    }

    #[test]
    fn what_is_found_no_more_is_pruned() {
        let (pruned, gone) = Baseline::of(&two()).prune(&two()[1..]);
        assert_eq!((pruned.len(), gone), (1, 1));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in [
            "",
            "[]",
            "{\"schema\":\"bartizan/baseline/v1\",\"findings\":[{\"fingerprint\":\"../x\",\"rule\":\"\",\"path\":\"\"}]}",
        ] {
            assert!(
                matches!(Baseline::read(text), Err(BaselineError::Shape(_))),
                "{text}"
            );
        }
        let other = "{\"schema\":\"bartizan/baseline/v9\",\"findings\":[]}";
        assert_eq!(
            Baseline::read(other),
            Err(BaselineError::Schema("bartizan/baseline/v9".to_owned()))
        );
    }
}
