//! `deploy/tenancy/preemption`: tenant whose pods evict those of another.

use bartizan_engine::rule;

rule! {
    /// Pods of a tenant have a priority class above that of another tenant's pods, and the class preempts. Where room is short, the scheduler
    /// evicts pods of the others until those of the first fit: one tenant decides when others stop. Classes are of the cluster; every tenant can
    /// name any of them unless a quota of its namespace bounds that. A class of the system is medium.
    Preemption {
        id: "deploy/tenancy/preemption",
        title: "Tenant whose pods evict those of another",
        severity: Low,
        confidence: High,
        cwe: ["CWE-770"],
        controls: [("NIST-800-53-r5", "SC-6")],
        remediation: "Set `preemptionPolicy: Never` in classes that tenants use, or bound by a ResourceQuota with a `scopeSelector` for PriorityClass which classes a namespace may use.",
        references: [
            "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
            "https://kubernetes.io/docs/concepts/policy/resource-quotas/#resource-quota-per-priorityclass",
        ],
    }
}
