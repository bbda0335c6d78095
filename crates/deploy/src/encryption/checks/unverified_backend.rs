//! `deploy/encryption/unverified-backend`: TLS to whoever answers.

use crate::kube::rule::{Judged, ObjectRule, Subject, scalar};
use bartizan_document::{Node, Span};
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// Encryption without a look at the certificate protects from those who only listen. An APIService with `insecureSkipTLSVerify`
    /// hands requests of every user of the cluster, with their names, to whoever answers at its Service; an ingress controller with
    /// `proxy-ssl-verify: "off"`, and a ServersTransport of Traefik with `insecureSkipVerify`, hand over what came in encrypted.
    /// `--kubelet-insecure-tls` of metrics-server does the same with its token for the nodes.
    UnverifiedBackend {
        id: "deploy/encryption/unverified-backend",
        title: "TLS connection whose other end is not checked",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-295"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Give it the authority that signed the other end's certificate (`caBundle`, `proxy-ssl-secret`, `rootCAs`), and check.",
        references: [
            "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/",
            "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#backend-certificate-authentication",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &UnverifiedBackend::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let is_true = |way: &[&str]| {
        subject
            .at(way)
            .filter(|node| node.bool() == Some(true))
            .map(|node| node.span)
    };
    if subject.is("apiregistration.k8s.io", "APIService")
        && let Some(at) = is_true(&["spec", "insecureSkipTLSVerify"])
    {
        judged.one(
            "hands requests of users to whoever answers: `insecureSkipTLSVerify`",
            at,
        );
    }
    let traefik =
        subject.is("traefik.io", "ServersTransport") || subject.is("traefik.containo.us", "ServersTransport");
    if traefik && let Some(at) = is_true(&["spec", "insecureSkipVerify"]) {
        judged.one(
            "does not check the certificates of what it leads to: `insecureSkipVerify`",
            at,
        );
    }
    if let Some(("off", at)) = subject.annotation("nginx.ingress.kubernetes.io/proxy-ssl-verify") {
        let speaks = subject.annotation("nginx.ingress.kubernetes.io/backend-protocol");
        if speaks.is_some_and(|(protocol, _)| matches!(protocol, "HTTPS" | "GRPCS")) {
            judged.one(
                "does not check the certificate of what it leads to: `proxy-ssl-verify` is `off`",
                at,
            );
        }
    }
    if let Some(at) = insecure_kubelet(subject) {
        judged.rated(
            Severity::Low,
            "does not check the certificates of kubelets: `--kubelet-insecure-tls`",
            at,
        );
    }
}

/// Where a container is told not to check kubelets.
fn insecure_kubelet(subject: &Subject<'_>) -> Option<Span> {
    let mut words = subject.pod?.containers().flat_map(|container| {
        let lists = ["command", "args"].into_iter();
        lists.flat_map(move |list| container.node.items_of(list).iter())
    });
    let is_it = |word: &&Node| {
        let text = scalar(word);
        text.is_some_and(|text| text == "--kubelet-insecure-tls" || text == "--kubelet-insecure-tls=true")
    };
    words.find(is_it).map(|word| word.span)
}
