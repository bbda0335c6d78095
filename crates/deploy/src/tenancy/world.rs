//! What of a cluster bears on its tenants, collected from manifests.
//!
//! In: texts of manifests, and how tenants are declared. Out: tenants with their namespaces, and the objects that decide what keeps them
//! apart. Files are taken in the order of their paths, so that the order in which they were read makes no difference.

use super::declared::Declared;
use super::matrix::Party;
use crate::kube::{Object, Pod, objects};
use crate::rbac::{self, Permissions};
use crate::reach::{Labels, Manifests, Note, labels};
use bartizan_document::{Limits, Node, Span};
use memchr::memmem;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

/// Most tenants: every two of them are held against each other.
const MOST_TENANTS: usize = 1000;
/// Namespaces that every cluster, or every cluster with Istio, has, and that are the platform's where nobody says otherwise.
const OF_THE_CLUSTER: [&str; 5] = [
    "default",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "istio-system",
];

/// What a manifest with roles or bindings names.
const RBAC: &[u8] = b"rbac.authorization.k8s.io";
/// Where every cluster has pods of the platform.
const SYSTEM: &str = "kube-system";

/// A manifest.
#[derive(Debug, Clone, Copy)]
pub struct File<'t> {
    /// Its path.
    pub path: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// A place in one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) file: usize,
    pub(crate) span: Span,
}

/// An object with its file.
#[derive(Debug)]
pub(crate) struct Thing {
    pub(crate) object: Object,
    pub(crate) file: usize,
    /// The namespace that it is in; empty for one that is in none.
    pub(crate) namespace: String,
}

impl Thing {
    /// Where its name is written.
    pub(crate) fn at(&self) -> At {
        At {
            file: self.file,
            span: self.object.place(),
        }
    }

    /// The place of a node of it.
    pub(crate) const fn of(&self, node: &Node) -> At {
        At {
            file: self.file,
            span: node.span,
        }
    }

    /// What people call it.
    pub(crate) fn title(&self) -> String {
        let title = match (&self.object.namespace, self.namespace.as_str()) {
            (None, namespace) if !namespace.is_empty() => {
                format!("{} {namespace}/{}", self.object.kind, self.object.name)
            }
            _ => self.object.title(),
        };
        line_of(&title)
    }
}

/// A namespace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Space {
    pub(crate) labels: Labels,
    pub(crate) annotations: Labels,
    /// Where it is declared; absent where only other objects name it.
    pub(crate) at: Option<At>,
    /// The tenant that owns it; the platform does where there is none.
    pub(crate) owner: Option<u32>,
}

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its name.
    pub name: String,
    /// Its namespaces, ordered.
    pub namespaces: Vec<String>,
}

/// Everything that was read.
#[derive(Debug)]
pub struct World<'t> {
    files: Vec<File<'t>>,
    breaks: Vec<OnceCell<Vec<usize>>>,
    pub(crate) things: Vec<Thing>,
    /// The first object of each kind, namespace and name.
    index: HashMap<String, usize>,
    pub(crate) spaces: BTreeMap<String, Space>,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) reach: Manifests,
    pub(crate) permissions: Permissions,
    notes: Vec<Note>,
    objects: usize,
}

impl<'t> World<'t> {
    /// Reads manifests. What could not be read becomes a note.
    #[must_use]
    pub fn read(files: &[File<'t>], declared: &Declared) -> Self {
        let bare = |file: &File<'t>| File {
            path: file.path,
            text: file.text.strip_prefix('\u{feff}').unwrap_or(file.text),
        };
        let mut files: Vec<File<'t>> = files.iter().map(bare).collect();
        files.sort_by_key(|file| (file.path, file.text));
        let mut world = Self {
            breaks: files.iter().map(|_| OnceCell::new()).collect(),
            files,
            things: Vec::new(),
            index: HashMap::new(),
            spaces: BTreeMap::new(),
            tenants: Vec::new(),
            reach: Manifests::default(),
            permissions: Permissions::default(),
            notes: Vec::new(),
            objects: 0,
        };
        for file in 0..world.files.len() {
            world.file(file);
        }
        world.namespaces();
        world.owners(declared);
        world
    }

