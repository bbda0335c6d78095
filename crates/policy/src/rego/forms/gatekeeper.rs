//! Gatekeeper's constraint templates with their constraints.
//!
//! In: both as JSON, and what is reviewed. Out: a decision of one constraint. <https://open-policy-agent.github.io/gatekeeper/website/docs/howto/>

use super::rules::read;
use crate::rego::{Dialect, Rego, Surroundings};
use crate::selection::selects;
use crate::{Cause, Decide, Decision, Limits};
use serde_json::{Map, Value, json};

/// A template whose Rego is loaded.
#[derive(Debug, Clone)]
pub struct Template {
    kind: String,
    package: String,
    rego: Rego,
}

impl Template {
    /// Loads a `ConstraintTemplate`.
    ///
    /// # Errors
    ///
    /// Where it is none, or has no Rego that can be read.
    pub fn new(template: &Value, limits: Limits, surroundings: Surroundings) -> Result<Self, Cause> {
        let unreadable = |what: &str| Cause::Unreadable(format!("the constraint template has no {what}"));
        let kind = template
            .pointer("/spec/crd/spec/names/kind")
            .and_then(Value::as_str)
            .ok_or_else(|| unreadable("`spec.crd.spec.names.kind`"))?;
        let target = template
            .pointer("/spec/targets/0")
            .ok_or_else(|| unreadable("`spec.targets`"))?;
        let (source, dialect) = source(target).ok_or_else(|| unreadable("Rego in its target"))?;
        let main = source
            .get("rego")
            .and_then(Value::as_str)
            .ok_or_else(|| unreadable("`rego`"))?;
        let mut rego = Rego::new(limits, surroundings)?;
        rego.add_module(&format!("{kind}.rego"), main, dialect)?;
        let package = rego
            .packages()?
            .into_iter()
            .next()
            .ok_or_else(|| unreadable("package"))?;
        let libraries = source.get("libs").and_then(Value::as_array);
        for (index, library) in libraries.into_iter().flatten().enumerate() {
            let text = library.as_str().ok_or_else(|| unreadable("text in `libs`"))?;
            rego.add_module(&format!("{kind}.libs.{index}.rego"), text, dialect)?;
        }
        Ok(Self {
            kind: kind.to_owned(),
            package,
            rego,
        })
    }

    /// The kind of its constraints.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }
}

/// Where the Rego of a target is, and in which language.
fn source(target: &Value) -> Option<(&Value, Dialect)> {
    let engines = target.get("code").and_then(Value::as_array);
    let engine = engines
        .into_iter()
        .flatten()
        .find(|code| code.get("engine").and_then(Value::as_str) == Some("Rego"))
        .and_then(|code| code.get("source"));
    match engine {
        Some(source) => {
            let v1 = source.get("version").and_then(Value::as_str) == Some("v1");
            Some((source, if v1 { Dialect::V1 } else { Dialect::V0 }))
        }
        None => target.get("rego").map(|_| (target, Dialect::V0)),
    }
}

/// Objects of the cluster beside the one that is reviewed, as Gatekeeper keeps them under `data.inventory`.
#[derive(Debug, Clone, Default)]
pub struct Inventory(Map<String, Value>);

impl Inventory {
    /// Adds an object.
    pub fn add(&mut self, object: &Value) {
        let text = |way: &str| object.pointer(way).and_then(Value::as_str).unwrap_or_default();
        let mut way = match text("/metadata/namespace") {
            "" => vec!["cluster"],
            namespace => vec!["namespace", namespace],
        };
        way.extend([text("/apiVersion"), text("/kind"), text("/metadata/name")]);
        insert(&mut self.0, &way, object);
    }

    fn namespace(&self, name: &str) -> Option<&Value> {
        self.0.get("cluster")?.get("v1")?.get("Namespace")?.get(name)
    }
}

fn insert(map: &mut Map<String, Value>, way: &[&str], object: &Value) {
    let Some((first, rest)) = way.split_first() else {
        return;
    };
    if rest.is_empty() {
        map.insert((*first).to_owned(), object.clone());
        return;
    }
    let next = map.entry(*first).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(next) = next {
        insert(next, rest, object);
    }
}

/// A constraint with its template, about a cluster as it is.
#[derive(Debug, Clone)]
pub struct Constraint<'a> {
    template: &'a Template,
    rego: Rego,
    constraint: &'a Value,
    inventory: &'a Inventory,
}

