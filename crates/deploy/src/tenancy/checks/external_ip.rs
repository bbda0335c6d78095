//! `deploy/tenancy/external-ip`: tenant that takes connections to addresses of others.

use bartizan_engine::rule;

rule! {
    /// A Service of a tenant names external addresses. Every node then sends what any pod of the cluster sends to these addresses to the pods of
    /// this Service, whomever the addresses belong to: the tenant can stand in the middle of connections of all others (CVE-2020-8554). Nothing
    /// asks whether the addresses are its own.
    ExternalIp {
        id: "deploy/tenancy/external-ip",
        title: "Tenant that takes connections to addresses of others",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7")],
        remediation: "Take `externalIPs` out, and refuse them for everyone by the admission plugin DenyServiceExternalIPs.",
        references: [
            "https://nvd.nist.gov/vuln/detail/CVE-2020-8554",
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips",
        ],
    }
}
