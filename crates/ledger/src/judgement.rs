//! How one tenant decides when to act: the answers and weights of [`crate::priority`] as policy data, and exceptions with a reason.
//!
//! In: the part `priority` of the policy, what is known of a vulnerability, and of the place where it is. Out: a decision with all its
//! reasons. Two questions come to those of [`crate::priority`]: is it loaded where the thing runs, and is something in front of it? Weights
//! are checked so that no worse answer ever lowers the decision; only an exception, which gives its reason, can.

use crate::priority::{Exposure, LIKELY, Mission, Place};
use bartizan_model::{Decision, Priority, Risk, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the reason of an exception begins.
pub const BY_POLICY: &str = "decided by policy: ";
/// Exceptions of a policy at most.
const MOST: usize = 500;
/// A weight is at most so far from 0.
const HEAVIEST: i32 = 100;

/// How a tenant decides. What is not named stays as it is by default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Judgement {
    /// Probability of exploitation within thirty days from which it counts as likely, 0 to 1.
    pub likely: f32,
    /// What answers weigh.
    pub weights: Weights,
    /// From which sum on one acts immediately.
    pub immediate: i32,
    /// From which sum on one acts out of cycle.
    pub out_of_cycle: i32,
    /// From which sum on it is scheduled.
    pub scheduled: i32,
    /// What is decided otherwise; the first that fits counts.
    pub exceptions: Vec<Exception>,
}

/// What answers weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Known to be exploited.
    pub exploited: i32,
    /// Likely to be.
    pub likely: i32,
    /// Everybody reaches it.
    pub open: i32,
    /// Those who are let in reach it.
    pub controlled: i32,
    /// Attacks can be automated.
    pub automatable: i32,
    /// It gives full control.
    pub full_control: i32,
    /// A mission depends on the thing.
    pub mission_high: i32,
    /// Little depends on it.
    pub mission_low: i32,
    /// It was seen to be loaded where the thing runs.
    pub loaded: i32,
    /// What the thing loads was watched, and this was not among it.
    pub not_loaded: i32,
    /// Something is in front of it that makes an attack harder.
    pub compensated: i32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            exploited: 4,
            likely: 2,
            open: 2,
            controlled: 1,
            automatable: 1,
            full_control: 1,
            mission_high: 1,
            mission_low: -1,
            loaded: 1,
            not_loaded: -1,
            compensated: -1,
        }
    }
}

impl Default for Judgement {
    fn default() -> Self {
        Self {
            likely: LIKELY,
            weights: Weights::default(),
            immediate: 6,
            out_of_cycle: 4,
            scheduled: 2,
            exceptions: Vec::new(),
        }
    }
}

/// Findings on which one acts otherwise than the weights say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Of this rule; a `*` at the end stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// About this advisory or weakness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Of this thing; a `*` at the end stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Of things with all of these labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What is decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
}

/// Why a policy cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgementError {
    /// It is in another form.
    #[error("{0}")]
    Form(String),
    /// A probability that is none.
    #[error("`likely` is a probability between 0 and 1")]
    Likely,
    /// A weight that would let a worse answer lower the decision.
    #[error(
        "`{0}`: weights go from -{HEAVIEST} to {HEAVIEST}, and a worse answer never weighs less than a better one"
    )]
    Weight(&'static str),
    /// Sums in the wrong order.
    #[error("`immediate` is at least `out_of_cycle`, and that at least `scheduled`")]
    Order,
    /// An exception without a reason.
    #[error("exception {0} gives no reason")]
    Reason(usize),
    /// An exception from everything.
    #[error("exception {0} fits everything: name a rule, an advisory, a thing or labels")]
    Everything(usize),
    /// There are too many.
    #[error("there are more than {MOST} exceptions")]
    Many,
}

/// What is known of the place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// Who reaches it and what depends on it.
    pub place: Place,
    /// Whether it is loaded where the thing runs; none where nobody watched.
    pub loaded: Option<bool>,
    /// What is in front of it, by name.
    pub compensating: Option<String>,
}

