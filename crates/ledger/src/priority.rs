//! When to act on a vulnerability: a decision in the manner of SSVC's deployer tree.
//!
//! In: a [`Risk`] and the place. Out: a [`Priority`]. The four questions are those of
//! <https://certcc.github.io/SSVC/howto/deployer_tree/>: exploitation, exposure, automatable, human impact. The tree itself is our own:
//! each answer has a weight and the sum decides, so that no worse answer ever lowers the decision.
//!
//! | question | answers and weights |
//! |---|---|
//! | exploitation | known 4; likely, at least [`LIKELY`] within thirty days, 2; no sign 0 |
//! | exposure | open 2; controlled 1; small, or development only, 0 |
//! | automatable | yes 1 |
//! | impact | full control 1, and mission high 1, low −1 |
//!
//! Where a workload was watched, a component that it uses weighs 1 more, and another 1 less.
//!
//! 6 and more is immediate, 4 out of cycle, 2 scheduled, less is deferred. A tenant of the control plane may weigh otherwise
//! ([`crate::judgement`]).

use crate::judgement::{Judgement, Situation};
use bartizan_model::{Decision, Priority, Risk, Severity};
use std::str::FromStr;

/// Probability of exploitation within thirty days from which it counts as likely.
pub const LIKELY: f32 = 0.1;

/// Who can reach the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// Hardly anybody.
    Small,
    /// Those who are let in.
    Controlled,
    /// Everybody.
    Open,
}

/// What the failure of the system would cost those who depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mission {
    /// Little.
    Low,
    /// Something.
    Medium,
    /// Their mission.
    High,
}

/// Where a component is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Who can reach it.
    pub exposure: Exposure,
    /// What depends on it.
    pub mission: Mission,
}

/// A word that names no exposure or mission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not one of {expected}")]
pub struct UnknownWord {
    /// What was written.
    pub given: String,
    /// What would have been understood.
    pub expected: &'static str,
}

impl FromStr for Exposure {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "small" => Ok(Self::Small),
            "controlled" => Ok(Self::Controlled),
            "open" => Ok(Self::Open),
            _ => Err(UnknownWord {
                given: text.to_owned(),
                expected: "open, controlled, small",
            }),
        }
    }
}

impl FromStr for Mission {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            _ => Err(UnknownWord {
                given: text.to_owned(),
                expected: "high, medium, low",
            }),
        }
    }
}

/// Decides by the weights above. What no vector says is taken from the severity (full control from high on) or counts as not so
/// (automatable).
#[must_use]
pub fn decide(risk: &Risk, severity: Severity, place: Place) -> Priority {
    let situation = Situation {
        place,
        loaded: risk.loaded,
        ..Situation::default()
    };
    Judgement::default().decide(risk, severity, &situation)
}

/// When one acts on a finding of this severity of which nothing else is known.
#[must_use]
pub const fn usual(severity: Severity) -> Decision {
    match severity {
        Severity::Critical => Decision::Immediate,
        Severity::High => Decision::OutOfCycle,
        Severity::Medium | Severity::Low => Decision::Scheduled,
        Severity::Info => Decision::Defer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN: Place = Place {
        exposure: Exposure::Open,
        mission: Mission::Medium,
    };

    #[test]
    fn what_is_exploited_in_the_open_is_immediate_and_says_why() {
        let risk = Risk {
            exploited: true,
            ransomware: true,
            automatable: Some(false),
            total_impact: Some(true),
            ..Risk::default()
        };
        let priority = decide(&risk, Severity::Medium, OPEN);
        assert_eq!(priority.decision, Decision::Immediate);
        assert_eq!(
            priority.reasons,
            [
                "exploited, by ransomware too",
                "open to everybody",
                "attacks cannot be automated",
                "gives full control"
            ]
        );
    }

    #[test]
    fn nobody_hurries_for_a_tool_of_development_without_a_sign_of_exploitation() {
        let risk = Risk {
            development_only: true,
            automatable: Some(true),
            total_impact: Some(false),
            probability: Some(0.001),
            ..Risk::default()
        };
        let priority = decide(&risk, Severity::High, OPEN);
        assert_eq!(priority.decision, Decision::Defer);
        assert!(priority.reasons.contains(&"used in development only".to_owned()));
    }

    #[test]
    fn a_critical_vulnerability_that_can_be_automated_is_out_of_cycle_before_anybody_exploits_it() {
        let risk = Risk {
            automatable: Some(true),
            total_impact: Some(true),
            ..Risk::default()
        };
        assert_eq!(
            decide(&risk, Severity::Critical, OPEN).decision,
            Decision::OutOfCycle
        );
    }

    fn risks() -> impl Strategy<Value = Risk> {
        (any::<[bool; 5]>(), proptest::option::of(0.0_f32..=1.0)).prop_map(|(flags, probability)| Risk {
            score: None,
            exploited: flags[0],
            ransomware: flags[0] && flags[1],
            probability,
            automatable: Some(flags[2]),
            total_impact: Some(flags[3]),
            development_only: flags[4],
            loaded: None,
        })
    }

    proptest! {
        #[test]
        fn no_worse_answer_lowers_the_decision(risk in risks()) {
            let decision = |risk: &Risk, place| decide(risk, Severity::Medium, place).decision;
            let here = decision(&risk, OPEN);
            let worse = [
                Risk { exploited: true, ..risk },
                Risk { automatable: Some(true), ..risk },
                Risk { total_impact: Some(true), ..risk },
                Risk { probability: Some(1.0), ..risk },
                Risk { development_only: false, ..risk },
                Risk { loaded: Some(true), ..risk },
            ];
            for risk in worse {
                prop_assert!(decision(&risk, OPEN) >= here);
            }
            let less = [
                Place { exposure: Exposure::Small, ..OPEN },
                Place { exposure: Exposure::Controlled, ..OPEN },
                Place { mission: Mission::Low, ..OPEN },
            ];
            for place in less {
                prop_assert!(decision(&risk, place) <= here);
            }
            let high = Place { mission: Mission::High, ..OPEN };
            prop_assert!(decision(&risk, high) >= here);
        }
    }
}
