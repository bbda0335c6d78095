//! `deploy/control-plane/controller-identity`: one account for every controller.

use super::{FlagRule, Invocation, Program, in_force, is_missing};
use crate::kube::rule::Judged;
use bartizan_engine::rule;

rule! {
    /// The controller manager is some forty controllers. With `--use-service-account-credentials` each acts under an account of its own
    /// with the rights that it needs; without, all act as one that may do everything, so that a flaw in one is worth the cluster, and
    /// the audit log does not tell them apart. Without a key of its own for service accounts, and without the root certificate, pods
    /// get tokens that cannot be checked and no means to check whom they speak to.
    ControllerIdentity {
        id: "deploy/control-plane/controller-identity",
        title: "Controllers share one account, or pods get no trust to begin with",
        severity: Low,
        confidence: High,
        cwe: ["CWE-250"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.3.3"),
            ("CIS-Kubernetes-1.12", "1.3.4"),
            ("CIS-Kubernetes-1.12", "1.3.5"),
            ("NIST-800-53-r5", "AC-6"),
            ("PCI-DSS-4.0.1", "7.2.5"),
        ],
        remediation: "Say `--use-service-account-credentials=true`, and give it `--service-account-private-key-file` and `--root-ca-file`.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &ControllerIdentity::ABOUT,
    programs: &[Program::ControllerManager],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(value) =
        in_force(one, "use-service-account-credentials", "false", judged).filter(|value| !value.is("true"))
    {
        judged.keyed(
            "accounts",
            None,
            format!("lets all controllers act as one: {}", value.said),
            value.at,
        );
    }
    let files = ["service-account-private-key-file", "root-ca-file"];
    let missing: Vec<&str> = files
        .into_iter()
        .filter(|name| is_missing(one, name, judged))
        .collect();
    if !missing.is_empty() {
        judged.keyed(
            "files",
            None,
            format!("is not given `--{}`", missing.join("`, `--")),
            one.place,
        );
    }
}
