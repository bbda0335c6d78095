//! `deploy/tenancy/shared-node`: nodes of one tenant that run pods of another.

use bartizan_engine::rule;

rule! {
    /// A tenant has its pods on nodes of its own, by a label that they require, and pods of another tenant may run there as well. Where these
    /// bear the taint of the nodes and require no other nodes, it is medium: on the node that was meant to be apart, only the kernel keeps the
    /// two apart. Where the tenant's own pods bear no taint, so that there seems to be none, it is low.
    SharedNode {
        id: "deploy/tenancy/shared-node",
        title: "Nodes of one tenant that run pods of another",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-653"],
        controls: [("NIST-800-53-r5", "SC-39")],
        remediation: "Taint the nodes of the tenant and let only its pods bear the taint; let namespaces of others name their nodes by the annotation of the admission plugin PodNodeSelector.",
        references: [
            "https://kubernetes.io/docs/concepts/security/multi-tenancy/#node-isolation",
            "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
        ],
    }
}
