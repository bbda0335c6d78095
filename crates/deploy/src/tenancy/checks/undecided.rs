//! `deploy/tenancy/undecided`: isolation of tenants that manifests do not decide.

use bartizan_engine::rule;

rule! {
    /// Whether something keeps tenants apart cannot be decided from the manifests: an engine of policies that is not evaluated here may refuse
    /// pods, a policy of a kind that is not understood may open or close connections, a class or a role is in no manifest. It is neither passed nor
    /// failed. One finding for each tenant says what and why.
    Undecided {
        id: "deploy/tenancy/undecided",
        title: "Isolation of tenants that manifests do not decide",
        severity: Info,
        confidence: High,
        cwe: ["CWE-653"],
        controls: [("NIST-800-53-r5", "SC-39")],
        remediation: "Look at the objects that the finding names; add manifests that are missing, or ask the cluster.",
        references: [
            "https://kubernetes.io/docs/concepts/security/multi-tenancy/",
        ],
    }
}
