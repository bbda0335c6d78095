//! Packages with the rules `deny`, `violation` and `warn`, as conftest and Trivy ask for them.
//!
//! In: modules that are loaded. Out: one reason for each member of `deny` and `violation`, one warning for each of `warn`. Members are
//! texts, or objects with `msg`; Trivy's `result.new` makes such objects. <https://www.conftest.dev/>, <https://trivy.dev/docs/latest/tutorials/misconfiguration/custom-checks/>.

use crate::rego::Rego;
use crate::{Cause, Decide, Decision, Reason};
use serde_json::Value;

/// A package that is asked what it denies.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// Where it is loaded.
    pub rego: &'a Rego,
    /// The package, as `data.main`.
    pub package: &'a str,
}

impl Decide for Rules<'_> {
    fn decide(&self, input: &Value) -> Decision {
        let decide = || {
            let mut reasons = Vec::new();
            for rule in ["deny", "violation"] {
                reasons.extend(self.members(rule, input)?);
            }
            Ok(Decision::from_reasons(reasons, self.members("warn", input)?))
        };
        decide().unwrap_or_else(Decision::Unknown)
    }
}

impl Rules<'_> {
    fn members(&self, rule: &str, input: &Value) -> Result<Vec<Reason>, Cause> {
        let answer = self.rego.query(&format!("{}.{rule}", self.package), input)?;
        answer.map_or_else(|| Ok(Vec::new()), |answer| read(rule, answer))
    }
}

/// Reads what `deny` or another such rule gave.
pub(crate) fn read(rule: &str, answer: Value) -> Result<Vec<Reason>, Cause> {
    match answer {
        Value::Array(members) => members.into_iter().map(|member| reason(rule, member)).collect(),
        Value::Bool(false) => Ok(Vec::new()),
        Value::Bool(true) => Ok(vec![Reason::new(format!("`{rule}` holds"))]),
        other => Ok(vec![reason(rule, other)?]),
    }
}

fn reason(rule: &str, member: Value) -> Result<Reason, Cause> {
    match member {
        Value::String(message) => Ok(Reason::new(message)),
        Value::Object(details) => {
            let message = ["msg", "message", "alertMessage"]
                .iter()
                .find_map(|key| details.get(*key).and_then(Value::as_str))
                .unwrap_or_default()
                .to_owned();
            Ok(Reason {
                message,
                details: Value::Object(details),
            })
        }
        other => Err(Cause::Failed(format!(
            "`{rule}` gives {other}, neither a text nor an object"
        ))),
    }
}
