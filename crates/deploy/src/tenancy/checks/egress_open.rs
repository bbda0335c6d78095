//! `deploy/tenancy/egress-open`: tenant whose pods can connect to anything.

use bartizan_engine::rule;

rule! {
    /// No policy governs connections that pods of a tenant make. They reach every pod of the platform that does not protect itself, the kubelets
    /// and node ports of all nodes, the metadata service from which clouds give a node its credentials, and every address outside, to where data
    /// can be taken.
    OpenEgress {
        id: "deploy/tenancy/egress-open",
        title: "Tenant whose pods can connect to anything",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-653", "CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-4")],
        remediation: "Add a NetworkPolicy for egress that selects every pod of the namespace and allows names (port 53 of the cluster's DNS), the tenant itself and what is meant.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic",
        ],
    }
}
