//! `deploy/control-plane/audit-policy`: what is written down, and what must not be.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// The first rule of an audit policy that matches a request decides how much of it is logged. A policy in which every rule says
    /// `None` logs nothing. One in which a request about Secrets first meets a rule of level `Request` or `RequestResponse` writes the
    /// contents of Secrets into the log, where more people and systems read them than in the cluster, and where they are kept longer.
    AuditPolicy {
        id: "deploy/control-plane/audit-policy",
        title: "Audit policy logs nothing, or the contents of Secrets",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-532", "CWE-778"],
        controls: [
            ("CIS-Kubernetes-1.12", "3.2.1"),
            ("CIS-Kubernetes-1.12", "3.2.2"),
            ("NIST-800-53-r5", "AU-2"),
            ("PCI-DSS-4.0.1", "10.2.1"),
            ("HIPAA-Security-Rule", "164.312(b)"),
            ("NSA-CISA-Kubernetes-1.2", "Audit logging and threat detection"),
        ],
        remediation: "Begin with a rule of level `Metadata` for `secrets`, `configmaps` and `tokenreviews`, and end with one for everything else.",
        references: [
            "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &AuditPolicy::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("audit.k8s.io", "Policy") {
        return;
    }
    let rules = subject.object.root.items_of("rules");
    if rules.iter().all(|rule| rule.text_of("level") == Some("None")) {
        judged.keyed(
            "nothing",
            None,
            "logs nothing: no rule has another level than `None`",
            subject.object.place(),
        );
        return;
    }
    for rule in rules.iter().filter(|rule| is_about_secrets(rule)) {
        let level = rule.text_of("level").unwrap_or_default();
        if matches!(level, "Request" | "RequestResponse") {
            let at = rule.get("level").map_or(rule.span, |level| level.span);
            judged.keyed(
                "secrets",
                None,
                format!("writes the contents of Secrets into the log, by a rule of level `{level}`"),
                at,
            );
            return;
        }
        let narrows = ["users", "userGroups", "verbs", "namespaces"];
        if narrows.iter().all(|key| rule.items_of(key).is_empty()) {
            return;
        }
    }
}

/// Whether a rule may match requests about Secrets.
fn is_about_secrets(rule: &Node) -> bool {
    let resources = rule.items_of("resources");
    if resources.is_empty() {
        return rule.items_of("nonResourceURLs").is_empty();
    }
    resources.iter().any(|one| {
        let names = one.items_of("resources");
        let is_core = one.text_of("group").unwrap_or_default().is_empty();
        is_core
            && (names.is_empty()
                || names
                    .iter()
                    .any(|name| matches!(name.text(), Some("secrets" | "*"))))
    })
}
