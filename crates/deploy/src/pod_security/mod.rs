//! The Pod Security Standards, judged as the API server judges them.
//!
//! In: a [`Pod`]. Out: a [`Judgement`]: which checks of a level and version it breaks, in the words of the API server, with the fields that
//! break them; and what could not be judged, because the field is not of the type that the API has.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-standards/>; which check begins or changes with which version:
//! the `policy` package of <https://github.com/kubernetes/pod-security-admission>.

mod checks;
mod mend;
mod registry;
mod view;

pub(crate) use mend::edits;
pub(crate) use registry::all;

use crate::kube::{Minor, Pod};
use bartizan_document::Span;
use bartizan_engine::rule::{About, Severity};
use std::fmt;
use std::str::FromStr;
use view::View;

/// How much a standard asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    Privileged,
    /// What prevents known ways to the node.
    Baseline,
    /// What is best practice besides.
    Restricted,
}

/// A level at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standard {
    /// How much it asks.
    pub level: Level,
    /// The version of Kubernetes whose standard it is.
    pub version: Minor,
}

/// A standard that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no Pod Security Standard: write `privileged`, `baseline` or `restricted`, and a version if not the latest is meant: `restricted@v1.34`"
)]
pub struct UnknownStandard(String);

impl Level {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl FromStr for Standard {
    type Err = UnknownStandard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownStandard(text.to_owned());
        let (level, version) = text
            .split_once(['@', ':'])
            .map_or((text, None), |(level, version)| (level, Some(version)));
        let levels = [Level::Privileged, Level::Baseline, Level::Restricted];
        let level = levels.into_iter().find(|one| one.name() == level);
        Ok(Self {
            level: level.ok_or_else(unknown)?,
            version: version.map_or(Ok(Minor::Latest), |text| text.parse().map_err(|_| unknown()))?,
        })
    }
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.level.name(), self.version)
    }
}

/// A field of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name from the object, as `spec.template.spec.containers[0].securityContext.privileged`.
    pub name: String,
    /// Where it is written; where it is missing, what should hold it.
    pub at: Span,
}

/// One check that a pod breaks.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The rule.
    pub about: &'static About,
    /// What is forbidden, in the words of the API server.
    pub reason: &'static str,
    /// What the pod does, in the words of the API server.
    pub detail: String,
    /// The fields that do it; at least one.
    pub fields: Vec<Field>,
    /// How bad it is where nobody asked for the standard.
    pub severity: Severity,
}

/// What a standard says of a pod.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// Checks that it breaks, in the order in which the API server names them. None: the API server admits it.
    pub violations: Vec<Violation>,
    /// What could not be judged, with the reason: the API server refuses a pod whose fields are not of the right type.
    pub undecided: Vec<(Field, String)>,
}

impl Judgement {
    /// The violations as the API server writes them into its refusal.
    #[must_use]
    pub fn message(&self) -> String {
        let all = self.violations.iter();
        let all: Vec<String> = all
            .map(|one| format!("{} ({})", one.reason, one.detail))
            .collect();
        all.join(", ")
    }
}

/// Judges a pod by a standard.
#[must_use]
pub fn judge(pod: Pod<'_>, standard: Standard) -> Judgement {
    let view = View::new(pod);
    let violations = registry::of(standard)
        .filter_map(|(check, run)| {
            let broken = run(&view)?;
            Some(Violation {
                about: check.about,
                reason: check.reason,
                detail: broken.detail,
                severity: broken.severity.unwrap_or(check.about.severity),
                fields: broken.fields,
            })
        })
        .collect();
    Judgement {
        violations,
        undecided: view.undecided(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_are_read_with_and_without_a_version() {
        let one = "restricted@v1.30".parse::<Standard>().unwrap();
        assert_eq!((one.level, one.version), (Level::Restricted, Minor::One(30)));
        assert_eq!(
            "baseline".parse::<Standard>().unwrap().to_string(),
            "baseline:latest"
        );
        for text in ["", "strict", "baseline@", "baseline@v2.1", "Baseline"] {
            assert!(text.parse::<Standard>().is_err(), "{text}");
        }
    }
}
