//! `deploy/tenancy/rbac-cluster`: subject of a tenant with rights over the cluster.

use bartizan_engine::rule;

rule! {
    /// A subject of a tenant has rights over objects that belong to no namespace, as nodes, namespaces, roles of the cluster, volumes, or over
    /// namespaces of the platform. To change them, or to read Secrets of the platform, is high: with them one has the cluster, and every tenant in
    /// it. To look at them is medium: they tell who else is there and where.
    RbacCluster {
        id: "deploy/tenancy/rbac-cluster",
        title: "Subject of a tenant with rights over the cluster",
        severity: High,
        confidence: High,
        cwe: ["CWE-269", "CWE-732"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Give subjects of tenants Roles in their namespaces; what they have to know of the cluster the platform can publish in a ConfigMap.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
            "https://kubernetes.io/docs/concepts/security/multi-tenancy/#access-controls",
        ],
    }
}
