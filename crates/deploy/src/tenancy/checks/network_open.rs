//! `deploy/tenancy/network-open`: tenant whose pods others can connect to.

use bartizan_engine::rule;

rule! {
    /// Pods of one tenant can connect to pods of another. Every namespace is judged as if a pod without labels were in it too, for tomorrow
    /// there may be. Where no policy governs connections to a pod, all pods of the cluster can connect, and whatever in it trusts its network,
    /// such as a database without a password, an endpoint for administration, is open to every other tenant: high. Where policies of both let it,
    /// it was written down by somebody and is medium; where it is meant, waive it. What the platform can connect to because no policy governs it
    /// is medium.
    OpenNetwork {
        id: "deploy/tenancy/network-open",
        title: "Tenant whose pods others can connect to",
        severity: High,
        confidence: High,
        cwe: ["CWE-653", "CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-4")],
        remediation: "Select every pod in a NetworkPolicy of every namespace of the tenant, and allow only what is meant:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: acme}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
```",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
        ],
    }
}
