//! `deploy/tenancy/rbac-across`: subject of a tenant with rights over another.

use bartizan_engine::rule;

rule! {
    /// A subject of one tenant, a service account of its namespaces or a user or group that is bound in them and nowhere else, has rights in
    /// namespaces of another. To read Secrets, to create pods or to change what is there is high; to look at what is not secret is medium. A
    /// right by a ClusterRoleBinding holds in all namespaces, so it is over every tenant; groups that hold every service account count for each.
    RbacAcross {
        id: "deploy/tenancy/rbac-across",
        title: "Subject of a tenant with rights over another",
        severity: High,
        confidence: High,
        cwe: ["CWE-269", "CWE-732"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Bind in namespaces of the tenant only, by RoleBindings, and name subjects of that tenant only.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        ],
    }
}
