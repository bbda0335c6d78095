//! Assessments as the interface shows them.

use crate::api::shown::time;
use crate::comply::{self, expires};
use crate::http::Problem;
use bartizan_content::controls;
use bartizan_model::compliance::{
    Assessment, ControlResult, ControlStatus, ControlTest, EvidenceRef, ManualPart, ManualState, OpenFinding,
    StatusCounts, TestResult,
};
use bartizan_store::graph::AttestationRow;
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many controls are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Counts {
    /// Fresh and complete evidence and, where tests leave something, a person say so.
    pub satisfied: u64,
    /// Something speaks against it.
    pub not_satisfied: u64,
    /// A person must attest it, or what tests leave of it. Never counted as passed.
    pub manual: u64,
    /// Of the manual ones, those that somebody attests.
    pub manual_attested: u64,
    /// A test has no evidence, or none that is fresh and complete.
    pub no_evidence: u64,
}

impl From<StatusCounts> for Counts {
    fn from(counts: StatusCounts) -> Self {
        Self {
            satisfied: counts.satisfied,
            not_satisfied: counts.not_satisfied,
            manual: counts.manual,
            manual_attested: counts.manual_attested,
            no_evidence: counts.no_evidence,
        }
    }
}

/// A framework, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct FrameworkSummary {
    /// Its name: `nist:moderate`.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// Version of the catalogue that its controls are of.
    pub version: String,
    /// Where that is published.
    pub source: String,
    /// How many controls it asks for.
    pub controls: u64,
    /// How many of them are in which state.
    pub counts: Counts,
}

impl FrameworkSummary {
    pub(super) fn of(assessment: &Assessment) -> Self {
        let framework = &assessment.framework;
        Self {
            key: framework.key.clone(),
            title: framework.title.clone(),
            version: framework.version.clone(),
            source: framework.source.clone(),
            controls: assessment.counts.total(),
            counts: assessment.counts.into(),
        }
    }
}

/// A framework, family by family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct FrameworkStanding {
    /// The framework.
    pub framework: FrameworkSummary,
    /// What was assessed.
    pub system: String,
    /// How many things were asked after.
    pub things: u64,
    /// When; RFC 3339.
    pub at: String,
    /// Time of the oldest evidence that counts; RFC 3339.
    pub oldest: String,
    /// Families, in the order of the framework.
    pub families: Vec<Family>,
}

/// Controls that stand together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Family {
    /// Its title.
    pub title: String,
    /// How many of its controls are in which state.
    pub counts: Counts,
}

impl FrameworkStanding {
    pub(super) fn of(assessment: &Assessment, things: u64) -> Self {
        let mut families: Vec<Family> = Vec::new();
        for control in &assessment.controls {
            let at = match families.iter().position(|family| family.title == control.group) {
                Some(at) => at,
                None => {
                    families.push(Family {
                        title: control.group.clone(),
                        counts: Counts::default(),
                    });
                    families.len() - 1
                }
            };
            if let Some(family) = families.get_mut(at) {
                family.counts.add(control);
            }
        }
        Self {
            framework: FrameworkSummary::of(assessment),
            system: assessment.system.clone(),
            things,
            at: assessment.at.to_string(),
            oldest: assessment.oldest.to_string(),
            families,
        }
    }
}

impl Counts {
    fn add(&mut self, control: &ControlResult) {
        match control.status {
            ControlStatus::Satisfied => self.satisfied += 1,
            ControlStatus::NotSatisfied => self.not_satisfied += 1,
            ControlStatus::NoEvidence => self.no_evidence += 1,
            ControlStatus::Manual => {
                self.manual += 1;
                self.manual_attested += u64::from(control.is_attested());
            }
        }
    }
}

/// A control, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct ControlStanding {
    /// Its number: `AC-2(1)`.
    pub id: String,
    /// Its title, or what it asks for in our own words.
    pub title: String,
    /// Title of its family.
    pub family: String,
    /// satisfied, not-satisfied, manual or no-evidence.
    pub state: String,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// How much of it evidence answers without a person: whole, part or none.
    pub automation: String,
    /// Tests that bear on it.
    pub tests: u64,
    /// Findings that speak against it, counted once a test.
    pub open: u64,
    /// Findings that waivers accept, counted once a test.
    pub waived: u64,
    /// Findings that were there and are gone, counted once a test.
    pub fixed: u64,
    /// Time of the oldest evidence that counts for it; RFC 3339. Absent where there is none.
    pub oldest: Option<String>,
    /// Time of the newest evidence for it; RFC 3339. Absent where there is none.
    pub newest: Option<String>,
    /// Pieces of evidence that are too old to count.
    pub stale: u64,
    /// Who attests what tests leave, or the control.
    pub attested_by: Option<String>,
    /// Until when; RFC 3339.
    pub attested_until: Option<String>,
}