    fn file(&mut self, at: usize) {
        let Some(File { path, text }) = self.files.get(at).copied() else {
            return;
        };
        if !bartizan_document::has_objects(text.as_bytes()) {
            return;
        }
        let read = objects(text, Limits::default());
        if read.is_template {
            self.note(
                path,
                "it is a template: render it first, as by `helm template CHART > rendered.yaml`",
            );
            return;
        }
        for problem in read.errors {
            let line = self.line(At {
                file: at,
                span: problem.at,
            });
            self.note(format!("{path}:{line}"), problem.message);
        }
        self.objects += read.objects.len();
        for object in read.objects {
            if !bears(&object) {
                continue;
            }
            let namespace = if is_of_cluster(object.group(), &object.kind) {
                String::new()
            } else {
                object.namespace.clone().unwrap_or_else(|| "default".to_owned())
            };
            self.things.push(Thing {
                object,
                file: at,
                namespace,
            });
        }
    }

    fn namespaces(&mut self) {
        let mut twice = Vec::new();
        for thing in &self.things {
            if !thing.namespace.is_empty() {
                self.spaces.entry(thing.namespace.clone()).or_default();
            }
            if !(thing.object.kind == "Namespace" && thing.object.group().is_empty()) {
                continue;
            }
            let read = |key: &str| {
                let node = thing.object.root.at(&["metadata", key]);
                node.map_or_else(|| Ok(Labels::new()), labels)
            };
            let (Ok(labels), Ok(annotations)) = (read("labels"), read("annotations")) else {
                twice.push((thing.at(), "its labels or annotations are not text"));
                continue;
            };
            let space = self.spaces.entry(thing.object.name.clone()).or_default();
            if space.at.is_some() {
                twice.push((thing.at(), "there is another of this name; the first one counts"));
                continue;
            }
            *space = Space {
                labels,
                annotations,
                at: Some(thing.at()),
                owner: None,
            };
        }
        for (at, why) in twice {
            self.note(self.place(at), why);
        }
    }

    fn owners(&mut self, declared: &Declared) {
        let mut owned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut notes = Vec::new();
        for (name, space) in &self.spaces {
            let (owner, why) = declared.owner(name, &space.labels);
            let place = space
                .at
                .map_or_else(|| format!("Namespace {name}"), |at| self.place(at));
            if let Some(why) = why {
                notes.push((place, format!("Namespace {name}: {why}")));
            } else if space.at.is_none() && owner.is_none() && !OF_THE_CLUSTER.contains(&name.as_str()) {
                notes.push((
                    place,
                    "objects are in it and no manifest declares it, so that its labels, and whose it is, are not known; it counts as the platform's".to_owned(),
                ));
            }
            if let Some(owner) = owner {
                owned.entry(owner).or_default().push(name.clone());
            }
        }
        if owned.is_empty() {
            return;
        }
        if owned.len() > MOST_TENANTS {
            let more = owned.len() - MOST_TENANTS;
            notes.push((
                "tenants".to_owned(),
                format!("there are more than {MOST_TENANTS}; {more} of them count as the platform"),
            ));
        }
        for (place, message) in notes {
            self.note(line_of(&place), line_of(&message));
        }
        for (at, (name, namespaces)) in (0..).zip(owned.into_iter().take(MOST_TENANTS)) {
            for namespace in &namespaces {
                if let Some(space) = self.spaces.get_mut(namespace) {
                    space.owner = Some(at);
                }
            }
            self.tenants.push(Tenant { name, namespaces });
        }
        for (at, thing) in self.things.iter().enumerate() {
            let key = key(&thing.object.kind, &thing.namespace, &thing.object.name);
            self.index.entry(key).or_insert(at);
        }
        self.connect();
        self.grant();
    }

