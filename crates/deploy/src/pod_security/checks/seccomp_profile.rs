//! `deploy/pod-security/seccomp-profile`: every system call of the kernel.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, containers, quoted, setters};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// A seccomp profile bounds which system calls a container may make; the one of the runtime (`RuntimeDefault`) refuses those that
    /// most ways out of a container have needed. Kubernetes does not apply it by itself unless the kubelet is told to. Level baseline
    /// refuses `Unconfined`; level restricted, from version 1.19 on, wants `RuntimeDefault` or `Localhost` said. Before version 1.19
    /// annotations said the same. Windows has no seccomp, and from version 1.25 on its pods need not say it.
    ///
    /// `Unconfined` is rated medium, saying nothing low.
    SeccompProfile {
        id: "deploy/pod-security/seccomp-profile",
        title: "Container may make every system call, or does not say otherwise",
        severity: Low,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "CM-7"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Say it once for the pod:\n\n```yaml\nsecurityContext:\n  seccompProfile:\n    type: RuntimeDefault\n```",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://kubernetes.io/docs/tutorials/security/seccomp/",
        ],
    }
}

use bartizan_engine::rule::Severity;

pub(crate) const BASELINE: Check = Check {
    about: &SeccompProfile::ABOUT,
    id: "seccompProfile_baseline",
    reason: "seccompProfile",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, by_annotation), (19, baseline)],
};

pub(crate) const RESTRICTED: Check = Check {
    id: "seccompProfile_restricted",
    level: Level::Restricted,
    replaces: Some("seccompProfile_baseline"),
    since: &[(19, restricted), (25, restricted_on_linux)],
    ..BASELINE
};

const WAY: [&str; 3] = ["securityContext", "seccompProfile", "type"];
const OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

fn by_annotation(view: &View<'_>) -> Option<Broken> {
    let mut written = Vec::new();
    let mut fields = Vec::new();
    let of_pod = view
        .annotations(OF_POD)
        .into_iter()
        .filter(|(key, ..)| *key == OF_POD);
    let of_containers = view.annotations(OF_CONTAINER);
    let of_containers = of_containers.into_iter().filter(|(key, ..)| {
        let name = key.strip_prefix(OF_CONTAINER);
        view.pod
            .containers()
            .any(|container| Some(container.name()) == name)
    });
    for (key, value, field) in of_pod.chain(of_containers) {
        if !matches!(value, "runtime/default" | "docker/default") && !value.starts_with("localhost/") {
            written.push(format!("{key}=\"{value}\""));
            fields.push(field);
        }
    }
    let word = if written.len() == 1 {
        "annotation"
    } else {
        "annotations"
    };
    (!written.is_empty()).then(|| Broken {
        detail: format!("forbidden {word} {}", written.join(", ")),
        fields,
        severity: Some(Severity::Medium),
    })
}

fn is_allowed(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

/// What sets a profile that is not allowed.
fn baseline(view: &View<'_>) -> Option<Broken> {
    let mut values = BTreeSet::new();
    let mut fields = Vec::new();
    let mut names = Vec::new();
    let pod = view
        .text(&view.spec(), &WAY)
        .filter(|(kind, _)| !is_allowed(kind));
    if let Some((kind, at)) = &pod {
        values.insert(*kind);
        fields.push(view.field(at));
    }
    for (container, at) in view.containers() {
        if let Some((kind, at)) = view.text(&at, &WAY).filter(|(kind, _)| !is_allowed(kind)) {
            names.push(container.name());
            values.insert(kind);
            fields.push(view.field(&at));
        }
    }
    let who = setters(pod.is_some(), &names)?;
    Some(Broken {
        detail: format!(
            "{who} must not set securityContext.seccompProfile.type to {}",
            quoted(values)
        ),
        fields,
        severity: Some(Severity::Medium),
    })
}

fn restricted(view: &View<'_>) -> Option<Broken> {
    if let Some(broken) = baseline(view) {
        return Some(broken);
    }
    if view.at(&view.spec(), &WAY).is_some() {
        return None;
    }
    let unset = view.containers().filter(|(_, at)| view.at(at, &WAY).is_none());
    let (names, fields): (Vec<_>, Vec<_>) = unset
        .map(|(one, at)| (one.name(), view.missing(&at, &WAY)))
        .unzip();
    let detail = format!(
        "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
        containers(&names)
    );
    (!names.is_empty()).then(|| Broken::new(detail, fields))
}

fn restricted_on_linux(view: &View<'_>) -> Option<Broken> {
    if view.is_windows() { None } else { restricted(view) }
}
