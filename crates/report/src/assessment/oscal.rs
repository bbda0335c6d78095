//! OSCAL assessment results, <https://pages.nist.gov/OSCAL/resources/concepts/layer/assessment/assessment-results/>, version 1.1.3.
//!
//! Each automatic test and each attestation is an observation, with its evidence by digest in the back matter; each control is a finding
//! that refers to them. OSCAL knows a target that is satisfied and one that is not: a control that is manual or has no evidence is
//! `not-satisfied` for the reason `other`, and says why. Identities depend on content alone.

use super::{attestation, told};
use crate::text;
use bartizan_model::compliance::{
    Assessment, Automation, ControlResult, ControlStatus, EvidenceRef, TestOutcome, TestResult,
};
use bartizan_model::{AssetId, Timestamp, uuid_of};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const OSCAL_VERSION: &str = "1.1.3";
/// Namespace of our own properties.
const NAMESPACE: &str = "https://bartizan.dev/ns/oscal";

/// What other parts of the document refer to.
#[derive(Default)]
struct Referred<'a> {
    digests: BTreeMap<&'a str, &'a str>,
    assets: BTreeSet<&'a AssetId>,
    people: BTreeSet<&'a str>,
}

pub(super) fn document(assessment: &Assessment, version: &str) -> Value {
    let mut referred = Referred::default();
    let mut observations: Vec<Value> = assessment
        .tests
        .iter()
        .map(|test| observation(assessment, test, &mut referred))
        .collect();
    for control in &assessment.controls {
        observations.extend(declaration(assessment, control, &mut referred));
    }
    let findings: Vec<Value> = assessment
        .controls
        .iter()
        .map(|control| finding(assessment, control))
        .collect();
    let mut result = json!({
        "uuid": id(assessment, &["result"]),
        "title": line(&format!("{} against {}", assessment.system, assessment.framework.title)),
        "description": "What evidence says of each control at the end of the assessment. A control that a person must attest, or about which there is no evidence, is not satisfied.",
        "start": assessment.oldest,
        "end": assessment.at,
        "props": counts(assessment),
        "local-definitions": definitions(assessment, &referred, version),
        "reviewed-controls": { "control-selections": [ { "include-controls":
            assessment.controls.iter().map(|control| json!({ "control-id": control.oscal })).collect::<Vec<_>>() } ] },
    });
    if let Value::Object(fields) = &mut result {
        put(fields, "observations", observations);
        put(fields, "findings", findings);
    }
    json!({ "assessment-results": {
        "uuid": id(assessment, &["document"]),
        "metadata": metadata(assessment, &referred),
        "import-ap": { "href": format!("#{}", id(assessment, &["plan"])) },
        "results": [result],
        "back-matter": { "resources": resources(assessment, &referred) },
    } })
}

/// The identity of a part: it depends on the whole assessment and on which part it is.
fn id(assessment: &Assessment, parts: &[&str]) -> String {
    let at = assessment.at.to_string();
    let mut all = vec![
        "assessment results",
        assessment.framework.key.as_str(),
        assessment.framework.version.as_str(),
        assessment.system.as_str(),
        at.as_str(),
    ];
    all.extend(parts);
    uuid_of(&all)
}

/// The identity of a thing that is the same in every assessment.
fn lasting(kind: &str, name: &str) -> String {
    uuid_of(&[kind, name])
}

fn metadata(assessment: &Assessment, referred: &Referred<'_>) -> Value {
    let mut metadata = json!({
        "title": line(&format!("Assessment of {}: {}", assessment.system, assessment.framework.title)),
        "last-modified": assessment.at,
        "version": assessment.at,
        "oscal-version": OSCAL_VERSION,
        "links": [{ "href": assessment.framework.source, "rel": "reference", "text": line(&assessment.framework.catalog) }],
    });
    if let Value::Object(fields) = &mut metadata {
        let people = referred
            .people
            .iter()
            .map(|name| json!({ "uuid": lasting("party", name), "type": "person", "name": line(name) }));
        put(fields, "parties", people.collect());
    }
    metadata
}

