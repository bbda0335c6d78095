//! `deploy/pod-security/app-armor-profile`: a profile that confines nothing.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, quoted, setters};
use bartizan_engine::rule;

rule! {
    /// Where a node has AppArmor, the container runtime confines every container by a profile of its own: no mounting, no writing
    /// to most of `/proc` and `/sys`. `Unconfined` switches that off, and what a bug in the program can then do is bounded only by
    /// capabilities and seccomp. Allowed are no setting at all, `RuntimeDefault`, and `Localhost` profiles, which the node's
    /// administrator wrote. The older annotation counts as the field that the API server makes of it.
    AppArmorProfile {
        id: "deploy/pod-security/app-armor-profile",
        title: "Pod switches its AppArmor profile off",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Take the setting away, or name `RuntimeDefault`. A program that needs more gets a profile of its own:\n\n```yaml\nsecurityContext:\n  appArmorProfile:\n    type: Localhost\n    localhostProfile: my-profile\n```",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://kubernetes.io/docs/tutorials/security/apparmor/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &AppArmorProfile::ABOUT,
    id: "appArmorProfile",
    reason: "forbidden AppArmor profiles",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, run)],
};

const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

fn run(view: &View<'_>) -> Option<Broken> {
    let way = ["securityContext", "appArmorProfile", "type"];
    let is_allowed = |kind: &str| matches!(kind, "RuntimeDefault" | "Localhost");
    let annotations = view.annotations(PREFIX);
    let mut fields = Vec::new();
    let mut values = std::collections::BTreeSet::new();
    let pod = view
        .text(&view.spec(), &way)
        .filter(|(kind, _)| !is_allowed(kind));
    if let Some((kind, at)) = &pod {
        values.insert((*kind).to_owned());
        fields.push(view.field(at));
    }
    let mut names = Vec::new();
    for (container, at) in view.containers() {
        if let Some((kind, at)) = view.text(&at, &way) {
            if !is_allowed(kind) {
                values.insert(kind.to_owned());
                names.push(container.name());
                fields.push(view.field(&at));
            }
            continue;
        }
        // The API server writes the annotation of a container into its field where that is empty.
        let own = annotations
            .iter()
            .find(|(key, ..)| key.strip_prefix(PREFIX) == Some(container.name()));
        if own.is_some_and(|(_, value, _)| *value == "unconfined") {
            values.insert("Unconfined".to_owned());
            names.push(container.name());
        }
    }
    let mut written = Vec::new();
    for (key, value, field) in annotations {
        if !value.is_empty() && value != "runtime/default" && !value.starts_with("localhost/") {
            written.push(format!("{key}=\"{value}\""));
            fields.push(field);
        }
    }
    if fields.is_empty() {
        return None;
    }
    written.sort();
    let annotation = match written.len() {
        0 => None,
        1 => Some("annotation"),
        _ => Some("annotations"),
    };
    let who: Vec<String> = setters(pod.is_some(), &names)
        .into_iter()
        .chain(annotation.map(str::to_owned))
        .collect();
    let detail = format!(
        "{} must not set AppArmor profile type to {}",
        who.join(" and "),
        quoted(values.into_iter().chain(written))
    );
    Some(Broken::new(detail, fields))
}
