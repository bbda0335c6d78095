//! `deploy/control-plane/kubelet-restraint`: bounds that a node sets its pods.

use super::{FlagRule, Invocation, Program, Told, in_force, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// Some settings of the kubelet bound what any pod of its node can do: how many processes it may have (`podPidsLimit`), whether
    /// seccomp filters system calls where the pod says nothing (`seccompDefault`), and how long an idle `exec` stays open
    /// (`streamingConnectionIdleTimeout`, where 0 is for ever). Without the first one pod exhausts the processes of the node; without
    /// the second every pod has all system calls of the kernel to try. `makeIPTablesUtilChains: false` leaves rules that the network of
    /// the cluster relies on to somebody else.
    KubeletRestraint {
        id: "deploy/control-plane/kubelet-restraint",
        title: "Kubelet sets its pods no bounds",
        severity: Low,
        confidence: High,
        cwe: ["CWE-770"],
        controls: [
            ("CIS-Kubernetes-1.12", "4.2.5"),
            ("CIS-Kubernetes-1.12", "4.2.6"),
            ("CIS-Kubernetes-1.12", "4.2.13"),
            ("CIS-Kubernetes-1.12", "4.2.14"),
            ("NIST-800-53-r5", "SC-39"),
            ("NSA-CISA-Kubernetes-1.2", "Kubernetes Pod security"),
        ],
        remediation: "Set `podPidsLimit` to a few thousand and `seccompDefault: true`; leave `streamingConnectionIdleTimeout` and `makeIPTablesUtilChains` at their defaults.",
        references: [
            "https://kubernetes.io/docs/concepts/policy/pid-limiting/",
            "https://kubernetes.io/docs/tutorials/security/seccomp/#enable-the-use-of-runtimedefault-as-the-default-seccomp-profile-for-all-workloads",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &KubeletRestraint::ABOUT,
    programs: &[Program::Kubelet],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let mut open = Vec::new();
    let mut at = one.place;
    for (name, default, bad) in [
        ("pod-max-pids", "-1", "-1"),
        ("seccomp-default", "false", "false"),
    ] {
        if let Some(value) = in_force(one, name, default, judged).filter(|value| value.is(bad)) {
            open.push(value.said);
            at = value.at;
        }
    }
    if !open.is_empty() {
        judged.keyed(
            "bounds",
            None,
            format!("sets its pods no bounds: {}", open.join(", and ")),
            at,
        );
    }
    if let Told::Said(flag) = one.told("streaming-connection-idle-timeout")
        && matches!(flag.value.as_str(), "0" | "0s" | "0m" | "0h")
    {
        judged.keyed(
            "idle",
            None,
            "keeps idle connections into containers open for ever",
            flag.at,
        );
    }
    if let Some(flag) = written(one, "make-iptables-util-chains").filter(|flag| flag.value == "false") {
        judged.keyed(
            "chains",
            None,
            "does not keep the rules of the node's firewall that the cluster relies on",
            flag.at,
        );
    }
}
