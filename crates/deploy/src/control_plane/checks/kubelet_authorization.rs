//! `deploy/control-plane/kubelet-authorization`: a node that allows whatever is asked.

use super::super::flags::Form;
use super::{FlagRule, Invocation, Program, in_force};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// With the authoriser `AlwaysAllow` a kubelet does for everybody whom it has authenticated whatever they ask: every holder of any
    /// certificate of the cluster, another node's or a developer's, runs commands in every container of the node. `Webhook` asks the API
    /// server, which decides by roles. By flags alone `AlwaysAllow` is the default, in a file of settings `Webhook` is.
    KubeletAuthorization {
        id: "deploy/control-plane/kubelet-authorization",
        title: "Kubelet allows everything",
        severity: High,
        confidence: High,
        cwe: ["CWE-862"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.2.2"),
            ("NIST-800-53-r5", "AC-3"),
            ("PCI-DSS-4.0.1", "7.2.5"),
            ("HIPAA-Security-Rule", "164.312(a)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Set `authorization.mode: Webhook` (or `--authorization-mode=Webhook`).",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletAuthorization::ABOUT,
    programs: &[Program::Kubelet],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let default = match one.form {
        Form::Flags => "AlwaysAllow",
        Form::File => "Webhook",
    };
    if let Some(value) =
        in_force(one, "authorization-mode", default, judged).filter(|value| value.is("AlwaysAllow"))
    {
        judged.one(
            format!("allows whatever is asked of its node: {}", value.said),
            value.at,
        );
    }
}
