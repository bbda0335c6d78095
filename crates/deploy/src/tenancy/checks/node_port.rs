//! `deploy/tenancy/node-port`: tenant that takes a port of every node.

use bartizan_engine::rule;

rule! {
    /// A Service of a tenant is of type NodePort: every node listens on its port, for whoever reaches a node. Policies of the cluster see such
    /// connections only after the address of the sender is gone, firewalls in front of the nodes have to know each port, and a port that one tenant
    /// has no other can have.
    NodePort {
        id: "deploy/tenancy/node-port",
        title: "Tenant that takes a port of every node",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7")],
        remediation: r#"Make the Service a ClusterIP behind an Ingress or a Gateway. A quota with `services.nodeports: "0"` keeps the tenant from making others."#,
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport",
        ],
    }
}
