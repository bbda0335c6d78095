//! What of one manifest has to do with who may do what.
//!
//! In: a text. Out: roles, bindings, accounts, what runs as them, the levels that namespaces enforce and secrets that are tokens, each
//! with its place; and what could not be read. It can be written as JSON, so that a check can note it.

use super::rule::Rule;
use super::subject::Subject;
use crate::kube::{Object, Pod, objects};
use crate::reach::selector::{Labels, Selector, labels};
use bartizan_document::{Limits, Node, Span, Value};
use bartizan_engine::Input;
use bartizan_engine::rule::{Lines, Place};
use bartizan_source::FileMeta;
use memchr::memmem;
use serde::{Deserialize, Serialize};

/// The namespace of an object that names none.
pub(super) const DEFAULT: &str = "default";
/// The label by which a namespace says which pods it lets in.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// The type of a Secret that is an account's token, and the annotation that says whose.
const TOKEN: (&str, &str) = (
    "kubernetes.io/service-account-token",
    "kubernetes.io/service-account.name",
);

/// A `Role` or a `ClusterRole`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its namespace; none for a `ClusterRole`.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its labels, by which other roles take in its rules.
    pub(super) labels: Labels,
    /// The rules that are written in it.
    pub rules: Vec<Rule>,
    /// Whose rules it takes in.
    pub(super) aggregates: Vec<Selector>,
    /// Where its name is written.
    pub place: Place,
}

/// A `RoleBinding` or a `ClusterRoleBinding`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Its namespace; none for a `ClusterRoleBinding`.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it refers to a `ClusterRole`.
    pub of_cluster_role: bool,
    /// The role that it refers to.
    pub role: String,
    /// Where that stands.
    pub role_place: Place,
    /// To whom it grants the role, and where each is named.
    pub subjects: Vec<(Subject, Place)>,
    /// Where its name is written.
    pub place: Place,
}

/// A `ServiceAccount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether its token is given to pods that do not say; yes where it does not say either.
    pub automount: Option<bool>,
    /// Where its name is written.
    pub place: Place,
}

/// A pod, or what makes pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// `Deployment` and so on.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The account that its pods run as.
    pub account: String,
    /// Whether it says whether its pods are given the token.
    pub automount: Option<bool>,
    /// Where it names the account, or where its name is written.
    pub place: Place,
}

/// Something that has to do with who may do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Item {
    Role(Role),
    Binding(Binding),
    Account(Account),
    Workload(Workload),
    /// A namespace and the level of pods that it enforces.
    Namespace(String, Option<String>),
    /// A Secret with the token of an account: its namespace, its name, the account.
    Token(String, String, String),
}

/// One manifest, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its path.
    #[serde(skip)]
    pub path: String,
    /// How many objects it has, of whatever kind.
    pub(super) count: usize,
    pub(super) items: Vec<Item>,
    /// What of it could not be read at all, with the line.
    pub(super) unread: Vec<(u32, String)>,
    /// What an API server would refuse, or is not understood, with the line.
    pub(super) notes: Vec<(u32, String)>,
}

impl Manifest {
    /// Whether a text may have to do with who may do what.
    #[must_use]
    pub fn concerns(text: &[u8]) -> bool {
        let words: [&[u8]; 4] = [
            b"rbac.authorization.k8s.io",
            b"erviceAccount",
            TOKEN.0.as_bytes(),
            ENFORCE.as_bytes(),
        ];
        bartizan_document::has_objects(text) && words.iter().any(|word| memmem::find(text, word).is_some())
    }

    /// Reads a manifest. What is no object of Kubernetes, or has nothing to do with who may do what, is left alone.
    #[must_use]
    pub fn read(path: &str, text: &str) -> Self {
        let meta = FileMeta::new(path, text.len() as u64);
        let input = Input::whole(&meta, text.as_bytes());
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = Lines::new(&input, text.len() - bare.len());
        let mut manifest = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        if !bartizan_document::has_objects(text.as_bytes()) {
            return manifest;
        }
        let read = objects(bare, Limits::default());
        let is_template = bare.contains("{{") && !read.errors.is_empty();
        for problem in read.errors {
            let message = if is_template {
                "it is a template: render it first, as by `helm template CHART > rendered.yaml`".to_owned()
            } else {
                problem.message
            };
            manifest
                .unread
                .push((lines.place(&problem.at.range()).0, message));
            if is_template {
                break;
            }
        }
        manifest.count = read.objects.len();
        for object in &read.objects {
            let reader = Reader {
                object,
                lines: &lines,
            };
            match reader.item() {
                Ok(item) => manifest.items.extend(item),
                Err((at, message)) => {
                    let line = lines.place(&at.range()).0;
                    manifest
                        .notes
                        .push((line, format!("{}: {message}", object.title())));
                }
            }
        }
        manifest
    }

    /// Whether it has anything to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.unread.is_empty() && self.notes.is_empty()
    }
}

type Refused = (Span, String);

struct Reader<'o> {
    object: &'o Object,
    lines: &'o Lines<'o>,
}

