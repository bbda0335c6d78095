//! Objects in the documents of a manifest.

use bartizan_document::{Dialect, Document, Limits, Node, Problem, Span, Value};

/// Kinds that make pods, or what makes pods, by a template of their own.
pub(super) const CONTROLLERS: [&str; 7] = [
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// One object of a cluster.
#[derive(Debug, Clone)]
pub struct Object {
    /// `group/version`, or `version` for the core group.
    pub api_version: String,
    /// `Deployment` and so on.
    pub kind: String,
    /// Namespace, where the manifest names one.
    pub namespace: Option<String>,
    /// Name; empty where the cluster makes one (`generateName`) or it is missing.
    pub name: String,
    /// The whole object.
    pub root: Node,
}

impl Object {
    /// The object that a document is; none where it has no `apiVersion` and `kind`.
    #[must_use]
    pub fn of(root: Node) -> Option<Self> {
        let api_version = root.text_of("apiVersion")?.to_owned();
        let kind = root.text_of("kind")?.to_owned();
        let text = |way: &[&str]| root.at(way).and_then(Node::text).map(str::to_owned);
        Some(Self {
            namespace: text(&["metadata", "namespace"]).filter(|name| !name.is_empty()),
            name: text(&["metadata", "name"]).unwrap_or_default(),
            api_version,
            kind,
            root,
        })
    }

    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// What people call it: `Deployment shop/cart`.
    #[must_use]
    pub fn title(&self) -> String {
        let name = if self.name.is_empty() {
            "without a name"
        } else {
            &self.name
        };
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{name}", self.kind),
            None => format!("{} {name}", self.kind),
        }
    }

    /// The kind and the name of the workload that made it and answers for it, where one of Kubernetes' own did.
    #[must_use]
    pub fn controller(&self) -> Option<(&str, &str)> {
        let owners = self
            .root
            .at(&["metadata", "ownerReferences"])
            .map_or(&[][..], Node::items);
        let owner = owners
            .iter()
            .find(|owner| owner.get("controller").and_then(Node::bool) == Some(true))?;
        let (kind, name) = (owner.text_of("kind")?, owner.text_of("name")?);
        CONTROLLERS.contains(&kind).then_some((kind, name))
    }

    /// Where its name is written, or where it begins.
    #[must_use]
    pub fn place(&self) -> Span {
        self.root.at(&["metadata", "name"]).map_or_else(
            || Span {
                start: self.root.span.start,
                end: self.root.span.start,
            },
            |name| name.span,
        )
    }
}

/// The objects of a text.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Objects in the order of the text, items of lists one by one.
    pub objects: Vec<Object>,
    /// Keys of objects that stand twice.
    pub duplicates: Vec<Problem>,
    /// What could not be read.
    pub errors: Vec<Problem>,
    /// Whether it is a template of a manifest: with `{{` where a value would be, or with `{{` and errors.
    pub is_template: bool,
}

/// Reads the objects of a text. Documents that are no objects are left alone.
#[must_use]
pub fn objects(text: &str, limits: Limits) -> Manifest {
    let stream = bartizan_document::read(text, Dialect::Kubernetes, limits);
    let may_be_template = text.contains("{{");
    let mut documents = stream.documents.iter();
    let mut manifest = Manifest {
        is_template: may_be_template
            && (!stream.errors.is_empty() || documents.any(|document| is_filled_in(text, &document.root))),
        errors: stream.errors,
        ..Manifest::default()
    };
    for document in stream.documents {
        let (found, duplicates) = objects_of(document);
        manifest.objects.extend(found);
        manifest.duplicates.extend(duplicates);
    }
    manifest
}

/// Whether a value is left to be filled in. YAML reads `{{ x }}` as a map with a map for a key, which no object has.
fn is_filled_in(text: &str, node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => {
            let own = text.get(node.span.range()).unwrap_or_default();
            own.starts_with("{{") || entries.iter().any(|entry| is_filled_in(text, &entry.value))
        }
        Value::List(items) => items.iter().any(|item| is_filled_in(text, item)),
        _ => false,
    }
}

/// The objects of one document: one, those of a list, or none; and keys of them that stand twice.
fn objects_of(document: Document) -> (Vec<Object>, Vec<Problem>) {
    let Some(object) = Object::of(document.root) else {
        return (Vec::new(), Vec::new());
    };
    if !object.kind.ends_with("List") || object.root.get("items").is_none() {
        return (vec![object], document.duplicates);
    }
    // Items of a typed list, as `kubectl get --raw` and recordings have them, leave out what the list says for all.
    let kind = object.kind.strip_suffix("List").filter(|kind| !kind.is_empty());
    let items = object.root.items_of("items").iter();
    let items = items.filter_map(|item| {
        let mut item = item.clone();
        if let (Value::Map(entries), Some(kind)) = (&mut item.value, kind) {
            for (key, value) in [("kind", kind), ("apiVersion", object.api_version.as_str())] {
                if !entries.iter().any(|entry| &*entry.key == key) {
                    let span = item.span;
                    entries.push(bartizan_document::Entry {
                        key: key.into(),
                        key_span: span,
                        value: Node {
                            value: Value::Text(value.into()),
                            span,
                            tag: None,
                        },
                    });
                }
            }
        }
        Object::of(item)
    });
    (items.collect(), document.duplicates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let manifest = objects(text, Limits::default());
        assert_eq!(manifest.errors, []);
        manifest.objects.iter().map(Object::title).collect()
    }

    #[test]
    fn objects_are_found_in_every_document_and_list() {
        let text = "kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: ns}\n---\nhello: 1\n---\n\
                    kind: List\napiVersion: v1\nitems:\n- {kind: Service, apiVersion: v1, metadata: {name: b}}\n";
        assert_eq!(kinds(text), ["Pod ns/a", "Service b"]);
    }

    #[test]
    fn a_template_is_known_though_it_is_yaml() {
        let is_template = |text: &str| objects(text, Limits::default()).is_template;
        assert!(is_template(
            "kind: Pod\napiVersion: v1\nmetadata: {name: {{ .Values.name }}}\n"
        ));
        assert!(is_template(
            "kind: Pod\napiVersion: v1\nspec:\n  a: [{b: {{ .x }}}]\n"
        ));
        assert!(is_template("{{- if .x }}\nkind: Pod\n"));
        assert!(!is_template(
            "kind: ConfigMap\napiVersion: v1\ndata:\n  a: '{{ .x }}'\n  b: |\n    {{ .y }}\n"
        ));
    }

    #[test]
    fn items_of_a_typed_list_have_its_kind() {
        let text = r#"{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}]}"#;
        assert_eq!(kinds(text), ["Pod a"]);
    }
}
