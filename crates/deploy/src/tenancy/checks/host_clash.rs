//! `deploy/tenancy/host-clash`: host that two tenants claim.

use bartizan_engine::rule;

rule! {
    /// Two tenants, or a tenant and the platform, claim the same host at the same controller. Where paths lie within each other, one gets
    /// requests, with cookies and credentials, that are meant for the other: high. Other paths of one host are one origin for browsers, so that
    /// scripts of one act in the name of users of the other: medium, as is a wildcard of one tenant above a host of another, which takes what the
    /// other no longer serves. Rules for every host that nobody names are low.
    HostClash {
        id: "deploy/tenancy/host-clash",
        title: "Host that two tenants claim",
        severity: High,
        confidence: High,
        cwe: ["CWE-653", "CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-4")],
        remediation: "Give each tenant hosts of its own. Refuse others at admission, by a policy that knows them, or give each tenant a Gateway whose listeners name its hosts and take routes of its namespaces only.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/ingress/",
            "https://gateway-api.sigs.k8s.io/concepts/security-model/",
        ],
    }
}