impl ControlStanding {
    pub(super) fn of(control: &ControlResult, assessment: &Assessment) -> Self {
        let tests: Vec<&TestResult> = control
            .tests
            .iter()
            .filter_map(|one| assessment.test(&one.test))
            .collect();
        let sum = |count: fn(&TestResult) -> u64| tests.iter().map(|test| count(test)).sum();
        let mut times: Vec<_> = tests
            .iter()
            .flat_map(|test| test.evidence.iter().map(|one| one.at))
            .collect();
        let attested = match &control.manual {
            Some(ManualPart {
                state: ManualState::Attested {
                    expires, evidence, ..
                },
                ..
            }) => {
                times.push(evidence.at);
                Some((evidence.by.clone(), expires.to_string()))
            }
            _ => None,
        };
        let automation = serde_json::to_value(control.automation).ok();
        Self {
            id: control.control.id.clone(),
            title: control.title.clone(),
            family: control.group.clone(),
            state: control.status.as_str().to_owned(),
            reasons: control.reasons.clone(),
            automation: automation
                .and_then(|word| word.as_str().map(str::to_owned))
                .unwrap_or_default(),
            tests: tests.len() as u64,
            open: sum(|test| test.open_count),
            waived: sum(|test| test.waived_count),
            fixed: sum(|test| test.fixed_count),
            oldest: times.iter().min().map(ToString::to_string),
            newest: times.iter().max().map(ToString::to_string),
            stale: sum(|test| test.stale_count),
            attested_by: attested.as_ref().map(|(by, _)| by.clone()),
            attested_until: attested.map(|(_, until)| until),
        }
    }
}

/// A control, with everything that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct ControlStory {
    /// The control.
    pub control: ControlStanding,
    /// By which name it is attested: `nist:AC-2(1)`.
    pub reference: String,
    /// What tests leave to a person; empty where they leave nothing, or where there is no test and it is the whole control.
    pub left: Vec<String>,
    /// Whether a person must attest it, or a part of it.
    pub needs_person: bool,
    /// The tests that bear on it.
    pub tests: Vec<Test>,
    /// What was ever vouched for about it, the newest first; a hundred at most.
    pub attestations: Vec<Attested>,
}

/// A test that bears on a control, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Test {
    /// Its name.
    pub id: String,
    /// What is so when it passes.
    pub title: String,
    /// pass, fail or no-evidence.
    pub outcome: String,
    /// What it is asked of.
    pub over: String,
    /// Days for which evidence counts.
    pub within_days: u16,
    /// Why it bears on the control.
    pub why: String,
    /// Where that comes from.
    pub source: String,
    /// Why it came out so.
    pub reasons: Vec<String>,
    /// What it rests on, newest first, fifty at most.
    pub evidence: Vec<Evidence>,
    /// All that it rests on, counted.
    pub evidence_count: u64,
    /// Findings that speak against it, fifty at most.
    pub open: Vec<Against>,
    /// All of them, counted.
    pub open_count: u64,
    /// Findings that waivers accept.
    pub waived_count: u64,
    /// Findings that were there and are gone.
    pub fixed_count: u64,
    /// Pieces of evidence that are too old to count.
    pub stale_count: u64,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Evidence {
    /// What it shows.
    pub shows: String,
    /// What it is about; absent where that is the system.
    pub asset: Option<String>,
    /// When it was so; RFC 3339.
    pub at: String,
    /// Seconds from then to now.
    pub age: u64,
    /// Who says so.
    pub by: String,
    /// `sha256:…` of the statement that says it.
    pub digest: String,
    /// Place of that statement in the ledger.
    pub statement: Option<i64>,
}

/// A finding that speaks against a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Against {
    /// Its number.
    pub id: Option<i64>,
    /// Its identity within the thing.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// critical, high, medium, low or info.
    pub severity: String,
    /// The thing that has it.
    pub asset: String,
    /// What was found.
    pub title: String,
    /// By when it must be closed; RFC 3339.
    pub due: Option<String>,
    /// `sha256:…` of the statement that shows it.
    pub digest: String,
}

