//! `deploy/pod-security/windows-host-process`: a container that is the node, on Windows.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, setters};
use bartizan_engine::rule;

rule! {
    /// A host process container of Windows is not contained: it runs as a process of the node, with its file system, its network and
    /// the rights of the account that it names, up to the system itself. It is what privileged containers are on Linux.
    WindowsHostProcess {
        id: "deploy/pod-security/windows-host-process",
        title: "Container is a process of the Windows node",
        severity: High,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Take `hostProcess` away. Agents of the node that need it belong into a namespace of their own, which nobody else may create pods in.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &WindowsHostProcess::ABOUT,
    id: "windowsHostProcess",
    reason: "hostProcess",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let way = ["securityContext", "windowsOptions", "hostProcess"];
    let mut names = Vec::new();
    let mut fields = Vec::new();
    let mut is_pod = false;
    if let Some((true, at)) = view.bool(&view.spec(), &way) {
        is_pod = true;
        fields.push(view.field(&at));
    }
    for (container, at) in view.containers() {
        if let Some((true, at)) = view.bool(&at, &way) {
            names.push(container.name());
            fields.push(view.field(&at));
        }
    }
    let who = setters(is_pod, &names)?;
    let detail = format!("{who} must not set securityContext.windowsOptions.hostProcess=true");
    Some(Broken::new(detail, fields))
}
