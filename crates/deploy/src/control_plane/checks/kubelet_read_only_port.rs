//! `deploy/control-plane/kubelet-read-only-port`: a node that tells everybody what runs on it.

use super::super::flags::Form;
use super::{FlagRule, Invocation, Program, in_force};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// The read-only port of the kubelet, 10255, asks nobody for a credential and tells the specifications of all pods of the node with
    /// their environment variables, and their metrics. Passwords in literal variables, names of secrets and the layout of the cluster are
    /// read there by any pod that reaches the node. By flags alone it is open; in a file of settings it is closed unless it is named.
    KubeletReadOnlyPort {
        id: "deploy/control-plane/kubelet-read-only-port",
        title: "Kubelet has a port without authentication",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.2.4"),
            ("NIST-800-53-r5", "AC-3"),
            ("PCI-DSS-4.0.1", "2.2.6"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Set `readOnlyPort: 0` (or `--read-only-port=0`), and let what reads metrics there use port 10250 with a credential.",
        references: [
            "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletReadOnlyPort::ABOUT,
    programs: &[Program::Kubelet],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let default = match one.form {
        Form::Flags => "10255",
        Form::File => "0",
    };
    if let Some(value) = in_force(one, "read-only-port", default, judged).filter(|value| !value.is("0")) {
        judged.one(
            format!("tells whoever asks what runs on its node: {}", value.said),
            value.at,
        );
    }
}