impl Default for Situation {
    fn default() -> Self {
        Self {
            place: Place {
                exposure: Exposure::Open,
                mission: Mission::Medium,
            },
            loaded: None,
            compensating: None,
        }
    }
}

/// What of a finding exceptions go by.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its rule.
    pub rule: &'a str,
    /// Advisories and weaknesses that it is about.
    pub about: &'a [String],
    /// The thing that has it.
    pub asset: &'a str,
    /// Labels of the thing.
    pub labels: &'a BTreeMap<String, String>,
}

type Answer = Option<(i32, String)>;

impl Judgement {
    /// Reads and checks the part `priority` of a policy.
    ///
    /// # Errors
    /// When it is none, or a worse answer would lower the decision.
    pub fn read(json: &str) -> Result<Self, JudgementError> {
        let own: Self =
            serde_json::from_str(json).map_err(|error| JudgementError::Form(error.to_string()))?;
        own.check()?;
        Ok(own)
    }

    fn check(&self) -> Result<(), JudgementError> {
        if !(0.0..=1.0).contains(&self.likely) {
            return Err(JudgementError::Likely);
        }
        let weights = &self.weights;
        for (name, worse, better) in [
            ("exploited", weights.exploited, weights.likely),
            ("likely", weights.likely, 0),
            ("open", weights.open, weights.controlled),
            ("controlled", weights.controlled, 0),
            ("automatable", weights.automatable, 0),
            ("full_control", weights.full_control, 0),
            ("mission_high", weights.mission_high, 0),
            ("mission_low", 0, weights.mission_low),
            ("loaded", weights.loaded, 0),
            ("not_loaded", 0, weights.not_loaded),
            ("compensated", 0, weights.compensated),
        ] {
            if worse < better || worse > HEAVIEST || better < -HEAVIEST {
                return Err(JudgementError::Weight(name));
            }
        }
        if self.immediate < self.out_of_cycle || self.out_of_cycle < self.scheduled {
            return Err(JudgementError::Order);
        }
        if self.exceptions.len() > MOST {
            return Err(JudgementError::Many);
        }
        for (at, exception) in self.exceptions.iter().enumerate() {
            if exception.reason.trim().is_empty() {
                return Err(JudgementError::Reason(at));
            }
            let fits_all = exception.rule.is_none() && exception.about.is_none() && exception.asset.is_none();
            if fits_all && exception.labels.is_empty() {
                return Err(JudgementError::Everything(at));
            }
        }
        Ok(())
    }

    /// Decides. What no vector says is taken from the severity (full control from high on) or counts as not so (automatable).
    #[must_use]
    pub fn decide(&self, risk: &Risk, severity: Severity, situation: &Situation) -> Priority {
        let answers = [
            self.exploitation(risk),
            self.exposure(risk, situation.place.exposure),
            self.automatable(risk),
            self.impact(risk, severity),
            self.mission(situation.place.mission),
            self.run_time(situation.loaded),
            self.compensation(situation.compensating.as_deref()),
        ];
        let sum: i32 = answers.iter().flatten().map(|(weight, _)| weight).sum();
        let decision = if sum >= self.immediate {
            Decision::Immediate
        } else if sum >= self.out_of_cycle {
            Decision::OutOfCycle
        } else if sum >= self.scheduled {
            Decision::Scheduled
        } else {
            Decision::Defer
        };
        Priority {
            decision,
            reasons: answers.into_iter().flatten().map(|(_, reason)| reason).collect(),
        }
    }

    /// The decision, or what the first exception that fits says; its reason then stands before the others.
    #[must_use]
    pub fn except(&self, mut priority: Priority, subject: &Subject<'_>) -> Priority {
        if let Some(exception) = self.exceptions.iter().find(|exception| exception.fits(subject)) {
            priority.decision = exception.decision;
            priority
                .reasons
                .insert(0, format!("{BY_POLICY}{}", exception.reason));
        }
        priority
    }