    /// Gathers who may do what.
    fn grant(&mut self) {
        let of_rbac = |file: &&File<'_>| memmem::find(file.text.as_bytes(), RBAC).is_some();
        let files = self.files.iter().filter(of_rbac);
        let manifests = files.map(|file| rbac::Manifest::read(file.path, file.text));
        self.permissions = Permissions::of(manifests.collect::<Vec<_>>());
        let is_of_rbac = |message: &str| {
            let kind = message.split(' ').next().unwrap_or_default();
            kind.ends_with("Role") || kind.ends_with("RoleBinding")
        };
        let notes = self.permissions.notes().iter();
        let notes = notes.filter(|note| note.path.is_empty() || is_of_rbac(&note.message));
        let notes: Vec<Note> = notes
            .map(|note| Note {
                place: line_of(&format!("{}:{}", note.path, note.line)),
                message: line_of(&note.message),
            })
            .collect();
        self.notes.extend(notes);
    }

    /// Gathers who reaches whom; only asked where there are tenants.
    fn connect(&mut self) {
        let mut reach = Manifests::default();
        // A Sidecar only asks a pod's own proxy, which whoever holds the pod can go around.
        let binding = |thing: &&Thing| {
            !(thing.object.kind == "Sidecar" && thing.object.group() == "networking.istio.io")
        };
        for thing in self.things.iter().filter(binding) {
            reach.take(&thing.object, || self.place(thing.at()));
        }
        for namespace in self.tenants.iter().flat_map(|tenant| &tenant.namespaces) {
            reach.suppose(namespace);
        }
        if self.owner(SYSTEM) == Party::Platform {
            reach.suppose(SYSTEM);
        }
        self.reach = reach;
    }

    fn note(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.notes.push(Note {
            place: place.into(),
            message: message.into(),
        });
    }

    /// What could not be read, or whose it is not known.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How many objects were read.
    #[must_use]
    pub const fn objects(&self) -> usize {
        self.objects
    }

    /// The tenants, ordered by name.
    #[must_use]
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    pub(crate) fn tenant(&self, at: u32) -> Option<&Tenant> {
        self.tenants.get(at as usize)
    }

    /// The tenants by number.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.tenants.len()).unwrap_or(u32::MAX)
    }

    /// Whose a namespace is.
    pub(crate) fn owner(&self, namespace: &str) -> Party {
        let space = self.spaces.get(namespace);
        space
            .and_then(|space| space.owner)
            .map_or(Party::Platform, Party::Tenant)
    }

    /// The tenant that owns a namespace.
    pub(crate) fn tenant_of(&self, namespace: &str) -> Option<u32> {
        self.spaces.get(namespace).and_then(|space| space.owner)
    }

    /// Namespaces of a tenant.
    pub(crate) fn spaces_of(&self, tenant: u32) -> impl Iterator<Item = (&str, &Space)> {
        let namespaces = self
            .tenant(tenant)
            .map_or(&[][..], |tenant| tenant.namespaces.as_slice());
        namespaces
            .iter()
            .filter_map(|name| Some((name.as_str(), self.spaces.get(name)?)))
    }

    /// Objects of a kind in a group.
    pub(crate) fn kind<'w>(&'w self, group: &'w str, kind: &'w str) -> impl Iterator<Item = &'w Thing> {
        let things = self.things.iter();
        things.filter(move |thing| thing.object.kind == kind && thing.object.group() == group)
    }

    /// Objects of a kind in a group, by namespace.
    pub(crate) fn by_namespace<'w>(
        &'w self,
        group: &'w str,
        kind: &'w str,
    ) -> BTreeMap<&'w str, Vec<&'w Thing>> {
        let mut all: BTreeMap<&str, Vec<&Thing>> = BTreeMap::new();
        for thing in self.kind(group, kind) {
            all.entry(&thing.namespace).or_default().push(thing);
        }
        all
    }

    /// Objects that are pods or make them.
    pub(crate) fn pods(&self) -> impl Iterator<Item = (&Thing, Pod<'_>)> {
        let things = self.things.iter();
        things.filter_map(|thing| Some((thing, Pod::of(&thing.object)?)))
    }

    /// Where a tenant is declared, or where something of it is written.
    pub(crate) fn place_of(&self, tenant: u32) -> Option<At> {
        let declared = self.spaces_of(tenant).find_map(|(_, space)| space.at);
        declared.or_else(|| {
            let mut things = self.things.iter();
            let thing = things.find(|thing| self.tenant_of(&thing.namespace) == Some(tenant))?;
            Some(thing.at())
        })
    }

    /// The first object of a kind and name; only known where there are tenants.
    pub(crate) fn titled(&self, kind: &str, namespace: &str, name: &str) -> Option<&Thing> {
        self.things.get(*self.index.get(&key(kind, namespace, name))?)
    }

    pub(crate) fn file_at(&self, at: At) -> Option<File<'t>> {
        self.files.get(at.file).copied()
    }

    /// The line of a place, from 1.
    pub(crate) fn line(&self, at: At) -> usize {
        let (Some(file), Some(breaks)) = (self.files.get(at.file), self.breaks.get(at.file)) else {
            return 1;
        };
        let breaks = breaks.get_or_init(|| memchr::memchr_iter(b'\n', file.text.as_bytes()).collect());
        breaks.partition_point(|end| *end < at.span.start as usize) + 1
    }

    /// A place as people read it: path and line.
    #[must_use]
    pub(crate) fn place(&self, at: At) -> String {
        let path = self.files.get(at.file).map_or("", |file| file.path);
        format!("{}:{}", line_of(path), self.line(at))
    }
}

