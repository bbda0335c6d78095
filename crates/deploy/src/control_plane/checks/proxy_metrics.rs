//! `deploy/control-plane/proxy-metrics`: kube-proxy that tells the network about itself.

use super::{FlagRule, Invocation, Program, is_loopback, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// kube-proxy serves its metrics without asking for a credential. By default it does so for its own node; bound to `0.0.0.0` every
    /// pod and every neighbour of the node reads them, and with profiling on, its stacks and heap. They tell the services of the
    /// cluster and how traffic is led, which is the map that an intruder makes first.
    ProxyMetrics {
        id: "deploy/control-plane/proxy-metrics",
        title: "kube-proxy serves metrics to the network",
        severity: Low,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.3.1"),
            ("NIST-800-53-r5", "SC-7"),
        ],
        remediation: "Set `metricsBindAddress: 127.0.0.1:10249`, and let what gathers metrics run on the node.",
        references: [
            "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &ProxyMetrics::ABOUT,
    programs: &[Program::Proxy],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let flag = written(one, "metrics-bind-address");
    if let Some(flag) = flag.filter(|flag| !flag.value.is_empty() && !is_loopback(&flag.value)) {
        let what = format!(
            "serves metrics to the network: {} is `{}`",
            one.label("metrics-bind-address"),
            flag.value
        );
        judged.one(what, flag.at);
    }
}
