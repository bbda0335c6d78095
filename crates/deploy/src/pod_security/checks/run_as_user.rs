//! `deploy/pod-security/run-as-user`: root by name.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, setters};
use bartizan_engine::rule;

rule! {
    /// `runAsUser: 0` makes the container root whatever its image says. Root in a container is root for every bug of the kernel and
    /// every mistake in what is mounted. Checked from version 1.23 on; from version 1.35 on not of a pod whose users are none of the
    /// node's (`hostUsers: false`), where root inside is nobody outside.
    RunAsUser {
        id: "deploy/pod-security/run-as-user",
        title: "Container runs as root",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Name another user, and let the image's files belong to it: `runAsUser: 10001`, `fsGroup: 10001` for volumes.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const RESTRICTED: Check = Check {
    about: &RunAsUser::ABOUT,
    id: "runAsUser",
    reason: "runAsUser=0",
    level: Level::Restricted,
    replaces: None,
    since: &[(23, run), (35, unless_own_users)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let way = ["securityContext", "runAsUser"];
    let mut names = Vec::new();
    let mut fields = Vec::new();
    let mut is_pod = false;
    if let Some((0, at)) = view.int(&view.spec(), &way) {
        is_pod = true;
        fields.push(view.field(&at));
    }
    for (container, at) in view.containers() {
        if let Some((0, at)) = view.int(&at, &way) {
            names.push(container.name());
            fields.push(view.field(&at));
        }
    }
    let who = setters(is_pod, &names)?;
    Some(Broken::new(format!("{who} must not set runAsUser=0"), fields))
}

fn unless_own_users(view: &View<'_>) -> Option<Broken> {
    if view.has_own_users() { None } else { run(view) }
}
