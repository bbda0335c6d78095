//! `deploy/workload/external-ips`: a Service that takes other addresses' traffic.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// With `externalIPs` every node of the cluster takes traffic for the addresses that a Service names, whoever they belong to
    /// (CVE-2020-8554). Who may create Services can so read what other pods send to an address of the internet or of the company, in a
    /// namespace of nobody's concern. Clouds give Services their addresses without it.
    ExternalIps {
        id: "deploy/workload/external-ips",
        title: "Service takes traffic for addresses that it names itself",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-284"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.3"),
            ("NIST-800-53-r5", "SC-7"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Use type `LoadBalancer`, or an Ingress; forbid the field by the admission plug-in `DenyServiceExternalIPs`.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
            "https://nvd.nist.gov/vuln/detail/CVE-2020-8554",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &ExternalIps::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("", "Service") {
        return;
    }
    let addresses = subject.at(&["spec", "externalIPs"]).map_or(&[][..], Node::items);
    if let Some(first) = addresses.first() {
        let shown = first.text().unwrap_or_default();
        judged.one(
            format!("takes traffic for addresses that it names itself: `{shown}`"),
            first.span,
        );
    }
}
