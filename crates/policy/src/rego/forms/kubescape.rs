//! Rules of Kubescape's library.
//!
//! In: the text of a rule, its metadata, configuration, and all objects at once. Out: a reason for each alert; its paths and objects are in
//! the details. <https://github.com/kubescape/regolibrary>

use super::rules::read;
use crate::rego::{Dialect, Rego, Surroundings};
use crate::{Cause, Decide, Decision, Limits};
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
            let input = match self.join {
                Join::Not => input.clone(),
                Join::Subjects => subjects(objects),
                Join::ApiServer => api_server(objects),
            };
            let query = format!("{}.deny", self.package);
            self.rego
                .query(&query, &input)?
                .map_or_else(|| Ok(Vec::new()), |a| read("deny", a))
        };
        decide().map_or_else(Decision::Unknown, |reasons| {
            Decision::from_reasons(reasons, Vec::new())
        })
    }
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
