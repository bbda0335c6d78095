//! `deploy/pod-security/run-as-non-root`: whoever the image says.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers, setters};
use bartizan_engine::rule;

rule! {
    /// Unless `runAsNonRoot: true` is said, for the pod or for each container, a container runs as whatever user its image names, and
    /// most images name none, which is root. Root in a container is root for every bug of the kernel and every mistake in what is
    /// mounted. With the field the kubelet refuses to start such an image. From version 1.35 on it is not asked of a pod whose users
    /// are none of the node's (`hostUsers: false`).
    RunAsNonRoot {
        id: "deploy/pod-security/run-as-non-root",
        title: "Container may run as root",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "```yaml\nsecurityContext:\n  runAsNonRoot: true\n  runAsUser: 10001\n```\n\nand a numeric `USER` in the image.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const RESTRICTED: Check = Check {
    about: &RunAsNonRoot::ABOUT,
    id: "runAsNonRoot",
    reason: "runAsNonRoot != true",
    level: Level::Restricted,
    replaces: None,
    since: &[(0, run), (35, unless_own_users)],
};

fn run(view: &View<'_>) -> Option<Broken> {
    let way = ["securityContext", "runAsNonRoot"];
    let pod = view.bool(&view.spec(), &way);
    let mut refused = Vec::new();
    let (mut named, mut unset) = (Vec::new(), Vec::new());
    let mut missing = Vec::new();
    if let Some((false, at)) = &pod {
        refused.push(view.field(at));
    }
    for (container, at) in view.containers() {
        match view.bool(&at, &way) {
            Some((true, _)) => {}
            Some((false, at)) => {
                named.push(container.name());
                refused.push(view.field(&at));
            }
            None if matches!(pod, Some((true, _))) => {}
            None => {
                unset.push(container.name());
                missing.push(view.missing(&at, &way));
            }
        }
    }
    if let Some(who) = setters(matches!(pod, Some((false, _))), &named) {
        let detail = format!("{who} must not set securityContext.runAsNonRoot=false");
        return Some(Broken::new(detail, refused));
    }
    let detail = format!(
        "pod or {} must set securityContext.runAsNonRoot=true",
        containers(&unset)
    );
    (!unset.is_empty()).then(|| Broken::new(detail, missing))
}

fn unless_own_users(view: &View<'_>) -> Option<Broken> {
    if view.has_own_users() { None } else { run(view) }
}
