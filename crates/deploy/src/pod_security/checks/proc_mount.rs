//! `deploy/pod-security/proc-mount`: the kernel's settings, unmasked.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers, quoted};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// Container runtimes mask the parts of `/proc` that tell of the kernel or change it: `/proc/kcore`, `/proc/sysrq-trigger`, keys,
    /// timers. `procMount: Unmasked` takes the masks away. From version 1.35 on, level baseline lets a pod do so whose users are none
    /// of the node's (`hostUsers: false`), since the kernel then refuses the dangerous parts; level restricted never does.
    ProcMount {
        id: "deploy/pod-security/proc-mount",
        title: "Container sees `/proc` unmasked",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-39")],
        remediation: "Take the field away. Containers within containers, which need it, belong into a pod with `hostUsers: false`.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &ProcMount::ABOUT,
    id: "procMount",
    reason: "procMount",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run), (35, unless_own_users)],
};

pub(crate) const RESTRICTED: Check = Check {
    id: "procMount_restricted",
    level: Level::Restricted,
    replaces: Some("procMount"),
    since: &[(35, run)],
    ..BASELINE
};

fn run(view: &View<'_>) -> Option<Broken> {
    let mut names = Vec::new();
    let mut values = BTreeSet::new();
    let mut fields = Vec::new();
    for (container, at) in view.containers() {
        let set = view.text(&at, &["securityContext", "procMount"]);
        if let Some((value, at)) = set.filter(|(value, _)| *value != "Default") {
            names.push(container.name());
            values.insert(value);
            fields.push(view.field(&at));
        }
    }
    let detail = format!(
        "{} must not set securityContext.procMount to {}",
        containers(&names),
        quoted(values)
    );
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}

fn unless_own_users(view: &View<'_>) -> Option<Broken> {
    if view.has_own_users() { None } else { run(view) }
}
