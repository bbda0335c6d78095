//! The status of every control of a framework.
//!
//! In: the framework, the tests, the scope, facts and attestations, and the time. Out: an [`Assessment`]. Each test is asked once,
//! whatever the number of controls that it bears on.

use super::Framework;
use super::outcome::{Known, outcome, reference};
use super::totals::FindingTotals;
use bartizan_model::compliance::{
    ASSESSMENT_SCHEMA, AssessedFramework, Assessment, Attestation, AutomaticTest, Automation, CatalogControl,
    ControlMapping, ControlResult, ControlStatus, ControlTest, Covers, EvidenceFact, ManualPart, ManualState,
    Scope, StatusCounts, TestOutcome, TestResult,
};
use bartizan_model::{Control, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is known.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Facts about what is in scope, in any order. Facts about other things are not looked at.
    pub facts: &'a [EvidenceFact],
    /// Numbers of findings, by the id of the test that asks after them, where `facts` names only some of them: then these numbers
    /// count, and a test that is not among them has none. Absent where `facts` names every finding.
    pub totals: Option<&'a BTreeMap<String, FindingTotals>>,
    /// Attestations, in any order. Of several about one control the newest that holds counts.
    pub attestations: &'a [Attestation],
}

/// What evidence says of every control of `framework`.
#[must_use]
pub fn assess(
    framework: &Framework,
    tests: &[AutomaticTest],
    scope: &Scope,
    evidence: Evidence<'_>,
    now: Timestamp,
) -> Assessment {
    Outcomes::of(tests, scope, evidence, now).assess(framework)
}

/// What tests found, once for all frameworks that are to be assessed at one time.
#[derive(Debug, Clone)]
pub struct Outcomes<'a> {
    tests: &'a [AutomaticTest],
    system: &'a str,
    attestations: &'a [Attestation],
    now: Timestamp,
    results: BTreeMap<&'a str, (TestResult, Timestamp)>,
}

impl<'a> Outcomes<'a> {
    /// Asks each test once.
    #[must_use]
    pub fn of(tests: &'a [AutomaticTest], scope: &'a Scope, evidence: Evidence<'a>, now: Timestamp) -> Self {
        let known = Known::new(scope, evidence, now);
        Self {
            tests,
            system: &scope.system,
            attestations: evidence.attestations,
            now,
            results: tests
                .iter()
                .map(|test| (test.id.as_str(), outcome(test, &known)))
                .collect(),
        }
    }

    /// What they say of every control of `framework`.
    #[must_use]
    pub fn assess(&self, framework: &Framework) -> Assessment {
        judge_all(framework, self)
    }
}

fn judge_all(framework: &Framework, outcomes: &Outcomes<'_>) -> Assessment {
    let now = outcomes.now;
    let asked: HashSet<&str> = framework
        .controls
        .iter()
        .map(|control| control.id.as_str())
        .collect();
    let mut bearing: HashMap<&str, Vec<(&AutomaticTest, &ControlMapping)>> = HashMap::new();
    for test in outcomes.tests {
        for mapping in &test.controls {
            let control = &mapping.control;
            if control.framework == framework.catalog.framework && asked.contains(control.id.as_str()) {
                bearing
                    .entry(control.id.as_str())
                    .or_default()
                    .push((test, mapping));
            }
        }
    }
    let mut results: BTreeMap<&str, &TestResult> = BTreeMap::new();
    let mut oldest = now;
    for (test, _) in bearing.values().flatten() {
        if let Some((result, at)) = outcomes.results.get(test.id.as_str()) {
            oldest = oldest.min(*at);
            results.insert(&test.id, result);
        }
    }
    let attested = newest(outcomes.attestations, &framework.catalog.framework, now);
    let groups: HashMap<&str, &str> = framework
        .catalog
        .groups
        .iter()
        .map(|group| (group.id.as_str(), group.title.as_str()))
        .collect();
    let mut counts = StatusCounts::default();
    let mut controls = Vec::with_capacity(framework.controls.len());
    for control in &framework.controls {
        let own = bearing.get(control.id.as_str()).map_or(&[][..], Vec::as_slice);
        let attestation = attested.get(control.id.as_str()).copied();
        let mut result = judge(control, own, &results, attestation, now);
        result.control.framework.clone_from(&framework.catalog.framework);
        result.group = groups
            .get(control.group.as_str())
            .copied()
            .unwrap_or_default()
            .to_owned();
        count(&result, &mut counts);
        if let Some(ManualPart {
            state: ManualState::Attested { evidence, .. },
            ..
        }) = &result.manual
        {
            oldest = oldest.min(evidence.at);
        }
        controls.push(result);
    }
    Assessment {
        schema: ASSESSMENT_SCHEMA.to_owned(),
        framework: AssessedFramework {
            key: framework.key.clone(),
            title: framework.title.clone(),
            catalog: framework.catalog.framework.clone(),
            version: framework.catalog.version.clone(),
            source: framework.catalog.source.clone(),
            wording: framework.catalog.wording,
        },
        system: outcomes.system.to_owned(),
        at: now,
        oldest,
        controls,
        tests: results.into_values().cloned().collect(),
        counts,
    }
}