/// Something that somebody vouched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Attested {
    /// The statement that says so: its place in the log.
    pub statement: i64,
    /// What was vouched for.
    pub text: String,
    /// By whom.
    pub by: String,
    /// When; RFC 3339.
    pub at: String,
    /// Until when; RFC 3339.
    pub until: String,
    /// holds, expired or withdrawn.
    pub state: String,
    /// When it was taken back; RFC 3339.
    pub withdrawn: Option<String>,
    /// The statement that takes it back.
    pub withdrawn_statement: Option<i64>,
}

/// Attestations of a control that are shown at most.
const ATTESTATIONS: usize = 100;

impl ControlStory {
    /// `now` is in milliseconds since 1970.
    pub(super) fn of(
        session: &mut Session<'_>,
        control: &ControlResult,
        (assessment, now): (&Assessment, i64),
    ) -> Result<Self, Problem> {
        let mut tests = Vec::new();
        for bearing in &control.tests {
            if let Some(result) = assessment.test(&bearing.test) {
                tests.push(Test::of(session, bearing, result)?);
            }
        }
        let policy = comply::policy(session)?;
        let is_it = |row: &AttestationRow| {
            controls::find(&row.control).is_some_and(|(catalog, found)| {
                catalog.framework == control.control.framework && found.id == control.control.id
            })
        };
        let rows = session.attestations()?.into_iter().rev().filter(is_it);
        let attestations = rows.take(ATTESTATIONS).map(|row| {
            let until = expires(&row, &policy);
            let state = match row.withdrawn {
                Some(_) => "withdrawn",
                None if until <= now => "expired",
                None => "holds",
            };
            Attested {
                statement: row.seq,
                text: row.statement,
                by: row.by,
                at: time(row.at),
                until: time(until),
                state: state.to_owned(),
                withdrawn: row.withdrawn.map(time),
                withdrawn_statement: row.withdrawn_seq,
            }
        });
        let catalog = controls::catalog_of(&control.control.framework);
        let key = catalog.map_or("", |catalog| catalog.key.as_str());
        Ok(Self {
            control: ControlStanding::of(control, assessment),
            reference: format!("{key}:{}", control.control.id),
            left: control
                .manual
                .as_ref()
                .map(|part| part.left.clone())
                .unwrap_or_default(),
            needs_person: control.manual.is_some(),
            tests,
            attestations: attestations.collect(),
        })
    }
}

impl Test {
    fn of(session: &mut Session<'_>, bearing: &ControlTest, result: &TestResult) -> Result<Self, StoreError> {
        let mut evidence = Vec::with_capacity(result.evidence.len());
        for one in &result.evidence {
            evidence.push(Evidence::of(session, one)?);
        }
        let mut open = Vec::with_capacity(result.open.len());
        for one in &result.open {
            open.push(Against::of(session, one)?);
        }
        Ok(Self {
            id: result.test.clone(),
            title: result.title.clone(),
            outcome: result.outcome.as_str().to_owned(),
            over: result.over.as_str().to_owned(),
            within_days: result.within_days,
            why: bearing.why.clone(),
            source: bearing.source.clone(),
            reasons: result.reasons.clone(),
            evidence,
            evidence_count: result.evidence_count,
            open,
            open_count: result.open_count,
            waived_count: result.waived_count,
            fixed_count: result.fixed_count,
            stale_count: result.stale_count,
        })
    }
}

impl Evidence {
    fn of(session: &mut Session<'_>, one: &EvidenceRef) -> Result<Self, StoreError> {
        let digest = one.digest.strip_prefix("sha256:").and_then(unhex);
        let statement = match digest {
            Some(digest) => session.statement_by_digest(&digest)?.map(|row| row.seq),
            None => None,
        };
        Ok(Self {
            shows: one.shows.clone(),
            asset: one.asset.as_ref().map(ToString::to_string),
            at: one.at.to_string(),
            age: one.age,
            by: one.by.clone(),
            digest: one.digest.clone(),
            statement,
        })
    }
}

/// The bytes that hexadecimal digits stand for.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

impl Against {
    fn of(session: &mut Session<'_>, one: &OpenFinding) -> Result<Self, StoreError> {
        let print = one.fingerprint.to_bytes();
        let asset = session.asset(one.asset.as_str())?.map(|row| row.id);
        let rows = session.findings_by_print(&print)?;
        Ok(Self {
            id: rows
                .into_iter()
                .find(|row| Some(row.asset) == asset)
                .map(|row| row.id),
            fingerprint: one.fingerprint.as_str().to_owned(),
            rule: one.rule.clone(),
            severity: one.severity.to_string(),
            asset: one.asset.to_string(),
            title: one.title.clone(),
            due: one.due.map(|due| due.to_string()),
            digest: one.digest.clone(),
        })
    }
}
