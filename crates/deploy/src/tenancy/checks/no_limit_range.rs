//! `deploy/tenancy/no-limit-range`: tenant whose containers have no bounds of their own.

use bartizan_engine::rule;

rule! {
    /// A namespace of a tenant has no LimitRange for containers. A container that says nothing of memory and processors may then take a whole
    /// node, and pods of other tenants on it are evicted; and where a quota counts what containers ask for, those that ask for nothing are refused
    /// instead of getting a default.
    NoLimitRange {
        id: "deploy/tenancy/no-limit-range",
        title: "Tenant whose containers have no bounds of their own",
        severity: Low,
        confidence: High,
        cwe: ["CWE-770"],
        controls: [("NIST-800-53-r5", "SC-6")],
        remediation: "Add a LimitRange of type Container with `default`, `defaultRequest` and `max` to every namespace of the tenant.",
        references: [
            "https://kubernetes.io/docs/concepts/policy/limit-range/",
        ],
    }
}
