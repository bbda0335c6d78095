//! `deploy/control-plane/token-lookup`: tokens that outlive their account.

use super::{FlagRule, Invocation, Program, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// A token of a service account is checked by its signature, and then, unless `--service-account-lookup=false`, by whether the
    /// account and the Secret that it belongs to are still there. Without that second look a stolen token cannot be taken back: deleting
    /// the Secret or the account changes nothing, and tokens of the old kind never end by themselves.
    TokenLookup {
        id: "deploy/control-plane/token-lookup",
        title: "Deleted service accounts keep their tokens",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-613"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.21"),
            ("NIST-800-53-r5", "IA-5"),
            ("HIPAA-Security-Rule", "164.312(d)"),
        ],
        remediation: "Take `--service-account-lookup=false` away.",
        references: [
            "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &TokenLookup::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(flag) = written(one, "service-account-lookup").filter(|flag| flag.value == "false") {
        judged.one(
            "takes tokens of service accounts that were deleted: `--service-account-lookup` is `false`",
            flag.at,
        );
    }
}
