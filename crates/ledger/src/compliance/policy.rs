//! What a tenant sets about its assessments: how old evidence may be, and for how long somebody may vouch for something.
//!
//! In: JSON, `{"within-days": {"*": 14, "no-credentials-in-images": 7}, "attestation-days": 180}`. Out: tests with other days.

use bartizan_model::compliance::AutomaticTest;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Days for which evidence may count at most.
const LONGEST: u16 = 3_650;

/// The policy of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CompliancePolicy {
    /// Days for which evidence counts, by the id of a test, 1 to 3650; `*` for every test whose own days are more and that is not named.
    pub within_days: BTreeMap<String, u16>,
    /// Days for which an attestation holds at most, 1 to 3650; a year where nothing is said.
    pub attestation_days: u16,
}

impl Default for CompliancePolicy {
    fn default() -> Self {
        Self {
            within_days: BTreeMap::new(),
            attestation_days: 366,
        }
    }
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompliancePolicyError {
    /// It is not of this form.
    #[error("{0}")]
    Form(String),
    /// A number of days is out of range.
    #[error("`{0}` days are 1 to {LONGEST}")]
    Days(String),
}

impl CompliancePolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it is not of this form, or a number of days is 0 or more than ten years.
    pub fn read(json: &str) -> Result<Self, CompliancePolicyError> {
        let policy: Self =
            serde_json::from_str(json).map_err(|error| CompliancePolicyError::Form(error.to_string()))?;
        let days = policy
            .within_days
            .iter()
            .map(|(name, days)| (name.as_str(), *days));
        for (name, days) in days.chain([("attestation", policy.attestation_days)]) {
            if days == 0 || days > LONGEST {
                return Err(CompliancePolicyError::Days(name.chars().take(100).collect()));
            }
        }
        Ok(policy)
    }

    /// The tests with the days that this policy sets.
    #[must_use]
    pub fn applied(&self, tests: &[AutomaticTest]) -> Vec<AutomaticTest> {
        let mut tests = tests.to_vec();
        for test in &mut tests {
            test.within_days = match (self.within_days.get(&test.id), self.within_days.get("*")) {
                (Some(days), _) => *days,
                (None, Some(days)) => test.within_days.min(*days),
                (None, None) => test.within_days,
            };
        }
        tests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_changes_the_days_of_the_tests_that_it_names_and_shortens_the_others() {
        let policy = CompliancePolicy::read(r#"{"within-days": {"*": 14, "vex-of-images": 120}}"#).unwrap();
        let days = |id: &str| {
            let tests = policy.applied(bartizan_content::controls::tests());
            tests.into_iter().find(|test| test.id == id).unwrap().within_days
        };
        assert_eq!(days("vex-of-images"), 120);
        assert_eq!(days("no-credentials-in-images"), 14);
        assert_eq!(days("audit-ledger-is-intact"), 7);
        assert_eq!(policy.attestation_days, 366);
    }

    #[test]
    fn a_policy_that_cannot_hold_is_refused() {
        for text in [
            r#"{"within-days": {"*": 0}}"#,
            r#"{"attestation-days": 4000}"#,
            r#"{"within_days": {}}"#,
            r#"{"within-days": {"*": -1}}"#,
            "[",
        ] {
            assert!(CompliancePolicy::read(text).is_err(), "{text}");
        }
    }
}