/// For each control the newest attestation that holds, or else the newest that did.
fn newest<'a>(
    attestations: &'a [Attestation],
    framework: &str,
    now: Timestamp,
) -> HashMap<&'a str, &'a Attestation> {
    let mut newest: HashMap<&str, &Attestation> = HashMap::new();
    let own = attestations
        .iter()
        .filter(|one| one.control.framework == framework && one.at <= now);
    for one in own {
        let rank = |one: &Attestation| (one.expires > now, one.at, one.expires);
        let known = newest.entry(one.control.id.as_str()).or_insert(one);
        if rank(one) > rank(known) {
            *known = one;
        }
    }
    newest
}

fn judge(
    control: &CatalogControl,
    bearing: &[(&AutomaticTest, &ControlMapping)],
    results: &BTreeMap<&str, &TestResult>,
    attestation: Option<&Attestation>,
    now: Timestamp,
) -> ControlResult {
    let automation = automation(bearing);
    let mut reasons = Vec::new();
    let mut worst = None;
    for (test, _) in bearing {
        let Some(result) = results.get(test.id.as_str()) else {
            continue;
        };
        worst = worst.max(Some(rank(result.outcome)));
        if result.outcome != TestOutcome::Pass {
            let why = result.reasons.first().map_or("", String::as_str);
            reasons.push(format!("{}: {why}", test.id));
        }
    }
    let manual = (automation != Automation::Whole).then(|| manual_part(bearing, attestation, now));
    let is_attested = manual
        .as_ref()
        .is_none_or(|manual| matches!(manual.state, ManualState::Attested { .. }));
    let status = match worst {
        Some(2) => ControlStatus::NotSatisfied,
        Some(1) => ControlStatus::NoEvidence,
        Some(_) if is_attested => ControlStatus::Satisfied,
        _ => ControlStatus::Manual,
    };
    if let Some(manual) = &manual {
        reasons.push(attested_by(manual, bearing.is_empty()));
    }
    if reasons.is_empty() {
        reasons.push("every test that bears on it passes".to_owned());
    }
    ControlResult {
        control: Control {
            framework: String::new(),
            id: control.id.clone(),
        },
        oscal: control.oscal.clone(),
        title: control.title.clone(),
        group: String::new(),
        status,
        reasons,
        automation,
        tests: bearing
            .iter()
            .map(|(test, mapping)| ControlTest {
                test: test.id.clone(),
                why: mapping.why.clone(),
                source: mapping.source.clone(),
            })
            .collect(),
        manual,
    }
}

const fn rank(outcome: TestOutcome) -> u8 {
    match outcome {
        TestOutcome::Pass => 0,
        TestOutcome::NoEvidence => 1,
        TestOutcome::Fail => 2,
    }
}

fn automation(bearing: &[(&AutomaticTest, &ControlMapping)]) -> Automation {
    if bearing.is_empty() {
        Automation::None
    } else if bearing.iter().any(|(_, mapping)| mapping.covers == Covers::Whole) {
        Automation::Whole
    } else {
        Automation::Part
    }
}

fn manual_part(
    bearing: &[(&AutomaticTest, &ControlMapping)],
    attestation: Option<&Attestation>,
    now: Timestamp,
) -> ManualPart {
    let mut left: Vec<String> = Vec::new();
    for (_, mapping) in bearing {
        if let Covers::Part { left: one } = &mapping.covers
            && !left.contains(one)
        {
            left.push(one.clone());
        }
    }
    let evidence = |one: &Attestation| {
        let shows = "attestation".to_owned();
        reference(one.at, now, None, shows, (&one.by, &one.digest))
    };
    let state = match attestation {
        Some(one) if one.expires > now => ManualState::Attested {
            statement: one.statement.clone(),
            expires: one.expires,
            evidence: evidence(one),
        },
        Some(one) => ManualState::Expired {
            expired: one.expires,
            evidence: evidence(one),
        },
        None => ManualState::Missing,
    };
    ManualPart { left, state }
}

fn attested_by(manual: &ManualPart, is_all: bool) -> String {
    let what = if is_all { "the control" } else { "what tests leave" };
    match &manual.state {
        ManualState::Attested {
            expires, evidence, ..
        } => {
            format!("{what} is attested by {} until {}", evidence.by, expires.date())
        }
        ManualState::Expired { expired, evidence } => {
            format!(
                "the attestation of {what} by {} expired {}",
                evidence.by,
                expired.date()
            )
        }
        ManualState::Missing => format!("nobody attests {what}"),
    }
}

fn count(result: &ControlResult, counts: &mut StatusCounts) {
    match result.status {
        ControlStatus::Satisfied => counts.satisfied += 1,
        ControlStatus::NotSatisfied => counts.not_satisfied += 1,
        ControlStatus::NoEvidence => counts.no_evidence += 1,
        ControlStatus::Manual => {
            counts.manual += 1;
            let attested = result
                .manual
                .as_ref()
                .is_some_and(|manual| matches!(manual.state, ManualState::Attested { .. }));
            counts.manual_attested += u64::from(attested);
        }
    }
}
