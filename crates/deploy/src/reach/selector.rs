//! Label selectors.
//!
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>.

use bartizan_document::{Node, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Labels of a pod or of a namespace.
pub(crate) type Labels = BTreeMap<Box<str>, Box<str>>;

/// A label selector; without requirements it selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Selector(Vec<Requirement>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Requirement {
    key: Box<str>,
    is: Is,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
enum Is {
    In(Vec<Box<str>>),
    NotIn(Vec<Box<str>>),
    Present,
    Absent,
}

impl Selector {
    /// Reads `matchLabels` and `matchExpressions`.
    ///
    /// # Errors
    ///
    /// What an API server would not accept, in words.
    pub(crate) fn read(node: &Node) -> Result<Self, String> {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            return Err(format!("a selector is {}, not a map", node.kind()));
        }
        if let Some(entry) = node
            .entries()
            .iter()
            .find(|entry| !matches!(&*entry.key, "matchLabels" | "matchExpressions"))
        {
            return Err(format!("a selector has no field {}", entry.key));
        }
        let mut requirements = match node.get("matchLabels") {
            Some(labels) => Self::equal(labels)?.0,
            None => Vec::new(),
        };
        for expression in node.items_of("matchExpressions") {
            requirements.push(requirement(expression)?);
        }
        requirements.sort();
        Ok(Self(requirements))
    }

    /// Reads a map of labels that must all be as given, as the selector of a Service is.
    ///
    /// # Errors
    ///
    /// What an API server would not accept, in words.
    pub(crate) fn equal(node: &Node) -> Result<Self, String> {
        let labels = labels(node)?;
        let requirements = labels.into_iter().map(|(key, value)| Requirement {
            key,
            is: Is::In(vec![value]),
        });
        Ok(Self(requirements.collect()))
    }

    /// The selector of what has a label with a value.
    pub(crate) fn label(key: &str, value: &str) -> Self {
        Self(vec![Requirement {
            key: key.into(),
            is: Is::In(vec![value.into()]),
        }])
    }

    /// What both ask.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self.0.sort();
        self.0.dedup();
        self
    }

    /// Keys that are asked about, each with whether it must be there.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, bool)> {
        let requirements = self.0.iter();
        requirements.map(|one| (&*one.key, matches!(one.is, Is::In(_) | Is::Present)))
    }

    /// Requirements parted by what their keys speak of, under the names that `part` gives.
    pub(super) fn parted<P: Ord>(self, part: impl Fn(&str) -> (P, String)) -> BTreeMap<P, Self> {
        let mut parts: BTreeMap<P, Self> = BTreeMap::new();
        for requirement in self.0 {
            let (of, key) = part(&requirement.key);
            let part = parts.entry(of).or_default();
            part.0.push(Requirement {
                key: key.into(),
                ..requirement
            });
            part.0.sort();
        }
        parts
    }

    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            match &requirement.is {
                Is::In(values) => value.is_some_and(|value| values.contains(value)),
                Is::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Is::Present => value.is_some(),
                Is::Absent => value.is_none(),
            }
        })
    }

    /// Whether nothing is asked.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something whose label `key` is `value`, and whose other labels can be any, can be selected.
    pub(crate) fn can_match(&self, key: &str, value: &str) -> bool {
        let of_key = self.0.iter().filter(|requirement| &*requirement.key == key);
        let mut of_key = of_key.map(|requirement| match &requirement.is {
            Is::In(values) => values.iter().any(|one| **one == *value),
            Is::NotIn(values) => values.iter().all(|one| **one != *value),
            Is::Present => true,
            Is::Absent => false,
        });
        of_key.all(|fits| fits)
    }

    /// A label without which nothing is selected, where there is one: what an index can be asked for.
    pub(crate) fn needs(&self) -> Option<(&str, &str)> {
        self.0.iter().find_map(|requirement| match &requirement.is {
            Is::In(values) => match values.as_slice() {
                [value] => Some((&*requirement.key, &**value)),
                _ => None,
            },
            _ => None,
        })
    }
}

fn requirement(node: &Node) -> Result<Requirement, String> {
    let key = node
        .text_of("key")
        .filter(|key| !key.is_empty())
        .ok_or("a matchExpressions entry has no key")?;
    let values: Option<Vec<Box<str>>> = node
        .items_of("values")
        .iter()
        .map(|value| value.text().map(Box::from))
        .collect();
    let mut values = values.ok_or("values of matchExpressions are not all text")?;
    values.sort();
    values.dedup();
    let operator = node.text_of("operator").unwrap_or_default();
    let is = match (operator, values.is_empty()) {
        ("In", false) => Is::In(values),
        ("NotIn", false) => Is::NotIn(values),
        ("Exists", true) => Is::Present,
        ("DoesNotExist", true) => Is::Absent,
        ("In" | "NotIn", true) => return Err(format!("operator {operator} without values")),
        ("Exists" | "DoesNotExist", false) => return Err(format!("operator {operator} with values")),
        _ => return Err(format!("no operator of matchExpressions is called {operator:?}")),
    };
    Ok(Requirement { key: key.into(), is })
}

/// Reads a map of labels.
///
/// # Errors
///
/// What an API server would not accept, in words.
pub(crate) fn labels(node: &Node) -> Result<Labels, String> {
    if !matches!(node.value, Value::Map(_) | Value::Null) {
        return Err(format!("labels are {}, not a map", node.kind()));
    }
    node.entries()
        .iter()
        .map(|entry| match &entry.value.value {
            Value::Text(text) => Ok((entry.key.clone(), text.clone())),
            Value::Null => Ok((entry.key.clone(), "".into())),
            _ => Err(format!(
                "the label {} is {}, not text",
                entry.key,
                entry.value.kind()
            )),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_document::{Dialect, Limits, read};

    fn selector(text: &str) -> Result<Selector, String> {
        let stream = read(text, Dialect::Kubernetes, Limits::default());
        Selector::read(&stream.documents[0].root)
    }

    fn labelled(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect()
    }

    #[test]
    fn every_operator_means_what_kubernetes_says() {
        let (with, without) = (labelled(&[("tier", "web")]), labelled(&[]));
        for (text, has, has_not) in [
            ("{}", true, true),
            ("matchLabels: {tier: web}", true, false),
            (
                "matchExpressions: [{key: tier, operator: In, values: [web, db]}]",
                true,
                false,
            ),
            (
                "matchExpressions: [{key: tier, operator: NotIn, values: [web]}]",
                false,
                true,
            ),
            ("matchExpressions: [{key: tier, operator: Exists}]", true, false),
            (
                "matchExpressions: [{key: tier, operator: DoesNotExist}]",
                false,
                true,
            ),
        ] {
            let selector = selector(text).unwrap();
            assert_eq!(
                (selector.matches(&with), selector.matches(&without)),
                (has, has_not),
                "{text}"
            );
        }
    }

    #[test]
    fn what_an_api_server_rejects_is_an_error() {
        for text in [
            "matchExpressions: [{key: tier, operator: In}]",
            "matchExpressions: [{key: tier, operator: Exists, values: [a]}]",
            "matchExpressions: [{key: tier, operator: in, values: [a]}]",
            "matchExpressions: [{operator: Exists}]",
            "matchLabels: {tier: 1}",
            "matchLabel: {tier: web}",
            "[]",
        ] {
            assert!(selector(text).is_err(), "{text}");
        }
    }
}