fn definitions(assessment: &Assessment, referred: &Referred<'_>, version: &str) -> Value {
    let tool = json!({
        "uuid": lasting("component", "bartizan"),
        "type": "software",
        "title": "Bartizan",
        "description": "Gathers evidence and judges controls by it.",
        "props": [{ "name": "version", "value": line(version) }],
        "status": { "state": "operational" },
    });
    let platform = json!({
        "uuid": id(assessment, &["platform"]),
        "uses-components": [{ "component-uuid": lasting("component", "bartizan") }],
    });
    let mut definitions = Map::new();
    let items = referred.assets.iter().map(
        |asset| json!({ "uuid": lasting("asset", asset.as_str()), "description": markup(asset.as_str()) }),
    );
    put(&mut definitions, "inventory-items", items.collect());
    definitions.insert(
        "assessment-assets".to_owned(),
        json!({ "components": [tool], "assessment-platforms": [platform] }),
    );
    Value::Object(definitions)
}

fn counts(assessment: &Assessment) -> Vec<Value> {
    let counts = &assessment.counts;
    let all = [
        ("satisfied", counts.satisfied),
        ("not-satisfied", counts.not_satisfied),
        ("manual", counts.manual),
        ("manual-attested", counts.manual_attested),
        ("no-evidence", counts.no_evidence),
    ];
    all.iter()
        .map(|(name, count)| prop(name, &count.to_string()))
        .collect()
}

/// What a test found.
fn observation<'a>(assessment: &Assessment, test: &'a TestResult, referred: &mut Referred<'a>) -> Value {
    let newest = test.evidence.iter().map(|one| one.at).max();
    let mut told = markup(&test.title);
    told.push_str(match test.outcome {
        TestOutcome::Pass => ": so it is.",
        TestOutcome::Fail => ": it is not so.",
        TestOutcome::NoEvidence => ": there is no evidence that is fresh and complete.",
    });
    for reason in &test.reasons {
        told.push_str(&format!("\n\n{}", markup(reason)));
    }
    let mut observation = json!({
        "uuid": id(assessment, &["test", &test.test]),
        "title": line(&test.title),
        "description": told,
        "props": [
            prop("test", &test.test),
            prop("outcome", test.outcome.as_str()),
            prop("evidence-count", &test.evidence_count.to_string()),
            prop("open-findings", &test.open_count.to_string()),
            prop("waived-findings", &test.waived_count.to_string()),
        ],
        "methods": ["TEST"],
        "types": [if test.outcome == TestOutcome::Fail { "finding" } else { "control-objective" }],
        "origins": [{ "actors": [{ "type": "tool", "actor-uuid": lasting("component", "bartizan") }] }],
        "collected": newest.unwrap_or(assessment.at),
    });
    let Value::Object(fields) = &mut observation else {
        return observation;
    };
    if let (Some(oldest), TestOutcome::Pass) = (test.evidence.iter().map(|one| one.at).min(), test.outcome) {
        let until = oldest.unix_seconds() + i64::from(test.within_days) * 86_400;
        fields.insert("expires".to_owned(), json!(Timestamp::from_unix_seconds(until)));
    }
    let about = test.evidence.iter().filter_map(|one| one.asset.as_ref());
    let assets: BTreeSet<&AssetId> = about.chain(test.open.iter().map(|open| &open.asset)).collect();
    let subjects = assets.iter().map(
        |asset| json!({ "subject-uuid": lasting("asset", asset.as_str()), "type": "inventory-item", "title": line(asset.as_str()) }),
    );
    put(fields, "subjects", subjects.collect());
    referred.assets.extend(assets);
    let mut evidence: Vec<Value> = test.evidence.iter().map(|one| relevant(one, referred)).collect();
    for open in &test.open {
        referred.digests.insert(&open.digest, "evidence of a finding");
        evidence.push(json!({
            "href": format!("#{}", lasting("evidence", &open.digest)),
            "description": markup(&format!("{} finding of {}: {}", open.severity, open.rule, open.title)),
            "props": [prop("fingerprint", open.fingerprint.as_str()), prop("rule", &open.rule), prop("severity", open.severity.as_str())],
        }));
    }
    put(fields, "relevant-evidence", evidence);
    observation
}

/// What a person attests of a control.
fn declaration<'a>(
    assessment: &Assessment,
    control: &'a ControlResult,
    referred: &mut Referred<'a>,
) -> Option<Value> {
    let (statement, evidence, expires) = attestation(control)?;
    referred.people.insert(&evidence.by);
    Some(json!({
        "uuid": id(assessment, &["attestation", &control.oscal]),
        "title": line(&format!("Attestation of {}", control.control.id)),
        "description": markup(statement),
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "origins": [{ "actors": [{ "type": "party", "actor-uuid": lasting("party", &evidence.by) }] }],
        "relevant-evidence": [relevant(evidence, referred)],
        "collected": evidence.at,
        "expires": expires,
    }))
}