impl Reader<'_> {
    fn item(&self) -> Result<Option<Item>, Refused> {
        let object = self.object;
        Ok(match (object.group(), object.kind.as_str()) {
            ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => Some(Item::Role(self.role()?)),
            ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
                Some(Item::Binding(self.binding()?))
            }
            ("", "ServiceAccount") => Some(Item::Account(Account {
                namespace: self.namespace(),
                name: object.name.clone(),
                automount: object
                    .root
                    .get("automountServiceAccountToken")
                    .and_then(Node::bool),
                place: self.place(object.place()),
            })),
            ("", "Namespace") => {
                let labels = object.root.at(&["metadata", "labels"]);
                let enforce = labels
                    .and_then(|labels| labels.text_of(ENFORCE))
                    .map(str::to_owned);
                Some(Item::Namespace(object.name.clone(), enforce))
            }
            ("", "Secret") if object.root.text_of("type") == Some(TOKEN.0) => {
                let notes = object.root.at(&["metadata", "annotations"]);
                let account = notes.and_then(|notes| notes.text_of(TOKEN.1)).unwrap_or_default();
                Some(Item::Token(
                    self.namespace(),
                    object.name.clone(),
                    account.to_owned(),
                ))
            }
            _ => self.workload().map(Item::Workload),
        })
    }

    fn place(&self, at: Span) -> Place {
        self.lines.place(&at.range())
    }

    fn namespace(&self) -> String {
        self.object
            .namespace
            .clone()
            .unwrap_or_else(|| DEFAULT.to_owned())
    }

    /// The namespace of an object that is the cluster's where its kind says so.
    fn scope(&self) -> Option<String> {
        (!self.object.kind.starts_with("Cluster")).then(|| self.namespace())
    }

    fn role(&self) -> Result<Role, Refused> {
        let root = &self.object.root;
        let rules = self.list(root, "rules")?.iter().map(|node| self.rule(node));
        let mut aggregates = Vec::new();
        if let Some(rule) = root.get("aggregationRule").filter(|rule| !rule.is_null()) {
            for selector in self.list(rule, "clusterRoleSelectors")? {
                aggregates.push(Selector::read(selector).map_err(|why| (selector.span, why))?);
            }
        }
        let labels = match root.at(&["metadata", "labels"]) {
            Some(node) => labels(node).map_err(|why| (node.span, why))?,
            None => Labels::new(),
        };
        Ok(Role {
            namespace: self.scope(),
            name: self.object.name.clone(),
            labels,
            rules: rules.collect::<Result<_, _>>()?,
            aggregates,
            place: self.place(self.object.place()),
        })
    }

    fn rule(&self, node: &Node) -> Result<Rule, Refused> {
        let texts = |key: &str| -> Result<Vec<String>, Refused> {
            let items = self.list(node, key)?.iter();
            let text = |item: &Node| match item.text() {
                Some(text) => Ok(text.to_owned()),
                None => Err((
                    item.span,
                    format!("{key} of a rule has {}, not text", item.kind()),
                )),
            };
            items.map(text).collect()
        };
        if !matches!(node.value, Value::Map(_)) {
            return Err((node.span, format!("a rule is {}, not a map", node.kind())));
        }
        Ok(Rule {
            verbs: texts("verbs")?,
            groups: texts("apiGroups")?,
            resources: texts("resources")?,
            names: texts("resourceNames")?,
            urls: texts("nonResourceURLs")?,
            place: self.place(node.span),
        })
    }

    fn list<'n>(&self, node: &'n Node, key: &str) -> Result<&'n [Node], Refused> {
        match node.get(key) {
            None => Ok(&[]),
            Some(list) if matches!(list.value, Value::List(_) | Value::Null) => Ok(list.items()),
            Some(other) => Err((other.span, format!("{key} is {}, not a list", other.kind()))),
        }
    }

    fn binding(&self) -> Result<Binding, Refused> {
        let root = &self.object.root;
        let here = self.object.place();
        let reference = root
            .get("roleRef")
            .ok_or((here, "it has no roleRef".to_owned()))?;
        let refused = |why: &str| (reference.span, why.to_owned());
        let role = reference.text_of("name").filter(|name| !name.is_empty());
        let role = role.ok_or_else(|| refused("its roleRef names no role"))?;
        let namespace = self.scope();
        let of_cluster_role = match (reference.text_of("kind"), &namespace) {
            (Some("ClusterRole"), _) => true,
            (Some("Role"), Some(_)) => false,
            _ => return Err(refused("its roleRef is of no kind that it can refer to")),
        };
        let mut subjects = Vec::new();
        for node in self.list(root, "subjects")? {
            let subject = subject(node, namespace.as_deref()).map_err(|why| (node.span, why))?;
            subjects.push((subject, self.place(node.span)));
        }
        Ok(Binding {
            namespace,
            name: self.object.name.clone(),
            of_cluster_role,
            role: role.to_owned(),
            role_place: self.place(reference.span),
            subjects,
            place: self.place(here),
        })
    }

    fn workload(&self) -> Option<Workload> {
        let pod = Pod::of(self.object)?;
        let named = ["serviceAccountName", "serviceAccount"].iter();
        let named = named
            .filter_map(|field| pod.spec.get(field))
            .find(|node| node.text().is_some_and(|text| !text.is_empty()));
        Some(Workload {
            kind: self.object.kind.clone(),
            namespace: self.namespace(),
            name: self.object.name.clone(),
            account: named.and_then(Node::text).unwrap_or(DEFAULT).to_owned(),
            automount: pod.spec.get("automountServiceAccountToken").and_then(Node::bool),
            place: self.place(named.map_or_else(|| self.object.place(), |node| node.span)),
        })
    }
}

fn subject(node: &Node, binding: Option<&str>) -> Result<Subject, String> {
    let name = node.text_of("name").filter(|name| !name.is_empty());
    let name = name.ok_or("a subject has no name")?;
    match node.text_of("kind") {
        Some("User") => Ok(Subject::user(name)),
        Some("Group") => Ok(Subject::Group(name.to_owned())),
        Some("ServiceAccount") => {
            let namespace = node
                .text_of("namespace")
                .filter(|namespace| !namespace.is_empty());
            namespace
                .or(binding)
                .map(|namespace| Subject::account(namespace, name))
                .ok_or_else(|| {
                    format!("the ServiceAccount {name} has no namespace, so it is granted nothing")
                })
        }
        _ => Err(format!("the subject {name} is no User, Group or ServiceAccount")),
    }
}
