//! `deploy/tenancy/no-self-service`: tenant that cannot look after itself.

use bartizan_engine::rule;

rule! {
    /// Subjects of a tenant are bound in a namespace of it, and none of them can create NetworkPolicies, Roles or RoleBindings there. Whatever
    /// the tenant wants to keep apart within itself has then to be asked of the platform, and in practice is not: people share one account and one
    /// open network. Kubernetes lets nobody give rights in a Role that he does not have, so that to create Roles and RoleBindings is safe without the
    /// verbs `bind` and `escalate`.
    NoSelfService {
        id: "deploy/tenancy/no-self-service",
        title: "Tenant that cannot look after itself",
        severity: Info,
        confidence: High,
        cwe: ["CWE-1188"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Give an administrator of the tenant `create` on networkpolicies, roles and rolebindings in its namespaces.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
        ],
    }
}
