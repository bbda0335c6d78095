//! `deploy/tenancy/guards-writable`: tenant that can change what holds it back.

use bartizan_engine::rule;

rule! {
    /// A subject of a tenant can change or delete, in a namespace of its own, what the platform put there to hold it back: the ResourceQuota,
    /// the LimitRange, the NetworkPolicies, the roles and bindings, the policies of the mesh, or the labels of the namespace, by which the level of
    /// pod security is enforced. Creating NetworkPolicies does not count, for a policy only adds to what is allowed to and from the tenant's own pods;
    /// creating quotas does not either.
    GuardsWritable {
        id: "deploy/tenancy/guards-writable",
        title: "Tenant that can change what holds it back",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-269", "CWE-732"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "CM-6")],
        remediation: "Give subjects of the tenant `get`, `list`, `watch` on these, and `create` for policies and roles of their own; keep `update`, `patch`, `delete` and `deletecollection` for the platform.",
        references: [
            "https://kubernetes.io/docs/concepts/security/multi-tenancy/#access-controls",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        ],
    }
}
