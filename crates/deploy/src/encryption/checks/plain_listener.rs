//! `deploy/encryption/plain-listener`: gateways without encryption.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A Gateway whose listeners all speak HTTP takes every request in clear: what is sent can be read and changed on the way. Beside a
    /// listener with TLS one for HTTP commonly only redirects, which its routes decide, so that such a pair is not reported. A listener
    /// that ends TLS and names no certificate cannot serve. In a Gateway of Istio each server says by `httpsRedirect` whether it
    /// redirects, and is judged by itself.
    PlainListener {
        id: "deploy/encryption/plain-listener",
        title: "Gateway takes requests without TLS",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-319"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("OWASP-ASVS-5.0", "12.3.1"),
        ],
        remediation: "Add a listener with `protocol: HTTPS` and `tls.certificateRefs`, and let the one for HTTP redirect (in Istio: `tls.httpsRedirect: true`).",
        references: [
            "https://gateway-api.sigs.k8s.io/guides/tls/",
            "https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &PlainListener::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let Some(spec) = subject.at(&["spec"]) else { return };
    if subject.is("gateway.networking.k8s.io", "Gateway") {
        listeners(spec.items_of("listeners"), judged);
    } else if subject.is("networking.istio.io", "Gateway") {
        servers(spec.items_of("servers"), judged);
    }
}

fn listeners(all: &[Node], judged: &mut Judged) {
    let protocol = |one: &Node| one.text_of("protocol").unwrap_or_default().to_owned();
    if let Some(first) = all.first()
        && all.iter().all(|one| protocol(one) == "HTTP")
    {
        let at = first.get("protocol").map_or(first.span, |node| node.span);
        judged.one("takes every request in plain HTTP: no listener has TLS", at);
    }
    for one in all
        .iter()
        .filter(|one| matches!(protocol(one).as_str(), "HTTPS" | "TLS"))
    {
        let tls = one.get("tls");
        let text = |key: &str| tls.and_then(|tls| tls.text_of(key));
        let has = |key: &str| {
            tls.and_then(|tls| tls.get(key))
                .is_some_and(|node| !node.items().is_empty() || !node.entries().is_empty())
        };
        if text("mode") != Some("Passthrough") && !has("certificateRefs") && !has("options") {
            let name = one.text_of("name").unwrap_or_default();
            let at = one.get("protocol").map_or(one.span, |node| node.span);
            judged.keyed(
                name,
                Some(Severity::Low),
                format!("ends TLS at the listener `{name}` and names no certificate for it"),
                at,
            );
        }
    }
}

fn servers(all: &[Node], judged: &mut Judged) {
    for one in all {
        let port = one.get("port");
        let text = |key: &str| port.and_then(|port| port.text_of(key)).unwrap_or_default();
        let redirects = one.at(&["tls", "httpsRedirect"]).and_then(Node::bool) == Some(true);
        if matches!(text("protocol"), "HTTP" | "HTTP2" | "GRPC")
            && one.at(&["tls", "mode"]).is_none()
            && !redirects
        {
            let at = port
                .and_then(|port| port.get("protocol"))
                .map_or(one.span, |node| node.span);
            let name = text("name");
            judged.keyed(
                name,
                None,
                format!("takes requests at the port `{name}` in plain HTTP, and does not redirect them"),
                at,
            );
        }
    }
}
