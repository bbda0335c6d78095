//! Who is at the other end of a connection: names of hosts, and pods.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use bartizan_model::runtime::Pod;
use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// Bytes of a name of a host at most
const NAME_MAX: usize = 255;
/// Beginnings of the names of labels that differ from pod to pod of the same kind
const GENERATED: [&str; 9] = [
    "pod-template-hash",
    "pod-template-generation",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/",
    "io.kubernetes.",
];

/// What stays of a pod when another one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodIdentity {
    /// Its namespace
    pub namespace: String,
    /// Its service account; empty where unknown
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub service_account: String,
    /// Its labels, those left out that differ from pod to pod
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub labels: BTreeMap<String, String>,
}

impl PodIdentity {
    /// Of a pod; None where its namespace is unknown.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        let stays = |name: &str| !GENERATED.iter().any(|generated| name.starts_with(generated));
        (!pod.namespace.is_empty()).then(|| Self {
            namespace: pod.namespace.to_string(),
            service_account: pod.service_account.to_string(),
            labels: pod
                .labels
                .iter()
                .filter(|(name, _)| stays(name))
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        })
    }
}

impl Profile {
    /// The names of hosts that were asked for and said to have an address.
    pub(crate) fn names_of(&self, address: &IpAddr) -> BTreeSet<&str> {
        self.names
            .iter()
            .filter(|(name, addresses)| addresses.contains(address) && is_host_name(name))
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

/// A name that DNS was asked for, in lower case; None where no host can have it.
pub(crate) fn host_name(question: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(question).ok()?.to_ascii_lowercase();
    is_host_name(&name).then_some(name)
}

/// Letters, digits, `-` and `_`, with single dots between them
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
    };
    name.len() <= NAME_MAX && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_pod_to_pod_is_no_part_of_its_identity() {
        let label = |name: &str| (Box::from(name), Box::from("x"));
        let pod = Pod {
            namespace: "shop".into(),
            labels: [
                label("app"),
                label("pod-template-hash"),
                label("controller-revision-hash"),
            ]
            .into(),
            ..Pod::default()
        };
        let identity = PodIdentity::of(&pod).unwrap();
        assert_eq!(identity.labels.keys().collect::<Vec<_>>(), ["app"]);
        assert_eq!(PodIdentity::of(&Pod::default()), None);
    }

    #[test]
    fn only_a_name_that_a_host_can_have_is_kept() {
        assert_eq!(host_name(b"DB.example.com").as_deref(), Some("db.example.com"));
        for bad in [
            &b""[..],
            b".",
            b"a..b",
            b"a b.com",
            b"a\".com",
            b"a\n.com",
            b"\xff.com",
        ] {
            assert_eq!(host_name(bad), None, "{bad:?}");
        }
    }
}
