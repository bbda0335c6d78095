//! `deploy/control-plane/profiling`: an inside view for whoever asks.

use super::{FlagRule, Invocation, Program, in_force};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// With profiling on, which it is by default, API server, controller manager and scheduler offer their stacks, heaps and traces
    /// under `/debug/pprof`. Who is let in there reads what the program is doing and with what, and can make it work hard enough to slow
    /// the cluster. It is needed while somebody looks for a bottleneck, and not otherwise.
    Profiling {
        id: "deploy/control-plane/profiling",
        title: "Profiling of the control plane is on",
        severity: Low,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.15"),
            ("CIS-Kubernetes-1.12", "1.3.2"),
            ("CIS-Kubernetes-1.12", "1.4.1"),
            ("NIST-800-53-r5", "CM-7"),
        ],
        remediation: "Say `--profiling=false`.",
        references: [
            "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &Profiling::ABOUT,
    programs: &[Program::ApiServer, Program::ControllerManager, Program::Scheduler],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(value) = in_force(one, "profiling", "true", judged).filter(|value| value.is("true")) {
        let key = one.program.name();
        judged.keyed(
            key,
            None,
            format!("offers profiles of {key}: {}", value.said),
            value.at,
        );
    }
}
