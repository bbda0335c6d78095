//! What is told of an event that a rule fired for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Container, Process};

/// How pressing an alert is, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// The host is of no use any more
    Emergency,
    /// Somebody has to act at once
    Alert,
    /// A protection was broken
    Critical,
    /// Something was done that must not be
    Error,
    /// Something was done that hardly ever has a good reason
    Warning,
    /// Worth a look
    Notice,
    /// Worth keeping
    Informational,
    /// For whoever writes rules
    Debug,
}

impl Priority {
    /// All of them, the most pressing first
    pub const ALL: [Self; 8] = [
        Self::Emergency,
        Self::Alert,
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Informational,
        Self::Debug,
    ];

    /// In lower case, as it is serialized
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Alert => "alert",
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::Informational => "informational",
            Self::Debug => "debug",
        }
    }

    /// The one of this name, in any case; `info` is short for the last but one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|one| one.name() == name || (name == "info" && *one == Self::Informational))
    }
}

/// A rule fired. All texts are harmless to show: bytes that steer terminals, break lines, change the direction of writing or are no UTF-8 are
/// written out as escapes (`\n`, `\x1b`, `\u{202e}`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Name of the rule
    pub rule: String,
    /// How pressing it is
    pub priority: Priority,
    /// Nanoseconds since 1970
    pub time: u64,
    /// What kind of events the rule is about: `syscall`
    pub source: String,
    /// One line for people
    pub output: String,
    /// What the line names, by the names of fields; null where the event had no answer
    pub fields: BTreeMap<String, serde_json::Value>,
    /// Tags of the rule
    pub tags: Vec<String>,
    /// The process, then those that started it, to a depth of eight
    pub processes: Vec<AlertProcess>,
    /// Where it ran; None on the host itself
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<AlertContainer>,
}

/// A process as an alert tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertProcess {
    /// Number in the namespace of the host
    pub pid: u32,
    /// Name of its own choosing
    pub name: String,
    /// The file of its program
    pub executable: String,
    /// SHA-256 of that file; empty where it was not read
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// All arguments, joined by blanks
    pub command: String,
    /// Directory it started in
    pub directory: String,
    /// The effective user
    pub user: u32,
    /// Nanoseconds since 1970 when it was started; 0 where unknown
    pub started: u64,
}

/// A container as an alert tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertContainer {
    /// As its runtime names it, in full
    pub id: String,
    /// Name; empty where unknown
    pub name: String,
    /// Image with its tag; empty where unknown
    pub image: String,
    /// `sha256:…`; empty where unknown
    pub image_digest: String,
    /// Name of the pod; empty outside Kubernetes
    pub pod: String,
    /// Namespace of the pod; empty outside Kubernetes
    pub namespace: String,
    /// Service account of the pod; empty outside Kubernetes
    pub service_account: String,
}

impl AlertProcess {
    /// What is told of a process, each text made harmless by `show`.
    pub fn of(process: &Process, show: impl Fn(&[u8]) -> String) -> Self {
        Self {
            pid: process.pid,
            name: show(&process.name),
            executable: show(&process.executable.path),
            digest: process.executable.digest.to_string(),
            command: show(&process.arguments.join(&b' ')),
            directory: show(&process.directory),
            user: process.user.effective,
            started: process.started,
        }
    }
}

impl AlertContainer {
    /// What is told of a container, each text made harmless by `show`.
    pub fn of(container: &Container, show: impl Fn(&[u8]) -> String) -> Self {
        let show = |text: &str| show(text.as_bytes());
        let pod = container.pod.as_ref();
        let image = if container.tag.is_empty() {
            show(&container.image)
        } else {
            show(&format!("{}:{}", container.image, container.tag))
        };
        Self {
            id: show(&container.id),
            name: show(&container.name),
            image,
            image_digest: show(&container.image_digest),
            pod: pod.map(|pod| show(&pod.name)).unwrap_or_default(),
            namespace: pod.map(|pod| show(&pod.namespace)).unwrap_or_default(),
            service_account: pod.map(|pod| show(&pod.service_account)).unwrap_or_default(),
        }
    }
}
