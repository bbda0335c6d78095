//! `deploy/control-plane/kubelet-anonymous`: a node that answers whoever asks.

use super::super::flags::Form;
use super::{FlagRule, Invocation, Program, in_force};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// The kubelet's port 10250 runs commands in every container of its node, reads their logs and forwards their ports. With anonymous
    /// requests allowed, everybody who reaches the port is somebody to it. Whether they may do anything is then the authoriser's to say;
    /// with `AlwaysAllow`, everything: that pair is one of the ways by which clusters are taken over at once. By flags alone both are
    /// the default; in a file of settings neither is.
    KubeletAnonymous {
        id: "deploy/control-plane/kubelet-anonymous",
        title: "Kubelet answers requests without credentials",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.2.1"),
            ("NIST-800-53-r5", "AC-3"),
            ("PCI-DSS-4.0.1", "2.2.6"),
            ("HIPAA-Security-Rule", "164.312(d)"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Set `authentication.anonymous.enabled: false` (or `--anonymous-auth=false`).",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletAnonymous::ABOUT,
    programs: &[Program::Kubelet],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let (anonymous, mode) = match one.form {
        Form::Flags => ("true", "AlwaysAllow"),
        Form::File => ("false", "Webhook"),
    };
    let Some(value) = in_force(one, "anonymous-auth", anonymous, judged).filter(|value| value.is("true"))
    else {
        return;
    };
    // An authoriser that is not told here is another rule's business.
    let mode = in_force(one, "authorization-mode", mode, &mut Judged::default());
    if mode.is_some_and(|mode| mode.is("AlwaysAllow")) {
        let what = format!(
            "lets everybody run commands in its containers: {}, and everything is allowed",
            value.said
        );
        judged.rated(Severity::High, what, value.at);
    } else {
        judged.one(
            format!("answers requests without credentials: {}", value.said),
            value.at,
        );
    }
}
