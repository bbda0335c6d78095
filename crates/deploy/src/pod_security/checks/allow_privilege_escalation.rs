//! `deploy/pod-security/allow-privilege-escalation`: a way back to root.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers};
use bartizan_engine::rule;

rule! {
    /// Unless `allowPrivilegeEscalation: false` is said, a process in the container may gain rights that its parent did not have: by
    /// a program with the setuid bit, or with file capabilities. An image that runs as an ordinary user then still has a way to root
    /// in it. Checked from version 1.8 on; not for Windows from version 1.25 on, which has no such thing.
    AllowPrivilegeEscalation {
        id: "deploy/pod-security/allow-privilege-escalation",
        title: "Container may gain privileges",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "```yaml\nsecurityContext:\n  allowPrivilegeEscalation: false\n```",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const RESTRICTED: Check = Check {
    about: &AllowPrivilegeEscalation::ABOUT,
    id: "allowPrivilegeEscalation",
    reason: "allowPrivilegeEscalation != false",
    level: Level::Restricted,
    replaces: None,
    since: &[(8, run), (25, run_on_linux)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let way = ["securityContext", "allowPrivilegeEscalation"];
    let mut names = Vec::new();
    let mut fields = Vec::new();
    for (container, at) in view.containers() {
        match view.bool(&at, &way) {
            Some((false, _)) => continue,
            Some((true, at)) => fields.push(view.field(&at)),
            None => fields.push(view.missing(&at, &way)),
        }
        names.push(container.name());
    }
    let detail = format!(
        "{} must set securityContext.allowPrivilegeEscalation=false",
        containers(&names)
    );
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}

fn run_on_linux(view: &View<'_>) -> Option<Broken> {
    if view.is_windows() { None } else { run(view) }
}
