//! `deploy/workload/secret-in-environment`: a secret that every child and every dump has.

use super::{containers, named};
use crate::kube::rule::{Broken, Judged, ObjectRule, Subject};
use bartizan_document::{Node, Span};
use bartizan_engine::rule;

rule! {
    /// A Secret in an environment variable is inherited by every program that a container starts, is printed by error pages and crash
    /// reports that show the environment, stays in `/proc` for as long as the process lives, and is not renewed when the Secret is.
    /// Mounted as a file it is read by whom it is for, with permissions, and is exchanged in place.
    SecretInEnvironment {
        id: "deploy/workload/secret-in-environment",
        title: "Secret is given to a container by its environment",
        severity: Low,
        confidence: High,
        cwe: ["CWE-526"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.4.1"),
            ("NIST-800-53-r5", "IA-5"),
            ("PCI-DSS-4.0.1", "8.6.2"),
        ],
        remediation: "Mount the Secret as a volume, and let the program read the file.",
        references: [
            "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &SecretInEnvironment::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(pod) = subject.pod else { return };
    let mut at: Vec<Span> = Vec::new();
    let mut holders = Vec::new();
    for container in containers(pod) {
        let single = container
            .node
            .items_of("env")
            .iter()
            .filter_map(|one| one.at(&["valueFrom", "secretKeyRef"]));
        let whole = container
            .node
            .items_of("envFrom")
            .iter()
            .filter_map(|one| one.get("secretRef"));
        let found: Vec<Span> = single
            .chain(whole)
            .filter(|node: &&Node| !node.is_null())
            .map(|node| node.span)
            .collect();
        if !found.is_empty() {
            holders.push(container);
            at.extend(found);
        }
    }
    if !at.is_empty() {
        judged.broken.push(Broken {
            what: format!("gives Secrets to {} by the environment", named(&holders)),
            at,
            ..Broken::default()
        });
    }
}
