//! `deploy/tenancy/no-pod-security`: tenant whose namespace lets pods have the node.

use bartizan_engine::rule;

rule! {
    /// A namespace of a tenant enforces no level of the Pod Security Standards, or only the baseline. Without one, whoever may create a pod in
    /// it, or takes over what may, can create one that is privileged, shares processes or network of the node or mounts its directories, and has
    /// with the node the credentials and the data of every pod on it, of other tenants too. Where a subject of the tenant may create pods this is
    /// high. The baseline keeps pods from the node but lets them run as root, gain privileges and keep capabilities, which ways out of containers
    /// have needed.
    NoPodSecurity {
        id: "deploy/tenancy/no-pod-security",
        title: "Tenant whose namespace lets pods have the node",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-250", "CWE-653"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Label every namespace of the tenant:

```yaml
metadata:
  labels:
    pod-security.kubernetes.io/enforce: restricted
```",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        ],
    }
}
