//! `deploy/tenancy/no-quota`: tenant whose use of the cluster is not counted.

use bartizan_engine::rule;

rule! {
    /// A namespace of a tenant has no ResourceQuota, or one that leaves out processors, memory, storage or the number of objects. Processors,
    /// memory, disks, addresses and the store of the API server are shared: a tenant whose pods or objects grow without end, by mistake, by a
    /// flaw or on purpose, takes them from all others, and pods of others no longer start. Quotas that count only pods of a scope, as of one
    /// priority, leave the rest uncounted.
    NoQuota {
        id: "deploy/tenancy/no-quota",
        title: "Tenant whose use of the cluster is not counted",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-770"],
        controls: [("NIST-800-53-r5", "SC-6")],
        remediation: r#"Give every namespace of the tenant a ResourceQuota without scopes:

```yaml
apiVersion: v1
kind: ResourceQuota
metadata: {name: tenant, namespace: acme}
spec:
  hard:
    requests.cpu: "8"
    requests.memory: 16Gi
    limits.memory: 16Gi
    requests.storage: 100Gi
    pods: "50"
    services: "20"
    services.nodeports: "0"
    services.loadbalancers: "0"
    secrets: "50"
    configmaps: "50"
    persistentvolumeclaims: "20"
```"#,
        references: [
            "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
        ],
    }
}
