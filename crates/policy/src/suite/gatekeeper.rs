//! Gatekeeper's `Suite`, as `gator verify` runs it. <https://open-policy-agent.github.io/gatekeeper/website/docs/gator/#writing-test-suites>

use super::{Case, Documents, Outcome, first, list};
use crate::rego::Surroundings;
use crate::rego::forms::{Constraint, Inventory, Template};
use crate::selection::{request, text};
use crate::{Cause, Decide, Decision, Limits, Reason};
use serde_json::Value;

/// Runs every case of a suite.
#[must_use]
pub fn gatekeeper(
    suite: &Value,
    documents: Documents<'_>,
    limits: Limits,
    surroundings: Surroundings,
) -> Vec<Case> {
    let mut cases = Vec::new();
    for test in list(suite, "/tests") {
        let template = first(documents, text(test, "/template"))
            .and_then(|template| Template::new(&template, limits, surroundings));
        let constraint = first(documents, text(test, "/constraint"));
        for case in list(test, "/cases") {
            let name = format!("{}: {}", text(test, "/name"), text(case, "/name"));
            if [test, case]
                .iter()
                .any(|one| one.get("skip") == Some(&Value::Bool(true)))
            {
                cases.push(Case::new(name, Ok(Outcome::Skipped)));
                continue;
            }
            let outcome = match (&template, &constraint) {
                (Ok(template), Ok(constraint)) => judged(template, constraint, case, documents),
                (Err(cause), _) | (_, Err(cause)) => Err(cause.clone()),
            };
            cases.push(Case::new(name, outcome));
        }
    }
    cases
}

fn judged(
    template: &Template,
    constraint: &Value,
    case: &Value,
    documents: Documents<'_>,
) -> Result<Outcome, Cause> {
    let mut inventory = Inventory::default();
    for path in list(case, "/inventory").iter().filter_map(Value::as_str) {
        documents(path)?.iter().for_each(|object| inventory.add(object));
    }
    let object = first(documents, text(case, "/object"))?;
    let constraint = Constraint::new(template, constraint, &inventory)?;
    let reasons = match constraint.decide(&request(&object)) {
        Decision::Unknown(cause) => return Err(cause),
        Decision::Allow { .. } => Vec::new(),
        Decision::Deny { reasons, .. } => reasons,
    };
    let asserted = list(case, "/assertions");
    for assertion in asserted {
        if let Some(why) = differs(assertion, &reasons)? {
            return Ok(Outcome::Failed(why));
        }
    }
    Ok(Outcome::Passed)
}

/// What an assertion expects and was not so.
fn differs(assertion: &Value, reasons: &[Reason]) -> Result<Option<String>, Cause> {
    let message = text(assertion, "/message");
    let pattern = crate::regexes::compiled(message)
        .map_err(|_| Cause::Unreadable(format!("the pattern `{message}` of an assertion")))?;
    let found = reasons
        .iter()
        .filter(|reason| pattern.is_match(reason.message.as_bytes()))
        .count();
    let (holds, expected) = match assertion.get("violations") {
        Some(Value::Number(number)) => (number.as_u64() == u64::try_from(found).ok(), number.to_string()),
        Some(Value::Bool(false)) => (found == 0, "no".to_owned()),
        Some(Value::String(word)) if word == "no" => (found == 0, "no".to_owned()),
        _ => (found > 0, "some".to_owned()),
    };
    if holds {
        return Ok(None);
    }
    let said: Vec<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
    let about = if message.is_empty() {
        String::new()
    } else {
        format!(" that match `{message}`")
    };
    let came = match said.as_slice() {
        [] => "there was none".to_owned(),
        said => format!("there were {found} of {}: {}", said.len(), said.join("; ")),
    };
    Ok(Some(format!(
        "{expected} violations{about} were expected, {came}"
    )))
}
