//! `deploy/control-plane/kubelet-certificates`: certificates of nodes that are checked and renewed.

use super::{FlagRule, Invocation, Program, is_missing, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// A kubelet knows the API server by a certificate when it has an authority to check it with (`clientCAFile`); its own certificates
    /// must be renewed before they end, or somebody makes them last for years. `rotateCertificates: false` and the feature gate
    /// `RotateKubeletServerCertificate=false` switch the renewal off, and what is stolen from a node then stays good for a long time.
    KubeletCertificates {
        id: "deploy/control-plane/kubelet-certificates",
        title: "Certificates of nodes are not checked or not renewed",
        severity: Low,
        confidence: High,
        cwe: ["CWE-324"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.2.3"),
            ("CIS-Kubernetes-1.12", "4.2.10"),
            ("CIS-Kubernetes-1.12", "4.2.11"),
            ("CIS-Kubernetes-1.12", "1.3.6"),
            ("NIST-800-53-r5", "SC-12"),
        ],
        remediation: "Set `authentication.x509.clientCAFile`, and `rotateCertificates: true`; do not switch the feature gate off.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletCertificates::ABOUT,
    programs: &[Program::Kubelet, Program::ControllerManager],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let gates = one.list("feature-gates");
    if let Some(flag) =
        written(one, "feature-gates").filter(|_| gates.contains(&"RotateKubeletServerCertificate=false"))
    {
        let what = format!(
            "does not renew serving certificates of {}: its feature gate is off",
            one.program.name()
        );
        judged.keyed("gate", None, what, flag.at);
    }
    if one.program != Program::Kubelet {
        return;
    }
    if is_missing(one, "client-ca-file", judged) {
        let what = format!(
            "knows no client by a certificate: no {}",
            one.label("client-ca-file")
        );
        judged.keyed("authority", None, what, one.place);
    }
    if let Some(flag) = written(one, "rotate-certificates").filter(|flag| flag.value == "false") {
        let what = format!(
            "does not renew its certificate: {} is `false`",
            one.label("rotate-certificates")
        );
        judged.keyed("rotation", None, what, flag.at);
    }
}
