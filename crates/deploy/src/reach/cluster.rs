//! What of a cluster decides who reaches whom, collected from manifests.
//!
//! In: texts of manifests. Out: namespaces, pods by what they look like to policies, policies, and what publishes pods.

use super::cilium::{self, CidrGroup};
use super::front::{Front, Service};
use super::kinds::{decides, is_known, is_workload};
use super::policy::{Entity, Policy, Tier};
use super::ports::Protocol;
use super::selector::{Labels, labels};
use super::{Note, admin, front, mesh};
use crate::istio::membership::Hints;
use crate::kube::{Object, api, objects};
use bartizan_document::{Limits, Node};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The label that the API server gives every namespace: its name.
const NAME: &str = "kubernetes.io/metadata.name";
/// The account of pods that name none.
const ACCOUNT: &str = "default";

/// What looks the same to every policy: pods of one namespace with the same labels, ports with names and account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) labels: Labels,
    pub(super) ports: Vec<ContainerPort>,
    /// Whether its pods use the network of their node.
    pub(super) on_host: bool,
    /// Their service account.
    pub(super) account: Box<str>,
    /// What they say of a proxy beside them.
    pub(super) proxy: Hints,
}

/// What a look is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Pod,
    /// One that publishes pods, of which manifests say nothing.
    Controller,
    /// What policies name and is in no manifest.
    Entity(Entity),
}

impl Look {
    /// Something of which nothing is known but its name, which no namespace has.
    pub(super) fn named(name: &str, kind: Kind) -> Self {
        Self {
            kind,
            namespace: name.to_owned(),
            labels: Labels::new(),
            ports: Vec::new(),
            on_host: false,
            account: "".into(),
            proxy: Hints::default(),
        }
    }
}

/// A port that a container says it serves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ContainerPort {
    pub(super) name: Box<str>,
    pub(super) protocol: Protocol,
    pub(super) number: u16,
    /// The port of the node that leads to it; 0 for none.
    pub(super) on_host: u16,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Labels of namespaces that were read.
    namespaces: BTreeMap<String, Labels>,
    pub(super) looks: Vec<Look>,
    known: HashMap<Look, u32>,
    /// Looks of the pods of a workload, by what people call the workload.
    pub(super) workloads: BTreeMap<String, Vec<u32>>,
    pub(super) policies: Vec<Policy>,
    pub(super) services: BTreeMap<(String, String), Service>,
    pub(super) fronts: Vec<Front>,
    pub(super) grants: Vec<front::Grant>,
    pub(super) groups: Vec<CidrGroup>,
    pub(super) mesh: mesh::Policies,
    titles: HashSet<String>,
    objects: usize,
    notes: Vec<Note>,
}

/// One manifest, read: what of it has to do with who reaches whom.
#[derive(Debug, Default)]
pub struct Manifest {
    path: String,
    /// How many objects it has, of whatever kind.
    count: usize,
    /// With the line of each.
    objects: Vec<(usize, Object)>,
    notes: Vec<Note>,
}

/// Lines of offsets that mostly come in ascending order.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, offset: usize) -> usize {
        if offset < self.at {
            (self.at, self.line) = (0, 1);
        }
        let between = self.text.get(self.at..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count();
        self.at = offset;
        self.line
    }
}

impl Manifest {
    /// Leaves what a workload made to the workload, where both are among what was recorded of a cluster.
    pub fn leave_to_owners(manifests: &mut [Self]) {
        let key = |namespace: &Option<String>, kind: &str, name: &str| {
            (
                namespace.clone().unwrap_or_default(),
                kind.to_owned(),
                name.to_owned(),
            )
        };
        let all = manifests.iter().flat_map(|manifest| &manifest.objects);
        let recorded: HashSet<_> = all
            .map(|(_, one)| key(&one.namespace, &one.kind, &one.name))
            .collect();
        for manifest in manifests {
            manifest.objects.retain(|(_, one)| {
                let owner = one
                    .controller()
                    .map(|(kind, name)| key(&one.namespace, kind, name));
                owner.is_none_or(|owner| !recorded.contains(&owner))
            });
        }
    }

