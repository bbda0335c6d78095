//! `deploy/encryption/plain-http-kept`: a host with TLS that answers without as well.

use super::ingress_without_tls::{entries, is_ingress};
use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_engine::rule;

rule! {
    /// A host with a certificate is sent from HTTP to HTTPS by the controllers of nginx and HAProxy, unless an annotation says not to.
    /// With `ssl-redirect: "false"` both stay open: an old link, a typed address or whoever stands in the way leads a browser to the
    /// one without encryption, and it brings its cookies along unless each is marked as secure.
    PlainHttpKept {
        id: "deploy/encryption/plain-http-kept",
        title: "Ingress with TLS answers plain HTTP as well",
        severity: Low,
        confidence: High,
        cwe: ["CWE-319"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Take the annotation away, or set it to `\"true\"`.",
        references: [
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#server-side-https-enforcement-through-redirect",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &PlainHttpKept::ABOUT,
    run,
};

const ANNOTATIONS: [&str; 3] = [
    "haproxy.org/ssl-redirect",
    "ingress.kubernetes.io/ssl-redirect",
    "nginx.ingress.kubernetes.io/ssl-redirect",
];

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !is_ingress(subject) || entries(subject).is_empty() {
        return;
    }
    for key in ANNOTATIONS {
        if let Some(("false", at)) = subject.annotation(key) {
            judged.keyed(
                key,
                None,
                format!("answers plain HTTP beside TLS: `{key}` is `false`"),
                at,
            );
        }
    }
}