fn relevant<'a>(evidence: &'a EvidenceRef, referred: &mut Referred<'a>) -> Value {
    referred.digests.insert(&evidence.digest, &evidence.shows);
    json!({
        "href": format!("#{}", lasting("evidence", &evidence.digest)),
        "description": markup(&evidence.shows),
        "props": [
            prop("digest", &evidence.digest),
            prop("collected", &evidence.at.to_string()),
            prop("age-seconds", &evidence.age.to_string()),
            prop("by", &evidence.by),
        ],
    })
}

/// What is known of a control.
fn finding(assessment: &Assessment, control: &ControlResult) -> Value {
    let (state, reason) = match control.status {
        ControlStatus::Satisfied => ("satisfied", "pass"),
        ControlStatus::NotSatisfied => ("not-satisfied", "fail"),
        ControlStatus::Manual | ControlStatus::NoEvidence => ("not-satisfied", "other"),
    };
    let why = markup(&format!(
        "{}: {}",
        told(control.status),
        control.reasons.join("; ")
    ));
    let automation = match control.automation {
        Automation::Whole => "whole",
        Automation::Part => "part",
        Automation::None => "none",
    };
    // The objectives of SP 800-53A are parts of its controls; other catalogues have no parts.
    let objective = if assessment.framework.catalog.starts_with("NIST-800-53") {
        format!("{}_obj", control.oscal)
    } else {
        control.oscal.clone()
    };
    let mut finding = json!({
        "uuid": id(assessment, &["control", &control.oscal]),
        "title": line(&format!("{} {}", control.control.id, control.title)),
        "description": why,
        "props": [prop("control-id", &control.oscal), prop("status", control.status.as_str()), prop("automation", automation)],
        "target": {
            "type": "objective-id",
            "target-id": objective,
            "title": line(&control.title),
            "status": { "state": state, "reason": reason, "remarks": why },
        },
    });
    if let Value::Object(fields) = &mut finding {
        let mut related: Vec<Value> = control
            .tests
            .iter()
            .map(|one| json!({ "observation-uuid": id(assessment, &["test", &one.test]) }))
            .collect();
        if attestation(control).is_some() {
            related.push(json!({ "observation-uuid": id(assessment, &["attestation", &control.oscal]) }));
        }
        put(fields, "related-observations", related);
    }
    finding
}

/// The evidence by digest, and what stands for the plan.
fn resources(assessment: &Assessment, referred: &Referred<'_>) -> Vec<Value> {
    let plan = json!({
        "uuid": id(assessment, &["plan"]),
        "title": "Plan of the assessment",
        "description": "No assessment plan was written: every control that the framework asks for is assessed, by the tests that this document names.",
    });
    let evidence = referred.digests.iter().map(|(digest, shows)| {
        let mut link = json!({ "href": format!("urn:bartizan:evidence:{}", token(digest)) });
        if let (Value::Object(fields), Some(hex)) = (&mut link, digest.strip_prefix("sha256:")) {
            fields.insert(
                "hashes".to_owned(),
                json!([{ "algorithm": "SHA-256", "value": line(hex) }]),
            );
        }
        json!({ "uuid": lasting("evidence", digest), "title": line(shows), "rlinks": [link] })
    });
    std::iter::once(plan).chain(evidence).collect()
}

/// A property in our namespace.
fn prop(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": line(value) })
}

/// OSCAL's lists are missing or have something in them.
fn put(fields: &mut Map<String, Value>, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        fields.insert(name.to_owned(), Value::Array(list));
    }
}

/// One line without blanks at its ends; never empty.
fn line(text: &str) -> String {
    let line = text::line(text);
    let line = line.trim();
    if line.is_empty() {
        "(empty)".to_owned()
    } else {
        line.to_owned()
    }
}

/// One line in which nothing is markup (<https://pages.nist.gov/metaschema/specification/datatypes/#markup-line>).
fn markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '{' | '}' | '"'
        ) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Characters that may stand in a name of a resource.
fn token(text: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.' | '_');
    text.chars().map(|c| if harmless(c) { c } else { '-' }).collect()
}
