//! Policies of Kyverno whose rules are in CEL: `ClusterPolicy` and `Policy` with `validate.cel`, and `ValidatingPolicy`.
//!
//! In: a policy as JSON, and what the API server would send about a request. Out: a decision of each rule. A rule about pods is one about what
//! makes pods, too. <https://kyverno.io/docs/policy-types/cluster-policy/validate/#common-expression-language-cel>,
//! <https://kyverno.io/docs/policy-types/validating-policy/>. What needs a cluster or a registry is unknown.

use super::ValidatingAdmissionPolicy;
use crate::selection::{selects, text, wild};
use crate::{Cause, Decide, Decision};
use serde_json::{Map, Value, json};

const TEMPLATES: [&str; 6] = [
    "DaemonSet",
    "Deployment",
    "Job",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// A rule of a policy.
pub struct KyvernoRule {
    name: String,
    policy: ValidatingAdmissionPolicy,
    /// `match` and `exclude` of a rule; null where the policy's own constraints say what it is about.
    rule: Value,
    /// Kinds whose pods are judged in their stead.
    controllers: Vec<String>,
    namespace: Option<Value>,
}

/// The rules of a policy that are in CEL.
///
/// # Errors
/// [`Cause::Unreadable`] where it is no such policy, or has no rule in CEL.
pub fn kyverno_rules(policy: &Value) -> Result<Vec<KyvernoRule>, Cause> {
    match text(policy, "/kind") {
        "ValidatingPolicy" | "NamespacedValidatingPolicy" => Ok(vec![validating(policy)?]),
        "ClusterPolicy" | "Policy" => {
            let rules = policy.pointer("/spec/rules").and_then(Value::as_array);
            let rules: Vec<_> = rules
                .into_iter()
                .flatten()
                .filter(|rule| rule.pointer("/validate/cel").is_some())
                .map(|rule| classic(policy, rule))
                .collect::<Result<_, _>>()?;
            if rules.is_empty() {
                return Err(Cause::NotKnown(
                    "what a policy means that is not in CEL".to_owned(),
                ));
            }
            Ok(rules)
        }
        other => Err(Cause::Unreadable(format!(
            "`{other}` is no policy of Kyverno in CEL"
        ))),
    }
}

fn classic(policy: &Value, rule: &Value) -> Result<KyvernoRule, Cause> {
    let part = |way: &str| rule.pointer(way).cloned().unwrap_or(Value::Null);
    let everything = json!([{
        "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*", "*/*"],
    }]);
    let synthetic = json!({
        "kind": "ValidatingAdmissionPolicy",
        "spec": {
            "failurePolicy": policy.pointer("/spec/failurePolicy"),
            "paramKind": part("/validate/cel/paramKind"),
            "matchConstraints": { "resourceRules": everything },
            "matchConditions": part("/celPreconditions"),
            "variables": part("/validate/cel/variables"),
            "validations": part("/validate/cel/expressions"),
        },
    });
    let annotation = policy
        .pointer("/metadata/annotations/pod-policies.kyverno.io~1autogen-controllers")
        .and_then(Value::as_str);
    Ok(KyvernoRule {
        name: text(rule, "/name").to_owned(),
        policy: ValidatingAdmissionPolicy::read(&synthetic)?,
        controllers: if only_pods(rule) {
            controllers(annotation.map(|names| names.split(',').map(str::trim).collect()))
        } else {
            Vec::new()
        },
        rule: rule.clone(),
        namespace: None,
    })
}

fn validating(policy: &Value) -> Result<KyvernoRule, Cause> {
    let mut synthetic = policy.clone();
    if let Some(fields) = synthetic.as_object_mut() {
        fields.insert("kind".to_owned(), json!("ValidatingAdmissionPolicy"));
    }
    let constraints = policy.pointer("/spec/matchConstraints").unwrap_or(&Value::Null);
    let listed = policy
        .pointer("/spec/autogen/podControllers/controllers")
        .and_then(Value::as_array);
    let listed = listed.map(|names| names.iter().filter_map(Value::as_str).collect());
    Ok(KyvernoRule {
        name: text(policy, "/metadata/name").to_owned(),
        policy: ValidatingAdmissionPolicy::read(&synthetic)?,
        controllers: if resources_are_pods(constraints) {
            controllers(listed)
        } else {
            Vec::new()
        },
        rule: Value::Null,
        namespace: None,
    })
}

