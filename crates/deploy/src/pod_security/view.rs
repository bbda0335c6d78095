//! A pod as the checks see it: typed fields, with the names and places of those that matter.

use super::Field;
use crate::kube::{Container, Pod};
use bartizan_document::{Node, Span};
use bartizan_engine::rule::Severity;
use std::cell::RefCell;

/// What breaks a check.
pub(crate) struct Broken {
    pub(crate) detail: String,
    pub(crate) fields: Vec<Field>,
    /// Where it differs from the rule's.
    pub(crate) severity: Option<Severity>,
}

impl Broken {
    pub(crate) const fn new(detail: String, fields: Vec<Field>) -> Self {
        Self {
            detail,
            fields,
            severity: None,
        }
    }
}

/// A place within a pod's specification: a node and its name.
#[derive(Clone)]
pub(crate) struct At<'o> {
    pub(crate) node: &'o Node,
    /// Name within the specification; empty for the specification itself.
    pub(crate) name: String,
}

pub(crate) struct View<'o> {
    pub(crate) pod: Pod<'o>,
    undecided: RefCell<Vec<(Field, String)>>,
}

impl<'o> View<'o> {
    pub(crate) const fn new(pod: Pod<'o>) -> Self {
        Self {
            pod,
            undecided: RefCell::new(Vec::new()),
        }
    }

    pub(crate) fn undecided(self) -> Vec<(Field, String)> {
        let mut all = self.undecided.into_inner();
        all.sort_by(|one, other| (one.0.at, &one.0.name).cmp(&(other.0.at, &other.0.name)));
        all.dedup();
        all
    }

    pub(crate) fn spec(&self) -> At<'o> {
        At {
            node: self.pod.spec,
            name: String::new(),
        }
    }

    pub(crate) fn containers(&self) -> impl Iterator<Item = (Container<'o>, At<'o>)> + use<'o> {
        self.pod.containers().map(|container| {
            let at = At {
                node: container.node,
                name: container.way(),
            };
            (container, at)
        })
    }

    /// The field that a place is.
    pub(crate) fn field(&self, at: &At<'_>) -> Field {
        Field {
            name: self.pod.field(&at.name).trim_end_matches('.').to_owned(),
            at: at.node.span,
        }
    }

    /// The field that is missing at the end of a way below a place; its place is where what is there of the way begins.
    pub(crate) fn missing(&self, at: &At<'_>, way: &[&str]) -> Field {
        let mut node = at.node;
        let mut place = Span {
            start: node.span.start,
            end: node.span.start,
        };
        for key in way {
            let Some(entry) = node.entry(key) else { break };
            place = entry.key_span;
            node = &entry.value;
        }
        let name = [at.name.as_str(), &way.join(".")].join(".");
        Field {
            name: self.pod.field(name.trim_start_matches('.')),
            at: place,
        }
    }

    /// The value at the end of a way of keys; none where something on the way is missing or null.
    pub(crate) fn at(&self, from: &At<'o>, way: &[&str]) -> Option<At<'o>> {
        let mut at = from.clone();
        for key in way {
            if at.node.entries().is_empty() && !matches!(at.node.value, bartizan_document::Value::Map(_)) {
                self.odd(&at, "a map");
                return None;
            }
            let node = at.node.get(key).filter(|node| !node.is_null())?;
            let dot = if at.name.is_empty() { "" } else { "." };
            at = At {
                node,
                name: format!("{}{dot}{key}", at.name),
            };
        }
        Some(at)
    }

    pub(crate) fn bool(&self, from: &At<'o>, way: &[&str]) -> Option<(bool, At<'o>)> {
        let at = self.at(from, way)?;
        let value = at.node.bool();
        if value.is_none() {
            self.odd(&at, "true or false");
        }
        Some((value?, at))
    }

    pub(crate) fn int(&self, from: &At<'o>, way: &[&str]) -> Option<(i64, At<'o>)> {
        let at = self.at(from, way)?;
        let value = at.node.int();
        if value.is_none() {
            self.odd(&at, "an integer");
        }
        Some((value?, at))
    }

    pub(crate) fn text(&self, from: &At<'o>, way: &[&str]) -> Option<(&'o str, At<'o>)> {
        let at = self.at(from, way)?;
        let value = at.node.text();
        if value.is_none() {
            self.odd(&at, "text");
        }
        Some((value?, at))
    }

    pub(crate) fn items(&self, from: &At<'o>, way: &[&str]) -> Vec<At<'o>> {
        let Some(list) = self.at(from, way) else {
            return Vec::new();
        };
        if !matches!(list.node.value, bartizan_document::Value::List(_)) {
            self.odd(&list, "a list");
        }
        let items = list.node.items().iter().enumerate();
        items
            .map(|(index, node)| At {
                node,
                name: format!("{}[{index}]", list.name),
            })
            .collect()
    }

    fn odd(&self, at: &At<'_>, wanted: &str) {
        let why = format!("is {}, and the API has {wanted}", at.node.kind());
        self.undecided.borrow_mut().push((self.field(at), why));
    }

    /// Annotations whose keys begin with a prefix: key, value, place.
    pub(crate) fn annotations(&self, prefix: &str) -> Vec<(&'o str, &'o str, Field)> {
        let all = self.pod.metadata.and_then(|metadata| metadata.get("annotations"));
        let all = all.map_or(&[][..], Node::entries).iter();
        all.filter(|entry| entry.key.starts_with(prefix))
            .filter_map(|entry| {
                let mut name = self.pod.way.join(".");
                if !name.is_empty() {
                    name.push('.');
                }
                let field = Field {
                    name: format!("{name}metadata.annotations[{}]", entry.key),
                    at: entry.value.span,
                };
                let Some(value) = entry.value.text() else {
                    let why = format!("is {}, and the API has text", entry.value.kind());
                    self.undecided.borrow_mut().push((field, why));
                    return None;
                };
                Some((&*entry.key, value, field))
            })
            .collect()
    }

    /// Whether it is for nodes with Windows.
    pub(crate) fn is_windows(&self) -> bool {
        self.text(&self.spec(), &["os", "name"])
            .is_some_and(|(name, _)| name == "windows")
    }

    /// Whether its users are none of the node's.
    pub(crate) fn has_own_users(&self) -> bool {
        self.bool(&self.spec(), &["hostUsers"])
            .is_some_and(|(host, _)| !host)
    }
}

/// `"a", "b"`.
pub(crate) fn quoted<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("\"{}\"", name.as_ref()))
        .collect();
    names.join(", ")
}

/// `container "a"`, or `containers "a", "b"`.
pub(crate) fn containers(names: &[&str]) -> String {
    counted("container", "containers", names)
}

/// One word for one name, another for several, and the names.
pub(crate) fn counted(one: &str, several: &str, names: &[&str]) -> String {
    let word = if names.len() == 1 { one } else { several };
    format!("{word} {}", quoted(names))
}

/// Who sets something: the pod, its containers, or both; none where nobody does.
pub(crate) fn setters(pod: bool, names: &[&str]) -> Option<String> {
    let pod = pod.then(|| "pod".to_owned());
    let names = (!names.is_empty()).then(|| containers(names));
    match (pod, names) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one),
        (Some(pod), Some(names)) => Some(format!("{pod} and {names}")),
    }
}