    /// Reads a manifest. What is no object of Kubernetes, or has nothing to do with who reaches whom, is left alone; what could not be
    /// read becomes a note.
    #[must_use]
    pub fn read(path: &str, text: &str) -> Self {
        let mut manifest = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        if !bartizan_document::has_objects(text.as_bytes()) {
            return manifest;
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = Lines {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        };
        let read = objects(text, Limits::default());
        let objects = read.objects;
        if read.is_template {
            manifest.notes.push(Note {
                place: path.to_owned(),
                message: "it is a template: render it first, as by `helm template CHART > rendered.yaml`"
                    .to_owned(),
            });
            return manifest;
        }
        let mut problems = [read.errors, read.duplicates].concat();
        problems.sort_by_key(|problem| problem.at);
        for problem in problems {
            manifest.notes.push(Note {
                place: format!("{path}:{}", lines.of(problem.at.range().start)),
                message: problem.message,
            });
        }
        manifest.count = objects.len();
        let known = objects
            .into_iter()
            .filter(|object| is_known(object.group(), &object.kind));
        let objects: Vec<Object> = known.collect();
        for object in &objects {
            manifest.notes.extend(api::unknown(object).map(|message| Note {
                place: format!("{path}:{}", lines.of(object.place().range().start)),
                message,
            }));
        }
        let objects = objects.into_iter();
        manifest.objects = objects
            .map(|object| (lines.of(object.place().range().start), object))
            .collect();
        manifest
    }
}

impl Manifests {
    /// Takes in what a manifest says.
    pub fn add(&mut self, manifest: Manifest) {
        self.notes.extend(manifest.notes);
        self.objects += manifest.count;
        for (line, object) in manifest.objects {
            if let Err(message) = self.object(&object) {
                self.notes.push(Note {
                    place: format!("{}:{line}", manifest.path),
                    message: format!("{}: {message}", object.title()),
                });
            }
        }
    }

    /// Takes in one object, where it has to do with who reaches whom; `place` names where it is written.
    pub(crate) fn take(&mut self, object: &Object, place: impl FnOnce() -> String) {
        self.objects += 1;
        if !is_known(object.group(), &object.kind) {
            return;
        }
        if let Err(message) = self.object(object) {
            self.notes.push(Note {
                place: place(),
                message: format!("{}: {message}", object.title()),
            });
        }
    }

    /// Supposes a pod without labels in a namespace: what anyone may deploy there tomorrow.
    pub(crate) fn suppose(&mut self, namespace: &str) {
        let look = Look {
            account: ACCOUNT.into(),
            ..Look::named(namespace, Kind::Pod)
        };
        let Ok(next) = u32::try_from(self.looks.len()) else {
            return;
        };
        let id = *self.known.entry(look).or_insert_with_key(|look| {
            self.looks.push(look.clone());
            next
        });
        self.workloads.insert(format!("{namespace}/(any pod)"), vec![id]);
    }

    /// How many objects were read.
    #[must_use]
    pub const fn objects(&self) -> usize {
        self.objects
    }

    /// What could not be read or is not understood, in the order in which it was met.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(super) fn labels_of(&self, namespace: &str) -> Labels {
        let mut labels = self.namespaces.get(namespace).cloned().unwrap_or_default();
        labels.entry(NAME.into()).or_insert_with(|| namespace.into());
        labels
    }

    /// The labels of a namespace that was read.
    pub(super) fn space(&self, namespace: &str) -> Option<&Labels> {
        self.namespaces.get(namespace)
    }

