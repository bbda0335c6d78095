//! Kyverno's `Test`, as `kyverno test` runs it, of policies in CEL. <https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/>
//!
//! What asks for more than policies, resources, namespaces and operations (a context, who asks, other kinds of policies) is unknown.

use super::{Case, Documents, Outcome, list};
use crate::cel::{KyvernoRule, kyverno_rules};
use crate::selection::{request, text};
use crate::{Cause, Decision};
use serde_json::{Value, json};

/// Runs every result that a test expects, for each resource that it names.
#[must_use]
pub fn kyverno(test: &Value, documents: Documents<'_>) -> Vec<Case> {
    let read = |way: &str| -> Result<Vec<Value>, Cause> {
        let paths = list(test, way).iter().filter_map(Value::as_str);
        let all: Vec<_> = paths.map(documents).collect::<Result<_, _>>()?;
        Ok(all.into_iter().flatten().flat_map(items).collect())
    };
    let values = match test.get("variables").and_then(Value::as_str) {
        Some(path) => documents(path).map(|all| all.into_iter().next().unwrap_or(Value::Null)),
        None => Ok(test.get("values").cloned().unwrap_or(Value::Null)),
    };
    let beyond = ["context", "userinfo"]
        .iter()
        .find(|key| test.get(**key).is_some())
        .map(|key| Cause::NotKnown(format!("its `{key}`")));
    let given = read("/policies").and_then(|policies| {
        let resources = read("/resources")?;
        match beyond {
            Some(cause) => Err(cause),
            None => Ok(Given {
                policies,
                resources,
                values: values?,
            }),
        }
    });
    let mut cases = Vec::new();
    for result in list(test, "/results") {
        let about = format!("{} {}", text(result, "/policy"), text(result, "/rule"));
        let names = list(result, "/resources")
            .iter()
            .chain(result.get("resource"))
            .filter_map(Value::as_str);
        let mut any = false;
        for name in names {
            any = true;
            let outcome = match &given {
                Ok(given) => given.judged(result, name),
                Err(cause) => Err(cause.clone()),
            };
            cases.push(Case::new(
                format!("{}: {} {name}", about.trim(), text(result, "/kind")),
                outcome,
            ));
        }
        if !any {
            let cause = Cause::NotKnown("which resources it means".to_owned());
            cases.push(Case::new(about.trim(), Err(cause)));
        }
    }
    cases
}

/// The members of a list of objects; anything else as it is.
fn items(document: Value) -> Vec<Value> {
    match document.get("items").and_then(Value::as_array) {
        Some(items) if text(&document, "/kind").ends_with("List") => items.clone(),
        _ if document.is_null() => Vec::new(),
        _ => vec![document],
    }
}

struct Given {
    policies: Vec<Value>,
    resources: Vec<Value>,
    values: Value,
}

impl Given {
    fn judged(&self, result: &Value, name: &str) -> Result<Outcome, Cause> {
        let (namespace, short) = name
            .rsplit_once('/')
            .map_or((None, name), |(space, name)| (Some(space), name));
        let kind = text(result, "/kind");
        let resource = self.resources.iter().find(|resource| {
            text(resource, "/metadata/name") == short
                && (kind.is_empty() || kind.rsplit('/').next() == Some(text(resource, "/kind")))
                && namespace
                    .is_none_or(|wanted| space(resource) == wanted.rsplit('/').next().unwrap_or(wanted))
        });
        let resource = resource.ok_or_else(|| {
            Cause::NotKnown(format!("the resource `{name}`, which is in none of its files"))
        })?;
        let wanted = text(result, "/policy").rsplit('/').next().unwrap_or_default();
        let policy = self
            .policies
            .iter()
            .find(|policy| text(policy, "/metadata/name") == wanted);
        let policy = policy.ok_or_else(|| {
            Cause::NotKnown(format!("the policy `{wanted}`, which is in none of its files"))
        })?;
        let came = self.came(policy, text(result, "/rule"), resource)?;
        let expected = match text(result, "/result") {
            "" => text(result, "/status"),
            word => word,
        };
        Ok(if came.0 == expected {
            Outcome::Passed
        } else {
            Outcome::Failed(format!("{expected} was expected, {} came{}", came.0, came.1))
        })
    }