    fn exploitation(&self, risk: &Risk) -> Answer {
        let percent = |probability: f32| f64::from(probability) * 100.0;
        let weights = &self.weights;
        Some(match risk.probability {
            _ if risk.exploited && risk.ransomware => {
                (weights.exploited, "exploited, by ransomware too".to_owned())
            }
            _ if risk.exploited => (weights.exploited, "exploited".to_owned()),
            Some(probability) if probability >= self.likely => (
                weights.likely,
                format!(
                    "exploitation likely ({:.1} % within thirty days)",
                    percent(probability)
                ),
            ),
            Some(probability) => (
                0,
                format!(
                    "exploitation unlikely ({:.1} % within thirty days)",
                    percent(probability)
                ),
            ),
            None => (0, "no sign of exploitation".to_owned()),
        })
    }

    fn exposure(&self, risk: &Risk, exposure: Exposure) -> Answer {
        Some(match exposure {
            _ if risk.development_only => (0, "used in development only".to_owned()),
            Exposure::Open => (self.weights.open, "open to everybody".to_owned()),
            Exposure::Controlled => (
                self.weights.controlled,
                "reached by those who are let in".to_owned(),
            ),
            Exposure::Small => (0, "reached by hardly anybody".to_owned()),
        })
    }

    fn automatable(&self, risk: &Risk) -> Answer {
        match risk.automatable {
            Some(true) => Some((self.weights.automatable, "attacks can be automated".to_owned())),
            Some(false) => Some((0, "attacks cannot be automated".to_owned())),
            None => None,
        }
    }

    fn impact(&self, risk: &Risk, severity: Severity) -> Answer {
        match risk.total_impact {
            Some(true) => Some((self.weights.full_control, "gives full control".to_owned())),
            Some(false) => Some((0, "gives partial control".to_owned())),
            None if severity >= Severity::High => {
                Some((self.weights.full_control, format!("of severity {severity}")))
            }
            None => None,
        }
    }

    fn mission(&self, mission: Mission) -> Answer {
        match mission {
            Mission::High => Some((self.weights.mission_high, "a mission depends on it".to_owned())),
            Mission::Medium => None,
            Mission::Low => Some((self.weights.mission_low, "little depends on it".to_owned())),
        }
    }

    fn run_time(&self, loaded: Option<bool>) -> Answer {
        match loaded {
            Some(true) => Some((self.weights.loaded, "loaded where it runs".to_owned())),
            Some(false) => Some((
                self.weights.not_loaded,
                "never seen loaded where it runs".to_owned(),
            )),
            None => None,
        }
    }

    fn compensation(&self, by: Option<&str>) -> Answer {
        by.map(|by| {
            (
                self.weights.compensated,
                format!("behind a compensating control: {by}"),
            )
        })
    }
}

