//! `deploy/workload/published-service`: open to the world, or to every neighbour of a node.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// A Service of type `LoadBalancer` gets an address that the internet reaches, unless an annotation of the cloud keeps it inside or
    /// `loadBalancerSourceRanges` names who may come; one of type `NodePort` is open at every address of every node. That may be
    /// meant. It is reported so that it is known; `bartizan reach --exposure` tells what is behind it and who gets there.
    PublishedService {
        id: "deploy/workload/published-service",
        title: "Service is open to whoever reaches its address",
        severity: Info,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [
            ("NIST-800-53-r5", "SC-7"),
            ("PCI-DSS-4.0.1", "1.3.1"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Name who may come in `loadBalancerSourceRanges`, keep it inside by the cloud's annotation, or lead requests in by an Ingress or Gateway.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &PublishedService::ABOUT,
    run,
};

/// Annotations that keep a load balancer inside, and the values that say so; none where any value does.
const INSIDE: [(&str, &[&str]); 7] = [
    ("cloud.google.com/load-balancer-type", &["Internal", "internal"]),
    ("networking.gke.io/load-balancer-type", &["Internal", "internal"]),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &[]),
    (
        "service.beta.kubernetes.io/aws-load-balancer-scheme",
        &["internal"],
    ),
    (
        "service.beta.kubernetes.io/azure-load-balancer-internal",
        &["true"],
    ),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    (
        "service.beta.kubernetes.io/openstack-internal-load-balancer",
        &["true"],
    ),
];

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("", "Service") {
        return;
    }
    let Some(kind) = subject.at(&["spec", "type"]) else {
        return;
    };
    match kind.text() {
        Some("NodePort") => judged.one(
            "is open at every address of every node: its type is `NodePort`",
            kind.span,
        ),
        Some("LoadBalancer") => {
            let ranges = subject
                .at(&["spec", "loadBalancerSourceRanges"])
                .map_or(&[][..], Node::items);
            let by_annotation = subject
                .annotation("service.beta.kubernetes.io/load-balancer-source-ranges")
                .is_some();
            let all = |range: &Node| matches!(range.text(), Some("0.0.0.0/0" | "::/0"));
            let is_narrow = by_annotation || (!ranges.is_empty() && !ranges.iter().any(all));
            if !is_narrow && !is_inside(subject) {
                judged.one("is open to whoever reaches its load balancer", kind.span);
            }
        }
        _ => {}
    }
}

fn is_inside(subject: &Subject<'_>) -> bool {
    INSIDE.iter().any(|(key, values)| {
        let said = subject.annotation(key);
        said.is_some_and(|(value, _)| {
            values.contains(&value) || (values.is_empty() && value != "false" && value != "0.0.0.0/0")
        })
    })
}