/// Those that are named, in any case and number; all where none are; none for `none`.
fn controllers(named: Option<Vec<&str>>) -> Vec<String> {
    let all = TEMPLATES.iter().copied().chain(["CronJob"]);
    let wanted = |kind: &&str| {
        let low = kind.to_ascii_lowercase();
        named.as_ref().is_none_or(|names| {
            names.iter().any(|name| {
                let name = name.to_ascii_lowercase();
                name == low || name.strip_suffix('s') == Some(low.as_str()) || name == "all"
            })
        })
    };
    all.filter(wanted).map(str::to_owned).collect()
}

/// Whether a rule is about pods and asks for nothing but their kind.
fn only_pods(rule: &Value) -> bool {
    let mut blocks = blocks(rule.get("match"))
        .into_iter()
        .chain(blocks(rule.get("exclude")))
        .peekable();
    blocks.peek().is_some()
        && blocks.all(|block| {
            let resources = block.get("resources").and_then(Value::as_object);
            let asks_more = |resources: &Map<String, Value>| {
                ["name", "names", "selector", "annotations"]
                    .iter()
                    .any(|key| resources.get(*key).is_some_and(|value| !value.is_null()))
            };
            let kinds = resources.and_then(|r| r.get("kinds")).and_then(Value::as_array);
            let pods = kinds.is_none_or(|kinds| {
                let mut names = kinds.iter().filter_map(Value::as_str);
                names.all(|kind| kind.rsplit('/').next() == Some("Pod"))
            });
            pods && !resources.is_some_and(asks_more)
        })
}

fn resources_are_pods(constraints: &Value) -> bool {
    let rules = constraints.get("resourceRules").and_then(Value::as_array);
    let plain = ["objectSelector", "namespaceSelector"].iter().all(|key| {
        constraints
            .get(*key)
            .and_then(Value::as_object)
            .is_none_or(Map::is_empty)
    });
    plain
        && rules.is_some_and(|rules| {
            !rules.is_empty()
                && rules.iter().all(|rule| {
                    rule.get("resources") == Some(&json!(["pods"])) && rule.get("resourceNames").is_none()
                })
        })
}

/// The blocks of `match` or `exclude`: those of `any` and `all`, or the only one.
fn blocks(part: Option<&Value>) -> Vec<&Value> {
    let Some(part) = part else { return Vec::new() };
    let listed: Vec<&Value> = ["any", "all"]
        .iter()
        .filter_map(|key| part.get(*key).and_then(Value::as_array))
        .flatten()
        .collect();
    if listed.is_empty() && part.get("resources").is_some() {
        vec![part]
    } else {
        listed
    }
}

impl KyvernoRule {
    /// Its name; of a `ValidatingPolicy` that of the policy.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same rule where requests are about things in this namespace, given as its object.
    #[must_use]
    pub fn with_namespace(self, namespace: Value) -> Self {
        Self {
            policy: self.policy.with_namespace(namespace.clone()),
            namespace: Some(namespace),
            ..self
        }
    }

    /// What it says of a request; none where the request is none of its business.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn judged(&self, request: &Value) -> Result<Option<Decision>, Cause> {
        let kind = text(request, "/kind/kind").to_owned();
        let pods = self
            .controllers
            .contains(&kind)
            .then(|| as_pod(request, &kind))
            .flatten();
        let asked = pods.as_ref().unwrap_or(request);
        if !self.rule.is_null() && !self.concerns(asked)? {
            return Ok(None);
        }
        self.policy.judged(asked)
    }

    fn concerns(&self, request: &Value) -> Result<bool, Cause> {
        let matched = |part: &str| -> Result<Option<bool>, Cause> {
            let Some(part) = self.rule.get(part) else {
                return Ok(None);
            };
            let all = part.get("all").is_some();
            let answers = blocks(Some(part))
                .into_iter()
                .map(|block| self.block(block, request))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Some(if all {
                answers.iter().all(|yes| *yes) && !answers.is_empty()
            } else {
                answers.contains(&true)
            }))
        };
        Ok(matched("match")?.unwrap_or(false) && !matched("exclude")?.unwrap_or(false))
    }

    fn block(&self, block: &Value, request: &Value) -> Result<bool, Cause> {
        for who in ["subjects", "roles", "clusterRoles"] {
            if block.get(who).is_some() {
                return Err(Cause::NotKnown("who asks".to_owned()));
            }
        }
        let Some(resources) = block.get("resources") else {
            return Ok(false);
        };
        let list = |key: &str| resources.get(key).and_then(Value::as_array);
        let any = |key: &str, holds: &dyn Fn(&str) -> bool| {
            list(key).is_none_or(|all| all.is_empty() || all.iter().filter_map(Value::as_str).any(holds))
        };
        let object = match request.get("object") {
            None | Some(Value::Null) => request.get("oldObject").unwrap_or(&Value::Null),
            Some(object) => object,
        };
        let name = text(object, "/metadata/name");
        let namespace = match text(request, "/kind/kind") {
            "Namespace" => text(request, "/name"),
            _ => text(request, "/namespace"),
        };
        let named = text(resources, "/name");
        let plain = any("kinds", &|pattern| of_kind(pattern, request))
            && any("names", &|pattern| wild(pattern, name))
            && (named.is_empty() || wild(named, name))
            && any("namespaces", &|pattern| wild(pattern, namespace))
            && any("operations", &|operation| {
                operation == text(request, "/operation")
            })
            && annotated(resources.get("annotations"), object);
        if !plain {
            return Ok(false);
        }
        if let Some(selector) = resources.get("selector")
            && !selects(selector, object)?
        {
            return Ok(false);
        }
        match resources.get("namespaceSelector") {
            None => Ok(true),
            Some(selector) if text(request, "/kind/kind") == "Namespace" => selects(selector, object),
            Some(selector) => {
                let labels = self.namespace.as_ref();
                let unknown = || Cause::NotKnown(format!("the labels of the namespace `{namespace}`"));
                selects(selector, labels.ok_or_else(unknown)?)
            }
        }
    }
}

