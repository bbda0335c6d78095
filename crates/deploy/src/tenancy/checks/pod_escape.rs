//! `deploy/tenancy/pod-escape`: pod of a tenant that reaches for the node.

use bartizan_engine::rule;

rule! {
    /// A pod of a tenant does what the level baseline forbids, and its namespace enforces nothing that would refuse it: it is privileged, adds
    /// capabilities, shares processes, memory or network of the node, takes one of its ports, or mounts one of its directories. What it has of the
    /// node it has of every other pod there. It is as severe as the worst of what the pod does.
    PodEscape {
        id: "deploy/tenancy/pod-escape",
        title: "Pod of a tenant that reaches for the node",
        severity: High,
        confidence: High,
        cwe: ["CWE-250", "CWE-653"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Take out what reaches for the node, and let the namespace enforce the level restricted.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}