    fn object(&mut self, object: &Object) -> Result<(), String> {
        let namespace = object.namespace.as_deref().unwrap_or("default");
        if [namespace, object.name.as_str()]
            .iter()
            .any(|name| !is_name(name))
        {
            return Err("its name or that of its namespace is none that Kubernetes accepts".to_owned());
        }
        match (object.group(), object.kind.as_str()) {
            ("", "Namespace") => self.namespace(object),
            (group, kind) if is_workload(group, kind) => self.workload(object, namespace),
            ("networking.k8s.io" | "extensions", "NetworkPolicy") => {
                let (policy, undecided) = Policy::network(object, namespace)?;
                self.policies(vec![policy], undecided)
            }
            ("policy.networking.k8s.io", "AdminNetworkPolicy") => {
                let (policy, undecided) = admin::admin(object)?;
                self.policies(vec![policy], undecided)
            }
            ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy") => {
                let (policy, undecided) = admin::baseline(object)?;
                self.policies(vec![policy], undecided)
            }
            ("cilium.io", "CiliumNetworkPolicy") => {
                let (policies, undecided) = cilium::policies(object, Some(namespace))?;
                self.policies(policies, undecided)
            }
            ("cilium.io", "CiliumClusterwideNetworkPolicy") => {
                let (policies, undecided) = cilium::policies(object, None)?;
                self.policies(policies, undecided)
            }
            ("cilium.io", "CiliumCIDRGroup") => {
                let (group, undecided) = cilium::group(object)?;
                self.groups.push(group);
                said(undecided)
            }
            (group, kind) if mesh::is_of_mesh(group, kind) => {
                // The API server gives names of mesh objects, as of all others, once a namespace.
                let title = format!("{kind} {namespace}/{}", object.name);
                if !self.titles.insert(title) {
                    return Err("there is another of this name; the first one counts".to_owned());
                }
                said(self.mesh.take(object, namespace)?)
            }
            ("", "Service") => {
                let service = Service::read(object, namespace)?;
                let key = (namespace.to_owned(), object.name.clone());
                match self.services.insert(key, service) {
                    Some(_) => Err("there is another of this name; the later one counts".to_owned()),
                    None => Ok(()),
                }
            }
            (group, kind) if front::is_front(group, kind) => {
                let (front, undecided) = Front::read(object, namespace)?;
                self.fronts.push(front);
                said(undecided)
            }
            ("gateway.networking.k8s.io", "ReferenceGrant") => {
                self.grants.extend(front::Grant::read(object, namespace)?);
                Ok(())
            }
            (group, kind) if decides(group, kind) => {
                Err("objects of this kind decide who reaches whom, and are not understood".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn namespace(&mut self, object: &Object) -> Result<(), String> {
        let labels = object.root.at(&["metadata", "labels"]).map(labels).transpose()?;
        match self
            .namespaces
            .insert(object.name.clone(), labels.unwrap_or_default())
        {
            Some(_) => Err("there is another of this name; the later one counts".to_owned()),
            None => Ok(()),
        }
    }

    /// Takes in the policies that one object is.
    fn policies(&mut self, policies: Vec<Policy>, undecided: Vec<String>) -> Result<(), String> {
        let mut rivals = Vec::new();
        for (at, policy) in policies.into_iter().enumerate() {
            if at == 0 && !self.titles.insert(policy.title.clone()) {
                return Err("there is another of this name; the first one counts".to_owned());
            }
            let rival = self
                .policies
                .iter()
                .find(|other| matches!(policy.tier, Tier::Admin(_)) && other.tier == policy.tier);
            rivals.extend(rival.map(|rival| {
                format!(
                    "{} has the same priority, and which is asked first is undefined; it is that one here",
                    rival.title
                )
            }));
            self.policies.push(policy);
        }
        said(undecided.into_iter().chain(rivals).collect())
    }

    fn workload(&mut self, object: &Object, namespace: &str) -> Result<(), String> {
        let way: &[&str] = match object.kind.as_str() {
            "Pod" => &[],
            "CronJob" => &["spec", "jobTemplate", "spec", "template"],
            _ => &["spec", "template"],
        };
        let pod = object.root.at(way).ok_or("it has no template of pods")?;
        let labels = pod.at(&["metadata", "labels"]).map(labels).transpose()?;
        let on_host = pod.at(&["spec", "hostNetwork"]).and_then(Node::bool) == Some(true);
        let mut ports = Vec::new();
        for container in pod.at(&["spec", "containers"]).map_or(&[][..], Node::items) {
            for port in container.items_of("ports") {
                ports.push(container_port(port, on_host)?);
            }
        }
        ports.sort();
        ports.dedup();
        let account = pod.at(&["spec", "serviceAccountName"]).and_then(Node::text);
        let look = Look {
            kind: Kind::Pod,
            namespace: namespace.to_owned(),
            labels: labels.unwrap_or_default(),
            ports,
            on_host,
            account: account.filter(|name| !name.is_empty()).unwrap_or(ACCOUNT).into(),
            proxy: Hints::read(pod),
        };
        let next = u32::try_from(self.looks.len()).map_err(|_| "there are too many pods")?;
        let id = *self.known.entry(look).or_insert_with_key(|look| {
            self.looks.push(look.clone());
            next
        });
        let (name, kind) = owner(object);
        let looks = self
            .workloads
            .entry(format!("{namespace}/{name}[{kind}]"))
            .or_default();
        if !looks.contains(&id) {
            looks.push(id);
        }
        Ok(())
    }
}

fn said(undecided: Vec<String>) -> Result<(), String> {
    let mut undecided = undecided;
    undecided.dedup();
    match undecided.join("; ") {
        all if all.is_empty() => Ok(()),
        all => Err(all),
    }
}

/// The name and the kind of what makes a pod, or of the object itself.
fn owner(object: &Object) -> (&str, &str) {
    let owners = object
        .root
        .at(&["metadata", "ownerReferences"])
        .map_or(&[][..], Node::items);
    let controller = owners
        .iter()
        .find(|owner| owner.get("controller").and_then(Node::bool) == Some(true));
    let named = controller.and_then(|owner| {
        Some((
            owner.text_of("name")?,
            owner.text_of("kind").unwrap_or(&object.kind),
        ))
    });
    named
        .filter(|(name, kind)| object.kind == "Pod" && *kind != "Node" && is_name(name) && is_name(kind))
        .unwrap_or((&object.name, &object.kind))
}

fn container_port(node: &Node, on_host: bool) -> Result<ContainerPort, String> {
    let number = |key: &str| match node.get(key).filter(|found| !found.is_null()) {
        None => Ok(0),
        Some(found) => found
            .int()
            .and_then(|number| u16::try_from(number).ok())
            .ok_or_else(|| format!("{key} is no port")),
    };
    let port = number("containerPort")?;
    if port == 0 {
        return Err("a port of a container has no containerPort".to_owned());
    }
    Ok(ContainerPort {
        name: node.text_of("name").unwrap_or_default().into(),
        protocol: super::policy::protocol(node)?.unwrap_or(Protocol::Tcp),
        number: port,
        on_host: if on_host { port } else { number("hostPort")? },
    })
}

/// Whether a text can name an object of those that are looked at.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !text.is_empty() && text.len() <= 253 && text.bytes().all(fits)
}
