//! `deploy/encryption/mesh-unverified`: calls through a mesh that are in clear, or to anybody.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_engine::rule;

rule! {
    /// A DestinationRule of Istio says how proxies connect to a host. `tls.mode: DISABLE` sends in clear what the mesh would encrypt;
    /// `insecureSkipVerify: true` encrypts to whoever answers, with any certificate. Both win over the mesh's own settings for that
    /// host, wherever it is called from.
    MeshUnverified {
        id: "deploy/encryption/mesh-unverified",
        title: "Proxies connect without encryption or without checking to whom",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-295", "CWE-319"],
        controls: [
            ("NIST-800-53-r5", "SC-8"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("OWASP-ASVS-5.0", "12.3.1"),
        ],
        remediation: "Set `tls.mode: ISTIO_MUTUAL` for hosts of the mesh and `SIMPLE` with `caCertificates` for others, and take `insecureSkipVerify` away.",
        references: [
            "https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &MeshUnverified::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("networking.istio.io", "DestinationRule") {
        return;
    }
    let Some(spec) = subject.at(&["spec"]) else { return };
    let host = spec.text_of("host").unwrap_or("its host");
    let own = spec.get("trafficPolicy").map(|policy| (String::new(), policy));
    let subsets = spec.items_of("subsets").iter();
    let subsets =
        subsets.filter_map(|subset| Some((subset.text_of("name")?.to_owned(), subset.get("trafficPolicy")?)));
    for (name, policy) in own.into_iter().chain(subsets) {
        let ports = policy.items_of("portLevelSettings").iter();
        for (at, tls) in std::iter::once(policy)
            .chain(ports)
            .enumerate()
            .filter_map(|(at, one)| Some((at, one.get("tls")?)))
        {
            let key = format!("{name} {at}");
            if let Some(mode) = tls.get("mode").filter(|mode| mode.text() == Some("DISABLE")) {
                judged.keyed(
                    &key,
                    None,
                    format!("connects to `{host}` without encryption"),
                    mode.span,
                );
            } else if let Some(skip) = tls
                .get("insecureSkipVerify")
                .filter(|skip| skip.bool() == Some(true))
            {
                judged.keyed(
                    &key,
                    None,
                    format!("connects to `{host}` without checking its certificate"),
                    skip.span,
                );
            }
        }
    }
}
