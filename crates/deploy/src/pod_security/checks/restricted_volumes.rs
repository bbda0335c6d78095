//! `deploy/pod-security/restricted-volumes`: volumes that reach past the pod.

use super::host_path_volumes::{is_read_only, opens_the_node};
use super::{Check, Level};
use crate::pod_security::view::{At, Broken, View, counted, quoted};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;
use std::collections::BTreeSet;

rule! {
    /// Level restricted lets a pod mount what belongs to it or was granted to it: `configMap`, `csi`, `downwardAPI`, `emptyDir`,
    /// `ephemeral`, `image`, `persistentVolumeClaim`, `projected` and `secret`. Any other kind names a disk, a share or a directory
    /// itself, with nobody having granted it, and parsers of old file systems run on the node for it. Directories of the node
    /// (`hostPath`) are rated as `deploy/pod-security/host-path-volumes` rates them.
    RestrictedVolumes {
        id: "deploy/pod-security/restricted-volumes",
        title: "Pod mounts what is not its own to mount",
        severity: Low,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Ask for storage by a PersistentVolumeClaim; what it is made of is then its StorageClass's business.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const RESTRICTED: Check = Check {
    about: &RestrictedVolumes::ABOUT,
    id: "restrictedVolumes",
    reason: "restricted volume types",
    level: Level::Restricted,
    replaces: Some("hostPathVolumes"),
    since: &[(0, run)],
};

const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut kinds = BTreeSet::new();
    let mut fields = Vec::new();
    let mut severity = None;
    for volume in view.items(&view.spec(), &["volumes"]) {
        let sources = volume.node.entries().iter();
        let mut sources = sources.filter(|entry| &*entry.key != "name" && !entry.value.is_null());
        // Without a source it is an emptyDir.
        let Some(source) = sources.next() else { continue };
        if ALLOWED.contains(&&*source.key) {
            continue;
        }
        let name = volume.node.text_of("name").unwrap_or_default();
        if &*source.key == "hostPath" {
            let path = source.value.text_of("path").unwrap_or_default();
            let opens = opens_the_node(path) && (path.ends_with(".sock") || !is_read_only(view, name));
            let rated = if opens { Severity::High } else { Severity::Medium };
            severity = severity.max(Some(rated));
        }
        names.push(name);
        kinds.insert(&*source.key);
        fields.push(view.field(&At {
            node: &source.value,
            name: format!("{}.{}", volume.name, source.key),
        }));
    }
    let uses = if names.len() == 1 { "uses" } else { "use" };
    let word = if kinds.len() == 1 { "type" } else { "types" };
    (!names.is_empty()).then(|| Broken {
        detail: format!(
            "{} {uses} restricted volume {word} {}",
            counted("volume", "volumes", &names),
            quoted(kinds)
        ),
        fields,
        severity,
    })
}
