//! `deploy/control-plane/kubeconfig-unverified`: a client that does not look whom it speaks to.

use super::is_loopback;
use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// A kubeconfig with `insecure-skip-tls-verify: true` takes any certificate for the API server's, and one with an `http://` address
    /// asks for none. Whoever stands between the two, on the same network or by a forged answer about the name, gets the token with the
    /// first request and can give any answer. A token or key in the file itself is found by the rules for leaked credentials.
    KubeconfigUnverified {
        id: "deploy/control-plane/kubeconfig-unverified",
        title: "Kubeconfig does not check whom it speaks to",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-295"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Write `https://` and the authority's certificate (`certificate-authority-data`), and take `insecure-skip-tls-verify` away.",
        references: [
            "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &KubeconfigUnverified::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let object = subject.object;
    if object.kind != "Config" || object.api_version != "v1" {
        return;
    }
    for one in object.root.items_of("clusters") {
        let name = one.text_of("name").unwrap_or_default();
        let Some(cluster) = one.get("cluster") else {
            continue;
        };
        let skips = cluster.get("insecure-skip-tls-verify");
        if let Some(node) = skips.filter(|node| node.bool() == Some(true)) {
            let what = format!(
                "speaks to the cluster `{name}` without checking its certificate: `insecure-skip-tls-verify`"
            );
            judged.keyed(name, None, what, node.span);
            continue;
        }
        let server = cluster.get("server");
        let text = server.and_then(Node::text).unwrap_or_default();
        if let Some(node) = server.filter(|_| text.starts_with("http://") && !is_loopback(text)) {
            judged.keyed(
                name,
                None,
                format!("speaks to the cluster `{name}` without encryption: `{text}`"),
                node.span,
            );
        }
    }
}
