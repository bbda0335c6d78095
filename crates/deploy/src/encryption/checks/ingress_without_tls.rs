//! `deploy/encryption/ingress-without-tls`: an entrance without encryption.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// An Ingress leads requests from outside to pods. Without `tls`, or for hosts that no entry of it names, they come in plain HTTP:
    /// passwords, sessions and answers can be read and changed by everybody on the way. Load balancers of clouds may take their
    /// certificate from an annotation; those are known here, and count as TLS. A controller's own default certificate covers only hosts
    /// that an entry without `hosts` stands for.
    IngressWithoutTls {
        id: "deploy/encryption/ingress-without-tls",
        title: "Ingress leads requests in without TLS",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-319"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("OWASP-ASVS-5.0", "12.3.1"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Add an entry to `spec.tls` with the host and a Secret with its certificate; cert-manager makes both from an annotation.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &IngressWithoutTls::ABOUT,
    run,
};

/// Annotations that bring a certificate by another way than `spec.tls`.
const ELSEWHERE: [&str; 8] = [
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate-key-vault-secret-id",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/certmap",
    "networking.gke.io/managed-certificates",
    "route.openshift.io/termination",
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
];
/// Annotations that, when they are true, do the same.
const SWITCHES: [&str; 2] = [
    "nginx.ingress.kubernetes.io/ssl-passthrough",
    "traefik.ingress.kubernetes.io/router.tls",
];

/// Whether an object is an Ingress.
pub(super) fn is_ingress(subject: &Subject<'_>) -> bool {
    subject.is("networking.k8s.io", "Ingress") || subject.is("extensions", "Ingress")
}

/// Entries of `spec.tls`.
pub(super) fn entries<'o>(subject: &Subject<'o>) -> &'o [Node] {
    subject.at(&["spec"]).map_or(&[], |spec| spec.items_of("tls"))
}

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !is_ingress(subject) {
        return;
    }
    let is_elsewhere = ELSEWHERE.iter().any(|key| subject.annotation(key).is_some());
    let is_switched = SWITCHES
        .iter()
        .any(|key| matches!(subject.annotation(key), Some(("true", _))));
    let by_ports = subject.annotation("alb.ingress.kubernetes.io/listen-ports");
    if is_elsewhere || is_switched || by_ports.is_some_and(|(ports, _)| ports.contains("HTTPS")) {
        return;
    }
    let tls = entries(subject);
    if tls.is_empty() {
        judged.one(
            "leads requests in without TLS: it has no `spec.tls`",
            subject.object.place(),
        );
        return;
    }
    if tls.iter().any(|entry| entry.items_of("hosts").is_empty()) {
        return;
    }
    let covered: Vec<&str> = tls
        .iter()
        .flat_map(|entry| entry.items_of("hosts"))
        .filter_map(Node::text)
        .collect();
    let rules = subject
        .at(&["spec"])
        .map_or(&[][..], |spec| spec.items_of("rules"));
    for host in rules.iter().filter_map(|rule| rule.get("host")) {
        let Some(name) = host.text().filter(|name| !name.is_empty()) else {
            continue;
        };
        if !covered.iter().any(|one| covers(one, name)) {
            judged.keyed(
                name,
                None,
                format!("leads requests for `{name}` in without TLS: no entry of `spec.tls` names it"),
                host.span,
            );
        }
    }
}

/// Whether a host of `spec.tls`, perhaps `*.example.com`, covers another.
fn covers(one: &str, name: &str) -> bool {
    let by_wildcard = || {
        let rest = one.strip_prefix("*.")?;
        let (label, below) = name.split_once('.')?;
        Some(!label.is_empty() && below.eq_ignore_ascii_case(rest))
    };
    one.eq_ignore_ascii_case(name) || by_wildcard() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_covers_one_label_and_no_more() {
        assert!(covers("*.a.example", "b.a.example") && covers("A.example", "a.example"));
        assert!(!covers("*.a.example", "c.b.a.example") && !covers("*.a.example", "a.example"));
    }
}
