//! `deploy/control-plane/controller-listens`: programs that nobody needs to call.

use super::{FlagRule, Invocation, Program, is_loopback, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// Controller manager and scheduler serve health and metrics for the node that they run on. Bound to an address of the network they
    /// are one more thing to reach, and metrics name what runs in the cluster. In old versions `--address` opened the port that asked
    /// nobody for a credential.
    ControllerListens {
        id: "deploy/control-plane/controller-listens",
        title: "Controller manager or scheduler listens to the network",
        severity: Low,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.3.7"),
            ("CIS-Kubernetes-1.12", "1.4.2"),
            ("NIST-800-53-r5", "SC-7"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Say `--bind-address=127.0.0.1`.",
        references: [
            "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &ControllerListens::ABOUT,
    programs: &[Program::ControllerManager, Program::Scheduler],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    for name in ["bind-address", "address"] {
        if let Some(flag) = written(one, name).filter(|flag| !is_loopback(&flag.value)) {
            let key = format!("{} {name}", one.program.name());
            judged.keyed(
                &key,
                None,
                format!("lets {} listen at `{}`", one.program.name(), flag.value),
                flag.at,
            );
        }
    }
}
