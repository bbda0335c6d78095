//! `deploy/pod-security/host-path-volumes`: directories of the node.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, counted};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A `hostPath` volume is a directory of whichever node the pod runs on. What the pod writes there the node and its other pods
    /// read; what others left there the pod reads. The socket of the container runtime, `/`, `/etc`, `/root`, `/proc`, `/dev` and the
    /// kubelet's own directory each hand over the node: those are rated high unless mounted read-only by every container where that
    /// helps, other paths medium.
    HostPathVolumes {
        id: "deploy/pod-security/host-path-volumes",
        title: "Pod mounts a directory of the node",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Use a volume that belongs to the pod: `emptyDir` for scratch space, a PersistentVolumeClaim for data, a ConfigMap or Secret for settings.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &HostPathVolumes::ABOUT,
    id: "hostPathVolumes",
    reason: "hostPath volumes",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

/// Whether a directory of the node hands over the node to whoever can write to it, or speak to it.
pub(super) fn opens_the_node(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let tops = [
        "/etc",
        "/root",
        "/proc",
        "/dev",
        "/boot",
        "/usr",
        "/lib",
        "/bin",
        "/sbin",
        "/var/lib/kubelet",
        "/var/lib/etcd",
    ];
    let is_below = |top: &str| {
        path.strip_prefix(top)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let harmless = [
        "/dev/log",
        "/dev/shm",
        "/dev/null",
        "/etc/localtime",
        "/etc/timezone",
        "/etc/ssl",
        "/etc/pki",
        "/usr/share",
    ];
    let sockets = ["docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock"];
    path.is_empty()
        || matches!(path, "/var" | "/var/run" | "/run" | "/var/lib" | "/home")
        || (tops.iter().any(|top| is_below(top)) && !harmless.iter().any(|top| is_below(top)))
        || sockets.iter().any(|socket| path.ends_with(socket))
}

/// Whether every container that mounts a volume mounts it read-only. A socket is as open read-only as not.
pub(super) fn is_read_only(view: &View<'_>, volume: &str) -> bool {
    let mut mounts = view
        .pod
        .containers()
        .flat_map(|container| container.node.items_of("volumeMounts").iter());
    mounts.all(|mount| {
        let is_it = mount.text_of("name") == Some(volume);
        !is_it || mount.get("readOnly").and_then(bartizan_document::Node::bool) == Some(true)
    })
}

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut fields = Vec::new();
    let mut severity = None;
    for volume in view.items(&view.spec(), &["volumes"]) {
        let Some(at) = view.at(&volume, &["hostPath"]) else {
            continue;
        };
        let name = volume.node.text_of("name").unwrap_or_default();
        let path = view.text(&at, &["path"]).map_or("", |(path, _)| path);
        if opens_the_node(path) && (path.ends_with(".sock") || !is_read_only(view, name)) {
            severity = Some(Severity::High);
        }
        names.push(name);
        fields.push(view.field(&at));
    }
    (!names.is_empty()).then(|| Broken {
        detail: counted("volume", "volumes", &names),
        fields,
        severity,
    })
}