    /// `pass`, `fail` or `skip`, and why.
    fn came(&self, policy: &Value, rule: &str, resource: &Value) -> Result<(&'static str, String), Cause> {
        let asked = self.asked(policy, resource);
        let mut rules: Vec<KyvernoRule> = kyverno_rules(policy)?;
        let plain = rule
            .trim_start_matches("autogen-cronjob-")
            .trim_start_matches("autogen-");
        if !plain.is_empty()
            && text(policy, "/kind").ends_with("Policy")
            && rules.iter().any(|r| r.name() == plain)
        {
            rules.retain(|rule| rule.name() == plain);
        }
        let mut came = ("skip", String::new());
        for rule in rules {
            let rule = if self.cluster_wide(resource) {
                rule
            } else {
                rule.with_namespace(self.namespace(resource))
            };
            match rule.judged(&asked)? {
                None => {}
                Some(Decision::Unknown(cause)) => return Err(cause),
                Some(Decision::Deny { reasons, .. }) => {
                    let said: Vec<String> = reasons.into_iter().map(|reason| reason.message).collect();
                    return Ok(("fail", format!(": {}", said.join("; "))));
                }
                Some(Decision::Allow { .. }) => came.0 = "pass",
            }
        }
        Ok(came)
    }

    /// What is asked about a resource, with the operation that the values give it.
    fn asked(&self, policy: &Value, resource: &Value) -> Value {
        let mut asked = request(resource);
        let name = text(resource, "/metadata/name");
        let of_policy = list(&self.values, "/policies")
            .iter()
            .filter(|entry| text(entry, "/name") == text(policy, "/metadata/name"))
            .flat_map(|entry| list(entry, "/resources"))
            .find(|entry| text(entry, "/name") == name)
            .and_then(|entry| entry.pointer("/values/request.operation"));
        let operation = of_policy
            .or_else(|| self.values.pointer("/globalValues/request.operation"))
            .or_else(|| self.values.pointer("/spec/globalValues/request.operation"));
        if let (Some(asked), Some(operation)) = (asked.as_object_mut(), operation) {
            asked.insert("operation".to_owned(), operation.clone());
            if operation == "DELETE"
                && let Some(object) = asked.insert("object".to_owned(), Value::Null)
            {
                asked.insert("oldObject".to_owned(), object);
            }
        }
        let namespace = space(resource);
        let cluster = self.cluster_wide(resource);
        if let (Some(asked), false) = (asked.as_object_mut(), cluster) {
            asked.insert("namespace".to_owned(), json!(namespace));
        }
        asked
    }

    fn cluster_wide(&self, resource: &Value) -> bool {
        matches!(
            text(resource, "/kind"),
            "Namespace" | "Node" | "ClusterRole" | "ClusterRoleBinding" | "PersistentVolume" | "StorageClass"
        )
    }

    /// The namespace as it is given; one with nothing but its name where it is not.
    fn namespace(&self, resource: &Value) -> Value {
        let name = space(resource);
        let whole = list(&self.values, "/namespaces")
            .iter()
            .chain(&self.resources)
            .find(|namespace| {
                text(namespace, "/kind").eq_ignore_ascii_case("Namespace")
                    && text(namespace, "/metadata/name") == name
            });
        let labelled = list(&self.values, "/namespaceSelector")
            .iter()
            .find(|entry| text(entry, "/name") == name)
            .map(|entry| {
                json!({ "apiVersion": "v1", "kind": "Namespace",
                    "metadata": { "name": name, "labels": entry.get("labels") } })
            });
        let bare = || {
            json!({ "apiVersion": "v1", "kind": "Namespace",
                "metadata": { "name": name, "labels": { "kubernetes.io/metadata.name": name } } })
        };
        whole.cloned().or(labelled).unwrap_or_else(bare)
    }
}

fn space(resource: &Value) -> &str {
    match text(resource, "/metadata/namespace") {
        "" => "default",
        namespace => namespace,
    }
}
