//! `deploy/encryption/mesh-in-plaintext`: a mesh that takes what is not encrypted.

use crate::istio::peers::{Mode, PeerAuthentication, Said};
use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Span;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A mesh encrypts between pods and lets each prove who it is. With `DISABLE` a workload of Istio takes everything in clear, and
    /// every policy that asks who the caller is has nothing to go by. With `PERMISSIVE` it takes both: a pod without a proxy, an
    /// intruder's for instance, comes in unencrypted and unnamed. Ports that annotations lead around the proxy are outside of the mesh.
    MeshInPlaintext {
        id: "deploy/encryption/mesh-in-plaintext",
        title: "Service mesh takes what is not encrypted",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-319"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("OWASP-ASVS-5.0", "12.3.1"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Set `mtls.mode: STRICT`; lead no port around the proxy but those that cannot go through it.",
        references: [
            "https://istio.io/latest/docs/reference/config/security/peer_authentication/",
            "https://linkerd.io/2/features/protocol-detection/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &MeshInPlaintext::ABOUT,
    run,
};

/// Annotations of pods that lead ports around the proxy.
const AROUND: [&str; 4] = [
    "config.linkerd.io/skip-inbound-ports",
    "config.linkerd.io/skip-outbound-ports",
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "traffic.sidecar.istio.io/excludeOutboundPorts",
];

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if subject.is("security.istio.io", "PeerAuthentication") {
        let peers = PeerAuthentication::read(&subject.object.root);
        if let Some(said) = peers.said {
            say(said, "takes connections", "", judged);
        }
        for port in &peers.ports {
            if let Some(said) = port.said {
                say(
                    said,
                    &format!("takes connections to port {}", port.key),
                    &port.key,
                    judged,
                );
            }
        }
        return;
    }
    let annotations = subject
        .pod
        .and_then(|pod| pod.metadata)
        .and_then(|metadata| metadata.get("annotations"));
    let mut ports: Vec<(&str, Span)> = Vec::new();
    for key in AROUND {
        let node = annotations.and_then(|all| all.get(key));
        if let Some(node) =
            node.filter(|node| node.text().is_some_and(|text| !text.is_empty()) || node.int().is_some())
        {
            ports.push((key, node.span));
        }
    }
    if let Some((key, at)) = ports.first() {
        judged.rated(
            Severity::Low,
            format!("leads ports around the proxy of the mesh: `{key}`"),
            *at,
        );
    }
}

fn say(said: Said, what: &str, key: &str, judged: &mut Judged) {
    match said.mode {
        Mode::Disable => judged.keyed(
            key,
            None,
            format!("{what} without encryption: the mode is `DISABLE`"),
            said.at,
        ),
        Mode::Permissive => {
            let what = format!("{what} with and without encryption: the mode is `PERMISSIVE`");
            judged.keyed(key, Some(Severity::Low), what, said.at);
        }
        Mode::Strict => {}
    }
}