fn key(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind} {namespace}/{name}")
}

/// A text on one line, without what a terminal acts on.
pub(crate) fn line_of(text: &str) -> String {
    let harmless = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    harmless.collect()
}

/// Whether objects of a kind are in no namespace.
fn is_of_cluster(group: &str, kind: &str) -> bool {
    match group {
        "" => matches!(kind, "Namespace" | "PersistentVolume" | "Node"),
        "rbac.authorization.k8s.io" => kind.starts_with("Cluster"),
        "storage.k8s.io" => kind == "StorageClass",
        "scheduling.k8s.io" | "node.k8s.io" | "admissionregistration.k8s.io" => true,
        "networking.k8s.io" | "extensions" => kind == "IngressClass",
        "gateway.networking.k8s.io" => kind == "GatewayClass",
        "policy.networking.k8s.io" => true,
        "cilium.io" => kind.starts_with("CiliumClusterwide") || kind == "CiliumCIDRGroup",
        "projectcalico.org" | "crd.projectcalico.org" => kind.starts_with("Global"),
        "crd.antrea.io" => kind.starts_with("Cluster"),
        "kyverno.io" => kind == "ClusterPolicy",
        "policies.kyverno.io" => !kind.starts_with("Namespaced"),
        "constraints.gatekeeper.sh" => true,
        "policies.kubewarden.io" => kind.starts_with("Cluster"),
        _ => false,
    }
}

/// Whether objects of a kind bear on what keeps tenants apart.
fn bears(object: &Object) -> bool {
    let kind = object.kind.as_str();
    match object.group() {
        "" => matches!(
            kind,
            "Namespace"
                | "Pod"
                | "PodTemplate"
                | "ReplicationController"
                | "Service"
                | "ServiceAccount"
                | "ResourceQuota"
                | "LimitRange"
                | "PersistentVolume"
                | "PersistentVolumeClaim"
        ),
        "apps"
        | "batch"
        | "extensions"
        | "networking.k8s.io"
        | "gateway.networking.k8s.io"
        | "rbac.authorization.k8s.io"
        | "storage.k8s.io"
        | "scheduling.k8s.io"
        | "node.k8s.io"
        | "security.istio.io"
        | "networking.istio.io"
        | "policy.linkerd.io"
        | "route.openshift.io"
        | "kyverno.io"
        | "policies.kyverno.io"
        | "constraints.gatekeeper.sh"
        | "policies.kubewarden.io" => true,
        "admissionregistration.k8s.io" => kind.starts_with("ValidatingAdmissionPolicy"),
        group => crate::reach::decides(group, kind) || crate::reach::is_workload(group, kind),
    }
}
