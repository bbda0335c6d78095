//! `deploy/pod-security/capabilities`: powers of root that a container asks for, or keeps.

use super::{Check, Level};
use crate::pod_security::Field;
use crate::pod_security::view::{Broken, View, containers, quoted};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;
use std::collections::BTreeSet;

rule! {
    /// Capabilities are root's powers one by one. A container runtime gives a container a few of them and keeps those that reach the
    /// node: `SYS_ADMIN`, `SYS_PTRACE`, `SYS_MODULE`, `NET_ADMIN` and others. Level baseline lets a container add only what runtimes
    /// give anyway. Level restricted wants all of them dropped, and lets `NET_BIND_SERVICE` be added back. The level privileged asks
    /// nothing.
    ///
    /// Adding one that opens the node (a module for its kernel, its raw disks, processes of others) is rated high; others are medium;
    /// not dropping all of them is low.
    Capabilities {
        id: "deploy/pod-security/capabilities",
        title: "Container asks for, or keeps, powers of root",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Drop all of them and add back only what the program is seen to need:\n\n```yaml\nsecurityContext:\n  capabilities:\n    drop: [ALL]\n    add: [NET_BIND_SERVICE]\n```",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://man7.org/linux/man-pages/man7/capabilities.7.html",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &Capabilities::ABOUT,
    id: "capabilities_baseline",
    reason: "non-default capabilities",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, baseline)],
};

pub(crate) const RESTRICTED: Check = Check {
    about: &Capabilities::ABOUT,
    id: "capabilities_restricted",
    reason: "unrestricted capabilities",
    level: Level::Restricted,
    replaces: Some("capabilities_baseline"),
    since: &[(22, restricted), (25, restricted_on_linux)],
};

/// What container runtimes give without being asked, but for `NET_RAW`.
const DEFAULT: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// What opens the node by itself.
const OPENS_THE_NODE: [&str; 9] = [
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "MAC_ADMIN",
];

struct Added<'o> {
    names: Vec<&'o str>,
    values: BTreeSet<&'o str>,
    fields: Vec<Field>,
}

impl Added<'_> {
    fn is_nothing(&self) -> bool {
        self.names.is_empty()
    }

    fn detail(&self) -> String {
        format!(
            "{} must not include {} in securityContext.capabilities.add",
            containers(&self.names),
            quoted(&self.values)
        )
    }

    fn severity(&self) -> Severity {
        if self
            .values
            .iter()
            .any(|value| OPENS_THE_NODE.contains(&value.trim_start_matches("CAP_")))
        {
            Severity::High
        } else {
            Severity::Medium
        }
    }
}

fn added<'o>(view: &View<'o>, allowed: &[&str]) -> Added<'o> {
    let mut added = Added {
        names: Vec::new(),
        values: BTreeSet::new(),
        fields: Vec::new(),
    };
    for (container, at) in view.containers() {
        let before = added.fields.len();
        for item in view.items(&at, &["securityContext", "capabilities", "add"]) {
            let Some((value, item)) = view.text(&item, &[]) else {
                continue;
            };
            if !allowed.contains(&value) {
                added.values.insert(value);
                added.fields.push(view.field(&item));
            }
        }
        if added.fields.len() > before {
            added.names.push(container.name());
        }
    }
    added
}

fn baseline(view: &View<'_>) -> Option<Broken> {
    let added = added(view, &DEFAULT);
    (!added.is_nothing()).then(|| Broken {
        severity: Some(added.severity()),
        detail: added.detail(),
        fields: added.fields,
    })
}

fn restricted(view: &View<'_>) -> Option<Broken> {
    let mut keeping = Vec::new();
    let mut fields = Vec::new();
    let way = ["securityContext", "capabilities", "drop"];
    for (container, at) in view.containers() {
        let dropped = view.items(&at, &way);
        if !dropped.iter().any(|item| item.node.text() == Some("ALL")) {
            keeping.push(container.name());
            fields.push(view.missing(&at, &way));
        }
    }
    let added = added(view, &["NET_BIND_SERVICE"]);
    let beyond_default = added.values.iter().any(|value| !DEFAULT.contains(value));
    let severity = beyond_default.then(|| added.severity());
    let mut details = Vec::new();
    if !keeping.is_empty() {
        details.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            containers(&keeping)
        ));
    }
    if !added.is_nothing() {
        details.push(added.detail());
        // What is added is the more telling place.
        fields.splice(0..0, added.fields);
    }
    (!details.is_empty()).then(|| Broken {
        detail: details.join("; "),
        fields,
        severity,
    })
}

fn restricted_on_linux(view: &View<'_>) -> Option<Broken> {
    if view.is_windows() { None } else { restricted(view) }
}
