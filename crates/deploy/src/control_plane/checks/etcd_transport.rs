//! `deploy/control-plane/etcd-transport`: between the API server and its store.

use super::{FlagRule, Invocation, Program, is_loopback, is_missing, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// Everything that a cluster knows passes between the API server and etcd, all Secrets among it. Over plain HTTP to another machine
    /// whoever sees the network reads it, and since etcd then cannot ask for a certificate, whoever reaches the port reads and writes it.
    /// Without a certificate of its own the API server cannot be told from others; without the authority of etcd's certificate it may
    /// speak to somebody else.
    EtcdTransport {
        id: "deploy/control-plane/etcd-transport",
        title: "API server reaches etcd unprotected",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-319"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.23"),
            ("CIS-Kubernetes-1.12", "1.2.26"),
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "4.2.1"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Write `https://` into `--etcd-servers`, and give it `--etcd-cafile`, `--etcd-certfile` and `--etcd-keyfile`.",
        references: [
            "https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &EtcdTransport::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let servers = one.list("etcd-servers");
    let plain: Vec<&&str> = servers.iter().filter(|url| url.starts_with("http://")).collect();
    if let (Some(first), Some(flag)) = (plain.first(), written(one, "etcd-servers")) {
        let is_far = plain.iter().any(|url| !is_loopback(url));
        let severity = if is_far { Severity::High } else { Severity::Medium };
        judged.rated(
            severity,
            format!("speaks to etcd without encryption: `{first}`"),
            flag.at,
        );
        return;
    }
    let wanted = ["etcd-cafile", "etcd-certfile", "etcd-keyfile"];
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|name| is_missing(one, name, judged))
        .collect();
    if !missing.is_empty() {
        judged.one(
            format!("speaks to etcd without `--{}`", missing.join("`, `--")),
            one.place,
        );
    }
}
