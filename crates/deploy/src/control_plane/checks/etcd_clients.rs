//! `deploy/control-plane/etcd-clients`: who may ask the store.

use super::{FlagRule, Invocation, Program, far_urls, in_force, is_missing, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// etcd knows nothing of the roles of Kubernetes: who may speak to it may read every Secret and write every object, an
    /// administrator's binding for himself among them. It asks its clients for certificates only when it is told to, by
    /// `--client-cert-auth` or by `--trusted-ca-file`. Without, and listening to more than its own machine, it is the whole cluster
    /// open to whoever reaches the port. With `--auto-tls` its own certificate is one that nobody can check.
    EtcdClients {
        id: "deploy/control-plane/etcd-clients",
        title: "etcd serves clients that it does not know",
        severity: High,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("CIS-Kubernetes-1.12", "2.1"),
            ("CIS-Kubernetes-1.12", "2.2"),
            ("CIS-Kubernetes-1.12", "2.3"),
            ("NIST-800-53-r5", "AC-3"),
            ("NIST-800-53-r5", "SC-8"),
            ("PCI-DSS-4.0.1", "2.2.6"),
            ("HIPAA-Security-Rule", "164.312(a)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Give it `--cert-file`, `--key-file`, `--trusted-ca-file` and `--client-cert-auth=true`, with `https://` in `--listen-client-urls`.",
        references: [
            "https://etcd.io/docs/v3.6/op-guide/security/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &EtcdClients::ABOUT,
    programs: &[Program::Etcd],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let Some(urls) = in_force(one, "listen-client-urls", "http://localhost:2379", judged) else {
        return;
    };
    let far = far_urls(&urls.text);
    if let Some(url) = far.iter().find(|url| url.starts_with("http://")) {
        judged.one(
            format!("serves everybody at `{url}`, without encryption and without asking who it is"),
            urls.at,
        );
        return;
    }
    let asks = written(one, "client-cert-auth").is_some_and(|flag| flag.value == "true");
    if !asks && is_missing(one, "trusted-ca-file", judged) {
        let what =
            "asks its clients for no certificate: neither `--client-cert-auth` nor `--trusted-ca-file`";
        let severity = if far.is_empty() {
            Severity::Low
        } else {
            Severity::High
        };
        judged.rated(severity, what, one.place);
        return;
    }
    if let Some(flag) = written(one, "auto-tls").filter(|flag| flag.value == "true") {
        judged.keyed(
            "auto",
            Some(Severity::Low),
            "makes itself a certificate that nobody can check: `--auto-tls`",
            flag.at,
        );
    }
}
