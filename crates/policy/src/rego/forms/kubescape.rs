//! Rules of Kubescape's library.
//!
//! In: the text of a rule, its metadata, configuration, and all objects at once. Out: a reason for each alert; its paths and objects are in
//! the details. <https://github.com/kubescape/regolibrary>

use super::rules::read;
use crate::rego::{Dialect, Rego, Surroundings};
use crate::{Cause, Decide, Decision, Limits, Reason};
use serde_json::{Value, json};

/// What rules import as `data.cautils`, written anew by what they ask of it.
const CAUTILS: &str = include_str!("cautils.rego");

/// A rule that is loaded.
#[derive(Debug, Clone)]
pub struct Kubescape {
    rego: Rego,
    package: String,
    join: Join,
}

/// How objects are joined before a rule sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Not,
    /// Each subject of a binding with the binding and its role.
    Subjects,
    /// The pod of the API server alone.
    ApiServer,
}

impl Kubescape {
    /// Loads a rule. `metadata` is its `rule.metadata.json`; `configuration` holds `postureControlInputs` and `dataControlInputs`.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn new(
        rule: &str,
        metadata: &Value,
        configuration: &Value,
        limits: Limits,
        surroundings: Surroundings,
    ) -> Result<Self, Cause> {
        let mut rego = Rego::new(limits, surroundings)?;
        rego.add_module("raw.rego", rule, Dialect::V0)?;
        let package = rego.packages()?.into_iter().next();
        let package = package.ok_or_else(|| Cause::Unreadable("the rule has no package".to_owned()))?;
        rego.add_module("cautils.rego", CAUTILS, Dialect::V1)?;
        rego.add_data(configuration)?;
        let join = match metadata
            .pointer("/attributes/resourcesAggregator")
            .and_then(Value::as_str)
        {
            Some("subject-role-rolebinding") => Join::Subjects,
            Some("apiserver-pod") => Join::ApiServer,
            _ => Join::Not,
        };
        Ok(Self { rego, package, join })
    }
}

impl Decide for Kubescape {
    /// About a list of objects.
    fn decide(&self, input: &Value) -> Decision {
        let decide = || {
            let objects = input.as_array().map(Vec::as_slice).unwrap_or_default();
            let objects: Vec<Value> = objects.iter().map(named).collect();
            let input = match self.join {
                Join::Not => Value::Array(objects),
                Join::Subjects => subjects(&objects),
                Join::ApiServer => api_server(&objects),
            };
            let package = self.rego.query(&self.package, &input)?.unwrap_or(Value::Null);
            let mut reasons = Vec::new();
            for (rule, value) in package.as_object().into_iter().flatten() {
                if rule == "deny" || alerts(value) {
                    reasons.extend(read(rule, value.clone())?.into_iter().map(spelled));
                }
            }
            Ok(reasons)
        };
        decide().map_or_else(Decision::Unknown, |reasons| {
            Decision::from_reasons(reasons, Vec::new())
        })
    }
}

/// Whether a rule gave alerts: Kubescape takes them from every rule of the package, whatever its name.
fn alerts(value: &Value) -> bool {
    let members = value.as_array().map(Vec::as_slice).unwrap_or_default();
    !members.is_empty() && members.iter().all(|member| member.get("alertMessage").is_some())
}

/// Keys of an alert as they are documented: Kubescape reads them in any case.
fn spelled(mut reason: Reason) -> Reason {
    if let Some(object) = reason
        .details
        .get_mut("alertObject")
        .and_then(Value::as_object_mut)
    {
        for known in ["k8sApiObjects", "externalObjects"] {
            let other = object
                .keys()
                .find(|key| key.as_str() != known && key.eq_ignore_ascii_case(known));
            if let Some(value) = other.cloned().and_then(|key| object.remove(&key)) {
                object.insert(known.to_owned(), value);
            }
        }
    }
    reason
}

/// What Kubescape's sensor says of a host always has a name, be it empty.
fn named(object: &Value) -> Value {
    let mut object = object.clone();
    if text(&object, "/apiVersion").starts_with("hostdata.kubescape.cloud/")
        && let Some(fields) = object.as_object_mut()
    {
        let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.entry("name").or_insert_with(|| json!(""));
        }
    }
    object
}

fn text<'a>(object: &'a Value, way: &str) -> &'a str {
    object.pointer(way).and_then(Value::as_str).unwrap_or_default()
}

fn subjects(objects: &[Value]) -> Value {
    let mut joined = Vec::new();
    for binding in objects
        .iter()
        .filter(|object| text(object, "/kind").ends_with("Binding"))
    {
        let (kind, name) = (text(binding, "/roleRef/kind"), text(binding, "/roleRef/name"));
        let roles = objects.iter().filter(|object| {
            kind.ends_with("Role") && text(object, "/kind") == kind && text(object, "/metadata/name") == name
        });
        for role in roles {
            let subjects = binding.get("subjects").and_then(Value::as_array);
            for subject in subjects.into_iter().flatten().filter_map(Value::as_object) {
                let mut subject = subject.clone();
                subject.insert("relatedObjects".to_owned(), json!([binding, role]));
                joined.push(Value::Object(subject));
            }
        }
    }
    Value::Array(joined)
}

fn api_server(objects: &[Value]) -> Value {
    let pod = objects.iter().find(|object| {
        let name = text(object, "/metadata/name");
        text(object, "/kind") == "Pod"
            && text(object, "/metadata/namespace") == "kube-system"
            && (name.contains("apiserver") || name.contains("api-server"))
    });
    Value::Array(pod.cloned().into_iter().collect())
}