impl<'a> Constraint<'a> {
    /// Joins them.
    ///
    /// # Errors
    ///
    /// Where the constraint is of another kind, or the inventory is too large.
    pub fn new(
        template: &'a Template,
        constraint: &'a Value,
        inventory: &'a Inventory,
    ) -> Result<Self, Cause> {
        let kind = constraint.get("kind").and_then(Value::as_str).unwrap_or_default();
        if kind != template.kind {
            return Err(Cause::Unreadable(format!(
                "the constraint is a `{kind}`, its template makes `{}`",
                template.kind
            )));
        }
        let mut rego = template.rego.clone();
        rego.add_data(&json!({ "inventory": inventory.0 }))?;
        Ok(Self {
            template,
            rego,
            constraint,
            inventory,
        })
    }

    /// Whether the constraint is about what is reviewed.
    fn concerns(&self, review: &Value) -> Result<bool, Cause> {
        let Some(wanted) = self.constraint.pointer("/spec/match") else {
            return Ok(true);
        };
        let text = |way: &str| review.pointer(way).and_then(Value::as_str).unwrap_or_default();
        let object = match review.get("object") {
            Some(Value::Null) | None => review.get("oldObject").unwrap_or(&Value::Null),
            Some(object) => object,
        };
        let (kind, group) = (text("/kind/kind"), text("/kind/group"));
        let is_namespace = kind == "Namespace" && group.is_empty();
        let namespace = if is_namespace {
            text("/name")
        } else {
            text("/namespace")
        };
        let list = |key: &str| wanted.get(key).and_then(Value::as_array);
        let any = |list: &[Value], name: &str| {
            list.iter()
                .filter_map(Value::as_str)
                .any(|pattern| glob(pattern, name))
        };

        if let Some(kinds) = list("kinds").filter(|kinds| !kinds.is_empty()) {
            let named = |entry: &Value, key: &str, name: &str| {
                entry
                    .get(key)
                    .and_then(Value::as_array)
                    .is_none_or(|names| names.is_empty() || names.iter().any(|n| n == "*" || n == name))
            };
            if !kinds
                .iter()
                .any(|e| named(e, "kinds", kind) && named(e, "apiGroups", group))
            {
                return Ok(false);
            }
        }
        let scoped = !is_namespace && !namespace.is_empty();
        match wanted.get("scope").and_then(Value::as_str) {
            Some("Namespaced") if !scoped => return Ok(false),
            Some("Cluster") if scoped => return Ok(false),
            _ => {}
        }
        let name = object
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let pattern = wanted.get("name").and_then(Value::as_str).unwrap_or_default();
        if !pattern.is_empty() && !glob(pattern, name) {
            return Ok(false);
        }
        if !namespace.is_empty()
            && (list("namespaces").is_some_and(|l| !l.is_empty() && !any(l, namespace))
                || list("excludedNamespaces").is_some_and(|l| any(l, namespace)))
        {
            return Ok(false);
        }
        if let Some(selector) = wanted.get("labelSelector")
            && !selects(selector, object)?
        {
            return Ok(false);
        }
        match wanted.get("namespaceSelector") {
            Some(selector) if is_namespace => selects(selector, object),
            Some(selector) if !namespace.is_empty() => {
                let found = self
                    .inventory
                    .namespace(namespace)
                    .ok_or_else(|| Cause::NotKnown(format!("the labels of the namespace `{namespace}`")))?;
                selects(selector, found)
            }
            _ => Ok(true),
        }
    }
}

impl Decide for Constraint<'_> {
    /// About a review, as [`crate::request`] makes it.
    fn decide(&self, input: &Value) -> Decision {
        let decide = || {
            if !self.concerns(input)? {
                return Ok(Vec::new());
            }
            let parameters = self.constraint.pointer("/spec/parameters").cloned();
            let parameters = parameters.unwrap_or_else(|| Value::Object(Map::new()));
            let asked = json!({ "review": input, "parameters": parameters });
            let query = format!("{}.violation", self.template.package);
            self.rego
                .query(&query, &asked)?
                .map_or_else(|| Ok(Vec::new()), |a| read("violation", a))
        };
        decide().map_or_else(Decision::Unknown, |reasons| {
            Decision::from_reasons(reasons, Vec::new())
        })
    }
}

/// A name, or one with a star before or after.
fn glob(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (None, None) => pattern == name,
    }
}
