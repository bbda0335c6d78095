//! `deploy/control-plane/audit-log`: who did what in the cluster.

use super::{FlagRule, Invocation, Program, Told, is_missing, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// The API server writes down who asked for what only when it has a policy (`--audit-policy-file`) and somewhere to write
    /// (`--audit-log-path`, or a webhook). Without either nothing tells afterwards which secrets an intruder read and what was left
    /// behind in the cluster. Logs that are removed before thirty days are gone before most intrusions are noticed.
    AuditLog {
        id: "deploy/control-plane/audit-log",
        title: "API server keeps no audit log, or not for long",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-778"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.16"),
            ("CIS-Kubernetes-1.12", "1.2.17"),
            ("CIS-Kubernetes-1.12", "3.2.1"),
            ("NIST-800-53-r5", "AU-2"),
            ("NIST-800-53-r5", "AU-12"),
            ("PCI-DSS-4.0.1", "10.2.1"),
            ("HIPAA-Security-Rule", "164.312(b)"),
            ("NSA-CISA-Kubernetes-1.2", "Audit logging and threat detection"),
        ],
        remediation: "Give it `--audit-policy-file` and `--audit-log-path` (or `--audit-webhook-config-file`), and `--audit-log-maxage=30` or more.",
        references: [
            "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &AuditLog::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    let is_nowhere =
        is_missing(one, "audit-log-path", judged) && is_missing(one, "audit-webhook-config-file", judged);
    let no_policy = is_missing(one, "audit-policy-file", judged);
    let what = match (is_nowhere, no_policy) {
        (true, _) => "keeps no audit log: neither `--audit-log-path` nor `--audit-webhook-config-file`",
        (false, true) => "logs no event, for it has no policy: no `--audit-policy-file`",
        (false, false) => "",
    };
    if !what.is_empty() {
        judged.one(what, one.place);
        return;
    }
    if let Told::Said(flag) = one.told("audit-log-maxage")
        && let Ok(days) = flag.value.parse::<u32>()
        && (1..30).contains(&days)
        && written(one, "audit-webhook-config-file").is_none()
    {
        let what = format!("removes its audit log after {days} days");
        judged.keyed("age", Some(Severity::Low), what, flag.at);
    }
}
