//! `deploy/tenancy/relabel`: tenant that can relabel itself into a policy.

use bartizan_engine::rule;

rule! {
    /// A NetworkPolicy of one tenant lets pods or namespaces with certain labels in, another tenant does not have them, and a subject of the
    /// latter can set them: by creating or changing pods where only the labels of pods decide, or by changing namespaces. The policy keeps out only
    /// who does not want in. The label kubernetes.io/metadata.name cannot be changed, so selectors by it hold. The same is so where only the other
    /// tenant's own policies keep it away, and it can change them.
    Relabel {
        id: "deploy/tenancy/relabel",
        title: "Tenant that can relabel itself into a policy",
        severity: High,
        confidence: High,
        cwe: ["CWE-653", "CWE-732"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Let selectors of other namespaces go by kubernetes.io/metadata.name, and give subjects of tenants no right to update or patch namespaces.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name",
        ],
    }
}