impl Decide for KyvernoRule {
    /// `input` is an `AdmissionReview`, or its `request` alone.
    fn decide(&self, input: &Value) -> Decision {
        let request = input.get("request").unwrap_or(input);
        match self.judged(request) {
            Ok(decision) => decision.unwrap_or(Decision::Allow { warnings: Vec::new() }),
            Err(cause) => Decision::Unknown(cause),
        }
    }
}

/// `Pod`, `v1/Pod`, `apps/v1/Deployment`, `Pod/exec`, each with patterns.
fn of_kind(pattern: &str, request: &Value) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    let version =
        |part: &str| part == "*" || (part.starts_with('v') && part.chars().any(|c| c.is_ascii_digit()));
    let (group, wanted, kind, sub) = match *parts.as_slice() {
        [kind] => ("*", "*", kind, ""),
        [first, kind] if version(first) => ("*", first, kind, ""),
        [kind, sub] => ("*", "*", kind, sub),
        [first, kind, sub] if version(first) => ("*", first, kind, sub),
        [group, version, kind] => (group, version, kind, ""),
        [group, version, kind, sub] => (group, version, kind, sub),
        _ => return false,
    };
    wild(group, text(request, "/kind/group"))
        && wild(wanted, text(request, "/kind/version"))
        && wild(kind, text(request, "/kind/kind"))
        && wild(sub, text(request, "/subResource"))
}

fn annotated(wanted: Option<&Value>, object: &Value) -> bool {
    let found = object.pointer("/metadata/annotations").and_then(Value::as_object);
    wanted.and_then(Value::as_object).is_none_or(|wanted| {
        wanted.iter().all(|(key, pattern)| {
            found.into_iter().flatten().any(|(name, value)| {
                wild(key, name)
                    && wild(
                        pattern.as_str().unwrap_or_default(),
                        value.as_str().unwrap_or_default(),
                    )
            })
        })
    })
}

/// The same request about the pods that a controller would make.
fn as_pod(request: &Value, kind: &str) -> Option<Value> {
    let way = if kind == "CronJob" {
        "/spec/jobTemplate/spec/template"
    } else {
        "/spec/template"
    };
    let pod = |object: &Value| -> Option<Value> {
        let template = object.pointer(way)?;
        let mut metadata = template.get("metadata").cloned().unwrap_or_else(|| json!({}));
        if let (Some(metadata), Some(namespace)) =
            (metadata.as_object_mut(), object.pointer("/metadata/namespace"))
        {
            metadata.insert("namespace".to_owned(), namespace.clone());
        }
        let spec = template.get("spec")?;
        Some(json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec }))
    };
    let mut asked = request.as_object()?.clone();
    asked.insert("object".to_owned(), pod(request.get("object")?)?);
    if let Some(old) = request.get("oldObject").and_then(pod) {
        asked.insert("oldObject".to_owned(), old);
    }
    asked.insert(
        "kind".to_owned(),
        json!({ "group": "", "version": "v1", "kind": "Pod" }),
    );
    let resource = json!({ "group": "", "version": "v1", "resource": "pods" });
    asked.insert("resource".to_owned(), resource);
    Some(Value::Object(asked))
}
