//! `deploy/control-plane/etcd-peers`: who may be a member of the store.

use super::{FlagRule, Invocation, Program, far_urls, in_force, is_missing, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// Members of etcd send each other everything that is written, and whole copies to those that fall behind. Without certificates
    /// between them (`--peer-client-cert-auth` or `--peer-trusted-ca-file`) whoever is on their network reads along or answers in a
    /// member's place. A member that listens for peers on its own machine alone has none, and is not judged.
    EtcdPeers {
        id: "deploy/control-plane/etcd-peers",
        title: "Members of etcd do not prove to each other who they are",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("CIS-Kubernetes-1.12", "2.4"),
            ("CIS-Kubernetes-1.12", "2.5"),
            ("CIS-Kubernetes-1.12", "2.6"),
            ("NIST-800-53-r5", "SC-8"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Give it `--peer-cert-file`, `--peer-key-file`, `--peer-trusted-ca-file` and `--peer-client-cert-auth=true`.",
        references: [
            "https://etcd.io/docs/v3.6/op-guide/security/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &EtcdPeers::ABOUT,
    programs: &[Program::Etcd],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let Some(urls) = in_force(one, "listen-peer-urls", "http://localhost:2380", judged) else {
        return;
    };
    let far = far_urls(&urls.text);
    let Some(first) = far.first() else { return };
    if let Some(url) = far.iter().find(|url| url.starts_with("http://")) {
        judged.one(
            format!("speaks to its peers at `{url}` without encryption"),
            urls.at,
        );
        return;
    }
    if let Some(flag) = written(one, "peer-auto-tls").filter(|flag| flag.value == "true") {
        judged.one(
            format!("knows its peers at `{first}` by certificates that nobody can check: `--peer-auto-tls`"),
            flag.at,
        );
        return;
    }
    let asks = written(one, "peer-client-cert-auth").is_some_and(|flag| flag.value == "true");
    if !asks && is_missing(one, "peer-trusted-ca-file", judged) {
        judged.one(
            format!("asks its peers at `{first}` for no certificate"),
            one.place,
        );
    }
}
