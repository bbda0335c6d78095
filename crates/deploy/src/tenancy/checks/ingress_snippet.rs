//! `deploy/tenancy/ingress-snippet`: tenant that configures a controller that others use.

use bartizan_engine::rule;

rule! {
    /// An Ingress of a tenant has an annotation that writes text into the configuration of the nginx controller. The controller serves others
    /// too, and has a token that reads Secrets of all namespaces; text of the configuration can have it read files of the controller, run code in
    /// it and change what is served for others (CVE-2021-25742). With this annotation a tenant has every Secret of the cluster.
    IngressSnippet {
        id: "deploy/tenancy/ingress-snippet",
        title: "Tenant that configures a controller that others use",
        severity: High,
        confidence: High,
        cwe: ["CWE-269", "CWE-653"],
        controls: [("NIST-800-53-r5", "AC-6"), ("NIST-800-53-r5", "SC-39")],
        remediation: r#"Take the annotation out, and set `allow-snippet-annotations: "false"` in the configuration of the controller; or give each tenant a controller of its own."#,
        references: [
            "https://nvd.nist.gov/vuln/detail/CVE-2021-25742",
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#configuration-snippet",
        ],
    }
}
