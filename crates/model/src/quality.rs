//! Measures of the quality of code, what was asked of them, and the answer.

use crate::{Fingerprint, Location};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which lines were measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QualityScope {
    /// Those that a change brought
    Changes,
    /// All of them
    #[default]
    All,
}

/// What the gate says of the quality of code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QualityGate {
    /// Nobody asked
    #[default]
    Off,
    /// Every condition holds
    Passed,
    /// Every condition that could be judged holds, and some could not
    Unknown,
    /// A condition does not hold
    Failed,
}

/// How well a part of the code is kept, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rating {
    /// As it should be
    A,
    /// Nearly
    B,
    /// With work to do
    C,
    /// With much work to do
    D,
    /// As it should not be
    E,
}

impl Rating {
    /// From the best to the worst.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// Its letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }
}

impl std::fmt::Display for Rating {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A part of a whole, both counted in lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The part
    pub part: u64,
    /// The whole
    pub of: u64,
}

impl Part {
    /// From 0 to 100; none where the whole is empty.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "lines are fewer than 2^52")]
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| self.part as f64 * 100.0 / self.of as f64)
    }
}

/// What was counted in the lines of a scope. Lines of tests count in `tests` alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Files that were measured, those of tests not among them
    pub files: u64,
    /// Lines
    pub lines: u64,
    /// Lines with code on them
    pub code: u64,
    /// Lines with a comment on them that has a word in it
    pub comments: u64,
    /// Lines of code of tests
    pub tests: u64,
    /// Functions with a line in the scope
    pub functions: u64,
    /// Cyclomatic complexity of these functions, added up
    pub cyclomatic: u64,
    /// Cognitive complexity of these functions, added up
    pub cognitive: u64,
    /// Lines that stand somewhere else, too
    pub duplicated: u64,
    /// Lines that can run, and those of them that tests ran; none where no report told of them
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Part>,
}

/// What a check measured, as it hands it on to be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Which lines were measured
    pub scope: QualityScope,
    /// What was counted
    pub measures: Measures,
    /// Minutes that it takes to mend what each finding names
    pub minutes: BTreeMap<Fingerprint, u64>,
    /// Lines of each file that changed: first and last of each run. Empty where all lines were measured.
    pub changed: BTreeMap<String, Vec<(u32, u32)>>,
    /// Where there is most to do, by the name of the condition
    pub worst: BTreeMap<String, Location>,
}

/// Measures, ratings and conditions, as a report tells them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The answer
    pub gate: QualityGate,
    /// Which lines were measured
    pub scope: QualityScope,
    /// What was counted
    pub measures: Measures,
    /// Minutes that it takes to mend what findings name that are not waived
    pub minutes: u64,
    /// How well code can be changed; none where there is none
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintainability: Option<Rating>,
    /// How bad the worst flaw is that the static analysis or the search for credentials found; none where either did not run
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Rating>,
    /// What was asked; empty where nobody asked
    pub conditions: Vec<Condition>,
}

/// Something that is asked of a measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// `coverage`, `duplication`, `comments`, `tests`, `maintainability` or `security`
    pub name: String,
    /// Whether it holds
    pub state: ConditionState,
    /// What was measured, for people: `63.2 %`, `B`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// What is wanted, for people: `at least 80 %`, `A`
    pub wanted: String,
    /// Why it could not be judged, or need not hold here
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConditionState {
    /// It does
    Holds,
    /// It does not
    Broken,
    /// There is too little to judge by
    Spared,
    /// What it asks of was not measured
    Unknown,
}
