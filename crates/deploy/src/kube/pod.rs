//! Pods, and what makes pods.

use super::Object;
use bartizan_document::{Node, Span};

/// A pod, or the template of pods.
#[derive(Debug, Clone, Copy)]
pub struct Pod<'o> {
    /// Its metadata, where there is any.
    pub metadata: Option<&'o Node>,
    /// Its specification.
    pub spec: &'o Node,
    /// The way from the object to the pod: empty for a pod, else `spec.template` and so on.
    pub way: &'static [&'static str],
}

/// Which list of a pod a container stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs before the others.
    Init,
    /// Runs.
    Main,
    /// Was added to a running pod.
    Ephemeral,
}

/// A container of a pod.
#[derive(Debug, Clone, Copy)]
pub struct Container<'o> {
    /// Which list it stands in.
    pub role: Role,
    /// Its place in that list, from 0.
    pub at: usize,
    /// Its definition.
    pub node: &'o Node,
}

impl Role {
    /// The field of a pod's specification.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Init => "initContainers",
            Self::Main => "containers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }
}

impl<'o> Container<'o> {
    /// Its name; empty where it has none.
    #[must_use]
    pub fn name(&self) -> &'o str {
        self.node.text_of("name").unwrap_or_default()
    }

    /// Its field in the pod's specification, as `containers[0]`.
    #[must_use]
    pub fn way(&self) -> String {
        format!("{}[{}]", self.role.field(), self.at)
    }
}

impl<'o> Pod<'o> {
    /// The pod that an object is or makes; none for objects that make no pods, and for those without a specification.
    #[must_use]
    pub fn of(object: &'o Object) -> Option<Self> {
        let way: &'static [&'static str] = match (object.group(), object.kind.as_str()) {
            ("", "Pod") => &[],
            ("", "PodTemplate") => &["template"],
            ("", "ReplicationController")
            | ("apps" | "extensions", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
            | ("batch", "Job") => &["spec", "template"],
            ("batch", "CronJob") => &["spec", "jobTemplate", "spec", "template"],
            _ => return None,
        };
        let pod = object.root.at(way)?;
        Some(Self {
            metadata: pod.get("metadata"),
            spec: pod.get("spec").filter(|spec| !spec.entries().is_empty())?,
            way,
        })
    }

    /// Its containers in the order in which the API server looks at them: init, main, ephemeral.
    pub fn containers(&self) -> impl Iterator<Item = Container<'o>> + use<'o> {
        let spec = self.spec;
        [Role::Init, Role::Main, Role::Ephemeral]
            .into_iter()
            .flat_map(move |role| {
                let items = spec.items_of(role.field()).iter().enumerate();
                items.map(move |(at, node)| Container { role, at, node })
            })
    }

    /// The field of an object that a field of the pod's specification is, as `spec.template.spec.hostPID`.
    #[must_use]
    pub fn field(&self, of_spec: &str) -> String {
        let mut field = self.way.join(".");
        if !field.is_empty() {
            field.push('.');
        }
        field + "spec." + of_spec
    }

    /// Where the specification begins.
    #[must_use]
    pub fn place(&self) -> Span {
        Span {
            start: self.spec.span.start,
            end: self.spec.span.start,
        }
    }
}
