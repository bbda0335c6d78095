//! `deploy/tenancy/mesh-authorization`: tenant in a mesh that lets other tenants in.

use bartizan_engine::rule;

rule! {
    /// Pods of a tenant are in a service mesh, and no policy of the mesh is for all of them, or one lets everybody or another tenant in. With
    /// mutual TLS the mesh knows who connects, and lets everyone: proof without a decision. An allowance that names another tenant is medium.
    MeshAuthorization {
        id: "deploy/tenancy/mesh-authorization",
        title: "Tenant in a mesh that lets other tenants in",
        severity: Low,
        confidence: High,
        cwe: ["CWE-653", "CWE-862"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "AC-4")],
        remediation: "Add an AuthorizationPolicy without a selector to every namespace of the tenant, which allows only sources in the namespaces of the tenant and what the platform needs.",
        references: [
            "https://istio.io/latest/docs/concepts/security/#authorization",
            "https://linkerd.io/2/reference/authorization-policy/",
        ],
    }
}
