//! What holds for a tenant while statements are brought into the graph: objectives, places and waivers, all of it from the ledger.

use super::vouch::Signatures;
use bartizan_ledger::compliance::CompliancePolicy;
use bartizan_ledger::objective::Objectives;
use bartizan_ledger::priority::{Exposure, Mission, Place, decide, usual};
use bartizan_model::{Finding, Priority, Waiver};
use bartizan_store::graph::WaiverRow;
use bartizan_store::{Session, StoreError};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// Name of the part of the policy with the objectives.
pub(crate) const OBJECTIVES: &str = "objectives";
/// Name of the part of the policy with what is done with what nobody who is trusted has signed.
pub(crate) const SIGNATURES: &str = "signatures";
/// Name of the part of the policy with how long bodies are kept.
pub(crate) const RETENTION: &str = "retention";

/// How long bodies of statements are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    /// Days; for ever where nothing is said.
    #[serde(default)]
    days: Option<NonZeroU32>,
    /// Days by type of predicate.
    #[serde(default)]
    predicates: BTreeMap<String, NonZeroU32>,
}

impl Retention {
    /// Milliseconds for which bodies with this type of predicate are kept; none for ever.
    pub(crate) fn milliseconds(&self, predicate: &str) -> Option<i64> {
        let days = self.predicates.get(predicate).copied().or(self.days)?;
        Some(i64::from(days.get()) * 86_400_000)
    }

    /// The shortest of all; none where everything is kept for ever.
    pub(crate) fn shortest(&self) -> Option<i64> {
        let days = self.predicates.values().copied().chain(self.days).min()?;
        Some(i64::from(days.get()) * 86_400_000)
    }
}

/// Whether the value can be that of this part of the policy.
///
/// # Errors
/// Why not, in words.
pub(super) fn check(name: &str, value: &str) -> Result<(), String> {
    let read = match name {
        OBJECTIVES => serde_json::from_str::<Objectives>(value).map(|_| ()),
        SIGNATURES => object::<Signatures>(value),
        RETENTION => object::<Retention>(value),
        COMPLIANCE => {
            return CompliancePolicy::read(value)
                .map(|_| ())
                .map_err(|error| error.to_string());
        }
        _ => serde_json::from_str::<IgnoredAny>(value).map(|_| ()),
    };
    read.map_err(|error| error.to_string())
}

/// Whether the value is an object of this form: a list of values without their names would be read, too.
fn object<T: DeserializeOwned>(value: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<BTreeMap<String, IgnoredAny>>(value)?;
    serde_json::from_str::<T>(value).map(|_| ())
}

/// Name of the part of the policy about assessments of controls.
pub(crate) const COMPLIANCE: &str = "compliance";

/// What holds for all findings of a tenant at one time.
#[derive(Debug)]
pub(super) struct Policy {
    objectives: Objectives,
    waivers: Vec<WaiverRow>,
    at: i64,
}

/// What holds for the findings of one thing.
#[derive(Debug)]
pub(super) struct Rules<'p> {
    policy: &'p Policy,
    place: Option<Place>,
    waivers: Vec<&'p WaiverRow>,
}

/// A waiver, as it is kept with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// JSON of it.
    pub(super) text: String,
    /// When it ends, in milliseconds since 1970.
    pub(super) until: Option<i64>,
}

impl Policy {
    /// What holds at this time.
    pub(super) fn of(session: &mut Session<'_>, at: i64) -> Result<Self, StoreError> {
        let objectives: Objectives = session
            .policy(OBJECTIVES)?
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let mut waivers = session.waivers()?;
        waivers.retain(|waiver| waiver.ended.is_none() && waiver.until.is_none_or(|until| until > at));
        Ok(Self {
            objectives,
            waivers,
            at,
        })
    }

    /// What holds for a thing with these labels.
    pub(super) fn rules(&self, key: &str, labels: &str) -> Rules<'_> {
        let is_of_it = |waiver: &&WaiverRow| waiver.asset.as_deref().is_none_or(|asset| asset == key);
        Rules {
            policy: self,
            place: place_of(labels),
            waivers: self.waivers.iter().filter(is_of_it).collect(),
        }
    }
}

impl Rules<'_> {
    /// The same for two things of one policy exactly where the same holds for them, if their labels are the same.
    pub(super) fn waived_by(&self) -> Vec<i64> {
        self.waivers.iter().map(|waiver| waiver.seq).collect()
    }

    /// When to act on the finding: by the place where it is, as far as the thing is labelled, else as whoever found it decided.
    pub(super) fn priority(&self, finding: &Finding) -> Priority {
        match (&finding.risk, self.place) {
            (Some(risk), Some(place)) => decide(risk, finding.severity, place),
            _ => finding.priority.clone().unwrap_or_else(|| Priority {
                decision: usual(finding.severity),
                reasons: vec![format!("of severity {}", finding.severity)],
            }),
        }
    }

    /// Hours within which the finding is to be closed.
    pub(super) fn hours(&self, finding: &Finding) -> Option<u32> {
        self.policy.objectives.hours(finding)
    }

    /// The waiver that covers the finding: the one that came with it, else the first that was granted here.
    pub(super) fn waiver(&self, finding: &Finding) -> Option<Kept> {
        if let Some(waiver) = &finding.waiver {
            let until = bartizan_ledger::clock::end_of(waiver);
            // A report may be sent long after it was made.
            if until.is_none_or(|until| until > self.policy.at) {
                return Some(Kept {
                    text: serde_json::to_string(waiver).unwrap_or_default(),
                    until,
                });
            }
        }
        let print = finding.fingerprint.to_bytes();
        self.waivers
            .iter()
            .find(|waiver| covers(waiver, &print, &finding.rule))
            .map(|waiver| keep(waiver))
    }
}

/// Whether a waiver that was granted here covers a finding with this identity and rule.
pub(super) fn covers(waiver: &WaiverRow, fingerprint: &[u8], rule: &str) -> bool {
    let is_it = waiver.fingerprint.as_deref().is_none_or(|own| own == fingerprint);
    is_it && waiver.rule.as_deref().is_none_or(|own| own == rule)
}

/// A waiver that was granted here, as it is kept with a finding.
pub(super) fn keep(waiver: &WaiverRow) -> Kept {
    let text = serde_json::json!({
        "statement": waiver.seq,
        "rule": waiver.rule,
        "reason": waiver.reason,
        "owner": waiver.by,
        "vex": waiver.vex,
    });
    Kept {
        text: text.to_string(),
        until: waiver.until,
    }
}

/// The statement that granted the waiver which is kept with a finding; none where it came with a report.
pub(super) fn granted_by(kept: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Granted {
        statement: i64,
    }
    // What came with a report is a waiver of the model, which has no such field.
    if serde_json::from_str::<Waiver>(kept).is_ok() {
        return None;
    }
    serde_json::from_str::<Granted>(kept)
        .ok()
        .map(|granted| granted.statement)
}

/// Where a thing is, as its labels say; none where they say nothing of it.
fn place_of(labels: &str) -> Option<Place> {
    let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
    let exposure: Option<Exposure> = labels.get("exposure").and_then(|word| word.parse().ok());
    let mission: Option<Mission> = labels.get("mission").and_then(|word| word.parse().ok());
    if exposure.is_none() && mission.is_none() {
        return None;
    }
    Some(Place {
        exposure: exposure.unwrap_or(Exposure::Open),
        mission: mission.unwrap_or(Mission::Medium),
    })
}