impl Exception {
    fn fits(&self, subject: &Subject<'_>) -> bool {
        let is_like = |pattern: &Option<String>, text: &str| match pattern.as_deref() {
            None => true,
            Some(pattern) => match pattern.strip_suffix('*') {
                Some(start) => text.starts_with(start),
                None => pattern == text,
            },
        };
        is_like(&self.rule, subject.rule)
            && is_like(&self.asset, subject.asset)
            && self
                .about
                .as_ref()
                .is_none_or(|about| subject.about.contains(about))
            && self
                .labels
                .iter()
                .all(|(name, value)| subject.labels.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exploited() -> Risk {
        Risk {
            exploited: true,
            automatable: Some(true),
            ..Risk::default()
        }
    }

    #[test]
    fn evidence_of_run_time_and_compensating_controls_weigh_and_show() {
        let judgement = Judgement::default();
        let decide = |loaded, by: Option<&str>| {
            let situation = Situation {
                loaded,
                compensating: by.map(str::to_owned),
                place: Place {
                    exposure: Exposure::Controlled,
                    mission: Mission::Medium,
                },
            };
            judgement.decide(&exploited(), Severity::Medium, &situation)
        };
        assert_eq!(decide(None, None).decision, Decision::Immediate);
        let quiet = decide(Some(false), None);
        assert_eq!(quiet.decision, Decision::OutOfCycle);
        assert!(
            quiet
                .reasons
                .contains(&"never seen loaded where it runs".to_owned())
        );
        let behind = decide(Some(true), Some("waf"));
        assert_eq!(behind.decision, Decision::Immediate);
        assert!(
            behind
                .reasons
                .contains(&"behind a compensating control: waf".to_owned())
        );
    }

    #[test]
    fn an_exception_decides_and_gives_its_reason_first() {
        let judgement = Judgement::read(
            r#"{"exceptions":[{"rule":"supply/*","labels":{"tier":"lab"},"decision":"defer","reason":"the lab has no data"}]}"#,
        )
        .unwrap();
        let labels = |tier: &str| BTreeMap::from([("tier".to_owned(), tier.to_owned())]);
        let priority = judgement.decide(&exploited(), Severity::High, &Situation::default());
        let of = |labels: &BTreeMap<String, String>| {
            let subject = Subject {
                rule: "supply/vulnerable-package",
                about: &[],
                asset: "repo:x",
                labels,
            };
            judgement.except(priority.clone(), &subject)
        };
        let lab = of(&labels("lab"));
        assert_eq!(lab.decision, Decision::Defer);
        assert_eq!(lab.reasons[0], "decided by policy: the lab has no data");
        assert_eq!(of(&labels("shop")), priority);
    }

    #[test]
    fn a_policy_that_would_reward_what_is_worse_is_refused() {
        for (json, why) in [
            (r#"{"weights":{"exploited":1,"likely":2}}"#, "`exploited`"),
            (r#"{"weights":{"mission_low":1}}"#, "`mission_low`"),
            (r#"{"weights":{"open":1000}}"#, "`open`"),
            (r#"{"likely":1.5}"#, "probability"),
            (r#"{"immediate":1}"#, "`immediate`"),
            (
                r#"{"exceptions":[{"rule":"x","decision":"defer","reason":" "}]}"#,
                "no reason",
            ),
            (
                r#"{"exceptions":[{"decision":"defer","reason":"x"}]}"#,
                "fits everything",
            ),
            (r#"{"urgency":1}"#, "unknown field"),
        ] {
            let error = Judgement::read(json).unwrap_err().to_string();
            assert!(error.contains(why), "{json}: {error}");
        }
    }

    proptest! {
        #[test]
        fn whatever_weights_are_taken_no_worse_answer_lowers_the_decision(
            w in prop::array::uniform11(0..=100_i32), sums in prop::array::uniform3(-100..=300_i32), flags in any::<[bool; 5]>(), loaded in any::<Option<bool>>(),
        ) {
            let mut sums = sums;
            sums.sort_unstable();
            let judgement = Judgement {
                weights: Weights {
                    exploited: w[0].max(w[1]), likely: w[1], open: w[2].max(w[3]), controlled: w[3], automatable: w[4], full_control: w[5],
                    mission_high: w[6], mission_low: -w[7], loaded: w[8], not_loaded: -w[9], compensated: -w[10],
                },
                scheduled: sums[0], out_of_cycle: sums[1], immediate: sums[2],
                ..Judgement::default()
            };
            prop_assert_eq!(judgement.check(), Ok(()));
            let risk = Risk { exploited: flags[0], automatable: Some(flags[1]), total_impact: Some(flags[2]), development_only: flags[3], ..Risk::default() };
            let here = Situation { loaded, compensating: flags[4].then(|| "waf".to_owned()), ..Situation::default() };
            let decide = |risk: &Risk, situation: &Situation| judgement.decide(risk, Severity::Medium, situation).decision;
            let now = decide(&risk, &here);
            let worse = [
                decide(&Risk { exploited: true, ..risk }, &here),
                decide(&Risk { automatable: Some(true), ..risk }, &here),
                decide(&risk, &Situation { loaded: Some(true), ..here.clone() }),
                decide(&risk, &Situation { compensating: None, ..here.clone() }),
            ];
            let small = Place { exposure: Exposure::Small, mission: Mission::Low };
            let better = [
                decide(&risk, &Situation { loaded: Some(false), ..here.clone() }),
                decide(&risk, &Situation { place: small, ..here }),
            ];
            prop_assert!(worse.into_iter().all(|decision| decision >= now));
            prop_assert!(better.into_iter().all(|decision| decision <= now));
        }
    }
}
