//! What holds for a tenant while statements are brought into the graph: objectives, places and waivers, all of it from the ledger.

use super::vouch::Signatures;
use bartizan_ledger::calendar::Calendar;
use bartizan_ledger::compliance::CompliancePolicy;
use bartizan_ledger::judgement::{BY_POLICY, Judgement, Situation, Subject};
use bartizan_ledger::priority::{Exposure, Mission, Place, usual};
use bartizan_ledger::schedule::{Schedule, Terms, Within};
use bartizan_model::{Finding, Priority, Waiver};
use bartizan_store::graph::WaiverRow;
use bartizan_store::{Session, StoreError};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

/// Name of the part of the policy with the objectives.
pub(crate) const OBJECTIVES: &str = "objectives";
/// Name of the part with the calendar.
pub(crate) const CALENDAR: &str = "calendar";
/// Name of the part that says when to act.
pub(crate) const PRIORITY: &str = "priority";
/// What is in front of a thing and makes attacks on it harder, as a label.
const COMPENSATING: &str = "compensating";
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
        OBJECTIVES => serde_json::from_str::<Terms>(value).map(|_| ()),
        CALENDAR => serde_json::from_str::<Calendar>(value).map(|_| ()),
        PRIORITY => {
            return Judgement::read(value)
                .map(|_| ())
                .map_err(|error| error.to_string());
        }
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

/// Objectives, calendar and judgement of a tenant. What is kept was checked when it was taken in.
pub(crate) fn in_force(session: &mut Session<'_>) -> Result<(Schedule, Judgement), StoreError> {
    let (mut schedule, mut judgement) = (Schedule::default(), Judgement::default());
    for (name, value) in session.policies(&[OBJECTIVES, CALENDAR, PRIORITY])? {
        match name.as_str() {
            OBJECTIVES => schedule.terms = Terms::read(&value).unwrap_or_default(),
            CALENDAR => schedule.calendar = Calendar::read(&value).unwrap_or_default(),
            _ => judgement = Judgement::read(&value).unwrap_or_default(),
        }
    }
    Ok((schedule, judgement))
}

/// What holds for all findings of a tenant at one time.
#[derive(Debug)]
pub(super) struct Policy {
    schedule: Schedule,
    judgement: Judgement,
    waivers: Vec<WaiverRow>,
    at: i64,
}

/// What a thing has to do with others, as far as that decides when to act on what is wrong with it: (way, identity of the other).
pub(super) type Ways = Vec<(String, String)>;

/// The ways that are asked for.
pub(super) const WAYS: [&str; 2] = ["exposes", "loads"];

/// What holds for the findings of one thing.
#[derive(Debug)]
pub(super) struct Rules<'p> {
    policy: &'p Policy,
    key: String,
    labels: BTreeMap<String, String>,
    place: Option<Place>,
    loads: Option<BTreeSet<String>>,
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
        let (schedule, judgement) = in_force(session)?;
        let mut waivers = session.waivers()?;
        waivers.retain(|waiver| waiver.ended.is_none() && waiver.until.is_none_or(|until| until > at));
        Ok(Self {
            schedule,
            judgement,
            waivers,
            at,
        })
    }

    /// What holds for a thing with these labels, which has to do with others in these ways.
    pub(super) fn rules(&self, key: &str, labels: &str, ways: &Ways) -> Rules<'_> {
        let (mut is_exposed, mut loads) = (false, None);
        for (way, other) in ways {
            if way == "loads" {
                loads.get_or_insert_with(BTreeSet::new).insert(other.clone());
            } else {
                is_exposed |= other.starts_with("endpoint:");
            }
        }
        let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
        let is_of_it = |waiver: &&WaiverRow| waiver.asset.as_deref().is_none_or(|asset| asset == key);
        Rules {
            policy: self,
            key: key.to_owned(),
            place: place_of(&labels, is_exposed),
            labels,
            loads,
            waivers: self.waivers.iter().filter(is_of_it).collect(),
        }
    }

    /// When what was opened at a time has to be closed; both in milliseconds since 1970.
    pub(super) fn due(&self, within: Within, opened: i64) -> Option<i64> {
        self.schedule.due(within, opened)
    }
}

impl Rules<'_> {
    /// For two things with the same labels and ways of one policy: the same where the same holds for their findings.
    pub(super) fn apart(&self) -> (Vec<i64>, String) {
        let waivers = self.waivers.iter().map(|waiver| waiver.seq).collect();
        // An exception of the policy may name a thing.
        let is_usual = self.policy.judgement == Judgement::default();
        (waivers, if is_usual { String::new() } else { self.key.clone() })
    }

    /// When to act on the finding: by what is known of the place where it is and by the policy, else as whoever found it decided.
    pub(super) fn priority(&self, finding: &Finding) -> Priority {
        let by_severity = || Priority {
            decision: usual(finding.severity),
            reasons: vec![format!("of severity {}", finding.severity)],
        };
        let own = match &finding.risk {
            Some(risk) if self.knows_more() => {
                let situation = Situation {
                    place: self.place.unwrap_or(Situation::default().place),
                    loaded: self
                        .loads
                        .as_ref()
                        .map(|loads| loads.contains(finding.asset.as_str()))
                        .or(risk.loaded),
                    compensating: self.labels.get(COMPENSATING).cloned(),
                };
                self.policy.judgement.decide(risk, finding.severity, &situation)
            }
            risk => match (&finding.priority, risk) {
                (Some(priority), _) if !is_excepted(priority) => priority.clone(),
                // What was decided by a policy that no longer holds is no longer so.
                (Some(_), Some(risk)) => {
                    let situation = Situation {
                        loaded: risk.loaded,
                        ..Situation::default()
                    };
                    self.policy.judgement.decide(risk, finding.severity, &situation)
                }
                _ => by_severity(),
            },
        };
        let about: Vec<String> = finding.ids.iter().chain(&finding.cwe).cloned().collect();
        let subject = Subject {
            rule: &finding.rule,
            about: &about,
            asset: &self.key,
            labels: &self.labels,
        };
        self.policy.judgement.except(own, &subject)
    }

    /// Whether there is more to judge by than whoever found it knew.
    fn knows_more(&self) -> bool {
        self.place.is_some()
            || self.loads.is_some()
            || self.labels.contains_key(COMPENSATING)
            || self.policy.judgement != Judgement::default()
    }

    /// Within which time the finding is to be closed.
    pub(super) fn within(&self, finding: &Finding) -> Within {
        self.policy.schedule.within(finding)
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

/// Whether an exception of a policy decided.
fn is_excepted(priority: &Priority) -> bool {
    let first = priority.reasons.first();
    first.is_some_and(|reason| reason.starts_with(BY_POLICY))
}

/// Where a thing is, as its labels say and whether it is known to expose an endpoint; none where nothing says anything of it.
fn place_of(labels: &BTreeMap<String, String>, is_exposed: bool) -> Option<Place> {
    let exposure: Option<Exposure> = labels
        .get("exposure")
        .and_then(|word| word.parse().ok())
        .or(is_exposed.then_some(Exposure::Open));
    let mission: Option<Mission> = labels.get("mission").and_then(|word| word.parse().ok());
    if exposure.is_none() && mission.is_none() {
        return None;
    }
    Some(Place {
        exposure: exposure.unwrap_or(Exposure::Open),
        mission: mission.unwrap_or(Mission::Medium),
    })
}
