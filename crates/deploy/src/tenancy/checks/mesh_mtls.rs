//! `deploy/tenancy/mesh-mtls`: tenant in a mesh that takes connections without proof.

use bartizan_engine::rule;

rule! {
    /// Pods of a tenant are in a service mesh, and the mesh lets connections in that are not mutual TLS: the mode is PERMISSIVE, which is the
    /// default, or DISABLE, for the namespace, for some pods or for a port; in Linkerd the default policy does not ask for it. Whoever reaches the
    /// pods then connects in plain text and without an identity, and rules by identity do not hold for him.
    MeshMtls {
        id: "deploy/tenancy/mesh-mtls",
        title: "Tenant in a mesh that takes connections without proof",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306", "CWE-319"],
        controls: [("NIST-800-53-r5", "SC-8"), ("NIST-800-53-r5", "SC-7")],
        remediation: "Ask for mutual TLS in the whole namespace, or in the root namespace for all:

```yaml
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: acme}
spec: {mtls: {mode: STRICT}}
```",
        references: [
            "https://istio.io/latest/docs/concepts/security/#peer-authentication",
            "https://linkerd.io/2/features/server-policy/",
        ],
    }
}
