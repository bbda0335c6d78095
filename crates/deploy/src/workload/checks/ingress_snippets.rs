//! `deploy/workload/ingress-snippets`: configuration of a shared server in the hands of everybody.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// Snippets are pieces of nginx's own configuration in annotations of an Ingress. Where ingress-nginx takes them
    /// (`allow-snippet-annotations: "true"`), everybody who may write an Ingress in any namespace can make the controller send them its
    /// files, its service account's token among them, and that account reads the Secrets of all namespaces (CVE-2021-25742). An Ingress
    /// that has a snippet works only there.
    IngressSnippets {
        id: "deploy/workload/ingress-snippets",
        title: "Ingresses may bring configuration of nginx",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-94"],
        controls: [
            ("NIST-800-53-r5", "CM-7"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Set `allow-snippet-annotations: \"false\"`, and use the annotations that are made for the purpose.",
        references: [
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#allow-snippet-annotations",
            "https://nvd.nist.gov/vuln/detail/CVE-2021-25742",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &IngressSnippets::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if subject.is("", "ConfigMap") {
        let setting = subject.at(&["data", "allow-snippet-annotations"]);
        if let Some(node) = setting.filter(|node| node.text() == Some("true")) {
            judged.one(
                "lets every Ingress bring configuration of nginx: `allow-snippet-annotations`",
                node.span,
            );
        }
        return;
    }
    if subject.object.kind != "Ingress" {
        return;
    }
    for name in [
        "auth-snippet",
        "configuration-snippet",
        "modsecurity-snippet",
        "server-snippet",
        "stream-snippet",
    ] {
        if let Some((_, at)) = subject.annotation(&format!("nginx.ingress.kubernetes.io/{name}")) {
            judged.rated(
                Severity::Low,
                format!("brings configuration of nginx: `{name}`"),
                at,
            );
            return;
        }
    }
}
