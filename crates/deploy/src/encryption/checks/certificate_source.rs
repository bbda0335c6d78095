//! `deploy/encryption/certificate-source`: where certificates come from, and over what.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// An issuer of cert-manager orders certificates. From the staging service of an ACME provider they are ones that no client trusts,
    /// so that users learn to click the warning away. With `skipTLSVerify` the order itself goes to whoever answers, who can then
    /// answer the challenges; over plain HTTP to Vault, the token that may sign certificates can be read on the way.
    CertificateSource {
        id: "deploy/encryption/certificate-source",
        title: "Certificates come from where nobody trusts them, or over what nobody checks",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-295"],
        controls: [
            ("NIST-800-53-r5", "SC-12"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Name the provider's production address by `https://`, and give `caBundle` where its certificate is of an authority of your own.",
        references: [
            "https://cert-manager.io/docs/configuration/acme/",
            "https://cert-manager.io/docs/configuration/vault/",
            "https://letsencrypt.org/docs/staging-environment/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &CertificateSource::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("cert-manager.io", "Issuer") && !subject.is("cert-manager.io", "ClusterIssuer") {
        return;
    }
    if let Some(skip) = subject
        .at(&["spec", "acme", "skipTLSVerify"])
        .filter(|node| node.bool() == Some(true))
    {
        judged.keyed(
            "skip",
            None,
            "orders certificates from whoever answers: `skipTLSVerify`",
            skip.span,
        );
    }
    for way in [["spec", "acme", "server"], ["spec", "vault", "server"]] {
        let Some((server, at)) = subject
            .at(&way)
            .and_then(|node: &Node| Some((node.text()?, node.span)))
        else {
            continue;
        };
        if server.starts_with("http://") {
            judged.keyed(
                server,
                None,
                format!("orders certificates without encryption: `{server}`"),
                at,
            );
        } else if server.contains("acme-staging") || server.contains("://staging.") {
            let what = format!("orders certificates that no client trusts: `{server}` is a staging service");
            judged.keyed("staging", Some(Severity::Low), what, at);
        }
    }
}
