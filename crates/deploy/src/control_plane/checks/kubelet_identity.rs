//! `deploy/control-plane/kubelet-identity`: API server and kubelet know each other.

use super::{FlagRule, Invocation, Program, is_missing};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// The API server calls kubelets for logs, `exec` and port forwarding. Without a client certificate it comes to them as nobody, so
    /// that kubelets must answer anonymous requests, and then answer everybody's. Without an authority for their certificates it does
    /// not check whom it reached: whoever stands between it and a node reads and changes what is typed into containers.
    KubeletIdentity {
        id: "deploy/control-plane/kubelet-identity",
        title: "API server and kubelet do not prove to each other who they are",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-295"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.4"),
            ("CIS-Kubernetes-1.12", "1.2.5"),
            ("NIST-800-53-r5", "SC-8"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Give it `--kubelet-client-certificate`, `--kubelet-client-key` and `--kubelet-certificate-authority`; the last needs kubelets whose serving certificates that authority signed.",
        references: [
            "https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#apiserver-to-kubelet",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletIdentity::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let pair = ["kubelet-client-certificate", "kubelet-client-key"];
    let missing: Vec<&str> = pair
        .into_iter()
        .filter(|name| is_missing(one, name, judged))
        .collect();
    if !missing.is_empty() {
        let what = format!(
            "calls kubelets without a certificate of its own: no `--{}`",
            missing.join("`, no `--")
        );
        judged.keyed("certificate", None, what, one.place);
    }
    if is_missing(one, "kubelet-certificate-authority", judged) {
        let what = "does not check the certificates of kubelets: no `--kubelet-certificate-authority`";
        judged.keyed("authority", Some(Severity::Low), what, one.place);
    }
}
